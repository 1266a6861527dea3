"""LinkedIn Page analytics: posts, days (content, followers, visitors) and who the followers are, one sheet each."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..tables import TAIPEI
from . import clock, generic, typed, written
from .headers import Matching, aliases, normalise
from .layout import Built, Context, Fit
from .notes import listed
from .picking import Picked, Sieve, pick
from .rows import Raw
from .typed import Floats, Objects

ERA = "Impressions（曝光次數）；LinkedIn 的互動率＝（點擊＋心情＋留言＋轉發）÷曝光，含點擊，不能和 Facebook、Instagram 比"
DAYS_ERA = (
    "engagements＝Clicks＋Reactions＋Comments＋Reposts（含點擊，LinkedIn 的定義）；自然與贊助的細項留在 extra"
)
DIMENSIONS = {
    "location": "地區", "job_function": "職能", "seniority": "資歷", "industry": "產業", "company_size": "公司規模",
}  # fmt: skip
PARTS = ("clicks", "likes", "comments", "shares")
_URN = re.compile(r"urn:li:(?:activity|share|ugcPost):(\d+)")
_HOST = re.compile(r"https?://(?:www\.)?linkedin\.com/\S+", re.IGNORECASE)


@dataclass(frozen=True)
class Posts:
    """Sheet ``All posts`` (2020: ``Update engagement``): one row a post, with a day and no clock time."""

    key: str = "linkedin_posts"
    platform: str = "linkedin"
    label: str = "LinkedIn 專頁「內容」匯出：所有貼文"
    family: str = "linkedin_posts"
    numeric: Collection[str] = (
        "impressions", "video_views", "offsite_views", "clicks", "ctr", "likes", "comments", "shares", "follows",
        "engagement_rate",
    )  # fmt: skip

    def fit(self, matching: Matching, sample: Sequence[Sequence[str]]) -> Fit:
        """A point for each header name, ten for links to LinkedIn."""
        roles = matching.roles()
        if len(roles & {"caption", "permalink", "published_at", "impressions", "posted_by"}) < 3:
            return Fit(0)
        links = any(_HOST.match(cell.strip()) for row in sample for cell in row)
        return Fit(len(roles) + 10 * links, () if "published_at" in roles else ("建立日期",))

    def build(self, raw: Raw, matching: Matching, context: Context) -> Built:
        """The posts table; LinkedIn's Views are video views and stay in ``extra``."""
        picked = pick(raw, matching, {}, context.notes)
        sieve = Sieve(raw, context.notes)
        generic.drop_totals(picked, ("caption", "permalink", "published_at"), sieve)
        times, zone = _created(picked, sieve, context)
        ids = _ids(picked, sieve)
        columns = generic.impression_posts(self.platform, ids, times, picked, sieve)
        columns["format"], columns["is_paid"] = _format(picked, sieve), _paid(picked, sieve)
        generic.drop_repeats(columns, ("post_id",), sieve, "貼文連結")
        _check_rate(picked, "engagement_rate", "impressions", PARTS, sieve)
        posts, extra = generic.finish("posts", columns, picked, matching, self.numeric, sieve)
        if "video_views" in picked:
            context.notes.warn(
                "LinkedIn 的 Views 是影片觀看次數，圖文貼文沒有，所以不讀成瀏覽次數，留在 extra"
            )
        return Built({"posts": posts}, extra, picked.used, picked.whole, zone, ERA)


@dataclass(frozen=True)
class Days:
    """Sheets ``Metrics``, ``New followers`` and ``Visitor metrics``: one row a day."""

    key: str = "linkedin_days"
    platform: str = "linkedin"
    label: str = "LinkedIn 專頁每日匯出"
    family: str = "linkedin_days"
    numeric: Collection[str] = (
        "impressions", "clicks", "reactions", "comments", "reposts", "rate", "visits", "followers_total",
        "followers_organic", "followers_sponsored", "followers_invited", "breakdown",
    )  # fmt: skip

    def fit(self, matching: Matching, sample: Sequence[Sequence[str]]) -> Fit:
        """A date beside LinkedIn's totals by organic and sponsored, by device, or by how followers came."""
        roles = matching.roles()
        ours = {"followers_organic", "followers_sponsored", "visits"} | {
            r for r in roles if r.startswith("breakdown")
        }
        if "date" not in roles or not roles & ours:
            return Fit(0)
        return Fit(len(roles) + 10)

    def build(self, raw: Raw, matching: Matching, context: Context) -> Built:
        """The account_days table; LinkedIn's days are UTC days."""
        picked = pick(raw, matching, {}, context.notes)
        sieve = Sieve(raw, context.notes)
        generic.drop_totals(picked, ("date",), sieve)
        days = generic.days(picked, "date", sieve, context, "month")
        _name_followers(picked, sieve)
        columns: dict[str, Any] = {"platform": self.platform, "date": days}
        columns |= generic.figures("account_days", picked, sieve)
        columns |= _engagements(picked, sieve)
        generic.drop_repeats(columns, ("date",), sieve, "日期")
        table, extra = generic.finish("account_days", columns, picked, matching, self.numeric, sieve)
        context.notes.warn(
            "LinkedIn 的一天是 UTC 的一天（台北早上 8 點換日），最近兩天的數字可能還會變；檔案沒有帳號名稱，account 留空"
        )
        return Built({"account_days": table}, extra, picked.used, picked.whole, None, DAYS_ERA)


