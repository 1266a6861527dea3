"""Questions and predictions of lesson 0.1."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import pandas as pd

from ...analytics import kpi
from ...sandbox import World, weeks
from ...sandbox.truth import QUESTIONS as TRUTHS
from ..predictions import Prediction
from ..questions import Choice, Decision, MultiChoice, Number, Option, Order, Slip, Wrong
from ..worlds import own_world
from ..worlds import world as world_of

SCENE = """
到職第一週，佩蓁把帳號交給阿洛，只交代一句：「先把規矩弄懂，再動手。」這份練習先確認你的資料放在哪裡、
一課要怎麼讀，再請你從自己的世界讀一個數字、懷疑一張圖，最後排一週貼文，放進十個沒看過的世界裡比高下。
"""

SETUP = """
import xiaobian as xb

ex = xb.exercise("0.1")
ex
"""


LESSON_SEED = 1
"""The world of the lesson; no learner's exercise uses it."""

HIDDEN = 10
"""Worlds that a week is tried in."""


@cache
def _past(seed: int) -> pd.DataFrame:
    return World(seed).history(weeks=52).posts


def data() -> pd.DataFrame:
    """The learner's own year of the brand on six platforms: table ``posts``."""
    return _past(own_world("0.1").seed)


def _count(platform: str | None, month: int) -> int:
    table = data()
    chosen = table["published_at"].dt.month == month
    if platform:
        chosen &= table["platform"] == platform
    return int(chosen.sum())


RULES = {
    "先發哪些": dict(zip("ABCD", weeks.CHOOSE.items(), strict=True)),
    "幾點發": dict(zip("EFGH", weeks.WHEN.items(), strict=True)),
    "怎麼分": dict(zip("IJK", weeks.SPREAD.items(), strict=True)),
}


@cache
def _tried(letters: str, seeds: tuple[int, ...]) -> tuple[weeks.WeekResult, ...]:
    """The same rules tried in every hidden world."""
    choose, when, spread = (
        options[letter][0] for letter, options in zip(letters, RULES.values(), strict=True)
    )
    return tuple(weeks.judge(world, weeks.follow(world, choose, when, spread)) for world in map(world_of, seeds))


def _hidden(letters: str) -> tuple[weeks.WeekResult, ...]:
    return _tried(letters, tuple(own_world("0.1", attempt).seed for attempt in range(HIDDEN)))


def _share(letters: str) -> float:
    """Part of the way from habit to the best that the rules go, all hidden worlds together."""
    results = _hidden(letters)
    gained = sum(result.value - result.baseline for result in results)
    return gained / sum(result.best - result.baseline for result in results)


NEXT = {
    "選了哪些素材": "下一步：換「先發哪些」，想想 24 小時花在哪裡。",
    "排在什麼時間": "下一步：換「幾點發」，再看一次課文的真相卡。",
    "同平台擠在一起": "下一步：換「怎麼分」，讓同平台的貼文隔開。",
}


def _reason(letters: str) -> str:
    """The largest part of the distance to the best, over all hidden worlds."""
    results = _hidden(letters)
    return max(NEXT, key=lambda name: sum(result.parts[name] for result in results))


def _told(letters: str) -> str:
    worlds, share = len(_hidden(letters)), _share(letters)
    went = f"走完了習慣到最好之間的 {share:.0%}" if share > 0.005 else "沒有比照習慣更好"
    return f"在 {worlds} 個沒看過的世界裡，你的規則{went}。差距最大的一塊是「{_reason(letters)}」。"


