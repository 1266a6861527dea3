"""Questions and predictions of lesson 3.6."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import chi2

from ...analytics import ab_plan, ab_read, stopping
from ...sandbox import year
from ...sandbox.streams import generator
from ...sandbox.trials import draw_truth
from ...sandbox.world import World
from ..predictions import Prediction
from ..questions import Choice, Decision, MultiChoice, Number, Option, Order, Slip, TableAnswer, Wrong
from ..worlds import own_world

SCENE = """
佩蓁把下半年的測試交給阿洛：先排一個 LINE 標題測試，再驗收廠商交來的五份測試紀錄，最後替團隊定一套停止規則。
`tests` 是那五份紀錄（模擬資料，每個人拿到的不同），停止規則會放進兩千個沒看過的測試裡，用真相算分。
"""

SETUP = """
import xiaobian as xb

xb.use_theme()
ex = xb.exercise("3.6")
tests = ex.data()
ex
"""

LESSON_SEED = 238
"""The world of the lesson's LINE test; no learner's exercise uses it."""

PHOTO_SEED = 2
"""The draw of the lesson's test with a leak."""

PLAN = {"rate": 0.03, "lift": 0.2, "weekly": 6_000}

BROKEN, FAIR = 1e-4, 0.02


def _own(attempt: int) -> int:
    return own_world("3.6", attempt).seed


MADE = {
    "T1 按鈕文字": {"lift": 0.0, "people": 1_000, "rate": 0.05, "lost": 0.0},
    "T2 開頭問句": {"lift": 0.0, "people": 240_000, "rate": 0.05, "lost": 0.03},
    "T3 主圖換人物": {"lift": 0.2, "people": 40_000, "rate": 0.05, "lost": 0.0},
    "T4 動態主圖": {"lift": 0.0, "people": 24_000, "rate": 0.1, "lost": 0.12},
    "T5 表情符號": {"lift": 0.0, "people": 50_000, "rate": 0.05, "lost": 0.0},
}
"""Five tests as drawn: true lift, people, rate, and the share of B's people without a click who got lost."""


@cache
def _records(seed: int) -> pd.DataFrame:
    return pd.concat([_record(name, seed) for name in MADE], ignore_index=True)


def _record(name: str, seed: int) -> pd.DataFrame:
    """One of the five, drawn anew until its split and result look as the question needs them."""
    made = MADE[name]
    place = list(MADE).index(name)
    for attempt in range(1_000):
        drawn = stopping.draw(
            made["lift"],
            people=int(made["people"]),
            looks=14,
            rate=made["rate"],
            lost=made["lost"],
            seed=seed + 10_007 * place + attempt,
        )
        if _fits(drawn, bool(made["lost"]), float(made["lift"]), name):
            return stopping.recorded(drawn, name)
    raise AssertionError(name)


def _fits(drawn: stopping.Trials, leaks: bool, lift: float, name: str) -> bool:
    people = drawn.people[0, -1]
    p = chi2.sf((people[0] - people[1]) ** 2 / people.sum(), 1)
    z = float(drawn.z[0, -1])
    if leaks:
        return bool(p < BROKEN) and (z > 2.6 or not name.startswith("T4"))
    if name.startswith("T1"):
        return bool(0.005 < p < FAIR)
    return bool(p > 0.1) and (z > 2.6 if lift else abs(z) < 1)


def data() -> pd.DataFrame:
    """The learner's own five test records: table ``trials``."""
    return _records(_own(0))


def _weeks(lift: float = PLAN["lift"]) -> float:
    weeks = ab_plan(PLAN["rate"], lift=lift, daily=PLAN["weekly"] / 7).weeks
    assert weeks is not None
    return float(weeks)


def _weeks_of_one_arm() -> float:
    return float(np.ceil(ab_plan(PLAN["rate"], lift=PLAN["lift"]).per_arm / PLAN["weekly"]))


def _days() -> float:
    days = ab_plan(PLAN["rate"], lift=PLAN["lift"], daily=PLAN["weekly"] / 7).days
    assert days is not None
    return float(days)


