"""A brief tried, whole or part by part: what the variants say, which checks they pass, how alike they are, what a request weighs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...analytics.result import Result
from ...text.retrieval import cosine
from ..briefs import Brief
from ..briefs import brief as as_brief
from ..checks import Check
from ..grounding import claims
from ..offline.headlines import LONGEST
from .tables import CheckTable, Scores

if TYPE_CHECKING:
    from ...plotting import Chart
    from ..client import Assistant

OVERCLAIM = (
    "全台第一|全國第一|全球第一|業界第一|銷售第一|人氣第一|最好吃|最便宜|最划算|最強|最夯|最熱銷|保證|絕對|唯一|史上|百分之百|"
    "100%|不會胖|吃不胖"
)
"""Words that claim more than anyone can show, as a regular expression; a short list to add to, not the law."""

TELLS = "講得出一件事"
"""Name of the check that a line says something that can be looked up."""

_CLAUSE = re.compile(r"[，；。！？、\n]")
_SHORTEST_CLAUSE = 4


def telling(brief: Any) -> list[str]:
    """What of a brief can be looked up: the clauses of its facts, and every number, date and price in it.

    >>> telling({"product": "焙茶生乳捲", "facts": ["店裡自己烘茶，一條 480 元"]})
    ['店裡自己烘茶', '一條 480 元', '480 元']
    """
    order = as_brief(brief)
    texts = [*(fact.text for fact in order.facts), *order.dates, *order.prices]
    clauses = [part.strip() for text in texts for part in _CLAUSE.split(text)]
    found = [part for part in clauses if len(part) >= _SHORTEST_CLAUSE]
    found += [claim.text.strip() for text in texts for claim in claims(text)]
    return list(dict.fromkeys(found))


def headline_checks(brief: Any, longest: int = LONGEST) -> list[Check]:
    """Five checks of a headline, weighed against everything that is known: the brief with nothing left out.

    longest: signs it may have.
    """
    return [
        Check("python:grounded", name="事實有來源"),
        Check("not-regex", OVERCLAIM, name="沒有說滿"),
        Check("contains-any", telling(brief), name=TELLS),
        Check("python:tw-words", name="台灣用語"),
        Check("python:length", longest, name=f"{longest} 字以內"),
    ]


SLOGANS = ("全台第一好吃", "網友激推", "用心職人")
"""What one writes into a brief when there are no facts at hand; nobody can look any of it up."""


def with_parts(full: Any, facts: str = "facts", dates: str = "yes", tone: str = "warm") -> Brief:
    """A brief with parts left out or swapped. facts: none, slogans or facts; dates: no or yes, prices go with them.

    >>> full = {"product": "焙茶生乳捲", "facts": ["店裡自己烘茶"], "prices": ["一條 480 元"]}
    >>> with_parts(full, "slogans", "no").source.splitlines()
    ['焙茶生乳捲', '全台第一好吃', '網友激推', '用心職人', '#焙茶生乳捲']
    """
    order = as_brief(full)
    said = {"none": (), "slogans": SLOGANS, "facts": tuple(fact.text for fact in order.facts)}[facts]
    left_out = {"dates": (), "prices": ()} if dates == "no" else {}
    return Brief(**{**order.model_dump(), **left_out, "facts": list(said), "tone": tone})


@dataclass(frozen=True, repr=False)
class Tried(Result):
    """What ``try_brief()`` found.

    scores: every variant against every check. techniques: of each variant. usage: tokens of one request on average, and
    whether they are real. badge: who wrote. notes: what the engine warned of.
    """

    scores: Scores
    techniques: tuple[str, ...]
    usage: dict[str, Any]
    badge: str
    notes: tuple[str, ...] = ()

    @property
    def texts(self) -> list[str]:
        return list(self.scores.outputs)

    @property
    def share(self) -> float:
        """Part of the variants that pass every check, 0–1."""
        return len(self.scores.passing) / len(self.texts)

    @property
    def alike(self) -> tuple[float, str, str]:
        """The two variants that are most alike: cosine of their characters (0–1), and both texts."""
        pairs = [(cosine(a, b), a, b) for a, b in combinations(dict.fromkeys(self.texts), 2)]
        return max(pairs, default=(0.0, "", ""))

    def say(self) -> str:
        """How many pass, what fails most, how alike the two nearest are."""
        score, first, second = self.alike
        near = f"最像的兩句（相似度 {score:.2f}）是「{first}」和「{second}」。" if first else ""
        return f"{self.scores.told()}。{near}"

    def plot(self) -> Chart:
        """A row a variant, a column a check."""
        return self.scores.plot()


def try_brief(
    assistant: Assistant, brief: Any, *, n: int = 8, seeds: int | Sequence[int] = 1, longest: int = LONGEST,
    truth: Any = None,
) -> Tried:  # fmt: skip
    """Ask for n headlines with each seed and check them all.

    seeds: how many requests, or their seeds. truth: everything that is known, where ``brief`` leaves parts out; what the
    variants say is weighed against it.

    >>> import xiaobian as xb
    >>> found = try_brief(xb.ai.connect(), {"product": "焙茶生乳捲"}, n=4)
    >>> len(found.texts), found.usage["tokens_are"]
    (4, 'estimated')
    """
    order = as_brief(brief)
    known = as_brief(truth) if truth is not None else order
    drawn = range(seeds) if isinstance(seeds, int) else seeds
    results = [assistant.headlines(order, n=n, seed=seed, longest=longest) for seed in drawn]
    variants = [variant for result in results for variant in result.data.variants]
    cases = [{"id": f"第 {i} 句", "source": known.source} for i in range(1, len(variants) + 1)]
    table = CheckTable(cases, headline_checks(known, longest))
    scores = table.run({case["id"]: v.text for case, v in zip(cases, variants, strict=True)})
    usage = {
        key: round(sum(result.usage[key] for result in results) / len(results))
        for key in ("input_tokens", "output_tokens")
    }
    usage["tokens_are"] = results[0].usage["tokens_are"]
    techniques = tuple(v.label or v.technique for v in variants)
    return Tried(scores, techniques, usage, results[0].badge)


@dataclass(frozen=True, repr=False)
class Parts(Result):
    """What ``try_parts()`` found.

    table: a row a brief: label, passing, n, value (share that passes every check, 0–1), low, high (95 % interval). tried:
    each brief's variants, by label.
    """

    table: pd.DataFrame
    tried: dict[str, Tried]
    notes: tuple[str, ...] = ()

    def say(self) -> str:
        """The best and the worst brief, and those that wrote the very same."""
        best, worst = self.best, self.worst
        same = "".join(f"「{a}」和「{b}」寫出來一字不差。" for a, b in self.same)
        return (
            f"每一項都過的：「{best['label']}」{best['n']} 句裡 {best['passing']} 句，"
            f"「{worst['label']}」{worst['n']} 句裡 {worst['passing']} 句。{same}"
        )

    @property
    def best(self) -> pd.Series:
        return self.table.iloc[int(self.table["value"].argmax())]

    @property
    def worst(self) -> pd.Series:
        return self.table.iloc[int(self.table["value"].argmin())]

    @property
    def same(self) -> list[tuple[str, str]]:
        """Pairs of briefs whose variants do not differ in a single sign."""
        return [(a, b) for a, b in combinations(self.tried, 2) if self.tried[a].texts == self.tried[b].texts]

    def plot(self) -> Chart:
        """Share that passes, with its interval, a row a brief."""
        from .plot import shares

        return shares(self)


def try_parts(
    assistant: Assistant, briefs: Mapping[str, Any], *, truth: Any, n: int = 8, seeds: int | Sequence[int] = 5,
    longest: int = LONGEST,
) -> Parts:  # fmt: skip
    """The same request with one part of the brief changed at a time. briefs: label → brief; truth: everything known.

    >>> import xiaobian as xb
    >>> full = {"product": "焙茶生乳捲", "facts": ["店裡自己烘茶"]}
    >>> briefs = {"只給商品名": {"product": "焙茶生乳捲"}, "加事實": full}
    >>> try_parts(xb.ai.connect(), briefs, truth=full, n=4, seeds=1).table["n"].tolist()
    [4, 4]
    """
    tried = {
        label: try_brief(assistant, one, n=n, seeds=seeds, longest=longest, truth=truth)
        for label, one in briefs.items()
    }
    passing = [len(one.scores.passing) for one in tried.values()]
    counts = [len(one.texts) for one in tried.values()]
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(np.array(passing), np.array(counts), method="wilson")
    table = pd.DataFrame({"label": list(tried), "passing": passing, "n": counts})
    return Parts(table.assign(value=table["passing"] / table["n"], low=low, high=high), tried)
