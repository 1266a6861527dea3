"""Each kind of question on answers of every sort, and each kind's score for a blind guess."""

import random
from itertools import permutations, product

import pandas as pd
import pytest

from xiaobian.exercises.outcome import State
from xiaobian.exercises.questions import (
    Check,
    Choice,
    Match,
    MultiChoice,
    Number,
    Option,
    Order,
    Slip,
    TableAnswer,
    Text,
)

CHOICE = Choice(
    prompt="？", explain="因為。", answer="B",
    options={"A": Option("甲", "甲不對"), "B": Option("乙"), "C": Option("丙", "丙不對"), "D": Option("丁", "丁不對")},
)  # fmt: skip
MULTI = MultiChoice(
    prompt="？", explain="因為。", answers=frozenset("AC"),
    options={k: Option(k, f"{k} 不符合") for k in "ABCDE"},
)  # fmt: skip
ORDER = Order(
    prompt="排", explain="因為。", items=("一", "二", "三", "四"), why=("理由一", "理由二", "理由三", "")
)
MATCH = Match(
    prompt="？", explain="因為。", pairs={"左一": "A", "左二": "B", "左三": "A"},
    choices={"A": "甲", "B": "乙", "C": "丙"}, why={"左一": "理一", "左二": "理二", "左三": "理三"},
)  # fmt: skip
NUMBER = Number(
    prompt="？",
    explain="因為。",
    truth=lambda: 4.2,
    tolerance=0.05,
    unit="%",
    slips=(Slip(lambda: 7.9, "這是平均再平均"),),
)
TEXT = Text(
    prompt="？", explain="好。", model=lambda: "觸及 4.2%", checks=(
        Check("有百分比", lambda t: "%" in t, "寫出數字"), Check("有分母", lambda t: "觸及" in t, "說出分母")),
)  # fmt: skip
TABLE = TableAnswer(
    prompt="？", explain="因為。", solution="answer = …",
    truth=lambda: pd.DataFrame({"rate": [0.1, 0.2]}, index=["a", "b"]),
    slips=(Slip(lambda: pd.DataFrame({"rate": [10.0, 20.0]}, index=["a", "b"]), "多乘了 100"),),
)  # fmt: skip
ALL = [CHOICE, MULTI, ORDER, MATCH, NUMBER, TEXT, TABLE]
IDS = [q.kind for q in ALL]


@pytest.mark.parametrize("question", ALL, ids=IDS)
def test_right_answer_passes(question):
    outcome = question.judge(question.right())
    assert (outcome.state, outcome.score) == (State.PASSED, 1.0)
    assert "因為" in outcome.message or "好" in outcome.message
    assert question.solution_text()


@pytest.mark.parametrize("question", ALL, ids=IDS)
@pytest.mark.parametrize("blank", [..., None, "", "____", [], "　"])
def test_blank_is_not_wrong(question, blank):
    assert question.judge(blank).state is State.UNANSWERED


@pytest.mark.parametrize("question", ALL, ids=IDS)
@pytest.mark.parametrize(
    "nonsense", [object(), 3.5, True, "🐟", ["x", 3], {"a": 1}, float("nan"), b"\x00", "Z" * 999]
)
def test_nonsense_fails_with_a_sentence_and_no_exception(question, nonsense):
    outcome = question.judge(nonsense)
    assert outcome.state in (State.FAILED, State.PARTIAL)
    assert len(outcome.message) > 8 and "Error" not in outcome.message


@pytest.mark.parametrize(
    ("question", "answer", "says"),
    [
        (CHOICE, "A", "甲不對"),
        (CHOICE, "AB", "只能選一個"),
        (MULTI, "AB", "B 要再想想"),
        (MULTI, "A", "還漏了 1 個"),
        (MATCH, "BBA", "「左一」再看一次：理一"),
        (MATCH, "AB", "要給 3 個"),
        (NUMBER, 7.9, "平均再平均"),
        (NUMBER, 0.042, "單位差一步"),
        (NUMBER, 9, "偏大"),
        (TEXT, "4.2%", "說出分母"),
        (TABLE, 3, "你給的是 int"),
        (TABLE, pd.DataFrame({"x": [1]}), "少了欄位 rate"),
        (TABLE, pd.DataFrame({"rate": [0.1]}), "列數不同"),
        (TABLE, pd.DataFrame({"rate": [0.1, 0.2]}, index=["a", "z"]), "找不到 b"),
        (TABLE, pd.DataFrame({"rate": [0.1, 0.2]}, index=["a", "a"]), "重複"),
        (TABLE, pd.DataFrame({"rate": [0.1, 0.3]}, index=["a", "b"]), "「b」列"),
        (TABLE, pd.DataFrame({"rate": [10.0, 20.0]}, index=["a", "b"]), "多乘了 100"),
    ],
)
def test_each_mistake_has_its_own_sentence(question, answer, says):
    outcome = question.judge(answer)
    assert outcome.state is not State.PASSED
    assert says in outcome.message


def test_order_names_the_pair_that_is_wrong():
    swapped = list(ORDER.right())
    swapped[1], swapped[2] = swapped[2], swapped[1]
    outcome = ORDER.judge("".join(swapped))
    assert outcome.state is State.PARTIAL and "「二」應該排在「三」前面：理由二" in outcome.message


@pytest.mark.parametrize("written", [" ｂ ", "b", ["B"], "(B)"])
def test_letters_in_any_writing(written):
    assert CHOICE.judge(written).state is State.PASSED


@pytest.mark.parametrize("written", ["4.2%", "４.２", 4.2, " 4.20 ", "4.2 %"])
def test_numbers_in_any_writing(written):
    assert NUMBER.judge(written).state is State.PASSED


def signed(question, answer):
    """The score before its floor, so that a blind guess can be averaged."""
    letters = question.parse(answer)
    if question is ORDER:
        ranks = [ORDER.items.index(ORDER.shown[c]) for c in letters]
        pairs = [(i, j) for i in range(4) for j in range(i + 1, 4)]
        return sum(1 if ranks[i] < ranks[j] else -1 for i, j in pairs) / len(pairs)
    return question.judge(answer).score


def test_blind_guess_earns_little():
    multi = [
        "".join(c for c, on in zip("ABCDE", bits, strict=True) if on) for bits in product((0, 1), repeat=5)
    ]
    scores = {
        "複選": [MULTI.judge(a).score for a in multi if a],
        "排序": [ORDER.judge("".join(p)).score for p in permutations("ABCD")],
        "配對": [MATCH.judge("".join(p)).score for p in product("ABC", repeat=3)],
    }
    for kind, values in scores.items():
        assert sum(values) / len(values) < 0.3, kind
    everything = MULTI.judge("ABCDE").score
    assert everything == 0
    assert abs(sum(signed(ORDER, "".join(p)) for p in permutations("ABCD"))) < 1e-9


def test_guessing_through_the_options_earns_nothing_at_the_end():
    assert [round(CHOICE.credit(1.0, n), 2) for n in (1, 2, 3, 4, 9)] == [1.0, 0.67, 0.33, 0.0, 0.0]


def test_shown_order_is_fixed_and_not_the_answer():
    assert ORDER.shown == ORDER.shown
    assert list(ORDER.shown.values()) != list(ORDER.items)
    random.seed(0)
    assert ORDER.right() == ORDER.right()
