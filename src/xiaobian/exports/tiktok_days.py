"""TikTok's daily figures of an account, and who its followers are."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..errors import ReadError
from . import checks, typed
from .headers import Matching
from .layout import Built, Context, Fit
from .picking import Picked, Sieve, pick
from .rows import Raw
from .tiktok_dates import place_in_years
from .typed import Floats
from .video_tables import blanks, days, figures, leftover, midnight, unique_days, whole_table
from .written_days import Day, read_day

COUNTS = ("views", "visits", "reach", "followers", "gained", "lost")
PARTS = ("likes", "comments", "shares")
OTHERS = (
    *PARTS, "change", "viewers", "new_viewers", "returning_viewers", "engaged", "net_growth",
    "phone_clicks", "leads",
)  # fmt: skip
_NAMED = re.compile(r"[A-Za-z]+_20\d\d-\d\d-\d\d_\d{10}_([\w.]+?)(?: ?\(\d+\))?\.(?:zip|csv|xlsx)\b")
STUDIO_ROLES = frozenset({"views", "visits", "change", "viewers", "new_viewers", "returning_viewers"})
BUSINESS_ROLES = frozenset({
    "views", "visits", "reach", "engaged", "gained", "lost", "net_growth", "phone_clicks", "leads",
})  # fmt: skip


@dataclass(frozen=True)
class TikTokDays:
    """Figures of an account by day; ``telling``: roles that only this product's files have."""

    key: str
    label: str
    telling: frozenset[str]
    yearless: bool
    platform: str = "tiktok"
    family: str = "tiktok_days"
    numeric: Collection[str] = (*COUNTS, *OTHERS)

    def fit(self, matching: Matching, sample: Sequence[Sequence[str]]) -> Fit:
        """Two telling names beside the date (one beside days without a year, TikTok Studio's habit), or nothing."""
        roles = matching.roles()
        at = [cell.index for cell in matching.of("date")[:1]]
        read = [read_day(row[i]) for row in sample for i in at if i < len(row)]
        yearless = any(day and not day.year for day in read)
        told = len(roles & (self.telling | ({"followers"} if yearless else set())))
        if not any(read) or told < (1 if yearless or "change" in roles else 2):
            return Fit(0)
        return Fit(len(roles) + 5 * (yearless == self.yearless))

    def build(self, raw: Raw, matching: Matching, context: Context) -> Built:
        """The account_days table: dates with their year, figures, engagements as a sum of what was counted."""
        sources = {"reach": ("reach", "viewers")}
        picked, sieve = pick(raw, matching, sources, context.notes), Sieve(raw, context.notes)
        dates = dated(picked, sieve, context)
        found = figures(picked, sieve, COUNTS)
        blanks(found, picked, sieve, "天")
        unique_days(dates, sieve)
        self._say(picked, found, context)
        columns: dict[str, Any] = {
            "platform": _all("tiktok", dates), "account": account(dates, context), "date": dates, **found,
            "engagements": _engagements(picked),
        }  # fmt: skip
        index = pd.DatetimeIndex(dates[sieve.keep], name="date")
        table = whole_table("account_days", columns, sieve.keep)
        extra = leftover(picked, matching, self.numeric, index, sieve.keep)
        if "viewers" in picked:
            extra = _without_false_zeros(extra, picked, table, context)
        if "change" in picked:
            _look_at_change(table["followers"], extra, picked, context)
        era = "TikTok 的影片觀看次數（Video views）" if "views" in found else "檔案裡沒有瀏覽次數"
        return Built({"account_days": table}, extra, picked.used, picked.whole, None, era)

    def _say(self, picked: Picked, found: dict[str, Any], context: Context) -> None:
        if self.yearless:
            context.notes.repair("每一列是帳號當地的一天（TikTok Studio 的慣例），沒有換算時區")
        else:
            context.notes.warn("檔案沒有寫每日數據用哪個時區的一天，日期照檔案寫的，沒有換算")
        if "viewers" in picked and "reach" in found:
            context.notes.warn("觸及人數用的是「看過影片的不重複人數」（Total Viewers）；天和天不能相加")
        elif "reach" in found:
            context.notes.warn("觸及人數是每一天的不重複人數，天和天不能相加")


