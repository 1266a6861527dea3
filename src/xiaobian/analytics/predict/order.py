"""Which post came first: by date, by a named column, or by the way the rows run."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from ...errors import TableError
from ..groups import taipei_times
from ..measures import Floats
from .features import Ints
from .leaks import rank_correlation

_MONTH = re.compile(r"month|月", re.IGNORECASE)
_GROWS = re.compile(r"^page\b.*likes|followers|date|粉絲|追蹤者|日期", re.IGNORECASE)
_MOMENT = re.compile(
    r"(publish|creat|post).*(time|date|at$)|^(date|time)$|發[佈布文].*(時間|日期)|^日期$", re.IGNORECASE
)
_STEADY = 0.6


def ordered(
    posts: pd.DataFrame, target: str, order: str | None, newest_first: bool | None
) -> tuple[Ints, list[str]]:
    """Places of the posts from oldest to newest, and how that is known.

    order: a column of numbers or dates, the smaller the older; rows without a value come first. Raises TableError for
    one that cannot be put in order.
    """
    if order is None and "published_at" in posts:
        times = taipei_times(posts).dt.as_unit("us").astype("int64").to_numpy(dtype=np.int64, na_value=0)
        return np.argsort(times, kind="stable").astype(np.intp), []
    if order is None and newest_first is None:
        order = _moment(posts, target)
    if order is not None:
        values = _numbers(posts, order)
        places = np.argsort(np.where(np.isnan(values), -np.inf, values), kind="stable").astype(np.intp)
        return places, [f"先後看「{order}」欄，越小（早）越前面"]
    rows = np.arange(len(posts), dtype=np.intp)
    by = None
    if newest_first is None:
        newest_first, by = _newest_first(posts, target)
    why = f"（看 {by} 的走向）" if by else ""
    how = "最後一列最早" if newest_first else "第一列最早"
    told = f"沒有發佈時間，以列的順序當先後：{how}{why}；不對的話請給 newest_first={not newest_first}"
    return rows[::-1] if newest_first else rows, [told]


def _moment(posts: pd.DataFrame, target: str) -> str | None:
    """A column whose name says when a post came out and whose every value is a date."""
    for name in map(str, posts.columns):
        if name == target or not _MOMENT.search(name.replace("_", " ")):
            continue
        if pd.api.types.is_numeric_dtype(posts[name].dtype):
            continue
        if len(posts) and _dates(posts[name]).notna().mean() > 0.9:
            return name
    return None


def _dates(values: pd.Series) -> pd.Series:
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return values
    return pd.to_datetime(values.astype("string"), errors="coerce", format="mixed", utc=True)


def _numbers(posts: pd.DataFrame, name: str) -> Floats:
    if name not in posts:
        raise TableError(
            f"表裡沒有「{name}」，排不出先後",
            where="參數 order",
            next_step=f"現有欄位：{'、'.join(map(str, posts.columns))}",
        )
    values = posts[name]
    if pd.api.types.is_numeric_dtype(values.dtype):
        return values.to_numpy(dtype=float, na_value=np.nan)
    dates = _dates(values)
    if dates.notna().sum() < max(1, 0.5 * values.notna().sum()):
        raise TableError(
            f"「{name}」不是數字也不是日期，排不出先後",
            where="參數 order",
            next_step="請給編號或日期的欄位；列已經照時間排好的話，改用 newest_first=True 或 False",
        )
    ticks = dates.dt.as_unit("us").astype("int64").to_numpy(dtype=float)
    return np.where(dates.isna(), np.nan, ticks)


def _newest_first(posts: pd.DataFrame, target: str) -> tuple[bool, str | None]:
    """Whether the rows run backwards: by the steps of a month column, or else by what grows with time."""
    best, found = 0.0, None
    for name in map(str, posts.columns):
        if name == target:
            continue
        values = pd.to_numeric(posts[name], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
        values = values[np.isfinite(values)]
        if len(values) < 20:
            continue
        if _MONTH.search(name) and np.isin(values, np.arange(1, 13)).all():
            step = np.diff(values) % 12
            forward, back = int((step == 1).sum()), int((step == 11).sum())
            if forward + back <= 0.3 * len(values) and abs(forward - back) >= 2:
                return back > forward, name
        if _GROWS.search(name.replace("_", " ")):
            steady = rank_correlation(values, np.arange(len(values), dtype=float))
            if abs(steady) > max(abs(best), _STEADY):
                best, found = steady, name
    return best < 0, found
