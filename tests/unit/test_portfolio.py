"""Large portfolios agree with looking at every set where both can, and stay exact where only one can."""

import numpy as np
import pytest

from xiaobian.errors import KitError
from xiaobian.optimize.choose import choose, problem
from xiaobian.optimize.portfolio import portfolio


def drawn(seed, n, most, budget):
    rng = np.random.default_rng(seed)
    names = [f"i{k}" for k in range(n)]
    values = dict(zip(names, rng.uniform(1, 10, n).round(2), strict=True))
    costs = dict(zip(names, rng.integers(5, 40, n) * 100.0, strict=True))
    hours = dict(zip(names, rng.uniform(1, 6, n).round(1), strict=True))
    pairs = {
        (a, b): round(float(rng.uniform(0, 3)), 2)
        for i, a in enumerate(names)
        for b in names[i + 1 :]
        if rng.random() < 0.3
    }
    return problem(values, most, {"預算": (costs, budget), "工時": (hours, 14.0)}, pairs)


@pytest.mark.parametrize("seed", range(6))
def test_it_agrees_with_every_set(seed):
    given = drawn(seed, 9, 4, 6500.0)
    one, other = portfolio(given), choose(given)
    assert one.value == pytest.approx(other.value) and set(one.items) == set(other.items)
    assert one.gap == pytest.approx(0, abs=1e-3) and one.runner_up_value == pytest.approx(
        other.runner_up_value
    )
    assert {b.limit: pytest.approx(b.more) for b in one.binding} == {b.limit: b.more for b in other.binding}


def test_sixty_things_stay_exact_and_the_same():
    given = drawn(3, 60, 8, 12_000.0)
    found, again = portfolio(given, binding=False), portfolio(given, binding=False)
    assert found == again and found.gap < 1e-3 and len(found.items) <= 8
    assert found.used["預算"] <= 12_000 and found.used["工時"] <= 14
    order = sorted(given.items, key=lambda i: -given.values[given.items.index(i)])
    assert found.value > given.values[[given.items.index(i) for i in order[:2]]].sum()


def test_nothing_fits_and_negative_overlaps():
    none = portfolio(problem({"a": 3.0, "b": 2.0}, 1, {"預算": ({"a": 9.0, "b": 9.0}, 5.0)}))
    assert none.items == () and none.value == 0 and [b.limit for b in none.binding] == ["預算"]
    with pytest.raises(KitError, match="不能是負的"):
        portfolio(problem({"a": 1.0, "b": 1.0}, 2, None, {("a", "b"): -1.0}))
