"""Headline variants, each with the technique it uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

from ..briefs import brief as as_brief
from ..checks import Check, Given, Row, standard
from ..offline.grammar import labels
from ..offline.headlines import LONGEST
from ..result import Result
from .flow import run
from .prompts import PROMPTS

if TYPE_CHECKING:
    from ..client import Assistant


class Headline(BaseModel):
    """One variant."""

    model_config = ConfigDict(extra="ignore")

    text: str = Field(min_length=2, max_length=60)
    technique: str = Field(max_length=20)
    label: str = Field(default="", max_length=20)


class Headlines(BaseModel):
    """What the task answers."""

    model_config = ConfigDict(extra="ignore")

    variants: list[Headline] = Field(min_length=1, max_length=20)


def headlines(
    assistant: Assistant, brief: Any, n: int = 8, *, seed: int = 0, longest: int = LONGEST, others: tuple[str, ...] = ()
) -> Result:  # fmt: skip
    """n headlines for a brief. longest: signs each may have. others: earlier posts they must not repeat.

    >>> import xiaobian as xb
    >>> result = headlines(xb.ai.connect(), {"product": "冷泡金萱", "facts": ["無糖"]}, n=3)
    >>> len(result.data.variants), result.is_ai, all(row.passed for row in result.checks)
    (3, False, True)
    """
    order = as_brief(brief)
    n = max(1, min(20, n))
    payload = {"brief": order.payload(), "n": n, "longest": longest, "seed": seed, "techniques": labels("headline")}
    given = Given(source=(order.source,), platform=order.platform, others=others)

    def checks(data: Headlines) -> list[Row]:
        each = [*standard(must_avoid=order.must_avoid), Check("python:length", longest)]
        if others:
            each.append(Check("python:duplicate"))
        rows = [c.run(v.text, given, f"第 {i} 個") for i, v in enumerate(data.variants, 1) for c in each]
        return [*rows, _number(data, n), _different(data)]

    def text(data: Headlines) -> str:
        return "\n".join(f"{i}. {v.text}" for i, v in enumerate(data.variants, 1))

    return run(assistant, "headlines", PROMPTS["headlines"], payload, Headlines, text, checks, max_tokens=200 + 90 * n)


def _number(data: Headlines, n: int) -> Row:
    found = len(data.variants)
    return Row("數量", found >= n, f"要 {n} 個，得到 {found} 個", "python:count", "整組")


def _different(data: Headlines) -> Row:
    texts = [v.text for v in data.variants]
    same = len(texts) - len(set(texts))
    return Row("互不重複", same == 0, "每個都不同" if not same else f"有 {same} 個完全一樣", "python:distinct", "整組")
