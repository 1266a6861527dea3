"""The prompt lab's panels: parts of a brief and what follows, a blind vote whose names stay shut, text that stays text."""

import html
import re

import ipywidgets as widgets
import pytest

import xiaobian as xb
from xiaobian.ai import examples
from xiaobian.ai.evaluation import SLOGANS, compare, pairs
from xiaobian.panels.prompt import models

NASTY = '<img src=x onerror="alert(1)">'
TAGS = re.compile(r"<(?:img|script|b)\b", re.IGNORECASE)


@pytest.fixture(autouse=True)
def fresh(tmp_path, monkeypatch):
    monkeypatch.setenv("KIT_STATE_DIR", str(tmp_path))


def shown(widget) -> str:
    """Everything a person could read in a panel, tooltips too."""
    own = [str(getattr(widget, name, "")) for name in ("value", "description", "tooltip")]
    inner = [shown(child) for child in getattr(widget, "children", ())]
    return "\n".join([*(own if not isinstance(widget, widgets.Image) else own[1:]), *inner])


# ── parts of a brief ──


def test_each_choice_changes_what_it_should_and_only_that():
    panel = xb.panels.prompt_explorer(examples.roll(), rate=30, n=4)
    assert repr(panel).startswith("互動面板：") and panel._picture().startswith(b"\x89PNG")
    for name in ("facts", "dates", "longest"):
        box, before = panel.choices[name], panel.choices[name].value
        assert box.description.strip()
        seen = set()
        for _, value in box.options:
            box.value = value
            assert "執行錯誤" not in panel.status.value
            seen.add(panel.table.value)
        box.value = before
        assert len(seen) == len(box.options), name
    table = panel.table.value
    panel.choices["tone"].value = "playful"
    assert panel.table.value == table
    for name in ("model", "headlines"):
        seen = set()
        for _, value in panel.choices[name].options:
            panel.choices[name].value = value
            seen.add(panel.cost.value)
        assert len(seen) == len(panel.choices[name].options), name
    assert panel.table.value == table


def test_slogans_are_copied_and_never_tell_anything():
    panel = xb.panels.prompt_explorer(examples.roll(), facts="slogans")
    assert any(slogan in panel.table.value for slogan in SLOGANS)
    assert "0 個每一項都過" in panel.status.value
    panel.choices["facts"].value = "facts"
    assert "0 個每一項都過" not in panel.status.value


def test_the_bill_is_the_functions_and_names_the_day_of_the_price():
    panel = xb.panels.prompt_explorer(examples.roll(), rate=30, facts="facts", dates="yes")
    panel.choices["model"].value = "gpt-6.1-terra"
    panel.choices["headlines"].value = "400"
    found = xb.ai.evaluation.try_brief(xb.ai.connect(), xb.ai.evaluation.with_parts(examples.roll()))
    told = xb.ai.bills.month(found.usage, "gpt-6.1-terra", 400, 8, rate=30)
    assert html.escape(told.say()) in panel.cost.value
    assert told.price.checked_on in panel.cost.value and "估計" in panel.cost.value


def test_every_priced_model_that_writes_is_offered_and_no_other():
    assert all(xb.ai.prices.find("openai", name).output > 0 for name in models())
    assert not any("embedding" in name or "image" in name or "moderation" in name for name in models())


class Model:
    """An assistant that would cost money, and counts how often it is asked."""

    is_ai, asked = True, 0

    def headlines(self, brief, **given):
        self.asked += 1
        return xb.ai.connect().headlines(brief, **given)


def test_a_real_model_is_only_asked_when_the_button_is_pressed():
    model = Model()
    panel = xb.panels.prompt_explorer(examples.roll(), assistant=model)
    panel.choices["facts"].value = "facts"
    panel.choices["model"].value = "gpt-6-sol"
    assert model.asked == 0 and panel._picture() is None and "寫一批" in shown(panel.widget)
    panel.button.click()
    assert model.asked == 1 and "<table" in panel.table.value
    assert "寫一批" not in shown(xb.panels.prompt_explorer(examples.roll()).widget)


def test_what_a_model_writes_stays_text():
    class Nasty(Model):
        def headlines(self, brief, **given):
            found = super().headlines(brief, **given)
            found.data.variants[0].text, found.data.variants[1].label = NASTY, "<b>提問</b>"
            return found

    panel = xb.panels.prompt_explorer(examples.roll(), assistant=Nasty())
    panel.button.click()
    assert not TAGS.search(panel.table.value)
    assert panel.table.value.count("&lt;img") == 1 and "&lt;b&gt;提問" in panel.table.value


# ── blind votes ──


def vote_panel(first="甲的句子", second="乙的句子", n=3):
    asked = pairs({"阿洛": [first] * n, "離線規則": [second] * n}, seed=5)
    return asked, xb.panels.blind_compare(asked)


def test_nobody_sees_a_name_before_the_last_vote():
    asked, panel = vote_panel()
    assert panel.votes == {} and panel._picture().startswith(b"\x89PNG")
    for place, side in enumerate(("left", "tie", "right")):
        assert f"第 {place + 1} 組，共 3 組" in panel.place.value
        everything = shown(panel.widget) + repr(panel)
        assert "阿洛" not in everything and "離線規則" not in everything
        assert asked[place].left in panel.texts.value and asked[place].right in panel.texts.value
        panel.buttons[side].click()
    assert list(panel.votes.values()) == ["left", "tie", "right"]
    assert "阿洛" in panel.texts.value and "離線規則" in panel.texts.value
    assert html.escape(compare(asked, panel.votes).say()) in panel.feedback.value
    assert panel.result().table.equals(compare(asked, panel.votes).table)


def test_a_vote_can_be_taken_back_until_the_names_are_open():
    asked, panel = vote_panel()
    assert panel.back.disabled
    panel.buttons["left"].click()
    assert not panel.back.disabled
    panel.back.click()
    assert panel.votes == {} and "第 1 組" in panel.place.value and panel.back.disabled
    for pair in asked:
        panel.buttons["right"].click()
        assert panel.votes[pair.pair_id] == "right"
    panel.back.click()
    panel.buttons["left"].click()
    assert list(panel.votes.values()) == ["right"] * 3
    assert all(button.disabled for button in panel.buttons.values())


def test_every_control_is_a_button_with_words_for_the_keyboard():
    _, panel = vote_panel()
    for button in (*panel.buttons.values(), panel.back):
        assert isinstance(button, widgets.Button) and button.description and button.tooltip
    assert [b.description for b in panel.buttons.values()] == ["左邊好", "差不多", "右邊好"]
    assert 'aria-label="左邊"' in panel.texts.value and 'role="status"' in panel.place.value


def test_texts_and_names_of_strangers_stay_text():
    asked = pairs({NASTY: ["<script>1</script>"] * 2, "乙": [NASTY] * 2}, seed=1)
    panel = xb.panels.blind_compare(asked)
    assert not TAGS.search(shown(panel.widget).replace("<style>", ""))
    for _ in asked:
        panel.buttons["left"].click()
    assert not TAGS.search(shown(panel.widget).replace("<style>", "")) and "&lt;img" in panel.texts.value