QUESTIONS = (
    Choice(
        prompt="你在面板上作答，按下「檢查」。這個答案存到哪裡？",
        options={
            "A": Option("課程資料夾裡的 answers 資料夾，只在這台電腦", "對。"),
            "B": Option("筆記本檔案的中繼資料裡", "筆記本只存文字和圖。面板的答案另外存檔，所以核心重開後還找得回來。"),
            "C": Option("老師的伺服器", "套件沒有連線到任何伺服器。要交作業時，由你自己匯出、自己交。"),
            "D": Option("瀏覽器的暫存，關掉就不見", "關掉再開，答案還在。它存成檔案，不靠瀏覽器。"),
        },
        answer="A",
        points=1,
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
            "下面這張表數的是你的練習世界（另一個種子的一年貼文）：列是月份，欄是平台。\n\n"
            "2025 年 4 月，**Instagram** 一共發了幾則貼文？"
        ),
        given='posts = ex.data()\nmonth = posts["published_at"].dt.month.rename("月份")\nposts.groupby([month, "platform"]).size().unstack()',
        truth=lambda: float(_count("instagram", 4)),
        tolerance=0,
        unit="則",
        decimals=0,
        slips=(
            Slip(lambda: float(_count(None, 4)), "這是六個平台合計。題目只問 Instagram，看 instagram 那一欄就好。"),
            Slip(lambda: float(_count("line", 4)), "這是 LINE 的則數。請改看 instagram 那一欄。"),
        ),
        explain="列是 4 月，欄是 instagram，交會的那一格就是答案。",
        hints=("先找到 4 月那一列。", "再找到 instagram 那一欄。"),
        wrong=(Wrong("好多", "看不出是哪個數字"),),
    ),
    Choice(
        prompt=(
            "下面這張圖把你的世界裡的 Instagram 貼文依發佈時段分開。阿洛看了說：「晚上的互動比較多，以後都晚上發。」\n\n"
            "佩蓁該先問哪一句？"
        ),
        given='instagram = posts.query(\'platform == "instagram"\')\nxb.kpi(instagram, by="daypart").plot("engagements", "median_of_posts")',
        options={
            "A": Option("「晚上發的，是不是本來就是比較強的內容？」", "對。"),
            "B": Option("「是不是該買廣告，把晚上再放大？」", "還不知道晚上好在哪裡，先別加碼。"),
            "C": Option("「要不要把圖換成圓餅圖？」", "圖的樣子不會改變比較的對象。先問兩群貼文差在哪裡。"),
            "D": Option("「能不能再多發幾則，讓差距更明顯？」", "照同樣的習慣多發，只會把同樣的偏差看得更清楚。"),
        },
        answer="A",
        points=1,
        explain="時段是小編挑的，挑的時候就看了內容。兩群貼文本來就不一樣，差距不全是時段造成的。",
        hints=("想一想：誰決定一則貼文幾點發？他決定的時候知道什麼？",),
        wrong=(Wrong("B", "先別加碼"), Wrong("C", "比較的對象"), Wrong("D", "同樣的偏差")),
    ),
    Decision(
        prompt=(
            "輪到你了。一週 24 小時的製作時間、14 則素材，定三條規則，套用到十個沒看過的世界。\n\n"
            "照習慣排是 0，找得到的最好排法是 100%。走到 48% 就通過。"
        ),
        choices={name: {letter: words for letter, (_, words) in options.items()} for name, options in RULES.items()},
        share=_share,
        told=_told,
        advice=lambda letters: NEXT[_reason(letters)],
        best="BGK",
        floor=0.4,
        enough=0.48,
        explain="花時間少、換到多的先做；同平台隔開；時段交給真相而不是印象。",
        points=4,
        hints=(
            "影片一支要 5 到 8 小時。一樣的工時，換成別的格式可以發幾則？",
            "課文的真相卡說過，同一則內容早上和晚上差多少。別忘了同平台一天發好幾則會互相搶。",
        ),
        wrong=(Wrong("AEJ", "沒有比照習慣更好"), Wrong("DEI", "選了哪些素材"), Wrong("AE", "要給 3 個代號"), Wrong("EAI", "沒有 E")),
    ),
)  # fmt: skip


def _evening_gap() -> float:
    """Percent by which evening posts of the lesson's past earn more engagements, median, Instagram."""
    posts = _past(LESSON_SEED)
    result = kpi(posts[posts["platform"] == "instagram"], by="daypart")
    late, early = (result.value("engagements", "median_of_posts", daypart=part) for part in ("晚上", "早上"))
    return 100 * (late / early - 1)


MILD = {"slots.daypart": {"morning": 0.042, "afternoon": 0.0, "evening": -0.01, "night": -0.12}}
"""The lesson's world with half the daypart effect."""


def _habit_share(settings: Mapping[str, Any] | None = None) -> float:
    world = World(LESSON_SEED, settings=settings)
    result = weeks.judge(world, weeks.follow(world, "strong", "evening", "turns"))
    return 100 * result.value / result.best


def _nearer() -> str:
    """Whether habit comes nearer to the best when the daypart matters half as much."""
    change = _habit_share(MILD) - _habit_share()
    return "更接近" if change > 2 else "更遠" if change < -2 else "差不多"


def _signed(value: float) -> str:
    return f"{value:+.0f}%".replace("-", "−")


PREDICTIONS = {
    "a": Prediction(
        prompt="過去一年的 Instagram 貼文，互動數的中位數晚上比早上高多少（百分比）？",
        truth=_evening_gap,
        show=_signed,
        why="這是把過去的貼文依時段分開，直接比較的結果。",
        close=8,
    ),
    "b": Prediction(
        prompt="同一則內容，從早上 8 點改到晚上 8 點，觸及（互動也等比例）真正會變多少（百分比）？",
        truth=lambda: float(TRUTHS["evening_effect"].truth(World(LESSON_SEED)).value),
        show=_signed,
        why="內容不變、只換時段，這才是時段的效果。",
        close=5,
    ),
    "c": Prediction(
        prompt="照阿洛的習慣排一週，能拿到最好排法的百分之幾？",
        truth=_habit_share,
        show=lambda value: f"{value:.0f}%",
        why="習慣的代價平常看不到，因為沒有人同時過兩個一樣的星期。",
        close=8,
    ),
    "d": Prediction(
        prompt="時段的效果減半之後，照習慣排的一週會更接近最好的排法嗎？",
        truth=_nearer,
        show=str,
        why="習慣的損失有一部分來自時段；時段不重要了，那一部分就不見，選材的損失留著。",
        options=("更接近", "差不多", "更遠"),
    ),
}
