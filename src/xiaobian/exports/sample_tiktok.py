"""Our own TikTok downloads for the fictional brand: TikTok Studio's zips and the Business Suite's lists, one seeded truth.

Everything here is invented; the figures follow the design below (設計參數) and measure no platform.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pandas as pd

from ..datasets import brand
from ..tables import TAIPEI
from .draws import Draw
from .sample_captions import write_captions

# 設計參數
FIRST_DAY, LAST_DAY = date(2025, 9, 1), date(2026, 8, 31)
EXPORTED = datetime(2026, 9, 2, 3, 20, 11, tzinfo=UTC)
PER_WEEK, TOP = 2, 15
MEDIAN_VIEWS, SPREAD = 3_900, 0.8
RATES = {"likes": 0.061, "comments": 0.0031, "shares": 0.0052, "saves": 0.0084}
FOLLOWERS, GAINED, LOST = 12_400, 14.0, 8.0
NO_FOLLOWERS_YET = 2
SCHEDULED = 5
HOURS = (12, 12, 18, 19, 20, 21, 22)

STAMP = f"{FIRST_DAY.isoformat()}_{int(EXPORTED.timestamp())}"
Row = Sequence[object]


@dataclass
class Video:
    """One invented video. created: the second inside its id, earlier than ``published`` where it was scheduled."""

    published: datetime
    created: datetime
    format: str = "short_video"
    platform: str = "tiktok"
    post_id: str = ""
    caption: str = ""
    hashtags: str = ""
    figures: dict[str, int] = field(default_factory=dict)

    @property
    def link(self) -> str:
        kind = "photo" if self.format == "carousel" else "video"
        return f"https://www.tiktok.com/@{handle()}/{kind}/{self.post_id}"


def handle() -> str:
    return str(brand()["accounts"]["tiktok"]["handle"])


def video_id(created: datetime, low_bits: int) -> str:
    """A TikTok id that carries its second: Unix seconds above 32 lower bits."""
    return str((int(created.timestamp()) << 32) | low_bits)


@cache
def videos(seed: int) -> tuple[Video, ...]:
    """All videos of one seed, oldest first; every fifth is a photo post, two of the best were scheduled a day ahead."""
    made = []
    for week in range((LAST_DAY - FIRST_DAY).days // 7):
        draw = Draw(seed, "tiktok", "calendar", week)
        for day in sorted(draw.shuffled(range(7))[:PER_WEEK]):
            at = datetime.combine(
                FIRST_DAY + timedelta(weeks=week, days=day), datetime.min.time(), ZoneInfo(TAIPEI)
            )
            at += timedelta(hours=draw.pick(HOURS), minutes=draw.whole(0, 59), seconds=draw.whole(0, 59))
            made.append(Video(at, at))
    for n, video in enumerate(made):
        draw = Draw(seed, "tiktok", "video", n)
        video.format = "carousel" if n % 5 == 4 else "short_video"
        views = draw.lognormal(MEDIAN_VIEWS, SPREAD)
        video.figures = {"views": round(views)} | {
            name: draw.count(views * rate * draw.lognormal(1.0, 0.3)) for name, rate in RATES.items()
        }
    best = sorted(made, key=lambda video: -video.figures["views"])
    for video in best[SCHEDULED:TOP:SCHEDULED]:
        video.created = video.published - timedelta(hours=26)
    for video in made:
        video.post_id = video_id(video.created, Draw(seed, "id", video.published).whole(0, (1 << 32) - 1))
    write_captions(made, seed)
    return tuple(made)


@cache
def account_days(seed: int) -> pd.DataFrame:
    """Daily figures of the account, creator's local days; missing where the files say ``undefined``."""
    draw, followers, rows = Draw(seed, "tiktok", "days"), FOLLOWERS, []
    for n in range((LAST_DAY - FIRST_DAY).days + 1):
        views = draw.lognormal(2_700, 0.35)
        viewers = round(views * draw.uniform(0.70, 0.84))
        gained, lost = draw.count(draw.lognormal(GAINED, 0.4)), draw.count(draw.lognormal(LOST, 0.3))
        followers += gained - lost
        parts = {name: draw.count(views * RATES[name]) for name in ("likes", "comments", "shares")}
        rows.append({
            "date": FIRST_DAY + timedelta(days=n), "views": round(views), "visits": draw.count(views * 0.012), **parts,
            "reach": viewers, "new": round(viewers * draw.uniform(0.55, 0.8)),
            "followers": followers, "gained": gained, "lost": lost,
        })  # fmt: skip
    frame = pd.DataFrame(rows).astype({"followers": "Int64", "reach": "Int64"})
    frame.loc[: NO_FOLLOWERS_YET - 1, "followers"] = pd.NA
    frame.loc[len(frame) - 1, "reach"] = pd.NA
    return frame


