"""Copies of a text for matching, each character with its place in the original; the text itself is never changed.

``legible`` is for personal data: half-width, without what nobody sees. ``fold`` is for patterns: NFKC, small letters,
simplified characters, and on demand letters and digits only.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

_BLANK_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\u180b\u180c\u180d\u180f")
"""Letters and marks by category that show nothing."""
_KEYCAP = "\u20e3"


@lru_cache(maxsize=4096)
def is_hidden(sign: str) -> bool:
    """Whether a character shows nothing or must not be in a text: control, format, tag, private use, lone surrogate.

    Variation selectors count; line breaks and tabs do not.

    >>> [is_hidden(sign) for sign in ("a", "\\u200b", "\\ue000", "\\n")]
    [False, True, True, False]
    """
    point = ord(sign)
    if sign in "\n\t":
        return False
    if 0xFE00 <= point <= 0xFE0F or 0xE0000 <= point <= 0xE0FFF or sign in _BLANK_LETTERS:
        return True
    if point & 0xFFFE == 0xFFFE or 0xFDD0 <= point <= 0xFDEF:
        return True
    return unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Co"}


@dataclass(frozen=True)
class Folded:
    """A copy for matching. places[i]: where its i-th character stands in the original."""

    text: str
    places: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Start and end in the original of a non-empty part of the copy."""
        return self.places[start], self.places[end - 1] + 1


def _made(text: str, change: Callable[[str], str]) -> Folded:
    signs, places = [], []
    for place, sign in enumerate(text):
        for made in change(sign):
            signs.append(made)
            places.append(place)
    return Folded("".join(signs), tuple(places))


@lru_cache(maxsize=8192)
def _half(sign: str) -> str:
    """One character as a person reads it: digits of any style as 0–9, full-width signs as half-width; ① stays."""
    if is_hidden(sign) or sign == _KEYCAP:
        return ""
    if (digit := unicodedata.decimal(sign, None)) is not None:
        return str(digit)
    if sign in "‐‑‒–—―−﹣－ー":
        return "-"
    made = unicodedata.normalize("NFKC", sign)
    return made if len(made) == 1 and unicodedata.category(sign) != "No" else sign


def legible(text: str) -> Folded:
    """A copy with half-width digits, letters and marks and nothing invisible.

    >>> legible("０９１２－３４５").text
    '0912-345'
    """
    return _made(text, _half)


_SPOKEN = {
    **dict(zip("零〇○洞一二三四五六七八九么幺兩", "0000123456789112", strict=True)),
    **dict(zip("壹貳參肆伍陸柒捌玖", "123456789", strict=True)),
    **dict(zip("①②③④⑤⑥⑦⑧⑨⓪", "1234567890", strict=True)),
}


def spoken_digits(text: str) -> str:
    """A legible text with numerals that stand for one digit as that digit; as long as before.

    >>> spoken_digits("零九一二")
    '0912'
    """
    return "".join(_SPOKEN.get(sign, sign) for sign in text)


@cache
def _converter() -> Any:
    import opencc

    return opencc.OpenCC("t2s")


@lru_cache(maxsize=16384)
def _plain(sign: str) -> str:
    if is_hidden(sign):
        return ""
    made = unicodedata.normalize("NFKC", sign).casefold()
    return "".join(str(_converter().convert(one)) if one > "\u2e7f" else _ALIKE.get(one, one) for one in made)


_ALIKE = dict(zip("аеорсухіѕјԁһӏαονρτικ", "aeopcyxisjdhlaovptik", strict=True))
"""Cyrillic and Greek letters that look like Latin ones."""


@lru_cache(maxsize=16384)
def _bare(sign: str) -> str:
    return "".join(made for made in _plain(sign) if made.isalnum())


def fold(text: str, *, bare: bool = False) -> Folded:
    """A copy that patterns are matched on: NFKC, small letters, simplified characters, nothing invisible.

    bare: letters and digits only, so that spaces, marks and emoji between them do not matter.

    >>> fold("Ｉｇｎｏｒｅ 指\\u200b示").text, fold("忽 ❤ 略。", bare=True).text
    ('ignore 指示', '忽略')
    """
    return _made(text, _bare if bare else _plain)


def simplified(pattern: str) -> str:
    """A pattern written in traditional characters as it matches on a folded copy.

    >>> simplified("指令|規則")
    '指令|规则'
    """  # lint: off
    return "".join(str(_converter().convert(one)) if one > "\u2e7f" else one for one in pattern)
