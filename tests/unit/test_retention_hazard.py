"""Retention: the life table agrees with the sandbox's truth, and says nothing where it cannot see."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from xiaobian.analytics.retention.retention_hazard import MIN_VIEWS, retention_hazard
from xiaobian.errors import TableError
from xiaobian.plotting import review
from xiaobian.sandbox import World, parameters
from xiaobian.sandbox.retention import average_watch_s, retention_table, survival


def videos(seed, hook, *, number=1, views=20_000, duration=30.0, beat=6.0, changes=None):
    """Tables retention and posts of videos that differ by chance only."""
    drawn = pd.DataFrame(
        {
            "post_id": [f"v{k}" for k in range(number)], "hook": hook, "duration_s": duration, "views": views,
            "beat_every": beat,
        }
    )  # fmt: skip
    known = parameters.load().changed(changes or {})
    curve, _ = retention_table(known, np.random.default_rng(seed), drawn)
    return curve, drawn[["post_id", "views"]]


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("hook", [0.1, 0.5, 0.9])
def test_the_hook_is_recovered_from_twenty_thousand_views(seed, hook):
    duration = 12.0 + 6 * seed
    row = retention_hazard(*videos(seed, hook, duration=duration)).table.iloc[0]
    assert abs(row["hook"] - hook) <= 0.05


def test_survival_and_watch_time_are_the_truth():
    known = parameters.load()
    errors, inside = [], []
    for seed in range(30):
        hook = 0.1 + 0.8 * seed / 29
        row = retention_hazard(*videos(100 + seed, hook)).table.iloc[0]
        true = float(survival(known, 3, hook, 6.0))
        inside.append(row["s3_low"] <= true <= row["s3_high"])
        later = float(survival(known, 10, hook, 6.0)) / true
        errors.append(
            [
                row["s3"] - true,
                row["s10_s3"] - later,
                row["watch_s"] - float(average_watch_s(known, 30, hook, 6)),
            ]
        )
    worst = np.abs(errors).max(axis=0)
    assert worst[0] < 0.02
    assert worst[1] < 0.03
    assert worst[2] < 0.4
    assert np.mean(inside) >= 0.8


def test_reading_the_curve_off_at_its_nearest_point_misses_the_opening():
    """What one does by eye: take the point nearest to 3 seconds."""
    curve, posts = videos(1, 0.5, duration=50.0)
    nearest = curve.iloc[(curve["second"] - 3).abs().argmin()]["share_watching"]
    true = float(survival(parameters.load(), 3, 0.5, 6.0))
    ours = retention_hazard(curve, posts).table["s3"].iloc[0]
    assert abs(ours - true) < abs(nearest - true)


@cache
def past():
    return World(7, "drinks").history(26)


def test_stronger_openings_keep_more_and_shuffled_scores_do_not():
    tables = past()
    found = retention_hazard(tables.retention, tables.posts, tables.plan, by="hook").table.set_index("group")
    assert found.loc["強", "s3_low"] > found.loc["弱", "s3_high"]
    assert found.loc["強", "hook"] - found.loc["弱", "hook"] > 0.2
    overlaps = 0
    for seed in range(5):
        mixed = tables.plan.assign(hook=np.random.default_rng(seed).permutation(tables.plan["hook"]))
        table = retention_hazard(tables.retention, tables.posts, mixed, by="hook").table.set_index("group")
        overlaps += table.loc["強", "s3_low"] <= table.loc["弱", "s3_high"]
    assert overlaps >= 4


def slow(seed, number=12):
    """Videos of which most lose many viewers between 15 and 30 seconds; a third keeps them."""
    rng = np.random.default_rng(seed)
    second = np.arange(0, 41, 2.0)
    rows = []
    for k in range(number):
        weak = k % 3 > 0
        hazard = 0.25 * np.exp(-second[:-1] / 2) + np.where(
            weak & (second[:-1] >= 15) & (second[:-1] < 30), 0.05, 0.004
        )
        alive = np.concatenate([[1.0], np.exp(-np.cumsum(2 * hazard))])
        share = rng.binomial(20_000, alive) / 20_000
        rows.append(pd.DataFrame({"post_id": f"v{k}", "second": second, "share_watching": share}))
    retention = pd.concat(rows, ignore_index=True)
    return retention.assign(position=retention["second"] / 40), pd.DataFrame(
        {"post_id": [f"v{k}" for k in range(number)], "views": 20_000}
    )


def test_the_stretch_that_others_do_better_is_the_one_to_cut():
    found = retention_hazard(*slow(1))
    assert (found.cut()["start"], found.cut()["end"]) == (15, 30)
    assert "第 15–30 秒" in found.say()


@pytest.mark.parametrize("factor", [0.75, 1.25])
def test_order_of_hooks_survives_other_sizes(factor):
    known = parameters.load()
    changes = {name: known[name] * factor for name in ("retention.skip", "retention.early")}
    strengths = [
        retention_hazard(*videos(3, hook, changes=changes)).table["s3"].iloc[0] for hook in (0.2, 0.5, 0.8)
    ]
    assert strengths == sorted(strengths)


def test_few_views_give_no_figure():
    found = retention_hazard(*videos(1, 0.5, views=MIN_VIEWS - 1))
    assert found.abstained
    assert found.table["s3"].isna().all()
    assert f"不到 {MIN_VIEWS} 次" in found.say()
    assert "瀏覽太少" in repr(found.plot())
    with pytest.raises(TableError, match="看不出"):
        found.cut()


def test_a_curve_with_no_point_in_the_opening_says_nothing_about_it():
    found = retention_hazard(*videos(1, 0.5, duration=200.0))
    assert found.table["hook"].isna().all()
    assert found.table["watch_s"].notna().all()
    assert "看不出開場" in found.say()
    assert "看不出前 3 秒" in repr(found.plot())


def test_more_views_narrow_the_interval():
    few, many = (retention_hazard(*videos(5, 0.5, views=views)).table.iloc[0] for views in (1_000, 20_000))
    assert few["s3_high"] - few["s3_low"] > 2 * (many["s3_high"] - many["s3_low"])


def test_a_curve_that_rises_is_mended_and_told():
    curve, posts = videos(1, 0.5)
    before = curve.copy()
    curve.loc[5, "share_watching"] = 1.2
    told = retention_hazard(curve, posts)
    assert any("回升" in note for note in told.notes)
    assert told.table["s3"].between(0, 1).all()
    assert curve.loc[5, "share_watching"] == 1.2
    assert before.drop(index=5).equals(curve.drop(index=5))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda r, p: (r.drop(columns="second"), p), "缺少欄位"),
        (lambda r, p: (r, p.drop(columns="views")), "缺少欄位"),
        (lambda r, p: (r.iloc[:0], p), "是空的"),
        (lambda r, p: (r, p.assign(post_id="other")), "沒有一支影片"),
        (lambda r, p: (r.assign(share_watching=-1.0), p), "有負的"),
    ],
)
def test_wrong_input_is_explained(change, says):
    with pytest.raises(TableError, match=says):
        retention_hazard(*change(*videos(1, 0.5)))


def test_an_unknown_group_is_explained():
    with pytest.raises(TableError, match="mood"):
        retention_hazard(*videos(1, 0.5), by="mood")


def test_the_charts_do_not_mislead():
    tables = past()
    for by in (None, "hook"):
        chart = retention_hazard(tables.retention, tables.posts, tables.plan, by=by).plot()
        assert not [found for ax in chart.axes for found in review(ax) if found.severity == "error"]
        assert chart.summary
