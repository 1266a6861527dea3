"""The best week one could plan, and what a plan is worth beside it and beside habit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .engine import Floats, Ints

DAY = 24.0


@dataclass(frozen=True)
class Week:
    """Pieces that may be posted in one week.

    worth [n, s]: expected value of piece i at slot s, before fatigue. hour [s]: hour of the week of each slot.
    platform, cost [n]: platform code and working hours of each piece. budget: working hours of the week.
    fatigue: log loss for each post of the same platform in the 24 hours before.
    """

    worth: Floats
    hour: Floats
    platform: Ints
    cost: Floats
    budget: float
    fatigue: float


def worth(week: Week, slot: Ints) -> float:
    """Expected value of a schedule; ``slot`` gives each piece a slot, −1 leaves it out."""
    used = np.flatnonzero(slot >= 0)
    return float((week.worth[used, slot[used]] * np.exp(-week.fatigue * _recent(week, slot, used))).sum())


def _recent(week: Week, slot: Ints, used: NDArray[np.int64]) -> Floats:
    gap = week.hour[slot[used]][:, None] - week.hour[slot[used]][None, :]
    same = week.platform[used][:, None] == week.platform[used][None, :]
    tie = (gap == 0) & (used[:, None] > used[None, :])
    return np.asarray((same & (tie | (gap > 0) & (gap < DAY))).sum(axis=1), dtype=float)


def bound(week: Week) -> float:
    """A value no schedule can pass: every chosen piece at its best slot, no fatigue, hours cut fractionally."""
    best = week.worth.max(axis=1)
    order = np.argsort(-best / week.cost)
    room = np.clip(
        week.budget - np.concatenate([[0.0], np.cumsum(week.cost[order])[:-1]]), 0, week.cost[order]
    )
    return float((best[order] * room / week.cost[order]).sum())


def best(week: Week, rounds: int = 20) -> Ints:
    """A schedule by exact choice of pieces and repeated improvement of each one's slot and membership [n].

    It is not proven optimal; ``bound`` says how far it can be from the optimum at most.
    """
    slot = np.where(_chosen(week), week.worth.argmax(axis=1), -1)
    for _ in range(rounds):
        before = worth(week, slot)
        for piece in range(len(slot)):
            slot = _moved(week, slot, piece)
        slot = _swapped(week, slot)
        if worth(week, slot) <= before + 1e-9:
            break
    return slot


def _chosen(week: Week) -> NDArray[np.bool_]:
    """Knapsack in tenths of an hour over the best slot of each piece."""
    size, cost = round(week.budget * 10), np.rint(week.cost * 10).astype(int)
    table = np.zeros((len(cost) + 1, size + 1))
    value = week.worth.max(axis=1)
    for i, c in enumerate(cost):
        table[i + 1] = table[i]
        if c <= size:
            table[i + 1, c:] = np.maximum(table[i, c:], table[i, : size + 1 - c] + value[i])
    keep, room = np.zeros(len(cost), dtype=bool), size
    for i in range(len(cost) - 1, -1, -1):
        if table[i + 1, room] > table[i, room]:
            keep[i], room = True, room - cost[i]
    return keep


def _moved(week: Week, slot: Ints, piece: int) -> Ints:
    if slot[piece] < 0:
        return slot
    others = np.flatnonzero(
        (slot >= 0) & (week.platform == week.platform[piece]) & (np.arange(len(slot)) != piece)
    )
    gap = week.hour[:, None] - week.hour[slot[others]][None, :]
    after = (gap > 0) & (gap < DAY) | (gap == 0) & (others < piece)
    own = week.worth[piece] * np.exp(-week.fatigue * after.sum(axis=1))
    rest = week.worth[others, slot[others]] * np.exp(-week.fatigue * _recent(week, slot, others))
    pushed = (gap < 0) & (gap > -DAY) | (gap == 0) & (others > piece)
    total = own + (rest * np.where(pushed, np.exp(-week.fatigue), 1.0)).sum(axis=1)
    result = slot.copy()
    result[piece] = int(total.argmax())
    return result


def _swapped(week: Week, slot: Ints) -> Ints:
    """Try to let one piece in for another, or into spare hours."""
    current, value = slot, worth(week, slot)
    for new in np.flatnonzero(slot < 0):
        for old in (-1, *np.flatnonzero(slot >= 0)):
            trial = slot.copy()
            if old >= 0:
                trial[old] = -1
            trial[new] = int(week.worth[new].argmax())
            if week.cost[trial >= 0].sum() > week.budget + 1e-9:
                continue
            trial = _moved(week, trial, int(new))
            if (found := worth(week, trial)) > value + 1e-9:
                current, value = trial, found
    return current
