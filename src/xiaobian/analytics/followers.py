"""Followers at the time of each post, from one number, one a platform, or the daily account table."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..errors import TableError
from ..tables import PLATFORMS, require
from .collected import collected
from .groups import taipei_times
from .measures import NOTES, Floats, numbers

_STALE_DAYS = 31


def with_followers(posts: pd.DataFrame, followers: int | Mapping[str, int] | pd.DataFrame) -> pd.DataFrame:
    """A copy of the posts, as pandas, with ``followers_at_post`` filled where it was missing.

    followers: one count for all posts, a count a platform, or an ``account_days`` table (platform, date,
    followers); from the table each post gets the latest known day up to its own day in Taipei. Nothing is filled
    backwards: a post before the first known day stays missing. What happened is kept in
    ``.attrs["xiaobian_notes"]`` and shows among the notes of ``kpi()``.

    Raises TableError for counts that are not above 0 and when a platform has several accounts that the posts
    do not tell apart.

    >>> days = pd.DataFrame({"platform": ["line"], "date": [pd.Timestamp("2026-03-02")], "followers": [500]})
    >>> times = pd.to_datetime(["2026-03-01 23:00", "2026-03-02 09:00"]).tz_localize("Asia/Taipei")
    >>> posts = pd.DataFrame({"platform": ["line", "line"], "published_at": times})
    >>> filled = with_followers(posts, days)
    >>> filled["followers_at_post"].tolist(), filled.attrs["xiaobian_notes"]
    ([<NA>, 500], ('1 則貼文沒有發文時粉絲數（LINE）：早於粉絲紀錄的第一天，或該平台沒有紀錄',))
    """
    posts, followers = collected(posts), collected(followers)
    require(posts, ["platform"])
    known = numbers(posts, "followers_at_post")
    found, notes = _found(posts, followers)
    filled = np.where(np.isnan(known), found, known)
    result = posts.assign(followers_at_post=pd.array(filled, dtype="Float64").astype("Int64"))
    gaps = _gap_note(posts["platform"], np.isnan(filled))
    result.attrs = {**posts.attrs, NOTES: (*posts.attrs.get(NOTES, ()), *gaps, *notes)}
    return result


def _found(
    posts: pd.DataFrame, followers: int | Mapping[str, int] | pd.DataFrame
) -> tuple[Floats, list[str]]:
    if isinstance(followers, pd.DataFrame):
        return _latest(posts, followers)
    counts = (
        followers if isinstance(followers, Mapping) else dict.fromkeys(posts["platform"].dropna(), followers)
    )
    for platform, count in counts.items():
        if isinstance(count, bool) or not isinstance(count, (int, np.integer)) or count <= 0:
            raise TableError(
                f"粉絲數要是大於 0 的整數，收到的是 {count!r}",
                where=f"參數 followers（{PLATFORMS.get(platform, platform)}）",
                next_step='寫法例如 12000、{"instagram": 8300, "facebook": 15200}，或 account_days 表',
            )
    return posts["platform"].map(dict(counts)).to_numpy(dtype="float64", na_value=np.nan), []


def _latest(posts: pd.DataFrame, days: pd.DataFrame) -> tuple[Floats, list[str]]:
    require(days, ["platform", "date", "followers"], "account_days")
    dates = taipei_times(posts).dt.tz_localize(None).dt.normalize().to_numpy(dtype="datetime64[ns]")
    days = days.dropna(subset=["date", "followers"]).sort_values("date", kind="stable")
    keys = _keys(posts, days)
    filled, age = np.full(len(posts), np.nan), np.zeros(len(posts))
    mine, theirs = (frame[keys].astype("object").agg("\n".join, axis=1) for frame in (posts, days))
    for key in mine.unique():
        rows, log = np.flatnonzero(mine == key), days[theirs == key]
        when = log["date"].to_numpy(dtype="datetime64[ns]")
        place = np.searchsorted(when, dates[rows], side="right") - 1
        rows, place = (
            rows[(place >= 0) & ~np.isnat(dates[rows])],
            place[(place >= 0) & ~np.isnat(dates[rows])],
        )
        filled[rows] = log["followers"].to_numpy(dtype="float64")[place]
        age[rows] = (dates[rows] - when[place]) / np.timedelta64(1, "D")
    old = int((age > _STALE_DAYS).sum())
    return filled, [f"{old} 則貼文用的是 {_STALE_DAYS} 天以前的粉絲數"] if old else []


def _keys(posts: pd.DataFrame, days: pd.DataFrame) -> list[str]:
    """``platform``, and ``account`` where a platform has several."""
    if "account" not in days or (days.groupby("platform", observed=True)["account"].nunique() <= 1).all():
        return ["platform"]
    if "account" in posts and posts["account"].notna().all():
        return ["platform", "account"]
    raise TableError(
        "粉絲紀錄裡同一個平台有好幾個帳號，貼文卻沒寫是哪一個",
        where="欄位 account",
        next_step="請在貼文表填上 account，或先把粉絲紀錄篩到一個帳號",
    )


def _gap_note(platforms: pd.Series, missing: NDArray[np.bool_]) -> list[str]:
    if not missing.any():
        return []
    names = "、".join(PLATFORMS.get(str(p), str(p)) for p in platforms[missing].dropna().unique())
    return [
        f"{int(missing.sum()):,} 則貼文沒有發文時粉絲數（{names}）：早於粉絲紀錄的第一天，或該平台沒有紀錄"
    ]
