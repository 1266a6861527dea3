"""TikTok: the lists of videos that TikTok Studio and TikTok Business Suite let you download."""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from ..tables import TAIPEI
from . import clock, daily, flips, typed
from .headers import Matching
from .layout import Built, Context, Fit
from .picking import Picked, Sieve, pick
from .rows import Raw
from .tiktok_dates import nearest_year
from .tiktok_days import AUDIENCE, BUSINESS_DAYS, STUDIO_DAYS
from .typed import Floats, Mask, Objects, Times
from .video_tables import assumed_zone, blanks, clock_column, days, figures, leftover, midnight, whole_table
from .written_days import Day

COUNTS = ("views", "likes", "comments", "shares", "saves", "reach", "follows")
NEEDED = {"permalink": "影片連結", "published_at": "發佈時間"}
_LINK = re.compile(r"https?://(?:www\.|m\.)?tiktok\.com/@([^/?\s]*)/(video|photo)/(\d+)\S*", re.IGNORECASE)
_CLOCK = re.compile(r"\d{1,2}:\d{2}")
_FIRST, _LAST = np.datetime64("2015-01-01"), np.datetime64("2100-01-01")


def id_times(ids: Objects) -> Times:
    """UTC time inside each TikTok video id (id >> 32 is Unix seconds); NaT where it carries none.

    >>> id_times(np.array(["7616160000000000000", "12"], dtype=object)).astype("M8[D]").astype(str).tolist()
    ['2026-03-12', 'NaT']
    """
    digits = np.array([text.isascii() and text.isdigit() and len(text) <= 19 for text in ids], dtype=bool)
    seconds = np.array([int(text) >> 32 if ok else 0 for text, ok in zip(ids, digits, strict=True)], np.int64)
    times = (seconds * 1_000_000).astype("M8[us]")
    return np.where((times > _FIRST) & (times < _LAST), times, np.datetime64("NaT", "us"))


@dataclass(frozen=True)
class TikTokVideos:
    """A list of videos; ``day_only``: TikTok Studio writes a local day without year, the Business Suite UTC times."""

    key: str
    label: str
    day_only: bool
    platform: str = "tiktok"
    family: str = "tiktok_videos"
    numeric: Collection[str] = COUNTS

    def fit(self, matching: Matching, sample: Sequence[Sequence[str]]) -> Fit:
        """Header names speak with one voice each; links to TikTok and the kind of time with ten."""
        roles = matching.roles()
        links = any(_LINK.fullmatch(cell.strip()) for row in sample for cell in row)
        if not links and "permalink" not in roles:
            return Fit(0)
        at = [cell.index for cell in matching.of("published_at")[:1]]
        times = [row[i].strip() for row in sample for i in at if i < len(row)]
        clocks = sum(bool(_CLOCK.search(text)) for text in times)
        right = (clocks <= len(times) / 2) if self.day_only else (clocks > len(times) / 2)
        lacks = tuple(label for role, label in NEEDED.items() if role not in roles)
        return Fit(len(roles) + 10 * links + 10 * right, lacks)

    def build(self, raw: Raw, matching: Matching, context: Context) -> Built:
        """The posts table: ids from links, times, figures."""
        picked = pick(raw, matching, {"watch_time_s": ("watch_time_s", "total_play_time")}, context.notes)
        sieve = Sieve(raw, context.notes)
        ids, accounts, kinds = _links(picked, sieve)
        read = _days_and_ids if self.day_only else _clock_times
        published, zone = read(picked, sieve, id_times(ids), context)
        sieve.drop(np.asarray(published.isna()), "發佈時間空白或讀不懂")
        found = figures(picked, sieve, COUNTS)
        found |= _watched(picked, found, sieve)
        daily.drop_repeats(ids, None, sieve)
        caption = typed.stripped(picked.text("caption"))
        picked.use("caption", "caption")
        columns: dict[str, Any] = {
            "post_id": ids, "platform": np.full(len(ids), "tiktok", dtype=object), "account": accounts,
            "published_at": published, "format": _formats(kinds, found), "caption": caption,
            "hashtags": typed.hashtags(caption), **found,
            "metric_era": np.full(len(ids), "views" if "views" in found else "", dtype=object),
        }  # fmt: skip
        blanks(found, picked, sieve)
        if "as_of" in picked:
            context.notes.warn("這份檔案只列出期間內的前幾名影片，不是全部：不能拿來數發文篇數，平均也會偏高")
        index = pd.Index(ids[sieve.keep], name="post_id")
        posts = whole_table("posts", columns, sieve.keep)
        extra = leftover(picked, matching, self.numeric, index, sieve.keep)
        era = "TikTok 的影片觀看次數（Video views）"
        return Built({"posts": posts}, extra, picked.used, picked.whole, zone, era)


