"""Little's law on a record, hours of a cadence, reuse: against a count by hand and every way there is."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest

from xiaobian.errors import TableError
from xiaobian.planning.capacity.cadence import cadence
from xiaobian.planning.capacity.little import flow, littles_law
from xiaobian.planning.capacity.reuse import reuse
from xiaobian.sandbox.team import run_team


@pytest.mark.parametrize("asked", ["in_process", "a_week", "lead"])
def test_littles_law_gives_the_third(asked: str) -> None:
    given = {"in_process": 12.0, "a_week": 6.0, "lead": 10.0}
    expected = given.pop(asked)
    found = littles_law(**given)  # type: ignore[arg-type]
    assert getattr(found, asked) == pytest.approx(expected) and "所以" in found.say()


@pytest.mark.parametrize("given", [{}, {"lead": 3}, {"lead": 3, "a_week": 0}, {"lead": 1, "a_week": 1, "in_process": 1}, {"lead": float("nan"), "a_week": 1}])  # fmt: skip
def test_littles_law_needs_two_positive_numbers(given: dict[str, float]) -> None:
    with pytest.raises(TableError, match="要給兩個"):
        littles_law(**given)


def test_a_record_counted_by_hand() -> None:
    pieces = pd.DataFrame({"started": [0.0, 0.0, 2.0, 4.0], "finished": [2.0, 4.0, 5.0, np.nan]})
    found = flow(pieces, until=10)
    assert found.a_week == pytest.approx(5 * 3 / 10)
    assert found.in_process == pytest.approx((2 + 4 + 3 + 6) / 10)
    assert found.lead == pytest.approx(3.0)
    assert found.table["in_process"].iloc[-1] == 1
    assert found.old == 1 and "卡在哪裡" in found.say()


def test_dates_count_only_working_days() -> None:
    friday_to_monday = pd.DataFrame(
        {"started": ["2026-06-05", "2026-06-05"], "finished": ["2026-06-08", "2026-06-09"]}
    )
    assert flow(friday_to_monday).lead == pytest.approx(1.5)


def test_littles_law_holds_when_the_limit_keeps_the_team_stable() -> None:
    held = flow(run_team(5, 9, 4, 16).pieces, until=80)
    assert held.expected == pytest.approx(held.lead, rel=0.15)
    free = flow(run_team(5, 14, None, 16).pieces, until=80)
    assert free.expected > 1.3 * free.lead and "開工一直比完成快" in free.say()


@pytest.mark.parametrize(
    ("pieces", "says"),
    [
        (pd.DataFrame({"started": [1.0]}), "少了欄位"),
        (pd.DataFrame({"started": [1.0], "finished": [np.nan]}), "還沒有任何一則"),
        (pd.DataFrame({"started": [1.0, 5.0], "finished": [2.0, 4.0]}), "第 2 列"),
        (pd.DataFrame({"started": ["2026-02-31"], "finished": ["2026-03-02"]}), "沒有「2026-02-31」"),
    ],
)
def test_a_record_that_cannot_be_is_refused(pieces: pd.DataFrame, says: str) -> None:
    with pytest.raises(TableError, match=says):
        flow(pieces)


MIX, THERE = {"image": 0.5, "short_video": 0.5}, {"aluo": 9.0, "yunan": 7.0, "boyu": 13.0}


def test_hours_of_a_cadence_by_hand() -> None:
    found = cadence(8, MIX, THERE)
    assert found.table.loc["boyu", "needed"] == pytest.approx(8 * 0.5 * 5.0 * 0.8)
    assert found.short == ("boyu",)
    assert found.most == pytest.approx(0.85 * 13 / (0.5 * 5.0 * 0.8))
    assert not cadence(found.most, MIX, THERE).short


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ((0, MIX, THERE), "大於 0"),
        ((5, {"hologram": 1.0}, THERE), "hologram"),
        ((5, {"image": -1.0}, THERE), "0 以上"),
        ((5, {"image": 0.0}, THERE), "至少要有一種"),
        ((5, MIX, {"aluo": 9.0, "yunan": 1.0}), "沒有給柏宇的工時"),
        ((5, MIX, {**THERE, "boyu": -1.0}), "0 以上"),
    ],
)
def test_a_cadence_that_cannot_be_is_refused(
    given: tuple[float, dict[str, float], dict[str, float]], says: str
) -> None:
    with pytest.raises(TableError, match=says):
        cadence(*given)


HOURS = {"video": 8.0, "short_video": 5.0, "image": 1.5, "text": 0.6}
EDGES = {
    "video": {"short_video": (2, 1.5), "image": (2, 0.5)},
    "short_video": {"image": (1, 0.4), "text": (1, 0.3)},
}


def every_way(demand: dict[str, int]) -> float:
    """Least hours over all ways to make each piece from scratch or cut it."""
    ways = [
        (m, t, most, cost)
        for m, to in EDGES.items()
        for t, (most, cost) in to.items()
        if m in demand and t in demand
    ]
    best = np.inf
    for cut in product(*(range(demand[t] + 1) for _, t, _, _ in ways)):
        made = dict(demand)
        for (_, target, _, _), n in zip(ways, cut, strict=True):
            made[target] -= n
        if min(made.values()) < 0 or any(
            n > most * made[m] for (m, _, most, _), n in zip(ways, cut, strict=True)
        ):
            continue
        hours = sum(HOURS[f] * n for f, n in made.items()) + sum(
            n * w[3] for n, w in zip(cut, ways, strict=True)
        )
        best = min(best, hours)
    return best


@pytest.mark.parametrize("seed", range(6))
def test_reuse_is_the_least_of_every_way(seed: int) -> None:
    rng = np.random.default_rng(seed)
    demand = {name: int(rng.integers(0, 4)) for name in HOURS}
    found = reuse(demand, hours=HOURS, edges=EDGES)
    assert found.hours == pytest.approx(every_way(demand))
    made = found.table.groupby("target")["pieces"].sum()
    assert {name: int(made.get(name, 0)) for name in demand} == demand
    assert reuse(demand, hours=HOURS, edges=EDGES, extra=True).hours <= found.hours + 1e-9


@pytest.mark.parametrize("demand", [{"hologram": 1}, {"image": -1}, {"image": 1.5}, {"image": 10_000}])
def test_a_demand_that_cannot_be_is_refused(demand: dict[str, int]) -> None:
    with pytest.raises(TableError):
        reuse(demand)


def test_pictures_carry_their_sentence() -> None:
    for found in (
        reuse({"video": 1, "short_video": 3}),
        cadence(20, MIX, THERE),
        flow(run_team(3, 6, 4, 4).pieces),
    ):
        assert found.say() in repr(found.plot())
