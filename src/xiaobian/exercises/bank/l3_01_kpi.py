"""Questions and predictions of lesson 3.1."""

from __future__ import annotations

import re
from functools import cache

import pandas as pd

from ... import datasets, records
from ...analytics import control_chart, with_followers
from ...analytics.kpi.kpi import kpi
from ...analytics.kpi.result import KPIResult
from ...exports import read_export
from .. import checks
from ..predictions import Prediction
from ..questions import Choice, Match, Number, Option, Slip, TableAnswer, Text, Wrong
from ..worlds import tables_of

SCENE = """
六月的 Instagram 月報輪到阿洛寫。佩蓁只要三樣東西：一個說得清楚分母的互動率、一句敢寄給創辦人的結論，
還有「上週掉了是不是真的掉了」。你的資料是另一份模擬的半年貼文，和課文那份不同；`posts` 已經讀好了。
"""

SETUP = """
import xiaobian as xb

xb.use_theme()
ex = xb.exercise("3.1")
posts = ex.data()
ex
"""

ENGAGEMENT = ["likes", "comments", "shares", "saves"]


def data() -> pd.DataFrame:
    """The learner's own half year of the brand: table ``posts`` with followers."""
    return _posts(records.seed("3.1", "exercise")).copy()


@cache
def _posts(seed: int) -> pd.DataFrame:
    made = tables_of(seed)
    return with_followers(made["posts"], made["account_days"])


def _june() -> pd.DataFrame:
    posts = data()
    return posts[(posts["platform"] == "instagram") & (posts["published_at"].dt.month == 6)]


def _rate(name: str, aggregate: str = "ratio_of_sums") -> float:
    return 100 * _june_kpis(records.seed("3.1", "exercise")).value(name, aggregate)


@cache
def _june_kpis(seed: int) -> KPIResult:
    return kpi(_june())


def _mean_of_rates() -> float:
    june = _june().dropna(subset=[*ENGAGEMENT, "reach"])
    return float(100 * (june[ENGAGEMENT].sum(axis=1) / june["reach"]).mean())


def _instagram() -> pd.DataFrame:
    posts = data()
    return posts[posts["platform"] == "instagram"]


def _weekly() -> pd.DataFrame:
    return control_chart(_instagram(), kpi="er_reach", period="week").table


def _signals() -> float:
    return float((_weekly()["signal"] != "").sum())


def _drops() -> float:
    change = _weekly()["value"].pct_change()
    return float((change < -0.1).sum())


def _by_format() -> pd.DataFrame:
    posts = _instagram().dropna(subset=[*ENGAGEMENT, "reach"])
    sums = posts.groupby("format")[[*ENGAGEMENT, "reach"]].sum()
    return (sums[ENGAGEMENT].sum(axis=1) / sums["reach"]).to_frame("er_reach")


def _by_format_mean() -> pd.DataFrame:
    posts = _instagram().dropna(subset=[*ENGAGEMENT, "reach"])
    rate = posts[ENGAGEMENT].sum(axis=1) / posts["reach"]
    return rate.groupby(posts["format"]).mean().to_frame("er_reach")


