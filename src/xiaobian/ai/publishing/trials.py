"""One policy through many weeks, and what each single change of it would bring."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from functools import cache
from typing import Any

import pandas as pd

from .jobs import Job, week
from .outcome import Run
from .policy import CHOICES, Policy
from .worker import simulate

TRIES = (1, 3, 7)
OPTIONS: Mapping[str, Sequence[Any]] = {**CHOICES, "tries": TRIES}
NAMES = {
    "clock": "時區",
    "wait": "容器",
    "token": "權杖",
    "retry": "失敗時",
    "limit": "限流",
    "memory": "佇列",
    "tries": "次數",
}
"""What each choice is about, by its name."""


@cache
def _jobs(seed: int) -> tuple[Job, ...]:
    return tuple(week(seed))


@cache
def tried(policy: Policy, seed: int) -> Run:
    """The week of a seed under a policy; kept, as the same week is asked for again and again."""
    return simulate(_jobs(seed), policy, seed)


def mean_score(policy: Policy, seeds: Sequence[int]) -> float:
    """Mean ``score`` (−1 to 1) over the weeks of these seeds.

    >>> from .policy import CAREFUL
    >>> mean_score(CAREFUL, [1, 2]) > 0.9 > mean_score(Policy(), [1, 2])
    True
    """
    return sum(tried(policy, seed).score for seed in seeds) / len(seeds)


def changes(policy: Policy, seeds: Sequence[int]) -> pd.DataFrame:
    """Every way to change one choice only: choice, value, score (mean over the weeks), gain (score − that of ``policy``).

    Best first; nothing but the other options of ``OPTIONS`` is tried.
    """
    now = mean_score(policy, seeds)
    rows = [
        {
            "choice": field.name,
            "value": value,
            "score": mean_score(replace(policy, **{field.name: value}), seeds),
        }
        for field in fields(policy)
        for value in OPTIONS[field.name]
        if value != getattr(policy, field.name)
    ]
    table = pd.DataFrame(rows)
    return table.assign(gain=table["score"] - now).sort_values(
        "gain", ascending=False, kind="stable", ignore_index=True
    )
