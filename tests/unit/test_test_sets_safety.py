"""The test sets of the FAQ, of injections and of personal data: sealed, well formed, and kept out of what is trained."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

from xiaobian.sandbox.words.templates import INTENTS

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data"
OURS = ("faq_questions.tsv", "injections.jsonl", "pii.jsonl")
NOT_HAN = re.compile("[^㐀-䶿一-鿿]")
SHARED_RUN = 10
# Greetings such as 「你好」 or 「+1」 belong to everybody; a line of this many Han characters is somebody's sentence.
OWN_SENTENCE = 8
WRITTEN = {".py", ".yml", ".tsv", ".csv", ".txt", ".md"}
TASKS = {"reply", "summarize", "moderate", "faq", "rewrite", "headlines"}
# fmt: off
ATTACKS = {
    "direct_override", "role_play", "fake_system_tag", "fullwidth", "zero_width", "emoji_split",
    "markdown_image_exfil", "link_exfil", "prompt_leak", "other_customer_data", "fake_policy",
    "fake_authority", "payload_in_quote", "multilingual", "encoded", "many_shot", "delayed",
    "tool_call_request",
}
# fmt: on
STRUCTURED = {"phone", "email", "national_id", "resident_id", "address", "line_id", "credit_card"}
LETTERS = "ABCDEFGHJKLMNPQRSTUVXYWZIO"


def _lines(name: str) -> list[dict]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


@cache
def questions() -> list[dict[str, str]]:
    with (DATA / "faq_questions.tsv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))


@cache
def injections() -> list[dict]:
    return _lines("injections.jsonl")


@cache
def pii() -> list[dict]:
    return _lines("pii.jsonl")


@cache
def faq() -> dict[str, dict]:
    document = yaml.safe_load((ROOT / "datasets" / "ai" / "faq.yml").read_text(encoding="utf-8"))
    return {entry["id"]: entry for entry in document["entries"]}


@cache
def replies() -> dict:
    return yaml.safe_load((ROOT / "datasets" / "ai" / "reply_templates.yml").read_text(encoding="utf-8"))


def test_texts() -> list[str]:
    return [row["text"] for row in (*questions(), *injections(), *pii())]


test_texts.__test__ = False  # a gatherer, not a test


def spans() -> Iterator[tuple[str, str]]:
    """Kind and value of every marked span; the value in half-width, as a detector would compare it."""
    for row in pii():
        for start, end, kind in row["spans"]:
            yield kind, unicodedata.normalize("NFKC", row["text"][start:end])


def id_checksum_holds(number: str) -> bool:
    """The checksum that national and resident numbers share.

    >>> id_checksum_holds("A123456789"), id_checksum_holds("A123456788"), id_checksum_holds("A800000014")
    (True, False, True)
    """
    first = LETTERS.index(number[0]) + 10
    second = (LETTERS.index(number[1]) + 10) % 10 if number[1].isalpha() else int(number[1])
    digits = [first // 10, first % 10, second, *map(int, number[2:])]
    weights = (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1)
    return sum(digit * weight for digit, weight in zip(digits, weights, strict=True)) % 10 == 0


def luhn_holds(number: str) -> bool:
    doubled = [int(d) * (1 + place % 2) for place, d in enumerate(reversed(number))]
    return sum(value - 9 * (value > 9) for value in doubled) % 10 == 0


def repeated_runs(texts: list[str], others: list[str], length: int = SHARED_RUN) -> list[str]:
    """Runs of Han characters (all else left out) that a text shares with another one."""
    known = {run[i : i + length] for run in map(_han, others) for i in range(len(run) - length + 1)}
    return [run for text in map(_han, texts) for run in _runs(text, length) if run in known]


def _runs(text: str, length: int) -> Iterator[str]:
    return (text[i : i + length] for i in range(len(text) - length + 1))


def _han(text: str) -> str:
    return NOT_HAN.sub("", text)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (text for inner in value.values() for text in _strings(inner))
    elif isinstance(value, list):
        yield from (text for inner in value for text in _strings(inner))
    elif isinstance(value, str):
        yield value


# --- sealed


@pytest.mark.parametrize("name", OURS)
def test_the_manifest_holds_the_hash_of_each_file(name):
    entry = json.loads((DATA / "MANIFEST.json").read_text(encoding="utf-8"))[name]
    content = (DATA / name).read_bytes()
    assert entry["sha256"] == hashlib.sha256(content).hexdigest()
    assert entry["rows"] == content.count(b"\n") - name.endswith(".tsv")
    assert entry["licence"] == "CC BY 4.0"


def test_no_ai_data_repeats_a_run_of_the_tests():
    files = sorted((ROOT / "datasets" / "ai").glob("*.yml"))
    others = [text for file in files for text in _yaml_strings(file)]
    assert len(others) > 400
    assert repeated_runs(test_texts(), others) == []


def _yaml_strings(file: Path) -> Iterator[str]:
    yield from _strings(yaml.safe_load(file.read_text(encoding="utf-8")))


def test_no_line_of_the_tests_stands_in_the_package_or_its_data():
    """The year and the exports are computed from the package's texts, so these files are enough."""
    wanted = {text for text in test_texts() if len(_han(text)) >= OWN_SENTENCE}
    keys = {text[:OWN_SENTENCE] for text in wanted}
    found = [text for blob in _sources() for text in _standing_in(blob, wanted, keys)]
    assert len(wanted) > 600
    assert found == []


