"""Make a sentence shorter without cutting what must stay whole: numbers, addresses, emoji, names, a given phrase."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate

import regex

from ...text import cut
from ...text.claims import claims
from ...text.counting import EMOJI
from ..limits import URL

Fits = Callable[[str], bool]
_CLAUSE = regex.compile(r"(?<=[，；])|(?<=[、：,;])(?![\d])")
_ENDS = "，、；：,; "
_NUMBER = regex.compile(r"[\d０-９][\d０-９,.:/\-–~％%]*\s*\p{L}{0,2}")


def by_clauses(sentence: str, keep: Sequence[str], fits: Fits) -> str:
    """The sentence without as few of its clauses as possible, last first; a clause with a claim or a kept phrase stays.

    An empty text when even that does not fit, or when nothing can go.

    >>> by_clauses("今年的戚風更蓬，想了很久，6 吋 420 元。", (), lambda text: len(text) <= 18)
    '今年的戚風更蓬，6 吋 420 元。'
    """
    clauses = [c for c in _CLAUSE.split(sentence) if c]
    loose = [i for i, clause in enumerate(clauses) if not _stays(clause, keep)][::-1]

    def without(number: int) -> str:
        gone = set(loose[:number])
        left = "".join(c for i, c in enumerate(clauses) if i not in gone).rstrip(_ENDS)
        return _closed(left) if left else ""

    number = _least(range(1, len(loose) + 1), lambda n: bool(without(n)) and not fits(without(n)))
    made = without(number) if number else ""
    return made if made and fits(made) else ""


def by_words(text: str, keep: Sequence[str], fits: Fits) -> str:
    """The longest beginning of a text that fits with 「…」 behind it, cut between words and outside what stays whole.

    An empty text when not even one word fits.

    >>> by_words("聯絡 https://yusui.example/box 立刻訂", (), lambda text: len(text) <= 20)
    '聯絡…'
    """
    words = cut(text)
    whole = protected(text, keep)
    inside = {place for a, b in whole for place in range(a + 1, b)}
    places = [end for end in accumulate(map(len, words)) if end < len(text) and end not in inside][::-1]
    end = _least(places, lambda end: not fits(_opened(text, end)))
    made = _opened(text, end) if end else ""
    return made if len(made) > 1 and fits(made) else ""


def _opened(text: str, end: int) -> str:
    return text[:end].rstrip(_ENDS) + "…"


def _least(steps: Sequence[int], too_long: Callable[[int], bool]) -> int:
    """The first of some steps, each shorter than the one before, that is not too long; the last if all are, 0 of none."""
    if not steps:
        return 0
    low, high = 0, len(steps) - 1
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if too_long(steps[middle]) else (low, middle)
    return steps[low]


def protected(text: str, keep: Sequence[str] = ()) -> list[tuple[int, int]]:
    """Where something stands that must not be cut: start and end of addresses, numbers with their unit, claims, emoji, phrases.

    >>> protected("打 9 折", ())
    [(2, 5)]
    """
    spans = [m.span() for pattern in (URL, _NUMBER, EMOJI, regex.compile(r"\X")) for m in pattern.finditer(text)]
    for phrase in dict.fromkeys([*keep, *(claim.text.strip() for claim in claims(text))]):
        start = text.find(phrase) if phrase else -1
        while start >= 0:
            spans.append((start, start + len(phrase)))
            start = text.find(phrase, start + 1)
    return sorted((a, b) for a, b in set(spans) if b - a > 1)


def _stays(clause: str, keep: Sequence[str]) -> bool:
    return bool(claims(clause)) or any(p in clause or clause.strip(_ENDS + "。！？") in p for p in keep)


def _closed(text: str) -> str:
    return text if text[-1] in "。！？!?…" or EMOJI.search(text[-2:]) else text + "。"
