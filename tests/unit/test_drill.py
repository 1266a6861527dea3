"""The crisis room: one pure step behind panel, script, record and journal; live numbers that do not know the truth."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

import pytest

from xiaobian.crisis.drill import (
    ACTIONS,
    CrisisDrill,
    Journal,
    Kpis,
    Move,
    Setup,
    drill,
    of_record,
    opening,
    step,
)
from xiaobian.crisis.drill import journal as journals
from xiaobian.crisis.drill import record as records
from xiaobian.crisis.drill.own_words import read
from xiaobian.errors import AnswerError, NotFound
from xiaobian.sandbox.crisis.scenarios import SCENARIOS

PRICE, SEED = "wrong_price", 3
WORDS = "買到節慶禮盒的朋友，請先不要再下單。昨晚 23 點起標成 68 元，是我們填錯，2,143 筆訂單先暫停出貨，今天中午 12 點更新。"
HOSTILE = '<img src=x onerror=alert(1)> =HYPERLINK("x") $x$ \x00 \u202e {{7*7}}'


def played(room: CrisisDrill) -> CrisisDrill:
    """A few hours with a bit of everything."""
    room.advance(40)
    room.decide("inform", WORDS)
    room.pause_posts()
    room.advance(50)
    for comment, action in zip(room.state.waiting, ACTIONS, strict=False):
        room.act(comment.id, action)
    room.advance(300)
    if room.state.decision:
        room.decide("b")
    room.resume_posts()
    return room


@pytest.fixture(scope="module")
def room() -> CrisisDrill:
    return played(drill(PRICE, SEED))


def test_the_same_moves_bring_the_same_state_whatever_the_steps(room: CrisisDrill) -> None:
    state = opening(Setup(PRICE, SEED))
    for move in room.state.moves:
        while state.minute < move.minute:
            state = step(state, Move("advance", min(state.minute + 7, move.minute)))
        state = step(state, move)
    assert state == room.state
    assert state.comments == room.state.comments
    assert state.world.counts == room.state.world.counts
    assert state.kpis == room.state.kpis


def test_a_step_never_changes_the_state_it_starts_from() -> None:
    start = step(opening(Setup(PRICE, SEED)), Move("advance", 45))
    before = start.kpis, start.comments, start.world.counts, len(start.world.crisis.responses)
    one = step(start, Move("decide", 45, choice="rebuild"))
    two = step(start, Move("decide", 45, choice="deny"))
    ends = [step(state, Move("advance", 900)) for state in (one, two)]
    assert (start.kpis, start.comments, start.world.counts, len(start.world.crisis.responses)) == before
    assert ends[0].world.counts != ends[1].world.counts
    assert ends[0].world.counts[:25] == ends[1].world.counts[:25]


def test_answers_change_the_hours_after_them_only() -> None:
    quiet, loud = opening(Setup("data_leak", 5)), opening(Setup("data_leak", 5))
    loud = step(step(loud, Move("advance", 130)), Move("decide", 130, choice="rebuild"))
    quiet, loud = (step(state, Move("advance", 600)) for state in (quiet, loud))
    assert quiet.world.counts[: 24 + 3] == loud.world.counts[: 24 + 3]
    assert quiet.world.counts != loud.world.counts


def test_comments_come_at_their_own_minute() -> None:
    room = drill(PRICE, SEED, busy=True)
    seen: dict[str, int] = {}
    for _ in range(90):
        for comment in room.advance(1).comments:
            seen.setdefault(comment.id, room.state.minute)
    comments = room.state.comments
    assert [c.number for c in comments] == list(range(1, len(comments) + 1))
    assert all(seen[c.id] == c.minute for c in comments)
    assert len({c.minute for c in comments}) > 20
    assert {c.text for c in room.state.waiting} == {c.text for c in comments}


def test_two_busy_days_hold_about_two_thousand_comments() -> None:
    room = drill(PRICE, SEED, busy=True)
    room.decide("inform")
    room.give_up()
    plain = drill(PRICE, SEED)
    plain.give_up()
    assert 1_900 <= len(room.state.comments) <= 3_000
    assert 300 <= len(plain.state.comments) <= 800


def test_decisions_open_when_they_are_due_and_close_when_answered() -> None:
    room = drill(PRICE, SEED)
    assert room.state.decision is None and room.state.next_decision == 30
    room.advance(29)
    assert room.state.decision is None
    assert room.advance(1).decision_since == 30
    assert set(room.state.decision.options) == {"a", "b", "c", "d", "e"}
    room.decide("c")
    assert room.state.decision is None and room.state.taken == {0: "c"} and room.state.paused
    room.advance(330)
    assert room.state.decision.number == 1
    room.decide(["diminish", "inform"], WORDS)
    assert room.state.taken[1] == "diminish+inform" and room.state.decision is None


def test_scheduled_posts_go_out_unless_they_are_paused() -> None:
    room = drill(PRICE, SEED)
    room.advance(100)
    assert [post.minute for post in room.state.out] == [65]
    room.pause_posts()
    room.advance(200)
    assert [post.minute for post in room.state.held] == [210]
    room.resume_posts()
    room.advance(500)
    assert [post.minute for post in room.state.out] == [65, 660] and room.kpis.posts_out == 2
    with pytest.raises(AnswerError, match="排程沒有停"):
        room.resume_posts()


def test_live_numbers_do_not_know_the_truth(room: CrisisDrill) -> None:
    kpis, state = room.kpis, room.state
    assert isinstance(kpis, Kpis) and kpis.level in ("S2", "S3")
    assert kpis.comments == len(state.comments) and kpis.waiting == len(state.waiting) == kpis.comments - len(
        state.acts
    )
    assert kpis.urgent == sum(c.flag is not None for c in state.waiting)
    assert kpis.first_reply == 40 and kpis.reply_due is not None and kpis.reply_late == 40 - kpis.reply_due
    assert not {"action", "intent", "stance", "label"} & {f.name for f in fields(state.comments[0])}
    with pytest.raises(AnswerError, match="真相還不能打開"):
        room.review()
    with pytest.raises(AnswerError):
        state.world.crisis.truth()


def test_the_first_reply_clock_runs_by_the_level() -> None:
    room = drill("data_leak", 1)
    assert room.kpis.level == "S4" and room.kpis.reply_due == 0
    room.advance(25)
    assert room.kpis.reply_late == 25
    room.decide("silence")
    assert room.kpis.first_reply is None


def test_numbers_of_a_running_hour_grow_with_it() -> None:
    room = drill(PRICE, SEED)
    mentions = [room.advance(20).kpis.mentions for _ in range(6)]
    world = room.state.world
    assert mentions[2] == world.counts[24][0] and mentions[5] == world.counts[25][0]
    assert mentions[0] != mentions[2]


def test_own_words_are_read_and_change_what_the_answer_is_worth() -> None:
    good = read(WORDS, ["inform"])
    hollow = read("造成大家不便，我們會檢討。", ["rebuild"])
    assert good.specific and not hollow.specific
    assert good.statement.score > hollow.statement.score
    assert read("網傳為不實訊息，並非我們所為。", ["rebuild"]).consistent < 0.5
    assert read("這款能治療糖尿病。").legal
    ends = []
    for text in (WORDS, "造成大家不便，我們會檢討。"):
        room = drill(PRICE, SEED)
        room.advance(40)
        room.decide("rebuild", text)
        room.give_up()
        ends.append(room.review().truth.form)
    assert ends[0].active >= ends[1].active


def test_a_text_cannot_switch_its_own_check_off() -> None:
    text = "如有造成不便，敬請見諒。"
    off = f"<!-- lint: off --> {text}"
    assert len(read(off).findings) >= len(read(text).findings) > 0


def test_a_record_replays_to_the_same_end(room: CrisisDrill) -> None:
    again = of_record(f"  {room.record[:40]}\n{room.record[40:]}  ")
    assert again.state.moves == room.state.moves and again.done
    ended = played(drill(PRICE, SEED))
    ended.give_up()
    assert of_record(ended.record).state == ended.state
    assert "\n" not in room.record and len(room.record) < 1_000


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda line: "", "不是演練紀錄"),
        (lambda line: line[:-9], "不是演練紀錄"),
        (lambda line: line.replace(f".{SEED}.", ".4.", 1), "檢查碼"),
        (lambda line: line.replace("drill1", "drill2"), "第 2 版"),
        (lambda line: 5, "不是演練紀錄"),
    ],
)
def test_a_record_that_was_changed_says_so(room: CrisisDrill, change, says: str) -> None:
    with pytest.raises(AnswerError, match=says):
        of_record(change(room.record))


@pytest.mark.parametrize(
    "moves",
    [
        [Move("act", 10, 10**6, "hide")],
        [Move("decide", 10, choice="cheat")],
        [Move("pause", 10), Move("pause", 5)],
        [Move("fly", 10)],
        [Move("act", 10**9, 1, "hide")],
    ],
)
def test_a_record_with_moves_that_cannot_be_is_refused(moves: list[Move]) -> None:
    line = records.packed(Setup(PRICE, SEED), moves)
    with pytest.raises((AnswerError, NotFound)):
        of_record(line)


def test_a_restart_loses_nothing(tmp_path: Path, room: CrisisDrill) -> None:
    file = tmp_path / "drill.jsonl"
    first = played(drill(PRICE, SEED, journal=file))
    again = drill(PRICE, SEED, journal=file)
    assert again.state == first.state == room.state
    assert again.kpis == first.kpis
    again.advance(60)
    assert drill(PRICE, SEED, journal=str(file)).state.minute == again.state.minute


def test_a_torn_last_line_is_cut_off_and_written_anew(tmp_path: Path) -> None:
    file = tmp_path / "drill.jsonl"
    first = drill(PRICE, SEED, journal=file)
    first.advance(40)
    first.decide("inform", WORDS)
    whole = file.read_bytes()
    for cut in (1, 30, len(whole) - whole.rstrip().rfind(b"\n") - 2):
        file.write_bytes(whole[:-cut])
        again = drill(PRICE, SEED, journal=file)
        assert again.journal is not None and again.journal.dropped
        assert again.state.minute == 40 and not again.state.said
        again.decide("rebuild")
        assert [s.response.strategies for s in drill(PRICE, SEED, journal=file).state.said] == [("rebuild",)]
    file.write_bytes(b'{"drill": 1, "scen')
    assert drill(PRICE, SEED, journal=file).state.minute == 0


def test_a_journal_of_something_else_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "drill.jsonl"
    drill(PRICE, SEED, journal=file).advance(10)
    kept = file.read_bytes()
    for other, says in (((PRICE, SEED + 1), "另一場"), (("data_leak", SEED), "另一場")):
        with pytest.raises(AnswerError, match=says):
            drill(*other, journal=file)
    with pytest.raises(AnswerError, match="另一場"):
        drill(PRICE, SEED, journal=file, busy=True)
    assert file.read_bytes() == kept
    head = json.loads(kept.splitlines()[0])
    file.write_text(json.dumps({**head, "drill": 99}) + "\n", encoding="utf-8")
    with pytest.raises(AnswerError, match="第 99 版"):
        drill(PRICE, SEED, journal=file)
    file.write_text("my diary\n", encoding="utf-8")
    with pytest.raises(AnswerError, match="不是演練日誌"):
        drill(PRICE, SEED, journal=file)
    assert file.read_text(encoding="utf-8") == "my diary\n"


@pytest.mark.parametrize(
    "line", ['["fly", 3]', '["act", 20, 999, "hide"]', "[1, 2]", "nonsense", '["advance", true]']
)
def test_a_line_that_makes_no_sense_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "drill.jsonl"
    drill(PRICE, SEED, journal=file).advance(10)
    with open(file, "a", encoding="utf-8") as stream:
        stream.write(line + "\n")
    with pytest.raises(AnswerError, match="第 3 列"):
        drill(PRICE, SEED, journal=file)


def test_two_windows_on_one_journal_do_not_mix(tmp_path: Path) -> None:
    file = tmp_path / "drill.jsonl"
    one, two = (drill(PRICE, SEED, journal=file) for _ in range(2))
    one.advance(10)
    with pytest.raises(AnswerError, match="另一個視窗"):
        two.advance(20)
    assert two.state.minute == 0
    assert drill(PRICE, SEED, journal=file).state.minute == 10


def test_a_move_that_could_not_be_written_did_not_happen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = drill(PRICE, SEED, journal=tmp_path / "drill.jsonl")
    room.advance(40)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(journals.os, "fsync", full)
    with pytest.raises(AnswerError, match="沒有生效"):
        room.decide("inform")
    monkeypatch.undo()
    assert not room.state.said
    room.decide("rebuild")
    assert len(drill(PRICE, SEED, journal=tmp_path / "drill.jsonl").state.said) == 1


def test_the_default_journal_lies_among_the_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIT_STATE_DIR", str(tmp_path))
    drill(PRICE, SEED, journal=True).advance(5)
    assert [file.name for file in (tmp_path / "drills").iterdir()] == ["wrong_price-3-2880.jsonl"]
    assert Journal.opened(False, Setup(PRICE, SEED)) is None


def test_hostile_words_survive_as_they_are(tmp_path: Path) -> None:
    room = drill(PRICE, SEED, journal=tmp_path / "drill.jsonl")
    room.advance(40)
    room.decide("inform", HOSTILE + "\ud800")
    again = drill(PRICE, SEED, journal=tmp_path / "drill.jsonl")
    assert again.state == room.state and again.state.said[0].text.startswith("<img")
    room.give_up()
    assert of_record(room.record).state == room.state


@pytest.mark.parametrize(
    ("wrong", "error", "says"),
    [
        (lambda r: r.advance(0), AnswerError, "不能前進 0"),
        (lambda r: r.advance(True), AnswerError, "不能前進"),
        (lambda r: r.decide("a"), NotFound, "策略 inform"),
        (lambda r: r.decide([]), NotFound, "可用的有"),
        (lambda r: r.decide("silence", "其實有話要說"), AnswerError, "沉默"),
        (lambda r: r.decide("inform", "字" * 2001), AnswerError, "2001"),
        (lambda r: r.decide("inform", 3), AnswerError, "不是文字"),
        (lambda r: r.act("nobody", "hide"), NotFound, "nobody"),
        (lambda r: r.act(10**6, "hide"), NotFound, "編號是 1 到"),
        (lambda r: r.act(1, "delete"), NotFound, "reply"),
        (lambda r: (r.act(1, "h"), r.act(1, "r")), AnswerError, "已經隱藏"),
        (lambda r: (r.pause_posts(), r.pause_posts()), AnswerError, "排程已經停了"),
        (lambda r: (r.give_up(), r.decide("inform")), AnswerError, "已經結束"),
        (lambda r: (r.give_up(), r.act(1, "hide")), AnswerError, "已經結束"),
    ],
)
def test_wrong_moves_say_what_to_do(wrong, error: type[Exception], says: str) -> None:
    room = drill(PRICE, SEED)
    room.advance(25)
    with pytest.raises(error, match=says):
        wrong(room)


@pytest.mark.parametrize(
    ("given", "error"),
    [
        (("no_such", 1), NotFound),
        ((PRICE, -1), AnswerError),
        ((PRICE, 2**40), AnswerError),
        ((PRICE, "7"), AnswerError),
    ],
)
def test_a_drill_that_cannot_be_is_refused(given: tuple, error: type[Exception]) -> None:
    with pytest.raises(error):
        drill(*given)
    with pytest.raises(AnswerError, match="minutes"):
        drill(PRICE, 1, minutes=30)


def test_a_comment_left_alone_may_be_taken_up_later() -> None:
    room = drill(PRICE, SEED)
    room.advance(60)
    room.act(1, "不處理")
    room.act(1, "回覆")
    assert room.state.acts[1].action == "reply"


def test_every_scenario_can_be_played_and_never_tells_before_its_end() -> None:
    for name in SCENARIOS:
        room = drill(name, 1)
        room.advance(100)
        assert room.state.brief and room.state.facts and room.state.decision
        assert "strateg" not in repr(room.state.decision)
        assert all(fact.known_to != "nobody_yet" for fact in room.state.facts)
