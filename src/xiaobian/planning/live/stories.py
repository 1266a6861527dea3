"""After the broadcast: a day of stories, each with one sticker, and what is wrong with the plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from ...errors import NotFound, TableError

STICKERS = {
    "none": "沒有貼紙",
    "question": "問答",
    "poll": "投票",
    "countdown": "倒數",
    "link": "連結",
}
"""Kinds of stickers by id."""

LIFETIME_H = 24
"""Hours after which a story is gone."""
QUIET = range(0, 7)
"""Hours of the day (Asia/Taipei) in which a story loses its best time to sleep."""


@dataclass(frozen=True)
class Story:
    """One story: when it goes out (tz-aware), its sticker (a key of ``STICKERS``), its text, a link, and until when it must
    be seen, or when its countdown ends."""

    at: pd.Timestamp
    sticker: str
    text: str
    link: str = ""
    until: pd.Timestamp | None = None


def story_plan(stories: Sequence[Story], lifetime_h: float = LIFETIME_H) -> pd.DataFrame:
    """The stories in order with when each is gone and what is wrong with it (empty when nothing is).

    Columns: 發佈, 消失, 貼紙, 內容, 要改的. lifetime_h: hours a story stays; platforms may change it.

    Raises TableError for a time without a zone, NotFound for an unknown sticker.

    >>> at = pd.Timestamp("2026-03-13 21:00", tz="Asia/Taipei")
    >>> plan = story_plan([Story(at, "link", "戚風還剩二十個")])
    >>> plan["要改的"].tolist()
    ['連結貼紙沒有連結']
    """
    rows = []
    for story in sorted(stories, key=lambda s: s.at.value):
        if story.at.tzinfo is None:
            raise TableError("限動的時間沒有時區", where=story.text, next_step='請加上 tz="Asia/Taipei"')
        if story.sticker not in STICKERS:
            raise NotFound(f"沒有「{story.sticker}」這種貼紙", next_step=f"可用的有：{'、'.join(STICKERS)}")
        gone = story.at + pd.Timedelta(hours=lifetime_h)
        rows.append(
            {
                "發佈": story.at.strftime("%m/%d %H:%M"),
                "消失": gone.strftime("%m/%d %H:%M"),
                "貼紙": STICKERS[story.sticker],
                "內容": story.text,
                "要改的": "；".join(_wrong(story, gone)),
            }
        )
    return pd.DataFrame(rows, columns=["發佈", "消失", "貼紙", "內容", "要改的"])


def _wrong(story: Story, gone: pd.Timestamp) -> list[str]:
    found = []
    if story.sticker == "link" and not story.link:
        found.append("連結貼紙沒有連結")
    if story.sticker == "countdown" and story.until is None:
        found.append("倒數貼紙沒有到期的時間")
    if story.until is not None and story.until > gone:
        found.append(f"{story.until:%m/%d %H:%M} 之前就消失了，晚一點發，或隔天再發一則")
    if story.until is not None and story.until <= story.at:
        found.append("發的時候已經過期")
    if story.at.tz_convert("Asia/Taipei").hour in QUIET:
        found.append("半夜發，二十四小時裡最多人看的那幾個鐘頭先過掉了")
    if not story.text.strip():
        found.append("沒有字")
    return found
