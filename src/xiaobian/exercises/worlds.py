"""The learner's own simulated data, one world a lesson."""

from __future__ import annotations

from functools import cache, lru_cache

import pandas as pd

from .. import records
from ..exports import samples
from ..sandbox import World


@cache
def tables_of(seed: int) -> dict[str, pd.DataFrame]:
    """Half a year of the brand, made once for each seed; not to be changed."""
    return samples.build(seed=seed)


def own_tables(lesson: str) -> dict[str, pd.DataFrame]:
    """Half a year of the brand for one exercise, tables ``posts`` and ``account_days``, from the learner's seed.

    >>> sorted(own_tables("3.1"))
    ['account_days', 'posts']
    """
    return tables_of(records.seed(lesson, "exercise"))


@lru_cache(maxsize=32)
def world(seed: int) -> World:
    """The world of a seed; kept, as the same worlds are asked for again and again."""
    return World(seed)


def own_world(lesson: str, attempt: int = 0) -> World:
    """The learner's own sandbox world for one exercise; another attempt is another world."""
    return world(records.seed(lesson, "exercise", attempt))
