"""Deterministic checks: each passes and fails for its reason, exports for promptfoo, and grounding sees through writing."""

from __future__ import annotations

import pytest

from xiaobian.ai.checks import TYPES, Check, Given, run, standard, verdict
from xiaobian.ai.grounding import claims, ungrounded
from xiaobian.errors import NotFound


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (Check("contains", "預購"), "中秋預購", "中秋"),
        (Check("not-contains", "最便宜"), "便宜", "全台最便宜"),
        (Check("contains-all", ["茶", "米"]), "米和茶", "茶"),
        (Check("icontains-any", ["LINE", "ig"]), "加 line", "加好友"),
        (Check("regex", r"\d+ 元"), "99 元", "免費"),
        (Check("not-regex", "療效|治"), "好喝", "治失眠"),
        (Check("starts-with", "春"), "春茶", "秋茶"),
        (Check("equals", "好"), "好", "不好"),
        (Check("is-json"), '{"a": 1}', "{a: 1}"),
        (Check("similar", "米穀戚風回來了", 0.5), "米穀戚風又回來了", "今天公休"),
        (Check("python:tw-words"), "這支影片", "這支視頻"),
        (Check("python:traditional"), "我們", "我们"),
        (Check("python:no-pii"), "請私訊我們", "請打 0912-345-678"),
        (Check("python:cta"), "留言告訴我們", "今天天氣晴"),
        (Check("python:length", 5), "五個字以內", "這裡有六個字"),
        (Check("python:length", "x/caption"), "短", "字" * 141),
        (Check("python:hashtags", 1), "#茶", "#茶 #米"),
        (Check("python:emoji", 1), "🍵", "🍵🍰"),
    ],
    ids=lambda value: value.type if isinstance(value, Check) else None,
)
def test_each_check_tells_good_from_bad_and_says_why(check, good, bad):
    assert check.run(good).passed is True
    failed = check.run(bad)
    assert failed.passed is False
    assert failed.detail and failed.name and failed.check == check.type


@pytest.mark.parametrize("kind", ["cost", "latency"])
def test_what_was_not_measured_is_not_passed(kind):
    assert Check(kind, threshold=1).run("").passed is None
    assert Check(kind, threshold=1).run("", Given(cost=2, latency_ms=2)).passed is False
    assert Check(kind, threshold=1).run("", Given(cost=0, latency_ms=0)).passed is True


def test_finish_reason_and_duplicates():
    assert Check("finish-reason", "stop").run("", Given(finish_reason="length")).passed is False
    assert Check("python:duplicate").run("米穀戚風又回來了", Given(others=("米穀戚風又回來了！",))).passed is False
    assert Check("python:duplicate").run("今天公休", Given(others=("米穀戚風又回來了",))).passed is True


def test_an_unknown_check_names_those_there_are():
    with pytest.raises(NotFound, match="contains-all"):
        Check("llm-rubric")


def test_every_type_can_be_exported_and_own_ones_call_back():
    for kind in TYPES:
        made = Check(kind, "x" if kind != "cost" else None, 1).promptfoo()
        assert made["type"] == ("python" if kind.startswith("python:") else kind)
        assert made["metric"]
    call = Check("python:grounded").promptfoo()["value"]
    context = {"vars": {"source": "一盒 680 元"}}
    assert eval(call, {"output": "只要 99 元", "context": context})["pass"] is False
    assert verdict("python:grounded", "一盒 680 元", context)["pass"] is True


def test_standard_checks_name_what_must_and_must_not_stand_there():
    rows = run("米穀戚風，保證好吃", standard(["戚風"], ["保證"]), Given(source=("米穀戚風",)))
    assert {row.name: row.passed for row in rows}["避免出現"] is False
    assert {row.name: row.passed for row in rows}["必須出現"] is True


SOURCE = "一盒 NT$680，早鳥到 9 月 10 日，週五下午三點半開賣，限量 120 份，打九折，官網 https://yusui.example/box，找 @yusui #米穀戚風"


@pytest.mark.parametrize(
    "output",
    [
        "680 元一盒", "９／１０ 前早鳥", "九月十日截止", "星期五 15:30 開賣", "限量一百二十份", "打 9 折", "看 yusui.example/box",
        "找 @yusui", "#米穀戚風", "一起吃一杯茶，一次滿足", "六百八十元", "第一次來也歡迎", "千萬別錯過", "回來拿第二塊",
    ],
)  # fmt: skip
def test_what_stands_in_the_source_is_grounded_however_it_is_written(output):
    assert ungrounded(output, SOURCE) == []


@pytest.mark.parametrize(
    ("output", "kind"),
    [
        ("一盒 620 元", "price"), ("9/12 截止", "date"), ("週六開賣", "weekday"), ("上午十點開賣", "time"), ("限量 200 份", "number"),
        ("打 8 折", "discount"), ("好評 98%", "percent"), ("看 https://evil.example", "url"), ("找 @someone", "handle"),
        ("#好吃", "hashtag"), ("120 盒", "number"), ("送三瓶", "number"), ("10 月 9 日", "date"),
    ],
)  # fmt: skip
def test_what_does_not_is_named(output, kind):
    found = ungrounded(output, SOURCE)
    assert [claim.kind for claim in found] == [kind]


def test_claims_of_full_width_and_han_are_the_same():
    assert [c.value for c in claims("１，２００元")] == [c.value for c in claims("一千二百元")] == ["1200"]
