"""A manual-entry template as a learner would fill it in for the fictional brand's Threads account."""

from __future__ import annotations

import io
import tempfile
import zipfile
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd

from ..tables import FORMATS, PLATFORMS, TAIPEI
from . import manual
from .draws import Draw
from .generic import typed_truth
from .sample_captions import write_captions

SEED = 20260301
FILE = "exports/manual/threads_zh/threads_2026-03.xlsx"
FIGURES = {"views": 1_500, "likes": 70, "comments": 7, "shares": 4, "quotes": 1.5}


@dataclass
class ThreadsPost:
    """One invented post, as read off the phone; None where the app showed nothing."""

    published: datetime
    platform: str = "threads"
    format: str = "text"
    caption: str = ""
    hashtags: str = ""
    link: str = ""
    figures: dict[str, int | None] = field(default_factory=dict)


@cache
def posts(seed: int = SEED) -> tuple[ThreadsPost, ...]:
    """A month of posts; one without a link, one without a view count, one with a zero."""
    draw = Draw(seed, "threads")
    first = datetime(2026, 3, 1, tzinfo=ZoneInfo(TAIPEI))
    made = [
        ThreadsPost(
            first + timedelta(days=day, minutes=draw.whole(480, 1380)), format=draw.pick(("text", "image"))
        )
        for day in range(0, 31, 2)
    ]
    write_captions(made, seed)
    for number, post in enumerate(made):
        post.link = f"https://www.threads.net/@yusui.tea/post/demo{number:03d}"
        size = draw.lognormal(1.0, 0.5)
        post.figures = {name: draw.count(mean * size) for name, mean in FIGURES.items()}
    made[3].link, made[5].figures["views"], made[8].figures["comments"] = "", None, 0
    return tuple(made)


def build(seed: int = SEED) -> dict[str, pd.DataFrame]:
    """The truth behind the filled template.

    >>> int(build()["posts"]["views"].isna().sum())
    1
    """
    rows = [
        {
            "post_id": post.link or f"row-{number}", "platform": post.platform, "published_at": post.published,
            "format": post.format, "caption": post.caption, "hashtags": post.hashtags or None,
            **{name: post.figures[name] for name in FIGURES if name != "quotes"},
        }
        for number, post in enumerate(posts(seed), manual.TOP + 3)
    ]  # fmt: skip
    return {"posts": typed_truth(pd.DataFrame(rows), "posts")}


def files(seed: int = SEED) -> dict[str, bytes]:
    """The filled template by path below ``datasets``."""
    rows: list[list[str | int | None]] = [
        [
            PLATFORMS["threads"], post.link, post.published.strftime("%Y-%m-%d %H:%M"), FORMATS[post.format],
            post.caption, *(post.figures[name] for name in FIGURES), None,
        ]
        for post in posts(seed)
    ]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "threads.xlsx")
        manual.write(path, "threads", rows)
        return {FILE: stored(path.read_bytes())}


def stored(book: bytes) -> bytes:
    """A workbook without compression, so that it does not depend on the version of zlib that packed it."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as packed, zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as plain:
        for entry in packed.infolist():
            plain.writestr(zipfile.ZipInfo(entry.filename, entry.date_time), packed.read(entry))
    return made.getvalue()
