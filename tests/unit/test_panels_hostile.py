"""The drill's desk: folded, gist by default, skipped without loss, text stays text; and the rota's explorer."""

from dataclasses import replace

import pytest

from xiaobian.crisis.care.hostile import best_record, comments
from xiaobian.panels import hostile
from xiaobian.panels.hostile import (
    Desk,
    card_html,
    hostile_control,
    hostile_drill,
    review_html,
    rota_explorer,
)

HOSTILE = '<img src=x onerror="alert(1)">'


@pytest.fixture(autouse=True)
def strict(monkeypatch):
    monkeypatch.setenv("KIT_STRICT", "1")


def answer(desk, letters):
    """Open, label, choose, write down."""
    desk.buttons["打開"].click()
    desk.label.value, desk.choice.value = letters
    desk.buttons["記下"].click()


def test_nothing_is_shown_before_one_opens_it():
    desk = Desk(comments(number=3))
    assert desk.given[0].text not in desk.card.value and desk.given[0].gist not in desk.card.value
    assert desk.label.value is None and desk.choice.value is None and desk.buttons["記下"].disabled


def test_the_gist_comes_first_and_the_words_only_when_asked_for():
    desk = Desk(comments(number=3))
    desk.buttons["打開"].click()
    assert desk.given[0].gist in desk.card.value and desk.given[0].text not in desk.card.value
    desk.shown.value = "words"
    assert desk.given[0].text in desk.card.value


def test_the_warning_and_the_help_line_stand_on_top():
    panel = hostile_drill()
    top = panel.desk.widget.children[0].value
    assert "內容提醒" in top and "1925" in top and "跳過" in top


def test_a_whole_drill():
    desk = Desk(comments(number=3))
    record = best_record(desk.given)
    for at in range(3):
        answer(desk, record[2 * at : 2 * at + 2])
    assert desk.done and desk.record == record and desk.review().score == 100.0
    assert [name for name, button in desk.buttons.items() if not button.disabled] == ["再來"]
    desk.buttons["再來"].click()
    assert desk.at == 0 and not desk.done and desk.buttons["再來"].disabled


def test_both_are_needed():
    desk = Desk(comments(number=2))
    desk.buttons["打開"].click()
    desk.label.value = "A"
    desk.buttons["記下"].click()
    assert desk.at == 0 and "各挑一個" in desk.status.value


def test_skip_and_stop_cost_nothing():
    desk = Desk(comments(number=3))
    answer(desk, best_record(desk.given)[:2])
    desk.buttons["跳過"].click()
    desk.buttons["停"].click()
    assert desk.done and desk.record == best_record(desk.given)[:2] + "----" and desk.review().score == 100.0
    desk.buttons["跳過"].click()
    assert desk.at == 2, "nothing moves after the end"


def test_a_reply_is_judged_and_does_not_count():
    desk = Desk(comments(number=2))
    desk.buttons["打開"].click()
    desk.label.value, desk.choice.value = desk.given[0].label, desk.given[0].best
    desk.reply.value = "你才有病😂"
    desk.buttons["記下"].click()
    assert "不酸、不回嗆" in desk.status.value and desk.review().score == 100.0 and desk.reply.value == ""


def test_the_exercise_says_how_many_have_to_be_done():
    assert "可以跳過 2 則" in hostile_control(4, 10, 8).widget.children[0].value


def test_the_exercise_does_not_tell_while_it_runs():
    desk = Desk(comments("own", 1, 3), told=False)
    answer(desk, "AA")
    assert "比較好" not in desk.status.value and desk.given[0].why not in desk.status.value


def test_the_control_reads_a_finished_drill_and_shows_it_again(monkeypatch):
    held = []
    monkeypatch.setattr(hostile, "Desk", lambda *a, **k: held.append(Desk(*a, **k)) or held[-1])
    control = hostile_control(4, 3)
    assert control.read() is None
    held[0].stop()
    assert control.read() == "------"
    control.show(best_record(comments("own", 4, 3)))
    assert held[0].record == best_record(held[0].given)
    control.show("not a record")
    assert held[0].record == best_record(held[0].given)


def test_text_stays_text():
    bad = replace(comments()[0], text=HOSTILE, gist=HOSTILE)
    assert "<img" not in card_html(bad, True) + card_html(bad, False)
    desk = Desk((bad,))
    desk.buttons["打開"].click()
    desk.reply.value = HOSTILE
    desk.label.value, desk.choice.value = "A", "A"
    desk.buttons["記下"].click()
    assert "<img" not in desk.status.value + review_html(desk.review().table)


def test_the_end_of_the_lessons_drill_opens_the_review():
    panel = hostile_drill()
    answer(panel.desk, "BC" if panel.desk.given[0].label != "B" else "AA")
    panel.desk.buttons["停"].click()
    assert panel.desk.given[0].gist in panel.table.value and "分" in panel.feedback.value
    assert repr(panel).startswith("互動面板")


def test_the_rota_explorer_follows_its_controls():
    panel = rota_explorer()
    assert "違反規則" in panel.sentence.value
    panel.choices["maker"].value = "solver"
    assert "規則全都守住" in panel.sentence.value
    panel.choices["leave"].value = "two"
    assert "一條都少不得" in panel.sentence.value and bytes(panel.picture.value)[:4] == b"\x89PNG"
