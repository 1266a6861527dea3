"""Readers in groups: the history is drawn from the truth, and the traps are the ones the parameters set."""

from __future__ import annotations

import numpy as np
import pytest

from xiaobian.errors import TableError
from xiaobian.sandbox.segments import Readers


@pytest.fixture(scope="module")
def readers() -> Readers:
    return Readers(5)


def test_a_long_history_is_the_truth_times_luck_that_all_cells_share(readers: Readers) -> None:
    table = readers.history(400)
    usual = table[(table["hook"] > 0.45) & (table["hook"] < 0.55)]
    sums = usual.groupby(["segment", "pillar"])[["engagements", "reach"]].sum()
    seen = (sums["engagements"] / sums["reach"]).unstack()
    ratio = seen / readers.truth().reindex(index=seen.index, columns=seen.columns)
    assert np.log(ratio).std(axis=None, ddof=0) < 0.06


def test_strong_pieces_are_kept_for_promotions(readers: Readers) -> None:
    hook = readers.history(52).groupby("pillar")["hook"].mean()
    assert hook["promo"] == hook.max() and hook["interact"] == hook.min()


def test_a_mix_beats_the_best_pillar_alone(readers: Readers) -> None:
    alone = {name: readers.value({name: 1.0}) for name in readers.now.index}
    assert readers.value(readers.now) > max(alone.values())
    assert readers.value({"promo": 2, "story": 2}) == pytest.approx(
        readers.value({"promo": 0.5, "story": 0.5})
    )


def test_same_seed_same_brand_and_others_differ() -> None:
    assert Readers(1).truth().equals(Readers(1).truth())
    assert not Readers(1).truth().equals(Readers(2).truth())
    assert len(Readers(1).history(2)) == 2 * 6 * 4


@pytest.mark.parametrize(
    "mix", [{}, {"promo": -1.0, "story": 2.0}, {"astrology": 1.0}, {"promo": float("nan")}]
)
def test_a_mix_that_cannot_be_is_refused(readers: Readers, mix: dict[str, float]) -> None:
    with pytest.raises(TableError, match="占比"):
        readers.value(mix)
