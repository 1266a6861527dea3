"""The live room: the clock calls a pure engine, nothing runs by itself, text stays text, the review opens at the end."""

import html
from dataclasses import replace

import pytest

from xiaobian.panels import live
from xiaobian.panels.live import Room, card_html, line, live_control, live_room, review_html
from xiaobian.planning.live.injects import draw, scenario
from xiaobian.planning.live.policies import run, triage

SEED = 5
HOSTILE = '<img src=x onerror="alert(1)">'


@pytest.fixture(autouse=True)
def strict(monkeypatch):
    monkeypatch.setenv("KIT_STRICT", "1")


@pytest.fixture(scope="module")
def panel():
    return live_room(SEED)


def test_it_waits_for_someone_to_start():
    room = Room(SEED)
    assert room.drill.state.now == 0 and room.messages.value is None and room.messages.options == ()
    assert room.play.value == 0 and not room.drill.done and "00:00／10:00" in room.head.value


def test_the_clock_runs_as_fast_as_one_says():
    room = Room(SEED)
    for value in (1, 2):
        room.play.value = value
    assert room.drill.state.now == 10
    room.speed.value = "1"
    room.play.value = 3
    assert room.drill.state.now == 11
    room.play.value = 0
    assert room.drill.state.now == 11, "going back to the start of the clock is no time"


def test_two_minutes_of_play_are_the_whole_broadcast():
    room = Room(SEED)
    for value in range(1, 121):
        room.play.value = value
    assert room.drill.done and room.play.disabled and all(b.disabled for b in room.actions.values())
    room.play.value = 121
    assert room.drill.state.now == 600


def test_step_by_step():
    room = Room(SEED)
    room.steps["走 5 秒"].click()
    assert room.drill.state.now == 5
    room.steps["走到有空或有新狀況"].click()
    first = draw(SEED)[0]
    assert room.drill.state.now == max(5, first.at) or room.drill.state.waiting
    room.messages.value = room.messages.options[0][1]
    assert html.escape(first.text) in room.card.value
    room.actions["answer"].click()
    assert room.drill.state.busy and "正在：" in room.head.value and room.messages.value is None
    room.steps["走到有空或有新狀況"].click()
    assert not room.drill.state.busy and "手上有空" in room.head.value


def test_it_can_be_played_again():
    room = Room(SEED)
    assert room.steps["從頭再來"].disabled
    for value in range(1, 121):
        room.play.value = value
    assert not room.steps["從頭再來"].disabled and room.steps["走 5 秒"].disabled
    room.steps["從頭再來"].click()
    assert room.drill.state.now == 0 and not room.play.disabled and room.messages.options == ()
    room.play.value = 1
    assert room.drill.state.now == 5


def test_buttons_pick_from_the_list():
    room = Room(SEED)
    room.picks["下一則"].click()
    assert room.messages.value is None
    room.tick(300)
    numbers = [number for _, number in room.messages.options]
    for name, expected in (("下一則", 0), ("下一則", 1), ("上一則", 0), ("上一則", -1)):
        room.picks[name].click()
        assert room.messages.value == numbers[expected]


def test_an_action_needs_a_message():
    room = Room(SEED)
    room.actions["hide"].click()
    assert "先在上面選一則" in room.status.value and not room.drill.state.turns


def test_what_comes_does_not_lose_the_choice():
    room = Room(SEED)
    room.tick(draw(SEED)[0].at or 5)
    number = room.messages.options[0][1]
    room.messages.value = number
    room.tick(300)
    assert room.messages.value == number and len(room.messages.options) > 1


def test_too_late_is_told_in_words():
    room = Room(SEED)
    room.tick(595)
    for _ in range(2):
        room.messages.value = room.messages.options[0][1]
        room.actions["answer"].click()
    assert "排不進去" in room.status.value


def test_the_keyboard_reaches_everything():
    room = Room(SEED)
    for button in [*room.actions.values(), *room.steps.values(), *room.picks.values()]:
        assert button.description and button.tooltip
    assert room.messages.description and room.speed.description and room.play.description
    assert "<details" in live.sheet_html()


def test_text_stays_text():
    inject = replace(draw(SEED)[0], text=HOSTILE, author=HOSTILE)
    assert HOSTILE not in card_html(inject, 99) and html.escape(HOSTILE) in card_html(inject, 99)
    assert HOSTILE in line(inject), "a line of the list is shown as text by the list itself"
    table = run(triage, SEED).review().late(3).assign(狀況=HOSTILE)
    assert HOSTILE not in review_html(table)


def test_the_truth_opens_at_the_end(panel):
    truths = [kind.truth for kind in scenario().kinds.values()]
    assert repr(panel).startswith("互動面板：") and panel.feedback.value == "" and panel.table.value == ""
    assert not any(t in panel.room.card.value + panel.room.head.value for t in truths)
    assert panel._repr_mimebundle_()["image/png"]
    panel.end.click()
    assert panel.room.drill.done and "得分 0" in panel.feedback.value and "<table" in panel.table.value
    assert bytes(panel.picture.value).startswith(b"\x89PNG")
    panel.end.click()


def test_the_control_of_a_question_gives_a_record():
    control, room = live.graded(SEED)
    assert live_control(SEED).read() is None and control.read() is None
    record = run(triage, SEED).record
    control.show(record)
    assert control.read() == record and "按「檢查」" in room.status.value
