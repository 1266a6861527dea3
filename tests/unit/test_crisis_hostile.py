"""The drill 停、標、選: its comments, its points, its record."""

import random

import pytest

from xiaobian.crisis.care.deescalation import attacks, deescalate
from xiaobian.crisis.care.hostile import SETS, best_record, checked, choices, comments, labels, points, review
from xiaobian.crisis.care.hostile_case import COMMENT, REPLIES
from xiaobian.errors import AnswerError


def test_twenty_in_the_lesson_and_others_in_the_exercise():
    lesson, own = comments("lesson"), comments("own")
    assert len(lesson) == 20 and len(own) == 12
    assert not {c.text for c in lesson} & {c.text for c in own}


@pytest.mark.parametrize("which", SETS)
def test_each_comment_has_a_gist_and_answers_that_exist(which):
    for one in comments(which):
        assert (
            one.label in labels() and one.best in choices() and one.fair in choices() and one.best != one.fair
        )
        assert one.why and one.gist != one.text and attacks(one.gist) == (), one.id
        assert one.best != "F" or one.label == "F", "care is for those who need it"
        assert one.label != "D" or one.best == "E", "what can hurt is kept as evidence and reported"


@pytest.mark.parametrize("which", SETS)
def test_every_label_is_there(which):
    assert {one.label for one in comments(which)} == set(labels())


def test_the_best_record_earns_everything_and_a_blind_one_little():
    given, rng = comments("own", 3, 10), random.Random(5)
    assert review(given, best_record(given)).score == 100.0
    blind = ["".join(rng.choice("ABCDEF") for _ in range(20)) for _ in range(200)]
    assert sum(review(given, record).score for record in blind) / 200 < 30


def test_skipping_costs_nothing_and_is_said():
    given = comments(number=3)
    found = review(given, best_record(given)[:2] + "----")
    assert found.score == 100.0 and found.answered == 1 and "跳過 2 則，不扣分" in found.say()
    assert "一則都沒有做" in review(given, "-" * 6).say()


def test_label_and_choice_count_apart():
    one = comments()[0]
    other = next(letter for letter in labels() if letter != one.label)
    assert points(one, other, one.best) == 0.6 and points(one, one.label, one.fair) == 0.7


def test_the_dearest_mistake_is_told():
    given = comments(number=2)
    other = next(letter for letter in labels() if letter != given[0].label)
    told = review(given, other + "-" + best_record(given)[2:])
    assert told.answered == 1, "half an answer is none"
    wrong = next(letter for letter in choices() if letter not in (given[0].best, given[0].fair))
    assert given[0].gist in review(given, other + wrong + best_record(given)[2:]).say()


@pytest.mark.parametrize("record", ["", "AB", "ZZZZ", "1234"])
def test_a_record_that_does_not_fit_is_refused(record):
    with pytest.raises(AnswerError):
        checked(record, 2)


def test_records_are_read_in_any_case():
    assert checked("ab - -", 2) == "AB--"


def test_an_unknown_set_is_refused():
    with pytest.raises(AnswerError, match="other"):
        comments("other")


def test_the_lessons_replies_fall_where_the_lesson_says():
    scores = {name: deescalate(text, COMMENT).score for name, text in REPLIES.items()}
    assert scores["機智"] == 0.0 and scores["都接住"] == 1.0
    assert scores["罐頭"] < scores["只給出路"] < scores["只講事情"] < 1.0
