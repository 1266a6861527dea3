"""Rows that repeat a post: the daily mode, in which a post has a row a day, and plain duplicates."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from ..errors import ReadError
from .headers import normalise
from .notes import Notes, shown
from .picking import Sieve
from .records import Ints
from .typed import Objects

ADDABLE = (
    "views", "impressions", "likes", "comments", "shares", "saves", "clicks", "link_clicks", "follows",
    "watch_time_s",
)  # fmt: skip
NOT_ADDABLE = ("reach", "avg_watch_s")
_DATE = re.compile(r"\s*\d{1,4}[/.\-]\d{1,2}[/.\-]\d{1,4}(?:[ T].*)?")


def period(text: Objects, lifetime: Sequence[str], where: str) -> bool:
    """Whether the rows are days (True) or a post's whole life (False), from the file's Date column.

    Raises ReadError when it holds both, because adding them would count twice.
    """
    distinct = [str(value) for value in pd.unique(text)]
    dated = [value for value in distinct if _DATE.fullmatch(value)]
    whole = {normalise(word) for word in lifetime} & {normalise(value) for value in distinct}
    if dated and whole:
        raise ReadError(
            f"同一個檔案裡有「總期間」的列，也有單日（例如 {shown(dated[0])}）的列，加起來會重複計算",
            where=where,
            next_step="請重新匯出，期間只選一種",
        )
    return bool(dated)


def drop_repeats(ids: Objects, days: Objects | None, sieve: Sieve) -> None:
    """Of rows with the same id (and day, in daily mode) the first stays; the others are reported."""
    key = pd.Series(ids, dtype=object) if days is None else pd.DataFrame({"id": ids, "day": days})
    repeated = np.zeros(len(ids), bool)
    repeated[sieve.keep] = key[sieve.keep].duplicated().to_numpy()
    if repeated.any():
        kind = "貼文編號和日期" if days is not None else "貼文編號"
        sieve.drop(repeated, f"{kind}重複，只留第一列")
        sieve.notes.warn(
            f"有 {int(repeated.sum())} 列的{kind}重複；若是把不同天匯出的檔案貼在一起，數字不能混用，請分開讀"
        )


def merge(posts: pd.DataFrame, rows: Ints, lines: Ints, notes: Notes) -> tuple[pd.DataFrame, Ints]:
    """One row a post from one row a post and day.

    Counts of events are added. Reach counts people, who return on other days, so it is left missing for posts
    with several days; so is an average. Returns the table and the spreadsheet row each post begins on.
    """
    first = ~posts["post_id"].duplicated().to_numpy()
    notes.drop(rows[~first], lines[~first], "每日列，數字併入同一則貼文")
    notes.warn(
        "這是「每日」匯出：同一則貼文一天一列，已依貼文編號加總，只含檔案涵蓋的日子；觸及人數和平均值不能相加，"
        "超過一天的貼文留空。要總觸及請改用「總期間」匯出"
    )
    if first.all():
        return posts, rows
    grouped = posts.groupby("post_id", sort=False)
    merged = posts[first].reset_index(drop=True)
    several = grouped.size().to_numpy() > 1
    for name in ADDABLE:
        merged[name] = grouped[name].sum(min_count=1).astype(posts[name].dtype).to_numpy(dtype=object)
        merged[name] = merged[name].astype(posts[name].dtype)
    for name in NOT_ADDABLE:
        merged[name] = merged[name].mask(several)
    eras = grouped["metric_era"].nunique()
    if (eras > 1).any():
        merged["metric_era"] = merged["metric_era"].mask((eras > 1).to_numpy(), "views+impressions")
    return merged, rows[first]