@dataclass(frozen=True)
class Audience:
    """Sheets ``Location``, ``Job function`` …: followers by group."""

    key: str = "linkedin_audience"
    platform: str = "linkedin"
    label: str = "LinkedIn 專頁追蹤者組成"
    family: str = "linkedin_audience"
    numeric: Collection[str] = ("count",)

    def fit(self, matching: Matching, sample: Sequence[Sequence[str]]) -> Fit:
        """One way of grouping, and a number of followers."""
        roles = matching.roles()
        return Fit(12 if "count" in roles and len(roles & set(DIMENSIONS)) == 1 else 0)

    def build(self, raw: Raw, matching: Matching, context: Context) -> Built:
        """The audience table; LinkedIn gives numbers only, so shares stay missing."""
        picked = pick(raw, matching, {}, context.notes)
        sieve = Sieve(raw, context.notes)
        role = next(role for role in DIMENSIONS if role in picked)
        generic.drop_totals(picked, (role,), sieve)
        groups = typed.stripped(picked.text(role))
        sieve.drop(groups == "", "沒有組別名稱")
        picked.use(role, "group")
        columns: dict[str, Any] = {"platform": self.platform, "dimension": DIMENSIONS[role], "group": groups}
        if context.exported:
            columns["as_of"] = np.full(len(groups), np.datetime64(context.exported, "us"))
            context.notes.warn(f"檔案沒寫資料日期，用{context.exported_basis}（{context.exported}）")
        columns |= generic.figures("audience", picked, sieve)
        generic.drop_repeats(columns, ("group",), sieve, "組別")
        table = generic.assemble("audience", columns, sieve.keep)
        extra = generic.leftovers(picked, matching, self.numeric, groups, sieve.keep, "group")
        context.notes.warn("LinkedIn 只列出人數較多的組別，加起來不等於全部追蹤者，占比留空")
        return Built({"audience": table}, extra, picked.used, picked.whole, None, "追蹤者人數")


LAYOUTS = (Posts(), Days(), Audience())


def _created(picked: Picked, sieve: Sieve, context: Context) -> tuple[pd.DatetimeIndex, clock.Zone]:
    """The day of each post at 00:00 of the file's zone, which keeps the calendar day in Taipei."""
    texts = typed.stripped(picked.text("published_at"))
    read = written.read(texts, picked.header("published_at"), context.where, "month")
    sieve.drop(np.isnat(read.local), "建立日期空白或讀不懂")
    picked.use("published_at", "published_at")
    if (read.day_only & sieve.keep).any():
        sieve.notes.warn(
            "LinkedIn 只給發佈日期，沒有時刻：時間當成那一天的 00:00（檔案時區），不能用來分析發文時段"
        )
    zone = clock.zone(context.timezone, "UTC", context.where)
    sentence = "LinkedIn 的檔案只有日期，無法驗證時區"
    stated = any("utc" in line.lower() for line in context.preface)
    if stated and not zone.chosen:
        return read.taipei("UTC"), generic.SaidZone(
            "UTC", False, "unknown", sentence, basis="檔案上方的說明寫明"
        )
    return read.taipei(zone.assumed).tz_convert(TAIPEI), clock.Zone(
        zone.assumed, zone.chosen, "unknown", sentence
    )


