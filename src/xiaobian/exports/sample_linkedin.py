"""Our own sample workbooks of LinkedIn Page analytics for the fictional brand: content, followers and visitors."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from ..reports.workbook import new_book
from .draws import Draw
from .generic import typed_truth
from .sample_captions import write_captions
from .sample_manual import stored

SEED = 20260301
FIRST, DAYS = datetime(2026, 3, 1, tzinfo=ZoneInfo("UTC")), 92
CONTENT = "exports/linkedin/linkedin_en/yusui-demo_content_1780300000000.xlsx"
FOLLOWERS = "exports/linkedin/linkedin_followers_en/yusui-demo_followers_1780300000000.xlsx"
VISITORS = "exports/linkedin/linkedin_visitors_en/yusui-demo_visitors_1780300000000.xlsx"
NOTE = "Sample data. Numbers may be delayed by up to 2 days. All dates and times are in UTC."
POSTS = (
    "Post title", "Post link", "Post type", "Campaign name", "Posted by", "Created date", "Campaign start date",
    "Campaign end date", "Audience", "Impressions", "Views", "Offsite Views", "Clicks", "Click through rate (CTR)",
    "Likes", "Comments", "Reposts", "Follows", "Engagement rate", "Content Type",
)  # fmt: skip
METRICS = ("Impressions", "Clicks", "Reactions", "Comments", "Reposts", "Engagement rate")
GROUPS = {
    "Location": (("Taipei", 0.44), ("Taichung", 0.16), ("Kaohsiung", 0.12), ("Tokyo", 0.03)),
    "Job function": (("Marketing", 0.22), ("Operations", 0.17), ("Sales", 0.14)),
    "Company size": (("11-50", 0.31), ("51-200", 0.24), ("2-10", 0.2)),
}
LABELS = {"Location": "地區", "Job function": "職能", "Company size": "公司規模"}
FORMATS = {"image": "Image", "video": "Video", "text": "Text"}


@dataclass
class LinkedInPost:
    """One invented post."""

    published: datetime
    format: str
    platform: str = "linkedin"
    caption: str = ""
    hashtags: str = ""
    number: str = ""
    paid: bool = False
    figures: dict[str, int] = field(default_factory=dict)


@cache
def posts(seed: int = SEED) -> tuple[LinkedInPost, ...]:
    """All invented posts of one seed, newest first; one in nine is sponsored."""
    draw = Draw(seed, "linkedin")
    days = [FIRST + timedelta(days=day) for day in range(DAYS) if day % 3 == draw.pick((0, 0, 1))]
    made = [LinkedInPost(day, draw.pick(tuple(FORMATS)), paid=n % 9 == 4) for n, day in enumerate(days)]
    write_captions(made, seed)
    for post in made:
        post.number = str(draw.whole(7 * 10**18, 74 * 10**17))
        seen = draw.lognormal(640 * (5 if post.paid else 1), 0.4)
        rates = {"clicks": 0.028, "likes": 0.021, "comments": 0.002, "reposts": 0.0016, "follows": 0.0009}
        post.figures = {"impressions": round(seen)} | {
            name: draw.count(seen * rate) for name, rate in rates.items()
        }
        post.figures["views"] = round(seen * 0.4) if post.format == "video" else 0
    return tuple(sorted(made, key=lambda post: post.published, reverse=True))


@cache
def days(seed: int = SEED) -> tuple[dict[str, Any], ...]:
    """One row a day: content figures by organic and sponsored, new followers, page views."""
    rows = []
    for day in range(DAYS):
        draw = Draw(seed, "linkedin", "day", day)
        kinds = {}
        for kind, size in (("organic", 420), ("sponsored", 150 if day % 30 < 6 else 0)):
            seen = round(draw.lognormal(size, 0.3)) if size else 0
            kinds[kind] = (seen, *(draw.count(seen * rate) for rate in (0.03, 0.02, 0.002, 0.0015)))
        followers = {
            "Organic": draw.count(3.1),
            "Sponsored": draw.count(0.4),
            "Auto-invited": draw.count(0.7),
        }
        views = {"desktop": draw.count(11), "mobile": draw.count(19)}
        rows.append(
            {"date": FIRST + timedelta(days=day), "kinds": kinds, "followers": followers, "views": views}
        )
    return tuple(rows)


def build(seed: int = SEED) -> dict[str, pd.DataFrame]:
    """The truth: posts, account_days of each workbook (``content``, ``followers``, ``visitors``) and audience.

    >>> sorted(build())
    ['audience', 'content', 'followers', 'posts', 'visitors']
    """
    made = [
        {
            "post_id": post.number, "platform": "linkedin", "published_at": post.published, "format": post.format,
            "caption": post.caption, "hashtags": post.hashtags or None, "is_paid": post.paid,
            "shares": post.figures["reposts"], "metric_era": "impressions",
            **{name: post.figures[name] for name in ("impressions", "clicks", "likes", "comments", "follows")},
        }
        for post in posts(seed)
    ]  # fmt: skip
    figures: dict[str, list[dict[str, Any]]] = {"content": [], "followers": [], "visitors": []}
    for row in days(seed):
        base = {"platform": "linkedin", "date": pd.Timestamp(row["date"]).tz_localize(None)}
        total = [sum(pair) for pair in zip(*row["kinds"].values(), strict=True)]
        figures["content"].append({**base, "impressions": total[0], "engagements": sum(total[1:])})
        figures["followers"].append({**base, "gained": sum(row["followers"].values())})
        figures["visitors"].append({**base, "visits": sum(row["views"].values())})
    audience = [
        {"platform": "linkedin", "dimension": LABELS[name], "group": group, "count": round(share * 2_140)}
        for name, groups in GROUPS.items()
        for group, share in groups
    ]
    return {
        "posts": typed_truth(pd.DataFrame(made), "posts"),
        "audience": typed_truth(pd.DataFrame(audience), "audience"),
        **{name: typed_truth(pd.DataFrame(rows), "account_days") for name, rows in figures.items()},
    }


def sheets(seed: int = SEED) -> dict[str, dict[str, list[list[Any]]]]:
    """Path below ``datasets`` → name of sheet → rows, the note in row 1 and the header in row 2 where there is one."""
    metrics = [
        "Date",
        *(f"{name} ({kind})" for name in METRICS for kind in ("organic", "sponsored", "total")),
    ]
    kinds = ("Organic followers", "Sponsored followers", "Auto-invited followers", "Total followers")
    visitors = ["Date", *(f"Total page views ({device})" for device in ("desktop", "mobile", "total"))]
    new = [[_day(r["date"]), *r["followers"].values(), sum(r["followers"].values())] for r in days(seed)]
    seen = [[_day(r["date"]), *r["views"].values(), sum(r["views"].values())] for r in days(seed)]
    groups: dict[str, list[list[Any]]] = {
        name: [[name, "Total followers"], *([group, round(share * 2_140)] for group, share in rows)]
        for name, rows in GROUPS.items()
    }
    return {
        CONTENT: {
            "Metrics": [[NOTE], metrics, *(_metrics(row) for row in days(seed))],
            "All posts": [[NOTE], list(POSTS), *(_post(post) for post in posts(seed))],
        },
        FOLLOWERS: {"New followers": [["Date", *kinds], *new], **groups},
        VISITORS: {"Visitor metrics": [visitors, *seen]},
    }


def files(seed: int = SEED) -> dict[str, bytes]:
    """The three sample workbooks by path below ``datasets``."""
    made = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, tabs in sheets(seed).items():
            path = Path(folder, "book.xlsx")
            book, _ = new_book(path)
            with book:
                for tab, rows in tabs.items():
                    sheet = book.add_worksheet(tab)
                    for place, row in enumerate(rows):
                        sheet.write_row(place, 0, row)
            made[name] = stored(path.read_bytes())
    return made


def _day(day: datetime) -> str:
    return day.strftime("%m/%d/%Y")


def _metrics(row: dict[str, Any]) -> list[Any]:
    organic, sponsored = row["kinds"]["organic"], row["kinds"]["sponsored"]
    total = tuple(sum(pair) for pair in zip(organic, sponsored, strict=True))
    cells: list[Any] = [_day(row["date"])]
    for place in range(5):
        cells += [organic[place], sponsored[place], total[place]]
    return [*cells, *(sum(kind[1:]) / kind[0] if kind[0] else 0 for kind in (organic, sponsored, total))]


def _post(post: LinkedInPost) -> list[Any]:
    f = post.figures
    engaged = f["clicks"] + f["likes"] + f["comments"] + f["reposts"]
    return [
        post.caption, f"https://www.linkedin.com/feed/update/urn:li:activity:{post.number}",
        "Sponsored" if post.paid else "Organic", "spring demo" if post.paid else None, "阿洛", _day(post.published),
        None, None, "All followers", f["impressions"], f["views"], 0, f["clicks"], f["clicks"] / f["impressions"],
        f["likes"], f["comments"], f["reposts"], f["follows"], engaged / f["impressions"], FORMATS[post.format],
    ]  # fmt: skip