def _sources() -> Iterator[str]:
    for folder in ("src", "datasets"):
        for file in (ROOT / folder).rglob("*"):
            computed = folder == "datasets" and file.relative_to(ROOT / folder).parts[0] in {
                "year",
                "exports",
            }
            if file.suffix in WRITTEN and not computed:
                yield file.read_text(encoding="utf-8", errors="replace")


def _standing_in(blob: str, wanted: set[str], keys: set[str]) -> list[str]:
    starts = {blob[i : i + OWN_SENTENCE] for i in range(len(blob) - OWN_SENTENCE + 1)} & keys
    return [text for text in wanted if text[:OWN_SENTENCE] in starts and text in blob]


def test_a_planted_copy_is_found():
    text = "想確認一下禮拜日有沒有客人遺留的帽子"
    assert repeated_runs([text], [f"問：{text[2:14]}？"])
    assert not repeated_runs([text], [f"問：{text[2:11]}？"])
    assert _standing_in(f"x = '{text}'", {text}, {text[:OWN_SENTENCE]}) == [text]


# --- the FAQ and the replies


def test_faq_entries_are_complete():
    for name, entry in faq().items():
        assert 40 <= len(re.sub(r"\s", "", entry["answer"])) <= 120, name
        assert 4 <= len(entry["variants"]) == len(set(entry["variants"])) <= 8, name
        assert not re.search(r"[\[\]{}＿]", entry["answer"]), name
        assert isinstance(entry["escalate"], bool), name
    assert len(faq()) == 45


def test_reply_skeletons_name_their_slots_and_cover_every_intent():
    rows = replies()["replies"]
    for row in rows:
        assert set(re.findall(r"\{(\w+)\}", row["text"])) == set(row["slots"]) <= set(replies()["slots"]), row
        assert set(row["must_not"]) <= set(replies()["promises"]) and row["must_not"], row
        assert row["tone"] in replies()["tones"], row
    assert len({row["id"] for row in rows}) == len({row["text"] for row in rows}) == len(rows) >= 60
    assert {row["intent"] for row in rows} == set(INTENTS)
    grave = {row["send_unchanged"] for row in rows if row["intent"] in {"legal", "selfharm"}}
    assert grave == {False}


def test_faq_questions_cover_every_entry():
    gold = Counter(row["gold"] for row in questions())
    assert set(gold) == {*faq(), "none"}
    assert min(gold[name] for name in faq()) >= 5


def test_faq_questions_are_well_formed():
    rows = questions()
    assert len({row["id"] for row in rows}) == len({row["text"] for row in rows}) == len(rows) >= 420
    for flag in ("must_escalate", "harmful_if_answered"):
        assert {row[flag] for row in rows} == {"true", "false"}
    assert all(row["text"] == row["text"].strip() and row["text"] for row in rows)
    kinds = Counter((row["gold"] == "none", row["must_escalate"]) for row in rows)
    assert kinds[False, "false"] >= 280 and kinds[True, "false"] >= 80
    assert kinds[False, "true"] + kinds[True, "true"] >= 60


def test_who_must_hear_of_an_entry_agrees_with_the_faq():
    for row in questions():
        if row["gold"] != "none":
            assert (row["must_escalate"] == "true") == faq()[row["gold"]]["escalate"], row


# --- injections


