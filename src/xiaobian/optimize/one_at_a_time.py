"""One pair of hands: jobs that come over time, each done in one of several ways, one after another; exact by integer programming.

Costs may be any function of the time a job ends (it never falls with time in sensible use). With releases and durations on
a grid of ``step`` and costs that never fall, some best plan starts every job on the grid, so the time-indexed model
(Dyer & Wolsey 1990, doi 10.1016/0166-218X(90)90104-K) loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import KitError

Floats = NDArray[np.float64]

_TINY = 1e-6


@dataclass(frozen=True)
class Way:
    """One way to do a job: its name, how long it takes, and what it costs by the time at which it ends."""

    name: str
    duration: int
    cost: Callable[[int], float]


@dataclass(frozen=True)
class Job:
    """Something to do: from when it can begin, the ways to do it, and what it costs to leave it undone."""

    name: str
    release: int
    ways: tuple[Way, ...]
    undone: float


@dataclass(frozen=True)
class Turn:
    """A job in a plan: when it starts and ends, and in which way."""

    job: str
    way: str
    start: int
    end: int


@dataclass(frozen=True)
class TurnPlan:
    """Turns in order, their cost with that of what is left undone, and a bound that no plan can get below."""

    turns: tuple[Turn, ...]
    cost: float
    bound: float

    @property
    def exact(self) -> bool:
        """Whether the plan is proved best."""
        return self.cost - self.bound <= _TINY * max(1.0, abs(self.cost))


Column = tuple[int, Way, int, float]
"""A job's place, a way to do it, when it starts, and its cost."""


def one_at_a_time(jobs: Sequence[Job], horizon: int, step: int = 1, *, nodes: int = 2_000) -> TurnPlan:
    """The plan that costs least when only one job is done at any time and every turn starts before ``horizon``.

    horizon, releases and durations: in the same unit, multiples of ``step``. nodes: most branches looked at; with too few
    the plan is the best found and ``bound`` says how far it may be from the best. A linear relaxation gives the bound and
    an order; the order, improved by moving one job at a time, gives a plan; starts that cannot be in a better plan are
    struck out (reduced costs), and what is left is solved as an integer program.

    Raises KitError for times off the grid, a duration not above 0, or a name twice.

    >>> late = lambda end: float(end)
    >>> jobs = [Job("long", 0, (Way("do", 9, late),), 99), Job("short", 0, (Way("do", 1, late),), 99)]
    >>> plan = one_at_a_time(jobs, 20)
    >>> [turn.job for turn in plan.turns], plan.cost, plan.exact
    (['short', 'long'], 11.0, True)
    """
    _check(jobs, horizon, step)
    jobs = [replace(job, ways=tuple(replace(way, cost=cache(way.cost)) for way in job.ways)) for job in jobs]
    columns = _columns(jobs, horizon, step)
    if not columns:
        idle = sum(job.undone for job in jobs)
        return TurnPlan((), idle, idle)
    relaxed, reduced, shares = _relaxed(jobs, columns, step)
    found = _improved(jobs, horizon, _order(columns, shares))
    cost = plan_cost(jobs, found)
    alive = [column for column, price in zip(columns, reduced, strict=True) if relaxed + price < cost - _TINY]
    if cost - relaxed <= _TINY or not alive:
        return TurnPlan(found, cost, cost)
    exact, bound = _integer(jobs, alive, step, nodes)
    if exact is not None and plan_cost(jobs, exact) < cost:
        found, cost = exact, plan_cost(jobs, exact)
    return TurnPlan(found, cost, min(cost, max(relaxed, bound)))


def plan_cost(jobs: Sequence[Job], turns: Sequence[Turn]) -> float:
    """Cost of the turns and of every job that has none."""
    by_name = {job.name: job for job in jobs}
    done = {
        turn.job: next(w for w in by_name[turn.job].ways if w.name == turn.way).cost(turn.end)
        for turn in turns
    }
    return float(sum(done.get(job.name, job.undone) for job in jobs))


