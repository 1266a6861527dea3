"""Law packs by meaning: exact spans of every pack, claims in words that no rule lists, and a set by another hand."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import pytest

from xiaobian import lint
from xiaobian.errors import ReadError

DATA = Path(__file__).parents[1] / "data"
PACKS = ("food_ads", "cosmetics_ads", "drug_claims", "fair_trade", "endorsement", "privacy", "disclosure")
READ_OF_A_PACK = {"food_ads": 36, "cosmetics_ads": 8}
"""Rows of the second set that were read to tune, the first of each pack (4 of the others): 64 of 193."""


@pytest.mark.parametrize(
    ("pack", "text", "words"),
    [
        ("food_ads", "忙完喝一杯，偏頭痛就不見。", "偏頭痛就不見"),
        ("food_ads", "這罐黑蒜逆轉糖尿病，長輩都收", "逆轉糖尿病"),
        ("food_ads", "一個月甩掉三公斤", "甩掉三公斤"),
        ("cosmetics_ads", "晚上敷著，法令紋整條不見", "法令紋整條不見"),
        ("cosmetics_ads", "洗三天，毛囊炎好了", "毛囊炎好了"),
        ("drug_claims", "護腰繫著，坐骨神經痛就好了", "坐骨神經痛就好了"),
        ("drug_claims", "睡墊促進血液循環", "促進血液循環"),
        ("fair_trade", "這款保證回本", "保證回本"),
        ("fair_trade", "地表最強米蛋糕", "地表最強米蛋"),
        ("endorsement", "品牌招待我住兩晚，好舒服", "品牌招待我"),
        ("endorsement", "同事也可以代寫好評。", "代寫好評"),
        ("privacy", "想參加請附上護照影本", "附上護照影本"),
        ("privacy", "得獎請填姓名和手機", "填姓名和手機"),
        ("privacy", "抽獎名單直接拿來發簡訊", "抽獎名單直接拿來發簡訊"),
        ("disclosure", "業配兩個字放在第九張，不顯眼", "業配兩個字放在第九張"),
        ("disclosure", "先不開付費合作標籤", "先不開付費合作標籤"),
    ],
)
def test_the_span_is_exactly_the_words(pack, text, words):
    found = lint.check(text, pack)
    assert [f.text for f in found] == [words]
    assert all(f.text == text[slice(*f.span)] for f in found)


CLAIMS = {
    "food_ads": (
        "長年胃食道逆流的人有救了", "喝半年，尿酸往下掉到及格", "讓視神經修復的一匙", "孫子的氣喘不再發作", "小腹一天一天縮", "喝了不用再吃胃藥",
        "阻斷癌細胞的蕈菇飲", "保護力拉滿的早餐", "幫肝臟大掃除：清肝毒", "黑斑悄悄消失的美人湯",
    ),
    "cosmetics_ads": (
        "抹兩天，香港腳就不見", "禿的地方冒出新髮", "眼袋消失得無影無蹤", "擦的電波拉皮", "讓膠原蛋白長回來", "頸紋撫平看得見", "省下打針的錢",
    ),
    "drug_claims": (
        "貼上去，網球肘就好了", "這頂帽子讓耳鳴消失", "鞋墊把骨盆導正", "戴著不用再跑復健", "項鍊降血糖", "坐著就能改善便秘", "燈光治好憂鬱症",
    ),
    "fair_trade": (
        "業界首創的蒸法", "保證瘦三公斤，沒瘦退費", "屌打外面賣的", "九成的媽媽都說有感", "過了今晚永遠沒有這個價", "政府認證的美味",
    ),
    "endorsement": (
        "用分身帳號去留好評", "沒吃過先給五星，照稿貼", "營養師天天喝這瓶", "收到公關禮盒，好開心", "負評先刪掉，留好看的",
    ),
    "privacy": (
        "把報名資料轉給贊助廠商", "在留言區打上電話", "得獎要交存摺影本", "奧客的電話貼出來給大家看", "填表要留生日和手機",
    ),
    "disclosure": (
        "合作字樣用白色小字", "發完三天後把合作標籤拿掉", "新品好吃 #感謝招待", "這篇不算業配，廠商送我一整箱",
    ),
}  # fmt: skip
"""Sentences written for this test, none of them an example of a rule."""


@pytest.mark.parametrize("pack", PACKS)
def test_a_claim_is_found_by_what_it_means(pack):
    examples = {text for rule in lint.load(pack).rules for text in (*rule.bad, *rule.ok)}
    assert not examples & set(CLAIMS[pack])
    missed = [text for text in CLAIMS[pack] if not lint.check(text, pack)]
    assert missed == []


FINE = (
    ("food_ads", "對花生過敏的朋友，這款先不要點"), ("food_ads", "胃痛請看醫生，別靠甜點"), ("food_ads", "高血壓的人可以先問過醫師"),
    ("food_ads", "我們不說它能降血糖，因為沒有證據"), ("food_ads", "退掉 12 公斤的米，因為太濕"), ("food_ads", "價格瘦身，份量不變"),
    ("food_ads", "瘦長的蛋捲一盒十二支"), ("food_ads", "每一桌都可以開胃又退火"), ("cosmetics_ads", "這瓶不能治療濕疹，請看皮膚專科"),
    ("cosmetics_ads", "活化頭皮、強健髮根"), ("drug_claims", "坐墊不是醫療器材，腰痛請看醫師"), ("drug_claims", "枕頭高度可以調整"),
    ("fair_trade", "問卷 320 人，九成的客人推薦（2026 年）"), ("fair_trade", "第一次來的客人請走右邊"), ("endorsement", "我們從不買好評，也不代寫"),
    ("endorsement", "身體不舒服請看醫師"), ("privacy", "不用留電話，報號碼牌就好"), ("privacy", "資料不會給合作廠商"),
    ("disclosure", "別忘了打開付費合作標籤"), ("disclosure", "不是業配，自己排隊買的"),
)  # fmt: skip


@pytest.mark.parametrize(("pack", "text"), FINE)
def test_denials_notices_and_near_misses_are_left_alone(pack, text):
    assert [str(f) for f in lint.check(text, pack)] == []


@cache
def second() -> dict[str, dict[str, int]]:
    """Counts on the set by another hand; ``unseen`` leaves out the rows that were read."""
    with (DATA / "ad_texts_second.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    place: dict[str, int] = {}
    counts = {part: dict.fromkeys(("risky", "found", "fine", "false"), 0) for part in ("read", "unseen")}
    for row in rows:
        pack = row["pack"]
        place[pack] = place.get(pack, 0) + 1
        part = counts["read" if place[pack] <= READ_OF_A_PACK.get(pack, 4) else "unseen"]
        found = bool(lint.check(row["text"], pack))
        risky = row["violates"] == "1"
        part["risky" if risky else "fine"] += 1
        part["found" if risky else "false"] += found
    return counts


def test_the_second_set_is_scored_and_what_was_read_is_kept_apart():
    unseen, read = second()["unseen"], second()["read"]
    print(f"\n沒看過的：{unseen}；看過的：{read}")
    assert sum(unseen[k] for k in ("risky", "fine")) == 129
    assert read["found"] >= 0.95 * read["risky"]
    assert unseen["found"] >= 0.35 * unseen["risky"]
    assert unseen["false"] <= 0.1 * unseen["fine"]


def test_an_unknown_term_is_told(tmp_path):
    file = tmp_path / "mine.yml"
    file.write_text("rules:\n- {id: a, kind: existence, pattern: '<<nobody>>好'}", encoding="utf-8")
    with pytest.raises(ReadError, match="<<nobody>> 沒有定義"):
        lint.load(file)


def test_terms_of_ones_own_and_shared_ones(tmp_path):
    file = tmp_path / "mine.yml"
    file.write_text(
        "terms_of: health\nterms: {who: [阿嬤, 爸爸]}\nrules:\n- {id: a, kind: existence, pattern: '<<who>>的<<metric>>'}",
        encoding="utf-8",
    )
    assert [f.text for f in lint.check("阿嬤的血壓計", file)] == ["阿嬤的血壓"]
