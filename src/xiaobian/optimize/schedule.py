"""Things to place in slots under limits: the problem, its checks, and what a solver owes its reader.

Knows nothing of posts. Items have a value by slot, use resources, belong to kinds, may not go before a release day or after
a deadline. Slots lie on days 0, 1, 2 …. A stored resource is spent before or on the day of the slot (work done ahead);
any other is spent on that very day (presence).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple

from ..errors import KitError

MOST_ITEMS, MOST_DAYS, MOST_PAIRS = 2_000, 400, 200_000
"""Sizes up to which a problem is accepted: items, days, and pairs of an item and a slot."""

TINY = 1e-9


class Rule(NamedTuple):
    """A constraint by its sort (``SORTS``) and name: ("resource", "aluo"), ("must", "p001"), ("cap", "promo") …"""

    sort: str
    name: str


SORTS = ("must", "release", "deadline", "slots", "room", "resource", "cap", "apart", "cover", "closed")


@dataclass(frozen=True)
class Slot:
    """A place on a day (0 is the first) for ``room`` items."""

    name: str
    day: int
    room: int = 1


@dataclass(frozen=True)
class Item:
    """values: worth by slot (position in ``Timetable.slots``); other slots are not allowed. uses: amount by resource.

    release, deadline: first and last day, both included. must: has to be placed.
    """

    name: str
    values: Mapping[int, float]
    uses: Mapping[str, float] = field(default_factory=dict)
    kinds: frozenset[str] = frozenset()
    release: int = 0
    deadline: int = MOST_DAYS
    must: bool = False


@dataclass(frozen=True)
class Resource:
    """How much there is on each day [days]; ``stored``: what is not spent by then can be spent ahead for later days."""

    name: str
    per_day: tuple[float, ...]
    stored: bool = True


@dataclass(frozen=True)
class Cap:
    """At most ``most`` items of a kind in any ``days`` consecutive days."""

    name: str
    kind: str
    most: int
    days: int = 1


@dataclass(frozen=True)
class Apart:
    """Two items at least ``days`` days from each other, when both are placed."""

    one: str
    other: str
    days: int

    @property
    def name(self) -> str:
        return f"{self.one}×{self.other}"


@dataclass(frozen=True)
class Cover:
    """At least ``least`` items of a kind on days ``first`` to ``last``, both included."""

    name: str
    kind: str
    first: int
    last: int
    least: int = 1


@dataclass(frozen=True)
class Closed:
    """No item of a kind on these days."""

    name: str
    kind: str
    days: frozenset[int]


@dataclass(frozen=True)
class Timetable:
    """The whole problem; make it with ``timetable()``, which checks it."""

    items: tuple[Item, ...]
    slots: tuple[Slot, ...]
    days: int
    resources: tuple[Resource, ...] = ()
    caps: tuple[Cap, ...] = ()
    aparts: tuple[Apart, ...] = ()
    covers: tuple[Cover, ...] = ()
    closed: tuple[Closed, ...] = ()


@dataclass(frozen=True)
class Placed:
    """What a solver found.

    slots: position of the slot by item. value of the objective, bound: no schedule can be worth more. status: ``optimal``
    (proved), ``feasible`` (the limit came first), ``greedy`` (no solver, or it found nothing in time), ``infeasible``.
    effort: deterministic time used, the solver's own unit; the same on every machine. conflict: when infeasible, rules that
    cannot hold together and of which none can be left out. proved: whether that last part is certain.
    """

    slots: Mapping[str, int]
    value: float
    bound: float
    status: str
    effort: float = 0.0
    conflict: tuple[Rule, ...] = ()
    proved: bool = True

    @property
    def gap(self) -> float:
        """How far the bound is above the value, as a share of the bound; 0 when proved best."""
        return max(0.0, (self.bound - self.value) / self.bound) if self.bound > 0 else 0.0


class Break(NamedTuple):
    """A rule that a schedule does not keep: by how much, and on which day (missing: no single day)."""

    rule: Rule
    over: float
    day: int | None = None


def timetable(
    items: Sequence[Item],
    slots: Sequence[Slot],
    days: int,
    *,
    resources: Sequence[Resource] = (),
    caps: Sequence[Cap] = (),
    aparts: Sequence[Apart] = (),
    covers: Sequence[Cover] = (),
    closed: Sequence[Closed] = (),
) -> Timetable:
    """A checked problem.

    Raises KitError with what is wrong and where: too many items, days or pairs; names used twice; unknown items, slots or
    resources; amounts or values that are negative or no number; days outside 0 … days − 1.

    >>> slots = [Slot("mon", 0), Slot("tue", 1)]
    >>> timetable([Item("a", {0: 2.0, 1: 1.0})], slots, 2).items[0].name
    'a'
    """
    _sizes(items, days)
    _once([item.name for item in items], "項目")
    _once([resource.name for resource in resources], "資源")
    for position, slot in enumerate(slots):
        _day(slot.day, days, f"第 {position + 1} 個位子「{slot.name}」")
    known = {resource.name for resource in resources}
    for resource in resources:
        _amounts(resource, days)
    for item in items:
        _item(item, len(slots), known)
    names = {item.name for item in items}
    for apart in aparts:
        _apart(apart, names)
    for cap in caps:
        _least(cap.most, 0, f"上限「{cap.name}」的則數")
        _least(cap.days, 1, f"上限「{cap.name}」的天數")
    for cover in covers:
        _least(cover.least, 0, f"「{cover.name}」的則數")
        if cover.first > cover.last:
            raise KitError(
                f"「{cover.name}」的開始比結束晚", where=f"第 {cover.first} 天、第 {cover.last} 天"
            )
    return Timetable(
        tuple(items), tuple(slots), days, tuple(resources), tuple(caps), tuple(aparts), tuple(covers), tuple(closed)
    )  # fmt: skip


def _sizes(items: Sequence[Item], days: int) -> None:
    if not 1 <= days <= MOST_DAYS:
        raise KitError(f"天數要在 1 到 {MOST_DAYS} 之間，收到的是 {days}", where="參數 days")
    pairs = sum(len(item.values) for item in items) if len(items) <= MOST_ITEMS else 0
    if len(items) > MOST_ITEMS or pairs > MOST_PAIRS:
        size = f"{len(items):,} 項" if not pairs else f"{len(items):,} 項、{pairs:,} 種放法"
        raise KitError(
            f"一次要排 {size}，太多了",
            where="參數 items",
            next_step=f"上限是 {MOST_ITEMS:,} 項、{MOST_PAIRS:,} 種放法，請先分月、分帳號，或先刪掉不打算發的",
        )


def _once(names: Iterable[str], what: str) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise KitError(f"{what}的名字重複了", where=f"「{name}」", next_step="每一個都要有自己的名字")
        seen.add(name)


def _day(day: int, days: int, where: str) -> None:
    if not 0 <= day < days:
        raise KitError("日子不在這段期間裡", where=f"{where}：第 {day} 天，期間是 0 到 {days - 1}")


def _amounts(resource: Resource, days: int) -> None:
    if len(resource.per_day) != days:
        raise KitError(
            f"「{resource.name}」給了 {len(resource.per_day)} 天的量，期間是 {days} 天",
            where="參數 resources",
        )
    for day, amount in enumerate(resource.per_day):
        if not (math.isfinite(amount) and amount >= 0):
            raise KitError(
                f"「{resource.name}」第 {day + 1} 天可用的量是 {amount:g}，要是 0 以上的數字",
                where="參數 resources",
            )


def _item(item: Item, slots: int, resources: set[str]) -> None:
    for name, amount in item.uses.items():
        if name not in resources:
            raise KitError(
                f"「{item.name}」要用「{name}」，可是沒有這個資源",
                where="參數 resources",
                next_step=f"現有的是 {'、'.join(resources) or '（沒有）'}",
            )
        if not (math.isfinite(amount) and amount >= 0):
            raise KitError(
                f"「{item.name}」要用的「{name}」是 {amount:g}，要是 0 以上的數字", where="參數 items"
            )
    for slot, value in item.values.items():
        if not 0 <= slot < slots:
            raise KitError(f"「{item.name}」指到不存在的位子 {slot}", where="參數 items")
        if not (math.isfinite(value) and value >= 0):
            raise KitError(f"「{item.name}」的價值是 {value:g}，要是 0 以上的數字", where="參數 items")


def _apart(apart: Apart, names: set[str]) -> None:
    for name in (apart.one, apart.other):
        if name not in names:
            raise KitError(f"不能排太近的清單裡有「{name}」，可是沒有這一項", where="參數 aparts")
    if apart.one == apart.other:
        raise KitError(f"「{apart.one}」不能和自己隔開", where="參數 aparts")
    _least(apart.days, 1, f"「{apart.name}」要隔的天數")


def _least(value: int, least: int, where: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise KitError(f"{where}要是 {least} 以上的整數，收到的是 {value!r}")


def allowed(problem: Timetable, item: Item) -> list[int]:
    """Slots an item may take by its own dates and the closed days of its kinds."""
    shut = {day for rule in problem.closed if rule.kind in item.kinds for day in rule.days}
    return [
        slot
        for slot in item.values
        if item.release <= problem.slots[slot].day <= item.deadline and problem.slots[slot].day not in shut
    ]


def worth(problem: Timetable, slots: Mapping[str, int]) -> float:
    """Value of a schedule, whether it keeps the rules or not; slots an item may not take are worth nothing.

    >>> worth(timetable([Item("a", {0: 2.0})], [Slot("mon", 0)], 1), {"a": 0})
    2.0
    """
    return float(sum(item.values.get(slots[item.name], 0.0) for item in problem.items if item.name in slots))


def broken(problem: Timetable, slots: Mapping[str, int]) -> list[Break]:
    """Every rule that a schedule (item → slot) does not keep; written apart from the solver, so that it can judge it.

    >>> short = Resource("hours", (1.0, 0.0))
    >>> item = Item("a", {0: 2.0}, {"hours": 2.0})
    >>> broken(timetable([item], [Slot("mon", 0)], 2, resources=[short]), {"a": 0})[0].rule
    Rule(sort='resource', name='hours')
    """
    placed = [item for item in problem.items if item.name in slots]
    day = {item.name: problem.slots[slots[item.name]].day for item in placed}
    return [
        *_own(problem, slots, day),
        *_spent(problem, placed, day),
        *_crowded(problem, placed, day),
        *_between(problem, placed, day),
    ]


def _own(problem: Timetable, slots: Mapping[str, int], day: Mapping[str, int]) -> list[Break]:
    found, taken = [], [0] * len(problem.slots)
    for item in problem.items:
        if item.name not in slots:
            found += [Break(Rule("must", item.name), 1)] if item.must else []
            continue
        taken[slots[item.name]] += 1
        on = day[item.name]
        if slots[item.name] not in item.values:
            found.append(Break(Rule("slots", item.name), 1, on))
        if on < item.release:
            found.append(Break(Rule("release", item.name), item.release - on, on))
        if on > item.deadline:
            found.append(Break(Rule("deadline", item.name), on - item.deadline, on))
    for slot, number in zip(problem.slots, taken, strict=True):
        if number > slot.room:
            found.append(Break(Rule("room", slot.name), number - slot.room, slot.day))
    return found


def _spent(problem: Timetable, placed: Sequence[Item], day: Mapping[str, int]) -> list[Break]:
    found = []
    for resource in problem.resources:
        used = [0.0] * problem.days
        for item in placed:
            used[day[item.name]] += item.uses.get(resource.name, 0.0)
        there: Sequence[float] = resource.per_day
        if resource.stored:
            used, there = list(accumulate(used)), list(accumulate(there))
        over = [u - t for u, t in zip(used, there, strict=True)]
        worst = max(range(problem.days), key=over.__getitem__)
        if over[worst] > 1e-6:
            found.append(Break(Rule("resource", resource.name), over[worst], worst))
    return found


def _crowded(problem: Timetable, placed: Sequence[Item], day: Mapping[str, int]) -> list[Break]:
    found = []
    for cap in problem.caps:
        days = sorted(day[item.name] for item in placed if cap.kind in item.kinds)
        most, first = max(
            ((sum(start <= d < start + cap.days for d in days), start) for start in days), default=(0, 0)
        )
        if most > cap.most:
            found.append(Break(Rule("cap", cap.name), most - cap.most, first))
    for rule in problem.closed:
        for item in placed:
            if rule.kind in item.kinds and day[item.name] in rule.days:
                found.append(Break(Rule("closed", rule.name), 1, day[item.name]))
    return found


def _between(problem: Timetable, placed: Sequence[Item], day: Mapping[str, int]) -> list[Break]:
    found = []
    for apart in problem.aparts:
        if apart.one in day and apart.other in day:
            short = apart.days - abs(day[apart.one] - day[apart.other])
            if short > 0:
                found.append(Break(Rule("apart", apart.name), short, day[apart.one]))
    for cover in problem.covers:
        inside = sum(
            cover.kind in item.kinds and cover.first <= day[item.name] <= cover.last for item in placed
        )
        if inside < cover.least:
            found.append(Break(Rule("cover", cover.name), cover.least - inside, cover.first))
    return found
