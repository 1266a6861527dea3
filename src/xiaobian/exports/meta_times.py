"""Local times of Meta's files → Asia/Taipei, with everything doubtful said."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from . import clock, flips, typed
from .layout import Context
from .picking import Sieve
from .typed import Mask, Objects, Times


def taipei(
    texts: Objects, created: Callable[[Mask], Times], sieve: Sieve, context: Context
) -> tuple[pd.DatetimeIndex, clock.Zone]:
    """Publish times in Asia/Taipei, and the zone they were read in: US Pacific unless the caller names one.

    texts: the cells. created: gives the UTC times inside ids of at least the rows of a mask; NaT where unknown.
    Raises ReadError when days and months have changed places and ids do not prove it.
    """
    read = typed.moments(texts)
    local, swapped = flips.settle(read, texts, created, sieve, context.where)
    if read.year_first and not swapped:
        sieve.notes.repair(
            f"{read.year_first} 列的發佈時間寫成「年/月/日」（可能被試算表存過），照年/月/日讀"
        )
    sieve.drop(np.isnat(local), "發佈時間空白或讀不懂（要寫成「月/日/年 時：分」）")
    zone = clock.zone(context.timezone, clock.PACIFIC, context.where)
    placed = clock.place(local, zone.assumed)
    moments = created(placed.twice)
    settled, doubtful = placed.settle(moments)
    zone = clock.verify(zone, local, settled, moments)
    clock.say_far(local, moments, sieve.keep, sieve.raw.rows, sieve.notes)
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
