"""Posts added up by group: what every KPI needs, as sums, from a pandas table or from a learner's own engine.

pandas is added up in ``from_posts``; every other engine by its own group-by, in ``engine_tally.from_engine``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..tables import PLATFORMS
from .groups import Groups, day_text, group, taipei_times
from .intervals import sorted_medians
from .measures import NOTES, Floats, Pair, check_posts, engagement_sums, pair, simulated
from .metrics import Metric

Triple = tuple[Floats, Floats, Floats]
Counts = NDArray[Any]


@dataclass(frozen=True)
class Sums:
    """n posts used, Σx, Σy, Σx², Σy², Σxy of y ÷ x, an element a group; of a count x is 1."""

    n: Floats
    x: Floats
    y: Floats
    xx: Floats
    yy: Floats
    xy: Floats

    def again(self, codes: NDArray[np.intp], size: int) -> Sums:
        """The sums of groups of these groups."""
        return Sums(
            *(np.bincount(codes, part, minlength=size).astype("float64") for part in vars(self).values())
        )


@dataclass(frozen=True)
class Tally:
    """A posts table added up.

    keys: a row a group, in reading order. sums: by KPI. medians: median of posts with its 95 % interval by KPI,
    empty when not asked for. posts: rows of the table. period: first and last day in Taipei, or empty. comparable:
    whether every platform summed the same engagements, which ``summed`` tells. platforms: how many. exclusions,
    eras, simulated: notes. carried: notes that the table brought along. gaps: why a median has no interval.
    """

    keys: pd.DataFrame
    sums: dict[str, Sums]
    medians: dict[str, Triple]
    posts: int
    period: str
    comparable: bool
    summed: tuple[str, ...]
    platforms: int
    exclusions: tuple[str, ...]
    eras: tuple[str, ...]
    simulated: tuple[str, ...]
    carried: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()


def from_posts(
    posts: pd.DataFrame,
    by: Sequence[str],
    parts: Sequence[str],
    metrics: Sequence[Metric],
    medians: bool = True,
) -> Tally:
    """Add up a pandas posts table.

    by: as ``groups.group`` takes it. parts: the columns summed as 互動. Raises TableError for a table that cannot be
    used, NotFound for an unknown part.

    >>> from .metrics import METRICS
    >>> posts = pd.DataFrame({"platform": ["line", "line"], "reach": [100, 300], "likes": [4, 8]})
    >>> found = from_posts(posts, ["platform"], ["likes"], [METRICS["er_reach"]])
    >>> found.sums["er_reach"].y.tolist(), found.medians["er_reach"][0].round(3).tolist()
    ([12.0], [0.033])
    """
    check_posts(posts, parts)
    groups = group(posts, by)
    engaged = engagement_sums(posts, parts)
    pairs = {what: pair(what, posts, engaged.total) for what in metrics}
    sums, middles = {}, {}
    for what, found in pairs.items():
        sums[what.name] = _added(what, found, groups)
        if medians:
            middles[what.name] = _medians(found, groups, sums[what.name].n.astype(np.intp))
    names, total, used = _used(pairs, posts["platform"])
    return Tally(
        groups.keys, sums, middles, len(posts), _period(posts), engaged.comparable, engaged.notes,
        posts["platform"].nunique(), exclusion_notes(metrics, names, total, used), _eras(posts), simulated(posts),
        tuple(posts.attrs.get(NOTES, ())),
    )  # fmt: skip


def _added(what: Metric, found: Pair, groups: Groups) -> Sums:
    y, x, used = found
    y, x, codes = y[used], x[used], groups.codes[used]

    def add(values: Floats | None) -> Floats:
        return np.bincount(codes, values, minlength=len(groups)).astype("float64")

    n, sy = add(None), add(y)
    if not what.is_ratio:
        blank = np.full(len(n), np.nan)
        return Sums(n, n, sy, n, blank, blank)
    return Sums(n, add(x), sy, add(x * x), add(y * y), add(x * y))


def _medians(found: Pair, groups: Groups, n: NDArray[np.intp]) -> Triple:
    y, x, used = found
    return medians_of(y[used] / x[used], groups.codes[used], n)


def medians_of(values: Floats, codes: NDArray[np.intp], n: NDArray[np.intp]) -> Triple:
    """Median of the values of each group with its 95 % interval; n: how many each group has.

    >>> medians_of(np.array([3.0, 1.0, 2.0]), np.array([0, 0, 0]), np.array([3]))[0].tolist()
    [2.0]
    """
    small = codes.astype(np.uint16) if len(n) <= 1 << 16 else codes
    grouped, ends = values[np.argsort(small, kind="stable")], np.cumsum(n)
    for end, count in zip(ends, n, strict=True):
        grouped[end - count : end].sort()
    return sorted_medians(grouped, ends - n, n)


def _used(pairs: dict[Metric, Pair], platforms: pd.Series) -> tuple[list[str], Counts, dict[str, Counts]]:
    """Platforms as they first occur, their posts, and the posts each KPI could use."""
    codes, names = pd.factorize(platforms.astype("object").fillna("other"))
    total = np.bincount(codes, minlength=len(names))
    used = {what.name: np.bincount(codes[ok], minlength=len(names)) for what, (_, _, ok) in pairs.items()}
    return list(map(str, names)), total, used


def exclusion_notes(
    metrics: Sequence[Metric], names: Sequence[str], total: Counts, used: dict[str, Counts]
) -> tuple[str, ...]:
    """How many posts each KPI left out, and which KPIs a platform cannot have at all.

    total and used (by KPI): posts of each platform in ``names``.
    """
    never: dict[str, list[str]] = {}
    some = []
    for what in metrics:
        n = used[what.name]
        for name in [name for name, count in zip(names, n, strict=True) if not count]:
            never.setdefault(PLATFORMS.get(name, name), []).append(what.label)
        if lost := int((total - n)[n > 0].sum()):
            some.append(f"{what.label}{lost:,} 則")
    notes = [f"缺分子、缺分母或分母為 0，沒有計入：{'、'.join(some)}"] if some else []
    return (*notes, *(f"{name} 沒有數字可算：{'、'.join(labels)}" for name, labels in never.items()))


def _eras(posts: pd.DataFrame) -> tuple[str, ...]:
    if "metric_era" not in posts:
        return ()
    eras = posts.groupby("platform", observed=True)["metric_era"].nunique()
    return era_notes([str(name) for name in eras.index[eras > 1]])


def era_notes(platforms: Sequence[str]) -> tuple[str, ...]:
    """The note for platforms whose posts cross a change of definitions."""
    names = "、".join(PLATFORMS.get(name, name) for name in platforms)
    return (f"{names} 的資料跨了指標改版（metric_era），改版前後不能直接比",) if names else ()


def _period(posts: pd.DataFrame) -> str:
    if "published_at" not in posts or posts["published_at"].isna().all():
        return ""
    times = taipei_times(posts)
    return f"{day_text(times.min())}–{day_text(times.max())}"
