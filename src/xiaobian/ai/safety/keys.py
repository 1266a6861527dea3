"""API keys: held where no print, traceback, log or file shows them, scrubbed from texts, looked for before sharing."""

from __future__ import annotations

import json
import os
import re
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import pandas as pd

MASK = "（金鑰已遮住）"

_KEY = re.compile(r"\bsk-[A-Za-z0-9_-]*[A-Za-z0-9*…•._-]{8,}")
_PART = re.compile(
    r"[A-Za-z0-9_-]*(?:\*{3,}|…|\.{4,})[A-Za-z0-9_-]{4,}|[A-Za-z0-9_-]{4,}\*{3,}[A-Za-z0-9_-]*"
)
_BEARER = re.compile(r"(?i)(\bbearer\s+)(?!（)[^\s\"',;<>}]{6,}")
_ASSIGNED = re.compile(r"""(?i)(api[_-]?key["']?\s*[:=]\s*["'])(?!["'])([^"'\n]{12,})(["'])""")
_LONG = re.compile(r"\bsk-(?:proj-|svcacct-|admin-|ant-|or-)?[A-Za-z0-9_-]{20,}")

_SCANNED = {
    ".ipynb",
    ".json",
    ".jsonl",
    ".csv",
    ".md",
    ".txt",
    ".html",
    ".py",
    ".yml",
    ".yaml",
    ".toml",
    ".env",
    ".log",
    ".cfg",
    ".ini",
}
_MAX_BYTES = 20_000_000
_SKIPPED = {".git", ".venv", "__pycache__", "node_modules", ".mypy_cache", ".ruff_cache", ".pytest_cache"}

_live: weakref.WeakSet[Secret] = weakref.WeakSet()


class Secret:
    """A key that shows itself to nobody: no repr, no str, no vars(), no pickle; only ``reveal()`` gives it.

    >>> Secret("sk-not-a-real-key-0000000000")
    金鑰（已設定）
    """

    __slots__ = ("__weakref__", "_reveal")

    def __init__(self, value: str) -> None:
        self._reveal: Callable[[], str] = lambda: value
        _live.add(self)

    def reveal(self) -> str:
        """The key itself, for the request that carries it and nothing else."""
        return self._reveal()

    @property
    def is_openai(self) -> bool:
        """Whether it looks like a key of OpenAI, which must not reach another host."""
        return self.reveal().startswith("sk-")

    def __repr__(self) -> str:
        return "金鑰（已設定）"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is never written to disk")


def problem(value: str) -> str:
    """What is wrong with the shape of a key, as a phrase; empty when nothing is.

    >>> problem("sk-一二三")
    '金鑰裡有中文或全形字'
    """
    if not value.strip():
        return "金鑰是空的"
    if value != value.strip():
        return "金鑰前後有空白或換行"
    if not value.isascii():
        return "金鑰裡有中文或全形字"
    if any(c.isspace() or not c.isprintable() for c in value):
        return "金鑰中間有空白或換行"
    if value.startswith("sk-") and len(value) < 20:
        return "金鑰太短，可能只貼到一部分"
    return ""


def scrub(text: str) -> str:
    """A text without anything that is or looks like a key, also one that a server masked in part.

    >>> scrub("Incorrect API key provided: sk-proj-****abcd.")
    'Incorrect API key provided: （金鑰已遮住）'
    """
    for secret in list(_live):
        if len(value := secret.reveal()) >= 6:
            text = text.replace(value, MASK)
    text = _PART.sub(MASK, _KEY.sub(MASK, text))
    text = _BEARER.sub(lambda m: m[1] + MASK, text)
    return _ASSIGNED.sub(lambda m: m[1] + MASK + m[3], text)


# ── looking before sharing ──


@dataclass(frozen=True)
class Found:
    """One place where a key stands; the key itself is not in it."""

    file: str
    where: str
    kind: str


def scan(*places: str | os.PathLike[str]) -> pd.DataFrame:
    """Look for keys in notebooks (source and outputs), ledger, cache, and other text files.

    places: files or folders; none: the working directory and the answers folder.
    Returns a table with file, where and kind; empty when nothing was found.
    """
    from ...records import state_dir

    roots = [Path(place) for place in places] or [Path.cwd(), state_dir()]
    files = dict.fromkeys(file.resolve() for root in roots for file in _files(root))
    found = [hit for file in files for hit in _in_file(file)]
    return pd.DataFrame([vars(hit) for hit in found], columns=list(Found.__dataclass_fields__))


def _files(root: Path) -> Iterator[Path]:
    if root.is_file():
        yield root
        return
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(set(folders) - _SKIPPED)
        for name in sorted(names):
            if Path(name).suffix in _SCANNED or name.startswith(".env"):
                yield Path(folder) / name


def _in_file(file: Path) -> Iterator[Found]:
    try:
        if file.stat().st_size > _MAX_BYTES:
            return
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return
    parts = _cells(text) if file.suffix == ".ipynb" else None
    for where, part in parts or _lines(text):
        if kind := _kind(part):
            yield Found(file.name, where, kind)


def _lines(text: str) -> Iterator[tuple[str, str]]:
    yield from ((f"第 {number} 行", line) for number, line in enumerate(text.splitlines(), 1))


def _cells(text: str) -> list[tuple[str, str]] | None:
    """Source and outputs of every cell; None when the file is no notebook."""
    try:
        cells = json.loads(text)["cells"]
        return [
            (f"第 {number} 格的{name}", json.dumps(cell.get(field, ""), ensure_ascii=False))
            for number, cell in enumerate(cells, 1)
            for field, name in (("source", "程式"), ("outputs", "輸出"), ("metadata", "設定"))
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _kind(text: str) -> str:
    if any(len(v := secret.reveal()) >= 6 and v in text for secret in list(_live)):
        return "正在使用的金鑰"
    if any(_is_random(found) for found in _LONG.findall(text)):
        return "像 OpenAI 的金鑰"
    bearer = _BEARER.search(text)
    return "帶著金鑰的標頭" if bearer and len(bearer[0]) > 24 else ""


def _is_random(found: str) -> bool:
    """Whether a match is letters by chance, not words joined by hyphens (a style sheet has those too)."""
    rest = found.removeprefix("sk-")
    return any(c.isdigit() or c.isupper() for c in rest) or not re.search("[-_]", rest)


def ask(label: str) -> str:
    """Ask for a key without showing it; raises EOFError where nobody can answer."""
    import getpass

    return getpass.getpass(f"{label} 的金鑰（輸入時不會顯示，也不會存檔）：").strip()


def can_ask() -> bool:
    """Whether there is somebody at a notebook or terminal to ask."""
    import sys

    shell: Any = sys.modules.get("IPython") and sys.modules["IPython"].get_ipython()
    if shell is not None and hasattr(shell, "kernel"):
        return bool(getattr(shell.kernel, "_allow_stdin", False))
    return sys.stdin is not None and sys.stdin.isatty()
