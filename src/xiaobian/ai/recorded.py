"""Answers of a real model kept in a file: one JSON line each, with date and model, replayed without a network.

The first line says with which profile, address and model the file was recorded. No prompt and no header is stored:
a request is known by the hash of method, address and body.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from ..errors import NotFound, ReadError
from ..records import now
from .safety.keys import scrub

FORMAT = 1


@dataclass(frozen=True)
class Meta:
    """What a replay must repeat so that its requests are the same."""

    profile: str
    base_url: str
    model: str
    schema: str
    token_cap: str
    engine: str
    api: str = "chat"
    format: int = FORMAT


@dataclass(frozen=True)
class Entry:
    """One answer. ``body`` is text, or base64 where the answer was no UTF-8."""

    key: str
    endpoint: str
    model: str
    recorded_on: str
    status: int
    content_type: str
    body: str
    is_base64: bool = False

    def content(self) -> bytes:
        return base64.b64decode(self.body) if self.is_base64 else self.body.encode("utf-8")


def key(method: str, url: str, body: Any) -> str:
    """The name of a request: a hash of method, address and canonical JSON; headers never count.

    >>> key("POST", "http://a/v1/x", {"a": 1, "b": 2}) == key("POST", "http://a/v1/x", {"b": 2, "a": 1})
    True
    """
    canonical = json.dumps(body, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{method}\n{url}\n{canonical}".encode()).hexdigest()


class Recordings:
    """The answers of one file; ``meta`` is None for a plain cache."""

    def __init__(self, file: Path, meta: Meta | None = None) -> None:
        self.file, self.meta = file, meta
        self._entries: dict[str, Entry] = {}
        self._lock = threading.Lock()
        for found in _lines(file):
            if isinstance(found, Meta):
                self.meta = found
            else:
                self._entries[found.key] = found

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, name: str) -> Entry | None:
        return self._entries.get(name)

    def days(self) -> tuple[str, str]:
        """First and last day of recording, empty when there is none."""
        days = sorted(entry.recorded_on[:10] for entry in self._entries.values())
        return (days[0], days[-1]) if days else ("", "")

    def models(self) -> list[str]:
        """Models that answered, sorted."""
        return sorted({entry.model for entry in self._entries.values() if entry.model})

    def add(self, name: str, endpoint: str, model: str, status: int, content_type: str, body: bytes) -> None:
        """Keep an answer, without anything that looks like a key."""
        try:
            text, coded = scrub(body.decode("utf-8")), False
        except UnicodeDecodeError:
            text, coded = base64.b64encode(body).decode(), True
        entry = Entry(name, endpoint, model, now(), status, content_type, text, coded)
        with self._lock:
            first = [asdict(self.meta)] if self.meta and not self.file.exists() else []
            self._entries[name] = entry
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with open(self.file, "a", encoding="utf-8") as stream:
                for line in (*first, asdict(entry)):
                    stream.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")


def _lines(file: Path) -> Iterator[Meta | Entry]:
    if not file.is_file():
        return
    for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        try:
            found = json.loads(line)
            kind: Any = Meta if found.get("format") == FORMAT else Entry
            yield kind(**{f.name: found[f.name] for f in fields(kind) if f.name in found})
        except (ValueError, TypeError, AttributeError):
            raise ReadError(
                "讀不懂錄製的 AI 回答",
                where=f"檔案 {file.name} 第 {number} 行",
                next_step="請換回原來的檔案，或刪掉這一行",
            ) from None


def load(file: str | Path) -> tuple[Recordings, Meta]:
    """A recording made with ``connect(…, cache="file.jsonl")``; raises NotFound or ReadError."""
    path = Path(file)
    if not path.is_file():
        raise NotFound(
            f"找不到錄製檔 {path.name}",
            next_step='先連到真的服務錄一份：xb.ai.connect("openai", cache="檔名.jsonl")，做完任務後再用 connect("recorded", file="檔名.jsonl")',
        )
    made = Recordings(path)
    if made.meta is None or not len(made):
        raise ReadError(
            "這個檔案不是 AI 回答的錄製檔",
            where=f"檔案 {path.name}",
            next_step='錄製檔由 xb.ai.connect(…, cache="檔名.jsonl") 產生',
        )
    return made, made.meta
