"""Checks on values: what looks wrong is said, with its rows; nothing is mended in silence."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from .notes import Notes, listed, shown
from .typed import Floats, Mask, Numbers, Objects, counts, damaged_ids, numbers

Ints = npt.NDArray[np.int64]
SAMPLE = 2_000


def spread(n: int) -> Ints:
    """Up to 2,000 row positions, evenly spread."""
    return np.unique(np.linspace(0, n - 1, min(n, SAMPLE)).astype(np.int64)) if n else np.arange(0)


def read_counts(
    column: pd.Series, header: str, rows: Ints, notes: Notes
) -> tuple[pd.arrays.IntegerArray, Mask]:
    """A column of counts as Int64, and a mask of cells that hold something else (missing, and noted)."""
    read = numbers(column)
    whole, odd = counts(read)
    _say_numbers(read, header, rows, notes)
    fraction = odd & (read.values % 1 != 0)
    if fraction.any():
        notes.warn(
            f"「{shown(header)}」是次數卻有小數（例如 {read.values[fraction][0]:g}），當成沒有資料；"
            "若檔案用點當千分位，同一欄的其他數字也會錯，請用原始下載的檔案",
            rows[fraction],
        )
    if read.dotted.any():
        notes.warn(
            f"「{shown(header)}」有像「4.000」的值：是 4 還是 4 千（用點當千分位）分不出來，當成沒有資料；"
            "請用原始下載的檔案",
            rows[read.dotted],
        )
        whole, odd = whole.copy(), odd | read.dotted
        whole[read.dotted] = pd.NA
        fraction = fraction | read.dotted
    if (odd & ~fraction).any():
        notes.warn(f"「{shown(header)}」有小於 0 或大得離譜的值，當成沒有資料", rows[odd & ~fraction])
    return whole, read.unreadable | odd


def read_seconds(column: pd.Series, header: str, rows: Ints, notes: Notes) -> tuple[Floats, Mask]:
    """A column of seconds ≥ 0 as float64, and a mask of cells that hold something else (missing, and noted)."""
    read = numbers(column)
    _say_numbers(read, header, rows, notes)
    negative = read.values < 0
    if negative.any():
        notes.warn(f"「{shown(header)}」有小於 0 的秒數，當成沒有資料", rows[negative])
    return np.where(negative, np.nan, read.values), read.unreadable | negative


def _say_numbers(read: Numbers, header: str, rows: Ints, notes: Notes) -> None:
    if read.dated.any():
        notes.warn(
            f"「{shown(header)}」有像日期的值：試算表把數字或百分比改成了日期，原本的數字救不回來，當成沒有資料；"
            "請重新下載，不要先在試算表開啟",
            rows[read.dated],
        )
    other = read.unreadable & ~read.dated if len(read.dated) else read.unreadable
    if other.any():
        seen = f"，例如 {listed(read.examples)}" if read.examples else ""
        notes.warn(f"「{shown(header)}」有不是數字的值{seen}，當成沒有資料", rows[other])
    if read.grouped:
        notes.repair(f"「{shown(header)}」有 {read.grouped} 格的千分位符號已去掉")
    if read.rounded:
        notes.warn(f"「{shown(header)}」有 {read.rounded} 格寫成「萬」或「億」，是四捨五入過的數字")


def repaired_ids(ids: Objects, permalinks: Objects, rows: Ints, notes: Notes) -> Objects:
    """Ids turned into 1.22E+17 are replaced by the permalink, or made unique by their row, and noted."""
    damaged = damaged_ids(ids)
    if damaged.any():
        ids = ids.copy()
        where = np.flatnonzero(damaged)
        ids[where] = [permalinks[i] or f"{ids[i]}#{rows[i]}" for i in where]
        notes.warn(
            "貼文編號被試算表改成科學記號（1.22E+17 這種），原本的數字救不回來；改用永久連結當編號，請重新下載",
            rows[damaged],
        )
    return ids


def rounded_ids(ids: Objects, notes: Notes) -> None:
    """Spreadsheets keep fifteen digits: long ids that all end in zeros have been through one."""
    sample = [text for text in ids[spread(len(ids))] if len(text) >= 17 and text.isdigit()]
    if len(sample) >= 5 and sum(not text[15:].strip("0") for text in sample) > len(sample) / 2:
        notes.warn(
            "貼文編號的第 16 位以後幾乎都是 0：檔案可能被試算表存過，編號已失真，不能拿來和其他檔案比對"
        )


def as_float(values: pd.arrays.IntegerArray) -> Floats:
    """Int64 with missing → float64 with NaN."""
    return values.to_numpy(dtype="float64", na_value=np.nan)


def reach_above_views(reach: Floats, views: Floats, platform: str, rows: Ints, notes: Notes) -> None:
    """Reach counts people and Views counts plays and displays, so reach above views means two populations."""
    both = ~np.isnan(reach) & ~np.isnan(views)
    if platform == "instagram":
        far = both & (reach > 2 * views)
        if far.any():
            notes.warn(
                "觸及人數是瀏覽次數的 2 倍以上：多半是加強推廣過的貼文，觸及含廣告、瀏覽不含，互動率會被壓低",
                rows[far],
            )
        return
    above = both & (reach > views)
    if above.any():
        notes.warn("觸及人數大於瀏覽次數，照理不會發生，請到後台核對這幾則", rows[above])


def other_accounts(accounts: Objects, no_reach: Mask, rows: Ints, notes: Notes) -> None:
    """Collab posts of other accounts are part of Instagram's export: said, not dropped."""
    if len(pd.unique(accounts)) < 2:
        return
    named = pd.Series(accounts[accounts != ""], dtype="object").value_counts()
    own = named.index[0]
    other = (accounts != own) & (accounts != "")
    collab = other & no_reach
    if collab.any():
        notes.warn(
            f"其他帳號的共同發布貼文（不是 {shown(own)} 發的，觸及人數空白）；仍留在表裡，計算自己的成效時請先篩掉",
            rows[collab],
        )
    if (other & ~collab).any():
        notes.warn(
            f"檔案裡有 {len(named)} 個帳號，最多的是 {shown(own)}；請用 account 欄分開看",
            rows[other & ~collab],
        )


def blanks(blank: Mapping[str, Mask], headers: Mapping[str, str], rows: Ints, notes: Notes) -> None:
    """How many figures are blank, a sentence for all columns (missing, not zero), and posts without any figure."""
    found = [f"「{shown(headers[name])}」{int(mask.sum())} 則" for name, mask in blank.items() if mask.any()]
    if found:
        notes.warn(f"空白的指標當成「沒有資料」，不是 0：{'、'.join(found)}")
    if blank:
        empty = np.logical_and.reduce(list(blank.values()))
        if empty.any():
            notes.warn("所有指標都空白的貼文，留在表裡但不會進入計算", rows[empty])
