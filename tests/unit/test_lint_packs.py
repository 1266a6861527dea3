"""The shipped packs: their own examples, their advice, false alarms and planted words."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from xiaobian import lint

HERE = Path(__file__).parent
HAN = re.compile("[一-鿿]")


def lines(name: str) -> list[str]:
    rows = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [row for row in rows if row and not row.startswith("#")]


TAIWAN = lines("lint_taiwan.txt")
PLANTED = [row.split("\t") for row in lines("lint_planted.tsv")]

STYLE_TABLE = """
這支視頻|影片 那支短視頻|短影音 填寫信息|資訊 這篇帖子|貼文 評論區見|留言區 按讚、評論、分享|留言
檢查網絡連接|網路 手機無法聯網|連線 下載軟件|軟體 升級硬件|硬體 應用程序|程式 默認值|預設
內容質量|品質 CSV 文件|檔案 打開文件夾|資料夾 手機屏幕|螢幕 移動鼠標|滑鼠 打印機沒紙|印表機
導入數據|匯入 導出為 Excel|匯出 保存草稿|儲存 幫忙點贊|按讚 點擊關注|追蹤 調用函數|函式
定義變量|變數 轉成字符串|字串 一個數組|陣列 返回一個對象|物件 子類繼承父類|子類別 for 循環|迴圈
置信區間|信賴區間 回歸分析|迴歸 中獎概率|機率 樣本量|樣本數 顯著性水平|顯著水準 統計功效|檢定力
計算均值|平均數 平均數與中值|中位數 服務器|伺服器 清除緩存|快取 多個線程|執行緒 支持多種格式|支援
大語言模型|大型語言模型 生成式人工智能|生成式 AI 美食博主|創作者 頭部達人|大型網紅 恰飯片|業配
發快拍|限時動態 蹲直播間|直播 臉書群組|社團 貼文的到達率|觸及率 廣告展示量|曝光數 交互率|互動率
數據透視表|樞紐分析表 收集反饋|回饋 打開設置|設定 輿情危機|公關危機 道歉公告|道歉聲明 別理噴子|酸民
合併單元格|儲存格 重啟內核|核心 Jupyter 筆記|筆記本
"""
STYLE_ROWS = [
    row.rsplit("|", 1)
    for row in re.findall(r"(?:[A-Za-z]+ )?[^\s|]+(?: [A-Za-z]+)?\|\S+(?: AI)?", STYLE_TABLE)
]


@pytest.mark.parametrize("name", lint.packs())
def test_every_example_of_a_pack_holds(name):
    assert lint.load(name).broken_examples() == []


@pytest.mark.parametrize("name", lint.packs())
def test_every_rule_shows_both_sides(name):
    rules = lint.load(name).rules
    assert [rule.id for rule in rules if not (rule.bad and rule.ok)] == []
    assert [rule.id for rule in rules if not rule.reference] == []


@pytest.mark.parametrize("name", lint.packs())
def test_every_word_of_a_rule_has_an_example(name):
    unproved = []
    for rule in lint.load(name).rules:
        flagged = {f.text for bad in rule.bad for f in lint.check(bad, name) if f.rule == f"{name}.{rule.id}"}
        unproved += [f"{rule.id}: {word}" for word in rule.words if word not in flagged]
    assert unproved == []


@pytest.mark.parametrize("name", lint.packs())
def test_fine_examples_are_fine_to_the_whole_pack(name):
    alarms = [str(f) for rule in lint.load(name).rules for ok in rule.ok for f in lint.check(ok, name)]
    assert alarms == []


@pytest.mark.parametrize("name", lint.packs())
def test_a_fix_settles_its_own_rule(name):
    unsettled = []
    for rule in lint.load(name).rules:
        for bad in rule.bad:
            mine = [f for f in lint.check(bad, name) if f.rule == f"{name}.{rule.id}" and f.fix is not None]
            again = lint.check(lint.fixed(bad, mine), name)
            unsettled += [f"{bad} → {f}" for f in again if mine and f.rule == f"{name}.{rule.id}"]
    assert unsettled == []


def test_no_advice_is_itself_flagged():
    advice = {use for rule in lint.load("tw_words").rules for uses in rule.words.values() for use in uses}
    assert {use: str(found) for use in advice if (found := lint.check(use))} == {}


@pytest.mark.parametrize(("text", "advice"), STYLE_ROWS)
def test_the_style_guide_is_covered(text, advice):
    assert any(advice in f.message for f in lint.check(text)), lint.check(text)


def test_the_style_table_was_read_whole():
    assert len(STYLE_ROWS) == STYLE_TABLE.count("|") >= 55


@pytest.mark.parametrize(
    "text", ["請進行點擊的動作", "對於新手來說", "被文案所吸引", "他是一個很特別的存在", "錯誤！"]
)
def test_translated_syntax_and_bare_errors_are_flagged(text):
    assert len(lint.check(text)) == 1


def test_ordinary_taiwan_sentences_raise_no_alarm():
    assert len(TAIWAN) == len(set(TAIWAN)) >= 200
    alarms = [f"{text} → {finding}" for text in TAIWAN for finding in lint.check(text)]
    planted = [
        (rule, text) for rule, text in PLANTED if f"tw_words.{rule}" in {f.rule for f in lint.check(text)}
    ]
    hits, wrong = len(planted), len(alarms)
    print(f"\n台灣句 {len(TAIWAN)}，誤報 {wrong}；埋字句 {len(PLANTED)}，抓到 {hits}；", end="")
    print(f"精確率 {hits / (hits + wrong):.3f}，召回率 {hits / len(PLANTED):.3f}")
    assert alarms == []


def test_every_planted_word_is_found_by_its_rule():
    assert len(PLANTED) >= 120
    found = {text: {f.rule for f in lint.check(text)} for _, text in PLANTED}
    assert [(rule, text) for rule, text in PLANTED if f"tw_words.{rule}" not in found[text]] == []


def test_every_rule_is_met_outside_its_own_examples():
    rules = lint.load("tw_words").rules
    assert {rule.id for rule in rules} == {rule for rule, _ in PLANTED}
    examples = {text for rule in rules for text in (*rule.bad, *rule.ok)}
    assert [text for _, text in PLANTED if len(HAN.findall(text)) > 4 and text in examples] == []


def test_words_may_be_mentioned_in_quotes():
    assert lint.check("用「影片」，不用「視頻」、「短視頻」。") == []
    assert lint.check("把「視頻」改成「影片」。") == []
    assert [f.text for f in lint.check("他說「視頻很紅」。")] == ["視頻"]


def test_the_pack_has_no_rule_for_words_that_are_ordinary_in_taiwan():
    ordinary = re.findall(
        r"\S+",
        """
        粉絲 故事 狀態 支持 關注 質量 程序 文件 對象 循環
        公告 到達 展示 群組 用戶 項目 通過 打開 優化 數據
    """,
    )
    assert [word for word in ordinary if lint.check(f"今天談{word}，大家都懂。")] == []


def test_simplified_characters_are_not_taiwanese_ones():
    big5 = [chr(code) for code in range(0x4E00, 0xA000) if _encodes(chr(code), "big5")]
    assert len(big5) > 13000
    flagged = Counter(f.rule for f in lint.check("，".join(big5)) if f.rule == "tw_words.simplified")
    assert flagged == Counter()


def _encodes(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