STUDIO = TikTokVideos("tiktok_studio_content", "TikTok Studio「內容」匯出", day_only=True)
BUSINESS = TikTokVideos("tiktok_business_videos", "TikTok Business Suite 影片清單", day_only=False)
LAYOUTS = (STUDIO, BUSINESS, STUDIO_DAYS, BUSINESS_DAYS, AUDIENCE)


def _links(picked: Picked, sieve: Sieve) -> tuple[Objects, Objects, Objects]:
    """Video ids (from the link, else the id column, else the link itself), account handles, video or photo."""
    links, given = typed.stripped(picked.text("permalink")), typed.stripped(picked.text("post_id"))
    parts = [_LINK.fullmatch(link) for link in links]
    ids = np.array(
        [p[3] if p else own or link for p, own, link in zip(parts, given, links, strict=True)], dtype=object
    )
    picked.use("permalink", "post_id", whole=False)
    missing = np.array([text.casefold() in ("", "undefined", "-", "--") for text in ids], dtype=bool)
    sieve.drop(missing, "沒有影片連結，認不出是哪一支影片")
    odd = ~missing & np.array([p is None for p in parts], dtype=bool)
    if odd.any():
        sieve.notes.warn("連結裡沒有影片編號，改用原來的文字當編號", sieve.raw.rows[odd])
    accounts = np.array([p[1] if p else "" for p in parts], dtype=object)
    kinds = np.array([p[2].lower() if p else "" for p in parts], dtype=object)
    return ids, accounts, kinds


def _formats(kinds: Objects, found: dict[str, Any]) -> Objects:
    """Photo posts are carousels; a video is a short one unless its length says otherwise; no link, no format."""
    seconds = found.get("duration_s", np.full(len(kinds), np.nan))
    video = np.where(seconds > 180, "video", "short_video")
    return np.select([kinds == "photo", kinds == "video"], ["carousel", video], "").astype(object)


def _clock_times(
    picked: Picked, sieve: Sieve, created: Times, context: Context
) -> tuple[pd.DatetimeIndex, clock.Zone]:
    """Times of day, UTC unless the caller says otherwise, held against the times inside the ids."""
    texts = typed.stripped(picked.text("published_at"))
    local, _ = flips.settle(typed.moments(texts), texts, lambda rows: created, sieve, context.where)
    picked.use("published_at", "published_at")
    zone = clock.zone(context.timezone, "UTC", context.where)
    placed = clock.place(local, zone.assumed)
    taipei, _ = placed.settle(created)
    zone = clock.verify(zone, local, taipei, created)
    clock.say_far(local, created, sieve.keep, sieve.raw.rows, sieve.notes)
    if zone.verdict == "contradicts":
        sieve.notes.warn(f"時區可能不對：{zone.sentence}")
    return taipei, zone


def _days_and_ids(
    picked: Picked, sieve: Sieve, created: Times, context: Context
) -> tuple[pd.DatetimeIndex, clock.Zone]:
    """Local days without a year: year and time of day come from the ids, the day checks them."""
    picked.use("published_at", "published_at", whole=False)
    zone: clock.Zone = assumed_zone(context.timezone, TAIPEI, context.where)
    written = days(picked.text("published_at"))
    local = _local_dates(created, zone.assumed)
    limit = max([d for d in local if d], default=context.exported or datetime.date.today())
    placed = [
        None if day is None else datetime.date(nearest_year(day, near, limit), day.month, day.day)
        for day, near in zip(written, local, strict=True)
    ]
    off = np.array(
        [(one - two).days if one and two else 0 for one, two in zip(placed, local, strict=True)], np.int64
    )
    known = np.array([bool(one and two) for one, two in zip(placed, local, strict=True)], dtype=bool)
    zone = _verdict(zone, created[known], [day for day, ok in zip(written, known, strict=True) if ok])
    by_id = known & ((off == 0) | ((np.abs(off) <= 1) & (zone.verdict == "contradicts")))
    _say_days(zone, sieve, by_id, known, np.array([day is not None for day in placed], dtype=bool))
    taipei = clock.place(midnight(placed), zone.assumed).taipei
    from_id = pd.DatetimeIndex(created).tz_localize("UTC").tz_convert(TAIPEI).as_unit("us")
    return from_id.where(by_id, taipei), zone


