"""The brand's Facebook videos in the two wide downloads: "all metrics" with retention, and video assets."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pandas as pd

from ..tables import conform
from .draws import Draw
from .sample_csv import csv_text
from .sample_files import CELLS, FILES
from .samples import PAGE_ID, SamplePost, sample_posts

STEPS = 40
FIRST_WEEK = 17
AGES = ("13-17", "18-24", "25-34", "35-44", "45-54", "55-64", "65+")
GROUPS = tuple(f"{sex}, {age}" for sex in ("F", "M") for age in AGES)
# 設計參數 (ours): part of the 3-second views seen in each country; the rest is left out, as Meta does.
COUNTRIES = {
    "Taiwan (TW)": 0.88, "Japan (JP)": 0.03, "Hong Kong (HK)": 0.025, "Malaysia (MY)": 0.02,
    "United States (US)": 0.018, "Singapore (SG)": 0.01, "Canada (CA)": 0.006, "Australia (AU)": 0.004,
}  # fmt: skip
FACEBOOK = next(file for file in FILES if (file.platform, file.language) == ("facebook", "en"))
PATHS = {
    "all_metrics": "exports/meta/facebook_all_metrics_en/Jul-01-2026_Aug-31-2026_1290047713358626.csv",
    "assets": "exports/meta/facebook_video_assets_en/Jul-01-2026_Aug-31-2026_1655812094470338.csv",
}
ASSET_HEADERS = (
    "Video asset ID", "Universal video ID", "Page ID", "Page name", "Title", "Duration (sec)", "Publish time",
    "Reach", "3-second video views", "1-minute video views", "Seconds viewed", "Average Seconds viewed",
)  # fmt: skip


def _posts(seed: int) -> list[SamplePost]:
    """The Facebook posts of the last weeks, newest first."""
    own = [post for post in sample_posts(seed) if post.platform == "facebook" and post.week >= FIRST_WEEK]
    return sorted(own, key=lambda post: post.published, reverse=True)


def is_video(post: SamplePost) -> bool:
    return post.format in ("video", "short_video")


def curve(post: SamplePost) -> list[float]:
    """Share of views still running at each of the 41 steps; its mean is the average share watched.

    An exponential exp(−k·position) whose mean (1 − exp(−k))/k is avg_watch_s / duration_s; four decimals.
    """
    mean = float(post.figure("avg_watch_s") or 0) / float(post.figure("duration_s") or 1)
    low, high = 1e-3, 60.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if (1 - math.exp(-middle)) / middle > mean else (low, middle)
    return [round(math.exp(-low * step / STEPS), 4) for step in range(STEPS + 1)]


def retention_truth(seed: int) -> pd.DataFrame:
    """The retention table behind the "all metrics" file: 41 rows a video, videos as in the file."""
    rows = [
        {
            "post_id": post.post_id,
            "position": step / STEPS,
            "second": step / STEPS * float(post.figure("duration_s") or 0),
            "share_watching": share,
        }
        for post in _posts(seed)
        if is_video(post)
        for step, share in enumerate(curve(post))
    ]
    return conform(pd.DataFrame(rows), "retention")


def three_second_views(post: SamplePost) -> int:
    """Views that lasted 3 seconds, by the curve of the post."""
    seconds = float(post.figure("duration_s") or 0)
    position = min(3.0 / seconds, 1.0)
    return round(float(post.figure("views") or 0) * curve(post)[round(position * STEPS)])


def one_minute_views(post: SamplePost) -> int | None:
    """Views that lasted a minute; blank for shorter videos."""
    seconds = float(post.figure("duration_s") or 0)
    if seconds < 60:
        return None
    return round(float(post.figure("views") or 0) * curve(post)[round(60 / seconds * STEPS)])


def _wide(post: SamplePost, seed: int) -> Iterator[tuple[str, object]]:
    """(header, cell) of what only the "all metrics" variant has; blank for posts without a video."""
    video = is_video(post)
    yield "Views from Organic posts", post.figure("views")
    yield "Views from Boosted posts", None
    yield "Reach from Organic posts", post.figure("reach")
    yield "Reach from Boosted posts", None
    started = three_second_views(post) if video else None
    yield "3-second video views", started
    yield "1-minute video views", one_minute_views(post) if video else None
    yield "3-Second viewers", round(started / 1.2) if started is not None else None
    shares = curve(post) if video else [None] * (STEPS + 1)
    for step, share in enumerate(shares):
        yield f"Percentage of total views at interval {step}", share
    for step, share in enumerate(shares):
        yield (
            f"Percentage of 15-second views at interval {step}",
            None if share is None else round(share**0.5, 4),
        )
    draw = Draw(seed, "audience", post.post_id)
    parts = [draw.uniform(0.2, 1.0) for _ in GROUPS]
    for group, part in zip(GROUPS, parts, strict=True):
        part /= sum(parts)
        yield f"3-second video views by top audience ({group})", started and int(started * part)
    for country, part in COUNTRIES.items():
        yield f"3-second video views by country ({country})", started and int(started * part)


def all_metrics_csv(seed: int) -> bytes:
    """The "all metrics" content export: the usual columns, then 111 more."""
    posts = _posts(seed)
    cells = [CELLS[name] for name in FACEBOOK.columns if name != "empty_views"]
    rows: list[list[object]] = [
        [*(english for english, *_ in cells), *(name for name, _ in _wide(posts[0], seed))]
    ]
    for post in posts:
        rows.append([*(make(post, "en") for *_, make in cells), *(value for _, value in _wide(post, seed))])
    return ("\ufeff" + csv_text(rows)).encode()


def asset_ids(post: SamplePost, seed: int) -> tuple[str, str]:
    """Ids of a video as an asset: no post id."""
    draw = Draw(seed, "asset", post.post_id)
    return str(draw.whole(2 * 10**15, 3 * 10**15)), str(draw.whole(3 * 10**15, 4 * 10**15))


def assets_csv(seed: int) -> bytes:
    """The video-asset export: one row a video, without post ids and without Views."""
    rows: list[list[object]] = [list(ASSET_HEADERS)]
    for post in filter(is_video, _posts(seed)):
        seconds = post.figure("watch_time_s")
        rows.append([
            *asset_ids(post, seed), PAGE_ID, post.account, post.caption, int(post.figure("duration_s") or 0),
            CELLS["published"][2](post, "en"), post.figure("reach"), three_second_views(post), one_minute_views(post),
            None if seconds is None else int(seconds), post.figure("avg_watch_s"),
        ])  # fmt: skip
    return ("\ufeff" + csv_text(rows)).encode()


def assets_truth(seed: int) -> pd.DataFrame:
    """The posts table that the video-asset export holds."""
    known = ("duration_s", "reach", "watch_time_s", "avg_watch_s")
    rows = [
        {
            "post_id": asset_ids(post, seed)[0], "platform": "facebook", "account": post.account,
            "published_at": post.published, "caption": post.caption, "hashtags": post.hashtags or None,
            **{name: post.figure(name) for name in known},
        }
        for post in _posts(seed)
        if is_video(post)
    ]  # fmt: skip
    return conform(pd.DataFrame(rows), "posts")
