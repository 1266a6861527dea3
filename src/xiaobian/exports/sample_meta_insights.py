"""The brand's Facebook page in 2019, invented, as the Page Insights exports of those years wrote it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

import pandas as pd

from ..datasets import brand
from ..tables import conform
from .clock import PACIFIC
from .draws import Draw
from .sample_csv import csv_text
from .samples import PAGE_ID

# 設計參數 (ours, not measurements)
FIRST_DAY = date(2019, 9, 1)
DAYS = 91
POST_CHANCE = 0.55
REACH = {"Photo": 3_900, "Video": 5_200, "Link": 2_300, "Status": 1_800}
FANS = 21_500
MESSAGES = (
    "米穀戚風出爐，今天切得特別整齊。\n#米穀 #嘉義",
    "冷泡金萱怎麼泡才不澀？水溫和時間都寫在圖裡。",
    "這週末門市有新口味試吃，先到先得 :)",
    "阿嬤說黑豆要炒到跳起來，才叫香。",
    "颱風天，六家門市今天都提早打烊，路上小心。",
    "",
)
HEADERS = (
    "Post ID", "Permalink", "Post Message", "Type", "Countries", "Languages", "Posted", "Audience Targeting",
    "Lifetime Post Total Reach", "Lifetime Post organic reach", "Lifetime Post Paid Reach",
    "Lifetime Post Total Impressions", "Lifetime Post Organic Impressions", "Lifetime Post Paid Impressions",
    "Lifetime Engaged Users", "Lifetime Post Consumers", "Lifetime Post Consumptions", "Lifetime Negative feedback",
    "Lifetime Negative Feedback from Users", "Lifetime Post Impressions by people who have liked your Page",
    "Lifetime Post reach by people who like your Page",
    "Lifetime Post Paid Impressions by people who have liked your Page",
    "Lifetime Paid reach of a post by people who like your Page",
    "Lifetime People who have liked your Page and engaged with your post",
    "Lifetime Organic views to 95%", "Lifetime Organic views to 95%", "Lifetime Paid views to 95%",
    "Lifetime Paid views to 95%", "Lifetime Organic Video Views", "Lifetime Organic Video Views",
    "Lifetime Paid Video Views", "Lifetime Paid Video Views", "Lifetime Average time video viewed",
    "Lifetime Video length",
)  # fmt: skip
NEWER = {
    "Lifetime Post Consumers": "Lifetime Matched Audience Targeting Consumers on Post",
    "Lifetime Post Consumptions": "Lifetime Matched Audience Targeting Consumptions on Post",
}
PATHS = {
    "posts": f"exports/meta/facebook_insights_en/Facebook Insights Data Export (Post Level) - {brand()['name']} - 2019-12-02.csv",
    "workbook": f"exports/meta/facebook_insights_xls_en/Facebook Insights Data Export (Post Level) - {brand()['name']} - 2019-12-02.xls",
    "page": f"exports/meta/facebook_insights_page_en/Facebook Insights Data Export - {brand()['name']} - 2019-12-02.csv",
}
PAGE_HEADERS = (
    "Date", "Lifetime Total Likes", "Daily New Likes", "Daily Unlikes", "Daily Page Engaged Users",
    "Weekly Page Engaged Users", "28 Days Page Engaged Users", "Daily Total Reach", "Weekly Total Reach",
    "28 Days Total Reach", "Daily Organic Reach", "Daily Total Impressions",
    "Lifetime Likes by Gender and Age - F.25-34", "Lifetime Likes by Gender and Age - M.25-34",
)  # fmt: skip
API_NAMES = {
    "Lifetime Total Likes": "page_fans:lifetime", "Daily New Likes": "page_fan_adds_unique:day",
    "Daily Unlikes": "page_fan_removes_unique:day", "Daily Page Engaged Users": "page_engaged_users:day",
    "Weekly Page Engaged Users": "page_engaged_users:week", "28 Days Page Engaged Users": "page_engaged_users:days_28",
    "Daily Total Reach": "page_impressions_unique:day", "Weekly Total Reach": "page_impressions_unique:week",
    "28 Days Total Reach": "page_impressions_unique:days_28", "Daily Total Impressions": "page_impressions:day",
}  # fmt: skip


_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}")


@dataclass(frozen=True)
class OldPost:
    """One invented post of 2019 with the figures of its time; None is a blank cell."""

    post_id: str
    kind: str
    posted: datetime
    message: str
    figures: dict[str, int | None]
    actions: dict[str, int]
    clicks: dict[str, int]


@cache
def old_posts(seed: int) -> tuple[OldPost, ...]:
    """The posts of three months, newest first."""
    posts = []
    for day in range(DAYS):
        draw = Draw(seed, "2019", day)
        if draw.uniform() < POST_CHANCE:
            local = datetime.combine(FIRST_DAY + timedelta(days=day), datetime.min.time(), ZoneInfo(PACIFIC))
            at = local + timedelta(hours=draw.pick((3, 4, 5, 20, 21)), seconds=draw.whole(0, 3599))
            posts.append(_post(at, draw))
    return tuple(reversed(posts))


def _post(at: datetime, draw: Draw) -> OldPost:
    kind = draw.pick(("Photo", "Photo", "Photo", "Video", "Link", "Status"))
    reach = round(draw.lognormal(REACH[kind], 0.4))
    shown = round(reach * draw.uniform(1.3, 1.7))
    likes, comments, shares = (draw.count(reach * part) for part in (0.014, 0.0015, 0.001))
    clicks = draw.count(reach * draw.uniform(0.02, 0.05))
    main = {"Photo": "photo view", "Video": "video play", "Link": "link clicks", "Status": "other clicks"}[
        kind
    ]
    parts = {main: draw.count(clicks * 0.7)}
    parts["other clicks"] = parts.get("other clicks", 0) + clicks - sum(parts.values())
    views = round(shown * draw.uniform(0.3, 0.5)) if kind == "Video" else None
    length = draw.whole(30, 150) if kind == "Video" else None
    figures = {
        "reach": reach, "impressions": shown, "clicks": clicks, "consumers": round(clicks * 0.8),
        "engaged": likes + round(clicks * 0.7), "negative": draw.count(reach * 0.0004), "views": views,
        "viewers": round(views / 1.25) if views else None, "views_95": round(views * 0.22) if views else None,
        "viewers_95": round(views * 0.2) if views else None, "length_ms": length and length * 1_000 + draw.whole(0, 999),
        "average_ms": length and round(length * 1_000 * draw.uniform(0.15, 0.35)),
    }  # fmt: skip
    actions = {"like": likes, "comment": comments, "share": shares}
    message = draw.pick(MESSAGES)
    return OldPost(f"{PAGE_ID}_{draw.whole(10**15, 2 * 10**15)}", kind, at, message, figures, actions, parts)


def definitions(header: str, second: bool) -> str:
    """The plain-English definition below a column of Key Metrics, in our own words; second: of two columns of a name."""
    if not header.startswith("Lifetime"):
        return ""
    what = header.removeprefix("Lifetime ")
    if "video viewed" in what or "Video length" in what:
        return f"Lifetime: {what} of this post, in milliseconds. (Total Count)"
    if header in ("Lifetime Organic views to 95%", "Lifetime Paid views to 95%") or header.endswith(
        "Video Views"
    ):
        kind = "Total Count" if second else "Unique Users"
        return f"Lifetime: how often or by how many the video was seen, {what.lower()}. ({kind})"
    kind = "Total Count" if "mpressions" in what or "Consumptions" in what else "Unique Users"
    return f"Lifetime: {what} as counted for this post since it was published. ({kind})"


def key_metrics(seed: int) -> list[list[object]]:
    """Header, definitions and rows of the Key Metrics table."""
    explained = [definitions(name, name in HEADERS[:n]) for n, name in enumerate(HEADERS)]
    return [list(HEADERS), list(explained), *(_row(post) for post in old_posts(seed))]


def _row(post: OldPost) -> list[object]:
    f = post.figures
    link = f"https://www.facebook.com/{brand()['accounts']['facebook']['handle']}/posts/{post.post_id.split('_')[1]}"
    posted = post.posted.strftime("%Y-%m-%d %H:%M:%S")
    fans = round((f["reach"] or 0) * 0.6)
    return [
        post.post_id, link, post.message, post.kind, "", "", posted, "", f["reach"], f["reach"], 0, f["impressions"],
        f["impressions"], 0, f["engaged"], f["consumers"], f["clicks"], f["negative"], f["negative"], fans * 2, fans, 0,
        0, round((f["engaged"] or 0) * 0.7), f["viewers_95"], f["views_95"], None, None, f["viewers"], f["views"], None,
        None, f["average_ms"], f["length_ms"],
    ]  # fmt: skip


def posts_csv(seed: int) -> bytes:
    """The post-level export as CSV: header, definitions, rows; UTF-8 with BOM."""
    return ("\ufeff" + csv_text(key_metrics(seed))).encode()


ACTION_SHEETS = {
    "Lifetime Talking About This(...": ("share", "like", "comment"),
    "Lifetime Post Stories by act...": ("share", "like", "comment"),
    "Lifetime Post Consumptions b...": ("other clicks", "photo view", "link clicks", "video play"),
}


def posts_sheets(seed: int) -> dict[str, list[list[object]]]:
    """The sheets of the post-level workbook: the definitions of the other sheets stand in their first data row."""
    sheets: dict[str, list[list[object]]] = {"Key Metrics": key_metrics(seed)}
    for sheet, kinds in ACTION_SHEETS.items():
        rows: list[list[object]] = [[*HEADERS[:8], "Description", *kinds]]
        for n, post in enumerate(old_posts(seed)):
            explained = "Lifetime: counted by type for this post since it was published." if n == 0 else ""
            parts = post.clicks if "clicks" in kinds[0] else post.actions
            people = 0.9 if "Talking" in sheet else 1.0
            counted = [round(parts.get(kind, 0) * people) or None for kind in kinds]
            rows.append([*_row(post)[:8], explained, *counted])
        sheets[sheet] = rows
    return sheets


def posts_xls(seed: int) -> bytes:
    """The post-level workbook as the page gave it: SpreadsheetML 2003 in a file named ``.xls``."""
    parts = ['<?xml version="1.0" encoding="UTF-8"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook '
             'xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
             'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">\n']  # fmt: skip
    for name, rows in posts_sheets(seed).items():
        parts.append(f'<Worksheet ss:Name="{escape(name)}"><Table>\n')
        for row in rows:
            parts.append("<Row>" + "".join(map(_xml_cell, row)) + "</Row>\n")
        parts.append("</Table></Worksheet>\n")
    return ("".join(parts) + "</Workbook>\n").encode("utf-8")


def _xml_cell(value: object) -> str:
    if value is None:
        return "<Cell></Cell>"
    if isinstance(value, int):
        return f'<Cell><Data ss:Type="Number">{value}</Data></Cell>'
    text = str(value)
    if _MOMENT.fullmatch(text):
        return f'<Cell><Data ss:Type="DateTime">{text.replace(" ", "T")}.000</Data></Cell>'
    return f'<Cell><Data ss:Type="String">{escape(text)}</Data></Cell>'


def posts_truth(seed: int, actions: bool = False) -> pd.DataFrame:
    """The posts table behind the file. actions: with what only the workbook's other sheets tell."""
    formats = {"Photo": "image", "Video": "video", "Link": "link", "Status": "text"}
    rows = []
    for post in old_posts(seed):
        row: dict[str, object] = {
            "post_id": post.post_id, "platform": "facebook", "account": brand()["name"], "published_at": post.posted,
            "format": formats[post.kind], "caption": post.message or None,
            "hashtags": "米穀 嘉義" if "#" in post.message else None, "metric_era": "insights_lifetime",
            **{name: post.figures[name] for name in ("reach", "impressions", "clicks")},
        }  # fmt: skip
        for name, source in (("duration_s", "length_ms"), ("avg_watch_s", "average_ms")):
            ms = post.figures[source]
            row[name] = None if ms is None else ms / 1000
        if actions:
            row |= {f"{name}s": post.actions[name] for name in ("like", "comment", "share")}
            row["link_clicks"] = post.clicks.get("link clicks") or None
        rows.append(row)
    return conform(pd.DataFrame(rows), "posts")


