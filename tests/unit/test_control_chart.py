"""The control chart: silent on stable weeks, awake on bad ones, and better than a rule of thumb."""

from __future__ import annotations

import itertools
import warnings
from functools import cache

import numpy as np
import pandas as pd
import pytest

from xiaobian.analytics import control_chart
from xiaobian.analytics.control.words import MIN_PERIODS
from xiaobian.errors import NotFound, TableError

MONDAY = pd.Timestamp("2026-01-05", tz="Asia/Taipei")
BASELINE, WATCHED = 20, 12


def stream(
    seed: int, weeks: int, factor: dict[int, float] | None = None, spread: float = 0.35
) -> pd.DataFrame:
    """One account's posts: about seven a week, log-normal reach (log-sd 0.9) and rate; ``factor`` a week scales."""
    rng = np.random.default_rng(seed)
    week = np.repeat(np.arange(weeks), np.maximum(1, rng.poisson(7, weeks)))
    scale = np.array([(factor or {}).get(w, 1.0) for w in range(weeks)])[week]
    reach = np.round(rng.lognormal(8.5, 0.9, len(week)))
    likes = rng.poisson(reach * 0.025 * scale * rng.lognormal(0, spread, len(week)))
    times = MONDAY + pd.to_timedelta(week * 7 * 24 + rng.uniform(0, 7 * 24, len(week)), unit="h")
    return pd.DataFrame({"platform": "instagram", "published_at": times, "reach": reach, "likes": likes})


def chart(posts: pd.DataFrame, **options: object) -> pd.DataFrame:
    return control_chart(posts, baseline=BASELINE, engagement="likes", **options).table


def outside(table: pd.DataFrame) -> pd.Series:
    return table["signal"].isin(["低於下限", "高於上限"])


def ten_percent_rule(table: pd.DataFrame) -> pd.Series:
    """What people do without a chart: alarm whenever the rate fell more than 10 % against last week."""
    return table["value"].pct_change() < -0.10


@cache
def stable(spread: float = 0.35, streams: int = 150) -> tuple[pd.DataFrame, ...]:
    return tuple(chart(stream(seed, BASELINE + WATCHED, spread=spread)) for seed in range(streams))


@pytest.mark.parametrize(("spread", "most"), [(0.35, 0.02), (0.9, 0.025)])
def test_stable_weeks_are_seldom_called_signals(spread, most):
    watched = [table.iloc[BASELINE:] for table in stable(spread)]
    points = float(np.mean([outside(table).mean() for table in watched]))
    either = float(np.mean([(table["signal"] != "").mean() for table in watched]))
    naive = float(np.mean([ten_percent_rule(table).mean() for table in watched]))
    print(
        f"\nfalse alarms a stable week (log-sd of the rate {spread}): outside the limits {points:.4f}, "
        f"with runs of 8 {either:.4f}; rule of thumb {naive:.3f}"
    )
    assert points <= most
    assert either <= most + 0.025
    assert naive >= 10 * either


def test_a_week_at_minus_45_percent_is_noticed_far_more_often_than_a_stable_one():
    bad = [chart(stream(1000 + s, BASELINE + 1, {BASELINE: 0.55})).iloc[-1] for s in range(150)]
    power = float(np.mean([row["signal"] == "低於下限" for row in bad]))
    false = float(np.mean([(table["signal"] == "低於下限").iloc[BASELINE:].mean() for table in stable()]))
    lasting = [chart(stream(2000 + s, BASELINE + 4, dict.fromkeys(range(20, 24), 0.55))) for s in range(60)]
    four = float(np.mean([(table["signal"] == "低於下限").iloc[BASELINE:].any() for table in lasting]))
    print(
        f"\n−45 % week: noticed {power:.2f}; four such weeks: {four:.2f}; falsely below the limit {false:.4f}"
    )
    assert power >= 0.45
    assert four >= 0.85
    assert power >= 30 * false


