"""Every question of every lesson: its solution passes, each example of a wrong answer fails in its own words."""

import pytest
from bank_questions import IDS, LESSONS, QUESTIONS

from xiaobian.exercises import bank, exercise
from xiaobian.exercises.outcome import State
from xiaobian.exercises.questions import Choice, Slip


@pytest.fixture(autouse=True)
def fresh(tmp_path, monkeypatch):
    monkeypatch.setenv("KIT_STATE_DIR", str(tmp_path))


def test_there_is_something_to_test():
    assert {"0.1", "3.1"} <= set(LESSONS)
    assert len(QUESTIONS) >= 4 * len(LESSONS)


@pytest.mark.parametrize(("lesson", "name", "bound"), QUESTIONS, ids=IDS)
def test_the_right_answer_passes(lesson, name, bound):
    outcome = bound.question.judge(bound.question.right())
    assert outcome.state is State.PASSED, outcome


@pytest.mark.parametrize(("lesson", "name", "bound"), QUESTIONS, ids=IDS)
def test_the_solution_code_passes(lesson, name, bound):
    if not bound.question.solution:
        assert not bound.question.stub
        return
    scope = {}
    exec(bank.load(lesson).SETUP, scope)
    for other in exercise(lesson):
        exec(other.question.given, scope)
    exec(f"{bound.question.stub}\n{bound.question.solution}", scope)
    assert bound.question.judge(scope["answer"]).state is State.PASSED


@pytest.mark.parametrize(("lesson", "name", "bound"), QUESTIONS, ids=IDS)
def test_each_wrong_example_fails_in_its_own_words(lesson, name, bound):
    for wrong in bound.question.wrong:
        given = wrong.answer() if callable(wrong.answer) else wrong.answer
        outcome = bound.question.judge(given)
        assert outcome.state in (State.FAILED, State.PARTIAL), wrong
        assert wrong.says in outcome.message, (wrong, outcome)


@pytest.mark.parametrize(("lesson", "name", "bound"), QUESTIONS, ids=IDS)
def test_typical_mistakes_are_wrong_and_told_apart(lesson, name, bound):
    slips: tuple[Slip, ...] = getattr(bound.question, "slips", ())
    for slip in slips:
        outcome = bound.question.judge(slip.value())
        assert outcome.state is State.FAILED, slip.says
        assert outcome.message == slip.says


@pytest.mark.parametrize(("lesson", "name", "bound"), QUESTIONS, ids=IDS)
def test_help_is_there(lesson, name, bound):
    question = bound.question
    assert question.hints and question.explain and question.prompt
    assert question.wrong or getattr(question, "slips", ()) or question.kind == "排序"
    if isinstance(question, Choice):
        assert all(o.feedback for k, o in question.options.items() if k != question.answer)


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_shape_of_an_exercise(lesson):
    questions = [q.question for q in exercise(lesson)]
    total = sum(q.points for q in questions)
    by_panel = sum(q.points for q in questions if not q.solution)
    assert 4 <= len(questions) <= 6
    assert len({q.kind for q in questions}) >= 2
    assert by_panel >= 0.6 * total
    assert all(q.research == bool(q.solution) for q in questions)
    assert by_panel - sum(q.points for q in questions if q.kind == "短文") >= 0.5 * total


@pytest.mark.parametrize("lesson", LESSONS)
def test_predictions_have_a_truth_in_their_own_unit(lesson):
    for name, prediction in bank.load(lesson).PREDICTIONS.items():
        truth = prediction.truth()
        assert prediction.show(truth), name
        assert prediction.verdict(truth) in ("猜中了。", "很接近。")
        if prediction.options:
            assert truth in prediction.options
