"""The queue explorer: every choice is the simulator's own week, in a picture and a sentence."""

from __future__ import annotations

import html
from dataclasses import replace

import pytest

import xiaobian as xb
from xiaobian.ai.publishing import CAREFUL, Policy, simulate, week
from xiaobian.ai.publishing.trials import NAMES, OPTIONS
from xiaobian.panels.queue import REPLIES, last_replies

SEED = 201
FIRST = Policy(wait="short")


@pytest.fixture(scope="module")
def panel():
    return xb.panels.queue_explorer(SEED, FIRST)


def test_it_starts_where_it_is_told_and_every_choice_has_a_name(panel):
    assert repr(panel).startswith("互動面板：") and bytes(panel.picture.value).startswith(b"\x89PNG")
    assert {name: box.value for name, box in panel.choices.items()} == {
        name: str(getattr(FIRST, name)) for name in OPTIONS
    }
    assert [box.description for box in panel.choices.values()] == [
        f"{NAMES[name]}：" for name in panel.choices
    ]


@pytest.mark.parametrize("name", OPTIONS)
def test_each_choice_shows_the_week_of_the_simulator(panel, name):
    box, seen = panel.choices[name], set()
    before = box.value
    for _, value in box.options:
        box.value = value
        policy = replace(FIRST, **{name: int(value) if name == "tries" else value})
        assert html.escape(simulate(week(SEED), policy, SEED).say()) in panel.sentence.value
        seen.add(bytes(panel.picture.value))
    box.value = before
    assert len(seen) >= 2


def test_a_number_of_tries_of_ones_own_is_on_the_list():
    panel = xb.panels.queue_explorer(SEED, Policy(tries=5))
    assert ("5 次", "5") in panel.choices["tries"].options


def test_lost_posts_are_told_by_the_last_reply(panel):
    run = simulate(week(SEED), FIRST, SEED)
    counts = last_replies(run)
    assert counts.sum() == run.lost > 0 and set(counts.index) <= set(REPLIES)
    for reply, n in counts.items():
        assert f"{REPLIES[reply]} {n} 則" in html.unescape(panel.sentence.value)


def test_with_care_nothing_is_left_to_explain():
    said = xb.panels.queue_explorer(SEED, CAREFUL).sentence.value
    assert "沒發出去" not in said and "重複發" not in said
