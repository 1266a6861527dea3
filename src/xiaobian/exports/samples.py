"""Our own sample exports for the fictional brand: one seeded truth, written in the layouts that Meta downloads in.

Everything here is invented. The figures follow the design below (設計參數), chosen so that the lessons have
something true to find; they are not measurements of any platform.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from ..datasets import brand
from ..tables import TAIPEI, TIME, table
from .clock import INSTAGRAM_EPOCH_MS
from .draws import Draw
from .sample_captions import write_captions


@dataclass(frozen=True)
class FormatDesign:
    """設計參數 of one format on one platform.

    per_week: posts a week. reach: median people reached. spread: standard deviation of log reach. views: views
    per person reached. rate: engagements per person reached (share 0–1). parts: likes, comments, shares, saves
    as shares of the engagements. follows: follows per person reached. clicks: clicks per person reached.
    seconds: shortest and longest video.
    """

    platform: str
    format: str
    per_week: float
    reach: int
    spread: float
    views: float
    rate: float
    parts: tuple[float, float, float, float]
    follows: float = 0.0
    clicks: float = 0.0
    seconds: tuple[int, int] = (0, 0)


# 設計參數 (design parameters; ours, not measurements). Reels on Instagram reach most and are replayed, with a lower
# engagement rate by reach than carousels and a higher one by followers.
FORMATS_DESIGN = (
    FormatDesign("instagram", "carousel", 2, 6_200, 0.30, 1.38, 0.071, (0.66, 0.05, 0.11, 0.18), 0.0008),
    FormatDesign("instagram", "image", 2, 4_300, 0.28, 1.22, 0.050, (0.84, 0.06, 0.05, 0.05), 0.0003),
    FormatDesign("instagram", "short_video", 2, 16_500, 0.50, 1.95, 0.040, (0.78, 0.04, 0.13, 0.05), 0.0012, 0.0, (9, 58)),
    FormatDesign("facebook", "image", 2, 5_200, 0.38, 1.45, 0.019, (0.86, 0.09, 0.05, 0.0), 0.0, 0.034),
    FormatDesign("facebook", "video", 1, 6_100, 0.48, 1.60, 0.014, (0.82, 0.10, 0.08, 0.0), 0.0, 0.021, (40, 240)),
    FormatDesign("facebook", "short_video", 1, 8_800, 0.62, 1.75, 0.012, (0.84, 0.06, 0.10, 0.0), 0.0, 0.012, (12, 60)),
    FormatDesign("facebook", "link", 0.5, 3_100, 0.35, 1.30, 0.009, (0.83, 0.10, 0.07, 0.0), 0.0, 0.041),
    FormatDesign("facebook", "text", 0.5, 2_700, 0.40, 1.25, 0.016, (0.72, 0.24, 0.04, 0.0), 0.0, 0.015),
)  # fmt: skip

# 設計參數: name → (value, what it is).
DESIGN: dict[str, tuple[Any, str]] = {
    "seed": (20260301, "亂數種子"),
    "first_week": (date(2026, 3, 2), "第一週的星期一（台北）"),
    "weeks": (26, "週數"),
    "first_day": (date(2026, 3, 1), "匯出期間第一天"),
    "last_day": (date(2026, 8, 31), "匯出期間最後一天"),
    "rate_spread": (0.13, "單篇互動率的對數標準差"),
    "part_spread": (0.08, "按讚、留言、分享、儲存各自的對數標準差"),
    "viral": (((3, "short_video"), (8, "carousel"), (13, "short_video"), (21, "short_video")), "爆文：第幾週、哪一種格式（Instagram）"),
    "viral_reach": (7.5, "爆文的觸及是平常的幾倍"),
    "viral_rate": (0.82, "爆文的互動率是平常的幾倍（觸及大多來自非粉絲）"),
    "bad_week": (date(2026, 7, 6), "互動率真的下滑的那一週（Instagram）"),
    "bad_week_rate": (0.55, "那一週的互動率是平常的幾倍"),
    "boosted": (11, "第幾週有一則加強推廣的圖片貼文（Instagram）"),
    "boosted_reach": (3.6, "加強推廣貼文的觸及是瀏覽次數的幾倍（觸及含廣告，瀏覽不含）"),
    "blank_views": (2, "瀏覽次數空白的貼文數（Instagram）"),
    "blank_follows": (3, "追蹤人數空白的貼文數（Instagram）"),
    "late_share": (0.08, "素材比發佈時間早幾分鐘建立的貼文占比（Instagram）"),
    "ragged": (5, "Facebook 檔案裡結尾少四格的列數"),
    "reach_above_views": (2, "Facebook 觸及大於瀏覽的貼文數"),
    "mentions": (9, "Facebook 說明欄帶提及標記的貼文數"),
    "followers": ({"facebook": 48_000, "instagram": 31_000}, "期初粉絲數"),
    "gained": ({"facebook": 11.0, "instagram": 62.0}, "每天新增粉絲的平均"),
    "lost": ({"facebook": 7.0, "instagram": 39.0}, "每天流失粉絲的平均"),
}  # fmt: skip

PAGE_ID, ACCOUNT_ID = "100064000000001", "17841400000000001"
COLLAB = ("misui.farm", "米穗農場", "17841400000000077")
HOURS = (8, 9, 12, 12, 17, 18, 19, 20, 20, 21)


def parameters() -> pd.DataFrame:
    """The design parameters of the samples (設計參數), a row each.

    >>> parameters().loc["bad_week_rate", "值"]
    0.55
    """
    rows = [(name, value, meaning) for name, (value, meaning) in DESIGN.items()]
    for design in FORMATS_DESIGN:
        names = [field.name for field in fields(design)][2:]
        rows += [
            (f"{design.platform}.{design.format}.{name}", value, "見 FormatDesign")
            for name, value in zip(names, astuple(design)[2:], strict=True)
        ]
    return pd.DataFrame(rows, columns=["參數", "值", "說明"]).set_index("參數")


def _value(name: str) -> Any:
    return DESIGN[name][0]


@dataclass
class SamplePost:
    """One invented post: what the tables hold, and what only the files show."""

    platform: str
    format: str
    published: datetime
    week: int
    caption: str = ""
    hashtags: str = ""
    post_id: str = ""
    permalink: str = ""
    account: str = ""
    account_name: str = ""
    account_id: str = ""
    title: str = ""
    description: str = ""
    ragged: bool = False
    figures: dict[str, int | float | None] | None = None
    clicks: dict[str, int | None] | None = None

    def figure(self, name: str) -> int | float | None:
        return (self.figures or {}).get(name)


@cache
def sample_posts(seed: int) -> tuple[SamplePost, ...]:
    """All invented posts of one seed, by platform and time."""
    posts = [*_calendar("instagram", seed), *_calendar("facebook", seed)]
    write_captions(posts, seed)
    for platform in ("instagram", "facebook"):
        own = [post for post in posts if post.platform == platform]
        _identify(own, seed)
        _measure(own, seed)
        if platform == "instagram":
            _instagram_quirks(own, seed)
            posts.append(_collab(own, seed))
        else:
            _facebook_quirks(own, seed)
    return tuple(sorted(posts, key=lambda post: (post.platform, post.published, post.post_id)))


def _calendar(platform: str, seed: int) -> list[SamplePost]:
    """When which format goes out: the same mix every week, on shuffled days, at most one post a day."""
    draw = Draw(seed, platform, "calendar")
    designs = [design for design in FORMATS_DESIGN if design.platform == platform]
    posts = []
    for week in range(_value("weeks")):
        monday = _value("first_week") + timedelta(weeks=week)
        halves = [d for d in designs if d.per_week < 1]
        mix = [d.format for d in designs for _ in range(int(d.per_week))]
        mix += [halves[week % len(halves)].format] if halves else []
        days = sorted(draw.shuffled(range(7))[: len(mix)])
        for day, kind in zip(days, draw.shuffled(mix), strict=True):
            at = datetime.combine(monday + timedelta(days=day), datetime.min.time(), ZoneInfo(TAIPEI))
            at += timedelta(hours=draw.pick(HOURS), minutes=draw.whole(0, 59))
            posts.append(SamplePost(platform, kind, at, week))
    return posts


def _identify(posts: list[SamplePost], seed: int) -> None:
    """Ids, links and accounts; an Instagram id carries the moment its media was created."""
    account = brand()["accounts"][posts[0].platform]
    for post in posts:
        draw = Draw(seed, "id", post.platform, post.published.isoformat())
        if post.platform == "instagram":
            early = draw.uniform(60, 720) if draw.uniform() < _value("late_share") else 0.0
            created = post.published + timedelta(seconds=draw.uniform(0, 59) - early)
            _give_media_id(post, created, draw)
            post.account, post.account_id = account["handle"], ACCOUNT_ID
        else:
            post.post_id = str(draw.whole(10**15, 2 * 10**15))
            kind = "reel" if post.format == "short_video" else "videos" if post.format == "video" else "posts"
            post.permalink = f"https://www.facebook.com/{account['handle']}/{kind}/{post.post_id}"
            post.account, post.account_id = account["name"], PAGE_ID
        post.account_name = account["name"]


def media_id(created: datetime, low_bits: int = 0) -> int:
    """An Instagram media id that carries a moment: milliseconds above 23 lower bits."""
    ms = round(created.timestamp() * 1000) - INSTAGRAM_EPOCH_MS
    return (ms << 23) | low_bits


def shortcode(media: int) -> str:
    """The eleven letters of a media id that stand in its link.

    >>> len(shortcode(media_id(datetime(2026, 3, 2, tzinfo=ZoneInfo("UTC")))))
    11
    """
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return "".join(letters[(media >> 6 * place) & 63] for place in range(10, -1, -1))


def _give_media_id(post: SamplePost, created: datetime, draw: Draw) -> None:
    media = media_id(created, draw.whole(0, (1 << 23) - 1))
    post.post_id = str(media)
    kind = "reel" if post.format == "short_video" else "p"
    post.permalink = f"https://www.instagram.com/{kind}/{shortcode(media)}/"


def _measure(posts: list[SamplePost], seed: int) -> None:
    """Reach, views and engagements by the design of the format."""
    designs = {(d.platform, d.format): d for d in FORMATS_DESIGN}
    viral = (
        {_first_of(posts, week, kind) for week, kind in _value("viral")}
        if posts[0].platform == "instagram"
        else set()
    )
    for position, post in enumerate(posts):
        design = designs[post.platform, post.format]
        draw = Draw(seed, "figures", post.platform, post.published.isoformat())
        reach = draw.lognormal(design.reach, design.spread)
        rate = draw.lognormal(design.rate, _value("rate_spread"))
        if position in viral:
            reach, rate = design.reach * _value("viral_reach"), rate * _value("viral_rate")
        if post.platform == "instagram" and post.week == _bad_week():
            rate *= _value("bad_week_rate")
        people = round(reach)
        parts = [
            draw.count(reach * rate * part * draw.lognormal(1.0, _value("part_spread")))
            for part in design.parts
        ]
        post.figures = {
            "reach": people,
            "views": round(people * draw.lognormal(design.views, 0.06)),
            "likes": parts[0], "comments": parts[1], "shares": parts[2],
            "saves": parts[3] if post.platform == "instagram" else None,
            "follows": draw.count(reach * design.follows) if post.platform == "instagram" else None,
            "duration_s": float(draw.whole(*design.seconds)) if design.seconds[1] else 0.0,
        }  # fmt: skip
        if post.platform == "facebook":
            _add_clicks(post, design, draw)


def _bad_week() -> int:
    return int((_value("bad_week") - _value("first_week")).days // 7)


def _first_of(posts: list[SamplePost], week: int, kind: str) -> int:
    return next(n for n, post in enumerate(posts) if post.week == week and post.format == kind)


def _add_clicks(post: SamplePost, design: FormatDesign, draw: Draw) -> None:
    """Clicks by kind (blank where the kind cannot occur) and, for video, the time watched."""
    figures = post.figures or {}
    reach, views = int(figures["reach"] or 0), int(figures["views"] or 0)
    total = draw.count(reach * design.clicks * draw.lognormal(1.0, 0.25))
    main = draw.count(total * draw.uniform(0.55, 0.8))
    link = main if post.format == "link" else None
    photo = main if post.format == "image" else None
    post.clicks = {"link": link, "photo": photo, "other": total - main if link or photo else total}
    figures["clicks"], figures["link_clicks"] = total, link
    if design.seconds[1]:
        average = round(float(figures["duration_s"] or 0) * draw.uniform(0.18, 0.42), 1)
        figures["avg_watch_s"] = average
        figures["watch_time_s"] = float(round(average * views))


def _instagram_quirks(posts: list[SamplePost], seed: int) -> None:
    """A boosted post, and figures that Meta leaves blank."""
    draw = Draw(seed, "instagram", "quirks")
    boosted = posts[_first_of(posts, _value("boosted"), "image")]
    boosted.figures = {
        **(boosted.figures or {}),
        "reach": round((boosted.figure("views") or 0) * _value("boosted_reach")),
    }
    ordinary = [p for p in posts if p.week != _bad_week() and p is not boosted and p.format == "image"]
    chosen = draw.shuffled(ordinary)[: _value("blank_views") + _value("blank_follows")]
    for n, post in enumerate(chosen):
        blank = "views" if n < _value("blank_views") else "follows"
        post.figures = {**(post.figures or {}), blank: None}


def _collab(posts: list[SamplePost], seed: int) -> SamplePost:
    """A post of another account that appears in our export because we are its co-author."""
    draw = Draw(seed, "collab")
    at = datetime(2026, 6, 3, 12, 30, tzinfo=ZoneInfo(TAIPEI))
    handle, name, number = COLLAB
    post = SamplePost("instagram", "carousel", at, 13, account=handle, account_name=name, account_id=number)
    post.caption = f"田裡的米，第一次認識自己變成蛋糕的樣子。\n和 {posts[0].account} 一起拍的這一天，左滑。\n#米穀 #一起拍"
    post.hashtags = "米穀 一起拍"
    post.figures = {
        "views": 5_210,
        "likes": 402,
        "comments": 18,
        "shares": 27,
        "saves": 61,
        "duration_s": 0.0,
    }
    _give_media_id(post, at + timedelta(seconds=17), draw)
    return post


def _facebook_quirks(posts: list[SamplePost], seed: int) -> None:
    """Title or Description, mention markup, ragged rows, and reach above views."""
    draw = Draw(seed, "facebook", "quirks")
    for post in posts:
        post.title, post.description = post.caption, ""
    chosen = draw.shuffled(posts)
    for post in chosen[: _value("mentions")]:
        name = brand()["name"]
        post.title = post.caption.split("\n")[0]
        post.description = f"{post.caption}\n文字：@[{PAGE_ID}:2048:{name}]"
        post.caption += f"\n文字：{name}"
    still = [post for post in chosen if post.format in ("image", "text", "link")]
    for post in still[-_value("ragged") :]:
        post.ragged = True
    for post in still[: _value("reach_above_views")]:
        post.figures = {**(post.figures or {}), "views": round((post.figure("reach") or 0) * 0.94)}


COLUMNS = (
    "views", "reach", "likes", "comments", "shares", "saves", "clicks", "link_clicks", "follows", "duration_s",
    "watch_time_s", "avg_watch_s",
)  # fmt: skip


def build(seed: int | None = None) -> dict[str, pd.DataFrame]:
    """The truth behind the sample files: tables ``posts`` and ``account_days``.

    seed: default the design's. Times are Asia/Taipei; what a file leaves blank is missing here too.

    >>> build()["posts"].groupby("platform").size().to_dict()
    {'facebook': 130, 'instagram': 157}
    """
    seed = _value("seed") if seed is None else seed
    rows = [
        {
            "post_id": post.post_id, "platform": post.platform, "account": post.account,
            "published_at": post.published, "format": post.format, "caption": post.caption,
            "hashtags": post.hashtags or None, **{name: post.figure(name) for name in COLUMNS},
            "metric_era": "views",
        }
        for post in sample_posts(seed)
    ]  # fmt: skip
    return {
        "posts": _typed(pd.DataFrame(rows), "posts"),
        "account_days": _typed(_account_days(seed), "account_days"),
    }


def _typed(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """The declared columns in their dtypes; absent ones missing."""
    columns = {}
    for column in table(name).columns:
        values = frame[column.name] if column.name in frame else pd.Series([None] * len(frame), dtype=object)
        if column.dtype == TIME:
            values = pd.to_datetime(values, utc=True).dt.tz_convert(TAIPEI)
        columns[column.name] = values.astype(column.dtype)  # type: ignore[call-overload]
    return pd.DataFrame(columns)


def _account_days(seed: int) -> pd.DataFrame:
    rows = []
    for platform in ("facebook", "instagram"):
        account = brand()["accounts"][platform]
        name = account["handle"] if platform == "instagram" else account["name"]
        draw = Draw(seed, "followers", platform)
        followers, day = _value("followers")[platform], _value("first_day")
        while day <= _value("last_day"):
            gained = draw.count(draw.lognormal(_value("gained")[platform], 0.35))
            lost = draw.count(draw.lognormal(_value("lost")[platform], 0.25))
            followers += gained - lost
            rows.append((platform, name, pd.Timestamp(day), followers, gained, lost))
            day += timedelta(days=1)
    return pd.DataFrame(rows, columns=["platform", "account", "date", "followers", "gained", "lost"])


def default_seed() -> int:
    """The seed of the committed samples.

    >>> default_seed() == DESIGN["seed"][0]
    True
    """
    return int(_value("seed"))