STUDIO_DAYS = TikTokDays("tiktok_studio_days", "TikTok Studio 每日數據", STUDIO_ROLES, yearless=True)
BUSINESS_DAYS = TikTokDays(
    "tiktok_business_days", "TikTok Business Suite 每日數據", BUSINESS_ROLES, yearless=False
)


def account(rows: Any, context: Context) -> Any:
    """The handle in the name that TikTok Studio gives its downloads, for every row; empty in any other name."""
    named = _NAMED.search(context.where)
    if named:
        context.notes.repair(f"帳號 {named[1]} 取自檔名")
    return _all(named[1] if named else "", rows)


def told(context: Context) -> bool:
    """Whether the caller said on which day the file was downloaded."""
    return context.exported_basis.startswith("由")


def dated(picked: Picked, sieve: Sieve, context: Context) -> typed.Times:
    """The date column with its years; rows without a readable day are dropped."""
    read = days(picked.text("date"))
    sieve.drop(np.array([day is None for day in read], dtype=bool), "日期空白或讀不懂")
    known: list[Day] = [day for day in read if day]
    if not known:
        return midnight([None] * len(read))
    placed = place_in_years(known, context.where, context.exported, told(context))
    picked.use("date", "date", whole=False)
    if not placed.sure:
        context.notes.warn(placed.sentence)
    elif not known[0].year:
        context.notes.repair(placed.sentence)
    years = iter(placed.days)
    return midnight([next(years) if day else None for day in read])


def _engagements(picked: Picked) -> Any:
    """Likes + comments + shares of a day, where all three were counted; a correction may make one negative."""
    if any(part not in picked for part in PARTS):
        return pd.arrays.IntegerArray(
            np.zeros(len(picked.raw.frame), np.int64), np.ones(len(picked.raw.frame), bool)
        )
    parts = [typed.numbers(picked.column(part)).values for part in PARTS]
    for part in PARTS:
        picked.use(part, "engagements", whole=False)
    total: Floats = np.sum(parts, axis=0)
    return typed.counts(typed.Numbers(total, np.zeros(len(total), bool)))[0]


def _without_false_zeros(
    extra: pd.DataFrame, picked: Picked, table: pd.DataFrame, context: Context
) -> pd.DataFrame:
    """A day whose total is not there yet says 0 new and 0 returning viewers: that is no figure either."""
    absent = table["reach"].isna().to_numpy(dtype=bool)
    parts = [picked.cells[role].name for role in ("new_viewers", "returning_viewers") if role in picked]
    zero = np.array([extra[part].astype("string").isin(["0", "0.0"]) for part in parts]).any(axis=0) & absent
    if parts and zero.any():
        extra = extra.copy()
        extra.loc[zero, parts] = None
        context.notes.repair(f"{int(zero.sum())} 天的觀眾總數還沒算好，新觀眾和回訪觀眾的 0 也當成沒有資料")
    return extra


def _look_at_change(followers: pd.Series, extra: pd.DataFrame, picked: Picked, context: Context) -> None:
    """The column called "difference from previous day" has been seen to hold the difference to the next day."""
    printed = extra[picked.cells["change"].name].astype("string")
    change = typed.numbers(printed.reset_index(drop=True)).values
    values = checks.as_float(followers.array)
    steps = np.diff(values)
    to_previous, to_next = (
        (float(np.nanmean(steps == part)) if len(steps) else 0.0) for part in (change[1:], change[:-1])
    )
    name = picked.header("change")
    if to_next > to_previous:
        context.notes.warn(
            f"「{name}」寫的其實是和後一天的差（{to_next:.0%} 的日子相符，和前一天只有 {to_previous:.0%}），"
            "請改用粉絲數相減；原欄留在 extra"
        )
    elif to_previous < 0.8:
        context.notes.warn(
            f"「{name}」和粉絲數相減對不上（{to_previous:.0%} 的日子相符），原欄留在 extra，沒有採用"
        )


