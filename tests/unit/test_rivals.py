"""Rivals: turning points on their day, holidays left alone, quiet years quiet, shares with their denominator."""

from __future__ import annotations

import warnings
from functools import cache
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from xiaobian.analytics import rivals
from xiaobian.analytics.rivals.changes import penalty, segment
from xiaobian.analytics.rivals.rivals import Rivals
from xiaobian.errors import TableError
from xiaobian.sandbox import parameters
from xiaobian.sandbox.rivals import rivals_table

P = parameters.load()
DAYS = pd.date_range("2026-01-01", periods=365)
HOLIDAYS = ["2026-02-14", "2026-02-17", "2026-04-04", "2026-06-19", "2026-09-25", "2026-10-10", "2026-12-25"]
SETTINGS = {
    "as it is": {},
    "noise × 1.25": {"rivals.day_sd": 1.25 * P["rivals.day_sd"]},
    "noise × 0.5": {"rivals.day_sd": 0.5 * P["rivals.day_sd"]},
    "changes × 0.75": {"rivals.change_size": [0.75 * size for size in P["rivals.change_size"]]},
    "holidays × 1.25": {"rivals.moment": 1.25 * P["rivals.moment"]},
}


def year(seed: int, settings: dict | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    return rivals_table(P.changed(settings or {}), np.random.default_rng(seed), DAYS, HOLIDAYS)


@cache
def seen(seed: int) -> Rivals:
    return rivals(year(seed)[0])


def near(found: pd.DataFrame, turn, days: int) -> pd.DataFrame:
    mine = found[found["rival"] == turn.rival]
    return mine[(mine["date"] - turn.date).abs() <= pd.Timedelta(days=days)]


def by_week(table: pd.DataFrame) -> pd.DataFrame:
    """The naive rule: a week 30 % above or below the one before."""
    rows = []
    for name, mine in table.groupby("rival"):
        weekly = mine.groupby("date")["engagements"].sum().astype(float).resample("7D").sum()
        rows += [{"rival": name, "date": day} for day in weekly.index[weekly.pct_change().abs() >= 0.3]]
    return pd.DataFrame(rows, columns=["rival", "date"])


@pytest.mark.parametrize("name", list(SETTINGS))
def test_turning_points_are_dated_within_two_days(name):
    hits = total = false = 0
    for seed in range(2):
        table, truth = year(seed, SETTINGS[name])
        found = rivals(table).changes
        hits += sum(not near(found, turn, 2).empty for turn in truth.itertuples())
        total += len(truth)
        false += len(found) - sum(not near(found, turn, 10).empty for turn in truth.itertuples())
    print(f"\n{name}: {hits} of {total} within 2 days, {false} false in {2 * 4} rival-years")
    assert hits >= total - 1
    assert false <= 1


def test_quiet_years_with_holidays_raise_no_alarm_and_the_rule_of_thumb_does():
    tables = [year(seed, {"rivals.changes": 0})[0] for seed in range(4)]
    raised = sum(rivals(table).changes["rival"].nunique() for table in tables)
    alone = sum(len(rivals(mine).changes) > 0 for _, mine in tables[0].groupby("rival"))
    thumb = sum(by_week(table)["rival"].nunique() for table in tables)
    print(f"\nof 16 rival-years: {raised} with an alarm, rule of thumb {thumb}; alone {alone} of 4")
    assert raised <= 1
    assert alone == 0
    assert thumb >= 10


def test_shuffled_days_hold_no_change():
    raised = 0
    for seed in range(3):
        table = year(seed)[0]
        order = np.random.default_rng(seed).permutation(len(DAYS))
        table["date"] = table["date"].map(dict(zip(DAYS, DAYS[order], strict=True)))
        raised += rivals(table).changes["rival"].nunique()
    assert raised <= 1


def test_the_interval_of_a_date_and_of_a_size_hold_the_truth():
    dated = sized = total = 0
    for seed in range(4):
        truth = year(seed)[1]
        for turn in truth.itertuples():
            for row in near(seen(seed).changes, turn, 10).itertuples():
                total += 1
                dated += row.earliest <= turn.date <= row.latest
                sized += row.low <= np.expm1(turn.size) <= row.high
    assert total >= 30
    assert dated / total >= 0.9
    assert sized / total >= 0.85


def test_a_dim_change_has_a_wider_date_than_a_plain_one():
    rng = np.random.default_rng(2)
    widths = []
    for size in (0.3, 1.2):
        logs = 6 + size * (np.arange(120) >= 60) + rng.normal(0, 0.25, 120)
        table = pd.DataFrame(
            {"date": DAYS[:120], "rival": "甲", "platform": "facebook", "engagements": np.exp(logs).round()}
        )
        (row,) = rivals(table).changes.itertuples()
        widths.append((row.latest - row.earliest).days)
    assert widths[0] > widths[1]


def test_partitioning_is_exact():
    rng = np.random.default_rng(5)
    series = np.repeat([0.0, 1.0, 0.4], 12) + rng.normal(0, 0.4, 36)

    def loss(cuts: tuple[int, ...]) -> float:
        edges = [0, *cuts, 36]
        spans = [series[a:b] for a, b in pairwise(edges)]
        return sum(((s - s.mean()) ** 2).sum() for s in spans) / 0.16 + 6 * len(cuts)

    one = [(a,) for a in range(5, 32)]
    two = [(a, b) for a in range(5, 32) for b in range(a + 5, 32)]
    three = [(*ab, c) for ab in two for c in range(ab[1] + 5, 32)]
    best = min([(), *one, *two, *three], key=loss)
    assert tuple(segment(series, 0.16, 6.0, shortest=5)) == best


def test_the_penalty_keeps_its_promise_on_noise():
    rng, cost = np.random.default_rng(1), penalty(200, 0.05)
    raised = np.mean([bool(segment(rng.standard_normal(200), 1.0, cost)) for _ in range(120)])
    assert raised <= 0.05


def test_share_of_voice_says_of_what():
    result, table = seen(1), year(1)[0]
    sums = table.groupby("rival")["engagements"].sum().sort_values(ascending=False)
    assert list(result.table["rival"]) == list(sums.index)
    np.testing.assert_allclose(result.table["share"], sums / sums.sum())
    assert result.table["share"].sum() == pytest.approx(1)
    assert (result.table["low"] < result.table["share"]).all() and (
        result.table["high"] > result.table["share"]
    ).all()
    for part in ("互動 ÷ 這 4 家", "Facebook", "分母只有這幾家", "95% 信賴區間", "不說為什麼"):
        assert part in result.say()


def test_days_without_one_rival_do_not_count_for_shares():
    table = year(2)[0]
    name = table["rival"].iloc[0]
    holes = table[~((table["rival"] == name) & table["date"].between("2026-05-01", "2026-05-20"))]
    result = rivals(holes)
    common = holes[~holes["date"].between("2026-05-01", "2026-05-20")]
    sums = common.groupby("rival")["engagements"].sum()
    row = result.table[result.table["rival"] == name].iloc[0]
    assert row["share"] == pytest.approx(sums[name] / sums.sum())
    assert "20 天有競品缺資料" in "".join(result.notes)


def test_the_index_is_of_full_weeks_about_the_rivals_own_median():
    index = seen(3).index
    assert (index["days"] == 7).all()
    assert (index["week"].dt.day_of_week == 0).all()
    np.testing.assert_allclose(index.groupby("rival")["index"].median(), 100)


@pytest.mark.parametrize("days", [1, 20, 41])
def test_it_abstains_with_too_few_days(days):
    result = rivals(year(1)[0].query("date < @DAYS[@days]"))
    assert result.abstained
    assert result.changes.empty
    assert "先不找轉折" in result.say()
    assert "太少" in repr(result.plot())


def test_missing_is_not_zero_and_the_input_is_left_alone():
    table = year(4)[0]
    table.loc[table.index[::9], "engagements"] = pd.NA
    table.loc[table.index[::7], "posts"] = pd.NA
    copy = table.copy(deep=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = rivals(table)
    pd.testing.assert_frame_equal(table, copy)
    truth = year(4)[1]
    assert sum(not near(result.changes, turn, 3).empty for turn in truth.itertuples()) >= len(truth) - 1


def test_only_date_rival_platform_and_engagements_are_needed():
    result = rivals(year(5)[0][["date", "rival", "platform", "engagements"]])
    truth = year(5)[1]
    assert sum(not near(result.changes, turn, 2).empty for turn in truth.itertuples()) >= len(truth) - 1
    assert result.table["posts"].isna().all()


@pytest.mark.parametrize(
    ("change", "options", "said"),
    [
        (lambda t: t.drop(columns="engagements"), {}, "engagements"),
        (lambda t: t.head(0), {}, "空的"),
        (lambda t: "競品", {}, "str"),
        (lambda t: t.assign(engagements=-1), {}, "小於 0"),
        (lambda t: t, {"holidays": ["春節"]}, "holidays"),
        (lambda t: t, {"false_alarms": 5}, "false_alarms"),
    ],
)
def test_a_mistake_is_told_with_a_next_step(change, options, said):
    with pytest.raises(TableError) as caught:
        rivals(change(year(1)[0]), **options)
    assert said in str(caught.value)


def test_the_chart_draws_silently_and_nothing_leaves_the_picture():
    one = year(1)[0]
    short, single = one.query("date < @DAYS[10]"), one[one["rival"] == one["rival"].iloc[0]]
    for table in (one, short, single):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            result = rivals(table)
            figure = result.plot()
            figure.draw_without_rendering()
        assert figure.summary == result.say()
        (ax,) = figure.axes
        boxes = [ax._left_title.get_window_extent(), *(t.get_window_extent() for t in ax.texts)]
        assert all(b.x0 >= 0 and b.x1 <= figure.bbox.width and b.y1 <= figure.bbox.height for b in boxes)
