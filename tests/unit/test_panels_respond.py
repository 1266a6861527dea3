"""The desk of the first word: nothing opens before a commitment, text stays text; the explorer of weights."""

import pytest

from xiaobian.crisis.answering.old_cases import replayed
from xiaobian.crisis.answering.opening import HOURS, first_word
from xiaobian.errors import AnswerError, NotFound
from xiaobian.panels import respond_desk, weight_explorer
from xiaobian.panels.respond import CASES, Desk
from xiaobian.sandbox.crisis.scenarios import STRATEGIES

HOSTILE = '<img src=x onerror="alert(1)"> =HYPERLINK("x")'
TEXT = "昨天下單的客人，你的訂單先保留。是我們少打一個零，對不起。還在核對，中午 12 點更新。"


@pytest.fixture(autouse=True)
def strict(monkeypatch):
    monkeypatch.setenv("KIT_STRICT", "1")


@pytest.fixture(scope="module")
def opened():
    word = first_word("wrong_price", 4)
    word.commit("diminish", TEXT, hour=1)
    return word.reveal()


def test_the_truth_is_closed_until_one_commits():
    word = first_word("wrong_price", 4)
    with pytest.raises(AnswerError):
        word.reveal()
    assert "accidental" not in repr(word) and "意外型" not in repr(word)
    assert all(fact.known_to != "nobody_yet" and fact.hour <= 1 for fact in word.facts())


def test_an_answer_is_one_that_can_be_given():
    word = first_word("wrong_price", 4)
    for strategies, text, hour in (("silence", TEXT, 1), ("inform", "", 1), ("inform", TEXT, 2)):
        with pytest.raises(AnswerError):
            word.commit(strategies, text, hour)
    for unknown in ("pray", []):
        with pytest.raises(NotFound):
            word.commit(unknown, TEXT)


def test_what_opens_is_the_sandboxs_truth(opened):
    truth = opened.truth
    assert truth.cluster == "accidental" and truth.responses[0].response.text == TEXT
    assert set(opened.others["strategy"]) == set(STRATEGIES) and set(opened.others["delay"]) == {1.0}
    assert opened.regret.oracle >= opened.regret.value and "設計參數" in repr(opened)
    with pytest.raises(AnswerError):
        word = first_word("wrong_price", 4)
        word._opened = opened
        word.commit("deny", TEXT)


def test_a_text_that_contradicts_its_strategy_is_less_consistent():
    word = first_word("wrong_price", 4)
    word.commit("deny", TEXT, hour=1)
    assert word.reveal().truth.form.consistent == 0.0 and "矛盾" in word.reveal().say()


def test_an_old_case_is_replayed_at_every_hour():
    old = replayed("wrong_price", 4)
    assert list(old.table.columns) == list(HOURS) and set(old.table.index) == set(STRATEGIES)
    assert old.by_strategy > 0 and old.by_hour > 0 and "意外型" in old.say()


def test_the_desk_checks_while_one_writes_and_opens_once():
    panel = respond_desk("wrong_price", 4)
    desk = panel.desk
    assert desk.told.value == "" and desk.pick.read() is None and desk.picture.layout.display == "none"
    desk.send_button.click()
    assert "還不能送出" in desk.status.value and not desk.send_button.disabled
    desk.area.value = TEXT
    assert "第一句" in desk.told.value or "守住" in desk.told.value
    desk.pick.show("C")
    desk.send_button.click()
    assert "真相打開了" in desk.status.value and desk.send_button.disabled and desk.area.disabled
    assert panel._picture() and "意外型" in desk.status.value


def test_text_stays_text():
    desk = Desk("wrong_price", 4, text=HOSTILE)
    desk.area.value = f"{HOSTILE}如有造成不便，敬請見諒"
    for shown in (desk.told.value, desk.status.value):
        assert "<img" not in shown


def test_the_explorer_says_which_is_heavier():
    panel = weight_explorer()
    panel.choices["case"].value = CASES["受害者型"]
    assert "歸責 0.15" in panel.sentence.value
    panel.choices["case"].value = CASES["可預防型，有前科"]
    panel.choices["strategy"].value = "deny"
    assert "配合是 −1.0" in panel.sentence.value
    assert len(panel.picture.value) > 1000
