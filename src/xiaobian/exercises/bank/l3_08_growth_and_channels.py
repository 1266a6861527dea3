"""Questions and predictions of lesson 3.8."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, partial

import numpy as np
import pandas as pd

from ...analytics import ads_budget, attribution
from ...sandbox import World, engine, plans
from ...sandbox.history import PAGES, Frames
from ...sandbox.sessions import sessions_table
from ...sandbox.streams import generator, sequence
from ...sandbox.world import Tables
from ..predictions import Prediction
from ..questions import Choice, Decision, Match, Number, Option, Slip, Wrong
from ..worlds import own_world

SCENE = """
年度檢討前一週，佩蓁交給你四件事：粉絲暴增是誰帶來的、連結標記哪裡壞了、GA4 的直接流量裡藏了多少社群、明年的
廣告錢怎麼放。資料是你自己的世界，和課文那個不同；`past` 裡有 `account_days`、`posts`、`sessions`，
還有 `spends`（每週在三個平台各加強推廣一則，金額故意輪流）。
"""

SETUP = """
import xiaobian as xb

xb.use_theme()
ex = xb.exercise("3.8")
past = ex.data()
ex
"""

LESSON_SEED = 45
"""The world of the lesson; no learner's exercise uses it."""

WEEKS = 52
AD_PLATFORMS = ("facebook", "instagram", "tiktok")
AMOUNTS = (500, 1000, 2000, 4000, 8000)
"""NT$ of a boosted post, taken in turn."""

WORTH = 30
"""NT$ that a visit by link is worth in this exercise's story."""


@cache
def _past(seed: int) -> Tables:
    return World(seed).history(weeks=WEEKS)


def _boosts(world: World, amounts: np.ndarray) -> pd.DataFrame:
    """A boosted post a week and platform; amounts: NT$ [weeks, platforms]."""
    rows = [
        (platform, world.start + pd.Timedelta(weeks=week, days=2, hours=12), "short_video", "link", amount)
        for week, amounts_of_week in enumerate(amounts)
        for platform, amount in zip(AD_PLATFORMS, amounts_of_week, strict=True)
    ]
    return pd.DataFrame(rows, columns=["platform", "published_at", "format", "cta", "boost_ntd"])


def spends(world: World) -> pd.DataFrame:
    """What a year of boosted posts with amounts in turn cost and brought, as ``world.run`` would say."""
    turns = [[AMOUNTS[(week + 2 * i) % 5] for i in range(len(AD_PLATFORMS))] for week in range(WEEKS)]
    plan = plans.checked(_boosts(world, np.array(turns, dtype=float)), world.parameters)
    design = plans.design(plan, world.start, world.parameters)
    outcome = engine.draw(world.effects, design, sequence(world.seed, "run"))
    return pd.DataFrame(
        {"channel": plan["platform"], "spend_ntd": plan["boost_ntd"], "link_clicks": outcome.link_clicks}
    )


@cache
def _data(seed: int) -> Tables:
    past = _past(seed)
    frames = {name: partial(past.frames.__getitem__, name) for name in past}
    return Tables(past.title, Frames({**frames, "spends": spends(World(seed))}))


def data() -> Tables:
    """The learner's own year: tables of ``World.history`` and ``spends``."""
    return _data(own_world("3.8").seed)


@cache
def sessions_truth(seed: int) -> pd.DataFrame:
    """Where the sessions of a world's past came from, a row a platform: sessions, tagged, direct, referral, clicks."""
    world, past = World(seed), _past(seed)
    day = past.posts["published_at"].dt.tz_localize(None).dt.normalize()
    pillar = past.plan["pillar"].to_numpy()
    clicks = pd.DataFrame(
        {
            "date": day,
            "platform": past.posts["platform"],
            "campaign": day.dt.strftime("%Y-%m") + "_" + pillar,
            "page": past.plan["pillar"].map(PAGES).to_numpy(),
            "link_clicks": past.posts["link_clicks"].fillna(0),
        }
    )
    daily = clicks.groupby(["date", "platform", "campaign", "page"], as_index=False)[["link_clicks"]].sum()
    days = pd.date_range(world.start, periods=7 * WEEKS)
    table, truth = sessions_table(
        world.parameters, generator(seed, "history", "habit", "sessions"), daily, days
    )
    assert table.equals(past.sessions), "the truth is of the very sessions that the history shows"
    return truth.groupby("platform")[["link_clicks", "sessions", "tagged", "direct", "referral"]].sum()


