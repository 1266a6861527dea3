"""Honest KPIs: every rate as ratio of sums and as median of posts, each with n and an interval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..engine_tally import added_up
from ..intervals import ratio_interval
from ..measures import parts_of
from ..metrics import ENGAGEMENT_PARTS, METRICS, Metric
from ..tally import Tally, Triple
from .result import KPIResult, first_aggregate


def kpi(
    posts: Any,
    by: str | Sequence[str] | None = None,
    engagement: str | Sequence[str] = ENGAGEMENT_PARTS,
) -> KPIResult:
    """Reach, views, engagements and seven rates of a posts table, with n and 95 % intervals.

    posts: a posts table of pandas, Polars, DuckDB, PyArrow, Dask or Spark; what is not pandas is added up by its own
    engine and only the sums are fetched (and up to 100,000 posts' rates, to rank them; above, the median has no
    interval, and a note says so). A column that is absent counts as missing. Missing is never zero: a rate uses only
    posts whose numerator and denominator are both known and whose denominator is above 0, and n says how many.
    by: a column, several, or ``week``, ``month``, ``weekday``, ``daypart`` (of ``published_at``, Asia/Taipei).
    engagement: the columns summed as 互動. A part that a platform never reports is left out for that platform,
    and ``.notes`` says so. Intervals: ``intervals.ratio_interval`` and ``intervals.sorted_medians``; a total has
    none.

    Raises TableError when the table is empty or lacks a column, NotFound for an unknown engagement part.

    >>> posts = pd.DataFrame({"platform": ["instagram"] * 2, "reach": [100, 300], "likes": [4, 8]})
    >>> result = kpi(posts, engagement="likes")
    >>> result.value("er_reach"), result.value("er_reach", "median_of_posts")
    (0.03, 0.03333333333333333)
    """
    keys = (by,) if isinstance(by, str) else tuple(by or ())
    found = added_up(posts, keys, parts_of(engagement), tuple(METRICS.values()))
    notes = (
        *found.carried,
        *found.summed,
        *found.exclusions,
        *found.gaps,
        *found.eras,
        *found.simulated,
    )
    return KPIResult(_table(found), notes, keys, found.posts, found.period, found.comparable)


def _table(found: Tally) -> pd.DataFrame:
    rows = pd.concat([_rows(what, found) for what in METRICS.values()], ignore_index=True)
    rows = rows.sort_values("place", kind="stable", ignore_index=True)
    keys = found.keys.take(rows.pop("place").to_numpy()).reset_index(drop=True)
    return pd.concat([keys, rows], axis=1)


def _rows(what: Metric, found: Tally) -> pd.DataFrame:
    sums = found.sums[what.name]
    some = sums.n > 0
    unknown = np.full(len(some), np.nan)
    shown = {
        "n": sums.n.astype("int64"),
        "numerator": np.where(some, sums.y, np.nan),
        "denominator": np.where(some, sums.x, np.nan) if what.is_ratio else unknown,
    }
    whole: Triple = (shown["numerator"], unknown, unknown)
    if what.is_ratio:
        whole = ratio_interval(sums.n, sums.x, sums.y, sums.xx, sums.yy, sums.xy)
    same = {"place": range(len(some)), "kpi": what.name, "label": what.label}
    return pd.concat(
        [
            pd.DataFrame({**same, "aggregate": name, "value": v, "low": low, "high": high, **shown})
            for name, (v, low, high) in (
                (first_aggregate(what), whole),
                ("median_of_posts", found.medians[what.name]),
            )
        ]
    )