def _columns(jobs: Sequence[Job], horizon: int, step: int) -> list[Column]:
    every = (
        (place, way, start, float(way.cost(start + way.duration)))
        for place, job in enumerate(jobs)
        for way in job.ways
        for start in range(-(-job.release // step) * step, horizon, step)
    )
    return [column for column in every if column[3] < jobs[column[0]].undone]


def _rows(jobs: Sequence[Job], columns: Sequence[Column], step: int) -> Any:
    """Each job at most once, each slot of time at most once [rows, columns]."""
    from scipy.sparse import csr_array

    last = max(start + way.duration for _, way, start, _ in columns) // step
    rows: list[int] = []
    cols: list[int] = []
    for i, (place, way, start, _) in enumerate(columns):
        busy = range(start // step, (start + way.duration) // step)
        rows += [place, *(len(jobs) + slot for slot in busy)]
        cols += [i] * (1 + len(busy))
    return csr_array((np.ones(len(rows)), (rows, cols)), shape=(len(jobs) + last + 1, len(columns)))


def _saves(jobs: Sequence[Job], columns: Sequence[Column]) -> Floats:
    return np.array([cost - jobs[place].undone for place, _, _, cost in columns])


def _relaxed(jobs: Sequence[Job], columns: Sequence[Column], step: int) -> tuple[float, Floats, Floats]:
    """The relaxation's cost, the reduced cost of each column, and its share."""
    from scipy.optimize import linprog

    rows = _rows(jobs, columns, step)
    found = linprog(
        _saves(jobs, columns), A_ub=rows, b_ub=np.ones(rows.shape[0]), bounds=(0, None), method="highs"
    )
    cost = sum(job.undone for job in jobs) + float(found.fun)
    return cost, np.asarray(found.lower.marginals), np.asarray(found.x)


def _order(columns: Sequence[Column], shares: Floats) -> list[tuple[int, Way]]:
    """Jobs with their most likely way, by the mean start that the relaxation gives them."""
    weight: dict[int, float] = {}
    start: dict[int, float] = {}
    ways: dict[int, dict[str, float]] = {}
    named: dict[tuple[int, str], Way] = {}
    for (place, way, begin, _), share in zip(columns, shares, strict=True):
        named[place, way.name] = way
        ways.setdefault(place, {}).setdefault(way.name, 0.0)
        if share > _TINY:
            weight[place] = weight.get(place, 0.0) + share
            start[place] = start.get(place, 0.0) + share * begin
            ways[place][way.name] += share
    by_start = sorted(weight, key=lambda place: (start[place] / weight[place], place))
    rest = [place for place in ways if place not in weight]
    return [
        (place, named[place, max(ways[place], key=lambda name: ways[place][name])])
        for place in [*by_start, *rest]
    ]


def _turns(jobs: Sequence[Job], horizon: int, order: Sequence[tuple[int, Way]]) -> tuple[Turn, ...]:
    """The turns of an order, each as early as it can be; one that would save nothing is left out."""
    free, found = 0, []
    for place, way in order:
        start = max(free, jobs[place].release)
        if start < horizon and way.cost(start + way.duration) < jobs[place].undone:
            free = start + way.duration
            found.append(Turn(jobs[place].name, way.name, start, free))
    return tuple(found)


def _improved(jobs: Sequence[Job], horizon: int, order: list[tuple[int, Way]]) -> tuple[Turn, ...]:
    """Move one job at a time to where it costs less, or do it another way, until nothing helps."""

    def cost(of: Sequence[tuple[int, Way]]) -> float:
        free, total = 0, idle
        for place, way in of:
            start = max(free, jobs[place].release)
            if start < horizon and (spent := way.cost(start + way.duration)) < jobs[place].undone:
                free = start + way.duration
                total += spent - jobs[place].undone
        return total

    idle = sum(job.undone for job in jobs)
    now, better = cost(order), True
    while better:
        better = False
        for place, way in list(order):
            here = next(i for i, (p, _) in enumerate(order) if p == place)
            rest = order[:here] + order[here + 1 :]
            tries = [
                [*rest[:i], (place, other), *rest[i:]]
                for other in jobs[place].ways
                for i in range(len(order))
                if i != here or other is not way
            ]
            best = min(tries, key=cost, default=order)
            if (value := cost(best)) < now - _TINY:
                order, now, better = best, value, True
    return _turns(jobs, horizon, order)


def _integer(
    jobs: Sequence[Job], columns: Sequence[Column], step: int, nodes: int
) -> tuple[tuple[Turn, ...] | None, float]:
    """The best plan of these columns (None when none was found), and a lower bound of its cost."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    rows = _rows(jobs, columns, step)
    found = milp(
        _saves(jobs, columns),
        integrality=np.ones(len(columns)),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(rows, ub=np.ones(rows.shape[0])),
        options={"node_limit": nodes, "mip_rel_gap": 0.0},
    )
    idle = sum(job.undone for job in jobs)
    bound = idle + float(found.mip_dual_bound) if found.mip_dual_bound is not None else -np.inf
    if found.x is None:
        return None, bound
    turns = [
        Turn(jobs[place].name, way.name, start, start + way.duration)
        for (place, way, start, _), x in zip(columns, found.x, strict=True)
        if x > 0.5
    ]
    return tuple(sorted(turns, key=lambda turn: turn.start)), bound


def _check(jobs: Sequence[Job], horizon: int, step: int) -> None:
    times = [horizon, *(job.release for job in jobs), *(w.duration for job in jobs for w in job.ways)]
    if step < 1 or any(time % step for time in times):
        raise KitError(
            f"時間要是 {step} 的倍數", where="horizon、release、duration", next_step="或把 step 改小"
        )
    if any(way.duration < 1 for job in jobs for way in job.ways):
        raise KitError("每一種做法都要花時間", where="duration")
    names = [job.name for job in jobs]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise KitError(f"有重複的工作：{'、'.join(twice)}", next_step="一件工作一個名字")
