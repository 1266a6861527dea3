"""Questions and predictions of lesson 0.1."""

from __future__ import annotations

from functools import cache

import pandas as pd

from ... import records
from ...exports import samples
from ..predictions import Prediction
from ..questions import Choice, MultiChoice, Number, Option, Order, Slip, Wrong

SCENE = """
到職第一天，佩蓁把帳號交給阿洛，只交代一句：「先把規矩弄懂，再動手。」這份練習確認三件事：你的資料放在哪裡、
一課要怎麼讀、你能從一張表讀出一個數字。
"""

SETUP = """
import xiaobian as xb

ex = xb.exercise("0.1")
ex
"""


@cache
def _posts(seed: int) -> pd.DataFrame:
    return samples.build(seed=seed)["posts"]


def data() -> pd.DataFrame:
    """The learner's own half year of the brand: table ``posts``."""
    return _posts(records.seed("0.1", "exercise"))


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
            "你的練習資料是另一份模擬的半年貼文。執行 `posts = ex.data()` 可以拿到它。\n\n"
            "2026 年 4 月，**Instagram** 一共發了幾則貼文？"
        ),
        truth=lambda: float(_count("instagram", 4)),
        tolerance=0,
        unit="則",
        decimals=0,
        slips=(
            Slip(lambda: float(_count(None, 4)), "這是兩個平台合計。題目只問 Instagram，請先篩選 platform。"),
            Slip(lambda: float(_count("instagram", 5)), "這是 5 月的則數。請把月份換成 4 月。"),
        ),
        explain="先篩平台、再篩月份，最後數列數。",
        hints=("用 `posts[posts[\"platform\"] == \"instagram\"]` 篩平台。", "用 `published_at.dt.month == 4` 篩月份，再用 `len()` 數。"),
        wrong=(Wrong("好多", "看不出是哪個數字"),),
    ),
)  # fmt: skip

PREDICTIONS = {
    "a": Prediction(
        prompt="三月到八月，Instagram 平均一週發幾則？",
        truth=lambda: _weekly_posts(),
        show=lambda value: f"一週 {value:.1f} 則",
        why="先數再說：印象裡的「每天都發」，常常少算了休假和忙不過來的日子。",
        close=0.5,
    ),
}


def _weekly_posts() -> float:
    table = samples.build()["posts"]
    days = table.loc[table["platform"] == "instagram", "published_at"]
    return len(days) / ((days.max() - days.min()).days / 7)
