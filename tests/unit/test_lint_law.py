"""Packs of advertising law, personal data, disclosure and statements, on sentences written before them."""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path

import pytest

from xiaobian import datasets, lint

DATA = Path(__file__).parents[1] / "data"
PACKS = (
    "food_ads", "cosmetics_ads", "drug_claims", "fair_trade", "endorsement", "privacy", "disclosure", "statement"
)  # fmt: skip
PHRASES = datasets.reference("ad_phrases")


@cache
def judged() -> list[dict[str, str]]:
    with (DATA / "ad_texts.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def kinds(text: str, pack: str) -> set[str]:
    """The kinds found, where ``medical_organ`` is of the kind ``medical``."""
    found = {finding.rule.removeprefix(f"{pack}.") for finding in lint.check(text, pack)}
    return found | {kind.split("_")[0] for kind in found}


def rows(pack: str, *, risky: bool) -> list[dict[str, str]]:
    return [row for row in judged() if row["pack"] == pack and (row["expected"] != "none") == risky]


def phrases(*, permitted: bool) -> list[tuple[str, str, str]]:
    chosen = PHRASES[(PHRASES["kind"] == "permitted") == permitted]
    return list(chosen[["pack", "phrase", "kind"]].itertuples(index=False, name=None))


def test_the_set_is_large_enough_and_is_no_example_of_a_rule():
    assert len(judged()) >= 120
    assert len(rows("statement", risky=True) + rows("statement", risky=False)) >= 40
    examples = {text for pack in PACKS for rule in lint.load(pack).rules for text in (*rule.bad, *rule.ok)}
    assert [row["text"] for row in judged() if row["text"] in examples] == []


@pytest.mark.parametrize("pack", PACKS)
def test_the_kind_expected_is_found(pack):
    risky = rows(pack, risky=True)
    missed = [row["text"] for row in risky if row["expected"] not in kinds(row["text"], pack)]
    assert len(risky) >= 8
    assert len(missed) <= 0.05 * len(risky), missed


@pytest.mark.parametrize("pack", PACKS)
def test_permitted_phrases_and_near_misses_are_left_alone(pack):
    fine = rows(pack, risky=False)
    assert len(fine) >= 6
    assert {row["text"]: found for row in fine if (found := kinds(row["text"], pack))} == {}


def test_every_listed_phrase_is_found_alone_and_in_a_sentence():
    listed = phrases(permitted=False)
    assert len(listed) >= 80
    frames = ("{}", "忙了一天，這款{}，家裡都備著")
    missed = [p for pack, p, kind in listed for f in frames if kind not in kinds(f.format(p), pack)]
    assert missed == []


def test_no_permitted_phrase_is_flagged_alone_or_in_a_sentence():
    allowed = phrases(permitted=True)
    assert len(allowed) >= 45
    frames = ("{}", "新品上架，{}，一盒十二入", "每天{}的小習慣")
    assert [p for pack, p, _ in allowed for f in frames if kinds(f.format(p), pack)] == []


@pytest.mark.parametrize("pack", PACKS)
def test_ordinary_copy_is_rarely_flagged(pack):
    copy = (DATA / "copy.txt").read_text(encoding="utf-8").splitlines()
    flagged = sum(bool(lint.check(line, pack)) for line in copy)
    print(f"\n{pack}：{flagged}／{len(copy)} 行")
    assert len(copy) == 1072
    assert flagged <= 0.05 * len(copy)


@pytest.mark.parametrize(
    ("pack", "text", "words"),
    [
        ("food_ads", "飯後一包，幫你降血壓。", "降血壓"),
        ("cosmetics_ads", "早晚活化毛囊，五下就好", "活化毛囊"),
        ("fair_trade", "加盟穩賺不賠，快來", "穩賺不賠"),
        ("disclosure", "新茶開箱 #spon 好喝", "#spon"),
        ("statement", "這是有心人士造成的", "有心人士"),
    ],
)
def test_the_span_is_exactly_the_words(pack, text, words):
    (finding,) = lint.check(text, pack)
    assert finding.text == words == text[slice(*finding.span)]


@pytest.mark.parametrize("pack", PACKS)
def test_every_pack_says_what_it_is_and_when_it_was_checked(pack):
    loaded = lint.load(pack)
    assert "風險提示，不是法律意見" in loaded.title
    assert [rule.id for rule in loaded.rules if "2026-11" not in rule.reference] == []


def test_articles_are_only_those_of_the_table():
    laws = datasets.reference("ad_rules").set_index("pack")
    for pack in ("food_ads", "cosmetics_ads", "fair_trade", "privacy"):
        for law, article in laws.loc[[pack], ["law", "article"]].itertuples(index=False, name=None):
            wanted = f"{law}{article}"
            assert all(wanted in rule.reference for rule in lint.load(pack).rules)


@pytest.mark.parametrize("pack", PACKS)
def test_nothing_found_is_never_called_fine(pack):
    for text in ("今天天氣很好", "沒用過也推薦，保證有效，治失眠"):
        for words in (repr(lint.check(text, pack)), lint.check(text, pack)._repr_html_()):
            assert "風險提示，不是法律意見" in words and "✓" not in words
    assert "不等於可以發" in lint.check("今天天氣很好", pack).headline


def test_amounts_in_a_message_are_those_of_the_table():
    fines = datasets.reference("ad_rules").groupby("pack")["penalty"].agg(" ".join)
    said = [
        (pack, amount)
        for pack in PACKS
        for rule in lint.load(pack).rules
        for amount in re.findall(r"[\d,]+ 萬–[\d,]+ 萬元", rule.message)
    ]
    assert len(said) >= 8
    assert [(pack, amount) for pack, amount in said if amount not in fines[pack]] == []
