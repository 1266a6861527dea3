"""Questions and predictions of lesson 3.3."""

from __future__ import annotations

from functools import cache

import pandas as pd

from ... import datasets
from ...analytics import kpi
from ...exports import read_export
from ...panels.axis import ratio_shown
from .. import checks
from ..predictions import Prediction
from ..questions import Choice, MultiChoice, Number, Option, Order, Slip, TableAnswer, Text, Wrong
from ..worlds import own_tables

SCENE = """
佩蓁要阿洛替七月月報把關：別人做的圖先挑錯，自己的結論再寫一句敢寄出去的。
你的資料是另一份模擬的半年貼文，和課文那份不同；`posts` 已經讀好了。
"""

SETUP = """
import xiaobian as xb

xb.use_theme()
ex = xb.exercise("3.3")
posts = ex.data()
instagram = posts[posts["platform"] == "instagram"]
ex
"""

START = 0.9


def data() -> pd.DataFrame:
    """The learner's own half year of the brand: table ``posts``."""
    return own_tables("3.3")["posts"]


def _instagram() -> pd.DataFrame:
    posts = data()
    return posts[posts["platform"] == "instagram"]


def _two_months() -> tuple[float, float]:
    views = kpi(_instagram(), by="month").rows("views").set_index("group")["value"]
    april, june = float(views["2026/4"]), float(views["2026/6"])
    return min(april, june), max(april, june)


def _looks() -> float:
    low, high = _two_months()
    return ratio_shown(low, high, START * low)


def _truly() -> float:
    low, high = _two_months()
    return high / low


def _posts_by_month_and_format() -> pd.DataFrame:
    posts = _instagram()
    months = posts["published_at"].dt.month.rename("month")
    return posts.groupby([months, "format"]).size().unstack(fill_value=0)


FIGURE = checks.pattern("有數字", r"\d(?:\.\d+)?\s*[%％萬次]", "寫出至少一個帶單位的數字，例如 4.3%。")

QUESTIONS = (
    MultiChoice(
        prompt="下面這張圖是同事做的。哪些地方會誤導看的人？（複選）",
        given=(
            'figure, ax = xb.plotting.chart(8, 3.4)\n'
            'ax.bar(["四月", "六月"], [0.051, 0.049], color=["#A63F16", "#0A4A78"])\n'
            'ax.set_ylim(0.048, 0.0515)\n'
            'ax.set_title("四月互動率輾壓六月")\n'
            "figure"
        ),
        options={
            "A": Option("長條圖的縱軸不是從 0 開始"),
            "B": Option("縱軸沒有寫是哪一種互動率、分母是什麼"),
            "C": Option("沒有寫用了幾則貼文、哪段期間"),
            "D": Option("用了兩種顏色", "兩種顏色可以接受，問題不在顏色的數量。"),
            "E": Option("只畫了兩個月", "只比兩個月沒有錯，錯在比法和標示。"),
        },
        answers=frozenset("ABC"),
        explain="起點、分母、則數與期間：少一樣，看的人就會自己腦補。",
        points=3,
        hints=("先看縱軸的數字，再看有沒有寫分母和則數。",),
        wrong=(Wrong("AB", "還漏了 1 個"), Wrong("ABCD", "顏色"), Wrong("E", "只比兩個月")),
    ),
    Number(
        prompt=(
            "同事用長條圖比你的 Instagram **四月和六月**的瀏覽合計，縱軸從「較小那個月的九成」開始。"
            "圖上高的那一條，看起來是矮的那一條的幾倍？（取到小數第一位）\n\n下面是兩個月的瀏覽合計。"
        ),
        given=(
            'views = xb.kpi(instagram, by="month").rows("views").set_index("group")["value"]\n'
            'views[["2026/4", "2026/6"]]'
        ),
        truth=_looks,
        tolerance=0.06,
        unit="倍",
        decimals=1,
        slips=(Slip(_truly, "這是資料裡真正的倍數。題目問圖上看起來的倍數：兩條都要先扣掉縱軸的起點。"),),
        explain="（大 − 起點）÷（小 − 起點）；起點越接近小的那一個，看起來的差距越誇張。",
        points=3,
        hints=("起點是較小那個月的 0.9 倍。", "圖上的高度＝數值 − 起點。兩個高度相除。"),
        wrong=(Wrong("很多", "看不出是哪個數字"),),
    ),
    Choice(
        prompt="七月的互動率 4.1%（95% 區間 3.4–5.0%），六月 4.4%（3.7–5.2%）。月報標題怎麼寫最老實？",
        options={
            "A": Option("七月互動率下滑 7%", "4.1 比 4.4 少，但兩個區間大幅重疊，這份資料撐不起「下滑」。"),
            "B": Option("七月互動率和六月看不出差別", "對。"),
            "C": Option("七月互動率持平，策略奏效", "「看不出差別」和「持平」不同，更推不出策略有效。"),
            "D": Option("七月互動率創新低", "只看點估計會把起伏當新聞。先看區間。"),
        },
        answer="B",
        explain="區間重疊時，能說的是「看不出差別」，而不是「沒有差別」，也不是「變差」。",
        hints=("兩個區間重疊嗎？重疊的話，能說的話會變少。",),
        wrong=(Wrong("A", "重疊"), Wrong("C", "持平"), Wrong("D", "起伏")),
    ),
    Order(
        prompt="一份主管讀得下去的月報，內容怎麼排？",
        items=("這個月好不好：一句結論", "撐住結論的圖，附則數與區間", "可能的原因，標明還沒驗證", "下個月要做的一件事", "定義與資料說明"),
        why=("主管先要答案。", "有證據，原因才有得談。", "先知道可能的原因，才選得出要做的事。", "先講要做什麼，查定義的人會自己往後翻。", ""),
        explain="結論、證據、原因、行動、定義：越前面越多人讀。",
        points=2,
        hints=("第一句是結論，最後一頁是定義。",),
    ),
    Text(
        prompt="替這張圖寫一句月報結論：要有數字和期間，不要講因果，也不要把話說滿。",
        given='xb.kpi(instagram, by="month").plot("er_reach")',
        checks=(FIGURE, checks.PERIOD, checks.NO_CAUSE, checks.MODEST, checks.TAIWAN_WORDS),
        model=lambda: f"三到八月的互動率（互動 ÷ 觸及）大約在 {100 * kpi(_instagram()).value('er_reach'):.1f}% 上下，各月區間互相重疊，看不出變好或變差。",
        explain="數字、期間、能說到哪裡，都交代了。",
        hints=("照這個順序：期間 → 數字與分母 → 區間說得出什麼、說不出什麼。",),
        wrong=(
            Wrong("互動率變好了", "有數字"),
            Wrong("八月互動率 5.1%，因為短影音奏效", "沒有因果"),
            Wrong("八月互動率 5.1%，創新高", "沒把話說滿"),
        ),
    ),
    TableAnswer(
        prompt=(
            "**研究軌。** 畫熱力圖之前要先知道每一格有幾則。用 pandas 算出 Instagram 每個月（列，索引 1–12 的月份數字）、"
            "每種 format（欄）的貼文則數；沒有的填 0。"
        ),
        truth=_posts_by_month_and_format,
        slips=(Slip(lambda: _posts_by_month_and_format().T, "列和欄對調了：列要是月份，欄要是 format。"),),
        stub='month = instagram["published_at"].dt.month.rename("month")',
        solution='answer = instagram.groupby([month, "format"]).size().unstack(fill_value=0)',
        research=True,
        points=4,
        explain="先數則數，再談每格的比率；少於 5 則的格子要標出來。",
        hints=("`groupby([month, \"format\"])` 之後用 `.size()`。", "再用 `.unstack(fill_value=0)` 攤開。"),
        wrong=(Wrong(5, "DataFrame"),),
    ),
)  # fmt: skip


