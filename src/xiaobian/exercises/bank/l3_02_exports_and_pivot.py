"""Questions and predictions of lesson 3.2."""

from __future__ import annotations

from functools import cache

import pandas as pd

from ... import datasets
from ...exports import read_export
from ..predictions import Prediction
from ..questions import Choice, Match, MultiChoice, Number, Option, Order, Slip, TableAnswer, Wrong
from ..worlds import own_tables

SCENE = """
換你收檔案了。同事把 Instagram 和 Facebook 的半年匯出檔交給你，主管要一張樞紐表和一句對得起資料的話。
你的資料是另一份模擬的半年貼文，和課文那份不同；`posts` 已經讀好了。
"""

SETUP = """
import xiaobian as xb

xb.use_theme()
ex = xb.exercise("3.2")
posts = ex.data()
ex
"""

ENGAGEMENT = ["likes", "comments", "shares"]


def data() -> pd.DataFrame:
    """The learner's own half year of the brand: table ``posts``."""
    return own_tables("3.2")["posts"]


def _views(platform: str | None) -> float:
    posts = data()
    chosen = posts if platform is None else posts[posts["platform"] == platform]
    return float(chosen["views"].sum()) / 10_000


def _rate() -> pd.DataFrame:
    known = data().dropna(subset=[*ENGAGEMENT, "views"])
    sums = known.groupby(["format", "platform"])[[*ENGAGEMENT, "views"]].sum()
    return (sums[ENGAGEMENT].sum(axis=1) / sums["views"]).unstack()


def _mean_rate() -> pd.DataFrame:
    known = data().dropna(subset=[*ENGAGEMENT, "views"])
    rate = known[ENGAGEMENT].sum(axis=1) / known["views"]
    return rate.groupby([known["format"], known["platform"]]).mean().unstack()


QUESTIONS = (
    Match(
        prompt="每一份匯出檔都有自己的脾氣。替左邊每一種現象選一個正確的處理方式。",
        pairs={
            "Meta 檔案的發佈時間比台灣早十幾個小時": "A",
            "YouTube 表格的第一列寫著 Total": "B",
            "TikTok 的儲存格出現 undefined": "C",
            "貼文編號變成 1.22E+17": "D",
        },
        choices={"A": "換算成台北時間", "B": "略過這一列並回報", "C": "當成缺值，不是 0", "D": "回到平台重新下載"},
        why={
            "Meta 檔案的發佈時間比台灣早十幾個小時": "它寫的是美國太平洋時間，換算之後星期幾才對。",
            "YouTube 表格的第一列寫著 Total": "總計不是一支影片，留著會讓合計變兩倍。",
            "TikTok 的儲存格出現 undefined": "平台沒有給數字，和「0 次」是兩回事。",
            "貼文編號變成 1.22E+17": "後面的位數已經遺失，只能重新下載。",
        },
        explain="換時區、去總計、缺值留白、壞掉的重新下載：四種毛病四種解法。",
        points=3,
        hints=("先找出救不回來的那一個。", "「沒有數字」不等於「數字是 0」。"),
        wrong=(Wrong("ABCA", "只能重新下載"), Wrong("AACD", "總計不是一支影片")),
    ),
    Number(
        prompt="你的資料裡，**兩個平台合計**的瀏覽是幾萬次？（取到小數第一位）下面的圖可以幫你。",
        given='xb.kpi(posts, by="platform").plot("views")',
        truth=lambda: _views(None),
        tolerance=0.11,
        unit="萬次",
        decimals=1,
        slips=(
            Slip(lambda: _views("instagram"), "這只有 Instagram。題目問兩個平台合計，瀏覽是次數，可以相加。"),
            Slip(lambda: _views("facebook"), "這只有 Facebook。題目問兩個平台合計，瀏覽是次數，可以相加。"),
        ),
        explain="瀏覽是次數，可以跨平台相加；加總時記得註明兩邊的定義。",
        hints=("把圖上兩條的數字加起來。",),
        wrong=(Wrong("很多", "看不出是哪個數字"),),
    ),
    MultiChoice(
        prompt="下列哪些「加起來」是有意義的？（複選）",
        options={
            "A": Option("同一平台、不同貼文的瀏覽次數"),
            "B": Option("同一平台、不同貼文的觸及人數", "看了三則的人會被算三次，加起來不是人數。"),
            "C": Option("兩個平台的留言數"),
            "D": Option("每則互動率加起來除以則數", "每則的份量不同，應該先加總分子、分母再相除。"),
            "E": Option("兩個月的連結點擊數"),
        },
        answers=frozenset("ACE"),
        explain="次數能加；不重複的人和比率不能加。",
        points=3,
        hints=("先問：加起來之後，同一個人會不會被算兩次？",),
        wrong=(Wrong("ACEB", "算三次"), Wrong("AC", "還漏了 1 個")),
    ),
    Choice(
        prompt="樞紐表裡，Facebook 純文字那一格的互動率是全表最高，但只有 4 則。你怎麼寫？",
        options={
            "A": Option("純文字最有效，建議多發", "4 則裡有一則特別紅就會這樣。則數太少，先不排名。"),
            "B": Option("4 則太少，先標記，累積更多再比", "對。"),
            "C": Option("把這一格刪掉，假裝沒有", "刪掉會讓人以為沒發過。保留並標出則數。"),
            "D": Option("和圖片合併成一格", "合併不同格式，讀的人就不知道是誰高。先標記就好。"),
        },
        answer="B",
        explain="少於 5 則的格子先標出來，不排名，也不刪除。",
        hints=("看的是比率，但先問這一格有幾則。",),
        wrong=(Wrong("A", "太少"), Wrong("C", "保留"), Wrong("D", "先標記")),
    ),
    Order(
        prompt="收到一包匯出檔，怎麼處理？",
        items=("原檔留一份，不用試算表打開再存", "讀檔，看每一份報告的列數與警告", "確認時區與指標定義一致", "決定哪些數字能相加", "做樞紐，標出則數太少的格子"),
        why=("原檔壞了就沒有退路。", "列數沒對上，後面都白算。", "時區和定義不同，加起來沒有意義。", "先決定能不能加，再做表。", ""),
        explain="留原檔、看報告、對定義、決定加法、最後才做表。",
        hints=("第一步是保護原檔。", "樞紐表是最後一步。"),
    ),
    TableAnswer(
        prompt=(
            "**研究軌。** 用 pandas 做一張樞紐：列是 format、欄是 platform、值是互動率（按讚＋留言＋分享，÷ 瀏覽，"
            "先加總再相除，值是 0–1 的比例）。這四欄有缺值的貼文不要用；沒有貼文的格子是缺值。"
        ),
        truth=_rate,
        slips=(Slip(_mean_rate, "這是每則互動率的平均。請先加總分子、分母，再相除。"),),
        stub='parts = ["likes", "comments", "shares"]',
        solution=(
            'known = posts.dropna(subset=[*parts, "views"])\n'
            'sums = known.groupby(["format", "platform"])[[*parts, "views"]].sum()\n'
            'answer = (sums[parts].sum(axis=1) / sums["views"]).unstack()'
        ),
        research=True,
        points=4,
        explain="先 groupby 加總，再相除，最後 unstack 攤成樞紐。",
        hints=("先 `dropna`，再 `groupby([\"format\", \"platform\"])`。", "最後用 `.unstack()` 把 platform 變成欄。"),
        wrong=(Wrong(0.03, "DataFrame"),),
    ),
)  # fmt: skip

