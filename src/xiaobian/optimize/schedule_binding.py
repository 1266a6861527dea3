"""What holds a schedule back: each rule loosened by one unit, and what that would bring."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from .schedule import SORTS, Placed, Resource, Rule, Timetable
from .schedule_model import solve

EACH = 1.0
"""Deterministic time of one try."""

WORTHWHILE = 1e-6

T = TypeVar("T")


@dataclass(frozen=True)
class Binding:
    """A rule loosened by one unit: ``gain`` is what the solver found more, ``at_most`` what its bound still allows."""

    rule: Rule
    gain: float
    at_most: float


def binding(
    problem: Timetable, placed: Placed, limit: float = EACH, sorts: Collection[str] = SORTS
) -> list[Binding]:
    """Every rule that could bring more, largest gain first: each loosened alone, all others as they are.

    sorts: only rules of these sorts are tried, each a solve of its own.

    One unit is one more of a resource in all (on the first day that has any), one more item in a cap, one fewer in a
    cover, one day closer for a pair, a closed rule or a must lifted.

    >>> from .schedule import Item, Slot, timetable
    >>> items = [Item("a", {0: 3.0}, {"h": 1.0}), Item("b", {1: 2.0}, {"h": 1.0})]
    >>> short = timetable(items, [Slot("mon", 0), Slot("tue", 1)], 2, resources=[Resource("h", (1.0, 0.0))])
    >>> found = binding(short, solve(short))[0]
    >>> found.rule.name, found.gain
    ('h', 2.0)
    """
    found = []
    for rule, looser in loosened(problem):
        if rule.sort not in sorts:
            continue
        better = solve(looser, limit, hint=placed.slots)
        gain = max(better.value - placed.value, 0.0)
        most = max(better.bound - placed.value, gain)
        if most > WORTHWHILE * max(placed.value, 1.0):
            found.append(Binding(rule, gain, most))
    return sorted(found, key=lambda one: (-one.gain, -one.at_most, one.rule))


def loosened(problem: Timetable) -> Iterator[tuple[Rule, Timetable]]:
    """The problem with one rule loosened by one unit, for every rule that has units."""
    for i, resource in enumerate(problem.resources):
        more = replace(resource, per_day=_one_more(resource))
        yield Rule("resource", resource.name), replace(problem, resources=_put(problem.resources, i, more))
    for i, cap in enumerate(problem.caps):
        yield (
            Rule("cap", cap.name),
            replace(problem, caps=_put(problem.caps, i, replace(cap, most=cap.most + 1))),
        )
    for i, cover in enumerate(problem.covers):
        fewer = replace(cover, least=max(cover.least - 1, 0))
        yield Rule("cover", cover.name), replace(problem, covers=_put(problem.covers, i, fewer))
    for i, apart in enumerate(problem.aparts):
        closer = replace(apart, days=apart.days - 1)
        rest = problem.aparts[:i] + ((closer,) if closer.days else ()) + problem.aparts[i + 1 :]
        yield Rule("apart", apart.name), replace(problem, aparts=rest)
    for i, shut in enumerate(problem.closed):
        rest_closed = problem.closed[:i] + problem.closed[i + 1 :]
        yield Rule("closed", shut.name), replace(problem, closed=rest_closed)
    for i, item in enumerate(problem.items):
        if item.must:
            yield (
                Rule("must", item.name),
                replace(problem, items=_put(problem.items, i, replace(item, must=False))),
            )


def _one_more(resource: Resource) -> tuple[float, ...]:
    first = next((day for day, amount in enumerate(resource.per_day) if amount > 0), 0)
    return tuple(amount + (day == first) for day, amount in enumerate(resource.per_day))


def _put(parts: tuple[T, ...], place: int, new: T) -> tuple[T, ...]:
    return (*parts[:place], new, *parts[place + 1 :])
