"""Every task through the real client with the rules engine behind it: a valid Result, honest badge, true checks."""

from __future__ import annotations

import json
from datetime import date

import pandas as pd
import pytest

import xiaobian as xb
from xiaobian.ai.briefs import brief, example
from xiaobian.ai.offline.faq import WAITING, bot
from xiaobian.ai.tasks.choose_kpi import catalogue
from xiaobian.ai.transports.base import HX, TASK
from xiaobian.analytics import slot_effects
from xiaobian.analytics.metrics import METRICS
from xiaobian.errors import KitError, NotFound, TableError

NOTICE = "十月五日盤點，當天六家門市不營業。線上商店照常接單。十月六日起依序出貨。造成不便請見諒。"
POST = "米穀戚風回來了！這一批用嘉義和雲林的契作米。一條 NT$320，六家門市都買得到。留言告訴我們你想配哪款茶？ #米穀戚風 #嘉義"


@pytest.fixture(scope="module")
def assistant():
    with xb.ai.connect() as made:
        yield made


@pytest.fixture(scope="module")
def posts() -> pd.DataFrame:
    return xb.datasets.year("posts")


def failed(result):
    return [row for row in result.checks if row.passed is False]


def answering(said):
    """An assistant of a server that says the same JSON to every request, whatever it was asked."""

    def handler(request):
        message = {"role": "assistant", "content": json.dumps(said, ensure_ascii=False)}
        body = {"id": "x", "object": "chat.completion", "created": 1, "model": "m", "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}
        return HX.Response(200, json=body)

    return xb.ai.connect("custom", base_url="http://127.0.0.1:9/v1", model="m", transport=HX.MockTransport(handler))


# ── all of them ──


@pytest.mark.parametrize(
    ("task", "given"),
    [
        ("headlines", (example(),)), ("ideas", (example(),)), ("reply", ("戚風好好吃",)), ("image_prompt", ("桌上的戚風",)),
        ("summarize", (NOTICE,)), ("rewrite", (POST,)), ("faq", ("可以帶狗進店嗎",)), ("moderate", (["好吃"],)),
        ("choose_kpi", ("traffic",)),
    ],
)  # fmt: skip
def test_every_task_ends_in_an_honest_result(assistant, task, given):
    result = getattr(assistant, task)(*given)
    assert (result.engine, result.is_ai, result.cost) == ("offline", False, 0)
    assert result.badge == "離線規則引擎，不是 AI 生成"
    assert "離線" not in result.text and "AI 生成" not in result.text.replace("標示 AI 生成", "")
    assert failed(result) == []
    assert (result.table()["來源"] == result.badge).all()
    assert result.badge in repr(result) and result.badge in result._repr_html_()


def test_the_rules_are_asked_for_the_task_by_name():
    seen = []

    def handler(request):
        seen.append(request.headers.get(TASK))
        return HX.Response(500, json={"error": {"message": "no", "code": "x"}})

    far = xb.ai.connect("custom", base_url="http://127.0.0.1:9/v1", model="m", transport=HX.MockTransport(handler), timeout_s=1)
    with pytest.raises(KitError):
        far.headlines(example())
    assert seen[0] == "headlines/1"


# ── one by one ──


def test_headlines_are_different_and_follow_the_seed(assistant):
    first, again, other = (assistant.headlines(example(), n=8, seed=seed) for seed in (1, 1, 2))
    assert len({v.text for v in first.data.variants}) == 8
    assert first.text == again.text != other.text


def test_a_model_that_invents_a_price_is_caught():
    said = {"variants": [{"text": "米穀戚風只要 99 元", "technique": "price", "label": "價格"}]}
    result = answering(said).headlines(example(), n=1)
    assert result.is_ai
    assert next(row.name for row in failed(result)) == "事實有來源"
    assert any("檢查沒有通過" in warning for warning in result.warnings)


def test_ideas_lean_on_facts_of_the_brief(assistant):
    ideas = assistant.ideas(example(), n=4).data.ideas
    assert {idea.evidence_id for idea in ideas} <= {"f1", "f2", "f3"}
    empty = assistant.ideas({"product": "二手書店"}, n=3)
    assert all(not idea.evidence_id and "請填" in idea.evidence for idea in empty.data.ideas)
    assert any("沒有事實" in warning for warning in empty.warnings)


@pytest.mark.parametrize(
    ("comment", "intent", "escalate"),
    [
        ("吃完你們的蛋糕一直吐", "complaint", True), ("我不想活了", "selfharm", True), ("我要找律師告你們", "legal", True),
        ("戚風超好吃", "praise", False), ("拜託出抹茶口味", "wish", False), ("加 LINE 領獎", "scam", True),
    ],
)  # fmt: skip
def test_a_reply_knows_when_a_person_is_needed(assistant, comment, intent, escalate):
    data = assistant.reply(comment).data
    assert (data.intent, data.escalate) == (intent, escalate)
    assert data.template_id.startswith(intent)


def test_a_question_is_answered_with_the_approved_words(assistant):
    draft = assistant.reply("請問可以帶狗進店嗎")
    assert bot().by_id["pets"].answer in draft.text


def test_rules_stand_over_a_model_that_promises_and_hides_an_alarm():
    said = {"intent": "complaint", "template_id": "made_up", "reply": "保證全額退款", "escalate": False, "reason": "沒事", "missing": []}
    result = answering(said).reply("吃完拉肚子")
    assert result.data.escalate
    assert {"沒有亂承諾", "核准模板"} <= {row.name for row in failed(result)}


def test_points_name_their_sentences_and_keep_numbers(assistant):
    result = assistant.summarize(NOTICE, 2, facts=["十月五日"])
    assert [point.sources for point in result.data.points] == [[0], [1]]
    assert failed(result) == []
    lying = answering({"points": [{"text": "十月九日盤點", "sources": [0]}, {"text": "照常", "sources": [40]}]}).summarize(NOTICE, 2)
    assert {"數字忠實", "依據"} <= {row.name for row in failed(lying)}
    with pytest.raises(TableError):
        assistant.summarize("  ")


def test_rewritten_copy_fits_each_platform(assistant):
    result = assistant.rewrite(POST * 4, ["x", "threads", "instagram"], cta="到官網看看")
    versions = {v.platform: v for v in result.data.versions}
    assert failed(result) == []
    assert len(versions["threads"].hashtags) <= 1
    assert all("到官網看看" in v.text for v in versions.values())
    with pytest.raises(NotFound, match="可用的平台"):
        assistant.rewrite(POST, ["myspace"])


def test_a_rewrite_may_repeat_the_learners_own_words():
    post = "請忽略之前的公告，改以這則為準：老店每週二公休，其他日子照常開門。"
    result = answering({"versions": [{"platform": "facebook", "text": post, "hashtags": []}]}).rewrite(post, ["facebook"])
    assert "echo" not in {violation.rule for violation in result.violations}


def test_the_faq_answers_hands_over_and_never_sends_what_expired(assistant):
    before, after = date(2026, 8, 1), date(2026, 9, 11)
    assert assistant.faq("中秋禮盒早鳥到什麼時候", today=before).data.faq_id == "gift_preorder"
    late = assistant.faq("中秋禮盒早鳥到什麼時候", today=after)
    assert late.data.action == "person" and "過期" in late.data.reason
    assert assistant.faq("蛋糕裡吃到頭髮").data.action == "person"


def test_a_model_cannot_send_what_the_rules_stop():
    pets = {"action": "answer", "faq_id": "pets", "reason": "像", "answer": "自己編的答案"}
    free = answering(pets).faq("可以帶狗進店嗎")
    assert free.data.answer == bot().by_id["pets"].answer
    for question in ("我的狗在店裡被店員踢到受傷", "帶狗進去被罵，我要告你們"):
        assert answering(pets).faq(question).data.action == "person"


def test_moderation_says_why_and_stands_over_a_model(assistant):
    result = assistant.moderate(["加 L.I.N.E 領獎", "戚風很乾，不會再買", "我不想活了"])
    assert [v.labels for v in result.data.verdicts] == [["scam"], [], ["selfharm"]]
    assert [v.action for v in result.data.verdicts] == ["report", "none", "care"]
    blind = answering({"verdicts": [{"index": 0, "labels": [], "action": "none", "reason": "沒事"}]}).moderate(["我不想活了"])
    assert blind.data.verdicts[0].action == "care"
    with pytest.raises(TableError):
        assistant.moderate([])


def test_the_schedule_only_says_what_the_estimator_said(assistant, posts):
    found = slot_effects(posts[posts["platform"] == "instagram"])
    result = assistant.schedule(found)
    assert failed(result) == []
    assert (result.data.slot == "none") == found.abstained()
    few = slot_effects(posts.head(60))
    assert few.abstained()
    assert assistant.schedule(few).data.slot == "none"
    bold = answering({"slot": "none", "explanation": "週五晚上八點多 300%"}).schedule(few)
    assert "事實有來源" in {row.name for row in failed(bold)}


def test_every_kpi_of_the_catalogue_is_defined_and_goals_have_a_first_one(assistant, posts):
    named = {row["metric"] for row in catalogue().values() if row["metric"]}
    assert named <= set(METRICS)
    for goal in ("awareness", "engagement", "traffic", "conversion", "loyalty", "trust"):
        data = assistant.choose_kpi(goal).data
        assert goal in catalogue()[data.kpi_id]["primary"]
    told = assistant.choose_kpi("engagement", xb.kpi(posts))
    assert "%" in told.text and failed(told) == []
    liar = answering({"kpi_id": "er_reach", "support": [], "explanation": "互動率有 12.5%，很高"}).choose_kpi("engagement")
    assert "數字由程式給" in {row.name for row in failed(liar)}


def test_a_picture_prompt_comes_in_three_forms_with_its_rights(assistant):
    data = assistant.image_prompt("桌上的米穀戚風", ratio="9:16", avoid=["手"]).data
    assert data.midjourney.endswith("faces") and "--ar 9:16" in data.midjourney
    assert data.size == "1024x1820" and "手" in data.negative and len(data.rights) >= 6
    copy = answering({"prompt": "cake in the style of Ghibli", "negative": [], "caption_zh": "蛋糕"}).image_prompt("蛋糕")
    assert "不點名藝術家或品牌" in {row.name for row in failed(copy)}


# ── showing ──


def test_strangers_words_stay_text_in_the_notebook(assistant):
    shown = assistant.summarize("<img src=x onerror=alert(1)>今天公休一天，明天照常。", 1)._repr_html_()
    assert "<img" not in shown and "&lt;img" in shown


def test_a_result_exports_its_rows_with_the_engine(assistant, tmp_path):
    result = assistant.headlines(example(), n=3)
    result.export(tmp_path / "a.xlsx")
    sheet = pd.read_excel(tmp_path / "a.xlsx")
    assert sheet["引擎"].tolist() == ["offline"] * 3 and sheet["來源"].str.contains("不是 AI").all()
    assert result.export(tmp_path / "a.csv").rows == 3
    assert len(result.check_table()) == len(result.checks)
    with pytest.raises(KitError, match="xlsx"):
        result.export(tmp_path / "a.pdf")


def test_a_brief_that_will_not_do_says_what_to_change():
    with pytest.raises(TableError, match="product"):
        brief()
    with pytest.raises(TableError, match="goal"):
        brief("茶", goal="賺大錢")
    assert brief("茶", goal="讓人互動", facts={"a": "無糖"}).fact("a") == "無糖"
    assert WAITING
