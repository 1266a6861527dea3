"""Pillar effects against the known truth, and the mix against every mix on a grid."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest

from xiaobian.errors import TableError
from xiaobian.planning.pillars.effects import PillarEffects, pillar_effects
from xiaobian.planning.pillars.mix import best_mix, pillar_mix, worth_of
from xiaobian.sandbox.segments import Readers

SEEDS = range(401, 413)


def wrong(found: PillarEffects, readers: Readers) -> float:
    """Root mean square of the log ratio of estimate and truth."""
    return float(np.sqrt(((np.log(found.rates()) - np.log(readers.truth())) ** 2).mean(axis=None)))


@pytest.fixture(scope="module")
def worlds() -> list[tuple[Readers, dict[str, PillarEffects]]]:
    made = []
    for seed in SEEDS:
        readers = Readers(seed)
        past = readers.history(16)
        made.append((readers, {m: pillar_effects(past, m) for m in ("naive", "adjusted", "shrunk")}))  # type: ignore[arg-type]
    return made


def test_taking_strength_out_and_pulling_each_bring_the_estimate_nearer(
    worlds: list[tuple[Readers, dict[str, PillarEffects]]],
) -> None:
    error = {
        m: np.mean([wrong(found[m], readers) for readers, found in worlds])
        for m in ("naive", "adjusted", "shrunk")
    }
    assert error["shrunk"] < error["adjusted"] < 0.7 * error["naive"]


def test_intervals_hold_about_what_they_say(worlds: list[tuple[Readers, dict[str, PillarEffects]]]) -> None:
    inside = []
    for readers, found in worlds:
        truth = readers.truth()
        inside += [
            r.low <= truth.loc[r.segment, r.pillar] <= r.high for r in found["shrunk"].table.itertuples()
        ]
    assert 0.8 <= np.mean(inside) <= 0.97


def test_the_mix_of_good_estimates_loses_least(
    worlds: list[tuple[Readers, dict[str, PillarEffects]]],
) -> None:
    value = {
        m: np.mean([r.value(pillar_mix(f[m], r.worth, wear=r.wear).mix) / r.value(r.now) for r, f in worlds])
        for m in ("naive", "shrunk")
    }
    assert value["shrunk"] > value["naive"] and value["shrunk"] > 1


def test_shuffled_pillars_bring_nothing() -> None:
    gains = []
    for seed in SEEDS:
        readers = Readers(seed)
        past = readers.history(16)
        names = past.drop_duplicates("post_id").set_index("post_id")["pillar"]
        mixed = pd.Series(np.random.default_rng(seed).permutation(names), index=names.index)
        found = pillar_effects(past.assign(pillar=past["post_id"].map(mixed)))
        gains.append(
            readers.value(pillar_mix(found, readers.worth, wear=readers.wear).mix)
            / readers.value(readers.now)
            - 1
        )
    real = np.mean([
        r.value(pillar_mix(pillar_effects(r.history(16)), r.worth, wear=r.wear).mix) / r.value(r.now) - 1
        for r in map(Readers, SEEDS)
    ])  # fmt: skip
    assert np.mean(gains) < real - 0.01


@pytest.mark.parametrize("seed", range(4))
def test_the_best_mix_is_the_best_of_a_grid(seed: int) -> None:
    rng = np.random.default_rng(seed)
    each, floor = rng.uniform(1, 3, 3), np.array([0.0, 0.1, 0.2])
    found = best_mix(each, 0.4, floor)
    assert found.sum() == pytest.approx(1) and (found >= floor - 1e-9).all()
    steps = np.linspace(0, 1, 101)
    grid = [np.array([a, b, 1 - a - b]) for a, b in product(steps, steps) if 1 - a - b >= -1e-9]
    best = max(float(worth_of(each, mix, 0.4)) for mix in grid if (mix >= floor - 1e-9).all())
    assert best <= float(worth_of(each, found, 0.4)) + 1e-9 <= best + 0.01


def test_result_says_more_or_admits_it_cannot(worlds: list[tuple[Readers, dict[str, PillarEffects]]]) -> None:
    readers, found = worlds[0]
    mix = pillar_mix(found["shrunk"], readers.worth, wear=readers.wear, least={"story": 0.2}, now=readers.now)
    assert mix.mix["story"] >= 0.2 - 1e-9
    assert "90% 區間" in mix.say() and "建議的組合" in repr(mix.plot())
    assert "甜點控最常回應" in repr(found["shrunk"].plot())


def test_without_a_hook_a_note_says_what_cannot_be_taken_out() -> None:
    found = pillar_effects(Readers(1).history(8).drop(columns="hook"))
    assert "沒有內容強度" in repr(found)


PAST = Readers(1).history(8)


@pytest.mark.parametrize(
    ("posts", "says"),
    [
        (PAST.drop(columns="segment"), "少了欄位 segment"),
        (PAST.head(8), "只有 2 則"),
        (PAST.assign(engagements=PAST["reach"] + 1), "0 到觸及"),
        (PAST.assign(pillar="promo"), "至少要有兩個支柱"),
    ],
)
def test_tables_that_cannot_be_are_refused(posts: pd.DataFrame, says: str) -> None:
    with pytest.raises(TableError, match=says):
        pillar_effects(posts)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"wear": 0.9}, "wear"),
        ({"wear": 0.4, "worth": {"sweet": -1.0}}, "份量"),
        ({"wear": 0.4, "worth": {"robots": 1.0}}, "robots"),
        ({"wear": 0.4, "least": {"promo": 0.7, "story": 0.6}}, "130%"),
        ({"wear": 0.4, "least": {"horoscope": 0.1}}, "horoscope"),
    ],
)
def test_a_mix_that_cannot_be_is_refused(given: dict[str, object], says: str) -> None:
    with pytest.raises(TableError, match=says):
        pillar_mix(pillar_effects(PAST), **given)  # type: ignore[arg-type]
