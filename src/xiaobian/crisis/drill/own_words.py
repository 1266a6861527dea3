"""Own words read before they go out: rules of a statement, legal risk, the brand's voice, and what the public will read in them.

Legal findings are 風險提示，不是法律意見.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from ... import lint
from ...lint import Finding
from ...plotting import spaced
from ...sandbox.crisis.responses import is_specific
from ...sandbox.crisis.scenarios import STRATEGIES, Fact
from ...sandbox.crisis.values import contradicts
from ...sandbox.parameters import load
from ..answering.facts import clashes
from ..answering.reading import signs_of_text, strategies_of
from ..answering.statements import StatementCheck, check_statement
from ..voice.guide import VoiceScore, voice

LAW = ("food_ads", "drug_claims", "fair_trade", "endorsement", "privacy", "inclusive")
"""Packs of legal risk and of words that hurt, read beside the rules of a statement."""
SHARED = 4
"""Three-character pieces that a text must share with what only the team knows to tell it (設計參數)."""
CLASHING = 0.5
"""Loss of consistency when every compared number differs from earlier answers; updates may change numbers (設計參數)."""
_SWITCH = re.compile(r"lint\s*:", re.IGNORECASE)
_MARKS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class OwnWords:
    """A text as it will be read. read_as: strategies in its words. signs: flags of a response. consistent: with earlier
    answers and with the strategies chosen, 0–1. specific: whether it is concrete enough for a disclosure to protect.

    What only people read (rules of a statement, law, voice) is looked up when it is asked for.
    """

    text: str
    platform: str
    earlier: tuple[str, ...]
    read_as: tuple[str, ...]
    signs: tuple[tuple[str, bool], ...]
    consistent: float
    specific: bool

    @cached_property
    def statement(self) -> StatementCheck:
        """The rules of a statement, kept and broken."""
        return check_statement(self.text, first=not self.earlier, earlier=self.earlier)

    @cached_property
    def legal(self) -> tuple[Finding, ...]:
        """Findings of the law packs: 風險提示，不是法律意見."""
        return tuple(f for f in lint.check(self.text, LAW) if f.rule.split(".")[0] in LAW)

    @cached_property
    def voice(self) -> VoiceScore:
        """How near it stands to the brand's voice in a crisis; it changes nothing in the drill."""
        return voice().score(self.text, self.platform, crisis=True)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything that was found, in the order of the text."""
        return tuple(
            sorted((*self.statement.findings, *self.legal, *self.voice.findings), key=lambda f: f.span)
        )

    def say(self) -> str:
        """What to mend first, in 正體中文."""
        names = "、".join(STRATEGIES[name] for name in self.read_as)
        law = f"另外有 {len(self.legal)} 處法規或用詞風險（風險提示，不是法律意見）。" if self.legal else ""
        return spaced(f"{self.statement.say()}讀起來像「{names}」。{law}品牌語調，{self.voice.say()}")


def read(
    text: str,
    strategies: Sequence[str] = (),
    *,
    platform: str = "facebook",
    earlier: Sequence[str] = (),
    team: Sequence[Fact] = (),
) -> OwnWords:
    """Read a text. strategies: those chosen. platform: where it goes. earlier: answers before it. team: facts only the team
    knows by now.

    >>> read("造成大家不便，我們會檢討。", ["rebuild"]).statement.broken[0]
    'affected_first'
    """
    return _read(text, platform, tuple(strategies), tuple(earlier), tuple(fact.text for fact in team))


@lru_cache(maxsize=2_000)
def _read(
    text: str, platform: str, strategies: tuple[str, ...], earlier: tuple[str, ...], secrets: tuple[str, ...]
) -> OwnWords:
    plain = _SWITCH.sub("lint", text)
    read_as, signs = strategies_of(plain), signs_of_text(plain)
    signs["self_disclosure"] = signs["self_disclosure"] or any(tells(plain, secret) for secret in secrets)
    contradicted, compared = clashes(plain, earlier)
    level = 1.0 - CLASHING * (len(contradicted) / compared if compared else 0.0)
    if contradicts(strategies, read_as):
        level *= load()["crisis.contradiction"]
    specific = is_specific(plain, load())
    return OwnWords(plain, platform, earlier, read_as, tuple(signs.items()), level, specific)


def tells(text: str, secret: str) -> bool:
    """Whether a text gives away a fact: it shares enough three-character pieces with it.

    >>> tells("會計對帳時發現黑豆穀飲也標錯了", "會計對帳時發現黑豆穀飲也標錯，41 筆裡有 9 筆已經出貨。")
    True
    """
    return len(_pieces(text) & _pieces(secret)) >= SHARED


def _pieces(text: str) -> set[str]:
    plain = _MARKS.sub("", text)
    return {plain[i : i + 3] for i in range(len(plain) - 2)}
