"""Every question of every lesson: its solution passes, each example of a wrong answer fails in its own words."""

import random

import pytest

import xiaobian as xb
from xiaobian.exercises import bank, exercise
from xiaobian.exercises.outcome import State
from xiaobian.exercises.questions import Choice, Decision, Match, MultiChoice, Order, Slip

LESSONS = [i for i in xb.datasets.course() if bank.exists(i)]
QUESTIONS = [(i, name, q) for i in LESSONS for name, q in exercise(i).questions.items()]
IDS = [f"{i}-{name}" for i, name, _ in QUESTIONS]


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


@pytest.mark.parametrize("learner", ["s001", "s002", "s017", "a-long_name9"])
def test_every_learner_gets_questions_that_tell_mistakes_apart(learner):
    xb.records.learner(learner)
    for _, name, bound in QUESTIONS:
        for slip in getattr(bound.question, "slips", ()):
            assert bound.question.judge(slip.value()).state is State.FAILED, (name, slip.says)
        assert bound.question.judge(bound.question.right()).state is State.PASSED, name


def blind(question, rng):
    """An answer of someone who has not read the question."""
    match question:
        case Choice(options=options):
            return rng.choice(list(options))
        case MultiChoice(options=options):
            return "".join(letter for letter in options if rng.random() < 0.5) or rng.choice(list(options))
        case Order(shown=shown):
            return "".join(rng.sample(list(shown), len(shown)))
        case Match(pairs=pairs, choices=choices):
            return "".join(rng.choice(list(choices)) for _ in pairs)
        case Decision(choices=choices):
            return "".join(rng.choice(list(options)) for options in choices.values())
    return None


@pytest.mark.parametrize("lesson", LESSONS)
def test_blind_answers_earn_little(lesson):
    rng, earned = random.Random(lesson), 0.0
    questions = [bound.question for bound in exercise(lesson)]
    for question in questions:
        draws = 20 if isinstance(question, Decision) else 200
        scores = [question.judge(answer).score for _ in range(draws) if (answer := blind(question, rng))]
        earned += question.points * (sum(scores) / len(scores) if scores else 0.0)
    assert earned <= 0.2 * sum(question.points for question in questions)
