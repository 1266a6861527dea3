"""The stock months: same seed, same month; the numbers a schedule is judged on are sound."""

from __future__ import annotations

import pandas as pd
import pytest

from xiaobian.errors import TableError
from xiaobian.sandbox.backlog import STOCK, draw_month


def test_stock_is_twelve_different_months_of_60_posts_in_28_days() -> None:
    months = [draw_month(seed) for seed in STOCK]
    assert len({tuple(month.posts["value"]) for month in months}) == 12
    for month in months:
        assert (len(month.posts), len(month.days)) == (60, 28)
        assert 0.5 < month.tightness < 1
        assert month.posts["must"].sum() == 3


def test_same_seed_same_month() -> None:
    pd.testing.assert_frame_equal(draw_month(101).posts, draw_month(101).posts)


@pytest.mark.parametrize("seed", STOCK[:4])
def test_dates_and_hours_hold_together(seed: int) -> None:
    month = draw_month(seed)
    posts, ends = month.posts, month.posts["expires_on"].dropna()
    assert (ends >= posts.loc[ends.index, "approved_on"]).all()
    assert posts["approved_on"].between(month.days[0], month.days[-1]).all()
    assert (month.hours.loc[month.hours.index.day_of_week >= 5].to_numpy() == 0).all()
    for hours, work in zip(posts["hours"], posts["work"], strict=True):
        assert hours == pytest.approx(sum(work.values()))
    assert set(posts["platform"]) <= set(month.slots["platform"])
    assert month.moments["date"].ge(month.moments["from_day"]).all()
    assert not set(month.quiet["date"]) & set(month.moments["date"])


def test_a_month_beyond_the_range_is_refused() -> None:
    with pytest.raises(TableError, match="超出範圍"):
        draw_month(1, posts=10_000)
