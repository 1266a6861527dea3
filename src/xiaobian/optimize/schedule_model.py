"""The timetable as a CP-SAT model, solved with a fixed seed, fixed workers and a deterministic limit of time."""

from __future__ import annotations

import pickle
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from .schedule import Item, Placed, Timetable, allowed, worth
from .schedule_greedy import greedy

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

LIMIT = 5.0
"""Deterministic time, the solver's own unit: a few seconds each on an ordinary machine."""

KEPT = 64
"""Answers that are kept: the same problem has the same answer, and lessons, panels and checks ask for it again."""

STEP = 60
"""Amounts are counted in sixtieths (minutes of hours): uses rounded up, what there is rounded down."""

_FINE = 100_000


def solver_there() -> bool:
    """Whether OR-tools can be imported."""
    try:
        import ortools.sat.python.cp_model  # noqa: F401
    except ImportError:
        return False
    return True


def solve(
    problem: Timetable,
    limit: float = LIMIT,
    seed: int = 1,
    hint: Mapping[str, int] | None = None,
    explain: bool = True,
) -> Placed:
    """The best schedule found within ``limit`` deterministic time, its bound, or the conflict when there is none.

    Without OR-tools, or when the limit comes before any schedule, what ``greedy`` finds. hint: a schedule to start from. explain:
    whether to look for the conflict, which takes longer than finding that there is one.
    The same version of the solver gives the same answer on every machine.

    >>> from .schedule import Slot, timetable
    >>> solve(timetable([Item("a", {0: 2.0}), Item("b", {0: 3.0})], [Slot("mon", 0)], 1)).value
    3.0
    """
    if not solver_there():
        return greedy(problem)
    given = pickle.dumps((problem, limit, seed, None if hint is None else sorted(hint.items()), explain))
    return _kept(given)


@lru_cache(maxsize=KEPT)
def _kept(given: bytes) -> Placed:
    problem, limit, seed, hint, explain = pickle.loads(given)
    return fresh(problem, limit, seed, None if hint is None else dict(hint), explain)


def fresh(
    problem: Timetable, limit: float, seed: int, hint: Mapping[str, int] | None, explain: bool
) -> Placed:
    """``solve`` without looking whether the same problem was solved before."""
    start = greedy(problem)
    model = Model(problem)
    model.hint(start.slots if hint is None else hint)
    status, solver = run(model.model, limit, seed)
    if status == "infeasible":
        from .schedule_conflict import conflict

        rules, proved = conflict(problem) if explain else ((), False)
        return Placed({}, 0.0, 0.0, "infeasible", solver.deterministic_time, rules, proved)
    if status == "unknown":
        return start
    slots = model.read(solver)
    value = worth(problem, slots)
    bound = value if status == "optimal" else max(value, model.bound(solver))
    if start.status == "greedy" and start.value > value:
        slots, value = dict(start.slots), start.value
    return Placed(slots, value, max(bound, value), status, solver.deterministic_time)


def run(model: cp_model.CpModel, limit: float, seed: int = 1) -> tuple[str, cp_model.CpSolver]:
    """Solve a model; its status as optimal, feasible, infeasible or unknown."""
    from ortools.sat.python import cp_model

    solver = cp_model.CpSolver()
    solver.parameters.random_seed = seed
    solver.parameters.num_workers = 1
    solver.parameters.max_deterministic_time = limit
    solver.parameters.linearization_level = 2
    solver.parameters.cp_model_probing_level = 0
    found = solver.solve(model)
    names = {
        cp_model.OPTIMAL: "optimal", cp_model.FEASIBLE: "feasible", cp_model.INFEASIBLE: "infeasible",
    }  # fmt: skip
    return names.get(found, "unknown"), solver


