"""At most k of a few things: linear value, linear limits, discounts for pairs; exact by looking at every set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import KitError

Floats = NDArray[np.float64]

MOST_SETS = 200_000
_TINY = 1e-9


@dataclass(frozen=True)
class Limit:
    """A resource: what each item uses of it (≥ 0, in the problem's order of items), and how much there is."""

    costs: tuple[float, ...]
    available: float


@dataclass(frozen=True)
class Problem:
    """Pick at most ``most`` of ``items``.

    values [items]; overlaps [items, items], symmetric, what a pair is worth less than its two values; the diagonal is
    ignored. limits: by name of the resource.
    """

    items: tuple[str, ...]
    values: Floats
    most: int
    limits: Mapping[str, Limit]
    overlaps: Floats


@dataclass(frozen=True)
class Binding:
    """A limit that keeps a better set out: how much more of it lets the first better set in, that set, and its gain."""

    limit: str
    more: float
    items: tuple[str, ...]
    gain: float


@dataclass(frozen=True)
class Chosen:
    """The best set, and what a solver owes its reader.

    value of the objective, ``bound``: no set can be worth more (equal to value when solved exactly), used: of each
    resource, runner_up: the next best set that fits (empty when there is none), binding: limits that hold it back.
    """

    items: tuple[str, ...]
    value: float
    bound: float
    used: dict[str, float]
    runner_up: tuple[str, ...]
    runner_up_value: float
    binding: tuple[Binding, ...]

    @property
    def gap(self) -> float:
        """How far the bound is above the value, as a share of the bound; 0 when proved best."""
        return (self.bound - self.value) / self.bound if self.bound > 0 else 0.0


def problem(
    values: Mapping[str, float],
    most: int,
    limits: Mapping[str, tuple[Mapping[str, float], float]] | None = None,
    overlaps: Mapping[tuple[str, str], float] | None = None,
) -> Problem:
    """A checked problem from plain mappings.

    values: worth of each item. limits: resource → (use of each item, available). overlaps: discount of each pair.

    Raises KitError for an unknown item, a negative use, a number that is not finite, or ``most`` below 1.

    >>> problem({"a": 1.0, "b": 2.0}, 1).items
    ('a', 'b')
    """
    items = tuple(values)
    if isinstance(most, bool) or not isinstance(most, (int, np.integer)) or most < 1:
        raise KitError("最多選幾個要是 1 以上的整數", where=f"收到的是 {most!r}")
    pairs = np.zeros((len(items), len(items)))
    for (one, other), discount in (overlaps or {}).items():
        i, j = _place(items, one), _place(items, other)
        pairs[i, j] = pairs[j, i] = discount
    checked = {name: _limit(items, name, *given) for name, given in (limits or {}).items()}
    worth = np.array([values[item] for item in items], dtype=np.float64)
    if not (np.isfinite(worth).all() and np.isfinite(pairs).all()):
        raise KitError("價值和重疊都要是數字，不能是空的", where="參數 values、overlaps")
    return Problem(items, worth, int(most), checked, pairs)


def _place(items: tuple[str, ...], name: str) -> int:
    if name not in items:
        raise KitError(f"沒有「{name}」這一項", next_step=f"可用的有 {'、'.join(items)}")
    return items.index(name)


def _limit(items: tuple[str, ...], name: str, costs: Mapping[str, float], available: float) -> Limit:
    for item in costs:
        _place(items, item)
    if missing := [item for item in items if item not in costs]:
        raise KitError(f"「{name}」少了 {'、'.join(missing)} 要用多少", where=f"限制「{name}」")
    used = tuple(float(costs[item]) for item in items)
    if not all(np.isfinite(used)) or min(used, default=0) < 0 or not available >= 0:
        raise KitError("用量和可用的量都要是 0 以上的數字", where=f"限制「{name}」")
    return Limit(used, float(available))


def every_set(n: int, most: int) -> NDArray[np.bool_]:
    """All sets of at most ``most`` of n items, the empty one first [sets, items].

    Raises KitError when there are more than 200,000.

    >>> every_set(3, 1).sum(axis=1)
    array([0, 1, 1, 1])
    """
    sizes = range(min(n, most) + 1)
    if (count := sum(comb(n, size) for size in sizes)) > MOST_SETS:
        raise KitError(
            f"{n} 項裡最多選 {most} 項，有 {count:,} 種組合，太多了",
            next_step="請先刪掉不考慮的項目，或少選幾個",
        )
    sets = np.zeros((count, n), dtype=bool)
    for row, members in enumerate(members for size in sizes for members in combinations(range(n), size)):
        sets[row, list(members)] = True
    return sets


def worth(sets: NDArray[np.bool_], values: ArrayLike, overlaps: ArrayLike) -> Floats:
    """Value of each set [sets] for values [items] and overlaps [items, items]: their sum less each pair's discount.

    With a first axis of draws in both, the value of each set in each draw [sets, draws].

    >>> worth(np.array([[True, True]]), [3.0, 2.0], [[0, 1.0], [1.0, 0]])
    array([4.])
    """
    one, other = np.triu_indices(sets.shape[1], 1)
    pairs = (sets[:, one] & sets[:, other]).astype(np.float64)
    discount = np.asarray(overlaps, dtype=np.float64)[..., one, other]
    return np.asarray(sets.astype(np.float64) @ np.asarray(values, dtype=np.float64).T - pairs @ discount.T)


def fits(sets: NDArray[np.bool_], limits: Sequence[Limit]) -> NDArray[np.bool_]:
    """Whether each set keeps every limit [sets].

    >>> fits(every_set(2, 2), [Limit((1.0, 2.0), 2.0)])
    array([ True,  True,  True, False])
    """
    within = np.ones(len(sets), dtype=bool)
    for limit in limits:
        within &= sets @ np.array(limit.costs) <= limit.available + _TINY
    return within


def choose(given: Problem) -> Chosen:
    """The best set of a problem, proved by looking at every one; of two equal sets the smaller, earlier one.

    A solver for larger problems can take the same Problem and give the same Chosen with a bound above its value.

    >>> limits = {"hours": ({"a": 3.0, "b": 2.0, "c": 2.0}, 4.0)}
    >>> choose(problem({"a": 5.0, "b": 3.0, "c": 3.0}, 2, limits, {("b", "c"): 2.0})).items
    ('a',)
    """
    sets = every_set(len(given.items), given.most)
    value = worth(sets, given.values, given.overlaps)
    within = fits(sets, list(given.limits.values()))
    order = np.argsort(-np.round(np.where(within, value, -np.inf), 12), kind="stable")
    best, second = order[0], order[1] if within.sum() > 1 else order[0]
    used = {name: float(sets[best] @ np.array(limit.costs)) for name, limit in given.limits.items()}
    return Chosen(
        named(given, sets[best]), float(value[best]), float(value[best]), used,
        named(given, sets[second]) if second != best else (), float(value[second]),
        tuple(_binding(given, float(value[best]))),
    )  # fmt: skip


def named(given: Problem, one: NDArray[np.bool_]) -> tuple[str, ...]:
    """Names of the items of one set [items].

    >>> named(problem({"a": 1.0, "b": 2.0}, 1), np.array([False, True]))
    ('b',)
    """
    return tuple(item for item, inside in zip(given.items, one, strict=True) if inside)


MOST = "most"
"""Name of the limit on how many items there are, in ``Binding.limit``."""


def _binding(given: Problem, best: float) -> list[Binding]:
    """For each limit: the least more of it that lets a better set in, all others as they are."""
    found = []
    for name, limit in given.limits.items():
        others = [other for key, other in given.limits.items() if key != name]
        sets = every_set(len(given.items), given.most)
        found.append(
            _least(
                given, name, sets, fits(sets, others), sets @ np.array(limit.costs) - limit.available, best
            )
        )
    if given.most < len(given.items):
        sets = every_set(len(given.items), given.most + 1)
        ok = fits(sets, list(given.limits.values()))
        found.append(_least(given, MOST, sets, ok, sets.sum(axis=1) - float(given.most), best))
    return [binding for binding in found if binding is not None]


def _least(
    given: Problem, name: str, sets: NDArray[np.bool_], ok: NDArray[np.bool_], over: Floats, best: float
) -> Binding | None:
    value = worth(sets, given.values, given.overlaps)
    better = np.flatnonzero(ok & (value > best + _TINY))
    if not len(better):
        return None
    first = min(better, key=lambda row: (round(float(over[row]), 9), -float(value[row])))
    return Binding(name, float(over[first]), named(given, sets[first]), float(value[first]) - best)