def _summary() -> pd.DataFrame:
    sums = data().groupby(["trial", "arm"])[["exposed", "clicks"]].sum().astype(float).unstack()
    rate, people = sums["clicks"] / sums["exposed"], sums["exposed"]
    statistic = (people["A"] - people["B"]) ** 2 / (people["A"] + people["B"])
    return pd.DataFrame({"lift": rate["B"] / rate["A"] - 1, "split_p": chi2.sf(statistic, 1)})


def _in_points() -> pd.DataFrame:
    sums = data().groupby(["trial", "arm"])[["exposed", "clicks"]].sum().astype(float).unstack()
    rate = sums["clicks"] / sums["exposed"]
    return _summary().assign(lift=rate["B"] - rate["A"])


def _clicks_only() -> pd.DataFrame:
    clicks = data().groupby(["trial", "arm"])["clicks"].sum().astype(float).unstack()
    return _summary().assign(lift=clicks["B"] / clicks["A"] - 1)


# The decision: four rules for a team, tried on tests of a year.

RULES: dict[str, dict[str, Any]] = {
    "怎麼停": {"A": "peek", "B": "chance", "C": "end", "D": "group"},
    "最多跑多久": {"E": 3, "F": 14, "G": 56},
    "分流": {"H": False, "I": True},
    "沒有贏家時": {"J": False, "K": True},
}
WORDS = {
    "怎麼停": dict(zip("ABCD", stopping.WAYS.values(), strict=True)),
    "最多跑多久": {"E": "3 天", "F": "2 週", "G": "8 週"},
    "分流": {"H": "不查，看結果就好", "I": "先查，壞了就不採用"},
    "沒有贏家時": {"J": "維持原版 A", "K": "換成當時領先的那一版"},
}
TESTS, RATE, WEEKLY, LONGEST, YEAR = 2_000, 0.05, 8_000, 56, 364
LIFTS = (-0.1, 0.0, 0.0, 0.0, 0.0, 0.1, 0.2)
LEAKING, LOST, COST = 0.15, 0.15, 0.05
"""Design parameters: true lifts drawn evenly; share of tests that leak, and how much; cost of the new version as a
share of the clicks."""


@cache
def _hidden(seed: int) -> stopping.Trials:
    rng = generator(seed, "stop or go on")
    lift = rng.choice(LIFTS, TESTS)
    leaks = rng.random(TESTS) < LEAKING
    lift[leaks] = 0.0
    return stopping.draw(
        lift,
        people=WEEKLY * LONGEST // 7,
        looks=LONGEST,
        rate=RATE,
        lost=np.where(leaks, LOST, 0.0),
        seed=seed,
    )


@cache
def _tried(letters: str, seed: int) -> dict[str, float]:
    """What the rules bring: clicks gained ÷ the most one could gain, and how often each mistake was made (0–1)."""
    way, days, checks, leader = (
        options[letter] for letter, options in zip(letters, RULES.values(), strict=True)
    )
    every = _hidden(seed)
    seen = stopping.Trials(every.lift, every.people[:, :days], every.clicks[:, :days])
    look, winner = stopping.decide(seen, str(way))
    last = seen.people[np.arange(TESTS), look]
    broken = chi2.sf((last[:, 0] - last[:, 1]) ** 2 / last.sum(1), 1) < 0.001
    ahead = seen.z[np.arange(TESTS), look] > 0
    adopted = (winner > 0) | (bool(leader) & (winner == 0) & ahead)
    adopted &= ~broken if checks else np.ones(TESTS, dtype=bool)
    worth = every.lift - COST
    gained = every.lift / 2 * (look + 1) + adopted * worth * (YEAR - look - 1)
    return {
        "share": float(gained.sum() / (np.maximum(worth, 0).sum() * YEAR)),
        "false": float(adopted[worth < 0].mean()),
        "missed": float((~adopted)[worth > 0].mean()),
    }


def _result(letters: str) -> dict[str, float]:
    return _tried(letters, _own(1))


