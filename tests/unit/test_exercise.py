"""An exercise bound to a record: check, hint, solution, expectation, grade."""

import pytest

from xiaobian import records
from xiaobian.errors import AnswerError, NotFound
from xiaobian.exercises import bank, exercise, predict, progress
from xiaobian.exercises.outcome import State


@pytest.fixture(autouse=True)
def fresh(tmp_path, monkeypatch):
    monkeypatch.setenv("KIT_STATE_DIR", str(tmp_path))
    for name in ("KIT_EXPECT", "KIT_STRICT"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def ex():
    return exercise("0.1")


def test_a_blank_keeps_what_was_answered(ex):
    assert ex.q1.check(...).state is State.UNANSWERED
    assert ex.q1.record() == {}
    ex.q1.answer("A")
    assert ex.q1.check(...).state is State.PASSED
    assert exercise("0.1").q1.stored().state is State.PASSED


def test_attempts_are_counted_and_cost_points(ex):
    ex.q1.check("B")
    ex.q1.check("A")
    assert ex.q1.record()["attempts"] == 2
    assert ex.q1.points() == pytest.approx(ex.q1.question.points * (1 - 1 / 3))


def test_a_later_wrong_try_takes_nothing_away(ex):
    ex.q1.check("A")
    ex.q1.check("C")
    assert (ex.q1.stored().state, ex.q1.points()) == (State.FAILED, ex.q1.question.points)


def test_hints_go_step_by_step_and_stay_at_the_last(ex):
    hints = ex.q4.question.hints
    assert [ex.q4.hint().text for _ in range(3)] == [hints[0], hints[1], hints[1]]
    assert ex.q4.record()["hints"] == 2


def test_solution_asks_for_one_try_first(ex):
    assert ex.q1.solution().word == "先試一次"
    ex.q1.check("B")
    assert "answers/" in ex.q1.solution().text
    ex.q1.check("A")
    assert ex.q1.points() == 0


def test_solution_can_be_confirmed(ex):
    assert ex.q1.solution(confirm=True).word == "解答"


@pytest.mark.parametrize(("expect", "answer", "fails"), [
    ("blank", ..., False), ("blank", "A", True), ("solved", "A", False), ("solved", "B", True), ("solved", ..., True),
])  # fmt: skip
def test_expectation_raises_only_on_another_outcome(ex, monkeypatch, expect, answer, fails):
    monkeypatch.setenv("KIT_EXPECT", expect)
    if fails:
        with pytest.raises(AnswerError, match="預期"):
            ex.q1.check(answer)
    else:
        ex.q1.check(answer)


def test_an_error_in_a_check_is_an_outcome_and_raised_in_strict_mode(ex, monkeypatch):
    def broken(_):
        raise RuntimeError("壞了")

    object.__setattr__(
        ex.q1, "question", type("Q", (), {"judge": staticmethod(broken), "credit": lambda *a: 0.0})()
    )
    outcome = ex.q1.check("A")
    assert outcome.state is State.ERROR and "壞了" in outcome.message
    monkeypatch.setenv("KIT_STRICT", "1")
    with pytest.raises(RuntimeError):
        ex.q1.check("A")


def test_grade_is_a_plain_float_and_says_every_question(ex, capsys):
    ex.q1.check("A")
    points = ex.grade()
    assert type(points) is float and points == ex.q1.question.points
    assert capsys.readouterr().out.count("第 ") == len(ex.questions)


def test_the_map_loads_the_questions_of_no_lesson_but_those_begun(ex, monkeypatch):
    loaded, load = [], bank.load
    monkeypatch.setattr(bank, "load", lambda lesson: loaded.append(lesson) or load(lesson))
    assert {step.state for step in progress().steps} == {"可以開始", "籌備中"} and loaded == []
    ex.q1.check("A")
    first = progress().steps[0]
    assert (first.lesson.id, first.state, first.earned) == ("0.1", "進行中", ex.points()[0])
    assert set(loaded) == {"0.1"} and f"/{first.total}" in progress()._repr_html_()
    for question in ex:
        records.update("0.1", lambda r, q=question: r["questions"].setdefault(q.name, {}).update(
            state="通過", message="", score=1.0, best=1.0))  # fmt: skip
    assert progress().badges == [first.lesson.title] and progress().steps[0].earned == first.total


def test_unknown_lessons_and_questions_say_what_there_is(ex):
    with pytest.raises(NotFound, match="q1、q2"):
        _ = ex.q99
    with pytest.raises(NotFound, match="課程裡沒有"):
        exercise("9.9")
    with pytest.raises(NotFound, match="還在籌備"):
        exercise("8.3")
    with pytest.raises(NotFound, match="請加上引號"):
        exercise(3.1)
    for key in ("abc", "3.1", 3, "3.1.z"):
        with pytest.raises(NotFound, match="預測"):
            predict(key, 1)


def test_each_learner_has_data_of_their_own(ex, monkeypatch, tmp_path):
    mine = ex.data()
    monkeypatch.setenv("KIT_STATE_DIR", str(tmp_path / "other"))
    records.learner("s002")
    other = exercise("0.1").data()
    assert mine["views"].sum() != other["views"].sum()
    assert ex.q4.check(ex.q4.question.right()).state is State.PASSED