def _ids(picked: Picked, sieve: Sieve) -> Objects:
    """The number inside each post's link, otherwise the link itself, otherwise the row's number."""
    numbers = np.array(
        [m[1] if (m := _URN.search(text)) else "" for text in picked.text("permalink")], dtype=object
    )
    picked.use("permalink", "post_id", whole=False)
    if (numbers != "").all():
        return numbers
    return np.where(numbers != "", numbers, generic.post_ids(picked, sieve))


def _format(picked: Picked, sieve: Sieve) -> Objects:
    words = {normalise(word): name for word, name in aliases("linkedin_posts").words["formats"].items()}
    cells = [normalise(text) for text in picked.text("content_type")]
    strange = sorted({text for text in cells if text and text not in words})
    if strange:
        sieve.notes.warn(f"不認得的內容類型：{listed(strange)}；格式留空")
    picked.use("content_type", "format", whole=False)
    return np.array([words.get(text, "") for text in cells], dtype=object)


def _paid(picked: Picked, sieve: Sieve) -> pd.arrays.BooleanArray:
    words = aliases("linkedin_posts").words
    yes, no = ({normalise(word) for word in words[key]} for key in ("paid", "not_paid"))
    cells = [normalise(text) for text in picked.text("post_type")]
    picked.use("post_type", "is_paid", whole=False)
    return pd.arrays.BooleanArray(
        np.array([text in yes for text in cells], bool),
        np.array([text not in yes | no for text in cells], bool),
    )


def _numbers(picked: Picked, role: str) -> Floats:
    if role not in picked:
        return np.full(len(picked.raw.frame), np.nan)
    return typed.numbers(picked.column(role)).values


def _check_rate(picked: Picked, rate: str, base: str, parts: Sequence[str], sieve: Sieve) -> None:
    """Warn of rows whose printed engagement rate is not the sum of its parts by impressions."""
    with np.errstate(divide="ignore", invalid="ignore"):
        computed = sum(_numbers(picked, part) for part in parts) / _numbers(picked, base)
        wrong = sieve.keep & (np.abs(_numbers(picked, rate) - computed) > 1e-3)
    if wrong.any():
        sieve.notes.warn(
            "印出的互動率不等於（點擊＋心情＋留言＋轉發）÷曝光，請到後台核對", sieve.raw.rows[wrong]
        )


def _engagements(picked: Picked, sieve: Sieve) -> dict[str, Any]:
    parts = ("clicks", "reactions", "comments", "reposts")
    if not all(part in picked for part in parts):
        return {}
    _check_rate(picked, "rate", "impressions", parts, sieve)
    added = np.sum([_numbers(picked, part) for part in parts], axis=0)
    for part in parts:
        picked.use(part, "engagements", whole=False)
    return {"engagements": typed.counts(typed.Numbers(added, np.zeros(len(added), bool)))[0]}


def _name_followers(picked: Picked, sieve: Sieve) -> None:
    """``Total followers`` are new followers where it is the sum of the day's kinds, and else all followers."""
    if "followers_total" not in picked:
        return
    kinds = [r for r in ("followers_organic", "followers_sponsored", "followers_invited") if r in picked]
    kinds = [kind for kind in kinds if not np.isnan(_numbers(picked, kind)[sieve.keep]).all()]
    total = _numbers(picked, "followers_total")[sieve.keep]
    added = (
        np.sum([np.nan_to_num(_numbers(picked, kind))[sieve.keep] for kind in kinds], axis=0)
        if kinds
        else None
    )
    if added is not None and len(total) and (total == added).mean() >= 0.9:
        picked.cells["gained"] = picked.cells["followers_total"]
        sieve.notes.repair("Total followers 等於當天各種新追蹤者的和，讀成新增粉絲；檔案沒有流失與粉絲總數")
    elif _is_stock(total, added):
        picked.cells["followers"] = picked.cells["followers_total"]
        sieve.notes.repair("Total followers 不是當天各種新追蹤者的和，而且只增不減，讀成粉絲總數")
    else:
        sieve.notes.warn("看不出 Total followers 是當天新增還是粉絲總數，留在 extra")


def _is_stock(total: Floats, added: Floats | None) -> bool:
    """Whether daily totals only rise or only fall, far above what came on any day: all followers, not new ones.

    Far is ten times; without a day on which followers came, fewer than seven days prove nothing (設計參數).
    """
    steps = np.diff(total)
    if not len(total) or not ((steps >= 0).all() or (steps <= 0).all()):
        return False
    most = float(added.max()) if added is not None else 0.0
    return bool(total.min() > 10 * most) and (most > 0 or len(total) >= 7)