def top(seed: int) -> list[Video]:
    """The videos that Studio's Content file lists, in no order one could name."""
    best = sorted(videos(seed), key=lambda video: -video.figures["views"])[:TOP]
    return list(Draw(seed, "tiktok", "top").shuffled(best))


def day_name(day: date, language: str) -> str:
    """A day as TikTok Studio writes it: no year."""
    return f"{day.month}月{day.day}日" if language == "zh" else f"{day:%B} {day.day}"


def quoted(rows: Sequence[Row]) -> bytes:
    """TikTok Studio's CSV: byte order mark, every cell quoted, no line end after the last row."""
    lines = [",".join('"{}"'.format(str(cell).replace('"', '""')) for cell in row) for row in rows]
    return ("\ufeff" + "\n".join(lines)).encode("utf-8")


def content(seed: int, language: str) -> bytes:
    exported = day_name(EXPORTED.astimezone(ZoneInfo(TAIPEI)).date(), language)
    head = (
        "Time",
        "Video title",
        "Video link",
        "Post time",
        "Total likes",
        "Total comments",
        "Total shares",
        "Total views",
    )
    rows = [
        (exported, video.caption.replace("\n", " "), video.link, day_name(video.published.date(), language),
         *(video.figures[name] for name in ("likes", "comments", "shares", "views")))
        for video in top(seed)
    ]  # fmt: skip
    return quoted([head, *rows])


def overview(seed: int, language: str) -> bytes:
    head = ("Date", "Video Views", "Profile Views", "Likes", "Comments", "Shares")
    figures = account_days(seed)[["date", "views", "visits", "likes", "comments", "shares"]]
    return quoted(
        [head, *[(day_name(day, language), *rest) for day, *rest in figures.itertuples(index=False)]]
    )


def viewers(seed: int, language: str) -> bytes:
    """A day whose total is not there yet says 0 new and 0 returning viewers."""
    rows: list[Row] = [("Date", "Total Viewers", "New Viewers", "Returning Viewers")]
    for day, total, new in account_days(seed)[["date", "reach", "new"]].itertuples(index=False):
        known = not pd.isna(total)
        rows.append((day_name(day, language), *((total, new, total - new) if known else ("undefined", 0, 0))))
    return quoted(rows)


def followers(seed: int, language: str) -> bytes:
    """The last column holds the difference to the next day, whatever its name says."""
    frame = account_days(seed)
    days, values = list(frame["date"]), list(frame["followers"])
    rows: list[Row] = [("Date", "Followers", "Difference in followers from previous day")]
    for n, (day, value) in enumerate(zip(days, values, strict=True)):
        change = values[n + 1] - value if n + 1 < len(values) else 0
        rows.append(
            (day_name(day, language), *("undefined" if pd.isna(cell) else cell for cell in (value, change)))
        )
    return quoted(rows)


def activity(seed: int, language: str) -> bytes:
    draw = Draw(seed, "tiktok", "activity")
    rows: list[Row] = [("Date", "Hour", "Active followers")]
    for n in range(6, -1, -1):
        day = day_name(LAST_DAY - timedelta(days=n), language)
        rows += [(day, hour, active_at(hour, draw)) for hour in range(24)]
    return quoted(rows)