QUESTIONS = (
    Match(
        prompt="同事說的每一句話，背後用的是哪一個分母？替左邊每一句選一個。",
        pairs={
            "看到這則貼文的人，有多少比例按了讚或留言": "A",
            "粉絲裡，相當於有多少比例跟這則貼文互動": "B",
            "每播放一百次，換來幾次互動": "C",
            "每瀏覽一百次，有幾次點了連結": "C",
        },
        choices={"A": "觸及人數", "B": "粉絲數", "C": "瀏覽次數"},
        why={
            "看到這則貼文的人，有多少比例按了讚或留言": "「看到的人」一人只算一次，就是觸及人數。",
            "粉絲裡，相當於有多少比例跟這則貼文互動": "句子裡的母體是粉絲，不管他有沒有看到。",
            "每播放一百次，換來幾次互動": "播放可以重複，同一個人看三次算三次，分母是瀏覽次數。",
            "每瀏覽一百次，有幾次點了連結": "點擊率的分母是瀏覽次數，不是人數。",
        },
        explain="先找出句子裡的「每一個什麼」，那就是分母。",
        points=3,
        hints=("圈出每一句裡「每⋯⋯」或「⋯⋯裡」的那個名詞。", "人數只有兩種：看到的人、追蹤的人。其他都是次數。"),
        wrong=(Wrong("AAAA", "母體是粉絲"), Wrong("BBCC", "一人只算一次")),
    ),
    Number(
        prompt=(
            "2026 年 6 月，**Instagram** 的互動率是多少？\n\n定義：（按讚 ＋ 留言 ＋ 分享 ＋ 儲存）÷ 觸及人數，"
            "先加總再相除。用下面的面板把指標、算法、分組選對，讀出 6 月那一點；答到小數第一位就好。"
        ),
        given='instagram = posts[posts["platform"] == "instagram"]\nxb.panels.kpi_explorer(instagram, rate="er_views", by="weekday")',
        truth=lambda: _rate("er_reach"),
        tolerance=0.06,
        unit="%",
        decimals=1,
        slips=(
            Slip(lambda: _rate("er_reach", "median_of_posts"), "這是貼文的中位數。它回答「一則普通貼文」，題目問的是整個月，請先加總再相除。"),
            Slip(_mean_of_rates, "這是把每則貼文的互動率拿來平均。觸及 200 人的貼文和觸及 2 萬人的貼文被當成一樣重，請改成先加總再相除。"),
            Slip(lambda: _rate("er_views"), "這是用瀏覽次數當分母。題目要的是觸及人數。"),
            Slip(lambda: _rate("er_followers"), "這是用粉絲數當分母。題目要的是觸及人數。"),
        ),
        explain="分子、分母各自加總，最後才除一次。",
        points=3,
        hints=(
            "分組選「月份」，指標選「互動率（互動 ÷ 觸及）」。",
            "算法選「加總後相除」。想用程式的話：先篩出 6 月的貼文，再用 `xb.kpi(june).value(\"er_reach\")`。",
        ),
    ),
    Choice(
        prompt=(
            "佩蓁轉來一張全球基準報告：「Instagram 平均互動率 0.48%。」你們家用觸及當分母是它的好幾倍，"
            "她想在月報寫「我們比全球平均好得多」。你怎麼回？（可以先執行 `xb.evidence(\"socialinsider_2026_er\")`）"
        ),
        options={
            "A": Option("照寫，數字確實比較高", "兩個數字的分母不同，高低沒有意義。先看證據卡的「分母」那一行。"),
            "B": Option("先換成同一個分母（粉絲數）再比，並註明母體是全球帳號", "對。"),
            "C": Option("把自家數字除以 10，比較保守", "隨便打折不會讓分母變相同。要用同一個定義重算。"),
            "D": Option("基準報告都不可信，不要比", "它有來源、期間和分母，可以參考；問題在兩邊要用同一種算法。"),
        },
        answer="B",
        explain="那份報告的分母是粉絲數。先用同一個分母重算，再註明母體不是台灣帳號，讀的人才知道能信到哪裡。",
        hints=("比較兩個比率之前，先確認它們的分母相同。",),
        wrong=(Wrong("A", "分母不同"), Wrong("C", "重算"), Wrong("D", "可以參考")),
    ),
    Number(
        prompt=(
            "下面是你的 **Instagram** 半年資料，每週互動率（互動 ÷ 觸及）的管制圖。"
            "有幾週值得開會追原因？"
        ),
        given='xb.analytics.control_chart(instagram, kpi="er_reach", period="week").plot()',
        truth=_signals,
        tolerance=0,
        unit="週",
        decimals=0,
        slips=(Slip(_drops, "這是「比上週少一成以上」的週數。日常起伏就會讓它常常發生；題目問的是超出管制界限的週。"),),
        explain="超出界限的才值得追原因，其他週的高低是日常起伏。",
        points=3,
        hints=("只看點有沒有跑出灰帶。", "比上週低不算數，超出上限或下限才算。"),
        wrong=(Wrong("很多", "看不出是哪個數字"),),
    ),
    Text(
        prompt=(
            "寫一句話回覆佩蓁：6 月的 Instagram 表現如何？寫得出分母、則數和一個帶百分比的數字，"
            "不要把話說滿。（第 2 題的數字可以直接用）"
        ),
        checks=(checks.PERCENT, checks.DENOMINATOR, checks.COUNTED, checks.MODEST, checks.TAIWAN_WORDS),
        model=lambda: f"6 月 Instagram 共 {len(_june())} 則貼文，互動率（互動 ÷ 觸及，加總後相除）約 {_rate('er_reach'):.1f}%，只有一個月，還看不出變好或變差。",
        explain="有數字、有分母、有則數，而且沒有說滿：這句話可以直接寄出去。",
        hints=("照這個順序寫：期間與平台 → 則數 → 互動率與分母 → 能說到哪裡。",),
        wrong=(
            Wrong("6 月表現很好", "有百分比"),
            Wrong("互動率 4.2%，保證是最好的一個月", "有分母"),
            Wrong("22 則貼文的互動率（互動 ÷ 觸及）是 4.2%，證明了策略一定對", "沒把話說滿"),
        ),
    ),
    TableAnswer(
        prompt=(
            "**研究軌。** 不用 `xb.kpi()`，自己用 pandas 算出 Instagram 各格式的互動率（互動 ÷ 觸及，先加總再相除）。\n\n"
            "互動是按讚、留言、分享、儲存的總和；這五欄只要有一欄是缺值，那則貼文就不要用。"
            "答案是一張表：索引是 format，欄位叫 er_reach，值是比例（0–1）。"
        ),
        truth=_by_format,
        slips=(
            Slip(_by_format_mean, "這是每則互動率的平均。請先把分子、分母各自加總，再相除一次。"),
            Slip(lambda: 100 * _by_format(), "值多乘了 100。題目要的是 0–1 的比例。"),
        ),
        stub='parts = ["likes", "comments", "shares", "saves"]',
        solution=(
            'known = instagram.dropna(subset=[*parts, "reach"])\n'
            'sums = known.groupby("format")[[*parts, "reach"]].sum()\n'
            'answer = (sums[parts].sum(axis=1) / sums["reach"]).to_frame("er_reach")'
        ),
        research=True,
        points=4,
        explain="dropna 先排除缺值，groupby 之後分子、分母各自加總，最後才除。",
        hints=("先 `dropna(subset=[...])`。", "`groupby(\"format\")` 之後用 `.sum()`，再把四欄橫向相加。"),
        wrong=(Wrong(0.05, "DataFrame"),),
    ),
)  # fmt: skip


