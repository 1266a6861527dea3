"""From plain data to the dataclasses of a card, with a reason for everything that does not fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields
from difflib import get_close_matches
from typing import Any, TypeVar

from ...errors import KitError

T = TypeVar("T")


class CardError(KitError):
    """A card's spec lacks something, or holds what cannot be drawn."""


def read(kind: type[T], found: Mapping[str, Any], where: str, parts: Mapping[str, type]) -> T:
    """An object of ``kind`` from a mapping. parts: fields that hold other objects; a list gives a tuple of them.

    >>> from .spec import Background
    >>> read(Background, {"colour": "#112233"}, "底色", {}).colour
    '#112233'
    """
    if not isinstance(found, Mapping):
        raise CardError("這裡要寫成「欄位: 值」", where=where, next_step="檢查縮排，一行一個欄位")
    known = {field.name: field for field in fields(kind)}  # type: ignore[arg-type]
    if unknown := [str(name) for name in found if name not in known]:
        near = get_close_matches(unknown[0], known, 1)
        tip = f"是不是「{near[0]}」？" if near else ""
        raise CardError(f"沒有「{unknown[0]}」這個欄位", where=where, next_step=f"{tip}可用的有 {'、'.join(known)}")
    needed = [n for n, f in known.items() if f.default is MISSING and f.default_factory is MISSING]
    if missing := [name for name in needed if name not in found]:
        raise CardError(f"少了「{'、'.join(missing)}」", where=where, next_step="把這些欄位補上")
    values = {
        name: (
            _part(parts[name], value, f"{where}的 {name}", str(known[name].type).startswith("tuple"))
            if name in parts
            else _plain(str(known[name].type), value, f"{where}的 {name}")
        )
        for name, value in found.items()
    }
    return kind(**values)


def _part(kind: type[Any], value: Any, where: str, many: bool) -> Any:
    if not many:
        return read(kind, value, where, {})
    if not isinstance(value, list):
        raise CardError("這裡要寫成一份清單", where=where, next_step="每一項前面加「- 」")
    return tuple(read(kind, one, f"{where} 第 {place} 個", {}) for place, one in enumerate(value, 1))


def _plain(kind: str, value: Any, where: str) -> Any:
    """A string, number or yes/no; a number in quotes is no number, and a colour without quotes is a comment in YAML."""
    if kind == "str":
        if value is None:
            raise CardError("這一格是空的", where=where, next_step="顏色要加引號，例如 \"#2A241F\"；沒有引號的 # 是註解")
        return str(value)
    if kind == "bool":
        if not isinstance(value, bool):
            raise CardError(f"「{value}」不是 true 或 false", where=where, next_step="寫 true 或 false")
        return value
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value:
        raise CardError(f"「{value}」不是數字", where=where, next_step="寫像素的數字，不加單位也不加引號")
    return value
