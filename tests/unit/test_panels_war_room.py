"""The crisis room: what is pressed is what the drill does, text stays text, a new process takes it up, the truth opens at the end."""

import html
import os
import re
import subprocess
import sys
from dataclasses import replace

import pytest

from xiaobian.crisis.drill import drill, of_record
from xiaobian.panels import war_room_view as view
from xiaobian.panels.war_room import Room, crisis_room, graded, kept_as, resumed
from xiaobian.panels.war_room_desk import prompt_html
from xiaobian.panels.war_room_parts import LINE, PAGE, chart_html, line
from xiaobian.sandbox.crisis import scenarios

SCENARIO, SEED = "raffle_doubt", 4
HOSTILE = '<img src=x onerror="alert(1)">'


@pytest.fixture(autouse=True)
def strict(monkeypatch, tmp_path):
    monkeypatch.setenv("KIT_STRICT", "1")
    monkeypatch.setenv("KIT_STATE_DIR", str(tmp_path))


@pytest.fixture
def room():
    return Room(drill(SCENARIO, SEED))


def press(made):
    assert not made.disabled, made.description
    made.click()


def test_it_waits_for_someone_to_start(room):
    assert room.state.minute == 0 and room.stream.list.value is None and room.desk.option is None
    assert "第 0 小時" in room.board.head.value and room.again.disabled
    assert html.escape(room.state.brief) in room.brief.value and "全部虛構" in room.brief.value


def test_the_clock_runs_as_fast_as_one_says_and_stops_where_a_decision_opens(room):
    room.clock.play.value = 1
    assert room.state.minute == 15
    press(room.clock.buttons["慢一點"])
    room.clock.play.value = 2
    assert room.state.minute == 20 and "1 秒走 5 分鐘" in room.clock.said.value
    room.clock.play.playing = True
    press(room.clock.buttons["走 1 小時"])
    assert room.state.minute == 60 and room.state.decision and not room.clock.play.playing
    assert "時鐘先停" in room.status.value and room.face == "desk"
    room.clock.play.value = 0
    assert room.state.minute == 60, "stop takes no time"


def test_an_option_brings_its_words_which_may_be_changed(room):
    room.to_next()
    press(room.desk.options[3])
    says = room.state.decision.says["d"]
    assert room.desk.text.value == says and room.desk.options[3].description == "✓ 做法 D"
    assert "先改" in room.desk.check.value
    press(room.desk.send)
    assert not room.state.said and "還沒送出" in room.desk.check.value
    press(room.desk.send)
    assert room.state.said[0].response.option == "d" and not room.state.said[0].own
    assert room.desk.text.value == "" and room.desk.option is None and room.desk.options[3].description != "✓ 做法 D"


def test_own_words_are_checked_while_they_are_written(room):
    room.to_next()
    press(room.desk.send)
    assert "先選一個做法" in room.desk.check.value and not room.state.said
    press(room.desk.strategies["rebuild"])
    room.desk.text.value = "如有造成不便，敬請見諒。"
    assert "如有造成不便" in room.desk.check.value and "先改" in room.desk.check.value
    room.desk.post()
    room.desk.post()
    assert room.state.said[0].own and room.state.said[0].response.strategies == ("rebuild",)
    assert "如有造成不便" in room.known.log.value


def test_what_is_being_written_survives_the_clock(room):
    press(room.desk.strategies["inform"])
    room.desk.text.value = "我們知道了，正在查。"
    room.pass_time(30)
    assert room.desk.text.value == "我們知道了，正在查。" and room.desk.own == ["inform"]


def test_silence_with_words_is_told_in_words(room):
    room.to_next()
    press(room.desk.strategies["silence"])
    room.desk.text.value = "買到禮盒的朋友，今天 15:00 說明。"
    room.desk.post()
    room.desk.post()
    assert "選了沉默" in room.status.value and not room.state.said


