"""The brand's voice: its own examples, one source for packs and score, the override of a crisis, and guides of others."""

import csv
from pathlib import Path

import numpy as np
import pytest
import yaml

from xiaobian import crisis, datasets, lint
from xiaobian.crisis.voice.features import AXES, FEATURES, counted
from xiaobian.errors import AnswerError, KitError, NotFound, ReadError, TableError
from xiaobian.plotting import review

DATA = Path(__file__).parents[1] / "data"
CALM = "買到 11 月 3 日那批戚風的人，請先不要吃，我們明天到府收回。"


@pytest.fixture(scope="module")
def brand():
    return crisis.voice()


@pytest.fixture(scope="module")
def other():
    return crisis.voice(datasets.path("voice_tieshan.yml"))


def small(**changes):
    """A short guide of another brand, as a teacher would write it."""
    axes = {name: {"target": 50, "band": 40} for name in AXES}
    rules = [
        {
            "id": "x",
            "kind": "existence",
            "words": ["包君滿意"],
            "message": "為什麼：做不到。",
            "bad": ["包君滿意"],
            "ok": ["好"],
        }
    ]
    return {"brand": "小店", "axes": axes, "rules": rules, **changes}


def saved(tmp_path, content):
    file = tmp_path / "mine.yml"
    text = content if isinstance(content, str) else yaml.safe_dump(content, allow_unicode=True)
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize("name", ["voice.yml", "voice_tieshan.yml"])
def test_a_guide_tells_its_own_pairs_apart_and_keeps_what_is_like_it(name):
    pairs = crisis.voice(datasets.path(name)).pairs()
    assert pairs["分得開"].all()
    assert pairs["像的分數"].min() >= 60 > pairs["不像的分數"].max()
    assert pairs.groupby("情況").size().min() >= 3


def test_the_packs_are_the_guide(brand):
    source = datasets.yaml_of(datasets.path("voice.yml"))
    assert [r.id for r in lint.load("voice").rules] == [r["id"] for r in source["rules"]]
    ids = [r.id for r in lint.load("voice_crisis").rules]
    assert ids == [*source["crisis"]["limits"], *(r["id"] for r in source["crisis"]["rules"])]
    assert brand.guide.rules is lint.load(datasets.path("voice.yml"))
    assert lint.check("手刀下單", "voice")[0].rule == "voice.pressure"


@pytest.mark.parametrize("during", [False, True])
def test_every_forbidden_expression_says_why(brand, during):
    table = brand.forbidden(during)
    assert len(table) >= 6
    for pack in (brand.guide.rules, brand.guide.crisis_rules):
        assert all(
            "為什麼：" in rule.message and len(rule.message.split("為什麼：")[1]) >= 10 for rule in pack.rules
        )
    assert (table["為什麼"].str.len() >= 8).all() and (table["不用"] != "").all()


@pytest.mark.parametrize(
    ("extra", "rule"), [(" 🍵", "emoji"), ("哈哈，別緊張。", "jokes"), ("！", "exclamations")]
)
def test_in_a_crisis_no_emoji_no_joke_no_exclamation_mark(brand, extra, rule):
    found = brand.check(CALM + extra, crisis=True)
    assert f"voice_crisis.{rule}" in {f.rule for f in found}
    seen = brand.score(CALM + extra, crisis=True)
    assert brand.score(CALM, crisis=True).score == 100 and not seen.on
    assert brand.score(CALM + extra).score > seen.score


def test_limits_of_a_platform_are_counted_in_one_text(brand):
    text = "茶好了 🍵 🍵"
    assert [f.rule for f in brand.check(text, "facebook")] == ["voice.emoji"]
    assert brand.check(text, "facebook")[0].span == (6, 7)
    assert not brand.check(text, "instagram")


@pytest.mark.parametrize(
    ("text", "feature", "value"),
    [
        ("一二三四五。一二三。", "sentence_chars", 5.0), ("好吧。走啊！", "particles", 1.0), ("好！！走。", "exclamations", 1.0),
        ("🍵🍵 好。", "emoji", 2.0), ("你好。妳們好。", "second_person", 1.0), ("可能吧。", "hedges", 1.0),
        ("好。#你 https://you.example/你！", "second_person", 0.0),
    ],
)  # fmt: skip
def test_a_feature_counts_what_it_says(text, feature, value):
    assert counted(text).features[feature] == pytest.approx(value)


@pytest.mark.parametrize(
    ("axis", "left", "right"),
    [
        ("warm", "謝謝你來，慢慢看。", "本公司依相關規定辦理。"), ("formal", "真的有點好笑耶～", "敬請消費者知悉相關公告。"),
        ("calm", "超好吃！！快來！", "蛋糕兩點出爐。"), ("plain", "今天下午兩點，一盒 420 元。", "一場夢幻的味蕾饗宴。"),
    ],
)  # fmt: skip
def test_an_axis_points_where_its_words_say(axis, left, right):
    assert counted(left).axes[axis] + 25 < counted(right).axes[axis]


