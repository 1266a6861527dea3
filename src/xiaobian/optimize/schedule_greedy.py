"""A schedule without a solver: what has to go first, then the most value an amount used; and a bound anyone can check."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import accumulate

import numpy as np

from .schedule import TINY, Item, Placed, Timetable, allowed, broken, worth


class _Board:
    """What is still free while items are placed one by one."""

    def __init__(self, problem: Timetable) -> None:
        self.problem = problem
        self.room = [slot.room for slot in problem.slots]
        self.day: dict[str, int] = {}
        self.slots: dict[str, int] = {}
        self.kinds = {cap.kind: np.zeros(problem.days, dtype=int) for cap in problem.caps}
        self.near: dict[str, list[tuple[str, int]]] = {}
        for apart in problem.aparts:
            self.near.setdefault(apart.one, []).append((apart.other, apart.days))
            self.near.setdefault(apart.other, []).append((apart.one, apart.days))
        self.left = {
            r.name: np.array(list(accumulate(r.per_day)) if r.stored else r.per_day, dtype=float)
            for r in problem.resources
        }
        self.stored = {r.name: r.stored for r in problem.resources}

    def fits(self, item: Item, slot: int) -> bool:
        day = self.problem.slots[slot].day
        return (
            self.room[slot] > 0
            and self._hours(item, day)
            and self._capped(item, day)
            and self._far(item, day)
        )

    def _hours(self, item: Item, day: int) -> bool:
        for name, amount in item.uses.items():
            left = self.left[name]
            free = left[day:].min() if self.stored[name] else left[day]
            if amount > free + TINY:
                return False
        return True

    def _capped(self, item: Item, day: int) -> bool:
        for cap in self.problem.caps:
            if cap.kind in item.kinds:
                there = self.kinds[cap.kind]
                for start in range(max(0, day - cap.days + 1), day + 1):
                    if there[start : start + cap.days].sum() >= cap.most:
                        return False
        return True

    def _far(self, item: Item, day: int) -> bool:
        near = self.near.get(item.name, ())
        return all(other not in self.day or abs(self.day[other] - day) >= days for other, days in near)

    def put(self, item: Item, slot: int) -> None:
        day = self.problem.slots[slot].day
        self.slots[item.name], self.day[item.name] = slot, day
        self.room[slot] -= 1
        for name, amount in item.uses.items():
            if self.stored[name]:
                self.left[name][day:] -= amount
            else:
                self.left[name][day] -= amount
        for kind in item.kinds & self.kinds.keys():
            self.kinds[kind][day] += 1


def greedy(problem: Timetable) -> Placed:
    """Place what must go (earliest deadline first), then what covers ask for, then the rest by value for its share of
    what there is, each at its most valuable free slot. Status ``greedy``; ``infeasible`` without a conflict when some
    rule could not be kept, which does not prove that none can.

    >>> from .schedule import Slot, timetable
    >>> one = timetable([Item("a", {0: 2.0}), Item("b", {0: 3.0})], [Slot("mon", 0)], 1)
    >>> greedy(one).slots, greedy(one).bound
    ({'b': 0}, 5.0)
    """
    board = _Board(problem)
    ways = {item.name: allowed(problem, item) for item in problem.items}
    for item in sorted((i for i in problem.items if i.must), key=lambda i: (i.deadline, i.name)):
        _place(board, item, ways[item.name])
    density = _density(problem)
    order = sorted(problem.items, key=lambda i: (-density[i.name], i.name))
    for cover in problem.covers:
        inside = sum(
            cover.kind in item.kinds and cover.first <= board.day.get(item.name, -1) <= cover.last
            for item in problem.items
        )
        for item in order:
            if inside >= cover.least:
                break
            if cover.kind in item.kinds and item.name not in board.slots:
                days = [s for s in ways[item.name] if cover.first <= problem.slots[s].day <= cover.last]
                inside += _place(board, item, days)
    for item in order:
        if item.name not in board.slots:
            _place(board, item, ways[item.name])
    status = "infeasible" if broken(problem, board.slots) else "greedy"
    return Placed(board.slots, worth(problem, board.slots), fractional_bound(problem), status, proved=False)


def _place(board: _Board, item: Item, ways: list[int]) -> bool:
    for slot in sorted(ways, key=lambda s: (-item.values[s], s)):
        if board.fits(item, slot):
            board.put(item, slot)
            return True
    return False


def _best(problem: Timetable) -> dict[str, float]:
    return {
        item.name: max((item.values[s] for s in allowed(problem, item)), default=0.0)
        for item in problem.items
    }


def _density(problem: Timetable) -> Mapping[str, float]:
    """Best value of each item ÷ the largest share it takes of any resource."""
    total = {r.name: max(sum(r.per_day), TINY) for r in problem.resources}
    best = _best(problem)
    return {
        item.name: best[item.name]
        / max(max((amount / total[name] for name, amount in item.uses.items()), default=0.0), 1e-6)
        for item in problem.items
    }


def fractional_bound(problem: Timetable) -> float:
    """No schedule is worth more: each item at its best slot, the scarcest single resource cut into any fractions."""
    best = _best(problem)
    bounds = [sum(best.values())]
    for resource in problem.resources:
        room, value = sum(resource.per_day), 0.0
        uses = [(best[i.name], i.uses.get(resource.name, 0.0)) for i in problem.items]
        for worth_, amount in sorted(uses, key=lambda pair: -pair[0] / max(pair[1], TINY)):
            part = 1.0 if amount <= room else room / amount
            value, room = value + part * worth_, room - part * amount
        bounds.append(value)
    return float(min(bounds))
