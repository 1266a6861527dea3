"""Explorers of A/B tests: every choice shows something else, and what it shows is what the functions say."""

import html

import pytest
from explorers import looks

import xiaobian as xb
from xiaobian.analytics import stopping

MADE = {"plan": xb.panels.plan_explorer, "peeking": xb.panels.peeking_explorer}


@pytest.mark.parametrize("name", MADE)
def test_every_choice_draws_another_picture_and_sentence(name):
    panel = MADE[name]()
    assert repr(panel).startswith("互動面板：") and bytes(panel.picture.value).startswith(b"\x89PNG")
    for choice, box in panel.choices.items():
        assert box.description.strip(), choice
        seen = looks(panel, choice, last=choice == list(panel.choices)[-1])
        assert len(seen) == len(box.options), choice


def test_a_number_of_ones_own_is_on_the_list():
    panel = xb.panels.plan_explorer(rate=0.041, lift=0.15, weekly=6_500)
    plan = xb.analytics.ab_plan(0.041, lift=0.15, daily=6_500 / 7)
    assert html.escape(plan.say()) in panel.sentence.value
    assert ("6,500 人", "6500") in panel.choices["weekly"].options


def test_the_peeking_explorer_says_what_the_simulation_found():
    panel = xb.panels.peeking_explorer(way="group", looks=10, lift=0.2)
    assert html.escape(stopping.peeking("group", looks=10, lift=0.2).say()) in panel.sentence.value