def test_injections_are_well_formed():
    rows = injections()
    attacks = [row for row in rows if row["kind"] != "benign"]
    assert len({row["text"] for row in rows}) == len(rows) and len(attacks) >= 90
    assert len(rows) - len(attacks) >= 40
    assert Counter(row["kind"] for row in attacks).keys() == ATTACKS
    assert {row["task"] for row in rows} == TASKS
    assert all(row["goal"] and row["marker"] for row in attacks)
    assert all(row["goal"] is None and row["marker"] is None for row in rows if row["kind"] == "benign")


def test_the_marker_stands_in_the_attack_unless_it_is_hidden_or_secret():
    for row in injections():
        if row["marker"] and row["marker"] != "{canary}" and row["kind"] != "encoded":
            assert row["marker"] in row["text"], row


def test_benign_texts_hold_no_marker_of_an_attack():
    markers = {row["marker"] for row in injections() if row["marker"]}
    calm = [row["text"] for row in injections() if row["kind"] == "benign"]
    assert [(m, t) for m in markers for t in calm if m in t] == []


def test_hidden_characters_survived_the_file():
    hidden = {"zero_width": "[​-‏‪-‮⁠-⁤]", "fullwidth": "[！-～]", "emoji_split": "[\U0001f300-\U0001faff✨]"}
    for row in injections():
        assert row["kind"] not in hidden or re.search(hidden[row["kind"]], row["text"]), row


# --- personal data


def test_personal_data_is_well_formed():
    rows = pii()
    assert len({row["id"] for row in rows}) == len({row["text"] for row in rows}) == len(rows)
    assert sum(not row["negative"] for row in rows) >= 400 and sum(row["negative"] for row in rows) >= 300
    assert all(row["negative"] == (not row["spans"]) for row in rows)
    assert {kind for kind, _ in spans()} == STRUCTURED | {"person_name"}


def test_spans_are_ordered_and_hold_no_edge():
    for row in pii():
        ends = 0
        for start, end, kind in row["spans"]:
            value = row["text"][start:end]
            assert ends <= start < end <= len(row["text"]), row
            assert value == value.strip(" ，。、：:「」<>") and value, (kind, value)
            ends = end


@pytest.mark.parametrize(
    ("kind", "shape"),
    [
        ("phone", r"[+(]?[\d+()\-–—. ]{8,20}\d"),
        ("email", r"[\w.+-]+@[\w-]+(\.[\w-]+)+"),
        ("national_id", r"[A-Za-z][12]\d{8}"),
        ("resident_id", r"[A-Za-z](?:[89]\d|[A-D]\d)\d{7}"),
        ("address", r".*[路街道巷村里].*?[\d〇一二三四五六七八九十百]+.*"),
        ("line_id", r"@?[\w.\-]+"),
        ("credit_card", r"\d[\d -]{11,21}\d"),
        ("person_name", r"[㐀-鿿]{2,4}"),
    ],
)
def test_each_span_has_the_shape_of_its_kind(kind, shape):
    values = [value for found, value in spans() if found == kind]
    assert len(values) >= 20
    assert [value for value in values if not re.fullmatch(shape, value)] == []


def test_checksums_of_ids_and_cards_hold():
    for kind, value in spans():
        if kind in {"national_id", "resident_id"}:
            assert id_checksum_holds(value.upper()), value
        if kind == "credit_card":
            assert luhn_holds(re.sub(r"\D", "", value)), value


def test_negatives_hold_no_number_that_passes_a_checksum():
    for row in pii():
        text = unicodedata.normalize("NFKC", row["text"])
        if row["negative"]:
            ids = re.findall(r"(?<![A-Za-z0-9])[A-Z][1289A-D]\d{8}(?![A-Za-z0-9])", text)
            cards = re.findall(r"(?<!\d)(?:\d[ -]?){12,18}\d(?!\d)", text)
            assert not any(map(id_checksum_holds, ids)), text
            assert not any(luhn_holds(re.sub(r"\D", "", card)) for card in cards if len(card) > 14), text


def test_mails_and_links_use_reserved_names():
    reserved = re.compile(r"(\.example|example\.(com|org|net|edu|co|com\.tw))$", re.IGNORECASE)
    for kind, value in spans():
        assert kind != "email" or reserved.search(value), value
    for row in injections():
        for host in re.findall(r"[\w-]+(?:\.[\w-]+)*\.(?:com|tw|net|org|io|test)\b", row["text"]):
            assert host.endswith(".example.test"), row
