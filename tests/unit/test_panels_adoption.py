"""The explorer of new platforms: every choice draws, closed futures stay closed, and what is said is what was counted."""

from __future__ import annotations

import html

import numpy as np
import pandas as pd
import pytest

import xiaobian as xb
from xiaobian.panels.adoption import WAYS, held, missed
from xiaobian.sandbox.adoption import draw_adoption
from xiaobian.sandbox.parameters import load

TABLE, TRUTH = draw_adoption(load(), np.random.default_rng(9), weeks=40)


def explorer(**options):
    return xb.panels.adoption_explorer({"巷口": TABLE}, 8, horizon=10, **options)


def test_every_choice_draws_another_picture_and_sentence():
    panel = explorer()
    assert repr(panel).startswith("互動面板：") and bytes(panel.picture.value).startswith(b"\x89PNG")
    for choice, box in panel.choices.items():
        assert box.description.strip(), choice
        before, seen = box.value, set()
        for _, value in box.options:
            box.value = value
            assert "執行錯誤" not in panel.sentence.value
            seen.add((bytes(panel.picture.value), panel.sentence.value))
        box.value = before
        assert len(seen) == len(box.options), choice


def test_the_future_is_only_shown_when_it_is_opened():
    panel = explorer()
    assert "落在 80% 範圍內" not in panel.sentence.value
    panel.choices["opened"].value = "yes"
    fan = xb.trends.adoption(TABLE.head(8), 10, draws=250).fan
    assert held(fan, TABLE.iloc[8:18]) in html.unescape(panel.sentence.value)


def test_a_panel_without_a_future_knows_only_the_weeks_seen():
    panel = xb.panels.adoption_explorer({"對街": TABLE.head(20)}, 8, future=False)
    assert "opened" not in panel.choices
    assert [value for _, value in panel.choices["weeks"].options] == ["8", "12", "20"]
    panel.choices["weeks"].value = "20"
    fan = xb.trends.adoption(TABLE.head(20), 26, draws=250)
    assert panel.sentence.value == f'<div role="status">{html.escape(fan.say())}</div>'


@pytest.mark.parametrize("way", ["line", "exponential", "bass"])
def test_a_line_says_that_it_has_no_range(way):
    said = html.unescape(explorer(way=way).sentence.value)
    end = xb.trends.extrapolations(TABLE.head(8), 10)[way].iloc[-1]
    assert "沒有說自己可能錯多少" in said and xb.plotting.count_text(end) in said
    assert way in WAYS.values()


@pytest.mark.parametrize(
    ("says", "words"), [(3000.0, "估成真值的 3.0 倍"), (1050.0, "差不到一成"), (250.0, "只估到 25%")]
)
def test_how_far_off_a_line_was(says, words):
    line = pd.DataFrame({"week": [20], "line": [says]})
    assert words in missed(line, "line", pd.DataFrame({"active_users": [1000]}))


def test_names_stay_text():
    panel = xb.panels.adoption_explorer({"<b>甲</b>": TABLE}, 8, "line", horizon=10)
    assert "<b>" not in panel.sentence.value
