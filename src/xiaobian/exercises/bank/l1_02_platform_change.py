"""Questions and predictions of lesson 1.2."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from ... import datasets
from ...sandbox.adoption import AdoptionTruth, draw_adoption
from ...sandbox.parameters import load
from ...sandbox.streams import generator
from ...trends.adoption import SKETCHED, adoption, extrapolations
from ...trends.timeline import stale
from ..predictions import Prediction
from ..questions import Choice, Decision, Match, MultiChoice, Number, Option, Slip, TableAnswer, Wrong
from ..worlds import own_world

SCENE = """
換阿洛當別人的第二雙眼睛：先查六句要放進新人手冊的建議，再替佩蓁看一個剛上線的平台「對街」值不值得進場。
`seen` 是對街前 20 週的活躍人數（模擬資料，每個人拿到的不同）。往後會怎樣，只有沙盒知道。
"""

SETUP = """
import numpy as np
import pandas as pd
import xiaobian as xb

xb.use_theme()
ex = xb.exercise("1.2")
seen = ex.data()
ex
"""

AS_OF = "2026-11-30"
LESSON_PLATFORMS = {"浪頭": 680, "巷口": 2379}
"""Draws of the lesson's two platforms: a pair chosen because their first twelve weeks look alike. No exercise uses them."""

WEEKS, HORIZON = 20, 26


def lesson_platform(name: str) -> tuple[pd.DataFrame, AdoptionTruth]:
    """One of the lesson's two platforms, week by week, and its truth."""
    return draw_adoption(load(), generator(LESSON_PLATFORMS[name], "lesson 1.2"))


@cache
def _own(seed: int) -> tuple[pd.DataFrame, AdoptionTruth]:
    """The learner's platform: drawn anew until its busiest week of joining lies well behind the weeks seen."""
    for attempt in range(500):
        table, truth = draw_adoption(load(), generator(seed, "across the street", attempt))
        if truth.turning_week > WEEKS + 4 and table["active_users"].iloc[WEEKS - 1] > 2_000:
            return table, truth
    raise AssertionError(seed)


def data() -> pd.DataFrame:
    """The learner's own platform, its first 20 weeks: week, active_users."""
    return _own(own_world("1.2").seed)[0].head(WEEKS)


@cache
def _ends(seed: int) -> tuple[float, float, float]:
    """Low, middle and high of the fan at its last week."""
    end = adoption(_own(seed)[0].head(WEEKS), HORIZON, draws=SKETCHED).fan.iloc[-1]
    return float(end["low"]), float(end["mid"]), float(end["high"])


def _span() -> float:
    low, _, high = _ends(own_world("1.2").seed)
    return high / low


def _half_span() -> float:
    _, mid, high = _ends(own_world("1.2").seed)
    return high / mid


# The decision: how long to watch, what to trust, what to report; tried on platforms nobody has seen.

HIDDEN, TARGET, SPARE = 8, 40, 100
"""Platforms, the week that is asked for, and draws of each model (design parameters)."""

RULES = {
    "看幾週": {"A": "8 週", "B": "20 週"},
    "用什麼畫": {"C": "照最近 8 週的速度成長", "D": "最合的一條 Bass 曲線", "E": "扇形：兩種模型一起看"},
    "報什麼": {"F": "一個數字，上下 10%", "G": "50% 範圍", "H": "80% 範圍"},
}
_WATCHED = {"A": 8, "B": 20}
_Z = {"G": 0.674, "H": 1.282}


@cache
def _hidden(seed: int) -> tuple[np.ndarray, ...]:
    draws = (draw_adoption(load(), generator(seed, "hidden", k))[0] for k in range(HIDDEN))
    return tuple(table["active_users"].to_numpy(dtype=float) for table in draws)


@cache
def _fans(seed: int, weeks: int) -> list[pd.Series]:
    known = (pd.Series(counts[:weeks]) for counts in _hidden(seed))
    return [adoption(one, TARGET - weeks, draws=SPARE).fan.iloc[-1] for one in known]


