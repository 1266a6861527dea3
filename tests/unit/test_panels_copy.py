"""The copy desk and the explorers of interaction: text stays text, every control changes what is shown."""

import html

import pytest

import xiaobian as xb
from xiaobian.panels.interaction import EDGES, MEASURES
from xiaobian.planning.copywriting.review import review_copy
from xiaobian.sandbox.interaction import SEGMENTS

HOSTILE = "<img src=x onerror=alert(1)>留言+1抽獎!"


@pytest.fixture(scope="module")
def desk():
    return xb.panels.copy_desk("冷泡茶你泡幾小時？")


def test_a_clean_caption_may_go_and_an_empty_one_says_nothing(desk):
    assert "✓ 可以發" in desk.status.value and repr(desk).startswith("互動面板：")
    desk.area.value = ""
    assert "還沒有文案" in desk.status.value and desk.told.value == ""


def test_what_is_typed_stays_text(desk):
    desk.area.value = HOSTILE
    assert "▲ 先改" in desk.status.value
    for shown in (desk.status.value, desk.told.value):
        assert "<img" not in shown
    assert "照樣留一個字" in html.unescape(desk.told.value)


def test_the_platform_changes_what_is_asked(desk):
    desk.area.value = "午茶 #焙茶 #戚風"
    desk.choice.value = "instagram"
    assert "✓" in desk.status.value
    desk.choice.value = "threads"
    assert "▲ 先改" in desk.status.value and "超過 1 個" in desk.told.value


def test_ten_thousand_signs_do_not_hang_it(desk):
    desk.area.value = "茶" * 10_000
    assert "▲" in desk.status.value


def test_a_review_tells_problems_and_suggestions_apart():
    found = review_copy("太好吃了！！！")
    assert found.ok and "可以更好" in found.say()
    assert not review_copy("標記三位好友抽獎").ok and not review_copy("").ok
    assert "role" not in repr(found)


@pytest.fixture(scope="module")
def forms():
    return xb.panels.form_explorer(204)


def test_participation_and_value_rank_differently(forms):
    assert "抽獎" in forms.sentence.value
    forms.choices["measure"].value = "value"
    assert "機率" in forms.sentence.value


@pytest.mark.parametrize("measure", [m for m in MEASURES.values() if m != "join"])
def test_each_measure_has_its_picture(forms, measure):
    forms.choices["measure"].value = measure
    assert bytes(forms.picture.value).startswith(b"\x89PNG")


def test_each_segment_can_be_chosen(forms):
    assert {value for _, value in forms.choices["segment"].options} == set(SEGMENTS)


def test_a_challenge_below_one_dies_and_above_one_meets_its_edge():
    panel = xb.panels.challenge_explorer()
    assert "K 小於 1" in panel.sentence.value
    panel.choices["invites"].value = "8"
    assert "5,000" in panel.sentence.value and "大於等於 1" in panel.sentence.value
    assert set(EDGES.values()) == {v for _, v in panel.choices["edge"].options}
    assert all(box.description.endswith("：") for box in panel.choices.values())
