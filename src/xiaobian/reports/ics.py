"""iCalendar files (RFC 5545): stable ids, the time zone of Taipei, lines of at most 75 octets cut between characters."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import regex

from ..errors import TableError
from ..tables import TAIPEI
from .flat import Written

if TYPE_CHECKING:
    from icalendar import Calendar

_PRODUCT = "-//小編實驗室//內容日曆//ZH"
_CONTROL = regex.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029\p{Cs}]")
_SPACE = uuid.UUID("6f0c53d2-8d3e-5e35-9a55-4a4b0f9d2c11")


@dataclass(frozen=True)
class Event:
    """One event: a span of time with a time zone, or whole days.

    key: what makes it the same event next time; any text. start: tz-aware, or a date for a whole day; end: exclusive, None
    for a day or half an hour. version: counts changes. extra: further properties (``X-…``) and their texts.
    """

    key: str
    start: datetime | date
    summary: str
    end: datetime | date | None = None
    description: str = ""
    categories: tuple[str, ...] = ()
    url: str = ""
    status: str = "CONFIRMED"
    version: int = 0
    busy: bool = False
    extra: Mapping[str, str] = field(default_factory=dict)


def uid(key: str) -> str:
    """The same id for the same key, whatever its signs.

    >>> uid("p1") == uid("p1") != uid("p2")
    True
    """
    return f"{uuid.uuid5(_SPACE, key)}@xiaobian.invalid"


def write_ics(
    events: Iterable[Event], path: str | os.PathLike[str], *, name: str, stamp: datetime | None = None
) -> Written:
    """Write events as one calendar; ``stamp`` (tz-aware) says when the file was made, now unless given.

    Raises TableError for a start or stamp without a time zone, or for two events with one key.

    >>> import tempfile
    >>> write_ics([Event("a", date(2026, 9, 25), "中秋節")], Path(tempfile.mkdtemp(), "year.ics"), name="節日")
    寫好 year.ics：1 列。
    """
    from icalendar import Calendar

    made = (stamp or datetime.now(UTC)).astimezone(UTC)
    calendar = Calendar()
    for key, value in (("prodid", _PRODUCT), ("version", "2.0"), ("calscale", "GREGORIAN"), ("method", "PUBLISH"),
                       ("x-wr-calname", clean(name)), ("x-wr-timezone", TAIPEI)):  # fmt: skip
        calendar.add(key, value)
    calendar.add_component(_zone())
    keys: set[str] = set()
    for event in events:
        if event.key in keys:
            raise TableError("兩個事件的編號相同", where=event.key, next_step="每個事件用不同的編號")
        keys.add(event.key)
        calendar.add_component(_component(event, made))
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(_bytes(calendar))
    return Written(file, len(keys))


def clean(text: str) -> str:
    """The text without control characters, which the format forbids; line ends become one newline.

    >>> clean("a\\x00b\\r\\nc")
    'ab\\nc'
    """
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _zone() -> Any:
    """The time zone of Taipei as it has been since 1980: UTC+8, no daylight saving."""
    from icalendar import Timezone, TimezoneStandard

    standard = TimezoneStandard()
    standard.add("dtstart", datetime(1980, 1, 1))
    standard.add("tzoffsetfrom", timedelta(hours=8))
    standard.add("tzoffsetto", timedelta(hours=8))
    standard.add("tzname", "CST")
    zone = Timezone()
    zone.add("tzid", TAIPEI)
    zone.add_component(standard)
    return zone


def _component(event: Event, made: datetime) -> Any:
    from icalendar import Event as Component

    timed = isinstance(event.start, datetime)
    if timed and event.start.utcoffset() is None:  # type: ignore[union-attr]
        raise TableError("事件的時間沒有時區", where=event.summary, next_step="請給有時區的時間")
    end = event.end or event.start + (timedelta(minutes=30) if timed else timedelta(days=1))
    part = Component()
    part.add("uid", uid(event.key))
    part.add("dtstamp", made)
    part.add("dtstart", event.start)
    part.add("dtend", end)
    part.add("sequence", event.version)
    part.add("summary", clean(event.summary))
    part.add("status", event.status)
    part.add("transp", "OPAQUE" if event.busy else "TRANSPARENT")
    if event.description:
        part.add("description", clean(event.description))
    if event.categories:
        part.add("categories", [clean(word) for word in event.categories])
    if event.url and regex.fullmatch(r"[\x21-\x7e]+", event.url):
        part.add("url", event.url)
    for key, value in event.extra.items():
        part.add(key, clean(value))
    return part


def _bytes(calendar: Calendar) -> bytes:
    content: bytes = calendar.to_ical()
    return content