@cache
def _lines(seed: int, weeks: int) -> list[dict[str, float]]:
    """What each single line says of the target week, and the spread of the weeks seen (log), a platform each."""
    found = []
    for counts in _hidden(seed):
        known = pd.Series(counts[:weeks])
        end = extrapolations(known, TARGET - weeks).iloc[-1]
        spread = float(np.diff(np.log(known.to_numpy())).std(ddof=1))
        found.append({"C": float(end["exponential"]), "D": float(end["bass"]), "spread": spread})
    return found


def _reported(seed: int, letters: str) -> list[tuple[float, float]]:
    """Low and high of each platform's report."""
    watched, way, what = tuple(letters)
    weeks, ends = _WATCHED[watched], []
    for number in range(HIDDEN):
        if way == "E":
            end = _fans(seed, weeks)[number]
            pairs = {"F": (0.9 * end["mid"], 1.1 * end["mid"]), "G": (end["low50"], end["high50"]), "H": (end["low"], end["high"])}
            ends.append((float(pairs[what][0]), float(pairs[what][1])))
            continue
        line = _lines(seed, weeks)[number]
        factor = 1.1 if what == "F" else float(np.exp(_Z[what] * line["spread"]))
        ends.append((line[way] / factor, line[way] * factor))
    return ends


@cache
def _tried(letters: str, seed: int) -> tuple[float, int, float]:
    """Mean cost (log width plus ten times the miss), how many reports held, and the median width as a factor."""
    came = np.log([counts[TARGET - 1] for counts in _hidden(seed)])
    low, high = np.log(np.array(_reported(seed, letters)).T)
    cost = high - low + 10 * (np.maximum(low - came, 0) + np.maximum(came - high, 0))
    return float(cost.mean()), int(((low <= came) & (came <= high)).sum()), float(np.exp(np.median(high - low)))


def _result(letters: str) -> tuple[float, int, float]:
    """Share of the best report's worth, how many held, the width."""
    seed = own_world("1.2", 1).seed
    cost, held, width = _tried(letters, seed)
    return min(1.0, _tried("BEH", seed)[0] / cost), held, width


def _told(letters: str) -> str:
    share, held, width = _result(letters)
    return f"{HIDDEN} 個沒看過的平台，第 {TARGET} 週的真值有 {held} 個落在你報的範圍裡，範圍的高低差中位數 {width:.1f} 倍；分數 {share:.0%}。"


def _advice(letters: str) -> str:
    watched, way = letters[0], letters[1]
    if way != "E":
        return "下一步：換「用什麼畫」。一條線的上下只是這幾週的抖動，不包含「曲線可能彎到別的地方去」。"
    if watched == "A":
        return "下一步：換「看幾週」。範圍沒有騙人，只是太寬；多看幾週，同一個方法就窄下來。"
    return "下一步：換「報什麼」。範圍報得太窄，落空的次數就多。"


CLAIMS = {
    "A": (["instagram", "2025-02-10", "IG 貼文放 30 個主題標籤"], "stale"),
    "B": (["tiktok", "2026-03-16", "TikTok 在 App 裡最長錄 10 分鐘"], "current"),
    "C": (["instagram", "2024-05-27", "用 Instagram API 抓每則的 impressions"], "stale"),
    "D": (["youtube", "2026-05-25", "Shorts 每天發三支，頻道長得快"], "not known"),
    "E": (["youtube", "2023-02-13", "Shorts 影片不能超過一分鐘"], "stale"),
    "F": (["threads", "2026-04-06", "Threads 沒有原生的 CSV 匯出"], "current"),
}
"""Claims of the first question, and the verdict that ``stale`` must come to."""


def _wording(letter: str) -> str:
    (_, asserted, claim), _verdict = CLAIMS[letter]
    return f"{asserted}：{claim}"


MODEL = {"innovation": 0.002, "imitation": 0.12, "leave": 0.03, "market": 200_000, "weeks": 60}


def _by_hand(leave: float = MODEL["leave"], by: str = "active", fresh: bool = False) -> pd.DataFrame:
    """Active users week by week; ``by`` says whose number brings others in, ``fresh`` lets those who left join again."""
    active = joined = 0.0
    rows = []
    for _ in range(int(MODEL["weeks"])):
        pull = active if by == "active" else joined
        room = MODEL["market"] - (active if fresh else joined)
        new = (MODEL["innovation"] + MODEL["imitation"] * pull / MODEL["market"]) * room
        active, joined = active * (1 - leave) + new, joined + new
        rows.append(active)
    return pd.DataFrame({"active": rows}, index=pd.RangeIndex(1, len(rows) + 1, name="week"))


