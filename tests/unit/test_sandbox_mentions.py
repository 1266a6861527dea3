"""Hourly mentions: the same seed gives the same stream, crises are what they are said to be, alarms are scored by rule."""

import numpy as np
import pandas as pd
import pytest

from xiaobian.errors import AnswerError, TableError
from xiaobian.sandbox.alarm_score import TAIL_HOURS, score_alarms
from xiaobian.sandbox.mentions import mention_stream, planted_in, watch

HOUR = pd.Timedelta(hours=1)


@pytest.fixture(scope="module")
def stream():
    return mention_stream(21, 12)


def test_same_seed_same_stream(stream):
    again = mention_stream(21, 12)
    assert stream[0].equals(again[0]) and stream[1].equals(again[1])
    assert not stream[0].equals(mention_stream(22, 12)[0])


def test_a_weaker_classifier_changes_labels_and_nothing_else(stream):
    noisy, planted = mention_stream(21, 12, accuracy=0.8)
    assert noisy["mentions"].equals(stream[0]["mentions"]) and planted.equals(stream[1])
    truth, n = stream[0]["negative"].sum(), stream[0]["mentions"].sum()
    assert noisy["negative"].sum() == pytest.approx(0.8 * truth + 0.2 * (n - truth), rel=0.05)
    turned = mention_stream(21, 12, accuracy=0.0)[0]["negative"]
    assert (turned + stream[0]["negative"] == stream[0]["mentions"]).all()


def test_counts_hold_together(stream):
    hours, planted = stream
    assert (hours["negative"] <= hours["mentions"]).all() and (hours["negative"] >= 0).all()
    assert str(hours["time"].dt.tz) == "Asia/Taipei" and len(hours) == 1440
    assert len(planted) == 4 and planted["size"].between(1.5, 6).all()
    assert (planted["start"].to_numpy()[1:] > planted["end"].to_numpy()[:-1]).all()


def test_crises_are_mostly_negative_and_calm_hours_are_not():
    calm = bad = 0.0
    for seed in range(30, 36):
        hours, planted = mention_stream(seed, 60)
        inside = pd.Series(False, index=hours.index)
        for row in planted.itertuples():
            inside |= hours["time"].between(row.peak, row.peak + 6 * HOUR)
        share = hours["negative"] / hours["mentions"].clip(lower=1)
        calm, bad = calm + share[~inside].mean() / 6, bad + share[inside].mean() / 6
    assert calm < 0.17 and bad > 0.4


def test_no_crisis_when_none_is_asked_for():
    assert mention_stream(3, 12, crises=0)[1].empty


@pytest.mark.parametrize("bad", [{"rate": 0}, {"days": 5}, {"accuracy": 1.2}])
def test_bad_input_says_what_is_wrong(bad):
    with pytest.raises(TableError):
        mention_stream(1, **bad)


def test_alarms_are_scored_by_the_written_rules(stream):
    hours, planted = stream
    start, end = planted["start"], planted["end"]
    perfect = score_alarms(start, planted, len(hours))
    assert perfect.f1 == 1 and perfect.delay == 0 and perfect.false == 0
    assert score_alarms([], planted, len(hours)).f1 == 0
    early = score_alarms([start[0] - HOUR], planted, len(hours))
    assert early.found == 0 and early.false == 1
    twice = score_alarms([start[0] + 2 * HOUR, start[0] + 5 * HOUR], planted, len(hours))
    assert (twice.found, twice.again, twice.false, twice.delays) == (1, 1, 0, (2.0,))
    tail = score_alarms([end[0] + TAIL_HOURS * HOUR], planted, len(hours))
    assert (tail.found, tail.again, tail.false) == (0, 1, 0)
    assert score_alarms([end[0] + (TAIL_HOURS + 1) * HOUR], planted, len(hours)).false == 1


def test_shuffled_hours_lose_the_crises(stream):
    hours, planted = stream
    rng = np.random.default_rng(1)
    alarms = rng.choice(hours["time"].to_numpy(), 4)
    assert score_alarms(pd.Series(alarms).sort_values(), planted, len(hours)).f1 < 0.8


def test_the_truth_opens_after_the_commitment(tmp_path, monkeypatch):
    monkeypatch.setenv("KIT_STATE_DIR", str(tmp_path))
    some = watch(21)
    with pytest.raises(AnswerError):
        some.reveal()
    with pytest.raises(AnswerError):
        some.commit(["2031-01-01"])
    planted = planted_in(some)
    some.commit(planted["start"])
    some.commit([])
    opened = some.reveal()
    assert opened.score.f1 == 1 and opened.table["found"].all() and opened.false == []
    assert "4 場危機找到 4 場" in opened.say()
    assert "4 場危機找到 4 場" in opened.plot().summary
