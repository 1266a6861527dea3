"""Honest KPIs: every rate as ratio of sums and as median of posts, each with n and an interval."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...tables import PLATFORMS
from ..groups import Groups, day_text, group, taipei_times
from ..intervals import ratio_interval, sorted_medians
from ..measures import NOTES, Floats, Pair, check_posts, engagement_sums, pair, parts_of, simulated
from ..metrics import ENGAGEMENT_PARTS, METRICS, Metric
from .result import KPIResult, first_aggregate

Triple = tuple[Floats, Floats, Floats]


def kpi(
    posts: pd.DataFrame,
    by: str | Sequence[str] | None = None,
    engagement: str | Sequence[str] = ENGAGEMENT_PARTS,
) -> KPIResult:
    """Reach, views, engagements and seven rates of a posts table, with n and 95 % intervals.

    posts: a posts table; a column that is absent counts as missing. Missing is never zero: a rate uses only
    posts whose numerator and denominator are both known and whose denominator is above 0, and n says how many.
    by: a column, several, or ``week``, ``month``, ``weekday`` (of ``published_at``, Asia/Taipei).
    engagement: the columns summed as 互動. A part that a platform never reports is left out for that platform,
    and ``.notes`` says so. Intervals: ``intervals.ratio_interval`` and ``intervals.sorted_medians``; a total has
    none.

    Raises TableError when the table is empty or lacks a column, NotFound for an unknown engagement part.

    >>> posts = pd.DataFrame({"platform": ["instagram"] * 2, "reach": [100, 300], "likes": [4, 8]})
    >>> result = kpi(posts, engagement="likes")
    >>> result.value("er_reach"), result.value("er_reach", "median_of_posts")
    (0.03, 0.03333333333333333)
    """
    parts = parts_of(engagement)
    check_posts(posts, parts)
    keys = (by,) if isinstance(by, str) else tuple(by or ())
    groups = group(posts, keys)
    sums = engagement_sums(posts, parts)
    pairs = {what: pair(what, posts, sums.total) for what in METRICS.values()}
    notes = (
        *posts.attrs.get(NOTES, ()),
        *sums.notes,
        *_exclusions(pairs, posts["platform"]),
        *_eras(posts),
        *simulated(posts),
    )
    return KPIResult(_table(pairs, groups), notes, keys, len(posts), _period(posts), sums.comparable)


def _table(pairs: dict[Metric, Pair], groups: Groups) -> pd.DataFrame:
    rows = pd.concat([_rows(what, found, groups) for what, found in pairs.items()], ignore_index=True)
    rows = rows.sort_values("place", kind="stable", ignore_index=True)
    keys = groups.keys.take(rows.pop("place").to_numpy()).reset_index(drop=True)
    return pd.concat([keys, rows], axis=1)


def _rows(what: Metric, found: Pair, groups: Groups) -> pd.DataFrame:
    y, x, used = found
    y, x, codes = y[used], x[used], groups.codes[used]

    def add(values: Floats | None) -> Floats:
        return np.bincount(codes, values, minlength=len(groups)).astype("float64")

    n, sx, sy = add(None), add(x), add(y)
    unknown = np.full(len(n), np.nan)
    sums = {"n": n.astype("int64"), "numerator": np.where(n > 0, sy, np.nan), "denominator": unknown}
    whole: Triple = (sums["numerator"], unknown, unknown)
    if what.is_ratio:
        sums["denominator"] = np.where(n > 0, sx, np.nan)
        whole = ratio_interval(n, sx, sy, add(x * x), add(y * y), add(x * y))
    middle = _medians(y / x, codes, n.astype(np.intp))
    same = {"place": range(len(n)), "kpi": what.name, "label": what.label}
    return pd.concat(
        [
            pd.DataFrame({**same, "aggregate": name, "value": v, "low": low, "high": high, **sums})
            for name, (v, low, high) in ((first_aggregate(what), whole), ("median_of_posts", middle))
        ]
    )


def _medians(values: Floats, codes: NDArray[np.intp], n: NDArray[np.intp]) -> Triple:
    small = codes.astype(np.uint16) if len(n) <= 1 << 16 else codes
    grouped, ends = values[np.argsort(small, kind="stable")], np.cumsum(n)
    for end, count in zip(ends, n, strict=True):
        grouped[end - count : end].sort()
    return sorted_medians(grouped, ends - n, n)


def _exclusions(pairs: dict[Metric, Pair], platforms: pd.Series) -> list[str]:
    """How many posts each KPI left out, and which KPIs a platform cannot have at all."""
    codes, names = pd.factorize(platforms.astype("object").fillna("other"))
    total = np.bincount(codes, minlength=len(names))
    never: dict[str, list[str]] = {}
    some = []
    for what, (_, _, used) in pairs.items():
        n = np.bincount(codes[used], minlength=len(names))
        for name in names[n == 0]:
            never.setdefault(PLATFORMS.get(str(name), str(name)), []).append(what.label)
        if lost := int((total - n)[n > 0].sum()):
            some.append(f"{what.label}{lost:,} 則")
    notes = [f"缺分子、缺分母或分母為 0，沒有計入：{'、'.join(some)}"] if some else []
    return [*notes, *(f"{name} 沒有數字可算：{'、'.join(labels)}" for name, labels in never.items())]


def _eras(posts: pd.DataFrame) -> list[str]:
    if "metric_era" not in posts:
        return []
    eras = posts.groupby("platform", observed=True)["metric_era"].nunique()
    names = [PLATFORMS.get(str(name), str(name)) for name in eras.index[eras > 1]]
    return [f"{'、'.join(names)} 的資料跨了指標改版（metric_era），改版前後不能直接比"] if names else []


def _period(posts: pd.DataFrame) -> str:
    if "published_at" not in posts or posts["published_at"].isna().all():
        return ""
    times = taipei_times(posts)
    return f"{day_text(times.min())}–{day_text(times.max())}"