def _direct(seed: int) -> float:
    """All direct sessions of the report."""
    sessions = _past(seed).sessions
    return float(sessions.loc[sessions["source"] == "(direct)", "sessions"].sum())


def _hidden(seed: int) -> float:
    """Percent of direct sessions that posts brought."""
    return 100 * float(sessions_truth(seed)["direct"].sum()) / _direct(seed)


def _own() -> int:
    return own_world("3.8").seed


def _bought(seed: int) -> tuple[int, int]:
    """Followers bought, and how many of them the platform removed."""
    bots = World(seed).bots(7 * WEEKS)
    assert bots is not None, "a year is long enough to hold bought followers"
    return bots.number, bots.purged


def _reported_social(seed: int) -> float:
    """Percent of all sessions that carry a tag of a platform."""
    sessions = _past(seed).sessions
    return 100 * float(sessions_truth(seed)["tagged"].sum()) / float(sessions["sessions"].sum())


def _line(seed: int, column: str) -> float:
    """Sessions of a kind that 100 link clicks on LINE bring."""
    line = sessions_truth(seed).loc["line"].to_dict()
    return 100 * float(line[column] / line["link_clicks"])


def clicks_of(world: World, spend: Sequence[float]) -> float:
    """Expected link clicks of a week's three posts at these boosts (NT$ each), mean of the year; the truth."""
    plan = _boosts(world, np.tile(np.array(spend, dtype=float), (WEEKS, 1)))
    return float(world.expected(plan)["link_clicks"].sum()) / WEEKS


def shares(table: pd.DataFrame, way: str) -> list[float]:
    """Parts of the budget by platform: ``cheapest``, ``equal`` or ``results``; table of ``ads_budget()``."""
    rows = table.set_index("channel").loc[list(AD_PLATFORMS)]
    weight = {
        "cheapest": rows["cost"] == rows["cost"].min(),
        "equal": rows["n"] > 0,
        "results": rows["results"],
    }[way].to_numpy(dtype=float)
    return [float(part) for part in weight / weight.sum()]


WAYS = {"A": ("cheapest", "全押平均一次點擊最便宜的平台"), "B": ("equal", "三個平台一樣多"), "C": ("results", "平均換到越多的平台，分到越多")}  # fmt: skip
BUDGETS = {"D": 2_000, "E": 10_000, "F": 30_000}


@cache
def _budget(seed: int) -> pd.DataFrame:
    return ads_budget(_data(seed).spends, result="link_clicks").table


@cache
def _worth(seed: int, letters: str) -> float:
    """NT$ a week that a way and a budget bring beyond what they cost and beyond no boost at all; the truth."""
    world, budget = World(seed), BUDGETS[letters[1]]
    parts = shares(_budget(seed), WAYS[letters[0]][0])
    more = clicks_of(world, [budget * part for part in parts]) - clicks_of(world, [0.0] * len(parts))
    return WORTH * more - budget


@cache
def _most(seed: int) -> float:
    return max(_worth(seed, way + budget) for way in WAYS for budget in BUDGETS)


def _told(letters: str) -> str:
    seed = _own()
    return f"在你的世界裡，這樣每週淨賺約 {_worth(seed, letters):,.0f} 元（最好的組合約 {_most(seed):,.0f} 元）。".replace(
        "-", "−"
    )


def _advice(letters: str) -> str:
    if letters[1] == "F":
        return "下一步：預算太多。三萬元的最後一千元換不回一千元，往下調。"
    if letters[1] == "D":
        return "下一步：預算太少。兩千元的時候，再多一千元換到的點擊還很划算，往上調。"
    if letters[0] == "A":
        return "下一步：換「怎麼分」。平均便宜的平台，多花的錢也會越來越貴；別的平台還有便宜的點擊。"
    return "下一步：換「怎麼分」。三個平台換到的點擊差很多，一樣多等於把錢放在換得少的地方。"


