"""A summary beside its source: planted errors are found, clean lines pass, and what the rules miss is known."""

from __future__ import annotations

import pandas as pd
import pytest

from xiaobian.ai.fidelity import _articles, article, cover, factcheck
from xiaobian.errors import NotFound, TableError
from xiaobian.panels.summary import WAYS, picked, summary_explorer
from xiaobian.text.summary import sentences

NAMES = sorted(_articles())


@pytest.fixture(scope="module")
def checked() -> pd.DataFrame:
    parts = []
    for name in NAMES:
        text = article(name)
        found = factcheck(text.text, list(text.lines["text"]), text.facts)
        parts.append(found.lines.assign(error=text.lines["error"].to_numpy()))
    return pd.concat(parts, ignore_index=True)


def test_clean_lines_pass_and_planted_errors_are_caught(checked):
    clean, planted = checked[checked["error"] == "none"], checked[checked["error"] != "none"]
    assert set(clean["verdict"]) == {"ok"}
    caught = planted.assign(found=planted["verdict"] != "ok").groupby("error")["found"].mean()
    assert (caught[["number", "negation", "hedge", "invented"]] == 1).all()
    assert caught["subject"] < 1, "the rules are not said to see who is meant"


def test_a_verdict_names_the_kind_of_error(checked):
    assert set(checked.loc[checked["error"] == "number", "verdict"]) == {"number"}
    assert set(checked.loc[checked["error"] == "invented", "verdict"]) == {"nowhere"}


@pytest.mark.parametrize("name", NAMES)
def test_the_whole_text_keeps_every_fact_and_nothing_else_does(name):
    text = article(name)
    whole = factcheck(text.text, [s.text for s in sentences(text.text)], text.facts)
    assert whole.coverage == 1 and whole.flagged.empty and 0.9 < whole.length <= 1
    assert factcheck(text.text, "今天天氣很好。", text.facts).coverage == 0


@pytest.mark.parametrize("name", NAMES)
def test_picking_by_the_facts_keeps_more_than_any_other_way(name):
    text = article(name)
    for k in (3, 6):
        kept = {way: factcheck(text.text, picked(text, way, k), text.facts).coverage for way in WAYS.values()}
        assert kept["cover"] == max(kept.values())
    assert factcheck(text.text, cover(text.text, text.facts, 6), text.facts).coverage == 1


def test_a_lost_number_loses_the_fact():
    found = factcheck("保證收購價每公斤 38 元。", "保證收購價每公斤 35 元。", {"price": "保證收購價每公斤 38 元"})
    assert not found.facts["kept"].iloc[0] and found.facts["missing"].iloc[0] == "38 元"
    assert found.lines["verdict"].tolist() == ["number"]


def test_words_and_errors():
    found = factcheck("明天不營業。", "明天營業。")
    assert found.say().startswith("1 句裡有 1 句要對原文") and pd.isna(found.coverage)
    assert found.plot().summary == found.say()
    with pytest.raises(TableError, match="都要有字"):
        factcheck("", "摘要")
    with pytest.raises(NotFound, match="rice_report"):
        article("nothing")


def test_the_panel_follows_its_choices():
    panel = summary_explorer(article("store_move"))
    before = (panel.picture.value, panel.sentence.value)
    panel.choices["way"].value = "cover"
    panel.choices["k"].value = "6"
    assert panel.picture.value != before[0] and "都留住了" in panel.sentence.value
    assert repr(panel).startswith("互動面板")
