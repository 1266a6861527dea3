"""The retention columns of Meta's "all metrics" content export → the retention table."""

from __future__ import annotations

import numpy as np
import pandas as pd

from . import typed
from .headers import Matching
from .picking import Sieve
from .typed import Floats, Objects

STEPS = 40


def steps(matching: Matching) -> dict[int, str]:
    """Columns of the curve by step, by their unique names: 0 (start) to 40 (end of the video)."""
    found: dict[int, str] = {}
    for cell in matching.starting("retention"):
        found.setdefault(int((cell.role or "").partition(":")[2]), cell.name)
    return found


def read(matching: Matching, ids: Objects, seconds: Floats, daily: bool, sieve: Sieve) -> pd.DataFrame | None:
    """The retention table of the posts that are still in, or None (and a reason noted) when there is none to trust.

    Views still running at step n of 40, as a share of the views that started. ids: post ids of all rows.
    seconds: length of each video; where it is missing or 0 so is ``second``. daily: a post has a row a day.
    """
    found = steps(matching)
    if not found:
        return None
    if reason := _unusable(found, daily):
        sieve.notes.warn(f"留存曲線留在 extra，沒有讀成 retention 表：{reason}")
        return None
    shares = np.column_stack([_shares(found[step], step, sieve) for step in range(STEPS + 1)])
    if np.nanmax(shares, initial=0.0) > 2:
        sieve.notes.warn("留存曲線留在 extra，沒有讀成 retention 表：數字大於 2，看起來不是 0–1 的比例")
        return None
    rows, at = np.nonzero(~np.isnan(shares) & sieve.keep[:, None])
    length = np.where(seconds > 0, seconds, np.nan)
    sieve.notes.repair(
        f"{STEPS + 1} 欄留存比例（「Percentage of total views at interval 0」到「{STEPS}」）讀成 retention 表，"
        f"共 {len(np.unique(rows))} 支影片；原欄也留在 extra"
    )
    return pd.DataFrame(
        {
            "post_id": pd.array(ids[rows], dtype="string"),
            "position": at / STEPS,
            "second": at / STEPS * length[rows],
            "share_watching": shares[rows, at],
        }
    )


def _unusable(found: dict[int, str], daily: bool) -> str:
    if daily:
        return "每日匯出的比例不能相加，請改用「總期間」匯出"
    missing = [str(step) for step in range(STEPS + 1) if step not in found]
    if missing or len(found) > STEPS + 1:
        return f"應該有 0–{STEPS} 共 {STEPS + 1} 欄，檔案裡有 {len(found)} 欄"
    return ""


def _shares(name: str, step: int, sieve: Sieve) -> Floats:
    """One step's shares; what is no number or below 0 is missing and noted."""
    cells = typed.numbers(sieve.raw.frame[name])
    bad = (cells.unreadable | (cells.values < 0)) & sieve.keep
    if bad.any():
        sieve.notes.warn(f"留存曲線第 {step} 格有不是比例的值，當成沒有資料", sieve.raw.rows[bad])
    return np.where(bad, np.nan, cells.values)