QUESTIONS = (
    Number(
        prompt=(
            "下面的圖把你的世界裡 **Instagram** 的粉絲變化拆開。素琴又訂了蛋糕。\n\n"
            "有多少粉絲像是**灌進來的**？用 `found.bought` 的 number 作答；會和沙盒的真相比，差 5% 以內都算對。"
        ),
        given=(
            "found = xb.analytics.growth(past.account_days, past.posts)\n"
            'print(found.bought[["platform", "first", "last", "number", "low", "high", "purge_date", "purged"]].T)\n'
            'found.plot("instagram")'
        ),
        truth=lambda: float(_bought(_own())[0]),
        tolerance=65,
        unit="人",
        decimals=0,
        slips=(
            Slip(lambda: float(_bought(_own())[1]), "這是後來被平台清掉的人數（purged）。題目問灌進來多少，看 number。"),
            Slip(lambda: float(np.subtract(*_bought(_own()))), "這是清掉之後還留著的人數。題目問當初灌進來多少，看 number。"),
        ),
        explain="扣掉貼文回報的追蹤、再扣掉平常每天的新增，剩下的就是解釋不了的那一波。",
        points=3,
        hints=("先看表裡的 first 和 last，是哪幾天。", "number 是超過平常的人數，purged 是後來消失的人數。"),
        wrong=(Wrong("很多", "看不出是哪個數字"),),
    ),
    Choice(
        prompt="這一波要寫進年度檢討。哪一句站得住？",
        options={
            "A": Option("「那則短影音帶來一千多位新粉絲。」", "先看那則短影音自己回報的追蹤數，差了上百倍。時間接近，不等於是它帶來的。"),
            "B": Option("「競爭對手買假粉陷害我們。」", "資料只說這批人不是貼文帶來的，沒有說是誰做的。"),
            "C": Option("「有一波貼文解釋不了、後來又被清掉的粉絲；扣掉它再看成長。」", "對。"),
            "D": Option("「成長創新高，先算進今年的目標達成。」", "這批人大多已經被清掉。算進達成率，明年的基期會墊高。"),
        },
        answer="C",
        explain="說看到的（來得突然、貼文解釋不了、後來消失），不說看不到的（誰買的、為什麼）。",
        hints=("哪一句只用到資料裡有的東西？",),
        wrong=(Wrong("A", "自己回報的追蹤數"), Wrong("B", "沒有說是誰"), Wrong("D", "基期")),
    ),
    Match(
        prompt=(
            "允安貼來四條節慶檔期要用的連結。替每一條選一個診斷。\n\n"
            "拿不定主意就用 `xb.analytics.utm_check([…])` 檢查。"
        ),
        pairs={
            "https://yusui.example/sale?utm_source=Instagram&utm_medium=social&utm_campaign=gift": "A",
            "https://yusui.example/sale?utm_source=line&utm_medium=message&utm_campaign=gift": "B",
            "https://yusui.example/sale#gift?utm_source=facebook&utm_medium=social&utm_campaign=gift": "C",
            "https://yusui.example/sale?utm_source=threads&utm_medium=social&utm_campaign=gift": "D",
        },
        choices={"A": "大寫會在報表拆成兩列", "B": "對不到預設管道，落在 Unassigned", "C": "寫在 # 後面，GA4 讀不到", "D": "可以直接用"},
        why={
            "https://yusui.example/sale?utm_source=Instagram&utm_medium=social&utm_campaign=gift": "GA4 分大小寫，Instagram 和 instagram 會是兩個來源。",
            "https://yusui.example/sale?utm_source=line&utm_medium=message&utm_campaign=gift": "媒介 message 不在預設規則裡，請改成 social。",
            "https://yusui.example/sale#gift?utm_source=facebook&utm_medium=social&utm_campaign=gift": "# 後面是頁內位置，標記要移到 # 前面。",
            "https://yusui.example/sale?utm_source=threads&utm_medium=social&utm_campaign=gift": "來源、媒介、活動三個都有，全小寫，也對得到管道。",
        },
        explain="來源和媒介決定管道，寫法決定會不會拆成好幾列，位置決定讀不讀得到。",
        points=3,
        hints=("先看大小寫，再看媒介，最後看 # 的位置。", "課文那張檢查表的每一列，都寫了原因和改法。"),
        wrong=(Wrong("DDDD", "分大小寫"), Wrong("ADCD", "message"), Wrong("ABDD", "移到 # 前面")),
    ),
    Number(
        prompt=(
            "下面用每天的連結點擊，估計你的世界裡直接流量藏了多少社群。\n\n"
            "**直接流量（Direct）裡，大約有百分之幾是貼文帶來的？** 從標題的區間挑中間值；會和沙盒的真相比，差 3 個百分點以內都算對。"
        ),
        given="seen = xb.analytics.attribution(past.sessions, past.posts, simulated=True)\nseen.plot()",
        truth=lambda: _hidden(_own()),
        tolerance=3,
        unit="%",
        decimals=1,
        slips=(
            Slip(lambda: _reported_social(_own()), "這是報表記給社群的占比（社群 ÷ 全部）。題目問的是直接流量裡面藏了多少。"),
            Slip(lambda: 100 - _hidden(_own()), "這是直接流量裡「不是」貼文帶來的部分，題目問的是另一邊。"),
        ),
        explain="直接流量跟著每天的連結點擊一起動，動的幅度就是藏在裡面的社群。",
        points=3,
        hints=("看圖的標題，那是 95% 區間。", "`seen.hidden / seen.direct` 是估計值，乘 100 就是百分比。"),
        wrong=(Wrong("一半", "看不出是哪個數字"),),
    ),
    Decision(
        prompt=(
            f"輪到你決定明年的廣告。子晴算過：一次連結點擊平均值 {WORTH} 元。下面是你的世界一年的花費和成果。\n\n"
            "每週花多少、怎麼分？會放進沙盒的真相裡算淨賺（點擊的價值減掉花費），拿到最好組合的 90% 就通過。"
        ),
        given='budget = xb.analytics.ads_budget(past.spends, 10_000, result="link_clicks", simulated=True)\nxb.panels.budget_explorer(budget, "連結點擊")',
        choices={
            "怎麼分": {letter: words for letter, (_, words) in WAYS.items()},
            "每週花多少": {letter: f"{amount:,} 元" for letter, amount in BUDGETS.items()},
        },
        share=lambda letters: _worth(_own(), letters) / _most(_own()),
        told=_told,
        advice=_advice,
        best="CE",
        floor=0.6,
        enough=0.9,
        explain="每個平台都越花越沒效率；換得多的多放一點，花到最後一千元剛好換回一千元就停。",
        points=4,
        hints=(
            f"面板那句話會說最後一千元換到幾次點擊。一次 {WORTH} 元，要換到幾次才回本？",
            "平均最便宜，不代表下一千元也最便宜。試試每個平台都放一些，換得多的多放。",
        ),
        wrong=(Wrong("AE", "越來越貴"), Wrong("BE", "換得少的地方"), Wrong("CF", "預算太多"), Wrong("CD", "預算太少"), Wrong("C", "要給 2 個代號")),
    ),
    Number(
        prompt=(
            "**研究軌。** 不用 `attribution()`，自己估：LINE 上每 **100 次連結點擊**，會多出幾次直接流量？\n\n"
            "把每天的直接流量，對當天各平台的連結點擊做最小平方法（`np.linalg.lstsq`，加一欄 1 當截距），"
            "取 LINE 的係數乘 100，放進 answer。會和真相比，差 4 次以內都算對。"
        ),
        truth=lambda: _line(_own(), "direct"),
        tolerance=4,
        unit="次",
        decimals=1,
        slips=(
            Slip(lambda: _line(_own(), "tagged"), "這是帶標記的工作階段。請改用來源是 (direct) 的那些。"),
            Slip(lambda: _line(_own(), "sessions"), "這是全部的工作階段。請只用來源是 (direct) 的那些。"),
        ),
        stub=(
            "import numpy as np\n\n"
            'direct = past.sessions.query(\'source == "(direct)"\').groupby("date")["sessions"].sum()'
        ),
        solution=(
            "posts = past.posts\n"
            'day = posts["published_at"].dt.tz_localize(None).dt.normalize().rename("date")\n'
            'clicks = posts["link_clicks"].fillna(0).astype(float).groupby([day, posts["platform"]]).sum().unstack(fill_value=0.0)\n'
            "clicks = clicks.reindex(direct.index, fill_value=0.0)\n"
            "x = np.column_stack([np.ones(len(clicks)), clicks.to_numpy(float)])\n"
            'answer = 100 * np.linalg.lstsq(x, direct.to_numpy(float), rcond=None)[0][1 + list(clicks.columns).index("line")]'
        ),
        research=True,
        points=3,
        explain="係數的意思是「當天多一次點擊，直接流量多幾次」。前提是沒有別的事剛好發生在發文那天。",
        hints=("點擊要記在發文當天：用 posts 的 link_clicks，依日期和平台加總。", "沒有貼文的日子要補 0，用 `reindex(direct.index, fill_value=0)`。"),
        wrong=(Wrong(100, "偏大"), Wrong(1, "偏小")),
    ),
)  # fmt: skip


