"""Posts and moments as events of a calendar program."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

from ...reports import Event
from ...tables import FORMATS, PILLARS, PLATFORMS
from ..limits import published_text
from ..moments.moments import Moment
from .planned import LABELS, STATUSES, PlannedPost

LENGTH = timedelta(minutes=30)
"""How long a post stands in a calendar (設計參數)."""
KEPT = "X-XIAOBIAN-POST"
_TENTATIVE = frozenset({"draft", "submitted", "changes_requested"})
_TIMES = ("publish_at", "not_before", "not_after")


def of_post(post: PlannedPost, version: int = 0) -> Event:
    """The event of a post with a time: what a person reads, and all fields for reading it back.

    >>> from datetime import datetime
    >>> from .planned import ZONE
    >>> of_post(PlannedPost("p1", "x", "text", publish_at=datetime(2026, 9, 1, 12, tzinfo=ZONE), title="開賣")).summary
    '【X・純文字】開賣'
    """
    assert post.publish_at is not None
    return Event(
        post.post_id, post.publish_at, summary(post), post.publish_at + LENGTH, description(post),
        tuple(filter(None, (PLATFORMS[post.platform], PILLARS.get(post.pillar, "")))), post.link,
        "TENTATIVE" if post.status in _TENTATIVE else "CONFIRMED", version, extra={KEPT: packed(post)},
    )  # fmt: skip


def of_moment(moment: Moment) -> Event:
    """The whole-day event of a moment."""
    note = "敏感日，不做促銷。" if moment.quiet else "敏感時期。" if moment.sensitive else ""
    lead = f"從 {moment.prepare_from:%Y-%m-%d} 開始準備。"
    return Event(
        f"moment/{moment.id}/{moment.start}", moment.start, moment.name, moment.end + timedelta(days=1),
        note + lead + moment.note, ("節日與檔期",),
    )  # fmt: skip


def google_row(post: PlannedPost) -> list[str]:
    """A row of Google Calendar's form: subject, start and end, not a whole day, description, not private."""
    assert post.publish_at is not None
    end = post.publish_at + LENGTH
    day, clock = "%m/%d/%Y", "%I:%M %p"
    return [
        summary(post), post.publish_at.strftime(day), post.publish_at.strftime(clock), end.strftime(day), end.strftime(clock),
        "False", description(post), "", "False",
    ]  # fmt: skip


def summary(post: PlannedPost) -> str:
    """Platform, format and what it is about, short enough for a calendar's cell."""
    about = post.title or post.caption.partition("\n")[0] or post.post_id
    about = about if len(about) <= 40 else about[:39] + "…"
    return f"【{PLATFORMS[post.platform]}・{FORMATS[post.format]}】{about}"


def description(post: PlannedPost) -> str:
    """What a colleague needs to know at the time of publishing."""
    told = {"狀態": STATUSES[post.status], LABELS["owner"]: post.owner, LABELS["media"]: "\n".join(post.media),
            LABELS["first_comment"]: post.first_comment, LABELS["notes"]: post.notes}  # fmt: skip
    lines = [f"{name}：{value}" for name, value in told.items() if value]
    return "\n".join([*lines, "", published_text(post)]).strip()


def packed(post: PlannedPost) -> str:
    """All fields in letters that no calendar program escapes or cuts apart; ``unpacked`` reads them.

    >>> unpacked(packed(PlannedPost("p1", "x", "text", caption="茶；\\n酥"))).caption
    '茶；\\n酥'
    """
    fields = {name: getattr(post, name) for name in LABELS}
    plain = {
        name: value.isoformat() if name in _TIMES else list(value) if isinstance(value, tuple) else value
        for name, value in fields.items() if value not in (None, "", ())
    }  # fmt: skip
    return base64.urlsafe_b64encode(json.dumps(plain, ensure_ascii=False).encode()).decode()


def unpacked(text: str) -> PlannedPost:
    """The post of ``packed``; raises ValueError for what is none."""
    from datetime import datetime

    fields: Any = json.loads(base64.urlsafe_b64decode(text.encode()))
    if not isinstance(fields, dict) or not set(fields) <= set(LABELS):
        raise ValueError("not a planned post")
    given: dict[str, Any] = {n: datetime.fromisoformat(v) if n in _TIMES else v for n, v in fields.items()}
    return PlannedPost(**given)
