"""The roster against every roster there is, and its conflict against every smaller set of rules."""

from itertools import product

import numpy as np
import pytest

from xiaobian.errors import KitError
from xiaobian.optimize.roster import Shift, Worker, broken, in_turn, loads, roster, unfairness
from xiaobian.optimize.roster_model import conflict, holds, rules_of, staff

HOURS = ((9, 15, 4.0, False), (15, 21, 12.0, False), (21, 25, 14.0, True))


def world(seed, workers=3, days=3, row=1, shifts=(1, 2)):
    """A small problem; evenings and nights by default."""
    rng = np.random.default_rng(seed)
    people = [
        Worker(n, frozenset(int(d) for d in range(days) if rng.random() < 0.15)) for n in "abcd"[:workers]
    ]
    made = [
        Shift(
            f"{d}.{k}",
            d,
            24 * d + HOURS[k][0],
            24 * d + HOURS[k][1],
            HOURS[k][2],
            1,
            HOURS[k][3],
            k == 1 and d == 0,
        )
        for d in range(days)
        for k in shifts
    ]
    return roster(people, made, heavy=10, row=row)


def every(problem):
    """All rosters with one person a shift."""
    names = [w.name for w in problem.workers]
    for picked in product(names, repeat=len(problem.shifts)):
        yield {at: (name,) for at, name in enumerate(picked)}


@pytest.mark.parametrize("seed", range(8))
def test_it_finds_a_roster_exactly_when_there_is_one(seed):
    problem = world(seed, row=1 + seed % 2)
    possible = [taken for taken in every(problem) if not broken(problem, taken)]
    found = staff(problem)
    assert bool(possible) == (found.status != "infeasible")
    if possible:
        assert broken(problem, found.taken) == []


def score(problem, taken):
    nights = max(
        sum(problem.shifts[at].night for at, who in taken.items() if w.name in who) for w in problem.workers
    )
    count = max(sum(w.name in who for who in taken.values()) for w in problem.workers)
    return unfairness(problem, taken) + 2 * nights + count


@pytest.mark.parametrize("seed", [1, 4])
def test_none_is_fairer_by_what_it_aims_at(seed):
    problem = world(seed, row=2)
    possible = [taken for taken in every(problem) if not broken(problem, taken)]
    found = staff(problem)
    assert found.status == "optimal" and possible
    assert score(problem, found.taken) <= min(score(problem, t) for t in possible) + 0.11, (
        "loads are counted in tenths"
    )


@pytest.mark.parametrize("seed", range(12))
def test_of_a_conflict_no_rule_can_be_left_out(seed):
    problem = world(seed, workers=2, days=3, row=1)
    found = staff(problem)
    if found.status != "infeasible":
        pytest.skip("this one can be done")
    assert found.conflict and not holds(problem, list(found.conflict))
    for rule in found.conflict:
        assert holds(problem, [r for r in found.conflict if r != rule]), rule
    for way in found.ways:
        assert holds(problem, [r for r in rules_of(problem) if r != way])


def test_some_of_those_worlds_cannot_be_done():
    assert sum(staff(world(seed, workers=2, days=3, row=1)).status == "infeasible" for seed in range(12)) >= 6


def test_a_reason_of_two_rules():
    alone = roster([Worker("a", frozenset({0}))], [Shift("mon", 0, 9, 17), Shift("tue", 1, 33, 41)], heavy=1)
    assert [rule.sort for rule in conflict(alone)] == ["need", "off"]


@pytest.mark.parametrize(
    ("shifts", "sort"),
    [
        ((Shift("x", 0, 9, 12), Shift("y", 0, 12, 15)), "day"),
        ((Shift("x", 0, 21, 25, night=True), Shift("y", 1, 33, 39)), "rest"),
        ((Shift("x", 0, 15, 21, 5, grave=True), Shift("y", 1, 45, 49, 5, night=True)), "after"),
        ((Shift("x", 0, 9, 12, 5), Shift("y", 1, 33, 36, 5), Shift("z", 2, 57, 60, 5)), "row"),
    ],
)
def test_each_rule_is_seen_by_the_judge_and_kept_by_the_solver(shifts, sort):
    two = roster([Worker("a"), Worker("b")], shifts, heavy=5)
    assert {b.rule.sort for b in broken(two, dict.fromkeys(range(len(shifts)), ("a",)))} == {sort}
    assert broken(two, staff(two).taken) == []


def test_no_more_shifts_than_agreed():
    one = roster(
        [Worker("a", most=1), Worker("b")],
        [Shift(f"{d}", d, 24 * d + 9, 24 * d + 12) for d in range(3)],
        heavy=1,
    )
    assert "most" in {b.rule.sort for b in broken(one, dict.fromkeys(range(3), ("a",)))}
    assert sum("a" in who for who in staff(one).taken.values()) <= 1


def test_fair_shares_follow_the_days_one_can_work():
    problem = roster(
        [Worker("a", frozenset({0, 1})), Worker("b")],
        [Shift(f"{d}", d, 24 * d + 9, 24 * d + 12, 3) for d in range(4)],
        heavy=9,
    )
    assert problem.share == {"a": pytest.approx(1 / 3), "b": pytest.approx(2 / 3)}
    assert sum(loads(problem, staff(problem).taken).values()) == 12


def test_the_list_goes_round_whatever_it_means():
    problem = world(0, workers=3, days=3, row=1)
    taken = in_turn(problem)
    assert [b.rule.sort for b in broken(problem, taken) if b.rule.sort in ("off", "need")] == []
    assert broken(problem, taken), "but it breaks others"


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: roster([], [], heavy=1),
        lambda: roster([Worker("a"), Worker("a")], [], heavy=1),
        lambda: roster([Worker("a")], [Shift("x", 0, 9, 9)], heavy=1),
        lambda: roster([Worker("a")], [Shift("x", 0, 9, 12)], heavy=1, row=0),
    ],
)
def test_a_problem_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(KitError):
        wrong()