@cache
def _lesson() -> pd.DataFrame:
    return read_export(datasets.sample("instagram")).posts


def _months() -> tuple[float, float]:
    views = kpi(_lesson(), by="month").rows("views").set_index("group")["value"]
    return float(views["2026/3"]), float(views["2026/7"])


def _july() -> str:
    """What July's rate says against June's: whether the intervals leave room for a verdict."""
    rows = kpi(_lesson(), by="month").rows("er_reach").set_index("group")
    june, july = rows.loc["2026/6"], rows.loc["2026/7"]
    if july["high"] < june["low"]:
        return "變差"
    return "變好" if july["low"] > june["high"] else "看不出差別"


PREDICTIONS = {
    "a": Prediction(
        prompt="七月的瀏覽是三月的幾倍？",
        truth=lambda: _months()[1] / _months()[0],
        show=lambda value: f"{value:.2f} 倍",
        why="眼睛量的是長條的長度，不是旁邊的刻度；起點一動，長度就不再代表數字。",
        close=0.1,
    ),
    "b": Prediction(
        prompt="縱軸從較小那個月的九成五開始，圖上高的那一條是矮的那一條的幾倍？",
        truth=lambda: ratio_shown(min(_months()), max(_months()), 0.95 * min(_months())),
        show=lambda value: f"{value:.1f} 倍",
        why="數字一個都沒改，只把起點往上移，一成的差距就變成好幾倍。",
        close=0.3,
    ),
    "c": Prediction(
        prompt="這張雙軸圖能不能支持「粉絲變多，所以瀏覽變多」？",
        truth=lambda: "不行",
        show=str,
        why="累積的數字只會往上，任何兩個累積量都會一起往上；兩個軸的刻度又是自己挑的。",
        options=("可以", "不行"),
    ),
    "d": Prediction(
        prompt="七月整個月的互動率和六月比，月報第一句該說什麼？",
        truth=_july,
        show=str,
        why="有一週真的掉了，但整個月的區間和六月大幅重疊。週的異常寫在原因，月的結論照區間說。",
        options=("變好", "變差", "看不出差別"),
    ),
}
