"""One month of a calendar, day by day: what is on, what goes out, what is wrong."""

from __future__ import annotations

import calendar as days
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from ...analytics.result import Result
from ...errors import NotFound
from ...plotting import spaced
from ...tables import PLATFORMS
from ..moments.moments import YEARS, Moment, moments
from ..moments.official import KINDS, official_day
from .findings import Finding, Findings
from .planned import STATUSES, ZONE, PlannedPost

if TYPE_CHECKING:
    from ...plotting import Chart
    from .calendar import Calendar

SHORT: Mapping[str, str] = PLATFORMS | {"facebook": "FB", "instagram": "IG", "youtube": "YT"}
WEEKDAYS = "日一二三四五六"


@dataclass(frozen=True)
class DayCell:
    """One square of the board. single: moments of just this day; seasons: those that run through it."""

    day: date
    inside: bool
    off: str
    single: tuple[Moment, ...]
    seasons: tuple[Moment, ...]
    posts: tuple[PlannedPost, ...]
    marks: Mapping[str, str]

    @property
    def quiet(self) -> str:
        """The name of the sensitive day, or empty."""
        return next((m.name for m in (*self.single, *self.seasons) if m.quiet), "")

    @property
    def name(self) -> str:
        """What the day is called: a sensitive day first, then a day off, then another moment."""
        other = next((m.name for m in self.single if m.public_holiday), "")
        return self.quiet or other or self.off or next((m.name for m in self.single), "")

    def lines(self, most: int = 3) -> list[str]:
        """The posts in short, at most so many lines."""
        told = [f"{self.marks.get(p.post_id, '')}{in_short(p)}" for p in self.posts]
        return told if len(told) <= most else [*told[: most - 1], f"還有 {len(told) - most + 1} 則"]


@dataclass(frozen=True, repr=False)
class Month(Result):
    """The squares of a month in weeks from Sunday, the posts without a time, and what is wrong."""

    year: int
    month: int
    weeks: tuple[tuple[DayCell, ...], ...]
    undated: tuple[PlannedPost, ...]
    findings: Findings

    @property
    def posts(self) -> list[PlannedPost]:
        """Posts of the month itself, by time."""
        return [post for week in self.weeks for cell in week if cell.inside for post in cell.posts]

    @property
    def found(self) -> list[Finding]:
        """The findings that name one of the month's posts or an undated one."""
        shown = {post.post_id for post in (*self.posts, *self.undated)}
        return [finding for finding in self.findings.found if shown & set(finding.posts)]

    def cell(self, day: date) -> DayCell:
        """The square of a day; raises KeyError for a day that is not on the board."""
        return {cell.day: cell for week in self.weeks for cell in week}[day]

    def say(self) -> str:
        """How many posts and problems the month has, and its sensitive days."""
        quiet = "、".join(
            f"{c.day.month}/{c.day.day} {c.quiet}"
            for week in self.weeks
            for c in week
            if c.inside and c.quiet
        )
        errors = sum(finding.severity == "error" for finding in self.found)
        return spaced(
            f"{self.year}年{self.month}月：{len(self.posts)}則，另有{len(self.undated)}則沒有時間；"
            + (f"{errors}件一定要改。" if errors else "沒有一定要改的。")
            + (f"敏感日：{quiet}。" if quiet else "")
        )

    def plot(self) -> Chart:
        """The month as a printed board."""
        from .month_plot import draw

        return self.captioned(draw(self))


def month_of(calendar: Calendar, month: str, now: datetime | None = None, **filters: str) -> Month:
    """A month of a calendar; filters as for ``Calendar.select``.

    month: like ``2026-09``, of a year of ``moments``. Raises NotFound for another.

    >>> from xiaobian.planning import Calendar
    >>> month_of(Calendar(), "2026-09").cell(date(2026, 9, 25)).name
    '中秋節'
    """
    first = _first(month)
    posts = calendar.select(**filters)
    findings = calendar.problems(now)
    marks = _marks(findings)
    by_day: dict[date, list[PlannedPost]] = defaultdict(list)
    for post in posts:
        if post.publish_at:
            by_day[post.publish_at.date()].append(post)
    weeks = days.Calendar(firstweekday=6).monthdatescalendar(first.year, first.month)
    made = tuple(tuple(_cell(day, first.month, by_day[day], marks) for day in week) for week in weeks)
    return Month(first.year, first.month, made, tuple(p for p in posts if not p.publish_at), findings)


