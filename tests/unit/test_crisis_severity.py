"""Severity: limits from the table, triggers above all, reasons in words, and the same from a detected stream."""

import pandas as pd
import pytest

from xiaobian.analytics import detect
from xiaobian.crisis.noticing.severity import ALWAYS_S4, Signs, levels, severity, signs_of
from xiaobian.errors import AnswerError
from xiaobian.sandbox.mentions import mention_stream


@pytest.mark.parametrize(
    ("given", "level", "why"),
    [
        ({"times": 1.9}, "S1", "1.9 倍"),
        ({"times": 2.0}, "S2", "2.0 倍"),
        ({"share_rise": 0.15}, "S2", "15 個百分點"),
        ({"share_rise": 0.149}, "S1", "沒有到"),
        ({"times": 3.0, "velocity": 1.4}, "S3", "還在升"),
        ({"times": 5.0, "velocity": 0.7}, "S2", "不再升"),
        ({"kol_share": 0.5}, "S3", "大帳號"),
        ({"media": 1}, "S3", "媒體"),
        ({"harm": True}, "S3", "還沒查證"),
        ({"legal": True}, "S2", "提告"),
        ({"triggers": ("safety",)}, "S4", "人身安全"),
    ],
)
def test_each_sign_asks_for_its_level_and_says_so(given, level, why):
    found = severity(**given)
    assert found.level == level and why in found.say()


@pytest.mark.parametrize("name", ALWAYS_S4)
def test_a_trigger_overrides_everything(name):
    found = severity(times=0.5, share_rise=-0.2, triggers=name)
    assert found.level == "S4" and found.why == (f"{ALWAYS_S4[name]}，直接是 S4，不看分數",)


def test_without_a_trigger_no_number_makes_it_s4():
    assert (
        severity(times=99, share_rise=0.9, velocity=9, kol_share=1, media=9, harm=True, legal=True).level
        == "S3"
    )


def test_the_score_orders_cases_of_one_level():
    assert severity(times=8, velocity=2).score > severity(times=3, velocity=1.2).score
    assert severity(times=3, velocity=1.2, media=1).score > severity(times=3, velocity=1.2).score


def test_limits_and_deadlines_are_those_of_the_table():
    assert [level.low for level in levels().values()] == [0, 2, 3, 0]
    assert severity(times=3, velocity=2).rules.substance == 360
    assert (
        "30 分鐘內先回一句" in severity(times=3, velocity=2).say()
        and "馬上" in severity(triggers="illegal").say()
    )


@pytest.mark.parametrize("bad", [{"times": -1}, {"share_rise": 15}, {"kol_share": 30}, {"triggers": ("rain",)}, {"loud": 1}, {"times": float("nan")}])  # fmt: skip
def test_values_that_make_no_sense_are_refused(bad):
    with pytest.raises(AnswerError):
        severity(**bad)


def test_signs_come_from_a_detected_stream():
    hours, planted = mention_stream(41, 12, days=28, crises=2)
    found = detect(hours)
    peak = planted["peak"].iloc[1]
    hot = signs_of(found, peak)
    assert hot.times > 2 and hot.share_rise > 0.15 and severity(hot).level in ("S2", "S3")
    assert severity(signs_of(found, planted["start"].iloc[0] - pd.Timedelta(days=2)), media=1).level == "S3"
    assert severity(found).level == severity(signs_of(found)).level
    with pytest.raises(AnswerError):
        signs_of(found, "2031-01-01T00:00+08:00")


def test_volume_alone_gives_no_mood():
    hours, _ = mention_stream(41, 12, days=28, crises=2)
    assert signs_of(detect(hours[["time", "mentions"]].iloc[:200])).share_rise == 0
    assert Signs().times == 1
