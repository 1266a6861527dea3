"""The cutting convention as rules: ``datasets/text/cutting.yml`` says what is cut apart inside a piece and what is one word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import opencc
import rjieba
import yaml

from .. import datasets

_SIZE = 0x110000
ASPECT = 0x7740  # the form of 著 in which the dictionary knows the particle
HAN = ((0x3400, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x323AF))


@cache
def simplified() -> np.ndarray:
    """Code point → code point of the Simplified form [0x110000]; one for one, so that places stay.

    What cannot be encoded (surrogates) becomes U+FFFD, for the segmenter refuses it.
    """
    table = np.arange(_SIZE, dtype=np.uint32)
    table[0xD800:0xE000] = 0xFFFD
    table[0xFF01:0xFF5F] = np.arange(0x21, 0x7F)
    signs = [chr(code) for low, high in HAN for code in range(low, min(high, 0xFFFF) + 1)]
    for sign, plain in zip(signs, opencc.OpenCC("t2s").convert("\n".join(signs)).split("\n"), strict=True):
        if len(plain) == 1:
            table[ord(sign)] = ord(plain)
    table[ord("著")] = ASPECT
    for sign, plain in rules()["alike"].items():
        table[ord(sign)] = ord(plain)
    return table


@cache
def rules() -> dict[str, Any]:
    return dict(yaml.safe_load(datasets.path("text/cutting.yml").read_text(encoding="utf-8")))


def simplify(text: str) -> str:
    """A text in the form in which the dictionary is asked, sign for sign.

    >>> simplify("訂單沒出貨，著急")  # lint: off
    '订单没出货,着急'
    """
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return simplified()[codes].tobytes().decode("utf-32-le")


@cache
def listed(name: str) -> frozenset[str]:
    return frozenset(simplify(word) for word in str(rules()[name]).split())


@cache
def editor_words() -> frozenset[str]:
    """The editor's dictionary, as the segmenter sees it."""
    lines = datasets.path("text/editor_words.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(simplify(line.split("\t")[0]) for line in lines if line and not line.startswith("#"))


@cache
def kept() -> frozenset[str]:
    return listed("keep") | listed("words") | editor_words() | frozenset(grown())


def grown() -> Iterator[str]:
    """Words that the convention makes: verb and result (看到, 吃不完)."""
    table = rules()["results"]
    verbs = simplify("".join(str(table["verbs"]).split()))
    for result in simplify(table["all"]).split():
        yield from (verb + result for verb in verbs)
    for result, some in table["some"].items():
        yield from (simplify(verb + result) for verb in some)
    for result in simplify(table["possible"]).split():
        yield from (verb + link + result for verb in verbs for link in "得不")


@cache
def _ends() -> tuple[str, ...]:
    return tuple(sorted(listed("last"), key=lambda word: (-len(word), word)))


@cache
def _starts() -> tuple[str, ...]:
    return tuple(sorted(listed("first"), key=lambda word: (-len(word), word)))


@cache
def _numeral() -> re.Pattern[str]:
    digits = simplify(rules()["numerals"])
    measures = "|".join(sorted(map(re.escape, listed("measures")), key=lambda word: (-len(word), word)))
    return re.compile(rf"(第?[{digits}]+)([几多余]?)({measures})(.*)")


@cache
def apart() -> dict[str, list[str]]:
    """Phrases that are more than one word, and their words."""
    cuts = [simplify(word).split(simplify("｜")) for word in str(rules()["apart"]).split()]
    return {"".join(words): words for words in cuts}


PHRASES = frozenset({"n", "vn", "v", "t", "a", "d", "b"})


def words_of(piece: str, engine: rjieba.Jieba) -> list[str]:
    """A piece of the segmenter (Simplified) cut by the convention; signs and their order stay.

    >>> e = rjieba.Jieba()  # lint: off
    >>> words_of("不是", e), words_of("不错", e), words_of("一个月", e), words_of("看起来", e)
    (['不', '是'], ['不错'], ['一', '个', '月'], ['看', '起来'])
    """
    if len(piece) < 2 or not "\u3400" <= piece[0] <= "\u9fff":
        return [piece]
    if piece in apart():
        return apart()[piece]
    if piece in kept():
        return [piece]
    numeral = _numeral().fullmatch(piece)
    if numeral:
        number, about, measure, rest = numeral.groups()
        return [number, *about, measure, *(words_of(rest, engine) if rest else [])]
    if len(piece) == 3 and piece[1] == "不" and piece[0] == piece[2]:
        return list(piece)
    if len(piece) < 4:
        return _short(piece, engine)
    halves = piece[:2], piece[2:]
    if len(piece) == 4 and all(map(engine.has_word, halves)) and engine.tag(piece, False)[0][1] in PHRASES:
        return [*words_of(halves[0], engine), *words_of(halves[1], engine)]
    return [piece]


@cache
def _objects() -> tuple[frozenset[str], frozenset[str]]:
    return frozenset(simplify(rules()["takes"])), frozenset(simplify(rules()["tools"]))


def _short(piece: str, engine: rjieba.Jieba) -> list[str]:
    """A piece of two or three signs: its end goes first, then its beginning, then a verb's object."""
    for end in _ends():
        if piece.endswith(end) and len(piece) > len(end):
            return [*words_of(piece[: -len(end)], engine), end]
    for start in _starts():
        if piece.startswith(start) and len(piece) > len(start):
            return [start, *words_of(piece[len(start) :], engine)]
    verbs, tools = _objects()
    if len(piece) == 2 and piece[0] == "一" and piece[1] in verbs:
        return list(piece)
    if len(piece) == 3 and piece[0] in verbs and piece[-1] not in tools and engine.has_word(piece[1:]):
        return [piece[0], *words_of(piece[1:], engine)]
    return [piece]
