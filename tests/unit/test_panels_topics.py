"""Triage: one topic at a time, everything decided before the truth opens, text stays text."""

import html

import pytest

import xiaobian as xb
from xiaobian.panels.topics import LEAVE, TAKE, Pass, topic_triage, triage_control
from xiaobian.plotting import to_png
from xiaobian.sandbox.topics import radar, radar_and_truth
from xiaobian.trends.bursts import bursts

SEED = 13


@pytest.fixture(scope="module")
def seen():
    return bursts(radar(SEED).volumes)


@pytest.fixture(scope="module")
def drawn(seen):
    return to_png(seen.plot(radar(SEED).topics["topic"].iloc[0]))


@pytest.fixture
def panel(tmp_path, monkeypatch, seen, drawn):
    """Pictures are drawn once, for the first topic; the rest of the triage does not depend on them."""
    monkeypatch.setattr("xiaobian.panels.topics.to_png", lambda _: drawn)
    monkeypatch.setattr(type(seen), "plot", lambda self, topic: topic)
    monkeypatch.setenv("KIT_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("KIT_STRICT", "1")
    return topic_triage(radar(SEED), seen)


def test_each_topic_has_its_own_curve(tmp_path, monkeypatch, seen):
    monkeypatch.setenv("KIT_STATE_DIR", str(tmp_path))
    panel = topic_triage(radar(SEED), seen)
    first = bytes(panel.parts["picture"].value)
    press(panel, "下一個")
    second = bytes(panel.parts["picture"].value)
    assert first != second and second.startswith(b"\x89PNG")
    press(panel, "上一個")
    assert bytes(panel.parts["picture"].value) == first


def press(panel, name, times=1):
    for _ in range(times):
        panel.parts["buttons"][name].click()


def test_nothing_is_decided_at_the_start(panel):
    assert repr(panel).startswith("互動面板：") and panel.control.read() is None
    assert panel.reveal.disabled and panel.feedback.value == ""
    assert bytes(panel.parts["picture"].value).startswith(b"\x89PNG")
    assert "第 1／20 個" in panel.parts["head"].value and "還有 20 個沒決定" in panel.parts["head"].value


def test_each_topic_comes_with_what_one_needs_to_know(panel):
    row = radar(SEED).topics.iloc[0]
    card = html.unescape(panel.parts["card"].value)
    for text in (row["topic"], row["note"], row["tags"], f"{row['rivals']} 家已經發了", "契合"):
        assert text in card


def test_a_decision_goes_on_and_can_be_changed(panel):
    press(panel, "採用")
    assert panel.state.letters[0] == TAKE and panel.state.at == 1
    press(panel, "上一個")
    press(panel, "略過")
    assert panel.state.letters[0] == LEAVE and panel.state.at == 1
    press(panel, "下一個", 50)
    assert panel.state.at == 19
    press(panel, "上一個", 50)
    assert panel.state.at == 0


def test_the_truth_waits_for_all_twenty(panel):
    truth = radar_and_truth(SEED)[1]
    good = set(truth.loc[truth["value"] > 0, "topic"])
    for topic in panel.state.topics[:-1]:
        press(panel, "採用" if topic in good else "略過")
    assert panel.reveal.disabled and panel.control.read() is None
    press(panel, "採用" if panel.state.topics[-1] in good else "略過")
    assert not panel.reveal.disabled
    panel.reveal.click()
    assert "真相卡" in panel.feedback.value and "拿到最好選法的 100%" in panel.feedback.value
    assert set(panel.state.taken) == good


def test_the_first_choice_is_the_one_that_counts(panel):
    press(panel, "略過", 20)
    panel.reveal.click()
    assert "一個都沒做" in panel.feedback.value
    press(panel, "上一個", 30)
    press(panel, "採用")
    panel.reveal.click()
    assert "一個都沒做" in panel.feedback.value


def test_the_keyboard_reaches_every_control(panel):
    for button in panel.parts["buttons"].values():
        assert button.description and button.tooltip


def test_an_answer_can_be_shown_again(seen):
    control = triage_control(radar(SEED), seen)
    control.show("AB" * 10)
    assert control.read() == "AB" * 10
    control.show("A")
    assert control.read() is None


def test_a_pass_skips_what_is_decided():
    state = Pass(["甲", "乙", "丙"], [TAKE, "", ""])
    state.at = 2
    state.decide(LEAVE)
    assert state.at == 1 and state.left == 1
    state.decide(TAKE)
    assert state.answer == "AAB" and state.taken == ["甲", "乙"] and state.at == 1


def test_headlines_are_escaped(seen, monkeypatch, drawn):
    monkeypatch.setattr("xiaobian.panels.topics.to_png", lambda _: drawn)
    board = radar(SEED)
    name = "<b>粗</b>"
    topics = board.topics.assign(topic=[name, *board.topics["topic"][1:]])
    old = board.topics["topic"].iloc[0]
    volumes = board.volumes.assign(topic=board.volumes["topic"].replace(old, name))
    changed = type(board)(board.seed, topics, volumes, board.of, board.today)
    assert "<b>粗</b>" not in topic_triage(changed).parts["card"].value


def test_it_is_on_the_public_list():
    assert xb.panels.topic_triage is topic_triage
