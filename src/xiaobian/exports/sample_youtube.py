"""Our own YouTube Studio downloads for the fictional brand: one zip a language with its three parts, one seeded truth.

Everything here is invented; the figures follow the design below (設計參數) and measure no platform.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from ..tables import TAIPEI
from .draws import Draw
from .sample_captions import write_captions
from .sample_csv import csv_text
from .sample_tiktok import packed

# 設計參數
FIRST_DAY, LAST_DAY = date(2024, 6, 1), date(2026, 8, 31)
EXPORTED = datetime(2026, 9, 2, 11, 5, 0)
SHORTS_CHANGE = date(2025, 3, 31)
EVERY_DAYS = 11
LONG_EVERY = 3
GUARDED, HIDDEN, CHARTED = 4, 3, 5
PATHS = {
    "en": "exports/youtube/en/Content 2024-06-01_2026-09-01.zip",
    "zh": "exports/youtube/zh/Content 2024-06-01_2026-09-01.zip",
}
PARTS = {
    "en": ("Table data.csv", "Chart data.csv", "Totals.csv"),
    "zh": ("表格資料.csv", "圖表資料.csv", "總計.csv"),
}
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

# key: (English header, 正體中文 header)
HEADERS = {
    "post_id": ("Content", "內容"),
    "caption": ("Video title", "影片標題"),
    "published_at": ("Video publish time", "影片發布時間"),
    "duration_s": ("Duration", "時間長度"),
    "stayed": ("Stayed to watch (%)", "續看觀眾比率 (%)"),
    "engaged": ("Engaged views", "互動觀看次數"),
    "average": ("Average view duration", "平均觀看時間"),
    "percentage": ("Average percentage viewed (%)", "平均觀看比例 (%)"),
    "views": ("Views", "觀看次數"),
    "hours": ("Watch time (hours)", "觀看時間 (小時)"),
    "subscribers": ("Subscribers", "訂閱人數"),
    "gained": ("Subscribers gained", "獲得的訂閱人數"),
    "likes": ("Likes", "喜歡次數"),
    "shares": ("Shares", "分享次數"),
    "comments": ("Comments added", "已新增留言"),
    "impressions": ("Impressions", "曝光次數"),
    "ctr": ("Impressions click-through rate (%)", "曝光點閱率 (%)"),
}
SUMMED = ("engaged", "views", "hours", "subscribers", "gained", "likes", "shares", "comments", "impressions")


@dataclass
class Video:
    """One invented video; hidden: private or unlisted, so that the file gives no publish time."""

    published: datetime
    format: str
    platform: str = "youtube"
    post_id: str = ""
    caption: str = ""
    hashtags: str = ""
    hidden: bool = False
    figures: dict[str, Any] = field(default_factory=dict)


@cache
def videos(seed: int) -> tuple[Video, ...]:
    """All videos of one seed, oldest first: two Shorts for every long video."""
    made = []
    for n in range((LAST_DAY - FIRST_DAY).days // EVERY_DAYS):
        day = FIRST_DAY + timedelta(days=n * EVERY_DAYS + Draw(seed, "youtube", n).whole(0, EVERY_DAYS - 1))
        at = datetime.combine(day, datetime.min.time(), ZoneInfo(TAIPEI))
        made.append(Video(at, "video" if n % LONG_EVERY == 0 else "short_video"))
    for n, video in enumerate(made):
        _identify(video, Draw(seed, "youtube", "id", n), n)
        _measure(video, Draw(seed, "youtube", "figures", n))
    for video in Draw(seed, "youtube", "hidden").shuffled(made)[:HIDDEN]:
        video.hidden = True
    write_captions(made, seed)
    return tuple(made)


def _identify(video: Video, draw: Draw, n: int) -> None:
    letters = [draw.pick(LETTERS) for _ in range(11)]
    letters[0] = "-" if n % 20 == 7 and n // 20 < GUARDED else draw.pick(LETTERS[:62])
    video.post_id = "".join(letters)


def _measure(video: Video, draw: Draw) -> None:
    """Shorts are watched to the end and beyond, and bring few clicks on a thumbnail."""
    short = video.format == "short_video"
    seconds = draw.whole(14, 58) if short else draw.whole(190, 760)
    views = round(draw.lognormal(4_200 if short else 1_300, 0.7))
    replayed = draw.uniform(0.55, 0.8) if video.published.date() >= SHORTS_CHANGE else draw.uniform(0.8, 0.95)
    watched = draw.uniform(0.62, 1.16) if short else draw.uniform(0.22, 0.55)
    average = round(seconds * watched)
    gained = draw.count(views * draw.lognormal(0.0019, 0.5))
    impressions = round(views * (0.6 if short else 11.0) * draw.uniform(0.8, 1.2))
    video.figures = {
        "duration_s": seconds,
        "stayed": round(draw.uniform(52, 81), 2) if short else None,
        "engaged": round(views * replayed) if short else views,
        "average": average,
        "percentage": round(100 * average / seconds, 2),
        "views": views,
        "hours": round(views * average / 3600, 4),
        "gained": gained,
        "subscribers": gained - draw.count(views * draw.lognormal(0.0009, 0.55)),
        "likes": draw.count(views * draw.lognormal(0.029 if short else 0.036, 0.32)),
        "shares": draw.count(views * draw.lognormal(0.006 if short else 0.004, 0.4)),
        "comments": draw.count(views * draw.lognormal(0.0012 if short else 0.0031, 0.4)),
        "impressions": impressions,
        "ctr": round(draw.uniform(1.1, 7.9), 2),
    }


def clock(seconds: int) -> str:
    """``0:04:23``"""
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def cell(video: Video, key: str) -> object:
    """One cell of Table data as YouTube prints it."""
    if key == "post_id":
        return f" {video.post_id}" if video.post_id.startswith("-") else video.post_id
    if key == "caption":
        return video.caption.split("\n")[0] + "".join(f" #{tag}" for tag in video.hashtags.split())
    if key == "published_at":
        return "" if video.hidden else f"{video.published:%b} {video.published.day}, {video.published.year}"
    value = video.figures[key]
    return "" if value is None else clock(value) if key == "average" else value


def total(seed: int, key: str) -> object:
    """The Total row's cell: sums where sums make sense."""
    made = videos(seed)
    if key in SUMMED:
        added = sum(video.figures[key] for video in made)
        return round(added, 4) if key == "hours" else added
    if key == "average":
        hours = sum(video.figures["hours"] for video in made)
        return clock(round(hours * 3600 / sum(video.figures["views"] for video in made)))
    return ""