def _told(letters: str) -> str:
    found = _result(letters)
    share = f"{found['share']:.0%}".replace("-", "−")
    return (
        f"{TESTS:,} 個沒看過的測試，你的規則拿到最多能拿的 {share}。"
        f"不該換卻換了：{found['false']:.0%}；該換卻沒換：{found['missed']:.0%}。"
    )


NEXT = {
    "怎麼停": "下一步：換「怎麼停」。每天看、一有訊號就停，假贏家會混進來。",
    "最多跑多久": "下一步：換「最多跑多久」。人太少，真的有差也看不出來。",
    "分流": "下一步：換「分流」。有些漂亮的結果，是有人沒被記到。",
    "沒有贏家時": "下一步：換「沒有贏家時」。換版要花錢，領先一點點不值得。",
}


def _reason(letters: str) -> str:
    """The single rule whose change would help most."""

    def gain(place: int) -> float:
        others = RULES[list(RULES)[place]]
        return max(_result(letters[:place] + other + letters[place + 1 :])["share"] for other in others)

    return max(RULES, key=lambda name: gain(list(RULES).index(name)))


QUESTIONS = (
    Number(
        prompt=(
            "LINE 名單每週送得到 **6,000 人**，過去的點擊率是 **3%**。佩蓁說，新標題要好上 **20%**（相對）才值得換。\n\n"
            "兩組對半分，要跑幾週？用下面的面板設定三個數字，讀出週數。"
        ),
        given="xb.panels.plan_explorer(rate=0.012, lift=0.1, weekly=6_000)",
        truth=_weeks,
        tolerance=0,
        unit="週",
        decimals=0,
        slips=(
            Slip(_weeks_of_one_arm, "這是只收滿一組的時間。A、B 兩組都要收滿，人數要乘 2。"),
            Slip(lambda: _weeks(0.1), "這是想看出 +10% 的週數。題目要看的是 +20%，差別大一倍，人數大約只要四分之一。"),
            Slip(_days, "這是天數。測試要跑滿整週，請換成週（無條件進位）。"),
        ),
        explain="先算每組幾個人，兩組加起來，再除以每週人數，進位到整週。",
        points=3,
        hints=("三個下拉選單：現在的比率 3.0%、想看出 +20%、一週有 6,000 人。", "圖的標題最後就寫著要跑幾週。"),
        wrong=(Wrong("很久", "看不出是哪個數字"),),
    ),
    MultiChoice(
        prompt=(
            "廠商交來五份測試紀錄，原定都是對半分。下表每一列是一個測試：兩組各有幾人、B 組占比、分流檢查的 p、"
            "B 的相對差和它的 p。\n\n**哪些測試的分流壞了，結果不能看？**（複選）"
        ),
        given="from xiaobian.analytics import stopping\n\nstopping.overview(tests).table",
        options={
            "A": Option("T1 按鈕文字", "它只有一千人，抽籤抽到這個落差，一百次裡總會有幾次。分流檢查的門檻是 .001，它還沒到。"),
            "B": Option("T2 開頭問句"),
            "C": Option("T3 主圖換人物", "它的結果很漂亮，但人數對得起來，分流沒有問題。漂亮不是壞掉的理由。"),
            "D": Option("T4 動態主圖"),
            "E": Option("T5 表情符號", "人數對得起來，看不出差別也是一種正常的結果。"),
        },
        answers=frozenset("BD"),
        explain="看分流檢查的 p 小於 .001，不看占比差幾個百分點，也不看結果漂不漂亮。人越多，小小的落差也代表有人沒被記到。",
        points=3,
        hints=("只看「分流檢查 p」那一欄，和 .001 比。", "T2 的占比離一半很近，但它有二十幾萬人。"),
        wrong=(Wrong("D", "還漏了 1 個"), Wrong("ABD", "門檻是 .001"), Wrong("BCD", "漂亮不是壞掉的理由"), Wrong("BDE", "正常的結果")),
    ),
    Order(
        prompt="一個測試從頭到尾，把步驟排成順序。",
        items=("寫下要比哪一個指標、好多少才值得換", "算出每組幾人、要跑幾週，來不及就改題目", "把人隨機分成兩組，每人只看一版", "跑到說好的人數，或過了事先算好的界線", "查兩組人數和原定的比例對不對", "讀相對差和它的範圍，決定換、不換或再測"),
        why=("不知道好多少才算好，就算不出要幾個人。", "人數要在分組之前算好，不然會跑到一半才改。", "先分組，才有東西可以等。", "資料收完才查分流，查完才看結果。", "分流壞了，後面的差距就不用讀了。", ""),
        explain="停止規則在開跑前就說好；收完先查分流，再看差距。",
        points=2,
        hints=("前兩步都在開跑之前。", "查分流要在看結果之前。"),
    ),
    Decision(
        prompt=(
            "替團隊定一套停止規則。它會放進兩千個沒看過的測試：多半沒有差別，有的真的好，有的更差，還有一些漏記了人。"
            "每週 8,000 人，點擊率 5%；換成 B 之後，一年裡剩下的日子都用它，但新版比較費工，成本抵掉 5% 的點擊（設計參數）。\n\n"
            "分數是「一年多拿到的點擊 ÷ 早就知道真相的人能多拿的點擊」，82% 以上就通過。"
        ),
        choices=WORDS,
        share=lambda letters: _result(letters)["share"],
        told=_told,
        advice=lambda letters: NEXT[_reason(letters)],
        best="DGIJ",
        floor=0.5,
        enough=0.82,
        explain="人數夠、界線事先算好、先查分流、沒有贏家就不動：四條都在擋假的贏家，又不放掉真的。",
        points=4,
        hints=("照課文裡阿洛的做法試一次，看看「不該換卻換了」有多高。", "一次改一條規則，看兩種錯各變多少。"),
        wrong=(Wrong("AFHK", "不該換卻換了"), Wrong("AGIJ", "假贏家"), Wrong("DGHJ", "沒被記到"), Wrong("DEIJ", "人太少"), Wrong("DGI", "要給 4 個代號")),
    ),
    Choice(
        prompt=(
            "測試照計畫跑完 18,000 人，分流正常。下面是工具讀出的句子。群組裡等你一句話，哪一句和它說的一樣？"
        ),
        given="print(xb.analytics.ab_read({\"A\": (9_000, 108), \"B\": (9_000, 126)}, planned=18_000))",
        options={
            "A": Option("「B 高了 16.7%，換 B。」", "16.7% 是這次看到的數字，合理的範圍一路到負的，B 也可能比較差。"),
            "B": Option("「證明兩版一樣，以後不用測標題了。」", "範圍裡還有 +20%，只能說這次看不清楚，不能說沒有差別。"),
            "C": Option("「這次看不清楚，先維持 A；要再測，就換一個差別更大的版本。」", "對。"),
            "D": Option("「再多跑三天，說不定就過了。」", "說好的人數已經收完。看了結果才加時間，等於偷看。"),
        },
        answer="C",
        explain="看不出差別，不等於沒有差別；人數用完就停，下一次換一個看得清楚的問題。",
        hints=("先看範圍的兩端：最差是多少，最好是多少。", "「說好的人數」用完了沒有？"),
        wrong=(Wrong("A", "也可能比較差"), Wrong("B", "不能說沒有差別"), Wrong("D", "等於偷看")),
    ),
    TableAnswer(
        prompt=(
            "**研究軌。** 不用 `ab_read()`，自己從 `tests` 算出每個測試的兩個數字：\n\n"
            "`lift`：B 的點擊率 ÷ A 的點擊率 − 1（點擊率 ＝ clicks ÷ exposed，先加總再相除）；"
            "`split_p`：兩組人數和對半分相比的卡方檢定 p（自由度 1，不做連續性校正）。\n\n"
            "答案是一張表：索引是 trial，欄位是 lift、split_p。"
        ),
        truth=_summary,
        slips=(
            Slip(_in_points, "lift 這一欄是兩個點擊率相減。題目要的是相對差：B ÷ A − 1。"),
            Slip(_clicks_only, "lift 這一欄直接比點擊數，沒有除以人數。兩組人數不同，請先算點擊率。"),
        ),
        stub="import pandas as pd\nfrom scipy.stats import chi2",
        solution=(
            'sums = tests.groupby(["trial", "arm"])[["exposed", "clicks"]].sum().astype(float).unstack()\n'
            'rate, n = sums["clicks"] / sums["exposed"], sums["exposed"]\n'
            'statistic = (n["A"] - n["B"]) ** 2 / (n["A"] + n["B"])\n'
            'answer = pd.DataFrame({"lift": rate["B"] / rate["A"] - 1, "split_p": chi2.sf(statistic, 1)})'
        ),
        research=True,
        points=4,
        explain="對半分時，卡方統計量就是兩組人數的差平方，除以總人數。",
        hints=('先 `groupby(["trial", "arm"])` 加總，再 `.unstack()` 把 A、B 攤成兩欄。', "對半分的卡方統計量是 (A − B)² ÷ (A ＋ B)，再交給 `chi2.sf(統計量, 1)`。"),
        wrong=(Wrong(0.2, "DataFrame"),),
    ),
)  # fmt: skip


