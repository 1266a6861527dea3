"""The explorers of capacity and of a month: every choice is the sandbox's own run, in a picture and a sentence."""

from __future__ import annotations

import html

import pytest

import xiaobian as xb
from xiaobian.planning.scheduling.constraints import Constraints
from xiaobian.planning.scheduling.schedule import schedule
from xiaobian.sandbox.backlog import draw_month
from xiaobian.sandbox.team import run_team


@pytest.fixture(scope="module")
def capacity():
    return xb.panels.capacity_explorer(203)


@pytest.fixture(scope="module")
def month():
    return xb.panels.schedule_explorer(205)


def test_they_start_where_they_are_told_and_every_choice_has_a_name(capacity, month):
    for panel in (capacity, month):
        assert repr(panel).startswith("互動面板：") and bytes(panel.picture.value).startswith(b"\x89PNG")
        assert all(box.description.endswith("：") for box in panel.choices.values())
        assert 'role="status"' in panel.sentence.value


def test_the_sentence_is_the_run_of_the_sandbox(capacity):
    capacity.choices["limit"].value = "4"
    run = run_team(203, 7, 4, 12)
    said = html.unescape(capacity.sentence.value)
    assert f"一週準時發 {run.value:.1f} 則" in said and f"賠掉 {run.lost:.1f} 小時" in said


def test_another_month_is_the_schedule_itself_and_an_impossible_one_says_why(month):
    drawn = draw_month(205, 40)
    month.choices["daily"].value = "1"
    given = Constraints.of(drawn).changed(daily=(1, None), promo_cap=2)
    assert schedule(drawn.posts, given, limit=1.0).say() in html.unescape(month.sentence.value)
    month.choices["daily"].value = "2"
    assert "排不出來" in html.unescape(month.sentence.value)
