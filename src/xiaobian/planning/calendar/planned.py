"""One planned post: what goes where and when, whose it is and how far it has come."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from ...errors import TableError
from ...tables import FORMATS, PILLARS, PLATFORMS, TAIPEI

ZONE = ZoneInfo(TAIPEI)

STATUSES: dict[str, str] = {
    "draft": "草稿",
    "submitted": "送審中",
    "changes_requested": "退回修改",
    "approved": "已核可",
    "scheduled": "已排程",
    "published": "已發佈",
    "failed": "發佈失敗",
}

LABELS: dict[str, str] = {
    "post_id": "貼文編號",
    "platform": "平台",
    "format": "格式",
    "pillar": "內容支柱",
    "owner": "負責人",
    "status": "狀態",
    "publish_at": "發佈時間",
    "caption": "文案",
    "hashtags": "主題標籤",
    "media": "素材",
    "alt_text": "替代文字",
    "link": "連結",
    "first_comment": "第一則留言",
    "title": "標題",
    "duration_s": "影片長度（秒）",
    "notes": "備註",
    "not_before": "最早可發",
    "not_after": "最晚可發",
}
"""正體中文 name of each field, in the order of the table."""

_ALLOWED = {"platform": PLATFORMS, "format": FORMATS, "pillar": PILLARS, "status": STATUSES}
_TIMES = ("publish_at", "not_before", "not_after")
_LISTS = ("hashtags", "media")


@dataclass(frozen=True)
class PlannedPost:
    """A post on its way to being published; change one with ``dataclasses.replace`` or ``with_fields``.

    post_id: text, not empty. platform, format: words of ``tables.PLATFORMS`` and ``tables.FORMATS``. pillar: a word of
    ``tables.PILLARS`` or empty. owner: who makes it. status: a word of ``STATUSES``. publish_at: tz-aware, kept as
    Asia/Taipei; None while no time is set. caption: the text without the hashtags that ``hashtags`` holds (no ``#``).
    media: public addresses or paths, in order. alt_text: one line a medium. link: the address a reader taps.
    duration_s: seconds of a film, else None. not_before, not_after: embargo and expiry, both inclusive, or None.

    Raises TableError for a word outside its list, a time without a time zone, or a field of the wrong kind.

    >>> post = PlannedPost("p1", "instagram", "image", publish_at=datetime(2026, 9, 1, 12, tzinfo=ZONE))
    >>> post.status, post.publish_at.isoformat()
    ('draft', '2026-09-01T12:00:00+08:00')
    """

    post_id: str
    platform: str
    format: str
    pillar: str = ""
    owner: str = ""
    status: str = "draft"
    publish_at: datetime | None = None
    caption: str = ""
    hashtags: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    alt_text: str = ""
    link: str = ""
    first_comment: str = ""
    title: str = ""
    duration_s: float | None = None
    notes: str = ""
    not_before: datetime | None = None
    not_after: datetime | None = None

    def __post_init__(self) -> None:
        for field in fields(self):
            kept = _kept(field.name, getattr(self, field.name), str(self.post_id))
            object.__setattr__(self, field.name, kept)
        if not self.post_id.strip():
            raise TableError(
                "貼文沒有編號", where=LABELS["post_id"], next_step="請給每則貼文一個不重複的編號"
            )
        if self.not_before and self.not_after and self.not_after < self.not_before:
            raise TableError(
                "最晚可發的時間比最早可發還早",
                where=f"貼文 {self.post_id}",
                next_step="請把兩個時間對調或改正",
            )

    def with_fields(self, **changes: Any) -> PlannedPost:
        """A copy with some fields changed; raises TableError for a field there is none of."""
        unknown = set(changes) - set(LABELS)
        if unknown:
            raise TableError(
                f"貼文沒有 {'、'.join(sorted(unknown))} 這個欄位",
                where=f"貼文 {self.post_id}",
                next_step=f"可用的欄位：{'、'.join(LABELS)}",
            )
        return replace(self, **changes)


def in_taipei(value: datetime) -> datetime:
    """A tz-aware time on the clock of Asia/Taipei, whole seconds; raises ValueError without a time zone.

    >>> from datetime import timezone
    >>> in_taipei(datetime(2026, 1, 1, tzinfo=timezone.utc)).isoformat()
    '2026-01-01T08:00:00+08:00'
    """
    if value.utcoffset() is None:
        raise ValueError("no time zone")
    plain = value.astimezone(ZONE)
    return datetime(*plain.timetuple()[:6], tzinfo=ZONE)


def _kept(name: str, value: Any, post: str) -> Any:
    """The value as the post keeps it, or TableError."""
    where = f"貼文 {post} 的「{LABELS[name]}」"
    if name in _TIMES:
        return _time(value, where)
    if name in _LISTS:
        return _texts(value, where, strip="#＃" if name == "hashtags" else "")
    if name == "duration_s":
        return _seconds(value, where)
    if not isinstance(value, str):
        raise TableError(
            f"這裡要放文字，拿到的是 {type(value).__name__}", where=where, next_step="請改成文字"
        )
    allowed = _ALLOWED.get(name)
    if allowed is not None and value not in allowed and not (name == "pillar" and not value):
        listed = "、".join(f"{word}（{label}）" for word, label in allowed.items())
        raise TableError(f"沒有「{value}」這個值", where=where, next_step=f"請用：{listed}")
    return value


def _time(value: Any, where: str) -> datetime | None:
    if value is None:
        return None
    if not isinstance(value, datetime) or value != value:
        raise TableError(
            f"這裡要放時間，拿到的是 {type(value).__name__}",
            where=where,
            next_step="例如 datetime(2026, 9, 1, 12, tzinfo=ZONE)；還沒定就放 None",
        )
    try:
        return in_taipei(value)
    except ValueError:
        raise TableError(
            "時間沒有時區，分不出是臺灣時間還是 UTC",
            where=where,
            next_step='請加上時區，例如 tzinfo=ZoneInfo("Asia/Taipei")',
        ) from None


def _texts(value: Any, where: str, strip: str) -> tuple[str, ...]:
    if isinstance(value, str) or not all(isinstance(v, str) for v in value or ()):
        raise TableError("這裡要放一串文字", where=where, next_step='例如 ["中秋", "茶點"]')
    return tuple(text for text in (v.strip().lstrip(strip) for v in value or ()) if text)


def _seconds(value: Any, where: str) -> float | None:
    if value is None or value != value:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < float("inf"):
        raise TableError("影片長度要是 0 以上的秒數", where=where, next_step="例如 28；沒有影片就放 None")
    return float(value)