def next_month(month: str, step: int) -> str:
    """The month so many months away, kept inside the years of ``moments``.

    >>> next_month("2026-12", 1), next_month("2000-01", -1)
    ('2027-01', '2000-01')
    """
    first = _first(month)
    place = first.year * 12 + first.month - 1 + step
    place = min(max(place, YEARS[0] * 12), YEARS[-1] * 12 + 11)
    return f"{place // 12}-{place % 12 + 1:02d}"


def on_day(post: PlannedPost, day: date, clock: str = "") -> datetime:
    """The time of a post on another day: ``clock`` like 12:00, else the post's own, else noon.

    >>> on_day(PlannedPost("p", "x", "text"), date(2026, 9, 1)).isoformat()
    '2026-09-01T12:00:00+08:00'
    """
    own = post.publish_at.strftime("%H:%M") if post.publish_at else "12:00"
    hour, minute = map(int, (clock or own).split(":"))
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE)


def in_short(post: PlannedPost) -> str:
    """Platform, time and what it is about, for a square.

    >>> in_short(PlannedPost("p", "line", "text", title="中秋禮盒開賣囉"))
    'LINE 中秋禮盒開…'
    """
    about = (post.title or post.caption or post.post_id).replace("\n", " ")
    about = about if len(about) <= 6 else about[:5] + "…"
    clock = f"{post.publish_at:%H:%M} " if post.publish_at else ""
    return f"{SHORT[post.platform]} {clock}{about}"


def in_words(post: PlannedPost) -> str:
    """A post as a choice of a list: day, time, platform, status, title."""
    when = (
        f"{post.publish_at.month}/{post.publish_at.day} {post.publish_at:%H:%M}"
        if post.publish_at
        else "沒有時間"
    )
    about = (post.title or post.caption or post.post_id).partition("\n")[0][:24]
    return f"{when}｜{PLATFORMS[post.platform]}｜{STATUSES[post.status]}｜{about}"


def told(cell: DayCell) -> str:
    """A day in a sentence: weekday, day off, moments with their notes, posts."""
    parts = [f"{cell.day.month}/{cell.day.day}（{WEEKDAYS[cell.day.isoweekday() % 7]}）"]
    parts += [f"{cell.off}。"] if cell.off else []
    for moment in (*cell.single, *cell.seasons):
        kind = "敏感日，" if moment.quiet else "敏感時期，" if moment.sensitive else ""
        parts.append(f"{moment.name}：{kind}{moment.note or '沒有特別提醒'}。")
    parts.append(f"{len(cell.posts)} 則貼文。" if cell.posts else "沒有貼文。")
    return " ".join(parts)


def _first(month: str) -> date:
    try:
        first = datetime.strptime(month, "%Y-%m").date()
    except (TypeError, ValueError):
        first = None
    if first is None or first.year not in YEARS:
        raise NotFound(
            f"沒有「{month}」這個月", where="參數 month",
            next_step=f"請寫成 2026-09，年份 {YEARS[0]}–{YEARS[-1]}",
        )  # fmt: skip
    return first


def _marks(findings: Findings) -> dict[str, str]:
    marks: dict[str, str] = {}
    for finding in findings.found:
        for post in finding.posts:
            marks.setdefault(post, "✗ " if finding.severity == "error" else "▲ ")
    return marks


def _cell(day: date, month: int, posts: list[PlannedPost], marks: Mapping[str, str]) -> DayCell:
    off = ""
    found: list[Moment] = []
    if day.year in YEARS:
        found = moments(day.year).on(day)
        name, kind = official_day(day) or ("", "")
        off = f"{name}（{KINDS['workday']}）" if kind == "workday" else name
    single = tuple(m for m in found if m.start == m.end)
    seasons = tuple(m for m in found if m.start != m.end)
    return DayCell(day, day.month == month, off, single, seasons, tuple(posts), marks)
