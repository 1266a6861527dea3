"""The widget layer: nothing preselected, every control named, errors never lost, answers restored."""

import json
from base64 import b64decode

import ipywidgets as widgets
import pandas as pd
import pytest

import xiaobian as xb
from xiaobian.exercises import exercise
from xiaobian.panels.panel import Panel, guarded


@pytest.fixture(autouse=True)
def fresh(tmp_path, monkeypatch):
    monkeypatch.setenv("KIT_STATE_DIR", str(tmp_path))
    for name in ("KIT_EXPECT", "KIT_STRICT"):
        monkeypatch.delenv(name, raising=False)


def panels():
    return {f"{i}-{q.name}": q.panel() for i in ("0.1", "3.1") for q in exercise(i)}


def leaves(widget):
    children = getattr(widget, "children", ())
    return [leaf for child in children for leaf in leaves(child)] if children else [widget]


def test_nothing_is_preselected_and_every_control_has_a_name():
    seen = set()
    for name, panel in panels().items():
        assert panel.control.read() is None, name
        for leaf in leaves(panel.widget):
            seen.add(type(leaf).__name__)
            if not isinstance(leaf, widgets.HTML):
                assert leaf.description.strip(), (name, leaf)
    assert {"RadioButtons", "Checkbox", "Dropdown", "Text", "Button"} <= seen


def test_check_shows_icon_and_words_and_is_restored():
    panel = exercise("0.1").q1.panel()
    panel.buttons["檢查"].click()
    assert "未作答" in panel.feedback.value
    panel.control.show("B")
    panel.buttons["檢查"].click()
    assert "✗ 未通過" in panel.feedback.value and 'role="status"' in panel.feedback.value
    again = exercise("0.1").q1.panel()
    assert (again.control.read(), again.feedback.value) == ("B", panel.feedback.value)


@pytest.mark.parametrize("name", ["q1", "q2", "q3", "q4"])
def test_right_answers_pass_through_the_widgets(name):
    question = exercise("0.1").questions[name]
    panel = question.panel()
    panel.control.show(question.question.right())
    panel.buttons["檢查"].click()
    assert "✓ 通過" in panel.feedback.value


def test_an_answer_in_the_cell_is_checked_and_shown():
    panel = exercise("0.1").q1.panel("B")
    assert (panel.control.read(), "✗ 未通過" in panel.feedback.value) == ("B", True)


def test_hint_and_solution_buttons():
    panel = exercise("0.1").q1.panel()
    panel.buttons["提示"].click()
    assert "提示 1/1" in panel.feedback.value
    panel.buttons["看解答"].click()
    assert "先試一次" in panel.feedback.value
    panel.buttons["看解答"].click()
    assert "解答" in panel.feedback.value and "answers/" in panel.feedback.value


def test_half_an_order_is_not_an_answer():
    panel = exercise("0.1").q3.panel()
    panel.control.widget.children[0].value = "A"
    panel.buttons["檢查"].click()
    assert "未作答" in panel.feedback.value


def test_an_error_in_a_callback_is_shown_and_raised_in_strict_mode(monkeypatch):
    box = widgets.HTML()

    def broken():
        raise ValueError("<b>壞了</b>")

    guarded(box, broken)()
    assert "執行錯誤" in box.value and "<b>壞了" not in box.value
    monkeypatch.setenv("KIT_STRICT", "1")
    with pytest.raises(ValueError):
        guarded(box, broken)()


def test_a_panel_has_three_faces():
    panel = Panel([widgets.HTML("x")], "面板：示範。", lambda: b"\x89PNG")
    bundle = panel._repr_mimebundle_()
    assert bundle["text/plain"] == "面板：示範。" == repr(panel)
    assert b64decode(bundle["image/png"]) == b"\x89PNG"
    assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"] == panel.widget.model_id


def test_question_html_is_escaped():
    panel = exercise("0.1").q4.panel()
    panel.control.show("<script>alert(1)</script>")
    panel.buttons["檢查"].click()
    assert "<script>" not in panel.feedback.value
    assert json.dumps(panel.feedback.value)


def explorers():
    posts = xb.read_export(xb.datasets.sample("instagram")).posts
    return [
        xb.panels.kpi_explorer(posts),
        xb.panels.cut_axis(pd.Series({"六月": 9_800, "七月": 10_400}), "瀏覽（次）"),
    ]


@pytest.mark.parametrize("index", [0, 1])
def test_every_choice_of_an_explorer_draws_another_picture_and_sentence(index):
    panel = explorers()[index]
    assert repr(panel).startswith("互動面板：") and bytes(panel.picture.value).startswith(b"\x89PNG")
    for name, box in panel.choices.items():
        assert box.description.strip(), name
        seen = set()
        for _, value in box.options:
            box.value = value
            assert "執行錯誤" not in panel.sentence.value
            seen.add((bytes(panel.picture.value), panel.sentence.value))
        assert len(seen) >= len(box.options) - 1, name


def test_an_explorer_that_cannot_draw_says_why():
    posts = exercise("3.1").data()
    posts["followers_at_post"] = posts["reach"].where(posts["reach"] < 0)
    panel = xb.panels.kpi_explorer(posts)
    panel.choices["rate"].value = "er_followers"
    assert "算不出來：沒有一則貼文同時知道分子和分母" in panel.sentence.value
    assert "執行錯誤" not in panel.sentence.value


@pytest.mark.parametrize(("start", "looks"), [("0", 1.06), ("0.95", 2.22)])
def test_a_cut_axis_says_what_it_looks_like(start, looks):
    panel = explorers()[1]
    panel.choices["start"].value = start
    assert f"看起來 {looks:.2f} 倍，其實 1.06 倍" in panel.sentence.value