def test_a_baseline_keeps_bad_weeks_from_hiding_themselves():
    found = {None: 0, 10: 0}
    for seed in range(80):
        posts = stream(3000 + seed, 14, dict.fromkeys(range(10, 14), 0.5))
        for baseline in found:
            table = control_chart(posts, baseline=baseline, engagement="likes").table
            found[baseline] += int((table["signal"] == "低於下限").iloc[10:].sum())
    print(
        f"\nfour weeks at −50 %, 80 times: {found[10]} of 320 noticed with a baseline, {found[None]} without"
    )
    assert found[10] >= 2 * found[None]


def runs(table: pd.DataFrame) -> bool:
    return bool(table["signal"].iloc[BASELINE:].str.startswith("連續").any())


def test_a_lasting_small_fall_shows_as_a_run_and_shuffled_weeks_do_not():
    kept = shuffled = 0
    for seed in range(60):
        posts = stream(4000 + seed, 40, dict.fromkeys(range(20, 40), 0.8))
        kept += runs(chart(posts))
        week = (posts["published_at"] - MONDAY) // pd.Timedelta(days=7)
        order = np.random.default_rng(seed).permutation(40)
        moved = posts["published_at"] + pd.to_timedelta((order[week] - week) * 7, unit="D")
        shuffled += runs(chart(posts.assign(published_at=moved)))
    print(f"\nlasting −20 %: run of 8 in {kept}/60, after shuffling the weeks {shuffled}/60")
    assert kept >= 40
    assert shuffled <= kept / 2


def test_shuffling_stable_weeks_changes_nothing_on_average():
    rates = []
    for seed in range(100):
        posts = stream(seed, BASELINE + WATCHED)
        week = (posts["published_at"] - MONDAY) // pd.Timedelta(days=7)
        order = np.random.default_rng(seed).permutation(BASELINE + WATCHED)
        moved = posts["published_at"] + pd.to_timedelta((order[week] - week) * 7, unit="D")
        rates.append(outside(chart(posts.assign(published_at=moved))).iloc[BASELINE:].mean())
    print(f"\nfalse alarms in shuffled stable weeks: {np.mean(rates):.4f}")
    assert np.mean(rates) <= 0.02


def test_the_limits_are_what_the_docstring_says():
    posts = stream(7, 24)
    table = chart(posts)
    week = (posts["published_at"] - MONDAY) // pd.Timedelta(days=7)
    logs, m = [], []
    for w in range(24):
        some = posts[week == w]
        logs.append(np.log(some["likes"].sum() / some["reach"].sum()))
        m.append(some["reach"].sum() ** 2 / (some["reach"] ** 2).sum())
    logs, m = np.array(logs), np.array(m)
    centre = (logs[:20] * m[:20]).sum() / m[:20].sum()
    z = (logs[:20] - centre) * np.sqrt(m[:20])
    sigma = np.mean([abs(b - a) for a, b in itertools.pairwise(z)]) / (2 / np.sqrt(np.pi))
    np.testing.assert_allclose(np.log(table["centre"]), centre)
    np.testing.assert_allclose(np.log(table["lower"]), centre - 3 * sigma / np.sqrt(m), rtol=2e-4)
    np.testing.assert_allclose(np.log(table["upper"]), centre + 3 * sigma / np.sqrt(m), rtol=2e-4)
    assert table["baseline"].sum() == 20


def test_a_week_with_few_posts_gets_wider_limits():
    table = chart(stream(3, 32))
    assert np.corrcoef(table["effective"], table["upper"] / table["lower"])[0, 1] < -0.7


@pytest.mark.parametrize("weeks", [1, 5, MIN_PERIODS - 1])
def test_it_abstains_with_too_few_weeks(weeks):
    result = control_chart(stream(1, weeks), engagement="likes")
    assert result.abstained
    assert result.signals.empty
    assert f"只有 {weeks} 週" in result.say()
    assert "先不判斷" in result.say()
    assert "太少" in repr(result.plot())
    assert not control_chart(stream(1, MIN_PERIODS), engagement="likes").abstained
    assert control_chart(stream(1, 30), baseline=weeks, engagement="likes").abstained


