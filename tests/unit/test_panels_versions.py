"""The version explorer: five cards that follow the message, a version rewritten by hand, text that stays text."""

from __future__ import annotations

import re

import pytest

import xiaobian as xb
from xiaobian.planning.adapt.message import Message

NASTY = '<img src=x onerror="alert(1)">買一送一<script>alert(2)</script>'
TAGS = re.compile(r"<(?:img|script|b)\b", re.IGNORECASE)


@pytest.fixture(scope="module")
def panel():
    return xb.panels.versions_explorer()


def test_it_starts_with_five_versions_that_pass(panel):
    assert repr(panel).startswith("互動面板：") and panel._picture().startswith(b"\x89PNG")
    assert panel.cards.value.count("<section") == 5
    assert "5 版都通過平台檢查，內容一致" in panel.status.value
    assert all(box.description for box in (*panel.choices.values(), panel.typed, panel.by_hand))


def test_each_message_shows_its_own_versions(panel):
    before, seen = panel.choices["message"].value, set()
    for _, value in panel.choices["message"].options[:-1]:
        panel.choices["message"].value = value
        assert "執行錯誤" not in panel.status.value
        seen.add(panel.cards.value)
    panel.choices["message"].value = before
    assert len(seen) == len(panel.choices["message"].options) - 1


def test_a_change_by_hand_is_counted_checked_and_compared(panel):
    panel.choices["edit"].value = "threads"
    assert panel.by_hand.layout.display == "" and "880" in panel.by_hand.value
    assert panel.typed.layout.display == "none"
    right = panel.by_hand.value
    panel.by_hand.value = right.replace("880", "808")
    assert "有 1 處和訊息矛盾" in panel.status.value and "808" in panel.cards.value and "（手改）" in panel.cards.value
    panel.by_hand.value = "字" * 501
    assert "1 版還不能發" in panel.status.value and "太長" in panel.cards.value
    panel.by_hand.value = right
    assert "內容一致" in panel.status.value and "（手改）" not in panel.cards.value
    panel.choices["edit"].value = "none"
    assert panel.by_hand.layout.display == "none"


def test_what_a_learner_types_stays_text():
    own = xb.panels.versions_explorer({"n": Message(NASTY, title=NASTY, message_id="n")}, ["x", "youtube"])
    for value in (own.cards.value, own.status.value):
        assert not TAGS.search(value)
    own.choices["message"].value = "own"
    assert "還沒有訊息" in own.status.value and own.cards.value == "" and own._picture() is None
    own.typed.value = NASTY
    assert not TAGS.search(own.cards.value) and "&lt;img" in own.cards.value
    own.choices["edit"].value = "x"
    own.by_hand.value = NASTY + "\n---\n"
    assert not TAGS.search(own.cards.value + own.status.value)


def test_a_message_without_words_is_told_not_raised():
    own = xb.panels.versions_explorer({"n": Message("早安。", message_id="n")}, ["x"])
    own.choices["message"].value = "own"
    own.typed.value = "🎉"
    assert "還不能改寫" in own.status.value and own.cards.value == ""