def test_distance_is_the_root_of_the_squares_and_the_score_follows(brand):
    seen = brand.score("超級好吃！！快來搶！！", "instagram")
    assert seen.distance == pytest.approx(np.sqrt((seen.table["扣的距離"] ** 2).sum()))
    assert seen.score == round(100 * np.exp(-seen.distance))
    inside = seen.table["超出"] == 0
    assert (seen.table.loc[inside, "扣的距離"] == 0).all() and not inside.all()
    assert list(seen.table.index) == [*FEATURES, *AXES, "forbidden"]


def test_one_text_and_two_brands(brand, other):
    text = "謝謝你來問，還有四條。要的話留個名字，慢慢來。"
    assert brand.score(text).on and not other.score(text).on
    assert "太親切" in other.score(text).say()


def test_the_advice_names_what_costs_most(brand):
    assert "先改「手刀」" in brand.score("手刀下單，今天到貨。").say()
    said = brand.score("相當良好，感動，美好，時光，旅程，滋味。").say()
    assert "直白–修飾" in said and "少一點修飾詞" in said
    assert brand.score("").say() == "還沒有文字。" and brand.score("  \n").score == 0
    assert not brand.score("").on and not brand.score("").advice()


STRANGE = [
    "",
    "。",
    "！！！",
    "\n\n",
    "🍵" * 30,
    "#只有標籤",
    "<b>極致</b>",
    "=1+1",
    "\ufffc\u200d",
    "ａｂｃ！你",
    "極致" * 400,
    "\x00你",
]


@pytest.mark.parametrize("text", STRANGE)
def test_any_text_has_a_score_and_spans_that_hold(text):
    seen = crisis.voice().score(text, "threads", crisis=len(text) % 2 == 0)
    assert 0 <= seen.score <= 100 and np.isfinite(seen.table["值"]).all()
    assert all(text[a:b] == f.text for f in seen.findings for a, b in [f.span])


@pytest.mark.parametrize(
    ("text", "platform", "rule"),
    [("茶好了耶。", "line", "particle"), ("小店今天開門。", "line", "self"), ("您來了。", "line", "reader")],
)
def test_particles_and_names_that_are_not_the_brands_are_pointed_at(brand, other, text, platform, rule):
    assert [f.rule for f in brand.check(text, platform)] == [f"voice.{rule}"]
    assert not brand.check("我們今天開門，你來了吧。", platform)
    assert brand.score(text, platform).on
    assert "voice.reader" in {f.rule for f in other.check("你來了。", platform)}


def test_an_audit_counts_posts_by_platform_and_names_the_expressions(brand):
    import pandas as pd

    posts = pd.DataFrame(
        {
            "platform": ["line", "line", "threads", "threads"],
            "caption": ["手刀搶！", "十點開門。", "十點開門。", None],
        }
    )
    seen = brand.audit(posts)
    assert seen.by_platform.loc["line"].tolist() == [2, 0.5] and seen.by_platform.loc["threads"].tolist() == [
        1,
        1.0,
    ]
    assert "手刀" in set(seen.expressions["說法"]) and seen.say().startswith("3 則貼文，67% 像嶼穗茶食。")
    assert "模擬" not in seen.say()
    with pytest.raises(TableError, match="沒有「caption」欄"):
        brand.audit(posts[["platform"]])
    with pytest.raises(TableError, match="沒有一則有文字"):
        brand.audit(posts.tail(1))


def test_the_audit_of_the_brands_own_year_says_it_is_simulated(brand):
    year = datasets.year("posts").groupby("platform", observed=True).head(5)
    seen = brand.audit(year)
    assert "模擬" in seen.say() and len(seen.table) == 30
    # All posts are counted, not a sample; and one text has neither n nor uncertainty.
    allowed = {"no_uncertainty", "missing_n", "missing_unit"}
    for chart in (seen.plot(), brand.score("頂級！！").plot(), brand.score("").plot()):
        assert {f.rule for ax in chart.axes for f in review(ax)} <= allowed


def test_the_questions_of_the_lesson_agree_with_the_score(brand):
    from xiaobian.exercises.bank import l5_01_brand_voice as bank

    for text, letter in bank.FARTHEST.items():
        parts = brand.score(text).parts
        assert max(AXES, key=lambda name: parts[name].adds) == list(AXES)["ABCD".index(letter)], text
    crisis_question = bank.QUESTIONS[1]
    right = {k for k, o in crisis_question.options.items() if brand.score(o.text, crisis=True).on}
    assert right == crisis_question.answers
    for text in bank.QUESTIONS[2].pairs:
        assert brand.check(text), text
    for draft in bank.DRAFTS:
        assert brand.score(draft.better).on and not brand.score(draft.text).on
        assert all(fact in draft.better and fact in draft.text for fact in draft.facts)
    assert brand.score("昨天來客訴的是民雄的陳小姐，電話末三碼 512，我們今天會打給她。").score == 100


