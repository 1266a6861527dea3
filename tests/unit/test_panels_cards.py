"""The bench of one card and the control of the repair question."""

import pytest

import xiaobian as xb
from xiaobian.panels.cards import card_explorer, findings_html, repair_control
from xiaobian.planning import design
from xiaobian.planning.design.broken import broken_cards, reviewed, ways


@pytest.fixture
def card():
    return design.load_many(xb.datasets.path("planning/cards.yml"))["門市公告"]


@pytest.fixture
def bench(card, monkeypatch):
    monkeypatch.setenv("KIT_STRICT", "1")
    return card_explorer(card).bench


def test_the_panel_starts_at_the_headline_and_says_what_it_finds(bench, card):
    assert bench.controls["block"].value == card.place("headline")
    assert bench.controls["size"].value == 158 and bench.controls["alt"].value == card.alt
    assert bytes(bench.picture.value).startswith(b"\x89PNG") and "沒有找到" in bench.told.value
    assert all(control.description for control in bench.controls.values())


def test_every_control_changes_card_picture_and_findings(bench, card):
    bench.controls["block"].value = card.place("body")
    for name, value, words in (
        ("size", 20, "在手機上只有"), ("colour", "#EFE3CC", "對比"), ("y", 1330, "超出畫面"), ("alt", "圖片", "替代文字是"),
    ):  # fmt: skip
        before = bytes(bench.picture.value)
        bench.controls[name].value = value
        assert words in bench.told.value, name
        assert (bytes(bench.picture.value) != before) == (name != "alt")
    bench.reset.click()
    assert bench.card == card and "沒有找到" in bench.told.value and bench.controls["alt"].value == card.alt


def test_looking_at_another_block_changes_nothing(bench, card):
    for place in range(len(card.blocks)):
        bench.controls["block"].value = place
        assert bench.controls["size"].value == card.blocks[place].size
    assert bench.card == card


def test_a_colour_that_is_not_the_brands_is_kept_in_the_list(card):
    bench = card_explorer(card.changed("body", colour="#123456")).bench
    bench.controls["block"].value = card.place("body")
    assert bench.controls["colour"].value == "#123456" and bench.card.blocks[card.place("body")].colour == "#123456"


def test_several_cards_can_be_chosen_from(card):
    bench = card_explorer([card, broken_cards()["熟客訊息"].card]).bench
    bench.controls["card"].value = 1
    assert bench.card.name == "熟客訊息" and "必須修改" in bench.told.value


def test_words_stay_words(card):
    bad = card.changed("body", text="<script>1", size=12)
    shown = findings_html(design.lint(bad))
    assert "<script>" not in shown and "&lt;script&gt;" in shown and 'role="status"' in shown


def test_the_repair_control_answers_when_every_list_has_a_letter():
    two = list(broken_cards().values())[:2]
    control = repair_control(two)
    assert control.read() is None
    control.show("CCCB")
    assert control.read() == "CCCB"
    assert len(control.widget.children) == 2


def test_each_broken_card_has_one_way_that_mends_it_all_and_its_faults_are_found():
    for name, broken in broken_cards().items():
        assert reviewed(broken, "").count("error") >= 1, name
        assert broken.share(broken.right) == 1 and reviewed(broken, broken.right).passed, name
        assert broken.repaired("A" * len(broken.choices)) == broken.card, name


def test_half_a_repair_earns_half_at_most():
    broken = broken_cards()["霜降焙茶"]
    assert [way for way in ways(broken) if broken.share(way) > 0.7] == [broken.right]


def test_the_alt_text_is_read_out_only_where_it_can_be_changed():
    cards = broken_cards()
    boxes = repair_control([cards["怎麼保存"], cards["霜降焙茶"]]).widget.children
    assert ["報讀軟體會唸" in box.children[1].children[-1].value for box in boxes] == [True, False]
