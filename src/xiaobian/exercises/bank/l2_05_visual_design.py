"""Questions and predictions of lesson 2.5."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

import pandas as pd

from ... import datasets, records
from ...planning.design.broken import Broken, broken_cards, reviewed
from ...planning.design.faults import plant
from ...planning.design.measuring import contrast_map
from ...planning.design.palette import accessible_pairs, brand_palette
from ...planning.design.review import lint
from ...planning.design.seeing import contrast, luminance
from ...planning.design.spec import Card, load_many
from ..predictions import Prediction
from ..questions import Check, Decision, Match, Slip, TableAnswer, Text, Wrong

SCENE = """
允安請了兩天假，八張圖卡排在後天上午，全都被退過一次。你來修：先看出毛病，再選改法，改完會真的畫出來重新量一次。
`mine.sick` 是五張病卡，`mine.card` 是要你寫替代文字的那張，`mine.colours` 是你分到的四個顏色（每個人不一定相同）。
"""

SETUP = """
import xiaobian as xb

xb.use_theme()
ex = xb.exercise("2.5")
mine = ex.data()
ex
"""

SICK = {
    "甲": ("手沖小教室", "contrast"),
    "乙": ("霜降焙茶", "small_text"),
    "丙": ("問答限動", "safe_area"),
    "丁": ("感謝三週年", "weak_headline"),
    "戊": ("熟客訊息", "too_much_text"),
}


@dataclass(frozen=True)
class Mine:
    """What the learner gets. sick: five cards with one fault each. card: needs an alt text. colours: four of the brand's."""

    sick: list[Card]
    card: Card
    colours: dict[str, str]

    def __repr__(self) -> str:
        return f"五張病卡、一張等著寫替代文字的卡「{self.card.name}」，和四個顏色：{'、'.join(self.colours)}"


@cache
def _whole(name: str) -> Card:
    """A card of the exercise without its faults."""
    broken = broken_cards()[name]
    return broken.repaired(broken.right)


def _sick() -> list[Card]:
    found = [plant(_whole(name), fault) for name, fault in SICK.values()]
    return [card.changed(name=f"{letter}：{card.name}") for letter, card in zip(SICK, found, strict=True) if card]


def _colours() -> dict[str, str]:
    names = Random(records.seed("2.5", "exercise")).sample(list(brand_palette()), 4)
    return {name: brand_palette()[name] for name in names}


def data() -> Mine:
    """The sick cards, the card without an alt text, and the learner's own four colours."""
    return Mine(_sick(), _whole("手沖小教室").changed(alt=""), _colours())


# Repairs: a letter a choice, two choices a card; every card is drawn and checked again.

Group = tuple[str, ...]
GROUPS: tuple[Group, ...] = (
    ("霜降焙茶", "週末市集", "開箱縮圖"),
    ("熟客訊息", "手沖小教室", "感謝三週年"),
    ("怎麼保存", "問答限動"),
)


def _cards(group: Group) -> list[Broken]:
    return [broken_cards()[name] for name in group]


def _pairs(group: Group, letters: str) -> list[tuple[Broken, str]]:
    return [(card, letters[2 * n : 2 * n + 2]) for n, card in enumerate(_cards(group))]


def _told(group: Group, letters: str) -> str:
    fine = [card.card.name for card, pair in _pairs(group, letters) if reviewed(card, pair).passed]
    return f"{len(group)} 張裡有 {len(fine)} 張沒有要改的地方" + (f"（{'、'.join(fine)}）。" if fine else "。")


def _advice(group: Group, letters: str) -> str:
    """The first thing that is still wrong, in the words of the check."""
    for card, pair in _pairs(group, letters):
        for finding in reviewed(card, pair):
            return f"「{card.card.name}」還有：{finding.where}，{finding.what}{finding.why}"
    return ""


class Repair(Decision):
    """A decision about two choices a card, with the pictures as its control."""


def _repair(group: Group, prompt: str, points: int, explain: str, hints: tuple[str, ...], wrong: tuple[Wrong, ...]) -> Repair:
    def face() -> Any:
        from ...panels.cards import repair_control

        return repair_control(_cards(group))

    share: Callable[[str], float] = lambda letters: sum(c.share(p) for c, p in _pairs(group, letters)) / len(group)  # noqa: E731
    return Repair(
        prompt=prompt,
        choices={
            f"{card.card.name}：{choice.name}": {chr(65 + n): words for n, words in enumerate(choice.options)}
            for card in _cards(group)
            for choice in card.choices
        },
        share=share,
        told=lambda letters: _told(group, letters),
        advice=lambda letters: _advice(group, letters),
        best="".join(card.right for card in _cards(group)),
        floor=0.4,
        enough=0.999,
        face=face,
        judged="會照你選的改法真的畫出來，再量一次。",
        explain=explain,
        points=points,
        hints=hints,
        wrong=wrong,
    )