QUESTIONS = (
    MultiChoice(
        prompt=(
            "新人手冊收到六句建議，前面是說的日期。對著下面的時間線，**到 2026-11-30 已經過期的是哪幾句**？（複選）\n\n"
            "時間線沒寫到的，不能算過期。"
        ),
        given=(
            f'timeline = xb.trends.feature_timeline("{AS_OF}").table\n'
            'topics = "長度|主題標籤|impressions|CSV 匯出|觀看次數"\n'
            'timeline[timeline["feature"].str.contains(topics)][["platform", "feature", "changed", "then", "confidence"]]'
        ),
        options={
            "A": Option(_wording("A")),
            "B": Option(_wording("B"), "時間線寫 App 內 10 分鐘，和這句一樣。它的日期不明，但查核時還成立。"),
            "C": Option(_wording("C")),
            "D": Option(_wording("D"), "時間線有 Shorts 的長度和觀看次數，沒有發幾支的事。沒寫到就是不知道，不能當成過期。"),
            "E": Option(_wording("E")),
            "F": Option(_wording("F"), "時間線查到的也是沒有原生匯出，這句還成立。"),
        },
        answers=frozenset("ACE"),
        explain="過期要有一個帶日期的事件推翻它；說的日期在事件之前，所以當時說得沒錯。",
        points=3,
        hints=("逐句找時間線裡同一件事，再比 then 那一欄。", "有一句時間線根本沒有寫到。"),
        wrong=(Wrong("AC", "還漏了 1 個"), Wrong("ABCE", "查核時還成立"), Wrong("ACDE", "就是不知道"), Wrong("ACEF", "還成立")),
    ),
    Number(
        prompt=(
            "對街上線 20 週了。下面的面板可以換週數和畫法。選 **20 週、扇形**：第 46 週的 80% 範圍，"
            "上緣是下緣的幾倍？（取到小數第一位）"
        ),
        given='xb.panels.adoption_explorer({"對街": seen}, 8, "exponential", future=False)',
        truth=_span,
        tolerance=0.06,
        unit="倍",
        decimals=1,
        slips=(
            Slip(_half_span, "這是上緣和中間值的比。題目要上緣除以下緣。"),
            Slip(lambda: 1 / _span(), "上下顛倒了。請用上緣除以下緣，答案會大於 1。"),
        ),
        explain="這個倍數就是「現在還不知道多少」的大小。看的週數越多，它通常越小。",
        hints=("兩個選單：「看了」選 20 週，「怎麼往下畫」選扇形。", "面板下面的句子寫著「高低差」。"),
        wrong=(Wrong("很寬", "看不出是哪個數字"), Wrong(0.1, "偏小"), Wrong(500, "偏大")),
    ),
    Choice(
        prompt="工具替對街寫了下面這段話。哪一句可以原樣放進給佩蓁的報告？",
        given="print(xb.trends.adoption(seen, 26, draws=250).say())",
        options={
            "A": Option("「對街最後會有幾個人，取 90% 區間的正中間就好。」", "區間這麼寬的時候，正中間沒有特別的地位。上緣跟著你給的天花板走，中間值也會跟著動。"),
            "B": Option("「資料太少，什麼都不能說。」", "半年後的範圍說得出來，只有總人數定不出來。把說得出的說完，才是有用的報告。"),
            "C": Option("「半年後有八成機會落在這個範圍；總人數還定不出來，過幾週再畫一次。」", "對。"),
            "D": Option("「八成機會，就是一定會落在裡面。」", "八成的意思是十次大約有兩次在外面。範圍外的情況也要想好怎麼辦。"),
        },
        answer="C",
        explain="說範圍、說機率、說哪一件事還不知道、說什麼時候再看。四件都在，主管才能決定。",
        hints=("工具說了兩件事：哪一件說得出範圍，哪一件定不出來？",),
        wrong=(Wrong("A", "正中間"), Wrong("B", "說得出來"), Wrong("D", "兩次在外面")),
    ),
    Decision(
        prompt=(
            f"素琴要替 {HIDDEN} 個新平台排預算，每個平台請你報**第 {TARGET} 週的活躍人數**。報得太寬，預算沒辦法排；"
            "真值落在外面，差越遠、補的錢越多（每差一截，罰十倍的寬度；設計參數）。\n\n"
            "選一套做法，會放進沒看過的模擬平台裡打開真相。分數拿最好的做法當 100%，92% 以上就通過。"
        ),
        choices=RULES,
        share=lambda letters: _result(letters)[0],
        told=_told,
        advice=_advice,
        best="BEH",
        floor=0.25,
        enough=0.92,
        explain="扇形老實說出曲線可能彎去哪裡，多看幾週再窄下來。一條線看起來果斷，落空的錢都算在你頭上。",
        points=4,
        hints=("先選柏宇的做法試一次，看真值有幾個落在範圍裡。", "一次換一項：先換畫法，再換週數。"),
        wrong=(Wrong("BCH", "一條線"), Wrong("BDF", "一條線"), Wrong("AEH", "太寬"), Wrong("BE", "要給 3 個代號"), Wrong("EBH", "沒有 E")),
    ),
    Match(
        prompt="有人拉阿洛的朋友進一個 Web3 社群。替每一種情況選出最要緊的一句提醒，每句用一次。",
        pairs={
            "對方要你截圖私鑰或助記詞「備份」": "D",
            "「保證獲利，今晚十二點前加入」": "A",
            "網站要你連結錢包，簽一段看不懂的授權": "E",
            "發文就送代幣，平台每週再多發一批": "B",
            "NFT 系列的海報寫著「地板價穩定上漲」": "C",
        },
        choices={
            "A": "收益沒有人能保證；越催你，越要停下來找人商量",
            "B": "總量一直變多，手上同樣一枚占的份就變少",
            "C": "要看有幾件真的成交；沒有人買，標價就只是標價",
            "D": "拿到它的人就能動你的資產，誰要都不給",
            "E": "簽下去可能等於把動用資產的權限交出去，看不懂就不簽",
        },
        why={
            "對方要你截圖私鑰或助記詞「備份」": "私鑰就是動用資產的鑰匙，備份只能自己做。",
            "「保證獲利，今晚十二點前加入」": "先看兩個字：保證、今晚。一個許諾，一個催促。",
            "網站要你連結錢包，簽一段看不懂的授權": "這裡的危險是授權的內容，不是私鑰本身。",
            "發文就送代幣，平台每週再多發一批": "想想分母：代幣的總量。",
            "NFT 系列的海報寫著「地板價穩定上漲」": "標價和成交是兩件事。",
        },
        explain="不必會操作，要會認出風險：鑰匙、許諾與催促、授權、總量、成交。",
        points=3,
        hints=("先找「鑰匙」和「授權」各是哪一個。", "代幣那一題，想的是分母。"),
        wrong=(Wrong("DAEBA", "標價和成交"), Wrong("EADBC", "動用資產的鑰匙"), Wrong("DAECB", "分母"), Wrong("DA", "要給 5 個代號")),
    ),
    TableAnswer(
        prompt=(
            "**研究軌。** 自己寫一次會退燒的擴散模型。可能加入 200,000 人，每週自己加入的比率 p = 0.002、被帶進來的比率 q = 0.12、"
            "活躍的人每週離開 3%，離開的不再回來。\n\n"
            "第 t 週新加入 ＝（p ＋ q × 上週活躍 ÷ 200,000）×（200,000 − 到上週加入過的人）；活躍 ＝ 上週活躍 × 0.97 ＋ 新加入。從 0 開始。\n\n"
            "答案是一張表：索引是 1 到 60 週，欄位 active 是每週活躍人數。"
        ),
        truth=_by_hand,
        slips=(
            Slip(lambda: _by_hand(0.0), "這是沒有人離開的 Bass。活躍人數每週要先乘 0.97，再加新加入的人。"),
            Slip(lambda: _by_hand(by="joined"), "帶人進來的是還在的人。公式裡的 q 要乘上週「活躍」，不是加入過的人。"),
            Slip(lambda: _by_hand(fresh=True), "離開的人不再回來：還能加入的，是 200,000 減掉加入過的人，不是減掉活躍的人。"),
        ),
        stub="p, q, leave, market = 0.002, 0.12, 0.03, 200_000",
        solution=(
            "active = joined = 0.0\n"
            "rows = []\n"
            "for week in range(60):\n"
            "    new = (p + q * active / market) * (market - joined)\n"
            "    active, joined = active * (1 - leave) + new, joined + new\n"
            "    rows.append(active)\n"
            'answer = pd.DataFrame({"active": rows}, index=range(1, 61))'
        ),
        research=True,
        points=4,
        explain="加入過的人只增不減，活躍的人會掉頭。兩個變數分開記，退燒就出現了。",
        hints=("要記兩個數字：活躍、加入過。", "每週先算新加入，再更新兩個數字。"),
        wrong=(Wrong(60_000, "DataFrame"),),
    ),
)  # fmt: skip


