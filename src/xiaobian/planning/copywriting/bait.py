"""Engagement bait: phrasings that only farm reactions, comments, shares, tags or votes, and what to write instead.

The five kinds are those Meta named in 2017 (``xb.evidence("meta_bait_2017")``, told by the press; look up what holds
today). The patterns are the ``bait_…`` rules of the lint pack ``copy``: this module reads them, it has none of its own.
A genuine question, a call for help or a recommendation is no bait.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from ... import lint

_PREFIX = "bait_"
EVIDENCE = "meta_bait_2017"
KINDS = {"vote": "投票", "react": "表情", "share": "分享", "tag": "標記", "comment": "照樣留言"}


@dataclass(frozen=True)
class Bait:
    """One place that farms. kind: of ``KINDS``; span: code points; why: what is wrong and what to do."""

    kind: str
    span: tuple[int, int]
    text: str
    why: str

    @property
    def label(self) -> str:
        return KINDS[self.kind]

    def __str__(self) -> str:
        return f"{self.label}誘餌「{self.text}」：{self.why}"


def bait(text: str) -> list[Bait]:
    """Engagement bait in a text, in reading order; an empty list is what you want.

    >>> [found.kind for found in bait("標記三個朋友就能抽禮盒")]
    ['tag']
    >>> bait("你最常喝哪一種茶？留言說說看。")
    []
    """
    found = [
        Bait(
            rule.id.removeprefix(_PREFIX),
            (hit.start, hit.end),
            text[hit.start : hit.end],
            rule.say(hit, text[hit.start : hit.end]),
        )
        for rule in _rules()
        for hit in rule.hits(text)
    ]
    return sorted(found, key=lambda one: one.span)


@cache
def _rules() -> tuple[lint.Rule, ...]:
    return tuple(rule for rule in lint.load("copy").rules if rule.id.startswith(_PREFIX))
