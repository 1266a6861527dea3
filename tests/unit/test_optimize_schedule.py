"""The timetable solver against every schedule there is, on problems small enough to look at them all."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from xiaobian.errors import KitError
from xiaobian.optimize import schedule_model
from xiaobian.optimize.schedule import (
    Apart,
    Cap,
    Closed,
    Cover,
    Item,
    Resource,
    Rule,
    Slot,
    Timetable,
    broken,
    timetable,
    worth,
)
from xiaobian.optimize.schedule_binding import binding, loosened
from xiaobian.optimize.schedule_conflict import conflict
from xiaobian.optimize.schedule_greedy import fractional_bound, greedy
from xiaobian.optimize.schedule_model import solve

DAYS = 4


def small(seed: int, tight: bool = False) -> Timetable:
    """Five items, four days with one or two slots, some of every rule."""
    rng = np.random.default_rng(seed)
    slots = [
        Slot(f"s{i}", int(day), int(rng.integers(1, 3)))
        for i, day in enumerate(sorted(rng.integers(0, DAYS, 5)))
    ]
    items = []
    for i in range(5):
        release = int(rng.integers(0, 2))
        items.append(
            Item(
                f"i{i}", {s: float(rng.integers(1, 20)) for s in range(5) if rng.random() < 0.8},
                {"h": float(rng.integers(1, 5)) / 2, "p": float(rng.integers(0, 3))},
                frozenset(k for k in ("promo", "film") if rng.random() < 0.5), release,
                int(rng.integers(release, DAYS)), bool(rng.random() < (0.7 if tight else 0.15)),
            )
        )  # fmt: skip
    return timetable(
        items, slots, DAYS,
        resources=[
            Resource("h", tuple(float(x) / 2 for x in rng.integers(0, 4, DAYS))),
            Resource("p", tuple(float(x) for x in rng.integers(0, 4, DAYS)), stored=False),
        ],
        caps=[Cap("promo", "promo", 1, 2), Cap("film", "film", 1)],
        aparts=[Apart("i0", "i1", 2), Apart("i2", "i3", 3)],
        covers=[Cover("m", "promo", 1, 3, 1)] if rng.random() < 0.5 else [],
        closed=[Closed("q", "film", frozenset({int(rng.integers(0, DAYS))}))],
    )  # fmt: skip


def best_of_all(problem: Timetable) -> float | None:
    """Value of the best schedule that keeps every rule; None when there is none."""
    best = None
    for slots in product([None, *range(len(problem.slots))], repeat=len(problem.items)):
        placed = {item.name: s for item, s in zip(problem.items, slots, strict=True) if s is not None}
        if any(s not in item.values for item, s in zip(problem.items, slots, strict=True) if s is not None):
            continue
        value = worth(problem, placed)
        if (best is None or value > best) and not broken(problem, placed):
            best = value
    return best


SEEDS = range(8)


@pytest.fixture(scope="module")
def truth() -> dict[int, float | None]:
    return {seed: best_of_all(small(seed)) for seed in SEEDS}


@pytest.mark.parametrize("seed", SEEDS)
def test_solver_finds_the_best_of_all_or_says_there_is_none(
    seed: int, truth: dict[int, float | None]
) -> None:
    problem = small(seed)
    found = solve(problem)
    if truth[seed] is None:
        assert found.status == "infeasible"
    else:
        assert (found.status, found.value, found.gap) == ("optimal", pytest.approx(truth[seed]), 0)
        assert not broken(problem, found.slots)
        assert fractional_bound(problem) >= found.value - 1e-9
        assert greedy(problem).value <= found.value or greedy(problem).status == "infeasible"


def test_both_cases_are_among_the_small_ones(truth: dict[int, float | None]) -> None:
    assert {value is None for value in truth.values()} == {True, False}


def without(problem: Timetable, rule: Rule) -> Timetable:
    """The problem without one rule."""
    item = {"must": {"must": False}, "release": {"release": 0}, "deadline": {"deadline": DAYS}}
    if rule.sort in item:
        items = tuple(replace(i, **item[rule.sort]) if i.name == rule.name else i for i in problem.items)
        return replace(problem, items=items)
    if rule.sort == "room":
        return replace(problem, slots=tuple(replace(s, room=99) for s in problem.slots))
    if rule.sort == "resource":
        plenty = tuple(
            replace(r, per_day=(99.0,) * DAYS) if r.name == rule.name else r for r in problem.resources
        )
        return replace(problem, resources=plenty)
    names = {"cap": "caps", "apart": "aparts", "cover": "covers", "closed": "closed"}
    field = names[rule.sort]
    return replace(problem, **{field: tuple(p for p in getattr(problem, field) if p.name != rule.name)})


@pytest.mark.parametrize("seed", [20, 21, 22, 23, 24])
def test_conflict_contradicts_and_has_nothing_to_spare(seed: int) -> None:
    problem = small(seed, tight=True)
    if (found := solve(problem)).status != "infeasible":
        pytest.skip("this one can be done")
    rules, proved = conflict(problem)
    assert rules == found.conflict and proved
    every = [
        rule
        for sort in ("must", "release", "deadline")
        for rule in (Rule(sort, i.name) for i in problem.items)
    ]
    every += [Rule("room", "")] + [
        Rule(sort, part.name)
        for sort, parts in (
            ("resource", problem.resources), ("cap", problem.caps), ("apart", problem.aparts),
            ("cover", problem.covers), ("closed", problem.closed),
        )
        for part in parts
    ]  # fmt: skip
    alone = problem
    for rule in every:
        if rule not in rules:
            alone = without(alone, rule)
    assert solve(alone).status == "infeasible"
    for rule in rules:
        assert solve(without(alone, rule)).status == "optimal", rule


def test_some_of_the_tight_ones_cannot_be_done() -> None:
    assert sum(solve(small(seed, tight=True)).status == "infeasible" for seed in (20, 21, 22, 23, 24)) >= 2


def test_binding_is_the_gain_of_one_unit_more() -> None:
    problem = next(small(seed) for seed in SEEDS if solve(small(seed)).status == "optimal")
    now = solve(problem)
    gains = {one.rule: one for one in binding(problem, now)}
    for rule, looser in loosened(problem):
        more = best_of_all(looser)
        assert more is not None
        gain = gains[rule].gain if rule in gains else 0.0
        assert gain == pytest.approx(more - now.value)


def test_work_can_be_done_ahead_but_presence_cannot() -> None:
    item = Item("film", {0: 5.0}, {"hours": 4.0})
    for stored, expected in ((True, 5.0), (False, 0.0)):
        there = Resource("hours", (2.0, 2.0, 0.0), stored)
        assert solve(timetable([item], [Slot("wed", 2)], 3, resources=[there])).value == expected


def test_without_a_solver_the_greedy_schedule_is_given_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule_model, "solver_there", lambda: False)
    problem = timetable([Item("a", {0: 2.0}), Item("b", {0: 3.0})], [Slot("mon", 0)], 1)
    found = solve(problem)
    assert (found.status, found.value, found.bound) == ("greedy", 3.0, 5.0)
    assert found.gap == pytest.approx(0.4)


def test_same_problem_same_schedule() -> None:
    one, two = (schedule_model.fresh(small(3), 1.0, 1, None, True) for _ in range(2))
    assert (one.slots, one.effort) == (two.slots, two.effort)
    assert solve(small(3)) is solve(small(3))


SLOT = [Slot("mon", 0)]


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: timetable([Item(str(i), {0: 1.0}) for i in range(10_000)], SLOT, 1), "10,000 項"),
        (lambda: timetable([Item("a", {0: 1.0}, {"h": -1.0})], SLOT, 1, resources=[Resource("h", (1.0,))]), "0 以上"),
        (lambda: timetable([Item("a", {0: 1.0}, {"h": 1.0})], SLOT, 1), "沒有這個資源"),
        (lambda: timetable([Item("a", {0: float("nan")})], SLOT, 1), "價值"),
        (lambda: timetable([Item("a", {0: 1.0})] * 2, SLOT, 1), "重複"),
        (lambda: timetable([Item("a", {3: 1.0})], SLOT, 1), "不存在的位子"),
        (lambda: timetable([], [Slot("x", 9)], 1), "不在這段期間"),
        (lambda: timetable([], SLOT, 0), "天數"),
        (lambda: timetable([], SLOT, 1, resources=[Resource("h", (-1.0,))]), "0 以上"),
        (lambda: timetable([], SLOT, 1, resources=[Resource("h", (1.0, 1.0))]), "給了 2 天"),
        (lambda: timetable([Item("a", {0: 1.0})], SLOT, 1, aparts=[Apart("a", "z", 1)]), "沒有這一項"),
        (lambda: timetable([], SLOT, 1, caps=[Cap("c", "k", -1)]), "0 以上的整數"),
        (lambda: timetable([], SLOT, 3, covers=[Cover("c", "k", 2, 1)]), "開始比結束晚"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_with_its_reason(make, says: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(KitError, match=says):
        make()


def test_a_must_without_any_slot_is_named() -> None:
    found = solve(timetable([Item("a", {}, must=True)], SLOT, 1))
    assert (found.status, found.conflict) == ("infeasible", (Rule("must", "a"),))