@cache
def _lesson() -> pd.DataFrame:
    posts = read_export(datasets.sample("instagram")).posts
    return with_followers(posts, datasets.load("account_days"))


def _of(name: str, chosen: str) -> float:
    posts = _lesson()
    return kpi(posts[posts["format"] == chosen]).value(name)


PREDICTIONS = {
    "a": Prediction(
        prompt="以觸及為分母，短影音的互動率是輪播的幾倍？",
        truth=lambda: _of("er_reach", "short_video") / _of("er_reach", "carousel"),
        show=lambda value: f"{value:.2f} 倍",
        why="短影音被推給很多還不認識你的人，觸及大，互動攤下來就薄。",
        close=0.15,
    ),
    "b": Prediction(
        prompt="把分母換成粉絲數，哪一種格式的互動率最高？",
        truth=lambda: _best("er_followers"),
        show=str,
        why="同一批貼文、同一批互動，只換分母，名次就換人。",
        options=("短影音", "輪播", "圖片"),
    ),
    "c": Prediction(
        prompt="短影音裡，把觸及最高的三則拿掉，短影音的互動率（互動 ÷ 粉絲數，加總後相除）會變成原來的幾倍？",
        truth=lambda: _without_top(3),
        show=lambda value: f"{value:.2f} 倍",
        why="加總後相除，讓觸及大的貼文票數多。三則就能左右五十幾則的數字，所以還要看「一則普通貼文」的中位數。",
        close=0.05,
    ),
    "d": Prediction(
        prompt="二十六週裡，有幾週的互動率比前一週少一成以上？",
        truth=lambda: _weeks_down(),
        show=lambda value: f"{value:.0f} 週",
        why="如果每次掉一成就開檢討會，會議多到沒有人當真。",
        close=1,
    ),
    "e": Prediction(
        prompt="同一年的兩份報告，Instagram 平均互動率高的是低的幾倍？",
        truth=lambda: _reported("buffer_2025_er") / _reported("socialinsider_2026_er"),
        show=lambda value: f"{value:.1f} 倍",
        why="它們量的是不同的東西，只是都叫互動率。",
        close=0.3,
    ),
}


def _reported(evidence_id: str) -> float:
    found = re.search(r"Instagram ([\d.]+)%", datasets.evidence(evidence_id).figure)
    assert found, evidence_id
    return float(found[1])


def _best(name: str) -> str:
    names = {"short_video": "短影音", "carousel": "輪播", "image": "圖片"}
    return names[max(names, key=lambda chosen: _of(name, chosen))]


def _without_top(count: int) -> float:
    posts = _lesson()
    shorts = posts[posts["format"] == "short_video"]
    rest = shorts.drop(shorts["reach"].astype("Float64").nlargest(count).index)
    return kpi(rest).value("er_followers") / kpi(shorts).value("er_followers")


def _weeks_down() -> int:
    weekly = control_chart(_lesson(), kpi="er_reach", period="week").table["value"]
    return int((weekly.pct_change() < -0.1).sum())
