"""Who takes which shift: the problem, its checks, and turns without looking. Knows nothing of comments.

A shift lies on a day, begins and ends at an hour since the start of day 0, needs people, and carries a load. Workers are
off on some days. The rules are those of ``SORTS``; ``broken`` says which ones a roster does not keep, written apart from
the solver, so that it can judge it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

from ..errors import KitError
from .schedule import Rule

SORTS = {
    "need": "the shift has as many people as it needs",
    "off": "nobody works on a day off",
    "day": "one shift a day",
    "rest": "hours between the end of a shift and the start of the next",
    "row": "days in a row with a heavy shift",
    "after": "no night within a day of a grave shift",
    "most": "shifts of one person",
}
MOST_PAIRS = 20_000
"""Pairs of a worker and a shift up to which a problem is accepted."""
DAY = 24
TURN = dict[int, tuple[str, ...]]
"""A roster: position of the shift → names."""


@dataclass(frozen=True)
class Shift:
    """start, end: hours since the start of day 0. load: expected burden, 0 and up. grave: after it no night."""

    name: str
    day: int
    start: int
    end: int
    load: float = 0.0
    need: int = 1
    night: bool = False
    grave: bool = False


@dataclass(frozen=True)
class Worker:
    """off: days without work. most: shifts in the whole time, None for any number."""

    name: str
    off: frozenset[int] = frozenset()
    most: int | None = None


@dataclass(frozen=True)
class Roster:
    """The problem; make it with ``roster()``. heavy: load from which a shift counts for ``row``."""

    workers: tuple[Worker, ...]
    shifts: tuple[Shift, ...]
    heavy: float
    row: int
    rest: int

    @property
    def days(self) -> int:
        """Days from the first to the last shift."""
        return max((shift.day for shift in self.shifts), default=-1) + 1

    @property
    def share(self) -> dict[str, float]:
        """Fair share of the load by worker: by days on which one can work, those of ``off`` left out. Sums to 1."""
        free = {w.name: sum(day not in w.off for day in range(self.days)) for w in self.workers}
        return {name: days / max(sum(free.values()), 1) for name, days in free.items()}


class Break(NamedTuple):
    """A rule that is not kept: by whom (empty: by no one alone), at which shift."""

    rule: Rule
    who: str
    shift: int


def roster(
    workers: Sequence[Worker], shifts: Sequence[Shift], *, heavy: float, row: int = 2, rest: int = 11
) -> Roster:
    """A checked problem; shifts are put in the order of time.

    Raises KitError: names used twice, shifts that end before they begin, negative loads or limits, too many pairs.

    >>> roster([Worker("a")], [Shift("mon", 0, 9, 17)], heavy=1.0).share
    {'a': 1.0}
    """
    names = [w.name for w in workers]
    if not names or len(set(names)) < len(names):
        raise KitError("每個人要有自己的名字，而且至少一個人", where="參數 workers")
    if len(names) * len(shifts) > MOST_PAIRS:
        raise KitError(
            f"{len(names)} 個人、{len(shifts)} 個班太多了", where="參數 shifts", next_step="請分成幾段排"
        )
    for shift in shifts:
        if shift.end <= shift.start or shift.load < 0 or shift.need < 0:
            raise KitError(f"班「{shift.name}」的時間、負荷或人數不對", where="參數 shifts")
    if row < 1 or rest < 0:
        raise KitError(
            f"row 是 {row}、rest 是 {rest}", where="輪值的限制", next_step="連續天數至少 1，休息至少 0"
        )
    ordered = tuple(sorted(shifts, key=lambda shift: (shift.start, shift.end, shift.name)))
    return Roster(tuple(workers), ordered, heavy, row, rest)


def too_close(problem: Roster, one: Shift, other: Shift) -> str:
    """The sort of rule that forbids both shifts to one person, or nothing; ``one`` begins first.

    >>> night, morning = Shift("n", 0, 21, 25), Shift("m", 1, 33, 39)
    >>> too_close(roster([Worker("a")], [night, morning], heavy=1), night, morning)
    'rest'
    """
    if one.day == other.day:
        return "day"
    if other.start - one.end < problem.rest:
        return "rest"
    if one.grave and other.night and other.start - one.end <= DAY:
        return "after"
    return ""


def heavy_days(problem: Roster, taken: TURN, name: str) -> set[int]:
    """Days on which somebody has a heavy shift."""
    return {
        problem.shifts[at].day
        for at, who in taken.items()
        if name in who and problem.shifts[at].load >= problem.heavy
    }


def broken(problem: Roster, taken: TURN) -> list[Break]:
    """Every rule that a roster does not keep.

    >>> one = roster([Worker("a", frozenset({0}))], [Shift("mon", 0, 9, 17)], heavy=1)
    >>> [b.rule for b in broken(one, {0: ("a",)})]
    [Rule(sort='off', name='a')]
    """
    found = []
    for at, shift in enumerate(problem.shifts):
        if len(set(taken.get(at, ()))) != shift.need:
            found.append(Break(Rule("need", shift.name), "", at))
    for worker in problem.workers:
        mine = [at for at in range(len(problem.shifts)) if worker.name in taken.get(at, ())]
        found += [
            Break(Rule("off", worker.name), worker.name, at)
            for at in mine
            if problem.shifts[at].day in worker.off
        ]
        if worker.most is not None and len(mine) > worker.most:
            found.append(Break(Rule("most", worker.name), worker.name, mine[-1]))
        for one, other in combinations(mine, 2):
            if sort := too_close(problem, problem.shifts[one], problem.shifts[other]):
                found.append(Break(Rule(sort, ""), worker.name, other))
        days = heavy_days(problem, taken, worker.name)
        for day in sorted(days):
            if all(day - back in days for back in range(problem.row + 1)):
                last = next(at for at in mine if problem.shifts[at].day == day)
                found.append(Break(Rule("row", ""), worker.name, last))
    return found


def loads(problem: Roster, taken: TURN) -> dict[str, float]:
    """Load of each worker."""
    return {
        w.name: sum(problem.shifts[at].load for at, who in taken.items() if w.name in who)
        for w in problem.workers
    }


def unfairness(problem: Roster, taken: Mapping[int, tuple[str, ...]]) -> float:
    """Largest distance of anyone's load from the fair share, in units of load."""
    given, share = loads(problem, dict(taken)), problem.share
    total = sum(given.values())
    return max(abs(given[name] - share[name] * total) for name in given)


def in_turn(problem: Roster) -> TURN:
    """The list goes round: the next name that is not off that day, whatever else it means for them.

    >>> in_turn(roster([Worker("a"), Worker("b")], [Shift("x", 0, 9, 12), Shift("y", 0, 12, 15)], heavy=1))
    {0: ('a',), 1: ('b',)}
    """
    taken: TURN = {}
    names = [w.name for w in problem.workers]
    off = {w.name: w.off for w in problem.workers}
    at = 0
    for place, shift in enumerate(problem.shifts):
        who: list[str] = []
        for _ in range(len(names)):
            if len(who) == shift.need:
                break
            name = names[at % len(names)]
            at += 1
            if shift.day not in off[name]:
                who.append(name)
        taken[place] = tuple(who)
    return taken
