"""The same answers under other luck: a drill's record played against seeds it has not seen.

One drill says what happened once. The same scenario with another seed keeps facts, options and strategies, and draws the
volume, the attributed blame and the brand's background anew (everything is simulated).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from math import ceil
from typing import Any

import pandas as pd

from ...errors import AnswerError
from ...sandbox.crisis.outcomes import Plan
from ...sandbox.crisis.responses import Response, of_option
from ...sandbox.crisis.room import Crisis
from ...sandbox.crisis.state import Regret
from . import record
from .classroom import replayed
from .setup import HOUR, Setup
from .state import Move

KINDS = ("decide", "pause", "resume")
"""Moves that mean the same under other luck; a comment's number does not."""


@lru_cache(maxsize=256)
def answers_of(line: str) -> tuple[Setup, Plan]:
    """Setup of a record and its answers, without what was done about single comments. Raises AnswerError for no record."""
    setup, moves = record.unpacked(line)
    return setup, replayed(setup, [move for move in moves if move.kind in KINDS]).world.crisis.responses


def plan_of(setup: Setup, moves: Iterable[Move]) -> Plan:
    """The answers in moves that keep an option's own words, without playing them.

    The moves must be possible; what a record tells is played by ``answers_of``, which refuses those that are not.
    """
    made: list[Response] = []
    for move in moves:
        hour, delay = ceil(move.minute / HOUR), move.minute / HOUR
        if move.kind in ("pause", "resume"):
            on = move.kind == "pause"
            made.append(Response(hour, delay, (), pauses_schedule=on, resumes_schedule=not on))
        elif move.kind == "decide":
            reached = [decision for decision in setup.told.decisions if decision.hour * HOUR <= move.minute]
            made.append(of_option(reached[-1].option(move.choice), hour, delay, setup.parameters))
    return tuple(made)


@lru_cache(maxsize=128)
def ended(scenario: str, seed: int, minutes: int) -> Crisis:
    """A crisis of a seed that has run to its end without an answer; only asked what if."""
    crisis = Crisis(scenario, seed, hours=minutes // HOUR)
    crisis.give_up()
    return crisis


@lru_cache(maxsize=128)
def _regret(scenario: str, seed: int, minutes: int) -> Regret:
    return ended(scenario, seed, minutes).regret()


def under_other_luck(
    records: str | Mapping[str, str], seeds: Iterable[int], *, judged: bool = True
) -> pd.DataFrame:
    """What the answers of a record, or of several of one scenario, bring under other seeds: a row a seed and record.

    records: one, or name → record; then the first column is name. Further columns seed, value (change of reputation, SD); with
    ``judged`` also usual, best (SD) and share ((value − usual) ÷ (best − usual), as in ``AfterAction.share``).

    Raises AnswerError for what is no record, and for records of different scenarios or lengths.

    >>> from .room import drill
    >>> room = drill("wrong_price", 1)
    >>> room.give_up()
    >>> under_other_luck(room.record, [2, 3], judged=False)["seed"].tolist()
    [2, 3]
    """
    named = {"": records} if isinstance(records, str) else dict(records)
    known = {name: answers_of(line) for name, line in named.items()}
    kinds = {(setup.scenario, setup.minutes) for setup, _ in known.values()}
    if len(kinds) != 1:
        raise AnswerError(
            f"這裡有 {len(kinds)} 種演練，不能一起比", where="under_other_luck()", next_step="請給同一個情境、一樣長的紀錄"
        )
    setup = next(iter(known.values()))[0]
    table = of_plans(setup, {name: plan for name, (_, plan) in known.items()}, seeds, judged=judged)
    return table.drop(columns="name") if isinstance(records, str) else table


def of_plans(
    setup: Setup, plans: Mapping[str, Plan], seeds: Iterable[int], *, judged: bool = True
) -> pd.DataFrame:
    """The same for answers that are known already, name → plan."""
    rows = []
    for seed in seeds:
        values = ended(setup.scenario, seed, setup.minutes).what_if(list(plans.values())).short
        for name, value in zip(plans, values.tolist(), strict=True):
            row: dict[str, Any] = {"name": name, "seed": seed, "value": value}
            if judged:
                known = _regret(setup.scenario, seed, setup.minutes)
                best = max(known.oracle, value)
                row |= {"usual": known.baseline, "best": best, "share": Regret(value, known.baseline, best).share}
            rows.append(row)
    return pd.DataFrame(rows, columns=["name", "seed", "value", *(("usual", "best", "share") if judged else ())])
