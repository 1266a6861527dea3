"""Our own sample downloads of X for the fictional brand: posts and days, as in 2023 and as in 2026."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import pandas as pd

from .draws import Draw
from .generic import typed_truth
from .sample_captions import write_captions
from .sample_csv import csv_text
from .x_posts import EPOCH_MS

SEED = 20260301
HANDLE = "yusui_tea_demo"
SPANS = {"2023": (date(2023, 3, 1), 61), "2026": (date(2026, 3, 1), 92)}
REPLIES = ("有的，門市晚上九點打烊。", "謝謝你，下次來喝冷泡金萱！", "這款今天賣完了，明天下午兩點出爐。")
OLD = (
    "Tweet id", "Tweet permalink", "Tweet text", "time", "impressions", "engagements", "engagement rate", "retweets",
    "replies", "likes", "user profile clicks", "url clicks", "hashtag clicks", "detail expands", "permalink clicks",
    "app opens", "app installs", "follows", "email tweet", "dial phone", "media views", "media engagements",
)  # fmt: skip
NEW = (
    "Post id", "Date", "Post text", "Post Link", "Impressions", "Likes", "Engagements", "Bookmarks", "Shares",
    "New follows", "Replies", "Reposts", "Profile visits", "Detail Expands", "URL Clicks", "Hashtag Clicks",
    "Permalink Clicks",
)  # fmt: skip
OVERVIEW = (
    "Date", "Impressions", "Likes", "Engagements", "Bookmarks", "Shares", "New follows", "Unfollows", "Replies",
    "Reposts", "Profile visits", "Create Post", "Video views", "Media views",
)  # fmt: skip
DAILY = ("Date", "Tweets published", *OLD[4:])
FOLDER = {"content": "exports/x/x_en/account_analytics_content_2026-03-01_2026-05-31.csv",
          "overview": "exports/x/x_days_en/account_overview_analytics.csv",
          "activity": f"exports/x/x_2023_en/tweet_activity_metrics_{HANDLE}_20230301_20230501_en.csv",
          "daily": f"exports/x/x_2023_days_en/daily_tweet_activity_metrics_{HANDLE}_20230301_20230501_en.csv"}  # fmt: skip


@dataclass
class XPost:
    """One invented post or reply."""

    era: str
    published: datetime
    platform: str = "x"
    format: str = "text"
    caption: str = ""
    hashtags: str = ""
    post_id: str = ""
    figures: dict[str, int] = field(default_factory=dict)

    @property
    def link(self) -> str:
        host = "twitter.com" if self.era == "2023" else "x.com"
        return f"https://{host}/{HANDLE}/status/{self.post_id}"


@cache
def posts(seed: int = SEED) -> tuple[XPost, ...]:
    """All invented posts and replies of one seed, oldest first."""
    made: list[XPost] = []
    for era, (first, days) in SPANS.items():
        draw = Draw(seed, "x", era)
        for day in range(days):
            for _ in range(draw.pick((0, 0, 1, 1, 2))):
                at = datetime.combine(first + timedelta(days=day), datetime.min.time(), UTC)
                made.append(XPost(era, at + timedelta(minutes=draw.whole(0, 1439))))
    made.sort(key=lambda post: post.published)
    write_captions(made, seed)
    for post in made:
        draw = Draw(seed, "x", "post", post.published.isoformat())
        if draw.uniform() < 0.2:
            post.caption, post.hashtags = f"@tea_friend_demo {draw.pick(REPLIES)}", ""
        created = post.published + timedelta(seconds=draw.uniform(0, 59))
        low = draw.whole(0, (1 << 22) - 1)
        post.post_id = str((round(created.timestamp() * 1000) - EPOCH_MS) << 22 | low)
        post.figures = _figures(draw, reply=post.caption.startswith("@"))
    return tuple(made)


def _figures(draw: Draw, reply: bool) -> dict[str, int]:
    seen = draw.lognormal(45 if reply else 900, 0.5)
    rates = {"likes": 0.012, "comments": 0.0012, "shares": 0.0021, "saves": 0.0015, "link_clicks": 0.004,
             "follows": 0.0003, "profile": 0.002, "expands": 0.011, "hashtag": 0.0004, "permalink": 0.001,
             "sent": 0.0009, "media": 0.03}  # fmt: skip
    found = {name: draw.count(seen * rate) for name, rate in rates.items()}
    parts = (
        "likes",
        "comments",
        "shares",
        "saves",
        "link_clicks",
        "follows",
        "profile",
        "expands",
        "hashtag",
        "permalink",
    )
    return {"impressions": round(seen), **found, "engagements": sum(found[name] for name in parts)}


def build(seed: int = SEED) -> dict[str, pd.DataFrame]:
    """The truth of each file: ``content`` and ``activity`` are posts, ``overview`` and ``daily`` account days.

    >>> sorted(build())
    ['activity', 'content', 'daily', 'overview']
    """
    found: dict[str, pd.DataFrame] = {}
    for name, era, finest in (("content", "2026", "ms"), ("activity", "2023", "min")):
        rows = [_row(post, finest) for post in reversed(posts(seed)) if post.era == era]
        found[name] = typed_truth(pd.DataFrame(rows), "posts")
    found["overview"] = typed_truth(pd.DataFrame(_days(seed, "2026")), "account_days")
    found["daily"] = typed_truth(pd.DataFrame(_days(seed, "2023")), "account_days")
    return found


def _row(post: XPost, finest: str) -> dict[str, Any]:
    ms = (int(post.post_id) >> 22) + EPOCH_MS
    within = datetime.fromtimestamp(ms // 1000, UTC) + timedelta(milliseconds=ms % 1000)
    names = ["impressions", "likes", "comments", "shares", "link_clicks", "follows"]
    names += ["saves"] if post.era == "2026" else []
    return {
        "post_id": post.post_id, "platform": "x", "account": HANDLE, "caption": post.caption,
        "published_at": within if finest == "ms" else post.published, "hashtags": post.hashtags or None,
        **{name: post.figures[name] for name in names}, "metric_era": "impressions",
    }  # fmt: skip


def _days(seed: int, era: str) -> list[dict[str, Any]]:
    """Days of an account, newest first: what its posts of the day gathered, and follows."""
    first, days = SPANS[era]
    rows = []
    for number in reversed(range(days)):
        day = first + timedelta(days=number)
        own = [post.figures for post in posts(seed) if post.era == era and post.published.date() == day]
        draw = Draw(seed, "x", "day", day.isoformat())
        total = {name: sum(figures[name] for figures in own) for name in (own or [_figures(draw, True)])[0]}
        row: dict[str, Any] = {"platform": "x", "date": pd.Timestamp(day), "impressions": total["impressions"],
                               "engagements": total["engagements"]}  # fmt: skip
        row |= {"visits": total["profile"], "made": len(own), "all": total}
        if era == "2026":
            row |= {"gained": draw.count(4.2), "lost": draw.count(1.8)}
        else:
            row |= {"link_clicks": total["link_clicks"]}
        rows.append(row)
    return rows


def files(seed: int = SEED) -> dict[str, bytes]:
    """The four sample files by path below ``datasets``: no byte order mark, LF."""
    recent = [post for post in reversed(posts(seed)) if post.era == "2026"]
    content = [_content(post) for post in recent]
    shell = ["", "Sun, May 31, 2026", "", "https://x.com/undefined/status/undefined", *[""] * 13]
    content[7:7] = [shell]
    content.append(shell)
    promoted = tuple(f"promoted {name}" for name in OLD[4:])
    activity = [
        [*_activity(post), *["-"] * len(promoted)] for post in reversed(posts(seed)) if post.era == "2023"
    ]
    daily = [_daily(row) for row in _days(seed, "2023")]
    overview = [_overview(row) for row in _days(seed, "2026")]
    return {
        FOLDER["content"]: csv_text([NEW, *content]).encode(),
        FOLDER["overview"]: csv_text([OVERVIEW, *overview]).encode(),
        FOLDER["activity"]: csv_text([(*OLD, *promoted), *activity], csv.QUOTE_ALL).encode(),
        FOLDER["daily"]: csv_text([DAILY, *daily], csv.QUOTE_ALL).encode(),
    }


def _long(day: date) -> str:
    names = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    return f"{names[day.weekday()]}, {months[day.month - 1]} {day.day}, {day.year}"


def _content(post: XPost) -> list[Any]:
    f = post.figures
    return [
        post.post_id, _long(post.published.date()), post.caption, post.link, f["impressions"], f["likes"],
        f["engagements"], f["saves"], f["sent"], f["follows"], f["comments"], f["shares"], f["profile"], f["expands"],
        f["link_clicks"], f["hashtag"], f["permalink"],
    ]  # fmt: skip


def _old_figures(f: dict[str, int]) -> list[str]:
    counts = [f["shares"], f["comments"], f["likes"], f["profile"], f["link_clicks"], f["hashtag"], f["expands"],
              f["permalink"], 0, 0, f["follows"], 0, 0, f["media"], f["media"]]  # fmt: skip
    rate = f["engagements"] / f["impressions"] if f["impressions"] else 0.0
    return [f"{f['impressions']}.0", f"{f['engagements']}.0", repr(rate), *[f"{n}.0" for n in counts]]


def _activity(post: XPost) -> list[str]:
    return [post.post_id, post.link, post.caption, post.published.strftime("%Y-%m-%d %H:%M +0000"),
            *_old_figures(post.figures)]  # fmt: skip


def _daily(row: dict[str, Any]) -> list[str]:
    return [f"{row['date']:%Y-%m-%d}", str(row["made"]), *_old_figures(row["all"])]


def _overview(row: dict[str, Any]) -> list[Any]:
    f = row["all"]
    return [_long(row["date"].date()), f["impressions"], f["likes"], f["engagements"], f["saves"], f["sent"],
            row["gained"], row["lost"], f["comments"], f["shares"], f["profile"], row["made"], 0, f["media"]]  # fmt: skip
