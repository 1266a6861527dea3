"""Which group a post belongs to: by a column, several columns, or week, month, weekday in Taipei time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..errors import TableError
from ..tables import FORMATS, PLATFORMS, TAIPEI, require

WEEKDAYS = ("週一", "週二", "週三", "週四", "週五", "週六", "週日")
PERIODS = ("week", "month")
DERIVED = (*PERIODS, "weekday", "daypart")
DAYPARTS = {"早上": (6, 12), "下午": (12, 18), "晚上": (18, 24), "半夜": (0, 6)}
UNLABELLED = "未標示"
GROUP_LABELS = {
    "week": "週",
    "month": "月",
    "weekday": "星期",
    "daypart": "時段",
    "platform": "平台",
    "format": "格式",
}

_ORDERS: dict[str, Sequence[str]] = {
    "platform": tuple(PLATFORMS),
    "format": tuple(FORMATS),
    "weekday": WEEKDAYS,
    "daypart": tuple(DAYPARTS),
}


@dataclass(frozen=True)
class Groups:
    """``keys``: one row a group, in reading order; ``codes``: the row of ``keys`` each post belongs to."""

    keys: pd.DataFrame
    codes: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.keys)


def group(posts: pd.DataFrame, by: Sequence[str]) -> Groups:
    """Sort posts into groups; a missing value is a group of its own, at the end.

    by: columns of ``posts``, or ``week`` (its Monday), ``month`` (its first day), ``weekday``, ``daypart`` (six
    hours each, 早上 from 6), which are taken from ``published_at`` in Taipei time unless the table has a column
    of that name. None at all is one group.

    Raises TableError for an unknown column and for times without a time zone.

    >>> posts = pd.DataFrame({"platform": ["instagram", "facebook", "instagram"]})
    >>> found = group(posts, ["platform"])
    >>> list(found.keys["platform"]), found.codes.tolist()
    (['facebook', 'instagram'], [1, 0, 1])
    """
    combined = np.zeros(len(posts), dtype=np.intp)
    levels = []
    for name in by:
        codes, values = _levels(_column(posts, name), _ORDERS.get(name))
        combined = combined * (len(values) + 1) + np.where(codes < 0, len(values), codes)
        levels.append(values)
    codes, found = pd.factorize(combined, sort=True)
    places = np.unravel_index(found, [len(values) + 1 for values in levels]) if levels else []
    keys = {
        name: pd.Series([(*values, None)[i] for i in place])
        for name, values, place in zip(by, levels, places, strict=True)
    }
    return Groups(pd.DataFrame(keys, index=range(len(found))), codes)


def key_text(value: object, column: str = "") -> str:
    """A group's key as a learner reads it.

    >>> key_text("instagram", "platform"), key_text(pd.Timestamp("2026-03-02"), "week"), key_text(None)
    ('Instagram', '2026/3/2 那週', '未標示')
    """
    if pd.isna(value):  # type: ignore[call-overload]
        return UNLABELLED
    if isinstance(value, pd.Timestamp):
        if column == "month":
            return f"{value.year}/{value.month}"
        return day_text(value) + (" 那週" if column == "week" else "")
    return {**PLATFORMS, **FORMATS}.get(str(value), str(value)) if column in _ORDERS else str(value)


def day_text(time: pd.Timestamp) -> str:
    """A day as a learner reads it.

    >>> day_text(pd.Timestamp("2026-03-02"))
    '2026/3/2'
    """
    return f"{time.year}/{time.month}/{time.day}"


def taipei_times(posts: pd.DataFrame) -> pd.Series:
    """``published_at`` in Taipei time; raises TableError when it is absent or has no time zone."""
    require(posts, ["published_at"])
    times = posts["published_at"]
    if not isinstance(times.dtype, pd.DatetimeTZDtype):
        raise TableError(
            "「發佈時間」沒有時區，分不出是哪一天",
            where=f"欄位 published_at 的型別是 {times.dtype}",
            next_step='請用 xb.read_export() 讀檔，或先用 .dt.tz_localize("Asia/Taipei") 標上時區',
        )
    return times.dt.tz_convert(TAIPEI)


def _column(posts: pd.DataFrame, name: str) -> pd.Series:
    if name in posts:
        return posts[name]
    if name not in DERIVED:
        raise no_column(name, posts.columns)
    if name == "daypart":
        names = [part for hour in range(24) for part, (low, high) in DAYPARTS.items() if low <= hour < high]
        return taipei_times(posts).dt.hour.map(dict(enumerate(names)))
    days = taipei_times(posts).dt.tz_localize(None).dt.normalize()
    if name == "weekday":
        return days.dt.day_of_week.map(dict(enumerate(WEEKDAYS)))
    back = days.dt.day_of_week if name == "week" else days.dt.day - 1
    return days - pd.to_timedelta(back, unit="D")


def no_column(name: str, columns: Iterable[object]) -> TableError:
    """What to say of a group that is no column and cannot be derived."""
    return TableError(
        f"貼文表沒有「{name}」這個欄位，不能用它分組",
        where="參數 by",
        next_step=f"可用的欄位：{'、'.join(map(str, columns))}；也可以用 {'、'.join(DERIVED)}",
    )


def _levels(values: pd.Series, order: Sequence[str] | None) -> tuple[NDArray[np.intp], list]:
    """Level of each value (−1 when missing) and the levels in reading order."""
    codes, found = pd.factorize(values)
    wanted = list(order or ())

    def rank(place: int) -> tuple:
        key = levels[place]
        return (wanted.index(key), "", "") if key in wanted else (len(wanted), type(key).__name__, key)

    levels = list(pd.Index(found))
    places = sorted(range(len(levels)), key=rank)
    new = np.full(len(levels) + 1, -1, dtype=np.intp)
    new[places] = np.arange(len(levels))
    return new[codes], [levels[place] for place in places]
