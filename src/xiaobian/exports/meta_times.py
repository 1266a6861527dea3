"""Local times of Meta's files → Asia/Taipei, with everything doubtful said."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from ..errors import ReadError
from . import clock, typed
from .layout import Context
from .picking import Sieve
from .typed import Mask, Times


def taipei(
    read: typed.Moments, created: Callable[[Mask], Times], sieve: Sieve, context: Context
) -> tuple[pd.DatetimeIndex, clock.Zone]:
    """Publish times in Asia/Taipei, and the zone they were read in: US Pacific unless the caller names one.

    created: gives the UTC times inside ids, for a mask of the rows whose hour occurs twice; NaT where unknown.
    Raises ReadError when days and months have changed places.
    """
    _refuse_day_first(read, sieve, context.where)
    sieve.drop(np.isnat(read.values), "發佈時間空白或讀不懂（要寫成「月/日/年 時：分」）")
    zone = clock.zone(context.timezone, clock.PACIFIC, context.where)
    placed = clock.place(read.values, zone.assumed)
    moments = created(placed.twice)
    settled, doubtful = placed.settle(moments)
    zone = clock.verify(zone, read.values, settled, moments)
    _say(zone, doubtful, placed.impossible, sieve)
    return settled, zone


def _say(zone: clock.Zone, doubtful: Mask, impossible: Mask, sieve: Sieve) -> None:
    rows, notes = sieve.raw.rows, sieve.notes
    if zone.verdict == "contradicts":
        notes.warn(f"時區可能不對：{zone.sentence}")
    if doubtful.any():
        notes.warn("發佈時間落在日光節約結束、同一小時出現兩次的時段，可能差 1 小時", rows[doubtful])
    if impossible.any():
        hour = f"發佈時間在 {zone.assumed} 不存在（日光節約開始時跳過的那一小時），時區可能不對"
        notes.warn(hour, rows[impossible])


def _refuse_day_first(read: typed.Moments, sieve: Sieve, where: str) -> None:
    wrong = int(read.day_first.sum())
    if wrong >= 2 and wrong >= 0.05 * len(read.values):
        raise ReadError(
            f"發佈時間像是被改成「日/月/年」（{wrong} 列的第一個數字大於 12），其他列的月和日也可能對調了",
            where=f"{where}，例如第 {sieve.raw.rows[read.day_first][0]} 列",
            next_step="請用平台原始下載的檔案，不要先在試算表開啟再存檔",
        )
