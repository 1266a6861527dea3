"""The fan holds what comes as often as it says, knows when the market is unknown, and breaks when the futures are dealt out."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from xiaobian.errors import TableError
from xiaobian.plotting import review
from xiaobian.sandbox.adoption import active_shares, draw_adoption
from xiaobian.sandbox.parameters import load
from xiaobian.sandbox.streams import generator
from xiaobian.trends.adoption import adoption, bass_line, drift_fan, extrapolations

PLATFORMS, SEEN, AHEAD = 30, 20, 12


def drawn(seed, **options):
    return draw_adoption(load(), generator(seed, "adoption tests"), **options)


@cache
def judged() -> pd.DataFrame:
    """One fan a platform, judged once: the platforms are independent, so the binomial bounds are honest."""
    rows = []
    for seed in range(PLATFORMS):
        table, truth = drawn(seed)
        other = drawn(seed + 1000)[0]["active_users"]
        counts = table["active_users"]
        fan = adoption(table.head(SEEN), AHEAD, draws=150).fan.iloc[-1]
        drift = drift_fan(table.head(SEEN), AHEAD).iloc[-1]
        came = counts.iloc[SEEN + AHEAD - 1]
        dealt = counts.iloc[SEEN - 1] * other.iloc[SEEN + AHEAD - 1] / other.iloc[SEEN - 1]
        rows.append({
            "covered": fan["low"] <= came <= fan["high"], "dealt": fan["low"] <= dealt <= fan["high"],
            "drift": drift["low"] <= came <= drift["high"], "width": np.log(fan["high"] / fan["low"]),
            "drift width": np.log(drift["high"] / drift["low"]), "family": truth.family,
        })  # fmt: skip
    return pd.DataFrame(rows)


def test_the_fan_holds_eight_in_ten():
    low, high = binom.ppf([0.005, 0.995], PLATFORMS, 0.8)
    assert low <= judged()["covered"].sum() <= high
    assert judged()["family"].nunique() == 2


def test_another_platforms_future_does_not_fit():
    assert judged()["dealt"].sum() < binom.ppf(0.005, PLATFORMS, 0.8)


def test_a_random_walk_with_drift_is_wider_and_still_wrong():
    assert judged()["drift"].sum() < binom.ppf(0.005, PLATFORMS, 0.8)
    assert judged()["drift width"].median() > judged()["width"].median()


def test_before_the_inflection_the_market_is_not_known():
    early = []
    for seed in range(8):
        table, truth = drawn(seed, family="bass")
        weeks = max(6, truth.turning_week // 2)
        early.append(adoption(table.head(weeks), 4, draws=150).market_known)
    assert not any(early)


def test_long_after_the_inflection_it_is_and_it_is_right():
    right = []
    for seed in (2, 4, 5, 9):
        table, truth = drawn(seed, family="bass", weeks=140)
        found = adoption(table.head(min(3 * truth.turning_week + 20, 130)), 8, draws=200)
        right.append(found.market_known and found.market[0] * 0.9 <= truth.market <= found.market[2] * 1.1)
    assert sum(right) >= 3


def test_the_ceiling_moves_the_market_only_while_it_is_unknown():
    table, truth = drawn(2, family="bass", weeks=140)
    early = table.head(max(6, truth.turning_week // 2))
    top = float(early["active_users"].max())
    near, far = (adoption(early, 8, ceiling=top * times, draws=200).market[2] for times in (10, 200))
    assert far > 3 * near
    late = table.head(130)
    top = float(late["active_users"].max())
    near, far = (adoption(late, 8, ceiling=top * times, draws=200).market[2] for times in (3, 60))
    assert far == pytest.approx(near, rel=0.15)


def test_people_who_leave_are_noticed():
    fading, truth = drawn(3, family="fading")
    staying, _ = drawn(3, family="bass")
    assert truth.peak_week < 70
    assert adoption(fading.head(90), 8, draws=150).fading > 0.9
    assert adoption(staying.head(90), 8, draws=150).fading < 0.5


def test_more_weeks_make_a_narrower_fan():
    table, _ = drawn(9, family="bass")
    spans = []
    for weeks in (8, 20, 60):
        end = adoption(table.head(weeks), 12, draws=200).fan.iloc[-1]
        spans.append(end["high"] / end["low"])
    assert spans[0] > spans[1] > spans[2]


def test_same_seed_same_fan_and_the_parts_are_in_order():
    table = drawn(1)[0].head(20)
    found, again = adoption(table, 6, draws=100), adoption(table["active_users"], 6, draws=100)
    pd.testing.assert_frame_equal(found.fan, again.fan)
    columns = found.fan[["low", "low50", "mid", "high50", "high"]].to_numpy()
    assert (np.diff(columns, axis=1) > 0).all() and found.fan["week"].tolist() == list(range(21, 27))


def test_two_points_are_not_a_curve():
    found = adoption(pd.Series([20.0, 6.0]))
    assert found.abstained and not found.market_known
    assert found.say() == "只有 2 個點，至少要 6 週才開始估，先不畫扇形。"


def test_the_sentence_and_the_picture_say_what_is_not_known():
    table, truth = drawn(2, family="bass")
    found = adoption(table.head(max(6, truth.turning_week // 2)), 12, draws=100, simulated=True)
    assert "還定不出來" in found.say() and "八成" in found.say()
    chart = found.plot(table.iloc[len(found.seen) : len(found.seen) + 12])
    assert "還定不出來" in repr(chart) and not review(chart.axes[0])


@pytest.mark.parametrize(
    ("users", "options", "says"),
    [
        ([1.0, 2, 0, 4, 5, 6], {}, "大於 0"),
        ([1.0, 2, None, 4, 5, 6], {}, "缺值"),
        ([], {}, "缺值"),
        ([1.0] * 8, {"horizon": 0}, "horizon"),
        ([1.0, 2, 3, 4, 5, 6], {"ceiling": 5}, "天花板"),
    ],
)
def test_what_cannot_be_fitted_is_refused(users, options, says):
    with pytest.raises(TableError, match=says):
        adoption(pd.Series(users, dtype=float), **options)


def test_weeks_with_a_gap_are_refused():
    table = drawn(1)[0].head(10).drop(index=4)
    with pytest.raises(TableError, match="中間不能跳"):
        adoption(table)


def test_the_lines_that_tempt_by_hand():
    week = np.arange(1, 21)
    doubling = pd.Series(100 * 1.1**week)
    assert extrapolations(doubling, 3)["exponential"].to_numpy() == pytest.approx(100 * 1.1 ** np.array([21, 22, 23]))
    straight = pd.Series(50.0 + 10 * week)
    assert extrapolations(straight, 2)["line"].tolist() == pytest.approx([260, 270])
    curve = 5000 * active_shares(0.004, 0.2, 0.0, 0.0, 60)[0]
    assert bass_line(curve[:40], 20) == pytest.approx(curve[40:], rel=0.01)
    with pytest.raises(TableError, match="至少要 6 週"):
        extrapolations(pd.Series([1.0, 2, 3]))


def test_the_bass_model_is_its_closed_form():
    """Cumulative adopters of Bass (1969): (1 − e^−(p+q)t) ÷ (1 + q/p e^−(p+q)t); weekly steps come close."""
    p, q, t = 0.002, 0.05, np.arange(1, 101)
    closed = (1 - np.exp(-(p + q) * t)) / (1 + q / p * np.exp(-(p + q) * t))
    assert active_shares(p, q, 0.0, 0.0, 100)[0] == pytest.approx(closed, rel=0.06)


def test_the_simulator_is_steady_and_tells_its_truth():
    table, truth = drawn(5)
    assert table.equals(drawn(5)[0]) and len(truth.expected) == len(table) == 104
    assert np.abs(np.log(table["active_users"] / truth.expected)).mean() < 3 * truth.noise_sd
    families = [drawn(seed)[1].family for seed in range(60)]
    assert 15 < families.count("fading") < 45
    with pytest.raises(TableError, match="bass"):
        drawn(1, family="viral")