def test_say_names_the_week_its_value_and_what_the_chart_cannot_see():
    result = control_chart(stream(1, 21, {20: 0.2}), baseline=20, engagement="likes")
    row = result.signals.iloc[-1]
    for part in (
        "2026/5/25 那週",
        f"{row['value'] * 100:.2f}%",
        "低於下限",
        "不說為什麼",
        "看不到",
        "互動率（互動 ÷ 觸及）",
    ):
        assert part in result.say()
    assert "2026/5/25 那週的互動率低於下限" in repr(result.plot())
    quiet = next(
        c for c in (control_chart(stream(s, 20), engagement="likes") for s in range(9)) if c.signals.empty
    )
    assert "平常的範圍" in quiet.say()
    assert "平常的起伏範圍" in repr(quiet.plot())


def test_a_baseline_may_be_a_date_and_says_when_it_is_not_calm():
    posts = stream(1, 24, {4: 0.1})
    by_date = control_chart(posts, baseline="2026-05-25", engagement="likes")
    pd.testing.assert_frame_equal(by_date.table, control_chart(posts, baseline=20, engagement="likes").table)
    calm = control_chart(stream(1, 24), baseline=20, engagement="likes")
    assert "基準期裡已經有訊號" not in "".join(calm.notes)
    loud = control_chart(stream(1, 40, dict.fromkeys(range(10, 20), 0.2)), baseline=20, engagement="likes")
    assert "基準期裡已經有訊號" in "".join(loud.notes)


def test_weeks_without_posts_and_mixed_platforms_are_said():
    posts = stream(1, 20)
    week = (posts["published_at"] - MONDAY) // pd.Timedelta(days=7)
    notes = "".join(control_chart(posts[~week.isin([4, 9])], engagement="likes").notes)
    assert "中間有 2 期" in notes
    assert "好幾個平台" not in notes
    mixed = posts.assign(platform=np.where(posts.index % 2, "line", "ptt"))
    assert "好幾個平台" in "".join(control_chart(mixed, engagement="likes").notes)


def test_a_week_without_any_engagement_is_a_signal_and_does_not_move_the_limits():
    posts = stream(1, 24)
    week = (posts["published_at"] - MONDAY) // pd.Timedelta(days=7)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table = chart(posts.assign(likes=posts["likes"].where(week != 22, 0)))
    assert table["signal"].iloc[22] == "低於下限"
    np.testing.assert_array_equal(table["centre"], chart(posts)["centre"])


def test_months_work_too():
    posts = stream(1, 50)
    months = posts["published_at"].dt.strftime("%Y-%m").nunique()
    result = control_chart(posts, period="month", engagement="likes")
    assert len(result.table) == months
    assert f"{months} 個月" in result.say()


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"kpi": "reach"}, TableError, "er_reach"),
        ({"kpi": "er"}, NotFound, "er_reach"),
        ({"period": "weekday"}, TableError, "month"),
        ({"baseline": "上個月"}, TableError, "baseline"),
    ],
)
def test_a_mistake_is_told_with_a_next_step(options, error, said):
    with pytest.raises(error) as caught:
        control_chart(stream(1, 10), engagement="likes", **options)
    assert said in str(caught.value)


def test_no_usable_post_at_all_abstains():
    result = control_chart(stream(1, 10).assign(reach=np.nan), engagement="likes")
    assert result.abstained
    assert "只有 0 週" in result.say()
    assert "太少" in repr(result.plot())


def test_the_chart_draws_silently_and_nothing_leaves_the_picture():
    for weeks, factor in ((21, {20: 0.2}), (53, {30: 3.0}), (5, {})):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            figure = control_chart(stream(2, weeks, factor), engagement="likes").plot()
            figure.draw_without_rendering()
        (ax,) = figure.axes
        boxes = [ax._left_title.get_window_extent(), *(t.get_window_extent() for t in ax.texts)]
        assert all(b.x0 >= 0 and b.x1 <= figure.bbox.width and b.y1 <= figure.bbox.height for b in boxes)