def table_data(seed: int, language: str) -> bytes:
    order = sorted(videos(seed), key=lambda video: -video.figures["views"])
    head = [HEADERS[key][language == "zh"] for key in HEADERS]
    summary = ["總計" if language == "zh" else "Total", *(total(seed, key) for key in list(HEADERS)[1:])]
    return written([head, summary, *([cell(video, key) for key in HEADERS] for video in order)])


def chart_data(seed: int, language: str) -> bytes:
    """The first few videos only, a row a day."""
    keys = ("post_id", "caption", "published_at", "duration_s")
    head = [
        "日期" if language == "zh" else "Date",
        *(HEADERS[key][language == "zh"] for key in (*keys, "views")),
    ]
    best = sorted(videos(seed), key=lambda video: -video.figures["views"])[:CHARTED]
    rows = [
        [day, *(cell(video, key) for key in keys), share]
        for video in best
        for day, share in zip(days()[-28:], _split(video.figures["views"] // 40, 28, seed), strict=True)
    ]
    return written([head, *rows])


def totals(seed: int, language: str) -> bytes:
    head = ["日期", "觀看次數"] if language == "zh" else ["Date", "Views"]
    return written([head, *([day, views] for day, views in daily_views(seed))])


def daily_views(seed: int) -> list[tuple[date, int]]:
    """The channel's views by day; they add up to the Total row."""
    views = sum(video.figures["views"] for video in videos(seed))
    return list(zip(days(), _split(views, len(days()), seed), strict=True))


def days() -> list[date]:
    return [FIRST_DAY + timedelta(days=n) for n in range((LAST_DAY - FIRST_DAY).days + 1)]


def _split(whole: int, parts: int, seed: int) -> list[int]:
    draw = Draw(seed, "youtube", "split", whole, parts)
    weights = [draw.uniform(0.5, 1.5) for _ in range(parts)]
    edges, reached, sum_ = [0], 0.0, sum(weights)
    for weight in weights:
        reached += weight
        edges.append(round(whole * reached / sum_))
    edges[-1] = whole
    return [after - before for before, after in pairwise(edges)]


def written(rows: Sequence[Sequence[object]]) -> bytes:
    """YouTube Studio's CSV: UTF-8 without byte order mark, cells quoted where needed."""
    return csv_text(rows).encode()


def files(seed: int) -> dict[str, bytes]:
    """Path below the data folder → content. File names inside the Chinese zip are a guess."""
    made = {}
    for language, path in PATHS.items():
        parts = (table_data(seed, language), chart_data(seed, language), totals(seed, language))
        made[path] = packed(dict(zip(PARTS[language], parts, strict=True)), EXPORTED)
    return made
