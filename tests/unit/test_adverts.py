"""One advert read whole, the cases to rewrite, what the rules miss, and the fines."""

from __future__ import annotations

from itertools import pairwise

import pytest

import xiaobian as xb
from xiaobian import datasets, lint
from xiaobian.crisis.adverts.adverts import NOT_ADVICE, PRODUCTS, SAFER, review_ad, rule_table
from xiaobian.crisis.adverts.cases import advert_cases, labelled_adverts
from xiaobian.crisis.adverts.figures import penalties, rule_recall
from xiaobian.errors import NotFound
from xiaobian.exercises.ad_rewrites import check_rewrite, parse_rewrites

CASES = [*advert_cases("lesson"), *advert_cases("exercise")]
EXERCISE = advert_cases("exercise")
HOSTILE = '<script>alert(1)</script>=cmd|"喝了瘦三公斤"'


def by_id(case_id):
    return next(case for case in CASES if case.case_id == case_id)


@pytest.mark.parametrize(
    ("product", "wanted"), [("food", "food_ads"), ("cosmetics", "cosmetics_ads"), ("goods", "drug_claims")]
)
def test_a_cure_is_read_by_the_law_of_the_product(product, wanted):
    (risk,) = review_ad("三天治好濕疹", product).risks
    assert risk.pack == wanted and risk.kind == "medical"
    assert risk.finding.text in "三天治好濕疹"


def test_name_and_picture_are_read_with_the_text():
    found = review_ad("每天一杯", name="順壓茶", picture="一杯茶，旁邊是血壓計")
    assert [(r.part, r.finding.text) for r in found.risks] == [("name", "順壓"), ("picture", "血壓計")]
    assert review_ad("每天一杯", name="黑豆穀飲", picture="一個鍋子").risks == ()
    assert [r.part for r in review_ad("", name="血壓計造型餅乾").risks] == []


def test_nothing_found_never_reads_as_fine():
    for text in ("焙茶香，回甘很長", ""):
        found = review_ad(text)
        assert not found.risks
        for words in (found.say(), repr(found), found._repr_html_()):
            assert NOT_ADVICE in words
            assert "✓" not in words and "合法" not in words and "沒有要改" not in words
    assert "不表示可以發" in review_ad("焙茶香，回甘很長").say()
    assert "2026-11" in review_ad("焙茶香，回甘很長").say()


def test_every_risk_has_article_span_and_direction():
    for case in CASES:
        found = review_ad(case.ad, case.product)
        assert found.risks, case.case_id
        assert list(found.table.columns) == ["在哪裡", "詞句", "第幾字", "依據", "改的方向"]
        assert all(r.finding.text == case.ad[slice(*r.finding.span)] for r in found.risks)
        assert all(r.finding.reference and SAFER[r.pack] for r in found.risks)
        ends = [r.finding.span for r in found.risks]
        assert all(first[1] <= second[0] for first, second in pairwise(ends))


def test_what_a_person_types_stays_text():
    found = review_ad(HOSTILE, name=HOSTILE, picture="=SUM(血壓計)")
    assert "<script>" not in found._repr_html_() and "&lt;script&gt;" in found._repr_html_()


def test_an_unknown_product_is_told():
    with pytest.raises(NotFound, match="food、cosmetics、goods"):
        review_ad("好喝", "drug")
    with pytest.raises(NotFound, match="lesson"):
        advert_cases("nothing")


def test_the_rules_carry_their_confidence_and_date():
    table = rule_table()
    assert len(table) == len(datasets.reference("ad_rules"))
    assert {"法規", "罰鍰", "信心", "查核"} == set(table.columns)
    assert "藥事法 第 69 條" in set(table["法規"])


def test_fines_come_from_the_table():
    table = penalties().table
    assert table.set_index("商品")["最高"].to_dict() == {
        "食品": 5_000_000,
        "化粧品": 5_000_000,
        "一般商品": 25_000_000,
    }
    assert "2,500 萬元" in penalties().say()


def test_what_is_said_straight_is_found_more_than_what_is_implied():
    for which in ("lesson", "exercise"):
        found = rule_recall(which)
        counts = found.counts
        assert counts.loc["沒有問題", "規則找到"] == 0
        assert counts.loc["直接說", "規則找到"] > counts.loc["繞著說", "規則找到"]
        assert 0 < found.recall < 1 and len(found.missed) > 0


def test_lesson_and_exercise_share_no_advert():
    assert not set(labelled_adverts("lesson")["text"]) & set(labelled_adverts("exercise")["text"])
    assert len(advert_cases("exercise")) == 15 and len({c.case_id for c in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.case_id)
def test_the_model_passes_and_lazy_answers_do_not(case):
    assert check_rewrite(case, case.model).missing == ()
    facts = case.facts.replace("、", "，")
    other = next(c.model for c in CASES if c.name != case.name)
    for lazy in (
        "",
        "好吃",
        case.ad,
        case.facts,
        facts,
        case.name * 6,
        f"{case.name}很好吃，大家快來買一個。",
        other,
    ):
        assert not check_rewrite(case, lazy).ok, lazy


@pytest.mark.parametrize(
    ("case_id", "text", "says"),
    [
        ("A01", "冷泡金萱不能降膽固醇，梅山茶，冷泡 8 小時，喝起來很清。", "換個樣子"),
        ("A01", "冷泡金萱，梅山茶，冷泡 8 小時，喝了數字會很漂亮。", "換個樣子"),
        ("A02", "焙茶生乳捲當天現捲，一條 6 片，保證好吃到哭。", "還有風險"),
        ("A02", "焙茶生乳捲當天現捲，一條 6 片，今年賣了 90000 條。", "不在可以說的事實裡"),
        ("A05", "這塊洗髮皂用茶籽油做的，120 公克，泡泡很細很清爽。", "商品不見了"),
        ("A10", "節慶禮盒今天開賣，歡迎帶家人來店裡看看盒子的顏色。", "賣點只留下 0 個"),
        ("A11", "冷泡金萱我喝了兩週，冷泡 8 小時最順口，推薦給你。", "看不出你們有合作"),
        ("A12", "茶席體驗 90 分鐘、三款茶，這不是業配，第三款最好喝。", "換成真的關係"),
    ],
)
def test_each_way_of_failing_is_told(case_id, text, says):
    assert says in "".join(check_rewrite(by_id(case_id), text).missing)


def test_answers_are_read_by_their_ids():
    assert parse_rewrites("a01｜一\nA02｜二\n還是二\n亂寫", ["A01", "A02"]) == {
        "A01": "一",
        "A02": "二\n還是二\n亂寫",
    }
    assert parse_rewrites("好吃", ["A01"]) == {}


def test_one_good_text_for_all_fifteen_earns_nothing_more():
    question = xb.exercise("5.2").q4.question
    same = "\n".join(f"{c.case_id}｜{EXERCISE[0].model}" for c in EXERCISE)
    assert question.judge(same).score == pytest.approx(1 / 15)
    assert question.judge("\n".join(f"{c.case_id}｜好吃" for c in EXERCISE)).score == 0
    assert question.judge("\n".join(f"{c.case_id}｜{c.ad}" for c in EXERCISE)).score == 0
    assert question.judge("A01｜").score == 0


def test_every_pack_of_a_product_is_shipped():
    assert {pack for packs in PRODUCTS.values() for pack in packs} <= set(lint.packs())