def _after_five_weeks() -> float:
    """Percent of the bought followers that are left once the platform has removed some."""
    number, purged = _bought(LESSON_SEED)
    return 100 * (1 - purged / number)


def _reel_follows() -> float:
    """Followers that the reel of the evening before reported."""
    posts = _past(LESSON_SEED).posts
    reel = posts[
        (posts["platform"] == "instagram")
        & (posts["format"] == "short_video")
        & (posts["published_at"].dt.strftime("%Y-%m-%d") == "2025-07-08")
    ]
    return float(reel["follows"].sum())


@cache
def _lesson_budget() -> pd.DataFrame:
    return ads_budget(spends(World(LESSON_SEED)), result="link_clicks").table


def _next_click() -> float:
    """NT$ of a link click that another NT$1,000 on Facebook brings beyond the mean spend; the truth."""
    spend = _lesson_budget().set_index("channel").loc[list(AD_PLATFORMS), "spend"].to_list()
    world = World(LESSON_SEED)
    return 1000 / (clicks_of(world, [spend[0] + 1000, *spend[1:]]) - clicks_of(world, spend))


SPLITS = {"全押 Facebook": "cheapest", "三個一樣多": "equal", "換到越多分越多": "results"}


def _best_split() -> str:
    world = World(LESSON_SEED)
    value = {
        words: clicks_of(world, [10_000 * part for part in shares(_lesson_budget(), way)])
        for words, way in SPLITS.items()
    }
    return max(value, key=value.__getitem__)


