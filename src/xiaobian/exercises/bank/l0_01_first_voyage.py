"""Questions and predictions of lesson 0.1."""

from __future__ import annotations

from functools import cache

import pandas as pd

from ... import datasets
from ...analytics import kpi
from ...exports import read_export
from ..predictions import Prediction
from ..questions import Choice, MultiChoice, Number, Option, Order, Slip, Wrong
from ..worlds import own_tables

SCENE = """
到職第一天，佩蓁把帳號交給阿洛，只交代一句：「先把規矩弄懂，再動手。」這份練習確認三件事：你的資料放在哪裡、
一課要怎麼讀、你能從一張表讀出一個數字。
"""

SETUP = """
import xiaobian as xb

ex = xb.exercise("0.1")
ex
"""


def data() -> pd.DataFrame:
    """The learner's own half year of the brand: table ``posts``."""
    return own_tables("0.1")["posts"]


def _count(platform: str | None, month: int) -> int:
    table = data()
    chosen = table["published_at"].dt.month == month
    if platform:
        chosen &= table["platform"] == platform
    return int(chosen.sum())


QUESTIONS = (
    Choice(
        prompt="你在面板上作答，按下「檢查」。這個答案存到哪裡？",
        options={
            "A": Option("課程資料夾裡的 `answers/`，只在這台電腦", "對。"),
            "B": Option("筆記本檔案的中繼資料裡", "筆記本只存文字和圖。面板的答案另外存檔，所以核心重開後還找得回來。"),
            "C": Option("老師的伺服器", "套件沒有連線到任何伺服器。要交作業時，由你自己匯出、自己交。"),
            "D": Option("瀏覽器的暫存，關掉就不見", "關掉再開，答案還在。它存成檔案，不靠瀏覽器。"),
        },
        answer="A",
        explain="作答存成 answers/ 裡的 JSON 檔，可以打開來看，也可以刪掉。",
        hints=("打開左邊的檔案清單，看看作答後多了什麼資料夾。",),
        wrong=(Wrong("B", "另外存檔"), Wrong("C", "沒有連線"), Wrong("D", "存成檔案")),
    ),
    MultiChoice(
        prompt="下列哪些是這個套件的做法？（複選）",
        options={
            "A": Option("學習者代號可以只填 s001，不必填真名"),
            "B": Option("預設不連網，課文和練習離線都能跑"),
            "C": Option("讀匯出檔時需要你的平台密碼", "匯出檔是你自己下載的檔案，套件只讀檔，不登入任何平台。"),
            "D": Option("看不懂的資料列會寫進讀檔報告"),
            "E": Option("缺少的數字會自動補 0", "缺值不是 0。平台沒給的數字維持空白，報告會說明。"),
        },
        answers=frozenset("ABD"),
        explain="離線、不要密碼、不要真名；讀不到的寫進報告，缺值維持空白。",
        points=3,
        hints=("先找出兩個「一定不能這樣做」的選項。",),
        wrong=(Wrong("ABDE", "缺值不是 0"), Wrong("AB", "還漏了 1 個"), Wrong("ABC", "不登入任何平台")),
    ),
    Order(
        prompt="每一課都照同一個節奏走。把下面的步驟排成順序。",
        items=("讀場景，弄清楚要回答誰的什麼問題", "先寫下自己的猜測", "執行程式，看結果和猜測差多少", "讀區間與限制，決定能不能下結論", "做練習，用另一份資料再試一次"),
        why=("不知道問題，猜測就沒有方向。", "先看到答案再猜，就不算猜了。", "有了結果，才有東西可以懷疑。", "先弄懂這一份資料，再換下一份。", ""),
        explain="先問題、再猜測、後結果，接著懷疑，最後換一份資料驗證。",
        points=3,
        hints=("「先猜再看」決定了第二步和第三步。", "第一步是場景，最後一步是練習。"),
    ),
    Number(
        prompt=(
            "下面這張表數的是你的練習資料（另一份模擬的半年貼文）：列是月份，欄是平台。\n\n"
            "2026 年 4 月，**Instagram** 一共發了幾則貼文？"
        ),
        given='posts = ex.data()\nmonth = posts["published_at"].dt.month.rename("月份")\nposts.groupby([month, "platform"]).size().unstack()',
        truth=lambda: float(_count("instagram", 4)),
        tolerance=0,
        unit="則",
        decimals=0,
        slips=(
            Slip(lambda: float(_count(None, 4)), "這是兩個平台合計。題目只問 Instagram，看 instagram 那一欄就好。"),
            Slip(lambda: float(_count("facebook", 4)), "這是 Facebook 的則數。請改看 instagram 那一欄。"),
        ),
        explain="列是 4 月，欄是 instagram，交會的那一格就是答案。",
        hints=("先找到 4 月那一列。", "再找到 instagram 那一欄。"),
        wrong=(Wrong("好多", "看不出是哪個數字"),),
    ),
)  # fmt: skip


@cache
def _lesson() -> pd.DataFrame:
    return read_export(datasets.sample("instagram")).posts


def _weekly_posts() -> float:
    days = _lesson()["published_at"]
    return len(days) / ((days.max() - days.min()).days / 7)


def _most_viewed() -> str:
    names = {"short_video": "短影音", "carousel": "輪播", "image": "圖片"}
    result = kpi(_lesson(), by="format")
    return names[max(names, key=lambda one: result.value("views", "median_of_posts", format=one))]


def _weekdays_differ() -> str:
    """Whether even the highest and the lowest weekday can be told apart."""
    days = kpi(_lesson(), by="weekday").rows("er_reach").sort_values("value")
    return "說得出來" if days["low"].iloc[-1] > days["high"].iloc[0] else "還說不出來"


PREDICTIONS = {
    "a": Prediction(
        prompt="三月到八月，Instagram 平均一週發幾則？",
        truth=_weekly_posts,
        show=lambda value: f"一週 {value:.1f} 則",
        why="印象裡的「每天都發」，常常少算了休假和忙不過來的日子。",
        close=0.5,
    ),
    "b": Prediction(
        prompt="以每則貼文的中位數來看，哪一種格式的瀏覽最高？",
        truth=_most_viewed,
        show=str,
        why="合計會被則數和少數爆文拉高，中位數回答的是「一則普通貼文」。",
        options=("短影音", "輪播", "圖片"),
    ),
    "c": Prediction(
        prompt="這份資料說得出星期幾的互動率最高嗎？",
        truth=_weekdays_differ,
        show=str,
        why="分成七天，每一天只剩二十幾則，最高和最低的區間疊在一起。分得越細，每一格越不確定。",
        options=("說得出來", "還說不出來"),
    ),
}
