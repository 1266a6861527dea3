"""Whoever answers without reading earns next to nothing."""

import random
from dataclasses import replace

import pytest
from bank_questions import LESSONS

from xiaobian.exercises import exercise
from xiaobian.exercises.questions import Choice, Decision, Match, MultiChoice, Order


@pytest.fixture(autouse=True)
def fresh(tmp_path, monkeypatch):
    monkeypatch.setenv("KIT_STATE_DIR", str(tmp_path))


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


def speechless(question):
    """The same question; a decision without its words, which are written from many more simulated worlds."""
    if isinstance(question, Decision):
        return replace(question, told=lambda _: "", advice=lambda _: "")
    return question


@pytest.mark.parametrize("lesson", LESSONS)
def test_blind_answers_earn_little(lesson):
    rng, earned = random.Random(lesson), 0.0
    questions = [speechless(bound.question) for bound in exercise(lesson)]
    for question in questions:
        draws = 20 if isinstance(question, Decision) else 200
        scores = [question.judge(answer).score for _ in range(draws) if (answer := blind(question, rng))]
        earned += question.points * (sum(scores) / len(scores) if scores else 0.0)
    assert earned <= 0.2 * sum(question.points for question in questions)