class Model:
    """Variables: whether an item takes a slot, whether it goes out on a day, and whether by a day."""

    def __init__(self, problem: Timetable) -> None:
        from ortools.sat.python import cp_model

        self.problem, self.model = problem, cp_model.CpModel()
        highest = max((max(item.values.values(), default=0.0) for item in problem.items), default=0.0)
        self.scale = _FINE / highest if highest > 0 else 1.0
        self.take: dict[str, dict[int, Any]] = {}
        self.on: dict[str, dict[int, Any]] = {}
        self.by: dict[str, list[Any]] = {}
        for item in problem.items:
            self._variables(item)
        self._rooms()
        self._resources()
        self._caps()
        self._pairs()
        self.model.maximize(
            sum(
                round(self.scale * item.values[slot]) * taken
                for item in problem.items
                for slot, taken in self.take[item.name].items()
            )
        )

    def _variables(self, item: Item) -> None:
        model, problem = self.model, self.problem
        take = {slot: model.new_bool_var("") for slot in allowed(problem, item)}
        days: dict[int, list[Any]] = {}
        for slot, taken in take.items():
            days.setdefault(problem.slots[slot].day, []).append(taken)
        on = {day: model.new_bool_var("") for day in days}
        for day, taken_there in days.items():
            model.add(sum(taken_there) == on[day])
        before: Any = 0
        by: list[Any] = []
        for day in range(problem.days):
            if day in on:
                now = model.new_bool_var("")
                model.add(now == before + on[day])
                before = now
            by.append(before)
        if item.must:
            model.add(before == 1) if on else model.add_bool_or([])
        self.take[item.name], self.on[item.name], self.by[item.name] = take, on, by

    def between(self, name: str, first: int, last: int) -> Any:
        """Whether an item goes out on one of the days ``first`` to ``last``."""
        by = self.by[name]
        first, last = max(first, 0), min(last, self.problem.days - 1)
        return by[last] - (by[first - 1] if first > 0 else 0)

    def _rooms(self) -> None:
        users: dict[int, list[Any]] = {}
        for take in self.take.values():
            for slot, taken in take.items():
                users.setdefault(slot, []).append(taken)
        for slot, taken_by in users.items():
            if len(taken_by) > self.problem.slots[slot].room:
                self.model.add(sum(taken_by) <= self.problem.slots[slot].room)

    def _resources(self) -> None:
        for resource in self.problem.resources:
            uses = {
                item.name: units(item.uses[resource.name])
                for item in self.problem.items
                if item.uses.get(resource.name)
            }
            there: Sequence[float] = resource.per_day
            if resource.stored:
                there = list(accumulate(there))
            needed = sum(uses.values())
            for day, amount in enumerate(there):
                free = int(amount * STEP + 1e-6)
                last = day + 1 == len(there) or int(there[day + 1] * STEP + 1e-6) > free
                if free < needed and (last or not resource.stored):
                    used = self.by if resource.stored else self.on
                    parts = [
                        use * (used[name][day] if resource.stored else self.on[name].get(day, 0))
                        for name, use in uses.items()
                    ]
                    self.model.add(sum(parts) <= free)

    def _caps(self) -> None:
        for cap in self.problem.caps:
            names = [item.name for item in self.problem.items if cap.kind in item.kinds]
            for day in range(max(1, self.problem.days - cap.days + 1)):
                inside = [self.between(name, day, day + cap.days - 1) for name in names]
                if len(names) > cap.most:
                    self.model.add(sum(inside) <= cap.most)
        for cover in self.problem.covers:
            names = [item.name for item in self.problem.items if cover.kind in item.kinds]
            self.model.add(sum(self.between(name, cover.first, cover.last) for name in names) >= cover.least)

    def _pairs(self) -> None:
        for apart in self.problem.aparts:
            for day, here in self.on[apart.one].items():
                near = self.between(apart.other, day - apart.days + 1, day + apart.days - 1)
                self.model.add(here + near <= 1)

    def hint(self, slots: Mapping[str, int]) -> None:
        """Start the search from a schedule."""
        for name, take in self.take.items():
            for slot, taken in take.items():
                self.model.add_hint(taken, slots.get(name) == slot)

    def read(self, solver: cp_model.CpSolver) -> dict[str, int]:
        """The schedule the solver holds."""
        return {
            name: slot
            for name, take in self.take.items()
            for slot, taken in take.items()
            if solver.value(taken)
        }

    def bound(self, solver: cp_model.CpSolver) -> float:
        """The solver's bound in the problem's own unit, rounding of the values allowed for."""
        return float((solver.best_objective_bound + 0.5 * len(self.problem.items)) / self.scale)


def units(amount: float) -> int:
    """An amount in whole steps, rounded up.

    >>> units(0.5), units(0.501)
    (30, 31)
    """
    return int(-(-(amount * STEP - 1e-6) // 1))