@dataclass(frozen=True)
class TikTokAudience:
    """Who the followers are: by hour of a day (people), or by gender or territory (shares)."""

    key: str = "tiktok_audience"
    label: str = "TikTok Studio 粉絲組成"
    platform: str = "tiktok"
    family: str = "tiktok_audience"
    numeric: Collection[str] = ("active",)

    def fit(self, matching: Matching, sample: Sequence[Sequence[str]]) -> Fit:
        """A whole set of names, or nothing."""
        roles = matching.roles()
        sets = ({"date", "hour", "active"}, {"gender", "share"}, {"territory", "share"})
        return Fit(len(roles) + 10 if any(one <= roles for one in sets) else 0)

    def build(self, raw: Raw, matching: Matching, context: Context) -> Built:
        """The audience table."""
        picked, sieve = pick(raw, matching, {}, context.notes), Sieve(raw, context.notes)
        by_hour = "hour" in picked
        columns = self._hours(picked, sieve, context) if by_hour else self._shares(picked, sieve)
        columns["platform"] = _all("tiktok", raw.frame)
        columns["account"] = account(raw.frame, context)
        keys = pd.DataFrame({name: columns[name] for name in ("as_of", "group") if name in columns})
        repeated = np.zeros(len(keys), bool)
        repeated[sieve.keep] = keys[sieve.keep].duplicated().to_numpy()
        sieve.drop(repeated, "同一組重複，只留第一列")
        table = whole_table("audience", columns, sieve.keep)
        index = pd.Index(columns["group"][sieve.keep], name="group")
        extra = leftover(picked, matching, self.numeric, index, sieve.keep)
        return Built({"audience": table}, extra, picked.used, picked.whole, None)

    def _hours(self, picked: Picked, sieve: Sieve, context: Context) -> dict[str, Any]:
        hours = typed.numbers(picked.column("hour")).values
        sieve.drop(~((hours >= 0) & (hours <= 23) & (hours % 1 == 0)), "小時不是 0–23 的整數")
        dates = dated(picked, sieve, context)
        active, bad = checks.read_counts(
            picked.column("active"), picked.header("active"), sieve.raw.rows, sieve.notes
        )
        picked.use("hour", "group", whole=False)
        picked.use("active", "count", whole=not bad.any())
        picked.use("date", "as_of", whole=False)
        context.notes.repair("小時是帳號當地的時刻（TikTok Studio 的慣例），沒有換算時區")
        groups = np.array([f"{int(hour):02d}" if hour == hour else "" for hour in hours], dtype=object)
        return {"as_of": dates, "dimension": _all("hour", hours), "group": groups, "count": active}

    def _shares(self, picked: Picked, sieve: Sieve) -> dict[str, Any]:
        role = "gender" if "gender" in picked else "territory"
        groups = typed.stripped(picked.text(role))
        sieve.drop(groups == "", "沒有組別")
        text = pd.Series(typed.stripped(picked.text("share")), dtype="string")
        read = typed.numbers(text.str.removesuffix("%"))
        if read.unreadable.any():
            raise ReadError(
                f"「{picked.header('share')}」有不是數字的值",
                where=f"{sieve.raw.rows[read.unreadable][0]} 列",
                next_step="請用平台原始下載的檔案",
            )
        total = float(np.nansum(read.values[sieve.keep]))
        percent = bool(text.str.endswith("%").any()) or total > 1.5
        shares = read.values / 100 if percent else read.values
        if percent:
            sieve.notes.repair(f"「{picked.header('share')}」是百分比，已換成 0–1 的占比")
        if not 0.98 <= total / (100 if percent else 1) <= 1.02:
            sieve.notes.warn(f"各組占比加起來是 {total / (100 if percent else 1):.0%}，不是 100%")
        picked.use(role, "group")
        picked.use("share", "share", whole=not percent)
        odd = (shares < 0) | (shares > 1)
        if odd.any():
            sieve.notes.warn("占比小於 0 或大於 100%，當成沒有資料", sieve.raw.rows[odd])
        shares = np.where(odd, np.nan, shares)
        return {"dimension": _all(role, groups), "group": groups, "share": shares}


AUDIENCE = TikTokAudience()


def _all(word: str, rows: Any) -> Any:
    return np.full(len(rows), word, dtype=object)
