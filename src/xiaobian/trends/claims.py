"""Which event of the timeline a sentence speaks of, and whether it says what was or what is: words as data, no model."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from .. import datasets

_DIGITS = dict(zip("一二兩三四五六七八九", (1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_NUMERAL = re.compile(f"([{''.join(_DIGITS)}]?)(十?)([{''.join(_DIGITS)}]?)(?=秒|分鐘|小時|個|級)")
_SECONDS = {"秒": 1, "分鐘": 60, "小時": 3600}


@dataclass(frozen=True)
class Match:
    """An event and what a sentence says of it: before, now, or unclear."""

    event: str
    says: str


@cache
def words() -> dict[str, Any]:
    """The patterns, from ``datasets/trends/feature_words.yml``."""
    return dict(yaml.safe_load(datasets.path("trends/feature_words.yml").read_text(encoding="utf-8")))


def plain(text: str) -> str:
    """Lower case, half-width, without spaces; small Chinese numerals before a unit as digits; usual other names replaced.

    >>> plain("IG 的 Reels 最長三分鐘")
    'instagram的reels最長3分鐘'
    >>> plain("十五秒、九十秒、30 個")
    '15秒、90秒、30個'
    """
    folded = unicodedata.normalize("NFKC", text).lower()
    for pattern, name in words()["names"].items():
        folded = re.sub(pattern, name, folded)
    folded = re.sub(r"\s+", "", folded)
    return _NUMERAL.sub(_digits, folded)


def _digits(found: re.Match[str]) -> str:
    """A Chinese numeral up to 99 as digits; what is none stays."""
    first, ten, last = found.groups()
    if not ten:
        return "".join(str(_DIGITS[one]) for one in first + last)
    return str(10 * _DIGITS.get(first, 1) + _DIGITS.get(last, 0))


def match(claim: str, platform: str, events: Mapping[str, Mapping[str, str]]) -> Match | None:
    """The event a claim contradicts, else the one it repeats, else one it only touches; None when there is none.

    platform: of the claim; with "" or ``other`` the platforms are those it names.

    >>> match("Reels 最長 90 秒", "", {"reels_length": {"platform": "instagram"}})
    Match(event='reels_length', says='before')
    """
    text = plain(claim)
    spoken = words()["platforms"].items()
    named = {of for word, of in spoken if re.search(rf"(?<![a-z]){word}(?![a-z])", text)}
    wanted = {"other", platform} if platform not in ("", "other") else {"other", *named}
    found = []
    for name, rule in words()["events"].items():
        if name not in events or events[name]["platform"] not in wanted:
            continue
        if all(re.search(one, text) for one in rule["topic"]) and not any(
            re.search(one, text) for one in rule.get("unless", ())
        ):
            found.append(Match(name, _says(text, rule)))
    order = ("before", "now", "unclear")
    return min(found, key=lambda one: order.index(one.says)) if found else None


def _says(text: str, rule: Mapping[str, Any]) -> str:
    if "limit" in rule:
        return _of_limit(text, rule["limit"])
    for state in ("now", "before"):
        if state in rule and re.search(rule[state], text):
            return state
    return "unclear"


def _of_limit(text: str, limit: Mapping[str, Any]) -> str:
    unit = "個" if limit["unit"] == "count" else "|".join(_SECONDS)
    before = rf"(?:{words()['limit_words']})[^，。、\d]{{0,6}}(\d+)({unit})"
    after = rf"(\d+)({unit})(?:以內|為限|的?上限)"  # lint: off
    limits = {_size(*found.groups()) for pattern in (before, after) for found in re.finditer(pattern, text)}
    if limits:
        return "now" if limits <= set(limit["now"]) else "before"
    used = {_size(*found.groups()) for found in re.finditer(rf"(\d+)({unit})", text)}
    return "before" if limit["ways"] == "more" and any(n > max(limit["now"]) for n in used) else "unclear"


def _size(number: str, unit: str) -> int:
    return int(number) * _SECONDS.get(unit, 1)
