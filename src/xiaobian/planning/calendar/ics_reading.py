"""Events of a calendar file as planned posts: the kit's own whole, others as drafts with a title and a time."""

from __future__ import annotations

import binascii
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from ...errors import KitError, ReadError
from .events import KEPT, unpacked
from .planned import PlannedPost, in_taipei
from .refusals import Refused

_LIMIT = 50_000_000


@dataclass
class IcsPosts:
    """Posts with their places, refusals, notes, and how often each event was changed."""

    posts: list[tuple[str, PlannedPost]] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    versions: dict[str, int] = field(default_factory=dict)


def posts_of_ics(file: Path, platform: str) -> IcsPosts:
    """What the events of a calendar file are. A moved event gives its post the new time.

    Raises ReadError for what is no calendar file.
    """
    found = IcsPosts()
    moved, days = 0, 0
    for number, event in enumerate(_events(file), 1):
        where = f"第 {number} 個事件「{str(event.get('SUMMARY', ''))[:20]}」"
        if not isinstance(_start(event), datetime) and KEPT not in event:
            days += 1
            continue
        try:
            post = _own(event) if KEPT in event else _foreign(event, platform, number)
            moved += KEPT in event and unpacked(_text(event, KEPT)).publish_at != post.publish_at
            found.posts.append((where, post))
            found.versions[post.post_id] = _version(event)
        except _NotAPost as reason:
            found.refused.append(Refused(where, str(reason)))
        except KitError as error:
            found.refused.append(Refused(where, str(error)))
    if moved:
        found.notes.append(f"{moved} 則的時間在行事曆裡改過，用改過的時間")
    if days:
        found.notes.append(f"{days} 個整天的事件（節日等）不是貼文，沒有讀進來")
    return found


class _NotAPost(Exception):
    pass


def _events(file: Path) -> list[Any]:
    from icalendar import Calendar

    try:
        if file.stat().st_size > _LIMIT:
            raise ReadError("行事曆檔大得不像內容日曆", where=file.name, next_step="請只匯出需要的月份")
        calendars = Calendar.from_ical(file.read_bytes(), multiple=True)
        if not calendars:
            raise ValueError("空的檔案")
        return [event for calendar in calendars for event in calendar.walk("VEVENT")]
    except OSError as error:
        raise ReadError("檔案打不開", where=file.name, next_step=f"{error.strerror}") from None
    except (ValueError, KeyError, IndexError) as error:
        raise ReadError(
            "這個檔案不是行事曆檔", where=f"{file.name}（{str(error)[:60]}）", next_step="請重新匯出 .ics"
        ) from None


def _version(event: Any) -> int:
    try:
        return max(int(event.get("SEQUENCE", 0)), 0)
    except (TypeError, ValueError):
        return 0


def _start(event: Any) -> date | datetime | None:
    start = event.get("DTSTART")
    return getattr(start, "dt", None)


def _text(event: Any, name: str) -> str:
    return "".join(str(event.get(name, "")).split())


def _own(event: Any) -> PlannedPost:
    try:
        post = unpacked(_text(event, KEPT))
    except (ValueError, TypeError, binascii.Error):
        raise _NotAPost("事件裡的貼文資料壞了；請讀回 xlsx，或重新匯出 ics") from None
    return post.with_fields(publish_at=_moment(event))


def _moment(event: Any) -> datetime:
    start = _start(event)
    if not isinstance(start, datetime):
        raise _NotAPost("事件沒有幾點幾分；請在行事曆裡給它一個時間")
    try:
        return in_taipei(start)
    except ValueError:
        raise _NotAPost("時間沒有時區；請在行事曆程式裡設定時區再匯出") from None


def _foreign(event: Any, platform: str, number: int) -> PlannedPost:
    if not platform:
        raise _NotAPost('事件沒有寫是哪個平台；請加 platform="facebook" 之類再讀一次')
    title = str(event.get("SUMMARY", "")).strip()
    return PlannedPost(
        str(event.get("UID", "")) or f"event{number}", platform, "text", title=title, publish_at=_moment(event),
        caption=str(event.get("DESCRIPTION", "")).strip() or title, notes="從行事曆匯入，格式與文案請再確認",
    )  # fmt: skip
