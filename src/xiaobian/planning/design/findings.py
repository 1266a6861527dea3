"""One thing to mend on a card, and all of them with the picture they belong to."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ...lint.findings import SEVERITIES
from .canvas import Box, Canvas
from .spec import ROLES, Card

if TYPE_CHECKING:
    import pandas as pd

    from .pictures import Picture

_DOWN, _ACROSS = ("上", "中", "下"), ("左", "中", "右")


@dataclass(frozen=True)
class CardFinding:
    """One place of a card that a rule points at.

    rule: its name. severity: error, warning or suggestion. block: place in ``card.blocks``, or None for the whole card.
    box: left, top, right, bottom in pixels. what: measured, with its limit. why: what a reader loses. fix: what to do.
    change: fields of the block (of the card when ``block`` is None) that carry the fix out, empty where a person chooses.
    """

    rule: str
    severity: str
    block: int | None
    box: Box
    where: str
    what: str
    why: str
    fix: str
    change: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        icon, words, _ = SEVERITIES[self.severity]
        return f"{icon} {words}｜{self.where}：{self.what}{self.why}改法：{self.fix}"


@dataclass(frozen=True)
class Review:
    """What was found on one card; prints as sentences, ``plot()`` marks the places on the picture."""

    card: Card
    findings: tuple[CardFinding, ...]

    def __iter__(self) -> Iterator[CardFinding]:
        return iter(self.findings)

    def __len__(self) -> int:
        return len(self.findings)

    @property
    def rules(self) -> set[str]:
        """Names of the rules that found something."""
        return {finding.rule for finding in self.findings}

    @property
    def passed(self) -> bool:
        """Whether nothing has to and nothing should be mended; suggestions do not count."""
        return all(finding.severity == "suggestion" for finding in self.findings)

    def count(self, severity: str) -> int:
        """How many findings of one severity."""
        return sum(finding.severity == severity for finding in self.findings)

    @property
    def table(self) -> pd.DataFrame:
        """One row a finding: 嚴重度, 規則, 哪裡, 量到什麼, 改法."""
        import pandas as pd

        rows = [(SEVERITIES[f.severity][1], f.rule, f.where, f.what, f.fix) for f in self.findings]
        return pd.DataFrame(rows, columns=["嚴重度", "規則", "哪裡", "量到什麼", "改法"])

    def say(self) -> str:
        """One sentence: how many things, and which come first."""
        if not self.findings:
            return f"✓ 「{self.card.name}」沒有找到要改的地方。"
        counts = "、".join(
            f"{SEVERITIES[s][1]} {self.count(s)} 處" for s in SEVERITIES if self.count(s)
        )
        return f"「{self.card.name}」{counts}。先改：{self.findings[0].where}，{self.findings[0].what}"

    def plot(self, width: int = 420) -> Picture:
        """The card with a number at every place, and what the platform covers greyed."""
        from .pictures import marked

        return marked(self, width)

    def __repr__(self) -> str:
        head = f"「{self.card.name}」（{self.card.canvas.name}）找到 {len(self)} 處" if self.findings else self.say()
        return "\n".join([head, *(f"{n}. {finding}" for n, finding in enumerate(self.findings, 1))])

    def _repr_html_(self) -> str:
        head = html.escape(repr(self).splitlines()[0])
        rows = "".join(_row(number, finding) for number, finding in enumerate(self.findings, 1))
        return (
            '<div style="border:1px solid #E3E8EC;padding:8px 16px;max-width:960px;font-size:16px;line-height:1.7;'
            f'color:#22303C;background:#FFFFFF;margin:8px 0"><div style="color:#5B6875;font-size:14px">{head}</div>{rows}</div>'
        )


def _row(number: int, finding: CardFinding) -> str:
    icon, words, colour = SEVERITIES[finding.severity]
    return (
        f'<div style="border-left:4px solid {colour};padding:0 12px;margin:8px 0"><b>{icon} {number}　{words}　'
        f"{html.escape(finding.where)}</b><br>{html.escape(finding.what + finding.why)}<br>"
        f'<span style="color:#0A4A78">改法：{html.escape(finding.fix)}</span></div>'
    )


def place_words(box: Box, on: Canvas) -> str:
    """Where a box stands on the card in a word or two.

    >>> from .canvas import canvas
    >>> place_words((900, 1200, 1000, 1300), canvas("instagram", "image"))
    '右下'
    """
    across = min(2, max(0, int(3 * (box[0] + box[2]) / 2 / on.width)))
    down = min(2, max(0, int(3 * (box[1] + box[3]) / 2 / on.height)))
    if across == down == 1:
        return "正中"
    if across == 1:
        return _DOWN[down] + "方"
    return _ACROSS[across] + ("側" if down == 1 else _DOWN[down])


def block_words(card: Card, place: int, box: Box) -> str:
    """A block as a person would point at it: its role, its first words, its place."""
    block = card.blocks[place]
    text = " ".join(block.text.split())
    short = text if len(text) <= 12 else text[:11] + "…"
    return f"{ROLES[block.role]}「{short}」（{place_words(box, card.canvas)}）"
