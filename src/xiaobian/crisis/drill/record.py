"""A drill as one line to hand in: readable head, packed moves, a check sum."""

from __future__ import annotations

import base64
import binascii
import json
import re
import zlib
from collections.abc import Iterable
from typing import NoReturn

from ...errors import AnswerError, KitError
from .setup import Setup
from .state import Move

VERSION = 1
_LARGEST = 2_000_000
"""Bytes that a record may unpack to."""
_MOST = 20_000
"""Moves that a record may hold."""
_LINE = re.compile(r"drill(\d+)\.([a-z_]+)\.(\d{1,10})\.(\d{1,5})(b?)\.([\w-]*)\.([0-9a-f]{8})", re.ASCII)


def plain(move: Move) -> list[object]:
    """A move as a short list, less what is empty at its end."""
    parts: list[object] = [move.kind, move.minute, move.subject, move.choice, move.text]
    while parts[-1] in ("", 0) and len(parts) > 2:
        parts.pop()
    return parts


def move_of(parts: object) -> Move:
    """The move of such a list; raises ValueError for anything else."""
    wanted = (str, int, int, str, str)
    if not isinstance(parts, list) or not 2 <= len(parts) <= len(wanted):
        raise ValueError(parts)
    if not all(type(part) is kind for part, kind in zip(parts, wanted, strict=False)):
        raise ValueError(parts)
    return Move(*parts)


def packed(setup: Setup, moves: Iterable[Move]) -> str:
    """One line of letters, digits, ``-``, ``_`` and dots."""
    told = json.dumps([plain(move) for move in moves], ensure_ascii=False, separators=(",", ":"))
    body = base64.urlsafe_b64encode(zlib.compress(told.encode(), 9)).decode().rstrip("=")
    head = f"drill{VERSION}.{setup.scenario}.{setup.seed}.{setup.minutes}{'b' if setup.busy else ''}.{body}"
    return f"{head}.{zlib.crc32(head.encode()):08x}"


def unpacked(line: str) -> tuple[Setup, list[Move]]:
    """The setup and the moves of a line; raises AnswerError that says what is wrong with it."""
    text = "".join(line.split()) if isinstance(line, str) else ""
    found = _LINE.fullmatch(text)
    if not found:
        _refuse("這不是演練紀錄，或只貼到一半", "請從 .record 整行重新複製，開頭是 drill1.")
    version, scenario, seed, minutes, busy, body, check = found.groups()
    if int(version) != VERSION:
        _refuse(f"這是第 {version} 版的紀錄，這裡只讀第 {VERSION} 版", "請用同一版的教材重開，或更新教材")
    if f"{zlib.crc32(text.rsplit('.', 1)[0].encode()):08x}" != check:
        _refuse("檢查碼對不上，紀錄被改過或漏了字", "請從 .record 整行重新複製")
    try:
        packer = zlib.decompressobj()
        raw = packer.decompress(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)), _LARGEST)
        told = json.loads(raw.decode())
        if not isinstance(told, list) or len(told) > _MOST:
            raise ValueError
        moves = [move_of(parts) for parts in told]
        return Setup(scenario, int(seed), int(minutes), bool(busy)), moves
    except (ValueError, TypeError, binascii.Error, zlib.error, KitError):
        _refuse("內容讀不懂", "請從 .record 整行重新複製")


def _refuse(what: str, next_step: str) -> NoReturn:
    raise AnswerError(what, where="演練紀錄", next_step=next_step) from None