def _placebo() -> str:
    """What is left of the hidden visits when the clicks are moved by three weeks."""
    past = _past(LESSON_SEED)
    moved = past.posts.assign(published_at=past.posts["published_at"] - pd.Timedelta(days=23))
    return "還是看得到" if attribution(past.sessions, moved).sure else "看不到了"


PREDICTIONS = {
    "a": Prediction(
        prompt="7 月 8 日晚上那則短影音，自己回報帶來幾位追蹤？",
        truth=_reel_follows,
        show=lambda value: f"{value:,.0f} 位",
        why="貼文自己回報的追蹤，和帳號多出來的人差了上百倍。",
        close=5,
    ),
    "b": Prediction(
        prompt="那兩天灌進來的人，五週後還剩百分之幾？",
        truth=_after_five_weeks,
        show=lambda value: f"{value:.0f}%",
        why="平台定期清假帳號，清的那一天一次少掉一大批。",
        close=5,
    ),
    "c": Prediction(
        prompt="GA4 的直接流量裡，有百分之幾其實是貼文帶來的？",
        truth=lambda: _hidden(LESSON_SEED),
        show=lambda value: f"{value:.0f}%",
        why="從 App 裡點出來、又沒帶標記的連結，GA4 不知道它從哪裡來，就記成直接流量。",
        close=4,
    ),
    "d": Prediction(
        prompt="在 Facebook 每則再多花 1,000 元，多換到的每一次點擊要幾元？",
        truth=_next_click,
        show=lambda value: f"{value:.0f} 元",
        why="平均把免費得來的、和最先幾百元換到的都算進去了；下一千元沒有那麼便宜。",
        close=4,
    ),
    "e": Prediction(
        prompt="每週 10,000 元，哪一種分法換到最多點擊？",
        truth=_best_split,
        show=str,
        why="每個平台都越花越貴，全押會把錢花在最貴的那一段；一樣多又忽略了誰換得多。",
        options=tuple(SPLITS),
    ),
    "f": Prediction(
        prompt="把點擊的日期全部往前挪 23 天，還看得到「直接流量跟著點擊動」嗎？",
        truth=_placebo,
        show=str,
        why="真的跟著動，日期錯開就該消失；錯開還在，代表方法抓到的是別的東西。",
        options=("還是看得到", "看不到了"),
    ),
}
