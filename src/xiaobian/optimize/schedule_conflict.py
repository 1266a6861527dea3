"""Why nothing fits: rules that cannot hold together, and of which none can be left out.

First every rule hangs on a literal and the solver names a set that is enough for the contradiction (sufficient
assumptions); then each rule of that set is left out in turn, and stays out while the rest still contradict (deletion
filter: Chinneck, Feasibility and Infeasibility in Optimization, 2008). Two orders are tried and the smaller set is kept.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from .schedule import Item, Rule, Timetable

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

EACH = 1.0
"""Deterministic time of one try."""


def conflict(problem: Timetable, limit: float = EACH) -> tuple[tuple[Rule, ...], bool]:
    """Rules that cannot hold together, none to spare; and whether that is proved (no try ran out of time).

    An empty set when the problem was not shown to be infeasible. Needs OR-tools.

    >>> from .schedule import Slot, timetable
    >>> late = Item("a", {0: 1.0}, release=1, must=True)
    >>> conflict(timetable([late], [Slot("mon", 0)], 2))[0]
    (Rule(sort='must', name='a'), Rule(sort='release', name='a'))
    """
    model = _Assumed(problem)
    start = model.core(model.rules, limit)
    if start is None:
        return (), False
    tries = [_filtered(model, order, limit) for order in (start, start[::-1])]
    rules, proved = min(tries, key=lambda found: (len(found[0]), not found[1]))
    return tuple(sorted(rules, key=model.rules.index)), proved


def _filtered(model: _Assumed, rules: Sequence[Rule], limit: float) -> tuple[list[Rule], bool]:
    kept, proved = list(rules), True
    for rule in rules:
        if rule not in kept:
            continue
        rest = [other for other in kept if other != rule]
        answer = model.holds(rest, limit)
        if answer is False:
            smaller = model.core(rest, limit)
            kept = [other for other in rest if smaller is None or other in smaller]
        elif answer is None:
            proved = False
    return kept, proved


class _Assumed:
    """The items that matter for feasibility, and every rule on a literal of its own."""

    def __init__(self, problem: Timetable) -> None:
        from ortools.sat.python import cp_model

        self.problem, self.model = problem, cp_model.CpModel()
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

    @property
    def rules(self) -> list[Rule]:
        return list(self.literals)

    def literal(self, sort: str, name: str) -> Any:
        rule = Rule(sort, name)
        if rule not in self.literals:
            self.literals[rule] = self.model.new_bool_var(f"{sort} {name}")
        return self.literals[rule]

    def _on(self, item: Item, days: Container[int]) -> list[Any]:
        """Whether an item takes a slot on some days, as parts of a sum."""
        return [taken for slot, taken in self.take[item.name].items() if self.problem.slots[slot].day in days]

    def _item(self, item: Item) -> None:
        model, every = self.model, list(self.take[item.name].values())
        model.add(sum(every) <= 1)
        if item.must:
            model.add(sum(every) >= 1).only_enforce_if(self.literal("must", item.name))
        early = self._on(item, range(item.release))
        if item.release > 0 and early:
            model.add(sum(early) == 0).only_enforce_if(self.literal("release", item.name))
        late = self._on(item, range(item.deadline + 1, self.problem.days))
        if late:
            model.add(sum(late) == 0).only_enforce_if(self.literal("deadline", item.name))

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
                    self.model.add(sum(used) <= limit).only_enforce_if(
                        self.literal("resource", resource.name)
                    )

    def _limits(self) -> None:
        problem = self.problem
        for cap in problem.caps:
            for first in range(problem.days):
                inside = self._kind(cap.kind, range(first, first + cap.days))
                if len(inside) > cap.most:
                    self.model.add(sum(inside) <= cap.most).only_enforce_if(self.literal("cap", cap.name))
        for cover in problem.covers:
            inside = self._kind(cover.kind, range(cover.first, cover.last + 1))
            self.model.add(sum(inside) >= cover.least).only_enforce_if(self.literal("cover", cover.name))
        for rule in problem.closed:
            shut = self._kind(rule.kind, rule.days)
            if shut:
                self.model.add(sum(shut) == 0).only_enforce_if(self.literal("closed", rule.name))

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
                    self.model.add(sum(one) + sum(near) <= 1).only_enforce_if(
                        self.literal("apart", apart.name)
                    )

    def _rooms(self) -> None:
        users: dict[int, list[Any]] = {}
        for take in self.take.values():
            for slot, taken in take.items():
                users.setdefault(slot, []).append(taken)
        for slot, parts in users.items():
            if len(parts) > self.problem.slots[slot].room:
                self.model.add(sum(parts) <= self.problem.slots[slot].room).only_enforce_if(
                    self.literal("room", "")
                )

    def _solve(self, rules: Iterable[Rule], limit: float) -> tuple[str, cp_model.CpSolver]:
        from .schedule_model import run

        self.model.clear_assumptions()
        self.model.add_assumptions([self.literals[rule] for rule in rules])
        return run(self.model, limit)

    def holds(self, rules: Iterable[Rule], limit: float) -> bool | None:
        """Whether the rules can hold together; None when time ran out."""
        status, _ = self._solve(rules, limit)
        return None if status == "unknown" else status != "infeasible"

    def core(self, rules: Sequence[Rule], limit: float) -> list[Rule] | None:
        """Some of the rules that contradict; all of them when the solver names none; None when they do not."""
        status, solver = self._solve(rules, limit)
        if status != "infeasible":
            return None
        named = set(solver.sufficient_assumptions_for_infeasibility())
        found = [rule for rule in rules if self.literals[rule].index in named]
        return found or list(rules)