@cache
def page_days(seed: int) -> pd.DataFrame:
    """The page's days: the declared columns and what only the file has."""
    rows, fans = [], FANS
    for n in range(DAYS):
        draw = Draw(seed, "page days", n)
        gained, lost = draw.whole(3, 25), draw.whole(0, 9)
        fans += gained - lost
        reach = round(draw.lognormal(4_100, 0.3))
        rows.append({
            "date": pd.Timestamp(FIRST_DAY) + pd.Timedelta(days=n), "followers": fans, "gained": gained, "lost": lost,
            "reach": reach, "impressions": round(reach * draw.uniform(1.5, 2.1)), "engaged": round(reach * 0.05),
        })  # fmt: skip
    return pd.DataFrame(rows)


def page_truth(seed: int) -> pd.DataFrame:
    days = page_days(seed).drop(columns="engaged").assign(platform="facebook", account=brand()["name"])
    return conform(days, "account_days")


def page_csv(seed: int, api: bool = False) -> bytes:
    """The page-level export as CSV: header, definitions, a row a day. api: with the API's names as in the ``.xls``."""
    names = [API_NAMES.get(name, name) if api else name for name in PAGE_HEADERS]
    explained = [
        "",
        *(f"{name}: as counted for your Page on that day or in those days." for name in PAGE_HEADERS[1:]),
    ]
    rows: list[list[object]] = [list(names), list(explained)]
    days = page_days(seed).to_dict("records")
    for n, day in enumerate(days):
        week, month = (
            [sum(d[name] for d in days[max(0, n - back) : n + 1]) for name in ("engaged", "reach")]
            for back in (6, 27)
        )
        rows.append([
            f"{day['date']:%Y-%m-%d}", day["followers"], day["gained"], day["lost"], day["engaged"], week[0], month[0],
            day["reach"], max(day["reach"], round(week[1] * 0.6)), max(day["reach"], week[1], round(month[1] * 0.4)), round(day["reach"] * 0.9), day["impressions"],
            round(day["followers"] * 0.24), round(day["followers"] * 0.09),
        ])  # fmt: skip
    return ("\ufeff" + csv_text(rows)).encode()
