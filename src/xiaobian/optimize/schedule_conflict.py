"""Why nothing fits: rules that cannot hold together, and of which none can be left out.

First every rule hangs on a literal and the solver names a set that is enough for the contradiction (sufficient
assumptions); then parts of that set, at last each rule, are left out in turn, and stay out while the rest still contradict
(deletion filter: Chinneck, Feasibility and Infeasibility in Optimization, 2008). A long list is tried in two orders.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from itertools import accumulate
from typing import Any

from .schedule import Item, Rule, Timetable

EACH = 1.0
"""Deterministic time of one try."""

SMALL = 3
"""A set of so many rules is not tried to be made smaller in another order."""


def conflict(problem: Timetable, limit: float = EACH) -> tuple[tuple[Rule, ...], bool]:
    """Rules that cannot hold together, none to spare; and whether that is proved (no try ran out of time).

    An empty set when the problem was not shown to be infeasible. Needs OR-tools.

    >>> from .schedule import Slot, timetable
    >>> late = Item("a", {0: 1.0}, release=1, must=True)
    >>> conflict(timetable([late], [Slot("mon", 0)], 2))[0]
    (Rule(sort='must', name='a'), Rule(sort='release', name='a'))
    """
    assumed = _Rules(problem)
    every = list(assumed.literals)
    start = assumed.core(limit)
    if start is None and _holds(problem, every, limit) is not False:
        return (), False
    rules, proved = _filtered(problem, start or every, limit)
    if len(rules) > SMALL:
        other = _filtered(problem, (start or every)[::-1], limit)
        rules, proved = min((rules, proved), other, key=lambda found: (len(found[0]), not found[1]))
    return tuple(sorted(rules, key=every.index)), proved


def _filtered(problem: Timetable, rules: Sequence[Rule], limit: float) -> tuple[list[Rule], bool]:
    """Leave out halves, quarters … and at last single rules, while the rest still contradict."""
    kept, proved, size = list(rules), True, max(len(rules) // 2, 1)
    while True:
        place = 0
        while place < len(kept):
            rest = kept[:place] + kept[place + size :]
            answer = _holds(problem, rest, limit)
            if answer is False:
                kept = rest
            else:
                place += size
                proved = proved and (answer is not None or size > 1)
        if size == 1:
            return kept, proved
        size //= 2


def _holds(problem: Timetable, rules: Sequence[Rule], limit: float) -> bool | None:
    """Whether the rules can hold together; None when time ran out."""
    from .schedule_model import run

    status, _ = run(_Rules(problem, frozenset(rules)).model, limit)
    return None if status == "unknown" else status != "infeasible"


class _Rules:
    """The items that matter for feasibility under some rules; without ``kept`` every rule hangs on a literal of its own."""

    def __init__(self, problem: Timetable, kept: frozenset[Rule] | None = None) -> None:
        from ortools.sat.python import cp_model

        self.problem, self.kept, self.model = problem, kept, cp_model.CpModel()
        self.literals: dict[Rule, Any] = {}
        asked = {cover.kind for cover in problem.covers if cover.least > 0}
        self.items = [item for item in problem.items if item.must or item.kinds & asked]
        self.take = {
            item.name: {slot: self.model.new_bool_var("") for slot in item.values} for item in self.items
        }
        for item in self.items:
            self._item(item)
        self._resources()
        self._limits()
        self._pairs()
        self._rooms()

    def _add(self, condition: Any, sort: str, name: str) -> None:
        rule = Rule(sort, name)
        if self.kept is None:
            if rule not in self.literals:
                self.literals[rule] = self.model.new_bool_var(f"{sort} {name}")
            self.model.add(condition).only_enforce_if(self.literals[rule])
        elif rule in self.kept:
            self.model.add(condition)

    def _on(self, item: Item, days: Container[int]) -> list[Any]:
        """Whether an item takes a slot on some days, as parts of a sum."""
        return [taken for slot, taken in self.take[item.name].items() if self.problem.slots[slot].day in days]

    def _item(self, item: Item) -> None:
        model, every = self.model, list(self.take[item.name].values())
        model.add(sum(every) <= 1)
        if item.must:
            self._add(sum(every) >= 1, "must", item.name)
        early = self._on(item, range(item.release))
        if item.release > 0 and early:
            self._add(sum(early) == 0, "release", item.name)
        late = self._on(item, range(item.deadline + 1, self.problem.days))
        if late:
            self._add(sum(late) == 0, "deadline", item.name)

    def _resources(self) -> None:
        from .schedule_model import STEP, units

        for resource in self.problem.resources:
            users = [(item, units(item.uses.get(resource.name, 0.0))) for item in self.items]
            there: Iterable[float] = accumulate(resource.per_day) if resource.stored else resource.per_day
            for day, amount in enumerate(there):
                days = range(0 if resource.stored else day, day + 1)
                used = [use * taken for item, use in users if use for taken in self._on(item, days)]
                if used:
                    limit = int(amount * STEP + 1e-6)
                    self._add(sum(used) <= limit, "resource", resource.name)

    def _limits(self) -> None:
        problem = self.problem
        for cap in problem.caps:
            for first in range(problem.days):
                inside = self._kind(cap.kind, range(first, first + cap.days))
                if len(inside) > cap.most:
                    self._add(sum(inside) <= cap.most, "cap", cap.name)
        for cover in problem.covers:
            inside = self._kind(cover.kind, range(cover.first, cover.last + 1))
            self._add(sum(inside) >= cover.least, "cover", cover.name)
        for rule in problem.closed:
            shut = self._kind(rule.kind, rule.days)
            if shut:
                self._add(sum(shut) == 0, "closed", rule.name)

    def _kind(self, kind: str, days: Container[int]) -> list[Any]:
        return [part for item in self.items if kind in item.kinds for part in self._on(item, days)]

    def _pairs(self) -> None:
        here = {item.name: item for item in self.items}
        for apart in self.problem.aparts:
            if apart.one not in here or apart.other not in here:
                continue
            for day in range(self.problem.days):
                one = self._on(here[apart.one], (day,))
                near = self._on(here[apart.other], range(day - apart.days + 1, day + apart.days))
                if one and near:
                    self._add(sum(one) + sum(near) <= 1, "apart", apart.name)

    def _rooms(self) -> None:
        users: dict[int, list[Any]] = {}
        for take in self.take.values():
            for slot, taken in take.items():
                users.setdefault(slot, []).append(taken)
        for slot, parts in users.items():
            if len(parts) > self.problem.slots[slot].room:
                self._add(sum(parts) <= self.problem.slots[slot].room, "room", "")

    def core(self, limit: float) -> list[Rule] | None:
        """Some of all rules that contradict; None when time ran out or they do not."""
        from .schedule_model import run

        self.model.add_assumptions(list(self.literals.values()))
        status, solver = run(self.model, limit)
        if status != "infeasible":
            return None
        named = set(solver.sufficient_assumptions_for_infeasibility())
        return [rule for rule, literal in self.literals.items() if literal.index in named] or list(
            self.literals
        )
