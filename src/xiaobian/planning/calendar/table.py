"""Planned posts as a table and back: one column a field, one row a post."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from ...tables import FORMATS, PILLARS, PLATFORMS, TAIPEI, TIME
from .planned import LABELS, STATUSES, PlannedPost

TIMES = ("publish_at", "not_before", "not_after")
LISTS = {"hashtags": " ", "media": "\n"}
"""Fields that hold several texts, and what parts them in one cell."""
WORDS = {"platform": PLATFORMS, "format": FORMATS, "pillar": PILLARS, "status": STATUSES}


def to_frame(posts: Iterable[PlannedPost]) -> pd.DataFrame:
    """One row a post with the columns of ``LABELS``; lists joined into one text, times tz-aware.

    >>> to_frame([PlannedPost("p1", "x", "text", hashtags=["茶", "秋"])])["hashtags"][0]
    '茶 秋'
    """
    rows = [[_cell(post, name) for name in LABELS] for post in posts]
    frame = pd.DataFrame(rows, columns=list(LABELS))
    for name in LABELS:
        if name in TIMES:
            frame[name] = pd.to_datetime(frame[name], utc=True).dt.tz_convert(TAIPEI).astype(TIME)  # type: ignore[call-overload]
        elif name == "duration_s":
            frame[name] = frame[name].astype("float64")
        else:
            frame[name] = frame[name].astype("string")
    return frame


def for_people(posts: Iterable[PlannedPost]) -> pd.DataFrame:
    """The same table in 正體中文: names of the columns and of platform, format, pillar and status."""
    frame = to_frame(posts)
    for name, words in WORDS.items():
        frame[name] = frame[name].map(lambda word, words=words: words.get(word, word)).astype("string")
    return frame.rename(columns=LABELS)


def _cell(post: PlannedPost, name: str) -> object:
    value = getattr(post, name)
    return LISTS[name].join(value) if name in LISTS else value
