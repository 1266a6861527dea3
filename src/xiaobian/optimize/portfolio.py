"""The best set of many things under limits, by CP-SAT: the same ``Problem`` as ``choose``, too large to look at every set.

Values, discounts and uses are rounded to a thousandth of their scale; the answer is then recomputed from the numbers given.
One worker, a fixed seed and a deterministic limit, so the same problem gives the same answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..errors import KitError
from .choose import MOST, Binding, Chosen, Limit, Problem

SCALE = 10_000
LIMIT = 20.0
"""Deterministic time of one search; a few seconds at most."""


def portfolio(given: Problem, *, runner_up: bool = True, binding: bool = True) -> Chosen:
    """The best set of a problem with its runner-up and what binds; ``bound`` is above ``value`` when the search was cut off.

    Overlaps must not be negative. runner_up, binding: whether to search the next best set (one search more), and what each
    limit holds back (one search a limit).

    Raises KitError for a negative overlap.

    >>> from .choose import problem
    >>> given = problem({"a": 5.0, "b": 3.0, "c": 3.0}, 2, {"hours": ({"a": 3.0, "b": 2.0, "c": 2.0}, 4.0)}, {("b", "c"): 2.0})
    >>> found = portfolio(given)
    >>> found.items, found.value, found.gap
    (('a',), 5.0, 0.0)
    """
    if (given.overlaps < 0).any():
        raise KitError("重疊要扣掉的價值不能是負的", where="overlaps")
    unit = max(1e-12, float(np.abs(given.values).max(initial=0.0))) / SCALE
    picked, bound = _best(given, unit)
    value = _value(given, picked)
    second = _best(given, unit, without=picked)[0] if runner_up else picked
    used = {name: float(np.array(limit.costs)[picked].sum()) for name, limit in given.limits.items()}
    return Chosen(
        _names(given, picked), value, max(value, bound), used,
        _names(given, second) if second != picked else (), _value(given, second),
        tuple(_binding(given, unit, value)) if binding else (),
    )  # fmt: skip


def _names(given: Problem, picked: list[int]) -> tuple[str, ...]:
    return tuple(given.items[i] for i in picked)


def _value(given: Problem, picked: list[int]) -> float:
    pairs = given.overlaps[np.ix_(picked, picked)]
    return float(given.values[picked].sum() - np.triu(pairs, 1).sum())


class _Model:
    """The problem as a CP-SAT model: a variable an item, one a pair that overlaps."""

    def __init__(self, given: Problem, unit: float, loose: str = "") -> None:
        from ortools.sat.python import cp_model

        self.given, self.cp = given, cp_model
        self.model = cp_model.CpModel()
        self.x = [self.model.new_bool_var(name) for name in given.items]
        values = np.round(given.values / unit).astype(int)
        terms: list[Any] = [int(v) * x for v, x in zip(values, self.x, strict=True)]
        for i, j in zip(*np.triu_indices(len(given.items), 1), strict=True):
            if (discount := round(float(given.overlaps[i, j]) / unit)) > 0:
                both = self.model.new_bool_var("")
                self.model.add_bool_or([both, self.x[i].negated(), self.x[j].negated()])
                terms.append(-discount * both)
        self.value = sum(terms)
        if loose != MOST:
            self.model.add(sum(self.x) <= given.most)
        for name, limit in given.limits.items():
            if name != loose:
                costs, most = _whole(limit)
                self.model.add(sum(c * x for c, x in zip(costs, self.x, strict=True)) <= most)

    def solve(self) -> tuple[list[int] | None, float]:
        """Positions picked (None when nothing fits), and the bound of the objective."""
        solver = self.cp.CpSolver()
        solver.parameters.num_workers, solver.parameters.random_seed = 1, 0
        solver.parameters.max_deterministic_time = LIMIT
        status = solver.solve(self.model)
        if status not in (self.cp.OPTIMAL, self.cp.FEASIBLE):
            return None, 0.0
        return [i for i, x in enumerate(self.x) if solver.boolean_value(x)], solver.best_objective_bound


def _whole(limit: Limit) -> tuple[list[int], int]:
    """Uses rounded up and the available rounded down, in thousandths where they are not whole."""
    costs = np.array([*limit.costs, limit.available])
    scale = 1 if np.allclose(costs, np.round(costs)) else 1000
    return [int(np.ceil(c * scale - 1e-6)) for c in limit.costs], int(
        np.floor(limit.available * scale + 1e-6)
    )


def _best(given: Problem, unit: float, without: list[int] | None = None) -> tuple[list[int], float]:
    found = _Model(given, unit)
    if without is not None:
        inside = set(without)
        found.model.add_bool_or([x.negated() if i in inside else x for i, x in enumerate(found.x)])
    found.model.maximize(found.value)
    picked, bound = found.solve()
    return ([], 0.0) if picked is None else (picked, bound * unit)


def _binding(given: Problem, unit: float, best: float) -> list[Binding]:
    """For each limit: the least more of it that lets a better set in, all others as they are."""
    found = []
    uses: Mapping[str, Limit] = given.limits
    for name in [*uses, *([MOST] if given.most < len(given.items) else [])]:
        loose = _Model(given, unit, loose=name)
        loose.model.add(loose.value >= int(np.floor(best / unit)) + 2)
        costs = [1] * len(given.items) if name == MOST else _whole(uses[name])[0]
        loose.model.minimize(sum(c * x for c, x in zip(costs, loose.x, strict=True)))
        picked, _ = loose.solve()
        if picked is None:
            continue
        used = float(len(picked)) if name == MOST else float(np.array(uses[name].costs)[picked].sum())
        more = used - (given.most if name == MOST else uses[name].available)
        gain = _value(given, picked) - best
        if more > 0 and gain > 0:
            found.append(Binding(name, more, _names(given, picked), gain))
    return found
