"""What goes wrong between posts, days and people: one function a kind of conflict."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise

from ...plotting import spaced
from ...tables import PLATFORMS
from ..moments.moments import YEARS, moments
from .findings import Finding
from .planned import STATUSES, PlannedPost
from .worktime import WorkClock

GAP = timedelta(minutes=60)
"""Two posts of one platform should lie at least so far apart (設計參數); stories may follow each other."""
ECHO = timedelta(days=30)
"""The same words on one platform within these days read like a mistake (設計參數)."""
_SHORT = 8
"""Captions of fewer signs are not compared."""
_ALIKE = 20
_PROMOTION = re.compile(
    r"[一二三四五六七八九\d]\s*折(?![疊騰磨損返合耳成]|起來)|買\s*[一1]\s*送\s*[一1]|特價|下殺|優惠碼|折扣碼|限時優惠|滿額|免運"  # lint: off
)
_NOT_OUT = ("draft", "submitted", "changes_requested", "approved", "scheduled", "failed")


def day_of(time: datetime) -> str:
    """A day as the findings write it.

    >>> day_of(datetime(2026, 2, 28))
    '2/28（六）'
    """
    return f"{time.month}/{time.day}（{'一二三四五六日'[time.weekday()]}）"


def promotes(post: PlannedPost) -> bool:
    """Whether a post sells: its pillar says so, or its words name a discount.

    >>> promotes(PlannedPost("p", "line", "text", caption="今天全店 8 折"))
    True
    """
    return post.pillar == "promo" or bool(_PROMOTION.search(f"{post.title} {post.caption}"))


def windows(posts: Iterable[PlannedPost]) -> Iterator[Finding]:
    """Posts outside the days on which they may go out."""
    for post in posts:
        if post.publish_at and post.not_before and post.publish_at < post.not_before:
            yield Finding(
                "window", "error", (post.post_id,),
                f"{day_of(post.publish_at)}太早，{post.not_before:%m/%d %H:%M} 才解禁", "往後移，或先確認能不能提早公開",
            )  # fmt: skip
        if post.publish_at and post.not_after and post.publish_at > post.not_after:
            yield Finding(
                "window", "error", (post.post_id,),
                f"{day_of(post.publish_at)}太晚，授權或活動到 {post.not_after:%m/%d %H:%M} 為止", "往前移，或換素材、延長授權",
            )  # fmt: skip


def sensitive(posts: Sequence[PlannedPost]) -> Iterator[Finding]:
    """Promotions, and games, on days that are no days for them."""
    quiet = quiet_days({post.publish_at.year for post in posts if post.publish_at})
    for post in posts:
        name = quiet.get(post.publish_at.date()) if post.publish_at else None
        if post.publish_at and post.publish_at.year not in YEARS:
            what = f"{post.publish_at.year} 年的節日沒有比對過，不知道是不是敏感日"
            yield Finding(
                "sensitive", "warning", (post.post_id,), what, "先確認年份有沒有打錯；沒錯就自己查那一天"
            )
        if post.publish_at and name and promotes(post):
            yield Finding(
                "sensitive", "error", (post.post_id,), f"{day_of(post.publish_at)}是{name}，這則在促銷", "移到別天，或改成不賣東西的內容"
            )  # fmt: skip
        elif post.publish_at and name and post.pillar in {"interact", "lifestyle"}:
            yield Finding(
                "sensitive", "warning", (post.post_id,), f"{day_of(post.publish_at)}是{name}", "讀一次語氣；輕鬆的貼文移到別天"
            )  # fmt: skip


def quiet_days(years: Iterable[int]) -> dict[date, str]:
    """The days without promotion of some years; years without checked dates have none."""
    days: dict[date, str] = {}
    for year in years:
        if year in YEARS:
            days |= moments(year).quiet_days()
    return days


def slots(posts: Iterable[PlannedPost]) -> Iterator[Finding]:
    """Neighbours on one platform that are too close."""
    lanes: Mapping[str, list[PlannedPost]] = defaultdict(list)
    for post in posts:
        if post.publish_at and post.format != "story":
            lanes[post.platform].append(post)
    for platform, lane in lanes.items():
        lane.sort(key=_when)
        for first, second in pairwise(lane):
            gap = _when(second) - _when(first)
            if gap < GAP:
                minutes = int(gap.total_seconds() // 60)
                apart = f"只隔 {minutes} 分鐘" if minutes else "同一時間"
                yield Finding(
                    "slot", "error" if not minutes else "warning", (first.post_id, second.post_id),
                    spaced(f"{PLATFORMS[platform]} {_when(first):%m/%d %H:%M}，兩則{apart}"), "把其中一則移到別的時段",
                )  # fmt: skip


def unset(posts: Iterable[PlannedPost]) -> Iterator[Finding]:
    """Posts that are said to be ready but have no time."""
    for post in posts:
        if post.publish_at is None and post.status in {"approved", "scheduled", "published"}:
            what = f"狀態是{STATUSES[post.status]}，卻沒有發佈時間"
            yield Finding("unset", "error", (post.post_id,), what, "給它一個時間，或退回草稿")


def duplicates(posts: Iterable[PlannedPost]) -> Iterator[Finding]:
    """The same words, or the same beginning, on one platform within a month."""
    lanes: dict[tuple[str, str], list[tuple[PlannedPost, str]]] = defaultdict(list)
    for post in posts:
        words = bare(post.caption)
        if len(words) >= _SHORT:
            lanes[post.platform, words[:_ALIKE]].append((post, words))
    for lane in lanes.values():
        lane.sort(key=lambda pair: (pair[1], pair[0].publish_at is None, pair[0].publish_at or datetime.max))
        for (first, words), (second, others) in pairwise(lane):
            if first.publish_at and second.publish_at and abs(second.publish_at - first.publish_at) > ECHO:
                continue
            same, pair = words == others, (first.post_id, second.post_id)
            if same or len(words) > _ALIKE < len(others):
                how = "文案一模一樣" if same else f"開頭 {_ALIKE} 個字一樣"
                yield Finding(
                    "duplicate", "error" if same else "warning", pair, f"{PLATFORMS[first.platform]} 30 天內{how}",
                    "換一個開頭或角度，確定要重發就隔開",
                )  # fmt: skip


def bare(text: str) -> str:
    """The letters and digits of a text, width and case levelled; what a reader would call the same words.

    >>> bare("中秋 禮盒，ＯＰＥＮ！🌕") == bare("中秋禮盒 open")
    True
    """
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def late(posts: Iterable[PlannedPost], now: datetime, clock: WorkClock, hours: float) -> Iterator[Finding]:
    """Posts whose time has passed, and posts that cannot be approved in time any more."""
    edge = clock.after(now, hours)
    for post in posts:
        if post.publish_at is None or post.status not in _NOT_OUT:
            continue
        if post.publish_at < now:
            what = f"{post.publish_at:%m/%d %H:%M} 已經過了，還是「{STATUSES[post.status]}」"
            yield Finding("past", "error", (post.post_id,), what, "改期，或確認其實已經發了")
        elif post.status in {"draft", "submitted", "changes_requested"} and post.publish_at < edge:
            what = f"{day_of(post.publish_at)} {post.publish_at:%H:%M} 要發，但核可要 {hours:g} 個工作小時"
            fix = f"今天就送審也要到 {edge:%m/%d %H:%M}；改期，或先請主管看"
            yield Finding("sla", "warning", (post.post_id,), what, fix)


def _when(post: PlannedPost) -> datetime:
    assert post.publish_at is not None
    return post.publish_at
