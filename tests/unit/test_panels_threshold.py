"""Whom a reminder pays for: the costs give the threshold, and it is the best one where chances are what they say."""

from __future__ import annotations

import html

import numpy as np
import pytest
from explorers import looks

import xiaobian as xb
from xiaobian.analytics.churn.offer import Offer
from xiaobian.errors import TableError
from xiaobian.panels.threshold import GRID, _lines, curve
from xiaobian.plotting import review

RNG = np.random.default_rng(4)
RISK = RNG.beta(0.8, 1.2, 20_000)
LEFT = RNG.random(len(RISK)) < RISK
LOUD = RISK**0.3


def explorer(**options):
    return xb.panels.threshold_explorer({"大聲的": LOUD, "準的": RISK}, LEFT, **options)


def test_by_hand():
    offer = Offer(coupon=30, message=1, margin=150, persuaded=0.15)
    assert offer.worth(np.array([True, False])).tolist() == [17.0, -31.0]
    assert offer.cut == pytest.approx(31 / 48)
    assert offer.brings(np.array([0.9, 0.7, 0.1]), np.array([True, False, False]), 0.5) == pytest.approx(-14)
    assert Offer(margin=10, coupon=30, persuaded=1).cut > 1
    assert Offer(coupon=0, persuaded=0).cut == float("inf")


def test_the_curve_is_the_sum_at_each_threshold():
    slow = [Offer().brings(RISK, LEFT, cut) for cut in GRID]
    np.testing.assert_allclose(curve(Offer(), RISK, LEFT), slow, atol=1e-6)


@pytest.mark.parametrize("change", [{"coupon": -1.0}, {"persuaded": 1.2}])
def test_costs_that_cannot_be_are_refused(change):
    with pytest.raises(TableError, match="0 到 1"):
        Offer(**change)


@pytest.mark.parametrize("persuaded", [0.08, 0.15, 0.4])
def test_the_threshold_of_the_costs_is_the_best_of_calibrated_chances_only(persuaded):
    offer = Offer(persuaded=persuaded)
    best = curve(offer, RISK, LEFT).max()
    assert offer.brings(RISK, LEFT, offer.cut) > 0.96 * best
    assert offer.brings(LOUD, LEFT, offer.cut) < 0.75 * best
    assert curve(offer, LOUD, LEFT).max() == pytest.approx(best, rel=0.05)


def test_every_choice_draws_another_picture_and_sentence():
    panel = explorer()
    assert repr(panel).startswith("互動面板：") and bytes(panel.picture.value).startswith(b"\x89PNG")
    for choice, box in panel.choices.items():
        assert box.description.strip(), choice
        seen = looks(panel, choice, last=choice == list(panel.choices)[-1])
        assert len(seen) == len(box.options), choice


def test_the_sentence_counts_who_is_reminded():
    said = html.unescape(explorer(cut=0.8).sentence.value)
    sent = LOUD >= 0.8
    assert f"提醒 {sent.sum():,} 位，{(sent & LEFT).sum():,} 位本來不會來" in said
    money = f"{Offer().brings(LOUD, LEFT, 0.8):,.0f} 元".replace("-", "−")
    assert f"合計 {money}" in said and f"門檻是 {Offer().cut:.0%}" in said


def test_costs_of_ones_own_are_on_the_lists():
    panel = explorer(offer=Offer(margin=150, persuaded=1), cut=0.7)
    assert panel.choices["margin"].value == "150.0" and panel.choices["persuaded"].value == "1.0"
    assert ("70%", "0.7") in panel.choices["cut"].options


def test_where_it_never_pays_that_is_said():
    panel = explorer(offer=Offer(coupon=200), cut=None)
    assert "提醒誰都不划算" in panel.sentence.value


def test_the_picture_is_readable():
    assert not review(_lines({"大聲的": LOUD, "準的": RISK}, LEFT, Offer(), "準的", 0.65).axes[0])


def test_names_stay_text():
    panel = xb.panels.threshold_explorer({"<b>甲</b>": RISK}, LEFT)
    assert "<b>" not in panel.sentence.value
