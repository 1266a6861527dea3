"""The office: its truth is fixed by the seed, adds up, and stays shut until a plan is committed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from xiaobian.errors import AnswerError, NotFound, TableError
from xiaobian.sandbox.parameters import load
from xiaobian.sandbox.worktime import (
    ACCOUNTABLE,
    GATES,
    REVIEWS,
    Office,
    best,
    catch,
    declared,
    handed_over,
    judged,
    permitted,
    pieces,
    truth_of,
)

OFFICES = [Office(seed) for seed in range(30)]
TASKS = OFFICES[0].tasks()


@pytest.fixture(autouse=True)
def fresh(tmp_path, monkeypatch):
    monkeypatch.setenv("KIT_STATE_DIR", str(tmp_path))


def test_the_same_seed_is_the_same_office_and_another_is_not():
    one, same, other = Office(7), Office(7), Office(8)
    pd.testing.assert_frame_equal(one.diary(2), same.diary(2))
    pd.testing.assert_frame_equal(one.trial(), same.trial())
    assert not truth_of(one).equals(truth_of(other))


def test_a_longer_diary_begins_like_a_shorter_one():
    longer, shorter = Office(7).diary(3), Office(7).diary(1)
    pd.testing.assert_frame_equal(longer.head(len(shorter)), shorter)
    pd.testing.assert_frame_equal(
        Office(7).diary(1, first_week=2), longer[longer["date"] >= "2026-03-16"].reset_index(drop=True)
    )


def test_the_diary_averages_to_the_truth():
    office = Office(3)
    spent = office.diary(120).groupby("task")["minutes"].sum() / 120
    usual = truth_of(office).eval("times * minutes")
    assert (spent / usual).between(0.7, 1.4).all()
    assert spent.sum() / usual.sum() == pytest.approx(1, abs=0.06)


def test_planned_work_comes_as_planned_and_the_rest_by_chance():
    counts = (
        Office(3)
        .diary(50)
        .assign(week=lambda t: (t["date"] - t["date"].min()).dt.days // 7)
        .value_counts(["week", "task"])
    )
    table = counts.unstack(fill_value=0)
    excess = (table.var() / table.mean()).groupby(table.columns.isin(load()["worktime.planned"])).mean()
    assert excess[False] > 0.9 > excess[True]


def test_memory_makes_long_tasks_longer_and_short_ones_shorter():
    ratio = pd.DataFrame([o.recalled() / truth_of(o).eval("times * minutes / 60") for o in OFFICES]).median()
    assert ratio["report"] > 1.25 and ratio["crisis"] > 1.2
    assert ratio["comments"] < 0.75 and ratio["schedule"] < 0.9


def test_copy_by_draft_and_review_takes_the_published_share_of_the_time():
    """Noy & Zhang 2023: writing with AI took 40 % less time."""
    shares = []
    for office in OFFICES:
        truth = truth_of(office)
        shares.append(pieces(truth, 0.2)["draft"].loc["copy", "desk"] / truth.loc["copy", "minutes"])
    assert np.mean(shares) == pytest.approx(load()["ai_draft.time"], abs=0.05)


def test_an_outcome_adds_up():
    office = Office(5)
    week = judged(office, {"copy": "draft", "resize": "auto"}, 0.2)
    hand = judged(office, {}, 0.0)
    assert week.saved == pytest.approx(hand.hours - week.hours) == week.table["saved"].sum()
    assert week.table["errors"].sum() == pytest.approx(week.errors)
    assert hand.saved == 0 and hand.hours > hand.desk
    assert week.table.loc["copy", "review"] == 0.2 and week.table.loc["resize", "review"] == 0
    assert "省" in repr(week) and "多花" in repr(
        judged(office, {"planning": "auto", "comments": "auto"}, 0.0)
    )


def test_more_review_lets_fewer_errors_out_and_takes_longer_at_the_desk():
    plan = dict.fromkeys(TASKS.index, "draft")
    weeks = [judged(Office(5), plan, share) for share in (0.0, *REVIEWS)]
    assert np.all(np.diff([w.errors for w in weeks]) < 0)
    assert np.all(np.diff([w.desk for w in weeks]) > 0)
    assert np.all(np.diff([w.quality for w in weeks]) > 0)
    assert catch(truth_of(Office(5)), 0.0).eq(0).all()


def test_what_looks_quickest_is_the_longest_week():
    """All to the machine: a fraction of the desk hours, and more hours in all than by hand, in nearly every office."""
    everything = dict.fromkeys(TASKS.index, "auto")
    worse = 0
    for office in OFFICES:
        week, hand = judged(office, everything, 0.0), judged(office, {}, 0.0)
        assert week.desk < 0.25 * hand.desk
        worse += week.hours > hand.hours
    assert worse >= 0.75 * len(OFFICES)


def test_handing_over_step_by_step_is_the_same_as_planning_it():
    office, order = Office(6), list(TASKS.index[:5])
    for review, mode in ((0.2, "draft"), (0.0, "auto")):
        trade, hand = handed_over(office, order, review), judged(office, {}, 0.0)
        for step in (0, 2, 5):
            week = judged(office, dict.fromkeys(order[:step], mode), review)
            row = trade.iloc[step]
            assert (row["saved"], row["errors"], row["quality"]) == pytest.approx(
                (week.saved, week.errors, week.quality)
            )
            assert row["desk"] == pytest.approx(hand.desk - week.desk)
    assert trade["task"].tolist() == ["", *order] and trade["share"].is_monotonic_increasing


def test_the_best_keeps_the_rules_and_nothing_permitted_beats_it():
    rng = np.random.default_rng(1)
    for office in OFFICES[:6]:
        top = best(office)
        assert all(top.table.loc[task, "mode"] in permitted(row) for task, row in TASKS.iterrows())
        for _ in range(10):
            plan = {task: str(rng.choice(list(permitted(row)))) for task, row in TASKS.iterrows()}
            assert judged(office, plan, float(rng.choice(REVIEWS))).saved <= top.saved + 1e-9


def test_gates_and_accountability():
    for task, row in TASKS.iterrows():
        modes = permitted(row)
        if pd.notna(row["gate"]):
            assert modes == ("human",) and row["gate"] in GATES, task
        else:
            assert ("auto" in modes) == (row["accountability"] < ACCOUNTABLE), task
    assert set(TASKS["gate"].dropna()) == set(GATES)
    assert (declared()[["judgement", "empathy", "accountability", "repetition"]].isin(range(1, 6))).all(
        axis=None
    )


def test_the_truth_opens_after_a_commitment_and_the_first_plan_counts():
    office = Office(9)
    with pytest.raises(AnswerError, match="先不打開"):
        office.reveal()
    assert "已記下" in repr(office.commit({"resize": "auto"}))
    assert "第一次" in office.commit({})
    opened = office.reveal()
    assert opened.loc["你的計畫", "省下"] == pytest.approx(judged(office, {"resize": "auto"}, 0.2).saved)
    assert (
        opened.loc["全部手做", "省下"]
        == 0
        < opened.loc["你的計畫", "省下"]
        < opened.loc["找得到的最好", "省下"]
    )


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda o: o.commit({"coffee": "auto"}), NotFound, "coffee"),
        (lambda o: o.commit({"copy": "robot"}), NotFound, "robot"),
        (lambda o: o.commit({"copy": "draft"}, 20), TableError, "比例"),
        (lambda o: o.diary(0), TableError, "一週"),
        (lambda o: o.trial(drafts=0), TableError, "至少要一則"),
    ],
)
def test_a_wrong_call_says_what_to_do(call, error, says):
    with pytest.raises(error, match=says):
        call(Office(1))