def _say_days(zone: clock.Zone, sieve: Sieve, by_id: Mask, known: Mask, dated: Mask) -> None:
    notes, rows, keep = sieve.notes, sieve.raw.rows, sieve.keep
    if (by_id & keep).any():
        notes.repair(
            f"檔案只寫月和日：{int((by_id & keep).sum())} 支影片的年份和時刻取自影片編號"
            "（上傳的那一秒；排程發佈的影片，實際發佈會晚一些）"
        )
    if zone.verdict == "contradicts":
        notes.warn(f"檔案寫的日子可能不是 {zone.assumed} 的日子：{zone.sentence}")
    late = known & ~by_id & keep
    if late.any():
        notes.warn(
            "發佈日和影片編號裡的日期不同（多半是排程），用檔案寫的日子，時刻一律記成 00：00", rows[late]
        )
    blind = dated & ~known & keep
    if blind.any():
        notes.warn("影片編號讀不出時間：年份當作最近的一次，時刻一律記成 00：00", rows[blind])


def _local_dates(created: Times, name: str) -> list[datetime.date | None]:
    """The day on which each UTC time fell in a zone."""
    zone = ZoneInfo(name)
    utc = pd.DatetimeIndex(created).tz_localize("UTC")
    return [None if at is pd.NaT else at.date() for at in utc.tz_convert(zone)]


def _verdict(zone: clock.Zone, created: Times, written: Sequence[Day | None]) -> clock.Zone:
    """Whether days in the file are the days on which the ids were made, in the zone assumed."""
    if len(created) < 3:
        sentence = "編號裡有時間的影片不到 3 支，無法驗證時區"
        return replace(zone, sentence=sentence, checked=len(created))

    def same(name: str) -> int:
        pairs = zip(_local_dates(created, name), written, strict=True)
        return sum((at.month, at.day) == (day.month, day.day) for at, day in pairs if at and day)

    agree, n = same(zone.assumed), len(created)
    sentence = f"比對 {n} 支影片，{agree} 支的發佈日就是編號裡的時間換成 {zone.assumed} 的那一天"
    if agree >= 0.8 * n:
        return replace(zone, verdict="agrees", sentence=sentence, checked=n)
    best = max((TAIPEI, "UTC", clock.PACIFIC), key=same)
    hint = f"；比較像 {best}（{same(best)} 支相符）" if same(best) > agree else ""
    sentence += f"{hint}。發佈時刻仍取自編號；可以用 timezone= 指定帳號所在的時區後重讀"
    return replace(zone, verdict="contradicts", sentence=sentence, checked=n)


def _watched(picked: Picked, found: dict[str, Any], sieve: Sieve) -> dict[str, Floats]:
    """Length, average and total time watched, in seconds; a total without unit counts only where the average proves it."""
    roles = ("duration_s", "avg_watch_s", "watch_time_s")
    read = {role: clock_column(picked, sieve, role) for role in roles if role in picked}
    if "watch_time_s" in read and _unitless(picked):
        average, views = read.get("avg_watch_s"), found.get("views")
        if average is None or views is None or not _adds_up(read["watch_time_s"], average, views):
            sieve.notes.warn(
                f"「{picked.header('watch_time_s')}」沒寫單位，也無法從平均觀看時間驗算，留在 extra"
            )
            picked.used.pop(picked.cells["watch_time_s"].name)
            del read["watch_time_s"]
    return read


def _unitless(picked: Picked) -> bool:
    return not any(set(text) & set("hms:") for text in picked.text("watch_time_s"))


def _adds_up(total: Floats, average: Floats, views: pd.arrays.IntegerArray) -> bool:
    """Whether the total is about average × views, in seconds."""
    plays = views.to_numpy(dtype="float64", na_value=np.nan)
    ratio = total / np.where(average * plays > 0, average * plays, np.nan)
    return bool(np.isfinite(ratio).any() and 0.8 <= np.nanmedian(ratio) <= 1.25)
