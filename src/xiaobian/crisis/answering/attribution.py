"""Situational crisis communication (SCCT): which cluster a crisis belongs to, what makes it worse, what to say and what not.

The clusters are ``datasets/reference/scct.csv`` (Coombs 2007); blame and match are counted by ``sandbox.crisis``, whose sizes
are 設計參數.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache

import pandas as pd

from ... import datasets
from ...errors import AnswerError, NotFound
from ...plotting import spaced
from ...sandbox.crisis.scenarios import CLUSTERS, STRATEGIES
from ...sandbox.crisis.values import contradicts, match, responsibility
from ...sandbox.parameters import load

ORIGINS = {"outside": "外面的人或天災", "chain": "合作的人或供應商", "inside": "我們自己"}
RELATIONS = {"good": "好", "neutral": "普通", "bad": "差"}
_REPUTATION = {"good": 1.0, "neutral": 0.0, "bad": -1.0}
_LEVELS = ("victim", "accidental", "preventable")

RECOMMENDED = {
    "victim": ("inform", "deny"),
    "accidental": ("diminish",),
    "preventable": ("rebuild",),
}
"""What to do after the base response, in order: the cells of ``then_response`` as codes; denial only where it can be proven.
The base response is no strategy: every statement holds it."""
FORBIDDEN = {
    "victim": ("rebuild", "silence"),
    "accidental": ("deny", "silence"),
    "preventable": ("deny", "diminish", "silence"),
}
"""What to keep away from: the cells of ``avoid`` as codes; silence is the base response not given."""


@dataclass(frozen=True, repr=False)
class Attribution:
    """Whose fault the public will take it for, and what follows.

    facts_say: cluster by the facts alone. cluster: after history and prior relationship. blame: 0–1, 設計參數. why: in words.
    recommended, forbidden: strategies. table: a row a strategy: name, match (−1 to 1), verdict.
    """

    facts_say: str
    cluster: str
    blame: float
    why: tuple[str, ...]
    recommended: tuple[str, ...]
    forbidden: tuple[str, ...]
    table: pd.DataFrame = field(compare=False)

    @property
    def base(self) -> str:
        """The base response, which always comes first."""
        return str(clusters().loc[self.cluster, "base_response"])

    def judge(self, strategies: str | Sequence[str]) -> tuple[str, ...]:
        """What is wrong with a choice of strategies, in words; empty if nothing is. Raises NotFound for unknown ones.

        >>> scct("inside", avoidable=True).judge(["deny", "rebuild"])[0]
        '否認不能和淡化、重建寫在一起：讀者只會記得矛盾。'
        """
        named = _named(strategies)
        found = []
        if contradicts(named, named):
            found.append("否認不能和淡化、重建寫在一起：讀者只會記得矛盾。")
        found += [
            f"{CLUSTERS[self.cluster]}要避免「{STRATEGIES[name]}」：{_AVOID[self.cluster, name]}"
            for name in named
            if name in self.forbidden
        ]
        return tuple(found)

    def say(self) -> str:
        """Cluster, reasons, what first, what then, what not, in 正體中文."""
        then = "、".join(STRATEGIES[name] for name in self.recommended)
        avoid = "、".join(STRATEGIES[name] for name in self.forbidden)
        return spaced(
            f"{CLUSTERS[self.cluster]}：{'；'.join(self.why)}。先給{self.base}，再{then}；避免{avoid}。"
        )

    def __repr__(self) -> str:
        return f"{self.say()}\n附註：類型是理論（Coombs 2007），歸責和配合的數字是設計參數"


_AVOID = {
    ("victim", "rebuild"): "不是你造成的，全認下來會讓人以為真有其事。",
    ("victim", "silence"): "沒有人告訴大家該怎麼做。",
    ("accidental", "deny"): "事情發生了，否認會被照片推翻。",
    ("accidental", "silence"): "沉默會被讀成不在乎。",
    ("preventable", "deny"): "你做了，大家也看到了。",
    ("preventable", "diminish"): "本來可以避免的事，找理由等於再做一次。",
    ("preventable", "silence"): "沉默會被讀成不認。",
}


@cache
def clusters() -> pd.DataFrame:
    """The three clusters by id, as the reference table holds them.

    >>> list(clusters().index)
    ['victim', 'accidental', 'preventable']
    """
    return datasets.reference("scct").set_index("id")


def scct(
    origin: str,
    *,
    avoidable: bool = False,
    history: int = 0,
    relationship: str = "neutral",
    provable: bool = False,
    vivid: bool = False,
) -> Attribution:
    """The cluster of a crisis from facts that can be told, and what follows.

    origin: who brought it about: outside, chain (partners, suppliers) or inside. avoidable: one knew, should have known, or
    broke a rule. history: earlier similar cases the public knows. relationship: before it, good, neutral or bad. provable:
    whether a denial can be proven now. vivid: whether there are pictures.
    A case before, or a bad relationship, moves it up one cluster; a good one moves nothing down.

    Raises NotFound for an unknown origin or relationship, AnswerError for a negative history.

    >>> scct("inside").cluster, scct("inside", history=1).cluster, scct("outside").recommended
    ('accidental', 'preventable', ('inform',))
    """
    for value, known, what in ((origin, ORIGINS, "起因"), (relationship, RELATIONS, "過去關係")):
        if value not in known:
            raise NotFound(f"沒有「{value}」這種{what}", next_step=f"可用的有：{'、'.join(known)}")
    if history < 0:
        raise AnswerError(f"前科是 {history} 件", where="history", next_step="請給 0 以上的整數")
    start = "preventable" if avoidable else "victim" if origin == "outside" else "accidental"
    worse = bool(history) or relationship == "bad"
    cluster = _LEVELS[min(_LEVELS.index(start) + worse, 2)]
    blame = responsibility(
        start, load(), history=history > 0, vivid=vivid, reputation=_REPUTATION[relationship]
    )
    recommended = tuple(s for s in RECOMMENDED[cluster] if s != "deny" or provable)
    table = pd.DataFrame(
        [
            (
                name,
                words,
                match(cluster, [name], load(), provable=provable),
                _verdict(name, cluster, recommended),
            )
            for name, words in STRATEGIES.items()
        ],
        columns=["strategy", "name", "match", "verdict"],
    )
    why = _why(origin, avoidable, history, relationship, start, cluster)
    return Attribution(start, cluster, float(blame), why, recommended, FORBIDDEN[cluster], table)


def _why(
    origin: str, avoidable: bool, history: int, relationship: str, start: str, cluster: str
) -> tuple[str, ...]:
    cause = (
        "本來可以避免"
        if avoidable
        else f"起因是{ORIGINS[origin]}，{'事前防不了' if origin == 'outside' else '沒有人有意'}"
    )
    found = [cause]
    if start != cluster:
        more = [f"以前有過{history}件"] * bool(history) + ["過去關係差"] * (relationship == "bad")
        found.append(f"{'、'.join(more)}，大家會當成{CLUSTERS[cluster]}看")
    return tuple(spaced(words) for words in found)


def _verdict(name: str, cluster: str, recommended: Iterable[str]) -> str:
    return "建議" if name in recommended else "避免" if name in FORBIDDEN[cluster] else "可以，但不是重點"


def _named(strategies: str | Sequence[str]) -> tuple[str, ...]:
    named = (strategies,) if isinstance(strategies, str) else tuple(strategies)
    if not named or (unknown := [name for name in named if name not in STRATEGIES]):
        wrong = unknown[0] if named else ""
        raise NotFound(f"沒有「{wrong}」這個回應策略", next_step=f"可用的有：{'、'.join(STRATEGIES)}")
    return named
