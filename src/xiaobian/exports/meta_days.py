"""Steps that Meta's daily layouts share: days without a time, and their table."""

from __future__ import annotations

import re

import numpy as np

from . import typed
from .picking import Sieve
from .typed import Objects, Times

SAID = "日期是平台的一天（推測是美國太平洋時間的日），照原樣保留，沒有換算成台北時間"
_CLOCK = re.compile(r"[T ]\d{1,2}:\d{2}.*$")


def days(cells: Objects, sieve: Sieve) -> Times:
    """The day of each row, without the time of day; rows without one are dropped and reported."""
    plain = np.array([f"{_CLOCK.sub('', text.strip())} 00:00" for text in cells], dtype=object)
    read = typed.moments(plain)
    sieve.drop(np.isnat(read.values), "日期空白或讀不懂")
    changed = np.array(["T01:" in text for text in cells], bool)
    if changed.any():
        sieve.notes.repair(f"{int(changed.sum())} 列的時刻寫成 01:00（美國日光節約時間造成的），只留日期")
    return read.values


def drop_repeats(dates: Times, sieve: Sieve) -> None:
    """Of rows of one day the first stays."""
    kept = np.flatnonzero(sieve.keep)
    _, first = np.unique(dates[kept], return_index=True)
    repeated = sieve.keep.copy()
    repeated[kept[first]] = False
    if repeated.any():
        sieve.drop(repeated, "日期重複，只留第一列")
        sieve.notes.warn(f"有 {int(repeated.sum())} 列的日期重複；若是把兩次匯出貼在一起，請分開讀")


def say_gaps(dates: Times, sieve: Sieve) -> None:
    """Days between the first and the last that have no row: unknown, not 0."""
    own = np.unique(dates[sieve.keep]).astype("M8[D]")
    if not len(own):
        return
    absent = int((own[-1] - own[0]).astype(int)) + 1 - len(own)
    if absent:
        sieve.notes.warn(
            f"期間內有 {absent} 天沒有列；有些匯出會省略 0 的日子，這裡不補值，加總和平均前請先確認"
        )