def test_comments_are_picked_and_dealt_with_by_buttons(room):
    press(room.stream.actions["hide"])
    assert "先在清單裡選一則" in room.status.value
    room.pass_time(59)
    room.to_next()
    room.pass_time(200)
    numbers = [number for _, number in room.stream.list.options]
    assert numbers == sorted(numbers, reverse=True)
    press(room.stream.picks["下一則"])
    assert room.stream.list.value == numbers[0]
    press(room.stream.actions["hide"])
    assert room.state.acts[numbers[0]].action == "hide" and room.stream.list.value == numbers[1]
    press(room.stream.filters["dealt"])
    assert [n for _, n in room.stream.list.options] == [numbers[0]] and "隱藏" in room.stream.list.options[0][0]
    press(room.stream.filters["urgent"])
    assert all(room.state.comments[n - 1].flag for _, n in room.stream.list.options)
    press(room.stream.filters["all"])
    room.stream.search.value = "錄影"
    assert room.stream.list.options and all("錄影" in room.state.comments[n - 1].text for _, n in room.stream.list.options)


def test_never_more_than_a_page_of_comments_in_the_list():
    room = Room(drill("wrong_price", 1, busy=True))
    room.drill.advance(900)
    room.show()
    assert len(room.state.waiting) > 2 * PAGE and len(room.stream.list.options) == PAGE
    first = room.stream.list.options[0][1]
    press(room.stream.picks["較舊的"])
    assert room.stream.list.options[0][1] == first - PAGE and "第 2／" in room.stream.list.description
    press(room.stream.picks["較新的"])
    press(room.stream.picks["較新的"])
    assert room.stream.list.options[0][1] == first


def test_only_what_changed_is_sent(room):
    room.to_next()
    sent = []
    every = [room.board.head, room.board.cards, room.board.chart, room.desk.prompt, room.desk.text, room.brief]
    for made in (*every, room.stream.list, *room.desk.options, *room.tabs.values()):
        made.observe(lambda change: sent.append(change), names=("value", "options", "description"))
    room.show()
    assert sent == []


def test_scheduled_posts_can_be_held(room):
    press(room.schedule.switch)
    assert room.state.paused and room.schedule.switch.description == "恢復排程" and "已暫停" in room.board.cards.value
    room.to_next()
    room.pass_time(20)
    assert room.state.held and not room.state.out and "被擋下" in room.schedule.told.value
    press(room.schedule.switch)
    assert not room.state.paused


def test_the_panel_does_what_a_script_does(room):
    other = drill(SCENARIO, SEED)
    other.advance(60)
    other.decide("b")
    other.act(1, "reply")
    other.pause_posts() if not other.state.paused else None
    room.to_next()
    press(room.desk.options[1])
    room.desk.post()
    room.desk.post()
    room.stream.list.value = 1
    press(room.stream.actions["reply"])
    assert room.state == other.state and room.drill.record == other.record


def test_the_keyboard_reaches_everything(room):
    buttons = [
        *room.clock.buttons.values(), *room.desk.options, *room.desk.strategies.values(), room.desk.send, *room.stream.filters.values(),
        *room.stream.picks.values(), *room.stream.actions.values(), room.schedule.switch, room.end, room.again, room.big, *room.tabs.values(),
    ]  # fmt: skip
    room.to_next()
    shown = [made for made in buttons if made.layout.display != "none"]
    assert len(shown) > 25 and all(made.description and made.tooltip for made in shown)
    assert room.stream.list.description and room.desk.text.description and room.stream.search.description


def test_text_stays_text(room):
    room.to_next()
    comment = replace(room.state.comments[0], text=HOSTILE, author=HOSTILE)
    assert HOSTILE[:LINE] in line(comment, room.state), "a line of the list is shown as text by the list itself"
    assert len(line(replace(comment, text="好" * 200), room.state)) < LINE + 20
    for made in (
        view.quote_html(HOSTILE, HOSTILE, HOSTILE), view.rows_html([HOSTILE]), view.told(HOSTILE), view.quiet(HOSTILE),
        view.kpi_html([(HOSTILE,) * 3]), view.options_html({HOSTILE: HOSTILE}, {HOSTILE: HOSTILE}), view.folded_html(HOSTILE, ""),
        view.table_html([HOSTILE], [[HOSTILE]]), view.box_html("▲", HOSTILE, HOSTILE), view.pulse_svg([1], [1], [1], hours=2, marks={0: HOSTILE}),
    ):  # fmt: skip
        assert HOSTILE not in made and html.escape(HOSTILE) in made
    press(room.desk.strategies["inform"])
    room.desk.text.value = HOSTILE
    room.desk.post()
    room.desk.post()
    assert room.state.said and HOSTILE not in room.known.log.value + room.desk.check.value + room.status.value


