"""The drill as a question: its record is the answer, judged under luck nobody has seen; what to change is the dearest change."""

import random

import pytest

from xiaobian.crisis.drill import record
from xiaobian.crisis.drill.other_luck import of_plans, plan_of
from xiaobian.crisis.drill.setup import Setup
from xiaobian.crisis.drill.state import Move
from xiaobian.exercises import bank
from xiaobian.exercises.outcome import State
from xiaobian.exercises.war_room import best_swap, first_reply, pretend, shares

MINE = bank.load("5.7")
SEEDS = (1, 2)


@pytest.fixture(scope="module")
def question():
    return MINE.QUESTIONS[3]


def test_letters_are_a_drill_of_ones_own(question):
    setup, moves = record.unpacked(question.parse("AaA"))
    assert (setup.scenario, setup.seed) == (MINE.EXERCISE, question.seed())
    assert [m.kind for m in moves] == ["pause", "decide", "decide", "decide"]


def test_a_record_with_own_words_is_judged_too(question):
    text = "收到推播的朋友，對不起。貼文是兩週前排的，我們沒有停下來，9:50 已刪除，其他排程都停了。原因還在查，今天 15:00 在這裡說明。"
    line = record.packed(Setup(MINE.EXERCISE, question.seed()), [Move("decide", 30, choice="diminish", text=text)])
    outcome = question.judge(line)
    assert outcome.state in (State.PARTIAL, State.FAILED) and "先改第 2 個決策。答應的說明時間到了" in outcome.message
    assert first_reply(line) == 30
    rude = record.packed(Setup(MINE.EXERCISE, question.seed()), [Move("decide", 30, choice="deny", text="不關我們的事，不要亂講。")])
    assert shares(rude, SEEDS) < shares(line, SEEDS)


def test_impossible_records_are_refused(question):
    setup = Setup(MINE.EXERCISE, question.seed())
    assert "沒有" in question.judge(record.packed(setup, [Move("decide", 5, choice="a")])).message
    assert "另一場" in question.judge(record.packed(Setup("wrong_price", question.seed()), [])).message


def test_the_dearest_swap_is_one_that_helps(question):
    bad = question.parse("aca")
    swap = best_swap(bad, SEEDS)
    assert (swap.number, swap.done) == (1, "c") and swap.gain > 0
    assert best_swap(question.right(), SEEDS) is None
    assert best_swap(record.packed(Setup(MINE.EXERCISE, question.seed()), []), SEEDS).done == "none"


def test_every_option_has_something_to_think_about(question):
    for number, options in enumerate(question.choices.values()):
        for letter in options:
            assert letter.lower() == question.best[number] or (number, letter.lower()) in question.why


def test_random_play_earns_little_and_saying_nothing_less(question):
    setup, rng = Setup(MINE.EXERCISE, 5), random.Random(7)
    plans = {}
    for number in range(60):
        moves = [Move("pause", 0)] if rng.random() < 0.5 else []
        for decision, letters in zip(setup.told.decisions, question.choices.values(), strict=True):
            late = rng.choice((0, 30, 120))
            moves.append(Move("decide", round(decision.hour * 60) + late, choice=rng.choice(list(letters)).lower()))
        plans[str(number)] = plan_of(setup, moves)
    share = of_plans(setup, {**plans, "nothing": ()}, [5]).set_index("name")["share"]
    credit = ((share - question.floor) / (question.enough - question.floor)).clip(0, 1)
    assert credit.drop("nothing").mean() <= 0.2 and share["nothing"] < 0


def test_the_class_has_every_kind(question):
    table = pretend(MINE.OTHER, 11, MINE.LEARNERS)
    assert table["first_reply"].isna().sum() >= 4 and (table["first_reply"] == MINE.DUE).any()
    assert (table["first_reply"] > MINE.DUE).any() and table["learner"].is_unique