# The alt text: judged by what it says of the card, never by its style.


def _has(*words: str) -> Callable[[str], bool]:
    return lambda text: all(word in text.replace(" ", "") for word in words)


MODEL = "深綠底，右上一圈金色圓環和一杯淡茶。手沖小教室：一堂課，三種水溫。11 月 22 日星期六 10:00，台南店，每班 8 人，600 元含茶具。"


def _table() -> pd.DataFrame:
    own = _colours()
    return pd.DataFrame({g: [contrast(own[t], own[g]) for t in own] for g in own}, index=list(own))


def _without_flare() -> pd.DataFrame:
    own = {name: float(luminance(colour)) for name, colour in _colours().items()}
    return pd.DataFrame({g: [max(own[t], own[g]) / min(own[t], own[g]) for t in own] for g in own}, index=list(own))


def _upside_down() -> pd.DataFrame:
    own = {name: float(luminance(colour)) for name, colour in _colours().items()}
    return pd.DataFrame({g: [(own[t] + 0.05) / (own[g] + 0.05) for t in own] for g in own}, index=list(own))


def _not_linear() -> pd.DataFrame:
    weights = (0.2126, 0.7152, 0.0722)
    own = {n: sum(w * int(c[i : i + 2], 16) / 255 for w, i in zip(weights, (1, 3, 5), strict=True)) for n, c in _colours().items()}
    return pd.DataFrame({g: [(max(own[t], own[g]) + 0.05) / (min(own[t], own[g]) + 0.05) for t in own] for g in own}, index=list(own))


