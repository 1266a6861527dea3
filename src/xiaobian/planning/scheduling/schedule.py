"""``schedule``: a month of posts placed so that they bring the most and every limit is kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from ...analytics.result import Result
from ...optimize.schedule import Placed, allowed
from ...optimize.schedule_greedy import greedy
from ...optimize.schedule_model import LIMIT, solve
from ...tables import TAIPEI
from .constraints import Constraints, Posed, pose
from .words import told

if TYPE_CHECKING:
    from ...plotting import Chart

LIMITS = ("resource", "cap")


@dataclass(frozen=True, repr=False)
class Schedule(Result):
    """A month as ``schedule()`` placed it.

    table: a row a placed post in order of time: post_id, platform, format, pillar, publish_at (Asia/Taipei), value (at that
    time), hours, work, must. left: the others, with why. value: of all placed; bound: nothing can be worth more. status: see
    ``optimize.schedule.Placed``. effort: the solver's deterministic time. conflict: rules that cannot hold together, in
    words, when nothing can be placed.
    """

    table: pd.DataFrame
    left: pd.DataFrame
    value: float
    bound: float
    status: str
    effort: float
    conflict: tuple[str, ...]
    proved: bool
    posed: Posed
    placed: Placed
    notes: tuple[str, ...] = ()

    @property
    def gap(self) -> float:
        """How far the bound is above the value, share of the bound."""
        return self.placed.gap

    def say(self) -> str:
        """How many go out, what they bring, how far from the best at most; or what cannot hold together."""
        return told(self)

    def binding(self, sorts: Collection[str] = LIMITS, limit: float = 0.5) -> pd.DataFrame:
        """What holds the month back: a row a rule, loosened by one unit: rule, one_more, gain, at_most.

        sorts: of the rules tried (``resource``, ``cap``, ``cover``, ``apart``, ``closed``, ``must``), each a solve of its
        own within ``limit`` deterministic time. See ``binding_table``.
        """
        from .binding import binding_table

        return binding_table(self, limit, sorts)

    def plot(self) -> Chart:
        """The month, a box a day."""
        from .plot import draw_month

        return self.captioned(draw_month(self))

    def plot_hours(self) -> Chart:
        """Hours there are and hours used, person by person."""
        from .plot import draw_hours

        return self.captioned(draw_hours(self))


def schedule(
    posts: pd.DataFrame,
    constraints: Constraints,
    *,
    method: str = "best",
    limit: float = LIMIT,
) -> Schedule:
    """Choose posts and times for a month.

    posts: a row a post: post_id and platform; and where there are: format, pillar, value (≥ 0; 1 each), work (hours by
    person, a mapping) or hours with owner, approved_on (first day), expires_on (last day), must. constraints: see
    ``Constraints``. The hours of a post are spent on the day it goes out or earlier. method: ``best`` (CP-SAT) or ``greedy``.
    limit: deterministic time, the solver's own unit.

    Raises TableError for tables that do not fit, KitError for a month too large.

    >>> from xiaobian.sandbox.backlog import draw_month
    >>> month = draw_month(1, posts=10, days=14)
    >>> schedule(month.posts, Constraints.of(month), method="greedy").status
    'greedy'
    """
    posed = pose(posts, constraints)
    placed = solve(posed.problem, limit) if method == "best" else greedy(posed.problem)
    return shown(posed, placed)


def shown(posed: Posed, placed: Placed) -> Schedule:
    """A solver's answer as a result."""
    taken: Mapping[str, int] = placed.slots if placed.status != "infeasible" else {}
    return Schedule(
        _table(posed, taken), _left(posed, taken), placed.value, placed.bound, placed.status, placed.effort,
        tuple(posed.names[rule] for rule in placed.conflict), placed.proved, posed, placed,
    )  # fmt: skip


def _table(posed: Posed, taken: Mapping[str, int]) -> pd.DataFrame:
    posts = posed.posts[posed.posts["post_id"].isin(list(taken))]
    slots = [taken[post] for post in posts["post_id"]]
    worth = {item.name: item.values for item in posed.problem.items}
    table = posts[["post_id", "platform", "format", "pillar"]].assign(
        publish_at=posed.at[slots].tz_localize(TAIPEI),
        value=[worth[post].get(slot, 0.0) for post, slot in zip(posts["post_id"], slots, strict=True)],
        hours=posts["hours"], work=posts["work"], must=posts["must"],
    )  # fmt: skip
    return table.sort_values(["publish_at", "platform"], kind="stable").reset_index(drop=True)


def _left(posed: Posed, taken: Mapping[str, int]) -> pd.DataFrame:
    ways = {item.name: bool(allowed(posed.problem, item)) for item in posed.problem.items}
    posts = posed.posts[~posed.posts["post_id"].isin(list(taken))]
    why = ["位子或工時讓給更值得的" if ways[post] else "這個月沒有它能發的日子" for post in posts["post_id"]]
    columns = ["post_id", "platform", "format", "pillar", "value", "hours"]
    return posts[columns].assign(why=why).reset_index(drop=True)
