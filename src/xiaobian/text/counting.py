"""How long a text is, as people and as each platform count it."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import regex
import yaml

from .. import datasets
from ..errors import NotFound

EMOJI = regex.compile(r"\p{Emoji_Presentation}|\p{Emoji}\ufe0f|\p{RI}\p{RI}|[0-9#*]\ufe0f?\u20e3")
_GRAPHEME = regex.compile(r"\X")
_URL = regex.compile(r"https?://[^\s\u3000-\u303f\uff00-\uffef\u4e00-\u9fff]+", regex.IGNORECASE)
_HAN = regex.compile(r"\p{Han}")
_SIGNS = 4096
"""Signs whose weight is remembered: the same few hundred make up every text."""


@dataclass(frozen=True)
class Counts:
    """One text in every unit a platform may mean.

    graphemes: what a person sees as one sign. characters: Unicode code points. utf16: units of UTF-16.
    bytes: of UTF-8. han: Chinese characters. emoji: emoji sequences. x_weights: as X weighs a post.
    emoji_as_bytes: one a sign, but an emoji counts its UTF-8 bytes (Threads).
    """

    graphemes: int
    characters: int
    utf16: int
    bytes: int
    han: int
    emoji: int
    x_weights: int
    emoji_as_bytes: int


def counts(text: str) -> Counts:
    """Count a text in every unit; sources are in ``datasets/reference/counting.yml``.

    >>> found = counts("買一送一🎉 https://yusui.example/menu")
    >>> found.graphemes, found.x_weights, found.emoji_as_bytes
    (32, 34, 35)
    >>> counts("👨‍👩‍👧").graphemes, counts("👨‍👩‍👧").characters, counts("👨‍👩‍👧").x_weights
    (1, 5, 2)
    """
    signs = _GRAPHEME.findall(text)
    return Counts(
        graphemes=len(signs),
        characters=len(text),
        utf16=_utf16(text),
        bytes=len(text.encode("utf-8", "surrogatepass")),
        han=len(_HAN.findall(text)),
        emoji=sum(map(_is_emoji, signs)),
        x_weights=_x_weights(text),
        emoji_as_bytes=_emoji_as_bytes(text),
    )


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@lru_cache(_SIGNS)
def _is_emoji(sign: str) -> bool:
    return EMOJI.match(sign) is not None


def _emoji_as_bytes(text: str) -> int:
    return sum(len(sign.encode("utf-8")) if _is_emoji(sign) else 1 for sign in _GRAPHEME.findall(text))


@dataclass(frozen=True)
class Fit:
    """How a text stands against one limit: used and limit in ``unit``; left is negative when it is too long."""

    platform: str
    field: str
    used: int
    limit: int
    unit: str
    source: str
    checked: str
    confidence: str

    @property
    def left(self) -> int:
        return self.limit - self.used

    @property
    def ok(self) -> bool:
        return self.left >= 0

    def __repr__(self) -> str:
        room = f"還可以寫 {self.left:,}" if self.ok else f"超過 {-self.left:,}"
        return f"{self.platform} {self.field}：{self.used:,}／{self.limit:,} {UNITS[self.unit]}，{room}（{self.source}，查核 {self.checked}）"


UNITS = {"characters": "字元", "x_weights": "X 權重", "characters_emoji_as_bytes": "字元（表情符號算位元組）"}


def fit(text: str, platform: str, field: str = "caption") -> Fit:
    """A text against a platform's limit, counted as that platform counts.

    field: ``caption``, ``title``, ``description``, ``alt_text``, ``bubble_text`` … as in ``platform_specs.csv``.
    Raises NotFound when no limit of that name is known.

    >>> fit("母親節預購開跑", "x").used
    14
    """
    row = _limits().get((platform, field))
    if row is None:
        known = "、".join(f"{p}/{f}" for p, f in _limits())
        raise NotFound(f"沒有 {platform} 的 {field} 上限", next_step=f"查得到的有：{known}")
    return Fit(
        platform, field, _USED[row["unit"]](text), int(row["limit"]), row["unit"],
        str(row["source"]), str(row["checked"]), str(row["confidence"]),
    )  # fmt: skip


def fits(text: str, field: str = "caption") -> list[Fit]:
    """The same text against every platform that has this limit.

    >>> [f.platform for f in fits("字" * 300) if not f.ok]
    ['x']
    """
    return [fit(text, platform, name) for platform, name in _limits() if name == field]


@cache
def _limits() -> dict[tuple[str, str], dict[str, Any]]:
    specs = datasets.reference("platform_specs")
    rows = specs[(specs["scope"] == "platform") & specs["limit"].notna() & specs["unit"].isin(list(_USED))]
    return {
        (str(row["platform"]), str(row["field"])): {str(k): v for k, v in row.items()}
        for row in rows.to_dict("records")
        if row["field"] != "url_length"
    }


@cache
def _weights() -> dict[str, Any]:
    rules = yaml.safe_load(datasets.path("reference/counting.yml").read_text(encoding="utf-8"))
    return dict(rules["x_weights"])


def _x_weights(text: str) -> int:
    rules = _weights()
    rest, links = _URL.subn("", unicodedata.normalize("NFC", text))
    total = links * rules["url"] * rules["scale"] + sum(map(_weight, _GRAPHEME.findall(rest)))
    return int(total // rules["scale"])


@lru_cache(_SIGNS)
def _weight(sign: str) -> int:
    rules = _weights()
    if _is_emoji(sign):
        return int(rules["default"])
    return sum(
        next((w for low, high, w in rules["ranges"] if low <= ord(c) <= high), rules["default"]) for c in sign
    )


_USED = {"characters": _utf16, "x_weights": _x_weights, "characters_emoji_as_bytes": _emoji_as_bytes}
