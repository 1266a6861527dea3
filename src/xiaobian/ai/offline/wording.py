"""How a customer's question is written before it is compared: one form a word, no courtesies, meanings named."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

import yaml

from ... import datasets
from ...text.counting import EMOJI

_NOISE = re.compile(r"[~～^*_|<>\[\]【】（）()「」『』、，。！？；：…．.,!?;:\"'\s]+")
_LAUGH = re.compile(r"(?:xd+|哈{2,}|ㄏ{2,}|呵{2,}|嗚{2,}|qq|qaq|orz|ㅠ+)", re.IGNORECASE)
_BOPOMOFO_END = re.compile(r"[ㄅ-ㄩ]+$")

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def _lists() -> tuple[re.Pattern[str], list[tuple[str, str]], list[tuple[str, re.Pattern[str]]]]:
    declared = yaml.load(datasets.path("ai/synonyms.yml").read_text(encoding="utf-8"), Loader=LOADER)
    drop = re.compile("|".join(sorted(map(re.escape, declared["drop"]), key=len, reverse=True)))
    same = sorted(((str(a), str(b)) for a, b in declared["same"].items()), key=lambda pair: -len(pair[0]))
    groups = [
        (name, re.compile("|".join(sorted((re.escape(_folded(str(w))) for w in words), key=len, reverse=True))))
        for name, words in declared["groups"].items()
    ]
    return drop, same, groups


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


@lru_cache(maxsize=20_000)
def plain(text: str) -> str:
    """A text in one written form, without emoji, laughter and punctuation; words are all kept.

    >>> plain("請問　ＬＩＮＥ會員要怎麼綁定ㄋ🥺？")
    '請問 line會員要怎麼綁定呢'
    """
    folded = _LAUGH.sub(" ", EMOJI.sub(" ", _folded(text)))
    for old, new in _lists()[1]:
        folded = folded.replace(old, new)
    return _NOISE.sub(" ", _BOPOMOFO_END.sub("", folded)).strip()


@lru_cache(maxsize=20_000)
def core(text: str) -> str:
    """What is left of a question without courtesies and particles; the plain text when nothing would be left.

    >>> core("不好意思想請問一下你們運費怎麼算呢～謝謝")
    '運費怎麼算'
    """
    kept = plain(text)
    rest = " ".join(_lists()[0].sub(" ", kept).split())
    return rest.replace(" ", "") if len(rest) < 2 else rest or kept


def meanings(text: str) -> list[str]:
    """Names of the groups whose expressions stand in a text.

    >>> meanings("寄到澎湖要多少錢")
    ['ask_price', 'ship_how']
    """
    kept = plain(text)
    return [name for name, words in _lists()[2] if words.search(kept)]


@cache
def _concepts() -> list[tuple[str, re.Pattern[str]]]:
    declared = yaml.load(datasets.path("ai/synonyms.yml").read_text(encoding="utf-8"), Loader=LOADER)
    return [(name, re.compile(pattern)) for name, pattern in declared["concepts"].items()]


@lru_cache(maxsize=20_000)
def concepts(text: str) -> tuple[str, ...]:
    """What is spoken of: things, people, places, deeds and states, finer than the meanings.

    >>> concepts("寄到澎湖要多少錢")
    ('island', 'how_much', 'ship', 'arrive')
    """
    kept = plain(text)
    return tuple(name for name, pattern in _concepts() if pattern.search(kept))
