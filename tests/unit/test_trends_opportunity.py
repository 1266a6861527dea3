"""Opportunity: the gate stops whatever the score, the score is a product, and chasing the biggest curve loses."""

import numpy as np
import pandas as pd
import pytest

from xiaobian.errors import TableError
from xiaobian.sandbox.topics import radar_and_truth, share
from xiaobian.trends.bursts import bursts
from xiaobian.trends.opportunity import opportunity
from xiaobian.trends.risks import gate, risks

BRAND = {"茶": 1.0, "甜點": 0.8}


def topics(**change):
    base = {"topic": "冷泡茶", "tags": "茶", "note": "自嘲照", "excess": 4.0, "half_life": 2.0}
    return pd.DataFrame([base | change])


def score(**change):
    return float(opportunity(topics(**change), BRAND).table["score"].iloc[0])


def test_the_score_is_a_product():
    assert score() == pytest.approx((4 * 2**-0.5) / (1 + 4 * 2**-0.5))
    assert score(tags="3C") == score(excess=0.0) == score(saturation=1.0) == 0
    assert score(saturation=0.5) == pytest.approx(score() / 2)
    assert score(tags="茶、3C") == pytest.approx(score() / 2)


def test_what_fades_sooner_scores_less_and_waiting_costs():
    assert score(half_life=0.5) < score(half_life=1.0) < score(half_life=4.0)
    later = opportunity(topics(), BRAND, delay=3).table["score"].iloc[0]
    assert later < score()


@pytest.mark.parametrize("excess", [1.0, 50.0, 5000.0])
def test_a_risk_stops_the_post_whatever_the_score(excess):
    row = opportunity(topics(note="山區撤離中", excess=excess), BRAND).table.iloc[0]
    assert row["decision"] == "停" and row["risk"] == "災害" and np.isnan(row["score"])


def test_a_person_may_mark_a_risk_the_words_do_not_show():
    row = opportunity(topics(risk="死傷"), BRAND).table.iloc[0]
    assert (row["decision"], row["words"]) == ("停", "人工標記")
    with pytest.raises(TableError, match="可用的有"):
        opportunity(topics(risk="不好笑"), BRAND)


def test_a_topic_of_unknown_origin_is_looked_up_first():
    found = opportunity(topics(note=""), BRAND)
    assert found.table["decision"].iloc[0] == "先查" and found.accepted == []
    assert opportunity(topics(note="", excess=0.01), BRAND).table["decision"].iloc[0] == "不做"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("地震後的冰箱", "災害"), ("送他最後一程，悼念大哥", "死傷"), ("公投怎麼投", "政治"), ("國小生的便當", "未成年"),
        ("三天排毒餐", "健康與療效"), ("笑移工口音", "歧視"), ("偷拍的影片", "個資與訴訟"),
    ],
)  # fmt: skip
def test_every_kind_of_risk_has_words(text, kind):
    assert gate(text, "x").risk == kind


@pytest.mark.parametrize(
    "text", ["爆炸好吃的粽子", "熱到笑死", "上班累死了", "追劇看喪屍片配什麼", "新款口味爆炸上市"]
)
def test_harmless_words_pass(text):
    assert gate(text, "來源清楚").state == "過"


def test_a_harmless_phrase_does_not_cover_a_real_one():
    assert gate("熱到笑死", "有人中暑身亡").risk == "死傷"


def test_every_risk_says_why():
    assert len({risk.id for risk in risks()}) == 7 and all(risk.why for risk in risks())


def test_headlines_alone_let_some_risks_through():
    """Why the note exists: the list is a first sieve."""
    missed = []
    for seed in range(30):
        _, truth = radar_and_truth(seed)
        risky = set(truth.loc[truth["risk"] != "", "topic"])
        missed += [t for t in risky if gate(t).state != "停"]
    assert len(missed) > 20


def test_in_the_sandbox_it_beats_the_biggest_curves_and_posting_everything():
    ours, biggest = [], []
    for seed in range(6):
        seen, truth = radar_and_truth(seed)
        found = opportunity(seen.topics, seen.interests, bursts(seen.volumes), of=seen.of)
        ours.append(share(truth, found.accepted))
        now = seen.volumes.groupby("topic")["mentions"].last().nlargest(5).index
        biggest.append(share(truth, now))
    assert np.median(ours) > 0.55 and np.median(biggest) < 0 and min(ours) > 0


def test_rising_topics_carry_no_false_precision():
    seen, _ = radar_and_truth(3)
    burst = bursts(seen.volumes)
    table = opportunity(seen.topics, seen.interests, burst, of=seen.of).table.set_index("topic")
    fading = burst.now.loc[burst.now["phase"] == "退燒", "topic"]
    both = table.loc[table.index.intersection(fading)].dropna(subset=["score"])
    assert ((both["low"] <= both["score"] + 0.02) & (both["score"] <= both["high"] + 0.02)).all()


def test_it_says_and_draws_and_notes_what_is_unknown():
    table = pd.concat([topics(), topics(topic="颱風夜", note="撤離")])
    found = opportunity(table, BRAND)
    assert "可以做 1 個" in found.say() and "停 1 個" in found.say() and "災害" in found.say()
    assert repr(found.plot()).startswith("圖：2 個話題裡，1 個值得做")
    assert any("當成還沒有人跟" in note for note in found.notes)
    assert any("契合當成 0：3C" in note for note in opportunity(topics(tags="3C"), BRAND).notes)


@pytest.mark.parametrize(
    ("table", "brand", "given", "said"),
    [
        (topics().drop(columns="tags"), BRAND, {}, "tags"),
        (topics().drop(columns="excess"), BRAND, {}, "bursts"),
        (topics(saturation=40), BRAND, {}, "百分比"),
        (topics(rivals=4), BRAND, {}, "of="),
        (topics(), {"茶": 5}, {}, "0 到 1"),
        (topics(), BRAND, {"delay": -1}, "delay"),
        (pd.concat([topics(), topics()]), BRAND, {}, "兩列"),
    ],
)
def test_bad_tables_say_what_to_do(table, brand, given, said):
    with pytest.raises(TableError, match=said):
        opportunity(table, brand, **given)


def test_a_topic_without_a_series_says_so():
    seen, _ = radar_and_truth(3)
    with pytest.raises(TableError, match="寫得一樣"):
        opportunity(topics(), BRAND, bursts(seen.volumes))