QUESTIONS = (
    Match(
        prompt="五張卡各被動了一個手腳。不開檢核，用眼睛看：**每一張最先要修的是什麼？**",
        given="xb.planning.design.sheet(mine.sick, height=380)",
        pairs={"甲：手沖小教室": "A", "乙：霜降焙茶": "B", "丙：問答限動": "C", "丁：感謝三週年": "D", "戊：熟客訊息": "E"},
        choices={
            "A": "有一塊字和底色太接近", "B": "有一塊字太小", "C": "重要的東西放在會被介面蓋住的地方",
            "D": "標題沒有比別人大", "E": "字太多", "F": "用了不是品牌的顏色", "G": "沒有問題",
        },
        why={
            "甲：手沖小教室": "找日期那一行：字還在，但你要湊近才讀得到。",
            "乙：霜降焙茶": "想像它只有手機那麼寬。日期那一行先消失。",
            "丙：問答限動": "限時動態的下緣是回覆列。看「允安的提問箱」跑到哪裡去了。",
            "丁：感謝三週年": "瞇起眼睛，標題和下一行還分得出誰大嗎？",
            "戊：熟客訊息": "數一數字。一眼看得完嗎？",
        },
        explain="對比、字級、安全區、層級、字量：這五種毛病，眼睛退三步都看得出來。",
        points=3,
        hints=("把畫面縮到手機那麼寬，再瞇起眼睛。", "限時動態先看上下兩端，訊息先看字量。"),
        wrong=(Wrong("BACDE", "湊近才讀得到"), Wrong("AGCDE", "手機那麼寬"), Wrong("ABGDE", "回覆列"), Wrong("ABCGE", "瞇起眼睛"), Wrong("ABCDG", "數一數字")),
    ),
    _repair(
        GROUPS[0],
        "**修前三張。** 每張兩個地方，各選一個改法；圖會跟著變，檢核結果要按「檢查」才看得到。",
        4,
        "字色看底下真正的顏色，字級看手機上的大小，位置看會被蓋住的地方。",
        ("霜降焙茶的金色很美，但要看它和米白差多少。", "限時動態上緣大約七分之一、下緣五分之一會被蓋住。", "縮圖在建議欄裡不到半個手機寬，字要比想像的大很多。"),
        (
            Wrong("ACCBBC", "對比"), Wrong("CBCBBC", "在手機上只有"), Wrong("CCBBBC", "安全區外"), Wrong("CCCDBC", "安全區外"),
            Wrong("CCCBDC", "只有一部分"), Wrong("CC", "要給 6 個代號"),
        ),
    ),
    _repair(
        GROUPS[1],
        "**修中間三張。** 這三張的毛病是誰先看、看多少、對不對得齊。",
        4,
        "一張一件事、一個標題；其他的字退一步，標題才站得出來。",
        ("規則不會因為寫在圖上就有人讀。", "副標再大，也要留標題三成以上的差距。", "差 16 px 不是活潑，是手滑。"),
        (
            Wrong("BBCCCB", "兩塊都讀不到"), Wrong("DBCCCB", "在手機上只有"), Wrong("CBACCB", "倍"), Wrong("CBCACB", "個標題"),
            Wrong("CBCCBB", "差了"), Wrong("CBCCCC", "疊在一起"),
        ),
    ),
    _repair(
        GROUPS[2],
        "**修最後兩張。** 其中一半的毛病，用眼睛看不到。",
        3,
        "替代文字說出標題、數字和要人做的事，聽的人和看的人收到同一件事。",
        ("把每一個替代文字唸出來，再問：我知道要做什麼了嗎？", "圖上有數字的，替代文字裡也要有。", "柿紅底是中間調，淺色裡只有最淺的夠。"),
        (Wrong("BCCD", "只提到"), Wrong("CCCD", "數字"), Wrong("DBCD", "行距"), Wrong("DCBD", "對比"), Wrong("DCCB", "替代文字")),
    ),
    Text(
        prompt=(
            "替「手沖小教室」寫替代文字（40–150 字）：說畫面、說標題和賣點，把日期、時間、地點、人數、價錢都帶到。"
            "不要寫「圖片」「這是一張」，也不要標籤。"
        ),
        given="mine.card",
        checks=(
            Check("40–150 字", lambda t: 40 <= len(t) <= 150, "太短說不完，太長聽的人記不住。"),
            Check("有標題和賣點", lambda t: "手沖小教室" in t and "三種水溫" in t, "圖上最大的那一句和下面那一句，照著寫進去。"),
            Check("日期與時間", _has("11月22", "10"), "日期和幾點開始，少一個就會有人跑錯時間。"),
            Check("地點", _has("台南"), "在哪一店？聽的人看不到圖上的字。"),
            Check("人數與價錢", _has("8", "600"), "每班幾人、多少錢，決定要不要報名。"),
            Check("說到畫面", lambda t: any(w in t for w in ("底", "背景", "畫面", "右上", "圓", "環")), "用半句話說畫面：底色、右上的圓。"),
            Check("不說廢話", lambda t: not any(w in t for w in ("圖片", "這是一張", "照片", "#")), "報讀軟體已經說了這是圖片，不必再說一次；標籤放貼文。"),
        ),
        model=lambda: MODEL,
        explain="半句畫面，其餘是資訊。",
        points=3,
        hints=("先抄圖上的字，再加半句畫面。", "用句號分開，聽起來才有停頓。"),
        wrong=(
            Wrong("圖片", "40–150 字"),
            Wrong("這是一張手沖小教室的圖片，一堂課，三種水溫，深綠色的底。11 月 22 日 10:00 在台南店，每班 8 人，600 元含茶具。", "不說廢話"),
            Wrong("深綠底，右上金色圓環。手沖小教室：一堂課，三種水溫。11 月 22 日 10:00，台南店，歡迎大家一起來喝茶聊天。", "人數與價錢"),
            Wrong("手沖小教室：一堂課，三種水溫。11 月 22 日星期六 10:00 開始，地點台南店，每班 8 人，600 元含杯具，請提早報名。", "說到畫面"),
        ),
    ),
    TableAnswer(
        prompt=(
            "**研究軌。** 不用 `contrast()`，自己算 `mine.colours` 四個顏色兩兩的對比（列是字色、欄是底色，對角線是 1）。\n\n"
            "先把每個色版除以 255，再還原成線性光：≤ 0.04045 時除以 12.92，否則 ((c + 0.055) ÷ 1.055) 的 2.4 次方；"
            "亮度＝0.2126 紅＋0.7152 綠＋0.0722 藍；對比＝（亮的＋0.05）÷（暗的＋0.05）。"
        ),
        truth=_table,
        tolerance=1e-3,
        slips=(
            Slip(_without_flare, "差在兩邊各加 0.05。那是螢幕反光的量，少了它，深色的對比會大得離譜。"),
            Slip(_upside_down, "有些格子小於 1。對比不分誰是字、誰是底：永遠亮的除以暗的。"),
            Slip(_not_linear, "少了還原線性光那一步。色碼的 128 不是一半的光，只有兩成左右。"),
        ),
        stub="import pandas as pd\n\ncolours = mine.colours",
        solution=(
            "def light(hexes):\n"
            "    parts = [int(hexes[i : i + 2], 16) / 255 for i in (1, 3, 5)]\n"
            "    flat = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]\n"
            "    return 0.2126 * flat[0] + 0.7152 * flat[1] + 0.0722 * flat[2]\n\n"
            "def ratio(a, b):\n"
            "    return (max(light(a), light(b)) + 0.05) / (min(light(a), light(b)) + 0.05)\n\n"
            "answer = pd.DataFrame({g: [ratio(colours[t], colours[g]) for t in colours] for g in colours}, index=list(colours))"
        ),
        research=True,
        points=3,
        explain="四行算式，就是每個對比檢查工具背後的全部。",
        hints=("先寫一個函式算亮度，再兩兩相除。", "`int(\"#B3432B\"[1:3], 16)` 是紅色版。"),
        wrong=(Wrong(_without_flare, "0.05"), Wrong(_upside_down, "亮的除以暗的"), Wrong(_not_linear, "線性光"), Wrong(4.5, "DataFrame")),
    ),
)  # fmt: skip


