"""The learner's own simulated data, one world a lesson."""

from __future__ import annotations

from functools import cache

import pandas as pd

from .. import records
from ..exports import samples
from ..sandbox import World


@cache
def _tables(seed: int) -> dict[str, pd.DataFrame]:
    return samples.build(seed=seed)


def own_tables(lesson: str) -> dict[str, pd.DataFrame]:
    """Half a year of the brand for one exercise, tables ``posts`` and ``account_days``, from the learner's seed.

    >>> sorted(own_tables("3.1"))
    ['account_days', 'posts']
    """
    return _tables(records.seed(lesson, "exercise"))


def own_world(lesson: str, attempt: int = 0) -> World:
    """The learner's own sandbox world for one exercise; another attempt is another world."""
    return World(records.seed(lesson, "exercise", attempt))
