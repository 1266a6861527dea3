"""Triage: safety wins, criticism stays, doubt goes to a person; and what the figures of the benchmark rest on."""

import pandas as pd
import pytest

import xiaobian as xb
from xiaobian.crisis.community import triaging
from xiaobian.crisis.community.triaging import COLUMNS, QUEUES, rules, triage
from xiaobian.errors import TableError
from xiaobian.sandbox.words.templates import ACTIONS, INTENTS

URGENT = {
    "selfharm": "我真的不想活了，謝謝你們一直以來的蛋糕",
    "threat": "我知道那個店員幾點下班，今晚就去堵她",
    "exposing": "這是店長的手機0900-111-222，大家去問候他",
    "personal_data": "我的身分證字號A123456789，幫我查訂單",
    "health": "我媽吃完嘴唇腫起來，現在在急診",
    "object": "蛋糕裡咬到一小片玻璃，照片留著",
    "spoiled": "買回來才發現已經過期兩天",
    "label": "包裝上沒有標花生，我女兒會過敏",
    "legal": "我已經請律師寫存證信函了",
    "conduct": "店員當著大家的面羞辱我媽",
    "impostor": "有人冒用你們的名字私訊我，叫我匯款",
    "leak": "我登入之後看得到別人的訂單和電話",
    "scam": "恭喜中獎，請點我頭像加賴領取，先付手續費",
    "rumor": "聽說他們用的蛋被驗出農藥，大家先不要買",
    "stop": "限動那張還沒刪欸，快撤",
}
CRITICS = (
    "又漲價，一顆要八十，吃相真的難看", "難吃，這輩子不會再買", "你們客服是死了嗎，回一下好不好", "小編文案寫得有夠爛", "等了四十分鐘還做錯，爛透",
    "什麼爛店，退錢", "這蛋糕跟紙板一樣",
)  # fmt: skip


@pytest.fixture(scope="module")
def urgent() -> pd.DataFrame:
    return triage(list(URGENT.values())).table


def test_each_rule_of_safety_has_an_example_and_catches_it(urgent):
    safety = [rule.id for rule in rules() if rule.safety]
    assert set(safety) - {"media"} == set(URGENT)
    assert triage(list(URGENT.values())).rule.tolist() == list(URGENT)
    assert urgent["urgent"].all() and set(urgent["queue"]) == {"now"}


def test_no_joke_takes_back_a_call_for_help():
    """Rules of life have no exception; a threat of law may be a joke."""
    by_id = {rule.id: rule for rule in rules()}
    assert (
        by_id["selfharm"].unless is None
        and by_id["threat"].unless is None
        and by_id["personal_data"].unless is None
    )
    assert triage(["哈哈哈好想死，我真的不想活了"]).table["action"].tolist() == ["care"]
    assert not triage(["再這麼好吃我要告你們哈哈哈"]).table["action"].eq("escalate").any()


def test_rules_win_over_the_classifier(monkeypatch):
    """Whatever the classifier says, a rule of safety decides."""
    monkeypatch.setattr(triaging, "_chances", _always("praise"))
    found = triage([URGENT["health"], "今天的蛋糕"]).table
    assert found["action"].tolist() == ["escalate", "like"]


def test_criticism_is_never_hidden():
    found = triage(list(CRITICS)).table
    assert not found["action"].isin(["hide", "report"]).any()
    assert triage(["你這個智障小編去死"]).table["action"].tolist() == ["hide"]


def test_doubt_goes_to_a_person(monkeypatch):
    names = triaging.model().intent.names
    flat = lambda texts: pd.DataFrame(1 / len(names), index=range(len(texts)), columns=names).to_numpy()  # noqa: E731
    monkeypatch.setattr(triaging, "_chances", flat)
    monkeypatch.setattr(triaging, "_limit", lambda label: 1.0)
    table = triage(["嗯這個那個", "？"]).table
    assert set(table["queue"]) == {"glance"} and not table["urgent"].any()
    monkeypatch.setattr(triaging, "_limit", lambda label: 0.0)
    table = triage(["嗯這個那個"]).table
    assert "寧可看錯" in table["why"][0] and not table["urgent"].any()
    monkeypatch.setattr(triaging, "LIKELY", 0.0)
    assert triage(["嗯這個那個"]).table["urgent"].all()


def test_praise_in_a_bad_mood_is_read_by_a_person(monkeypatch):
    monkeypatch.setattr(triaging, "_chances", _always("praise"))
    table = triage(["等了一小時還送錯，態度又差，真是太感謝了"]).table
    assert table["queue"].tolist() == ["glance"] and "反話" in table["why"][0]


def _always(intent):
    names = triaging.model().intent.names
    row = [0.9 if name == intent else 0.1 / (len(names) - 1) for name in names]
    return lambda texts: pd.DataFrame([row] * len(texts)).to_numpy()


def test_table_in_any_form_keeps_its_rows_and_names():
    frame = pd.DataFrame({"comment_id": ["x9", "x7", "x8"], "text": ["好吃", None, "  "]}, index=[5, 3, 4])
    found = triage(frame)
    assert list(found.table.columns) == COLUMNS and found.table["comment_id"].tolist() == ["x9", "x7", "x8"]
    assert found.table["queue"].tolist()[1:] == ["rest", "rest"]
    assert set(found.table["intent"]) <= set(INTENTS) and set(found.table["action"]) <= set(ACTIONS)
    assert int(found.queues["comments"].sum()) == 3 and list(found.queues.index) == list(QUEUES.values())
    assert triage([]).say() == "沒有留言要分。" and len(triage(pd.Series(["好吃"], index=[7])).table) == 1


def test_wrong_input_is_refused():
    for bad in ("一段文字", pd.DataFrame({"body": ["x"]})):
        with pytest.raises(TableError):
            triage(bad)


def test_markup_and_formulas_stay_text():
    hostile = ["<script>alert(1)</script>難吃", '=HYPERLINK("http://x")']
    found = triage(hostile)
    assert found.table["text"].tolist() == hostile
    assert "<script>" not in found.words().to_html()


def test_the_same_comments_give_the_same_answer_in_any_order():
    texts = [*URGENT.values(), *CRITICS]
    back = triage(texts[::-1]).table.iloc[::-1].reset_index(drop=True)
    assert back.drop(columns="comment_id").equals(triage(texts).table.drop(columns="comment_id"))


def test_public_name():
    assert xb.crisis.triage(["請問幾點開？"]).table["action"].tolist() == ["reply"]
