"""The truth about comments: what share of the people reached each post of a plan is expected to comment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from . import engine, plans

if TYPE_CHECKING:
    from .world import World


def comment_rates(world: World, plan: pd.DataFrame) -> pd.Series:
    """Expected comments ÷ expected reach (0–1) of each post of a plan before chance, by ``post_id``.

    Raises TableError for a plan the world does not know.

    >>> from xiaobian.sandbox import World
    >>> world = World(1)
    >>> plan = world.plan(weeks=1)
    >>> rates = comment_rates(world, plan)
    >>> len(rates) == len(plan), bool(rates.between(0, 1).all())
    (True, True)
    """
    table = plans.checked(plan, world.parameters)
    design = plans.design(table, world.start, world.parameters)
    found = engine.expected(world.effects, design)
    share = engine.split(world.effects, design)[0]
    rate = found["engagements"] * share / found["reach"]
    return pd.Series(rate, index=pd.Index(table["post_id"].astype(str), name="post_id"), name="comment_rate")
