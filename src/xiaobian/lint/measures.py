"""Sentences, paragraphs and the named measures of a short text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

Span = tuple[int, int]

FILLER = "\ufffc"

_SCOPES = {
    "sentence": re.compile(r"[^。！？!?\n]*[^\s。！？!?][^。！？!?\n]*[。！？!?」』）]*"),
    "paragraph": re.compile(r"[^\n]*\S[^\n]*(?:\n(?!\s*\n)[^\n]+)*"),
}
SCOPES = ("text", *_SCOPES)

_PICTURE = r"[\u2600-\u27bf\u2b00-\u2bff\U0001f300-\U0001faff]"
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U000323af]")
_EMOJI = re.compile(
    rf"[\U0001f1e6-\U0001f1ff]{{2}}|{_PICTURE}[\ufe0f\U0001f3fb-\U0001f3ff]*(?:\u200d{_PICTURE}\ufe0f?)*"
)
_HASHTAG = re.compile(r"(?<![\w/&])[#＃]\w+")
_LINK = re.compile(r"https?://\S+")
_BLANK = re.compile(rf"[\s{FILLER}]+")

_JOKE = re.compile(
    r"哈{2,}|嘻{2,}|呵{2,}|科科|噗哧|笑(?:死|翻|爛|噴)|(?<![A-Za-z])(?:XD+|LOL|lol)(?![A-Za-z])|[~～]+(?=[，。！!\s]|$)"  # lint: off
    r"|開(?:個|了個|一個)?玩笑(?:而已|啦|的)|別(?:太)?(?:認真|嚴肅)|笑一笑|幽默一?下|很有梗"  # lint: off
)

LIMITS: dict[str, tuple[str, re.Pattern[str], str]] = {
    "emoji": ("表情符號", _EMOJI, "🍵"),
    "exclamations": ("驚嘆號", re.compile(r"[！!]"), "！"),
    "jokes": ("玩笑的記號", _JOKE, "哈哈，"),
}
"""Marks whose number a pack may limit: what they are called, how they are found, and one of them."""


def scopes(text: str, scope: str) -> Iterator[Span]:
    """Spans of the sentences or paragraphs of a text, or the whole text.

    >>> list(scopes("早安。要喝茶嗎？", "sentence"))
    [(0, 3), (3, 8)]
    """
    if scope == "text":
        yield 0, len(text)
    else:
        yield from (m.span() for m in _SCOPES[scope].finditer(text))


def _chars(text: str) -> int:
    return len(_BLANK.sub("", text))


def _lengths(text: str) -> list[int]:
    return [_chars(text[start:end]) for start, end in scopes(text, "sentence")] or [0]


def _per_sentence(text: str, marks: str) -> float:
    return sum(map(text.count, marks)) / len(_lengths(text))


MEASURES: dict[str, tuple[str, Callable[[str], float]]] = {
    "chars": ("字元數（不計空白）", _chars),
    "han": ("漢字數", lambda text: len(_HAN.findall(text))),
    "sentences": ("句數", lambda text: sum(1 for _ in scopes(text, "sentence"))),
    "sentence_chars": ("平均句長（字元）", lambda text: sum(_lengths(text)) / len(_lengths(text))),
    "longest_sentence": ("最長句（字元）", lambda text: max(_lengths(text))),
    "exclamations": ("每句的驚嘆號", lambda text: _per_sentence(text, "！!")),
    "questions": ("每句的問號", lambda text: _per_sentence(text, "？?")),
    "emoji": ("表情符號數", lambda text: len(_EMOJI.findall(text))),
    "hashtags": ("主題標籤數", lambda text: len(_HASHTAG.findall(text))),
    "links": ("連結數", lambda text: len(_LINK.findall(text))),
}


def measure(text: str) -> dict[str, float]:
    """All named measures of a text; rates are per sentence, lengths in characters without white space.

    >>> measure("下雨了！喝茶嗎？🍵 #冷泡茶")["hashtags"]
    1
    """
    return {name: function(text) for name, (_, function) in MEASURES.items()}
