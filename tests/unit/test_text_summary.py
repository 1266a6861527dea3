"""Sentences of Chinese posts, and extracts that keep what carries most."""

from __future__ import annotations

import pytest

from xiaobian.text.summary import bullet, extract, lead, sentences

NOTICE = (
    "大家好！嶼穗茶食十月五日全天盤點，六家門市都不營業。線上商店照常接單，十月六日起依序出貨。"
    "盤點是為了換新的庫存系統。系統換好之後，門市可以查到其他店的現貨。造成不便，請大家見諒。謝謝！"
)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("好喝！真的？再來一杯。", ["好喝！", "真的？", "再來一杯。"]),
        ("她說：「好喝。」然後笑了。", ["她說：「好喝。」", "然後笑了。"]),
        ("第一行\n第二行\n\n第三行", ["第一行", "第二行", "第三行"]),
        ("價格 3.5 元，很便宜", ["價格 3.5 元，很便宜"]),
        ("", []),
    ],
)
def test_sentences_are_cut_where_people_would(text, wanted):
    assert [s.text for s in sentences(text)] == wanted


def test_places_point_into_the_text():
    for sentence in sentences(NOTICE):
        assert NOTICE[sentence.start : sentence.end] == sentence.text


def test_lead_passes_over_greetings():
    assert lead(NOTICE, 1)[0].text.startswith("嶼穗茶食十月五日")


def test_an_extract_keeps_order_size_and_words():
    chosen = extract(NOTICE, 3)
    assert [s.place for s in chosen] == sorted(s.place for s in chosen)
    assert len(chosen) == 3
    assert all(s.text in NOTICE for s in chosen)
    assert chosen[0].text.startswith("嶼穗茶食十月五日")


def test_two_sentences_that_say_the_same_are_taken_once():
    text = "十月五日盤點不營業。十月五日盤點門市不營業。十月六日照常營業。提貨請提早一天。"
    chosen = [s.text for s in extract(text, 2)]
    assert not {"十月五日盤點不營業。", "十月五日盤點門市不營業。"} <= set(chosen)


def test_a_short_text_is_kept_whole():
    assert [s.text for s in extract("十月五日盤點。", 3)] == ["十月五日盤點。"]


def test_a_bullet_loses_its_list_sign_and_full_stop():
    assert bullet("- 3. 當天不營業。") == "3. 當天不營業"
    assert bullet("2）照常出貨；") == "照常出貨"
