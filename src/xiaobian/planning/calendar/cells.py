"""Cells of a table that somebody typed: words, times, lists and seconds, or the reason why not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .planned import LABELS, ZONE
from .table import TIMES, WORDS

TIME_HEADERS = ("發佈時間（臺灣時間）", "發佈時間（台灣時間）")
"""Headers under which a time without a zone is that of Taiwan."""

_TIME = re.compile(
    r"(?P<y>\d{4})\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})\s*日?"
    r"(?:[T\s]\s*(?P<half>上午|下午|AM|PM)?\s*(?P<h>\d{1,2})[:：](?P<min>\d{2})(?:[:：](?P<s>\d{2}))?(?:\.\d+)?\s*(?P<half2>AM|PM)?"
    r"\s*(?P<zone>Z|UTC|[+-]\d{2}:?\d{2})?)?",
    re.IGNORECASE,
)
_LIST = {
    "hashtags": re.compile(r"[\s,，、]+"),
    "media": re.compile(r"\s*\n\s*|\s+(?=https?://)|[,，]\s*(?=https?://)"),
}


class CellError(Exception):
    """A cell that cannot be what its column says; the words name it and the way out."""


@dataclass(frozen=True)
class Row:
    """The texts of one row by field; taipei: whether its publishing time is said to be that of Taiwan."""

    cells: Mapping[str, str]
    taipei: bool = False


def fields_of(row: Row, zone: str = "") -> dict[str, Any]:
    """The fields of a post from the texts of a row; empty cells keep their defaults. Raises CellError.

    >>> fields_of(Row({"platform": "Instagram", "format": "輪播", "hashtags": "#茶 #秋"}))
    {'platform': 'instagram', 'format': 'carousel', 'hashtags': ['茶', '秋']}
    """
    found: dict[str, Any] = {}
    for name, cell in row.cells.items():
        text = cell.strip()
        if not text:
            continue
        if name in WORDS:
            found[name] = word(name, text)
        elif name in TIMES:
            told = zone if name == "publish_at" and not row.taipei else "Asia/Taipei"
            found[name] = _whole_day(time(text, LABELS[name], told), name, text)
        elif name in _LIST:
            found[name] = [part.strip().lstrip("#＃") for part in _LIST[name].split(text) if part.strip()]
        elif name == "duration_s":
            found[name] = seconds(text)
        else:
            found[name] = cell.replace("\r\n", "\n").replace("\r", "\n")
    return found


def word(name: str, text: str) -> str:
    """The kit's word for a platform, format, pillar or status, from the word itself or its label.

    >>> word("platform", "LINE"), word("status", "已核可")
    ('line', 'approved')
    """
    words = WORDS[name]
    known = {key.casefold(): key for key in words} | {label.casefold(): key for key, label in words.items()}
    try:
        return known[text.casefold()]
    except KeyError:
        shown = "、".join(words.values())
        raise CellError(f"「{LABELS[name]}」沒有「{text[:30]}」這個值；可用：{shown}") from None


def time(text: str, label: str, zone: str = "") -> datetime:
    """A time as people and programs write it; ``zone`` is that of a text without one.

    >>> time("2026/9/1 12:05", "發佈時間", "Asia/Taipei").isoformat()
    '2026-09-01T12:05:00+08:00'
    """
    match = _TIME.fullmatch(text)
    if match is None:
        raise CellError(f"「{label}」的「{text[:30]}」不是看得懂的時間；請寫成 2026-09-01 12:00")
    hour = int(match["h"] or 0)
    half = (match["half"] or match["half2"] or "").upper()
    if half:
        if not 1 <= hour <= 12:
            raise CellError(f"「{label}」的「{text[:30]}」時數和上下午對不起來；請改成 24 小時制")
        hour = hour % 12 + (12 if half in {"PM", "下午"} else 0)
    try:
        plain = datetime(
            int(match["y"]),
            int(match["m"]),
            int(match["d"]),
            hour,
            int(match["min"] or 0),
            int(match["s"] or 0),
        )
    except ValueError:
        raise CellError(
            f"「{label}」的「{text[:30]}」不存在：{_impossible(match)}；請改成真的有的日期和時間"
        ) from None
    if match["zone"]:
        offset = match["zone"].upper().replace("UTC", "+00:00").replace("Z", "+00:00")
        return datetime.fromisoformat(f"{plain.isoformat()}{offset}")
    if not zone:
        raise CellError(
            f'「{label}」的「{text[:30]}」沒有時區；請把欄名改成「{TIME_HEADERS[0]}」，或讀檔時加 zone="Asia/Taipei"'
        )
    return plain.replace(tzinfo=_zone(zone))


def seconds(text: str) -> float:
    """Seconds of a film, from 28, 28.5 or 0:28.

    >>> seconds("0:28"), seconds("28.5")
    (28.0, 28.5)
    """
    clock = re.fullmatch(r"(?:(\d+):)?(\d+):(\d{2})", text)
    if clock:
        return float(int(clock[1] or 0) * 3600 + int(clock[2]) * 60 + int(clock[3]))
    try:
        value = float(text.removesuffix("秒").replace(",", ""))
    except ValueError:
        raise CellError(f"「{LABELS['duration_s']}」的「{text[:30]}」不是秒數；請寫成 28") from None
    return value


def _whole_day(day: datetime, name: str, text: str) -> datetime:
    """A day without a clock: a window opens as it begins and closes as it ends; a post needs its hour."""
    if ":" in text or "：" in text:
        return day
    if name == "publish_at":
        raise CellError(f"「{LABELS[name]}」的「{text[:30]}」沒有寫幾點；請寫成 2026-09-01 12:00")
    return day.replace(hour=23, minute=59, second=59) if name == "not_after" else day


def _zone(name: str) -> ZoneInfo:
    if name == "Asia/Taipei":
        return ZONE
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise CellError(f"沒有「{name}」這個時區；請用 Asia/Taipei 或 UTC") from None


def _impossible(match: re.Match[str]) -> str:
    year, month, day = int(match["y"]), int(match["m"]), int(match["d"])
    try:
        datetime(year, month, day)
    except ValueError:
        return f"沒有 {month} 月 {day} 日這一天" if 1 <= month <= 12 else f"沒有 {month} 月"
    return f"沒有 {match['h']}:{match['min']} 這個時間"
