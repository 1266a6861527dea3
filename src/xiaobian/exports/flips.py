"""Days and months that have changed places: put right where the ids of all posts prove it, refused otherwise."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..errors import ReadError
from . import clock, typed
from .combine import dates_in
from .picking import Sieve
from .typed import Mask, Objects, Times

_NONE = np.datetime64("NaT", "us")
NEXT_STEP = "請用平台原始下載的檔案，不要先在試算表開啟再存檔"


def proven(read: Times, other: Times, created: Times) -> bool | None:
    """Whether the times inside ids prove the other reading of a column: for every row (True), for none (False).

    read, other: the two readings, NaT where a cell cannot be read so. created: UTC times inside ids, NaT where
    unknown; a post is made near that moment, and two readings of a date lie weeks apart. None when some rows contradict ``read`` but not all rows prove ``other``.

    >>> read, other = (np.array([day], "M8[us]") for day in ("2026-03-04", "2026-04-03"))
    >>> proven(read, other, other), proven(read, other, read)
    (True, False)
    """
    near, near_other = (np.abs(times - created) < clock.FAR for times in (read, other))
    if not (near_other & ~near).any():
        return False
    readable = ~np.isnat(read) | ~np.isnat(other)
    return True if near_other[readable].all() else None


def settle(
    read: typed.Moments, texts: Objects, created: Callable[[Mask], Times], sieve: Sieve, where: str
) -> tuple[Times, bool]:
    """Times as written month first, or with day and month put back, and whether they were.

    created: gives the UTC times inside ids of at least the rows of a mask; NaT where unknown. where: the file's
    name. Raises ReadError when days and months have changed places and not all ids prove it.
    """
    some = created(np.zeros(len(texts), bool))
    at = np.flatnonzero(~np.isnat(some))
    if proven(read.values[at], typed.day_first(texts[at]), some[at]) is False:
        _refuse_day_first(read, texts, sieve, where)
        _refuse_outside(read.values, texts, sieve, where)
        if not len(at):
            _say_open(read, ~np.isnat(read.values) & sieve.keep, sieve)
        return read.values, False
    swapped = typed.day_first(np.where(sieve.keep, texts, ""))
    if not proven(np.where(sieve.keep, read.values, _NONE), swapped, created(sieve.keep)):
        raise ReadError(
            "發佈時間的月和日有些對調了（和貼文編號裡的時間對不上），但不是每一列都能證實",
            where=where,
            next_step=NEXT_STEP,
        )
    sieve.notes.repair(
        f"發佈時間的月和日對調了（檔案被存成「日/月/年」）：{int((~np.isnat(swapped)).sum())} 列的貼文編號都含時間，"
        "每一列都證實，已改回來"
    )
    return swapped, True


def _refuse_day_first(read: typed.Moments, texts: Objects, sieve: Sieve, where: str) -> None:
    """A cell that only makes sense day first taints the others, unless they prove that months come first."""
    wrong = int(read.day_first.sum())
    if not wrong:
        return
    month_first = ~np.isnat(read.values) & np.isnat(typed.day_first(texts))
    if not month_first.any() or (wrong >= 2 and wrong >= 0.05 * len(texts)):
        raise ReadError(
            f"發佈時間像是被改成「日/月/年」（{wrong} 列的第一個數字大於 12），其他列的月和日也可能對調了",
            where=f"{where}，例如第 {sieve.raw.rows[read.day_first][0]} 列",
            next_step=NEXT_STEP,
        )


def _refuse_outside(values: Times, texts: Objects, sieve: Sieve, where: str) -> None:
    """Rows outside the days that the file's name gives, when every row is inside in one reading or the other."""
    named = dates_in(where)
    if len(named) != 2 or named[0] > named[1]:
        return
    first, last = np.datetime64(named[0], "us") - clock.FAR, np.datetime64(named[1], "us") + 2 * clock.FAR
    known = ~np.isnat(values) & sieve.keep
    outside = known & ((values < first) | (values > last))
    if not outside.any():
        return
    swapped = typed.day_first(texts[outside])
    if ((swapped >= first) & (swapped <= last)).all():
        raise ReadError(
            f"發佈時間的月和日像是對調了：有 {int(outside.sum())} 列在檔名寫的 {named[0]} 到 {named[1]} 以外，"
            "照「日/月/年」讀就全部在裡面",
            where=f"{where}，例如第 {sieve.raw.rows[outside][0]} 列",
            next_step=NEXT_STEP,
        )


def _say_open(read: typed.Moments, known: Mask, sieve: Sieve) -> None:
    """Without ids, only a day after the 12th shows which number is the month."""
    days = (read.values.astype("M8[D]") - read.values.astype("M8[M]")).astype("m8[D]").astype(np.int64) + 1
    if known.sum() > read.year_first and not (days[known] > 12).any():
        sieve.notes.warn(
            "每一列的日都不大於 12，編號也不含時間，沒有東西能證明月和日沒有對調過；照平台的習慣讀成「月/日/年」"
        )
