"""From drawn numbers to the tables a platform would export."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..tables import conform
from . import accounts
from .engine import Design, Outcome, has_link
from .streams import generator

if TYPE_CHECKING:
    from .world import World

ERA = "views-2024"
CLICKS_SHOWN = ("facebook", "line")
NO_SAVES = ("facebook", "youtube", "line")


def assemble(
    world: World, plan: pd.DataFrame, design: Design, outcome: Outcome, weeks: int, purpose: tuple[str, ...]
) -> dict[str, pd.DataFrame]:
    """All tables of a span of ``weeks`` weeks from the world's start."""
    posts = _posts(world, plan, design, outcome, purpose)
    days, p = weeks * 7, world.parameters
    day = design.day.astype(np.int64)
    follows = np.zeros((len(world.effects.followers), days), dtype=np.int64)
    np.add.at(follows, (design.platform, day), outcome.follows)
    promo = accounts.promo_share(design.platform, day, (plan["pillar"] == "promo").to_numpy(), days)
    bots = world.bots(days) if purpose[0] == "history" else None
    daily = accounts.follower_days(
        world.effects, generator(world.seed, *purpose, "followers"), follows, promo, bots
    )
    posts["followers_at_post"] = daily["followers"][design.platform, np.maximum(day - 1, 0)]
    posts = conform(posts, "posts")
    return {
        "posts": posts,
        "plan": plan,
        "account_days": accounts.account_days(posts, world.accounts, world.start, p, daily),
    }


def _posts(
    world: World, plan: pd.DataFrame, design: Design, outcome: Outcome, purpose: tuple[str, ...]
) -> pd.DataFrame:
    known = plan[["post_id", "platform", "account", "published_at", "format"]].copy()
    known["is_paid"] = (plan["boost_ntd"] > 0).to_numpy()
    for name in ("views", "reach", "likes", "comments", "shares", "saves", "follows"):
        known[name] = pd.array(vars(outcome)[name], dtype="Int64")
    known["link_clicks"] = pd.array(outcome.link_clicks, dtype="Int64")
    known.loc[~has_link(design), "link_clicks"] = pd.NA
    known.loc[plan["platform"].isin(NO_SAVES).to_numpy(), "saves"] = pd.NA
    known["metric_era"] = ERA
    return known
