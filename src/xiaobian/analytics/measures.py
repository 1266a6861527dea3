"""The numbers behind a KPI, one a post: engagements summed, numerator, denominator, and which posts can be used."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..datasets import SIMULATED, is_simulated
from ..errors import TableError
from ..tables import PLATFORMS, label, require, table
from .metrics import ENGAGEMENT_PARTS, Metric

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Pair = tuple[Floats, Floats, Flags]

NOTES = "xiaobian_notes"
"""Key of ``DataFrame.attrs`` under which a table carries what a reader must know about it."""


def check_posts(posts: pd.DataFrame, engagement: Sequence[str]) -> None:
    """Raise TableError for what is not a posts table with something in it, NotFound for an unknown part."""
    if not isinstance(posts, pd.DataFrame):
        raise TableError(
            f"這裡要的是一張貼文表，收到的是 {type(posts).__name__}",
            where="參數 posts",
            next_step="xb.read_export() 的結果請用它的 .posts",
        )
    if posts.empty:
        raise no_posts(len(posts.columns))
    check_columns(posts, engagement)


def no_posts(columns: int) -> TableError:
    """What to say of a posts table without rows."""
    return TableError(
        "貼文表是空的，沒有東西可以算",
        where=f"0 列、{columns} 欄",
        next_step="請確認篩選條件，或匯出檔的日期範圍裡有貼文",
    )


def check_columns(posts: pd.DataFrame, engagement: Sequence[str]) -> None:
    """Raise TableError unless the columns are those of a posts table, NotFound for an unknown part of 互動."""
    require(posts, ["platform"])
    for column in engagement:
        table("posts").column(column)
    if not engagement:
        raise TableError(
            "沒有指定要把哪些動作加總成互動",
            where="參數 engagement",
            next_step=f"例如 engagement={list(ENGAGEMENT_PARTS)}",
        )
    if not any(column in posts for column in engagement):
        require(posts, list(engagement))


def simulated(posts: pd.DataFrame) -> tuple[str, ...]:
    """The note that simulated data must carry; none for a learner's own data."""
    return (SIMULATED,) if "account" in posts and is_simulated(posts["account"]) else ()


def parts_of(engagement: str | Sequence[str]) -> tuple[str, ...]:
    """The engagement columns as a tuple; one name may stand alone.

    >>> parts_of("likes")
    ('likes',)
    """
    return (engagement,) if isinstance(engagement, str) else tuple(engagement)


def numbers(posts: pd.DataFrame, column: str) -> Floats:
    """One column as floats, NaN where missing or absent; raises TableError for text."""
    if column not in posts:
        return np.full(len(posts), np.nan)
    try:
        return posts[column].to_numpy(dtype="float64", na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise not_numbers(column, error) from None


def not_numbers(column: str, why: object) -> TableError:
    """What to say of a column of counts that holds text."""
    return TableError(
        f"「{label(column)}」欄不是數字",
        where=f"欄位 {column}（{why}）",
        next_step="請用 xb.read_export() 讀檔，或先用 pd.to_numeric() 轉成數字",
    )


@dataclass(frozen=True)
class EngagementSums:
    """Engagements a post (NaN where a part is missing) and what was summed on which platform."""

    total: Floats
    comparable: bool
    notes: tuple[str, ...]


def engagement_sums(posts: pd.DataFrame, engagement: Sequence[str] = ENGAGEMENT_PARTS) -> EngagementSums:
    """Sum the engagement parts of each post, leaving out what its platform never reports.

    >>> posts = pd.DataFrame({"platform": ["facebook", "instagram"], "likes": [1, 2], "saves": [None, 5]})
    >>> sums = engagement_sums(posts, ["likes", "saves"])
    >>> sums.total, sums.comparable
    (array([1., 7.]), False)
    """
    platforms, names = pd.factorize(posts["platform"])
    total = np.zeros(len(posts))
    order = [*PLATFORMS, *map(str, names)]
    parts: dict[str, list[str]] = {name: [] for name in sorted(map(str, names), key=order.index)}
    for column in engagement:
        values = numbers(posts, column)
        counted = np.bincount(platforms[~np.isnan(values) & (platforms >= 0)], minlength=len(names)) > 0
        for name in np.asarray(names, dtype="object")[counted]:
            parts[str(name)].append(column)
        total += np.where(np.append(counted, True)[platforms], values, 0.0)
    silent = np.array([not parts[str(name)] for name in names] + [True])
    total[silent[platforms]] = np.nan
    return EngagementSums(total, *described(parts))


def described(parts: dict[str, list[str]]) -> tuple[bool, tuple[str, ...]]:
    """Whether every platform summed the same parts, and notes that say which; parts: by platform, in reading order.

    >>> described({"facebook": ["likes"], "line": ["likes"]})
    (True, ('互動＝按讚',))
    """
    return len({tuple(columns) for columns in parts.values() if columns}) <= 1, _summed(parts)


def _summed(parts: dict[str, list[str]]) -> tuple[str, ...]:
    def said(columns: Iterable[str]) -> str:
        return "＋".join(table("posts").column(column).label.removesuffix("數") for column in columns)

    names: dict[tuple[str, ...], list[str]] = {}
    for platform, columns in parts.items():
        names.setdefault(tuple(columns), []).append(PLATFORMS.get(platform, platform))
    silent = [f"{'、'.join(names.pop(()))} 沒有任何互動數字，互動留白"] if () in names else []
    if len(names) <= 1:
        return (*(f"互動＝{said(columns)}" for columns in names), *silent)
    shared = tuple(c for c in next(iter(names)) if all(c in columns for columns in names))
    quoted = ", ".join(f'"{column}"' for column in shared)
    how = f"；要比較，請用 engagement=[{quoted}]" if shared else ""
    return (
        *(f"{'、'.join(who)} 的互動＝{said(columns)}" for columns, who in names.items()),
        f"各平台加總的互動不是同一種，互動數和互動率不能直接比高低{how}",
        *silent,
    )


def pair(what: Metric, posts: pd.DataFrame, engagements: Floats) -> Pair:
    """Numerator, denominator (ones for a count), and which posts know both with a denominator above 0."""
    top = engagements if what.sums_engagements else numbers(posts, what.numerator)
    under = numbers(posts, what.denominator) if what.is_ratio else np.ones(len(posts))
    return top, under, ~np.isnan(top) & (under > 0)
