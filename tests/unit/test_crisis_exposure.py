"""The ledger: denominators, runs, limits, and when a stop rule would have rung."""

import pandas as pd
import pytest

from xiaobian.crisis import Limits, StopRule, exposure
from xiaobian.errors import AnswerError, TableError
from xiaobian.sandbox.handling import handled_comments


def table(*rows):
    """(person, time, toxic) as a table."""
    return pd.DataFrame(rows, columns=["person", "at", "toxic"])


def burst(person, start, number, gap="2min", toxic=True):
    at = pd.date_range(start, periods=number, freq=gap)
    return pd.DataFrame({"person": person, "at": at, "toxic": toxic})


@pytest.fixture(scope="module")
def lesson():
    return exposure(handled_comments(540))


def test_the_denominator_is_the_hours_of_duty():
    found = exposure(
        table(
            ("a", "2026-09-01 09:05", True), ("a", "2026-09-01 09:50", True), ("a", "2026-09-01 11:00", False)
        )
    )
    row = found.table.loc["a"]
    assert (row["comments"], row["toxic"], row["hours"], row["per_hour"]) == (3, 2, 2, 1.0)


def test_the_average_hides_who_reads_most(lesson):
    assert lesson.table.index[0] == "子晴" and lesson.table["per_hour"].iloc[0] > lesson.average
    assert lesson.table["comments"].idxmax() == "阿洛", "the busiest is somebody else"
    assert lesson.average == pytest.approx(lesson.table["toxic"].sum() / lesson.table["hours"].sum())
    assert lesson.table["toxic"].sum() == handled_comments(540)["toxic"].sum()


def test_runs_are_hours_that_follow_each_other():
    rows = pd.concat([burst("a", f"2026-09-01 {h}:00", 12, "4min") for h in ("09", "10", "12")])
    assert exposure(rows).table.loc["a", "longest_run"] == 2


def test_over_says_which_limit_and_only_then():
    rows = pd.concat(
        [burst("a", f"2026-09-01 {h:02d}:00", 12, "4min") for h in (9, 10, 11)]
        + [burst("b", "2026-09-01 09:00", 3)]
    )
    found = exposure(rows)
    assert list(found.over) == ["a"] and "連續 3 小時" in found.over["a"]
    assert exposure(rows, Limits(hour=13)).over == {}
    assert "一天 36 則" in exposure(rows, Limits(hour=13, day=30)).over["a"]
    assert "沒有人超過上限" in exposure(rows, Limits(hour=13)).say()


def test_a_stop_rule_rings_hands_over_and_lets_rest():
    rows = burst("a", "2026-09-01 09:00", 40, "1min")
    stops = exposure(rows).stops(StopRule(hour=10, sitting=99, pause=15))
    first = stops.table.iloc[0]
    assert first["at"].minute == 9 and first["spared"] == 14 and first["alone"]
    assert len(stops.table) == 2, "after the pause it counts anew"
    assert stops.table["at"].iloc[1].minute == 33


def test_somebody_else_on_duty_can_take_over():
    rows = pd.concat(
        [burst("a", "2026-09-01 09:00", 12, "1min"), burst("b", "2026-09-01 09:14", 2, toxic=False)]
    )
    assert not exposure(rows).stops(StopRule(hour=10)).table["alone"].any()


def test_a_gap_begins_a_new_sitting():
    rows = pd.concat([burst("a", "2026-09-01 09:00", 8), burst("a", "2026-09-01 11:00", 8)])
    assert exposure(rows).stops(StopRule(hour=99, sitting=10)).table.empty
    assert "一次也沒有響" in exposure(rows).stops(StopRule(hour=99, sitting=10)).say()
    assert len(exposure(burst("a", "2026-09-01 09:00", 16)).stops(StopRule(hour=99, sitting=10)).table) == 1


def test_texts_are_guessed_and_it_says_so():
    rows = pd.DataFrame(
        {
            "person": "a",
            "at": ["2026-09-01 09:00", "2026-09-01 09:01"],
            "text": ["小編是智障嗎", "蛋糕很好吃"],
        }
    )
    found = exposure(rows)
    assert found.items["toxic"].tolist() == [True, False] and "模型猜的" in repr(found)


def test_times_without_a_zone_are_taipei():
    naive = exposure(table(("a", "2026-09-01 09:05", True)))
    aware = exposure(table(("a", pd.Timestamp("2026-09-01 01:05", tz="UTC"), True)))
    assert naive.hours["hour"].tolist() == aware.hours["hour"].tolist()


@pytest.mark.parametrize(
    ("given", "word"),
    [
        (pd.DataFrame({"at": ["2026-09-01"], "toxic": [True]}), "person"),
        (pd.DataFrame({"person": ["a"], "at": ["2026-09-01"]}), "toxic"),
        (pd.DataFrame({"person": [], "at": [], "toxic": []}), "空"),
        (pd.DataFrame({"person": ["a"], "at": ["下午"], "toxic": [True]}), "讀不懂"),
    ],
)
def test_bad_tables_are_refused(given, word):
    with pytest.raises(TableError, match=word):
        exposure(given)


def test_limits_below_one_are_refused():
    with pytest.raises(AnswerError):
        Limits(hour=0)
    with pytest.raises(AnswerError):
        StopRule(pause=0)


def test_the_picture_says_what_the_words_say(lesson):
    assert "子晴" in repr(lesson.plot()) and "設計參數" in repr(lesson)


def test_the_same_seed_is_the_same_table():
    pd.testing.assert_frame_equal(handled_comments(3), handled_comments(3))
    assert not handled_comments(3).equals(handled_comments(4))