def _planted() -> pd.DataFrame:
    file = datasets.path("trends/platform_claims.csv")
    return pd.read_csv(file, dtype="string", keep_default_na=False).query('set == "planted"')


def _stale_count() -> int:
    return len(stale(_planted()[["platform", "asserted", "claim"]], AS_OF).overturned)


def _still_true(day: str) -> int:
    found = stale(_planted()[["platform", "asserted", "claim"]], day).table["verdict"]
    return int((found == "current").sum())


def _at(name: str, week: int) -> float:
    return float(lesson_platform(name)[0]["active_users"].iloc[week - 1])


def _fading() -> str:
    return next(name for name in LESSON_PLATFORMS if lesson_platform(name)[1].family == "fading")


def _nft_left() -> float:
    facts = datasets.reference("trend_facts").set_index("id")["value"]
    return 100 * float(facts["nft_2024"] / facts["nft_2022_peak"])


LESSON_HELD = range(9000, 9020)


@cache
def lesson_held() -> int:
    """How many of the lesson's twenty other platforms have week 32 inside the 80 % range of their first 20 weeks."""
    inside = 0
    for seed in LESSON_HELD:
        table, _ = draw_adoption(load(), generator(seed, "lesson 1.2"))
        end = adoption(table.head(20), 12, draws=SKETCHED).fan.iloc[-1]
        inside += int(end["low"] <= table["active_users"].iloc[31] <= end["high"])
    return inside