def _photo_verdict() -> str:
    drawn = stopping.draw(0.0, people=60_000, looks=14, rate=0.04, lost=0.115, seed=PHOTO_SEED)
    code = ab_read(stopping.recorded(drawn, "big_photo"), rule="fixed").verdict.code
    return {"broken": "先別看結果", "better": "換成 B"}.get(code, "維持 A")


def _at_the_end() -> float:
    test = World(LESSON_SEED).experiment("line_subject", people=24_000, days=20)
    return 100 * float(ab_read(test, rule="fixed").table["relative"].iloc[0])


def _truly_different() -> int:
    world = World(year.SEED)
    truths = [
        draw_truth(world.parameters, generator(world.seed, "experiment", name), name) for name in year.TRIALS
    ]
    return sum(truth.lift != 0 for truth in truths)


PREDICTIONS = {
    "a": Prediction(
        prompt="兩版沒有差別，每天看一次、看 20 天，p 一低於 .05 就停：有百分之幾的測試會喊出贏家？",
        truth=lambda: 100 * stopping.peeking("peek").stopped,
        show=lambda value: f"{value:.1f}%",
        why="每看一次，運氣就多一次過線的機會。5% 只對「看一次」成立。",
        close=4,
    ),
    "b": Prediction(
        prompt="點擊率 1.2%，想看出好 10%（相對），每組要幾個人？",
        truth=lambda: float(ab_plan(0.012, lift=0.1).per_arm),
        show=lambda value: f"{value:,.0f} 人",
        why="一百個人裡只有一個多會點，要看出其中一成的差，得等很久才湊得到夠多的點擊。",
        close=30_000,
    ),
    "c": Prediction(
        prompt="大圖版的點擊率高出一成多，p 也很小。佩蓁該怎麼決定？",
        truth=_photo_verdict,
        show=str,
        why="兩組人數對不起來，有一群人沒被記到，點擊率的分母就不可靠。",
        options=("換成 B", "維持 A", "先別看結果"),
    ),
    "d": Prediction(
        prompt="第六天 B 的點擊率高出五成。跑完 20 天，看到的相對差是百分之幾？",
        truth=_at_the_end,
        show=lambda value: f"{value:+.1f}%".replace("-", "−"),
        why="人少的時候，數字甩得遠；挑最漂亮的一天停，就挑中了運氣。",
        close=10,
    ),
    "e": Prediction(
        prompt="去年的八個測試，真相裡有幾個真的有差別？",
        truth=_truly_different,
        show=lambda value: f"{value:.0f} 個",
        why="看不出差別，不等於沒有差別：人數不夠，真的好也會被埋掉。",
        close=0,
    ),
}
