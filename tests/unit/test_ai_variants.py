"""A brief tried part by part, what a month would cost, and the material of lesson 4.1 that rests on both."""

import ast
import json
from pathlib import Path

import pytest

import xiaobian as xb
from xiaobian.ai import bills, examples
from xiaobian.ai.evaluation import (
    TELLS,
    CheckTable,
    Pair,
    compare,
    headline_checks,
    pairs,
    telling,
    try_parts,
    with_parts,
)
from xiaobian.ai.grounding import ungrounded
from xiaobian.ai.prices import Usage, find
from xiaobian.errors import NotFound, TableError
from xiaobian.exercises.bank import l4_01_prompt_lab as bank
from xiaobian.exercises.prompt_ways import broken
from xiaobian.plotting import review

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def fresh(tmp_path, monkeypatch):
    monkeypatch.setenv("KIT_STATE_DIR", str(tmp_path))


@pytest.fixture(scope="module")
def tried(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KIT_STATE_DIR", str(tmp_path_factory.mktemp("answers")))
        roll = examples.roll()
        briefs = {"空": with_parts(roll, "none", "no"), "滿": roll, "俏皮": with_parts(roll, tone="playful")}
        return try_parts(xb.ai.connect(), briefs, truth=roll, seeds=2)


def test_a_brief_without_facts_invents_nothing_and_says_nothing(tried):
    shares = tried.tried["空"].scores.by_check.set_index("check")["share"]
    assert shares["事實有來源"] == 1 and shares[TELLS] == 0 and tried.tried["空"].share == 0
    assert tried.tried["滿"].share > 0
    assert all(
        any(part in line for part in telling(examples.roll())) for line in tried.tried["滿"].scores.passing
    )


def test_what_does_not_change_the_text_is_told(tried):
    assert tried.same == [("滿", "俏皮")] and "一字不差" in tried.say()
    row = tried.table.set_index("label").loc["滿"]
    assert row["low"] < row["value"] == row["passing"] / row["n"] < row["high"]
    score, first, second = tried.tried["滿"].alike
    assert 0 < score < 1 and {first, second} <= set(tried.tried["滿"].texts)


def test_pictures_are_readable(tried):
    assert not review(tried.plot().axes[0])
    asked = pairs({"甲": ["a"] * 9, "乙": ["b"] * 9}, seed=2)
    assert not review(compare(asked, {pair.pair_id: "left" for pair in asked}).plot().axes[0])


def test_a_sheet_has_a_mark_for_every_line_and_check():
    lines = examples.headlines("one_sentence")
    checks = headline_checks(examples.roll(), 24)
    table = CheckTable([{"id": line, "source": examples.roll().source} for line in lines], checks)
    scores = table.run({line: line for line in lines})
    marks = [text.get_text() for text in scores.plot().axes[0].texts]
    assert marks.count("✓") + marks.count("✗") == len(lines) * len(checks)
    assert marks.count("✗") == len(scores.failed) and scores.outputs == lines
    assert set(scores.passing) == set(lines) - set(scores.failed["output"])


def test_the_left_side_is_told_from_the_author():
    votes = ["left"] * 30 + ["right"] * 10
    asked = [Pair(str(i), "同", "同", "阿洛", "規則") for i in range(40)]
    found = compare(asked, dict(zip(map(str, range(40)), votes, strict=True)))
    assert found.lopsided and "「阿洛」贏得超出運氣" in found.headline() and "位置也" in found.headline()
    even = compare(asked, {str(i): "left" if i % 2 else "right" for i in range(40)})
    assert not even.lopsided and "還分不出高下" in even.headline()
    assert "差不多" in compare(asked[:3], dict.fromkeys("012", "tie")).headline()


# ── money ──


def test_a_bill_is_the_price_times_the_tokens():
    usage = {"input_tokens": 1_000, "output_tokens": 500, "tokens_are": "real"}
    price = find("openai", "gpt-6-sol")
    found = xb.ai.bill(usage, "gpt-6-sol", 20, rate=30, thinking=100)
    assert found.usd == pytest.approx(20 * price.cost(Usage(1_000, 600)))
    assert found.twd == pytest.approx(30 * found.usd) and (found.input_tokens, found.output_tokens) == (
        20_000,
        12_000,
    )
    assert "估計" not in found.say() and price.checked_on in found.say() and "30 元" in found.say()
    assert bills.month(usage, "gpt-6-sol", 201, 8).requests == 26


def test_an_unknown_price_is_not_nothing():
    found = xb.ai.bill({"input_tokens": 10, "output_tokens": 10}, "沒見過的型號", 5, rate=30)
    assert found.usd is None and found.twd is None and found.money == "價格未知" and "不是 0" in found.say()
    assert xb.ai.bill({"input_tokens": 10, "output_tokens": 10}, "gpt-6-sol", engine="custom").usd is None


@pytest.mark.parametrize("given", [{"rate": 0}, {"rate": float("inf")}, {"requests": -1}, {"thinking": -5}])
def test_a_bill_that_makes_no_sense_is_refused(given):
    with pytest.raises(TableError):
        xb.ai.bill({"input_tokens": 1, "output_tokens": 1}, "m", **given)
    with pytest.raises(TableError, match="至少要一件"):
        bills.month({"input_tokens": 1, "output_tokens": 1}, "m", 10, 0)


# ── the material of the lesson and its exercise ──


def test_the_ready_lines_are_as_they_are_said_to_be():
    roll = examples.roll()
    assert not any(ungrounded(line, roll.source) for line in examples.headlines("aluo"))
    assert sum(bool(ungrounded(line, roll.source)) for line in examples.headlines("one_sentence")) >= 4
    with pytest.raises(NotFound, match="aluo"):
        examples.headlines("誰")


def test_the_lesson_types_the_brief_that_the_predictions_use():
    page = json.loads((ROOT / xb.datasets.lesson("4.1").notebook).read_text(encoding="utf-8"))
    source = next("".join(c["source"]) for c in page["cells"] if "brief = Brief(" in "".join(c["source"]))
    scope: dict = {}
    exec(compile(ast.parse(source), "lesson", "exec"), scope)
    assert scope["brief"] == examples.roll()


@pytest.mark.parametrize("seed", range(12))
def test_each_draft_breaks_the_one_check_it_should(seed):
    task = bank._task(seed)
    wanted = {"A": ["事實有來源"], "B": ["沒有說滿"], "C": ["台灣用語"], "D": [TELLS], "E": []}
    assert [broken(line, task.brief) for line in task.drafts] == [wanted[letter] for letter in bank.BREAKS]
    left = task.votes["left_by"].value_counts(normalize=True)
    assert left["阿洛"] > 0.55