PREDICTIONS = {
    "a": Prediction(
        prompt="新人手冊的 28 句建議裡，有幾句已經過期？",
        truth=_stale_count,
        show=lambda value: f"{value:.0f} 句",
        why="過期的句子讀起來和沒過期的一樣順，說的人當時也沒說錯。",
        close=1,
    ),
    "b": Prediction(
        prompt="看了 12 週的浪頭，第 38 週會有幾個活躍的人？",
        truth=lambda: _at("浪頭", 38),
        show=lambda value: f"{value:,.0f} 人",
        why="剛上線的成長率撐不住半年：想來的人越來越少，來過的人還會走。",
        close=20_000,
    ),
    "c": Prediction(
        prompt="兩個平台的前 12 週幾乎一樣。一年後會退燒的是哪一個？",
        truth=_fading,
        show=str,
        why="前 12 週兩邊的數字分不出來，猜中是運氣。這題要練的是說「還不知道」。",
        options=("巷口", "浪頭"),
    ),
    "d": Prediction(
        prompt="二十個沒看過的平台，第 32 週的真值有幾個落在 80% 範圍裡？",
        truth=lesson_held,
        show=lambda value: f"{value:.0f} 個",
        why="八成的範圍，本來就該有兩成左右在外面；全中反而是畫得太寬。",
        close=2,
    ),
    "e": Prediction(
        prompt="2024 年的 NFT 全年交易額，剩下高峰那年的百分之幾？",
        truth=_nft_left,
        show=lambda value: f"{value:.0f}%",
        why="「正在普及」這句話，和交易額的方向相反。",
        close=8,
    ),
    "f": Prediction(
        prompt="到 2027-09-01 都沒有人再查時間線，手冊裡還能說「還成立」的剩幾句？",
        truth=lambda: _still_true("2027-09-01"),
        show=lambda value: f"{value:.0f} 句",
        why="最後一次查核離那天太久。沒有人查，不等於沒有改。",
        close=0,
    ),
}
