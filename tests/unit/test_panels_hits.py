"""Explorers of hits and of many tests: every choice shows something else, and the figures are the functions'."""

import html

import numpy as np
import pandas as pd
import pytest
from explorers import looks
from scipy.stats import false_discovery_control

import xiaobian as xb
from xiaobian.panels import hits


def made():
    rng = np.random.default_rng(3)
    engagements = pd.Series(rng.permutation(200))
    best = engagements > 150
    elements = pd.DataFrame({"到處都有": True, "少見": rng.random(200) < 0.3, "只有爆文有": best})
    return elements, engagements


MADE = {"survivors": lambda: xb.panels.survivors_explorer(*made()), "tries": xb.panels.tries_explorer}


@pytest.mark.parametrize("name", MADE)
def test_every_choice_draws_another_picture_and_sentence(name):
    panel = MADE[name]()
    assert repr(panel).startswith("互動面板：") and bytes(panel.picture.value).startswith(b"\x89PNG")
    for choice, box in panel.choices.items():
        assert box.description.strip(), choice
        seen = looks(panel, choice, last=choice == list(panel.choices)[-1])
        assert len(seen) == len(box.options), choice


def test_shares_tell_what_hits_have_and_flops_have_not():
    found = hits.shares(*made(), 30)
    assert found.loc["到處都有"].tolist() == [1, 1, 1]
    assert found.loc["只有爆文有", "top"] == 1 and found.loc["只有爆文有", "flops"] == 0


def test_flops_take_common_elements_off_the_list():
    said = xb.panels.survivors_explorer(*made(), beside="flops").sentence.value
    assert "差不多常有的：到處都有；" in html.unescape(said) and "少了一截的：只有爆文有。" in said


def test_what_stands_is_what_scipy_says():
    p = np.random.default_rng(1).random((50, 20)) ** 3
    assert (hits.stands(p, "rate") == (false_discovery_control(p, axis=1) <= 0.10)).all()
    assert (hits.stands(p, "all") == (p <= 0.0025)).all()


@pytest.mark.parametrize("tried", [5, 20, 60])
def test_luck_finds_one_in_twenty_and_rules_hold_it(tried):
    each = hits.search(tried, "each", 0).false
    assert abs(each.mean() - 0.05 * tried) < 4 * np.sqrt(0.0475 * tried / len(each))
    assert abs((each > 0).mean() - (1 - 0.95**tried)) < 0.045
    assert (hits.search(tried, "all", 0).false > 0).mean() < 0.07
    assert (hits.search(tried, "rate", 0.0).false > 0).mean() < 0.13


def test_a_held_rate_finds_more_than_no_error_at_all():
    strict, rate, loose = (hits.search(20, rule, 0.25) for rule in ("all", "rate", "each"))
    assert strict.true.mean() < rate.true.mean() < loose.true.mean()
    assert rate.rate < 0.10 < loose.rate
