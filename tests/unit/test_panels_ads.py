"""The advert desk and the control of the rewriting question."""

from __future__ import annotations

import pytest

from xiaobian.crisis.adverts.cases import advert_cases
from xiaobian.panels.ads import ad_desk, rewrite_control

HOSTILE = "<img src=x onerror=alert(1)>=1+1 喝了瘦三公斤"


@pytest.fixture(scope="module")
def desk():
    return ad_desk()


def test_it_starts_with_an_advert_and_its_risks(desk):
    assert "找到 2 處風險" in repr(desk) and "2 處要改" in desk.status.value
    assert "第 28 條" in desk.told.value and "改的方向" in desk.told.value


def test_risks_follow_text_name_picture_and_relation(desk):
    desk.pick.value = ""
    assert "未作答" in desk.status.value and desk.area.value == ""
    desk.area.value = "黑豆穀飲用台南黑豆煮的，無糖"
    assert "請人再讀" in desk.status.value and "✓" not in desk.status.value + desk.told.value
    assert "風險提示，不是法律意見" in desk.told.value and "2026-11" in desk.told.value
    desk.name.value = "順壓茶"
    assert "1 處要改" in desk.status.value
    desk.name.value, desk.picture.value = "黑豆穀飲", "血壓計"
    assert "血壓計" in desk.told.value
    desk.picture.value, desk.bond.value = "", "gift"
    assert "揭露" in desk.told.value
    desk.bond.value = "none"


def test_the_kind_of_product_changes_the_law(desk):
    desk.area.value = "三天治好濕疹"
    for kind, law in (("food", "食品安全"), ("cosmetics", "化粧品衛生"), ("goods", "藥事法")):
        desk.kind.value = kind
        assert law in desk.told.value


def test_text_stays_text(desk):
    desk.area.value = desk.name.value = desk.picture.value = HOSTILE
    assert "<img" not in desk.status.value + desk.told.value


def test_every_control_has_a_name(desk):
    assert all(
        box.description for box in (desk.pick, desk.kind, desk.bond, desk.name, desk.picture, desk.area)
    )


def test_the_rewriting_control_keeps_each_text():
    control = rewrite_control(advert_cases("exercise"))
    box = control.widget
    assert control.read() is None and "寫了 0／15" in box.xb_done.value
    box.xb_area.value = "冷泡金萱\n第二行"
    box.xb_on.click()
    assert box.xb_pick.value == "A02" and box.xb_area.value == ""
    box.xb_area.value = HOSTILE
    assert control.read() == f"A01｜冷泡金萱 第二行\nA02｜{HOSTILE}"
    assert "<img" not in box.xb_brief.value + box.xb_done.value
    other = rewrite_control(advert_cases("exercise"))
    other.show(control.read())
    assert other.read() == control.read() and other.widget.xb_area.value == "冷泡金萱 第二行"


def test_the_brief_shows_advert_facts_and_relation():
    control = rewrite_control(advert_cases("exercise"))
    control.widget.xb_pick.value = "A11"
    assert "付費" in control.widget.xb_brief.value and "可以說的事實" in control.widget.xb_brief.value
