"""The sealed test sets of the text floor: hashes, formats, and that none of their lines leaked into what they judge."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections import Counter
from itertools import groupby, pairwise
from pathlib import Path

import numpy as np
import pytest

from xiaobian.sandbox.words.templates import INTENTS

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data"
OURS = {"segmentation.txt": 320, "comments.tsv": 1200, "copy.txt": 1050, "ad_texts_second.tsv": 180}
SEPARATOR = "｜"
COLUMNS = ["id", "text", "sentiment", "intent", "domain", "note"]
SENTIMENTS = {"negative", "neutral", "positive"}
DOMAINS = {"food_review", "product_review", "service_review", "delivery", "social"}
NOTES = {"", "sarcasm", "mixed", "negation", "emoji", "zhuyin", "typo", "short", "slang", "spam"}
GRAVE = ("legal", "selfharm", "personal_data", "scam", "rumor", "troll")
AD_COLUMNS = ["text", "pack", "violates", "span", "why"]
AD_PACKS = {"food_ads", "cosmetics_ads", "drug_claims", "fair_trade", "endorsement", "privacy", "disclosure"}
TEXTS = {".py", ".yml", ".yaml", ".csv", ".tsv", ".txt", ".json", ".jsonl", ".md"}
RUN = 8


def lines(name: str) -> list[str]:
    return (DATA / name).read_text(encoding="utf-8").splitlines()


def table(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(lines(name), delimiter="\t", quoting=csv.QUOTE_NONE))


def comments() -> list[dict[str, str]]:
    return table("comments.tsv")


def sentences(name: str) -> list[str]:
    """The texts of a set, bare."""
    if name.endswith(".tsv"):
        return [row["text"] for row in table(name)]
    return [line.replace(SEPARATOR, "") for line in lines(name)]


def hashes(codes: np.ndarray) -> np.ndarray:
    """One number for each window of eight characters; equal windows have equal numbers."""
    windows = max(len(codes) - RUN + 1, 0)
    total = np.zeros(windows, dtype=np.uint64)
    for place in range(RUN):
        total = total * np.uint64(1_000_003) + codes[place : place + windows]
    return total


def codes_of(text: str) -> np.ndarray:
    return np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)


def found_in(text: str, wanted: list[str]) -> set[str]:
    """Those of ``wanted`` (eight characters or more each) that stand somewhere in ``text``."""
    heads: dict[int, list[str]] = {}
    for one in wanted:
        heads.setdefault(int(hashes(codes_of(one[:RUN]))[0]), []).append(one)
    if len(text) < RUN or not heads:
        return set()
    seen, sought = hashes(codes_of(text)), np.array(sorted(heads), dtype=np.uint64)
    nearest = np.minimum(np.searchsorted(sought, seen), len(sought) - 1)
    places = np.flatnonzero(sought[nearest] == seen)
    return {one for at in places for one in heads[int(seen[at])] if text.startswith(one, int(at))}


def written(file: Path) -> str:
    content = file.read_bytes()
    return content.decode(
        "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8", errors="replace"
    )


@pytest.mark.parametrize("name", OURS)
def test_each_set_is_the_one_that_was_sealed(name: str) -> None:
    entry = json.loads((DATA / "MANIFEST.json").read_text(encoding="utf-8"))[name]
    content = (DATA / name).read_bytes()
    assert hashlib.sha256(content).hexdigest() == entry["sha256"]
    assert len(sentences(name)) == entry["rows"] >= OURS[name]
    assert entry["licence"] == "CC BY 4.0"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", entry["committed_on"])
    assert entry["use"]


@pytest.mark.parametrize("name", OURS)
def test_no_text_stands_twice_or_carries_stray_space(name: str) -> None:
    texts = sentences(name)
    assert [text for text, times in Counter(texts).items() if times > 1] == []
    assert [text for text in texts if text != text.strip() or "\t" in text or not text] == []


def test_no_sentence_stands_in_two_sets() -> None:
    every = [text for name in OURS for text in set(sentences(name))]
    assert [text for text, times in Counter(every).items() if times > 1] == []


def test_hand_cut_words_give_the_sentence_back_and_have_its_length() -> None:
    for line in lines("segmentation.txt"):
        words = line.split(SEPARATOR)
        assert all(words), line
        assert 12 <= len("".join(words)) <= 40, line
        assert [word for word in words if " " in word and word != " "] == [], line


def test_every_mark_is_a_word_of_its_own() -> None:
    marks = re.compile(r"[，。！？：；、「」（）…]")
    assert [
        w for line in lines("segmentation.txt") for w in line.split(SEPARATOR) if marks.search(w[1:])
    ] == []


def test_particles_stand_alone() -> None:
    words = Counter(word for line in lines("segmentation.txt") for word in line.split(SEPARATOR))
    ends = [word for word in words if len(word) > 1 and word[-1] in "了著嗎" and word != "為了"]
    assert ends == []


def test_a_word_is_never_cut_in_two_ways() -> None:
    """Equal neighbours are joined everywhere or nowhere; the three exceptions mean something else when apart."""
    rows = [line.split(SEPARATOR) for line in lines("segmentation.txt")]
    known = {word for row in rows for word in row if len(word) > 1}
    pairs = Counter(a + b for row in rows for a, b in pairwise(row))
    assert {pair for pair in pairs if pair in known} <= {"還好"}


def test_comments_have_their_columns_and_labels() -> None:
    rows = comments()
    assert lines("comments.tsv")[0].split("\t") == COLUMNS
    assert all(len(line.split("\t")) == len(COLUMNS) for line in lines("comments.tsv"))
    for column, allowed in (
        ("sentiment", SENTIMENTS),
        ("intent", set(INTENTS)),
        ("domain", DOMAINS),
        ("note", NOTES),
    ):
        assert {row[column] for row in rows} == allowed, column
    assert len({row["id"] for row in rows}) == len(rows)


def test_every_intent_and_domain_is_represented() -> None:
    rows = comments()
    intents = Counter(row["intent"] for row in rows)
    assert min(intents.values()) >= 20
    assert all(intents[intent] >= 25 for intent in GRAVE)
    food = Counter(row["sentiment"] for row in rows if row["domain"] == "food_review")
    assert 2.0 < food["positive"] / food["negative"] < 2.6
    assert food["neutral"] >= 50


def test_no_two_comments_share_a_run_of_eight_han_characters() -> None:
    runs = sorted(
        (run[at : at + RUN], row["id"])
        for row in comments()
        for run in re.findall(rf"[一-鿿]{{{RUN},}}", row["text"])
        for at in range(len(run) - RUN + 1)
    )
    groups = ({i for _, i in group} for _, group in groupby(runs, key=lambda pair: pair[0]))
    assert [ids for ids in groups if len(ids) > 1] == []


def test_adverts_of_the_second_hand_have_their_columns_and_spans() -> None:
    rows = table("ad_texts_second.tsv")
    assert list(rows[0]) == AD_COLUMNS
    assert {row["pack"] for row in rows} == AD_PACKS
    assert all(row["why"] and row["violates"] in ("0", "1") for row in rows)
    assert [row["text"] for row in rows if row["violates"] == "1" and row["span"] not in row["text"]] == []
    assert [row["text"] for row in rows if (row["violates"] == "1") != bool(row["span"])] == []
    for pack in AD_PACKS:
        labels = [row["violates"] for row in rows if row["pack"] == pack]
        assert 0.6 <= labels.count("1") / len(labels) <= 0.7, pack


def test_copy_keeps_to_full_width_marks_and_one_space_before_latin() -> None:
    han, latin = "[一-鿿]", "[A-Za-z0-9]"
    for line in lines("copy.txt"):
        bare = re.sub(r"#\S+|\d{8}_\S+|日期_平台_主題", "", line)
        assert not re.search(rf"{han}{latin}|{latin}{han}", bare), line
        assert not re.search(rf"{han}[,;:!?()]|[,;:!?()]{han}", bare), line
        assert "@" not in line, line


def test_the_search_finds_a_line_that_is_there() -> None:
    text = '- {text: "第一行隨便寫"}\n- {text: "這一行藏在中間的句子"}\n'
    assert found_in(text, ["這一行藏在中間的句子", "這一行藏在中間的別句"]) == {"這一行藏在中間的句子"}


def test_no_line_leaked_into_the_package_or_its_data() -> None:
    wanted = [text for name in OURS for text in sentences(name) if len(text) >= RUN]
    files = [f for top in ("src", "datasets") for f in sorted((ROOT / top).rglob("*")) if f.suffix in TEXTS]
    assert files
    assert found_in("\n".join(map(written, files)), wanted) == set()