def test_the_truth_is_not_on_the_face_before_the_end(room):
    room.to_next()
    told = scenarios.load(SCENARIO)
    faces = "".join(w.value for w in (room.brief, room.board.head, room.board.cards, room.board.chart, room.desk.prompt, room.known.facts))
    assert told.lesson not in faces and told.provable not in faces
    assert not any(f.text in html.unescape(faces) for f in told.facts if f.known_to == "nobody_yet")
    assert "策略" not in prompt_html(room.state)


def test_the_hours_to_come_are_not_in_the_chart(room):
    room.pass_time(59)
    assert chart_html(room.state).count("<rect") == 0
    room.to_next()
    assert chart_html(room.state).count("<rect") == 2


CHILD = """
import os, sys
from xiaobian.panels.war_room import crisis_room
room = crisis_room("raffle_doubt", 4).room
room.to_next(); room.desk.choose(3); room.desk.post(); room.desk.post()
room.pass_time(90); room.stream.list.value = 2; room.stream.do("escalate")
print(room.drill.record, flush=True)
os._exit(9)
"""


def test_a_new_process_takes_it_up_from_the_journal(tmp_path):
    env = {**os.environ, "KIT_STATE_DIR": str(tmp_path)}
    died = subprocess.run([sys.executable, "-c", CHILD], env=env, capture_output=True, text=True, encoding="utf-8")
    assert died.returncode == 9, died.stderr
    panel = crisis_room(SCENARIO, SEED)
    assert panel.room.drill.record == died.stdout.split()[-1]
    assert panel.room.state.minute == 150 and panel.room.state.acts[2].action == "escalate"
    assert "接著上次：從第 2 小時 30 分開始，1 個回應、1 則處理過的留言都在" in panel.note.value
    press(panel.room.again)
    assert panel.room.state.minute == 0 and not panel.room.state.moves and resumed(panel.room.state) == ""
    assert len(list(tmp_path.glob("drills/*.jsonl"))) == 2, "the old journal is kept"
    assert kept_as(tmp_path / "a.jsonl").name == "a.1.jsonl"


def test_a_scenario_is_chosen_with_buttons():
    panel = crisis_room(journal=False)
    chosen = panel.holder.children[0]
    first = chosen.choice.value
    other = next(b for box in chosen.children for b in box.children if getattr(b, "description", "") == "下一個")
    press(other)
    assert chosen.choice.value != first and panel.room is None and repr(panel).startswith("互動面板：")
    chosen.seed.value = 7
    press(chosen.more)
    press(chosen.begin)
    assert panel.room.state.setup.seed == 7 and panel.room.state.setup.busy
    assert panel.room.state.setup.scenario == chosen.choice.value


def test_large_letters_for_a_projector():
    panel = crisis_room(SCENARIO, SEED, journal=False)
    press(panel.room.big)
    assert "xb-big" in panel.widget._dom_classes and panel.room.big.description == "✓ 大字"
    press(panel.room.big)
    assert "xb-big" not in panel.widget._dom_classes


def test_the_end_asks_once_and_then_opens_the_truth():
    panel = crisis_room(SCENARIO, SEED, journal=False)
    press(panel.room.end)
    assert not panel.room.drill.done and "再按一次" in panel.room.status.value and panel.ending.feedback.value == ""
    press(panel.room.end)
    assert panel.room.drill.done and "事後檢討" in panel.ending.feedback.value and "一般公司" in panel.ending.table.value
    assert bytes(panel.ending.picture.value).startswith(b"\x89PNG")
    assert panel.room.desk.send.disabled and panel.room.clock.play.disabled and panel.room.schedule.switch.disabled
    press(panel.ending.save)
    assert re.search(r'<a download="[^"<>]+\.html" href="data:text/html;charset=utf-8;base64,[A-Za-z0-9+/=]+">', panel.ending.link.value)


def test_the_control_of_a_question_gives_a_record():
    control, room = graded(SCENARIO, SEED)
    assert control.read() is None
    room.to_next()
    assert control.read() is None
    done = drill(SCENARIO, SEED)
    done.give_up()
    control.show(done.record)
    assert control.read() == done.record and of_record(done.record).state == room.state and "按「檢查」" in room.status.value
