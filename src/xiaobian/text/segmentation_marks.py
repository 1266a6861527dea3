"""Words that a dictionary cannot hold: figures, Latin tokens, addresses, emoji, numerals, compounds with a head."""

from __future__ import annotations

from functools import cache

import numpy as np
import regex

from . import segmentation_rules as rules

OTHER, DIGIT, INNER, LATIN, JOINER, ZHUYIN, NUMERAL, ORDINAL, HEAD, SPACE, PLUS, FLAG = range(12)
_NET = regex.compile(
    r"https?://[^\s\p{Han}　-〿＀-￯]+|www\.[^\s\p{Han}　-〿＀-￯]+|[A-Za-z0-9_.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+|@[A-Za-z0-9_.]*[A-Za-z0-9_]|#\w+"
)


@cache
def _kinds() -> np.ndarray:
    """Code point → kind [0x110000]; asked with the Simplified form."""
    table = np.zeros(0x110000, dtype=np.uint8)
    table[ord("0") : ord("9") + 1] = DIGIT
    for sign in ".,:/×":
        table[ord(sign)] = INNER
    table[ord("A") : ord("Z") + 1] = table[ord("a") : ord("z") + 1] = LATIN
    table[0xC0:0x250] = LATIN
    table[0xD7] = INNER
    table[[ord("-"), ord("'"), ord("_"), ord("&")]] = JOINER
    table[0x3105:0x3130] = ZHUYIN
    table[[0x2C7, 0x2CA, 0x2CB, 0x2D9]] = ZHUYIN
    for sign in rules.simplify(rules.rules()["numerals"]):
        table[ord(sign)] = NUMERAL
    table[ord("第")] = ORDINAL
    for sign in rules.simplify(rules.rules()["heads"]):
        table[ord(sign)] = HEAD
    table[ord("+")] = PLUS
    table[[0xFE0E, 0xFE0F, 0x20E3, 0x200D]] = FLAG
    table[0x1F3FB:0x1F400] = FLAG
    table[0x300:0x370] = FLAG
    return table


def mend(plain: np.ndarray, starts: np.ndarray) -> None:
    """Join what the segmenter parted, in place. plain [n]: code points; starts [n + 1]: whether a word begins."""
    kind = _kinds()[plain]
    if len(kind) < 2:
        return
    before, here = kind[:-1], kind[1:]
    inside = starts[1:-1]
    word = (kind == DIGIT) | (kind == LATIN)
    joined = word[:-1] & word[1:] | (here == FLAG) | (plain[:-1] == 0x200D)
    joined |= (before == ZHUYIN) & (here == ZHUYIN)
    inside[joined] = False
    _bridges(kind, starts)
    _numerals(kind, starts)
    _heads(kind, starts, plain)


def _bridges(kind: np.ndarray, starts: np.ndarray) -> None:
    """A mark between digits (1,250) or a hyphen between letters belongs to the word; a plus before a digit too."""
    at = np.flatnonzero((kind[1:-1] == INNER) & (kind[:-2] == DIGIT) & (kind[2:] == DIGIT)) + 1
    starts[at] = starts[at + 1] = False
    word = (kind == DIGIT) | (kind == LATIN)
    at = np.flatnonzero((kind[1:-1] == JOINER) & word[:-2] & word[2:] & ((kind[:-2] == LATIN) | (kind[2:] == LATIN))) + 1
    starts[at] = starts[at + 1] = False
    at = np.flatnonzero((kind[1:] == DIGIT) & (kind[:-1] == PLUS)) + 1
    at = at[(at < 2) | ~word[at - 2]]
    starts[at] = False


def _numerals(kind: np.ndarray, starts: np.ndarray) -> None:
    """Numerals that stand alone side by side are one (四十), with 第 before them as well (第三)."""
    stop = len(kind)
    at = np.flatnonzero((kind[1:] == NUMERAL) & ((kind[:-1] == NUMERAL) | (kind[:-1] == ORDINAL)) & starts[1:stop]) + 1
    begins = np.flatnonzero(starts)
    closes = begins[np.searchsorted(begins, at, side="right")]
    strange = np.concatenate([[0], np.cumsum(kind != NUMERAL)])
    at = at[(strange[closes] == strange[at]) & starts[at - 1]]
    starts[at] = False


def _heads(kind: np.ndarray, starts: np.ndarray, plain: np.ndarray) -> None:
    """Two syllables and a one-syllable head are one (轉換｜率 → 轉換率)."""
    at = np.flatnonzero(kind == HEAD)
    at = at[(at >= 2) & starts[at] & starts[at + 1]]
    han = (kind == OTHER) | (kind == HEAD) | (kind == NUMERAL)
    noun = ~np.isin(plain[at - 1], [ord(sign) for sign in rules.simplify(rules.rules()["no_noun"])])
    at = at[starts[at - 2] & ~starts[at - 1] & han[at - 2] & han[at - 1] & noun]
    starts[at] = False


def net_tokens(text: str) -> list[tuple[int, int]]:
    """Where addresses, handles and hashtags stand."""
    return [match.span() for match in _NET.finditer(text)]