# What the lesson asks before it shows.

ALTS = {
    "阿洛一": "秋茶主視覺_final2.jpg",
    "阿洛二": "圖片",
    "阿洛三": "秋天到了，一起來感受嶼穗茶食最用心的好味道吧！ #秋茶 #限定",
    "柏宇": "深綠色背景上有一個金色的大圓和幾片淡綠色的葉子",
    "佩蓁": "秋天的金萱，今年只採一次，六家門市同步開賣，按鈕寫著預留一包。",
    "子晴": "深綠底，右上一輪金色秋日和茶葉。秋天的金萱，今年只採一次，10 月 8 日起六家門市同步開賣，按鈕寫著預留一包。",
}
"""Alt texts of one card, by who wrote them."""


@cache
def lesson_cards() -> dict[str, Card]:
    """The lesson's cards, by name; 阿洛's first version is among them."""
    return load_many(datasets.path("planning/cards.yml"))


def _first() -> Card:
    return lesson_cards()["秋茶上市（阿洛版）"]


def _good_alts() -> float:
    return float(sum(lint(lesson_cards()["秋茶上市"].changed(alt=alt)).passed for alt in ALTS.values()))


def _safe_share() -> float:
    canvas = lesson_cards()["秋茶限動"].canvas
    return 100 * (canvas.safe[3] - canvas.safe[1]) / canvas.height


PREDICTIONS = {
    "a": Prediction(
        prompt="阿洛版的圖卡，有幾個地方要改？",
        truth=lambda: float(len(lint(_first()))),
        show=lambda value: f"{value:.0f} 處",
        why="自己做的圖，自己最難看出毛病：你知道上面寫什麼，眼睛會替你補完。",
        close=1,
    ),
    "b": Prediction(
        prompt="1080 px 寬的圖卡上 28 px 的字，在手機上有幾 px 高？",
        truth=lambda: 28 * _first().canvas.scale,
        show=lambda value: f"{value:.1f} px",
        why="圖卡縮到手機寬，字跟著一起縮。",
        close=1.5,
    ),
    "c": Prediction(
        prompt="九個品牌色兩兩配成字和底，有幾組任何大小都讀得到？",
        truth=lambda: float((accessible_pairs()["可以用在"] == "任何大小").sum()),
        show=lambda value: f"{value:.0f} 組",
        why="深配淺才行；深配深、淺配淺、中間調配誰都危險。",
        close=4,
    ),
    "d": Prediction(
        prompt="橫跨綠底和金色太陽的那一行字，最差的地方對比是多少？",
        truth=lambda: float(contrast_map(across_the_sun(), "sub")["contrast"].min()),
        show=lambda value: f"{value:.1f}",
        why="平均過關，太陽上的那幾個字還是讀不到。",
        close=0.5,
    ),
    "e": Prediction(
        prompt="限時動態的高度，有百分之幾不會被介面蓋住？",
        truth=_safe_share,
        show=lambda value: f"{value:.0f}%",
        why="上面是帳號列，下面是回覆列和按鈕。",
        close=5,
    ),
    "f": Prediction(
        prompt="六個替代文字，有幾個通過？",
        truth=_good_alts,
        show=lambda value: f"{value:.0f} 個",
        why="有文字不等於有內容；少了日期，聽的人就錯過了。",
        close=0,
    ),
    "g": Prediction(
        prompt="只比規格顏色的做法，三張好卡誤報幾張？",
        truth=lambda: float(sum(_by_spec(lesson_cards()[name]) for name in ("秋茶上市", "秋茶限動", "門市公告"))),
        show=lambda value: f"{value:.0f} 張",
        why="它不知道字底下真正是什麼：按鈕上的字，底是按鈕，不是背景。",
        close=0,
    ),
}


def _by_spec(card: Card) -> bool:
    """Whether a check of the spec's colours alone would complain."""
    return any(contrast(block.colour, card.background.colour) < 4.5 for block in card.blocks)


def across_the_sun() -> Card:
    """The lesson's card with its sub moved up, so that it begins on green and ends on the sun."""
    return lesson_cards()["秋茶上市"].changed("sub", text="今年只採一次，採完就等明年", y=300, size=66, colour="#FBF6EC")


__all__ = ["ALTS", "PREDICTIONS", "QUESTIONS", "SCENE", "SETUP", "across_the_sun", "data", "lesson_cards"]