def active_at(hour: int, draw: Draw) -> int:
    """More followers in the evening than at four in the morning."""
    share = 0.05 + 0.30 * max(0.0, 1 - abs(hour - 21) / 9) + 0.12 * max(0.0, 1 - abs(hour - 12) / 4)
    return round(FOLLOWERS * share * draw.uniform(0.93, 1.07))


GENDER = (("Female", 0.63), ("Male", 0.35), ("Other", 0.02))
TERRITORIES = (("TW", 0.874), ("HK", 0.041), ("MY", 0.033), ("Others", 0.052))


def business_videos(seed: int) -> bytes:
    """The Business Suite's list: UTC times, ``--`` or ``NAN`` for what is missing."""
    lines = ["Video title,Video link,Post time,Video views,Likes,Comments,Shares,Add to Favorites"]
    for n, video in enumerate(reversed(videos(seed))):
        at = video.published.astimezone(UTC).strftime("%Y/%m/%d %H:%M:%S")
        figures = [str(video.figures[name]) for name in ("views", "likes", "comments", "shares", "saves")]
        figures[4] = "--" if missing_saves(n) else figures[4]
        title = video.caption.replace("\n", " ").replace('"', '""')
        lines.append(",".join([f'"{title}"', video.link, at, *figures]))
    return ("\ufeff" + "\n".join(lines) + "\n").encode("utf-8")


def missing_saves(n: int) -> bool:
    """Whether the n-th line of the list, from the newest, leaves its favourites out."""
    return n % 17 == 3


def business_overview(seed: int) -> bytes:
    head = (
        "Date,Video views,Reached audience,Profile views,Likes,Shares,Comments,Phone number clicks ,Leads submission,"
        "Net growth,New followers,Lost followers"
    )
    lines = [head]
    for row in account_days(seed).to_dict("records"):
        reach = "NAN" if pd.isna(row["reach"]) else row["reach"]
        cells = (row["date"].strftime("%Y/%m/%d"), row["views"], reach, row["visits"], row["likes"], row["shares"],
                 row["comments"], 0, 0, row["gained"] - row["lost"], row["gained"], row["lost"])  # fmt: skip
        lines.append(",".join(map(str, cells)))
    return ("\ufeff" + "\n".join(lines) + "\n").encode("utf-8")


def packed(members: dict[str, bytes], at: datetime) -> bytes:
    """A zip whose bytes depend on nothing but its members: stored, with one fixed time."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name, at.timetuple()[:6])
            info.create_system = 3
            archive.writestr(info, data)
    return buffer.getvalue()


def studio(seed: int, language: str) -> dict[str, dict[str, bytes]]:
    """The four downloads of TikTok Studio, by the first word of their name, each with its members."""
    gender = quoted([("Gender", "Distribution"), *GENDER])
    territories = quoted([("Top territories", "Distribution"), *TERRITORIES])
    return {
        "Overview": {"Overview.csv": overview(seed, language)},
        "Viewers": {"Viewers.csv": viewers(seed, language)},
        "Followers": {
            "FollowerHistory.csv": followers(seed, language), "FollowerActivity.csv": activity(seed, language),
            "FollowerGender.csv": gender, "FollowerTopTerritories.csv": territories,
        },
        "Content": {"Content.csv": content(seed, language)},
    }  # fmt: skip


def files(seed: int) -> dict[str, bytes]:
    """Path below the data folder → content: zips in English, unpacked files with Chinese days, Business Suite."""
    made = {
        f"exports/tiktok/studio_en/{kind}_{STAMP}_{handle()}.zip": packed(members, EXPORTED)
        for kind, members in studio(seed, "en").items()
    }
    chinese = studio(seed, "zh")
    made["exports/tiktok/studio_zh/Content.csv"] = chinese["Content"]["Content.csv"]
    made[f"exports/tiktok/studio_zh/Overview_{STAMP}_{handle()}.csv"] = chinese["Overview"]["Overview.csv"]
    period = f"{FIRST_DAY:%Y%m%d}_{LAST_DAY:%Y%m%d}"
    made[f"exports/tiktok/business_en/Videos_{period}.csv"] = business_videos(seed)
    made[f"exports/tiktok/business_en/Overview_{period}.csv"] = business_overview(seed)
    return made
