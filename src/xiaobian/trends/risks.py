"""The gate before any score: topics that no brand may borrow, by what the headline and the note say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .. import datasets
from ..errors import TableError

STOP, ASK, CLEAR = "停", "先查", "過"
_FILE = Path(__file__).with_name("risks.yml")


@dataclass(frozen=True)
class Risk:
    """One kind of risk: its name in 正體中文, why it stops a post, its patterns and their exceptions."""

    id: str
    label: str
    why: str
    hits: re.Pattern[str]
    harmless: re.Pattern[str] | None

    def found(self, text: str) -> str:
        """The first words that hit, outside of harmless ones; empty without any."""
        safe = [m.span() for m in self.harmless.finditer(text)] if self.harmless else []
        for match in self.hits.finditer(text):
            if not any(start <= match.start() and match.end() <= end for start, end in safe):
                return match.group()
        return ""


@dataclass(frozen=True)
class Verdict:
    """What the gate says: 停 (with the kind of risk and the words), 先查 (nothing known of its origin) or 過."""

    state: str
    risk: str = ""
    words: str = ""
    why: str = ""


@cache
def risks() -> tuple[Risk, ...]:
    """Every kind of risk, in the order in which they are asked."""
    return tuple(_made(rule) for rule in datasets.yaml_of(_FILE)["rules"])


def _made(rule: dict[str, object]) -> Risk:
    harmless = rule["except"]
    assert isinstance(harmless, list) and isinstance(rule["patterns"], list)
    return Risk(
        str(rule["id"]),
        str(rule["label"]),
        str(rule["why"]),
        re.compile("|".join(rule["patterns"])),
        re.compile("|".join(harmless)) if harmless else None,
    )


def gate(headline: str, note: str = "", risk: str = "") -> Verdict:
    """Whether a topic may be scored at all.

    headline: the topic as people see it. note: what a person found about where it comes from; a topic without a note
    is not clear, only unknown. risk: a kind of risk that a person has marked; it stops the post whatever the words say.
    Raises TableError for a risk that is none of the known kinds.

    >>> gate("颱風夜吃什麼", "山區撤離").risk, gate("熱到笑死", "冰淇淋融化的照片").state, gate("新梗").state
    ('災害', '過', '先查')
    """
    if risk:
        return Verdict(STOP, _known(risk).label, "人工標記", _known(risk).why)
    for kind, words in _hits(f"{headline}\n{note}"):
        return Verdict(STOP, kind.label, words, kind.why)
    return Verdict(CLEAR) if note.strip() else Verdict(ASK, why="還不知道這個話題從哪裡來")


def _hits(text: str) -> Iterator[tuple[Risk, str]]:
    for kind in risks():
        if words := kind.found(text):
            yield kind, words


def _known(risk: str) -> Risk:
    for kind in risks():
        if risk in (kind.id, kind.label):
            return kind
    raise TableError(
        f"「{risk}」不是已知的風險",
        where="欄位 risk",
        next_step=f"可用的有：{'、'.join(k.label for k in risks())}，沒有就留空",
    )
