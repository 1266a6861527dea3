"""The questions of any learner, whose worlds are made from the learner's own seed, have one right answer each."""

import pytest
from bank_questions import LESSONS, QUESTIONS

from xiaobian import records
from xiaobian.exercises.outcome import State


@pytest.fixture(autouse=True)
def fresh(tmp_path, monkeypatch):
    monkeypatch.setenv("KIT_STATE_DIR", str(tmp_path))


@pytest.mark.parametrize("lesson", LESSONS)
@pytest.mark.parametrize("learner", ["s001", "s017", "a-long_name9"])
def test_every_learner_gets_questions_that_tell_mistakes_apart(learner, lesson):
    """With the course's own seed, tested beside, four worlds a lesson: a tie in a quarter of all worlds is met two times in three."""
    records.learner(learner)
    for name, bound in ((name, bound) for of, name, bound in QUESTIONS if of == lesson):
        for slip in getattr(bound.question, "slips", ()):
            assert bound.question.judge(slip.value()).state is State.FAILED, (name, slip.says)
        assert bound.question.judge(bound.question.right()).state is State.PASSED, name
