"""The worktime explorer: every choice is the sandbox's own week, in a picture and a sentence."""

from __future__ import annotations

import html

import pytest

import xiaobian as xb
from xiaobian.panels.worktime import REVIEWS, SHARES, orders, step_at
from xiaobian.sandbox.worktime import Office, handed_over, judged

SEED = 104


@pytest.fixture(scope="module")
def panel():
    return xb.panels.worktime_explorer(SEED)


def test_it_starts_where_it_is_told_and_every_choice_has_a_name(panel):
    assert repr(panel).startswith("互動面板：") and bytes(panel.picture.value).startswith(b"\x89PNG")
    assert {name: box.value for name, box in panel.choices.items()} == {
        "order": "quick",
        "share": "1.0",
        "review": "0.0",
    }
    assert all(box.description.endswith("：") for box in panel.choices.values())
    assert 'role="status"' in panel.sentence.value


def test_all_at_once_looks_quick_and_costs_more(panel):
    said = html.unescape(panel.sentence.value)
    week = judged(Office(SEED), dict.fromkeys(Office(SEED).tasks().index, "auto"), 0.0)
    assert week.saved < 0 and f"反而多花 {-week.saved:.1f} 小時" in said
    assert "本來該留給人" in said and "個資" in said and "道歉" in said


@pytest.mark.parametrize("name", ["order", "share", "review"])
def test_each_choice_changes_the_picture(panel, name):
    box = panel.choices[name]
    before, seen = box.value, set()
    if name == "order":
        panel.choices["share"].value = "0.6"
    ends = (box.options[0], box.options[-1])
    for _, value in ends:
        box.value = value
        seen.add(bytes(panel.picture.value))
    box.value = before
    panel.choices["share"].value = "1.0"
    assert len(seen) == len(ends)


def test_a_step_never_hands_over_more_than_asked():
    office = Office(SEED)
    trade = handed_over(office, orders(office)["net"], 0.2)
    assert trade["share"].iloc[0] == 0 and trade["share"].iloc[-1] == pytest.approx(1)
    for share in SHARES:
        assert trade["share"].iloc[step_at(trade, share)] <= share + 1e-9
    assert step_at(trade, 0.0) == 0 and step_at(trade, 1.0) == len(trade) - 1


def test_giving_away_the_best_first_saves_more_on_the_way():
    office = Office(SEED)
    ways = orders(office)
    assert set(ways["quick"]) == set(ways["net"]) == set(office.tasks().index)
    peaks = {name: handed_over(office, way, 0.2)["saved"].max() for name, way in ways.items()}
    assert peaks["net"] > peaks["quick"] and len(REVIEWS) == 5
