"""Creator panels: the exact set follows the choices, ticks count money and places, text stays text."""

import html

import pandas as pd
import pytest

from xiaobian.panels.creators import Picks, creator_explorer, judge_creators, pick_creators, rows_html
from xiaobian.planning.creators import pool

HOSTILE = '<img src=x onerror="alert(1)">'
ROWS = pd.DataFrame({"name": ["甲", "乙", HOSTILE], "price_ntd": [100.0, 200.0, 300.0]})


@pytest.fixture(autouse=True)
def strict(monkeypatch):
    monkeypatch.setenv("KIT_STRICT", "1")


def test_the_set_follows_the_choices():
    panel = creator_explorer(pool(1))
    first = panel.sentence.value
    assert "40,000" in first or "元" in first
    panel.choices["budget"].value = "20000"
    assert panel.sentence.value != first and bytes(panel.picture.value).startswith(b"\x89PNG")
    assert repr(panel).startswith("互動面板：")


def boxes(control):
    return control.widget.children[1].children


def test_ticks_count_money_and_places():
    control = pick_creators(ROWS, ROWS, 350, 2)
    assert control.read() is None
    boxes(control)[0].value = True
    assert control.read() == "ABB" and "還有 250 元、1 個位子" in control.widget.children[2].value
    boxes(control)[2].value = True
    assert "▲" in control.widget.children[2].value and "超過了" in control.widget.children[2].value
    control.show("BAB")
    assert control.read() == "BAB"


def test_nothing_ticked_is_an_answer_only_after_a_touch():
    control = judge_creators(ROWS, ROWS)
    assert control.read() is None
    boxes(control)[1].value = True
    boxes(control)[1].value = False
    assert control.read() == "BBB"


def test_text_stays_text():
    assert HOSTILE not in rows_html(ROWS) and html.escape(HOSTILE) in rows_html(ROWS)
    assert all(box.description for box in boxes(pick_creators(ROWS, ROWS, 1, 1)))


def test_rows_below_the_numbered_ones_have_no_number():
    assert ">3</th>" in rows_html(ROWS) and ">3</th>" not in rows_html(ROWS, 2)


def test_picks_tell_what_is_left():
    assert (
        Picks(ROWS, 500, 2, {0, 1}).told()
        == "選了 2 位、300 元（上限 2 位、500 元），還有 200 元、0 個位子。"
    )
