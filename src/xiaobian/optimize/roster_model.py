"""The roster as a CP-SAT model: the fairest one that keeps every rule, or the rules that cannot hold together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations
from typing import Any

from ..errors import KitError
from .roster import TURN, Roster, too_close, unfairness
from .schedule import Rule
from .schedule_model import run, solver_there

LIMIT = 0.3
"""Deterministic time for the fairest roster, and for each try of the conflict."""
STEP = 10
"""Loads are counted in tenths."""
_NIGHT, _SHIFT = 2, 1
"""What the most nights and the most shifts of one person weigh, in units of unfair load (design parameters)."""


@dataclass(frozen=True)
class Staffed:
    """taken: names by position of the shift. status: ``optimal``, ``feasible`` (the limit came first), ``infeasible`` or
    ``unknown``. unfair: largest distance from the fair share. conflict: rules that cannot hold together, none to spare.
    ways: those of them each of which, left out alone, makes a roster possible."""

    taken: TURN = field(hash=False)
    status: str
    unfair: float = 0.0
    conflict: tuple[Rule, ...] = ()
    ways: tuple[Rule, ...] = ()


@lru_cache(maxsize=64)
def staff(problem: Roster, limit: float = LIMIT, seed: int = 1) -> Staffed:
    """The fairest roster that keeps every rule, or the conflict.

    Fair: the sum of the largest distance of anyone's load from the share that their days allow, the most nights and the most
    shifts of one person, weighed, is as small as can be. Raises KitError without OR-tools.

    >>> from .roster import Shift, Worker, roster
    >>> staff(roster([Worker("a", frozenset({0})), Worker("b")], [Shift("mon", 0, 9, 17)], heavy=1)).taken
    {0: ('b',)}
    """
    if not solver_there():
        raise KitError(
            "排輪值要用 OR-tools，這台電腦沒有裝", where="rota", next_step="請照安裝說明裝好課程的環境"
        )
    model = _Model(problem)
    model.fair()
    status, solver = run(model.model, limit, seed)
    if status == "infeasible":
        rules = conflict(problem)
        every = rules_of(problem)
        ways = tuple(rule for rule in rules if holds(problem, [r for r in every if r != rule]))
        return Staffed({}, status, conflict=rules, ways=ways)
    if status == "unknown":
        return Staffed({}, status)
    taken = {
        at: tuple(w.name for w in problem.workers if solver.value(model.take[w.name, at]))
        for at in range(len(problem.shifts))
    }
    return Staffed(taken, status, unfairness(problem, taken))


def rules_of(problem: Roster) -> list[Rule]:
    """Every rule of a problem, those that people can bend least first."""
    return [
        *(Rule("need", shift.name) for shift in problem.shifts),
        Rule("day", ""),
        *(Rule("off", w.name) for w in problem.workers if w.off),
        *(Rule("most", w.name) for w in problem.workers if w.most is not None),
        *(Rule(sort, "") for sort in ("rest", "row", "after")),
    ]


def holds(problem: Roster, rules: Sequence[Rule], limit: float = LIMIT) -> bool:
    """Whether a roster keeps these rules; True when time ran out."""
    return run(_Model(problem, frozenset(rules)).model, limit)[0] != "infeasible"


def conflict(problem: Roster) -> tuple[Rule, ...]:
    """Rules that cannot hold together, none to spare; the smaller of two such sets, found from both ends of the list.

    >>> from .roster import Shift, Worker, roster
    >>> conflict(roster([Worker("a", frozenset({0}))], [Shift("mon", 0, 9, 17)], heavy=1))
    (Rule(sort='need', name='mon'), Rule(sort='off', name='a'))
    """
    every = rules_of(problem)
    one, other = (_filtered(problem, order) for order in (every, every[::-1]))
    return tuple(sorted(one if len(one) <= len(other) else other, key=every.index))


def _filtered(problem: Roster, rules: Sequence[Rule]) -> list[Rule]:
    """Leave out halves, quarters … and at last single rules, while the rest still contradict (deletion filter)."""
    kept, size = list(rules), max(len(rules) // 2, 1)
    while True:
        place = 0
        while place < len(kept):
            rest = kept[:place] + kept[place + size :]
            if holds(problem, rest):
                place += size
            else:
                kept = rest
        if size == 1:
            return kept
        size //= 2


class _Model:
    """Whether a worker takes a shift; only the rules that are kept."""

    def __init__(self, problem: Roster, kept: frozenset[Rule] | None = None) -> None:
        from ortools.sat.python import cp_model

        self.problem, self.model = problem, cp_model.CpModel()
        self.kept = frozenset(rules_of(problem)) if kept is None else kept
        self.take: dict[tuple[str, int], Any] = {
            (w.name, at): self.model.new_bool_var("")
            for w in problem.workers
            for at in range(len(problem.shifts))
        }
        self._needs()
        for worker in problem.workers:
            self._own(worker.name, worker.off, worker.most)
            self._pairs(worker.name)
            self._rows(worker.name)

    def _needs(self) -> None:
        for at, shift in enumerate(self.problem.shifts):
            here = sum(self.take[w.name, at] for w in self.problem.workers)
            if Rule("need", shift.name) in self.kept:
                self.model.add(here == shift.need)
            else:
                self.model.add(here <= shift.need)

    def _own(self, name: str, off: frozenset[int], most: int | None) -> None:
        if Rule("off", name) in self.kept:
            for at, shift in enumerate(self.problem.shifts):
                if shift.day in off:
                    self.model.add(self.take[name, at] == 0)
        if most is not None and Rule("most", name) in self.kept:
            self.model.add(sum(self.take[name, at] for at in range(len(self.problem.shifts))) <= most)

    def _pairs(self, name: str) -> None:
        for (at, one), (then, other) in combinations(enumerate(self.problem.shifts), 2):
            if other.day - one.day > 2:
                continue
            sort = too_close(self.problem, one, other)
            if sort and Rule(sort, "") in self.kept:
                self.model.add(self.take[name, at] + self.take[name, then] <= 1)

    def _rows(self, name: str) -> None:
        if Rule("row", "") not in self.kept:
            return
        problem = self.problem
        by_day: list[list[Any]] = [[] for _ in range(problem.days)]
        for at, shift in enumerate(problem.shifts):
            if shift.load >= problem.heavy:
                by_day[shift.day].append(self.take[name, at])
        any_of = []
        for parts in by_day:
            busy = self.model.new_bool_var("")
            for part in parts:
                self.model.add(busy >= part)
            any_of.append(busy if parts else 0)
        for first in range(problem.days - problem.row):
            self.model.add(sum(any_of[first : first + problem.row + 1]) <= problem.row)

    def fair(self) -> None:
        """Aim at a small largest distance from the fair share, and at even nights and shifts."""
        problem, model = self.problem, self.model
        free = {w.name: sum(day not in w.off for day in range(problem.days)) for w in problem.workers}
        units = [round(shift.load * STEP) for shift in problem.shifts]
        total = sum(u * s.need for u, s in zip(units, problem.shifts, strict=True))
        days = max(sum(free.values()), 1)
        far = model.new_int_var(0, max(total, 1), "")
        for name, mine in free.items():
            load = sum(unit * self.take[name, at] for at, unit in enumerate(units))
            target = round(total * mine / days)
            model.add(far >= load - target)
            model.add(far >= target - load)
        nights = self._most([at for at, shift in enumerate(problem.shifts) if shift.night])
        every = self._most(range(len(problem.shifts)))
        model.minimize(far + STEP * (_NIGHT * nights + _SHIFT * every))

    def _most(self, places: Sequence[int]) -> Any:
        top = self.model.new_int_var(0, len(places), "")
        for worker in self.problem.workers:
            self.model.add(top >= sum(self.take[worker.name, at] for at in places))
        return top