def test_wrong_arguments_are_answered_in_words(brand):
    with pytest.raises(NotFound, match="不認得平台 myspace"):
        brand.score("好", "myspace")
    with pytest.raises(AnswerError, match="不是文字"):
        brand.score(3)
    with pytest.raises(AnswerError, match="只有 2 則"):
        crisis.voice_profile(["好。", "早。", " "])
    with pytest.raises(NotFound, match="找不到語調檔"):
        crisis.voice("no_such.yml")


def test_a_short_guide_of_another_brand_works_and_keeps_the_crisis(tmp_path):
    mine = crisis.voice(saved(tmp_path, small()))
    assert mine.brand == "小店" and [f.rule for f in mine.check("包君滿意")] == ["mine.x"]
    assert mine.score("今天開門。").on
    assert not mine.score("今天開門 🍵", crisis=True).on
    assert mine.axes(crisis=True)["formal"].target > mine.axes()["formal"].target


def test_a_changed_guide_is_read_again(tmp_path):
    import os

    file = saved(tmp_path, small())
    assert crisis.voice(file).brand == "小店"
    saved(tmp_path, small(brand="大店"))
    os.utime(file, ns=(1, 1))
    assert crisis.voice(file).brand == "大店"


AXIS = {name: {"target": 50, "band": 40} for name in AXES}
CRISIS_RULES = small()["rules"]
PAIR = {"like": "a", "unlike": "b", "why": "c"}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("brand: [", "不是 YAML"), ("- 一串", "最外層不是"), (small(axis={}), "是不是 axes"), ({"brand": "小店"}, "沒有 axes"),
        (small(brand=" "), "要寫文字"), (small(axes={"warm": {"target": 5, "band": 5}}), "少了 formal（輕鬆–莊重）"),
        (small(axes=AXIS | {"warmth": {}}), "是不是 warm"), (small(axes=AXIS | {"warm": {"target": 120, "band": 5}}), "0 到 100"),
        (small(axes=AXIS | {"warm": {"target": "高", "band": 5}}), "是 高"), (small(axes=AXIS | {"warm": 3}), "target 或 band"),
        (small(axes=AXIS | {"warm": {"target": 5, "band": 5, "ends": ["冷", "熱"]}}), "兩端不能改"),
        (small(features={"emojis": [0, 1]}), "是不是 emoji"), (small(features={"emoji": [2, 1]}), "低 2 比高 1 大"),
        (small(features={"emoji": 1}), "要是兩個數字"), (small(platforms={"IG": {}}), "不認得 IG"),
        (small(platforms={"instagram": {"emoji": -1}}), "上限是 -1"), (small(platforms={"instagram": {"emojis": 1}}), "是不是 emoji"),
        (small(platforms={"instagram": {"particles": ["好啊"]}}), "一串單字"), (small(crisis={"limits": {"emoji": 1}}), "危機時只能是 0"),
        (small(crisis={"rules": CRISIS_RULES}), "危機時只能是 0"), (small(pairs={"a": 1}), "一串情況"),
        (small(pairs=[{"situation": "新品", "pairs": [PAIR]}]), "只有 1 組"), (small(pairs=[{"pairs": [PAIR]}]), "situation"),
        (small(pairs=[{"situation": "新品", "pairs": [PAIR, PAIR, {"like": "a"}]}]), "少了 like、unlike 或 why"),
        (small(rules=[{"id": "x", "kind": "existence", "pattern": "("}]), "不是正規表示式"), (small(rules=[]), "沒有 rules 清單"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_guide_is_named_with_its_place_and_a_next_step(tmp_path, content, says):
    with pytest.raises(ReadError) as caught:
        crisis.voice(saved(tmp_path, content))
    assert says in str(caught.value) and "mine.yml" in caught.value.where and caught.value.next_step


def test_a_guide_that_is_not_utf8(tmp_path):
    file = tmp_path / "big5.yml"
    file.write_bytes("brand: 小店".encode("big5"))
    with pytest.raises(KitError, match="UTF-8"):
        crisis.voice(file)


def test_a_profile_of_captions_gives_a_target_and_a_range():
    seen = crisis.voice_profile(datasets.year("posts")["caption"].dropna().head(40))
    assert list(seen.index) == [*FEATURES, *AXES]
    assert (seen["低"] <= seen["中間"]).all() and (seen["中間"] <= seen["高"]).all()
    assert seen.loc["calm", "中間"] > 50


def test_clean_copy_is_rarely_called_off_voice_and_judged_texts_are_told_apart(brand):
    copy = (DATA / "copy.txt").read_text(encoding="utf-8").splitlines()
    assert sum(
        any(f.severity != "suggestion" for f in lint.check(line, "voice")) for line in copy
    ) <= 0.05 * len(copy)
    text = (DATA / "voice_texts.tsv").read_text(encoding="utf-8").splitlines()
    rows = list(csv.DictReader(text, delimiter="\t", quoting=csv.QUOTE_NONE))
    seen = np.array([brand.score(r["text"], r["platform"], crisis=r["crisis"] == "1").on for r in rows])
    truth = np.array([r["on_voice"] == "1" for r in rows])
    assert (seen == truth)[len(rows) // 3 :].mean() >= 0.85
    assert abs((seen == np.roll(truth, 1)).mean() - 0.5) < 0.2