FILES = ("instagram", "facebook", "tiktok", "youtube")


@cache
def _lesson() -> pd.DataFrame:
    posts = read_export([datasets.sample(name) for name in FILES]).posts
    return posts[posts["published_at"] >= "2026-03-01"]


def _wrong_weekday() -> float:
    """Share of Instagram posts, in percent, whose weekday is wrong if Pacific time is taken for Taipei time."""
    file = datasets.sample("instagram")
    right = read_export(file).posts["published_at"]
    naive = read_export(file, timezone="Asia/Taipei").posts["published_at"]
    return float(100 * (right.dt.day_of_week.to_numpy() != naive.dt.day_of_week.to_numpy()).mean())


def _thin_cells() -> int:
    counts = _lesson().dropna(subset=["views"]).groupby(["format", "platform"]).size()
    return int((counts < 5).sum())


PREDICTIONS = {
    "a": Prediction(
        prompt="把太平洋時間直接當成台北時間，Instagram 有百分之幾的貼文會算到別的星期幾？",
        truth=_wrong_weekday,
        show=lambda value: f"{value:.0f}%",
        why="差 15 或 16 個小時，台灣的早上和下午在那邊都還是前一天。",
        close=8,
    ),
    "b": Prediction(
        prompt="把所有貼文的觸及人數加起來，可以當成「有多少人看到我們」嗎？",
        truth=lambda: "不行",
        show=str,
        why="觸及是每則貼文各自的不重複人數，加起來會重複算同一個人；而且有的平台根本沒給觸及。",
        options=("可以", "不行"),
    ),
    "c": Prediction(
        prompt="格式 × 平台的表裡，有貼文的格子有幾格少於 5 則？",
        truth=_thin_cells,
        show=lambda value: f"{value:.0f} 格",
        why="分得越細，每一格越薄。",
        close=0,
    ),
    "d": Prediction(
        prompt="被存成 1.22E+17 的貼文編號，救得回來嗎？",
        truth=lambda: "不行",
        show=str,
        why="顯示格式改得回來，遺失的位數改不回來。",
        options=("可以", "不行"),
    ),
}
