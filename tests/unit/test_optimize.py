"""Exact choice: no set that fits is worth more, and what binds lets a better one in."""

from itertools import combinations

import numpy as np
import pytest

from xiaobian.errors import KitError
from xiaobian.optimize import MOST, choose, every_set, problem, worth


def by_hand(values, most, costs, available, pairs):
    """The best worth by plain loops."""
    best = 0.0
    for size in range(1, most + 1):
        for group in combinations(values, size):
            if sum(costs[i] for i in group) <= available + 1e-9:
                shared = sum(pairs.get(pair, 0.0) for pair in combinations(group, 2))
                best = max(best, sum(values[i] for i in group) - shared)
    return best


NAMES = tuple("abcdefg")


def drawn(seed):
    """Values, costs, discounts of pairs, how many, and hours of one random problem; whole hours and many ties."""
    rng = np.random.default_rng(seed)
    values = dict(zip(NAMES, rng.random(7).round(1), strict=True))
    costs = dict(zip(NAMES, rng.integers(1, 10, 7).tolist(), strict=True))
    pairs = dict(zip(combinations(NAMES, 2), rng.random(21).round(1), strict=True))
    return values, costs, pairs, int(rng.integers(1, 5)), int(rng.integers(1, 21))


@pytest.mark.parametrize("seed", range(60))
def test_the_choice_is_the_best_of_all_sets_and_fits(seed):
    worths, used, pairs, most, available = drawn(seed)
    found = choose(problem(worths, most, {"hours": (used, available)}, pairs))
    assert found.value == pytest.approx(by_hand(worths, most, used, available, pairs))
    assert len(found.items) <= most and found.used["hours"] <= available
    assert found.used["hours"] == sum(used[i] for i in found.items)
    assert found.gap == 0 and found.bound == found.value
    assert found.runner_up_value <= found.value + 1e-9 and (found.runner_up != found.items or not found.items)


@pytest.mark.parametrize("seed", range(60))
def test_what_binds_lets_a_better_set_in_and_a_little_less_does_not(seed):
    worths, used, _, most, available = drawn(seed)
    found = choose(problem(worths, most, {"hours": (used, available)}))
    for binding in found.binding:
        more = binding.more if binding.limit == "hours" else 0
        wider = most + int(binding.more) if binding.limit == MOST else most
        assert binding.more > 0 and binding.gain > 0
        again = choose(problem(worths, wider, {"hours": (used, available + more)}))
        assert again.value >= found.value + binding.gain - 1e-9
        if binding.limit == "hours":
            less = choose(problem(worths, most, {"hours": (used, available + more - 0.5)}))
            assert less.value == pytest.approx(found.value, abs=1e-6)
    if not any(binding.limit == "hours" for binding in found.binding):
        free = choose(problem(worths, most, {"hours": (used, 99)}))
        assert free.value == pytest.approx(found.value, abs=1e-6)


def test_a_discount_can_turn_the_choice():
    values = {"a": 3.0, "b": 2.9, "c": 1.0}
    assert choose(problem(values, 2)).items == ("a", "b")
    assert choose(problem(values, 2, overlaps={("b", "a"): 2.5})).items == ("a", "c")


def test_nothing_fits_is_the_empty_set():
    found = choose(problem({"a": 1.0}, 1, {"hours": ({"a": 5.0}, 2)}))
    assert found.items == () and found.value == 0 and found.runner_up == ()
    assert [(b.limit, b.more, b.items) for b in found.binding] == [("hours", 3.0, ("a",))]


def test_many_draws_are_valued_as_one_by_one():
    rng, sets = np.random.default_rng(1), every_set(5, 3)
    values, pairs = rng.random((4, 5)), rng.random((4, 5, 5))
    together = worth(sets, values, pairs)
    assert together.shape == (len(sets), 4)
    for draw in range(4):
        assert together[:, draw] == pytest.approx(worth(sets, values[draw], pairs[draw]))


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: problem({"a": 1.0}, 0), "1 以上的整數"),
        (lambda: problem({"a": 1.0}, 1.5), "1 以上的整數"),
        (lambda: problem({"a": 1.0}, 1, overlaps={("a", "z"): 1.0}), "沒有「z」"),
        (lambda: problem({"a": 1.0, "b": 1.0}, 1, {"hours": ({"a": 1.0}, 1)}), "少了 b"),
        (lambda: problem({"a": 1.0}, 1, {"hours": ({"a": -1.0}, 1)}), "0 以上"),
        (lambda: problem({"a": float("nan")}, 1), "不能是空的"),
        (lambda: every_set(60, 8), "太多了"),
    ],
)
def test_what_is_wrong_is_said(make, says):
    with pytest.raises(KitError, match=says):
        make()
