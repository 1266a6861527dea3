"""Questions and predictions of lesson 4.5."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from ... import records
from ...ai.publishing import CAREFUL, Policy, Run, changes
from ...ai.publishing.outcome import STATES
from ...ai.publishing.policy import WORDS
from ...ai.publishing.trials import NAMES, OPTIONS, mean_score, tried
from ...analytics.churn.offer import Offer
from ...sandbox.followers import follower_log
from ...sandbox.parameters import load
from ..automation import DAYS, MONTH, OFFER, Case, case, hour, month_of, months
from ..predictions import Prediction
from ..questions import Choice, Decision, Match, Number, Option, Slip, TableAnswer, Wrong

SCENE = """
嶼穗的排程工具要換一套設定，供應商也交來三份「流失機率」。佩蓁請你先讀日誌、再訂設定，最後決定要提醒誰。
`case` 是你自己的資料（模擬的，每個人拿到的不同）：日誌、要匯入的貼文、追蹤者的分數和一個月後的結果。設定和門檻會放進沒看過的日子裡，用真相算分。
"""

SETUP = """
import pandas as pd
import xiaobian as xb

xb.use_theme()
ex = xb.exercise("4.5")
case = ex.data()
ex
"""

LESSON_SEED = 201
"""Week and followers of the lesson; no learner's exercise uses it."""

FIRST = Policy("utc", "short", "ignore", "blind", "ignore", "memory", tries=3)
"""How the lesson's tool is set up on a Friday evening."""


def _own(attempt: int = 0) -> int:
    return records.seed("4.5", "exercise", attempt)


def data() -> Case:
    """The learner's own case."""
    return case(_own())


HIGH = 0.6
"""A chance that counts as high in the code question."""

# The decision about the queue: a policy in ten hidden weeks.

WEEKS, ASKED, NEARLY = 10, 2, 0.7
"""Hidden weeks; those that tell what to change first, all of them from this share on, where differences are small."""
LETTERS = iter("ABCDEFGHIJKLMNOPQR")
POLICY: dict[str, dict[str, tuple[str, Any]]] = {
    NAMES[name]: {
        next(LETTERS): (f"{option} 次" if name == "tries" else WORDS[name][option], option)
        for option in options
    }
    for name, options in OPTIONS.items()
}


def _policy(letters: str) -> Policy:
    values = (POLICY[name][letter][1] for name, letter in zip(POLICY, letters, strict=True))
    return Policy(**dict(zip(OPTIONS, values, strict=True)))


def _code(policy: Policy) -> str:
    return "".join(
        letter
        for name, options in zip(OPTIONS, POLICY.values(), strict=True)
        for letter, (_, value) in options.items()
        if value == getattr(policy, name)
    )


def _hidden() -> list[int]:
    return [_own(attempt) for attempt in range(1, WEEKS + 1)]


def _queue_share(letters: str) -> float:
    return mean_score(_policy(letters), _hidden()) / mean_score(CAREFUL, _hidden())


def _queue_told(letters: str) -> str:
    policy = _policy(letters)
    states = pd.concat([tried(policy, seed).table["state"] for seed in _hidden()])
    counts = "、".join(
        f"{name} {n} 則" for state, name in STATES.items() if (n := int((states == state).sum()))
    )
    score = f"{mean_score(policy, _hidden()):.2f}".replace("-", "−")
    return f"{WEEKS} 週、{len(states)} 則：{counts}。平均得分 {score}（最周全的設定 {mean_score(CAREFUL, _hidden()):.2f}）。"


NEXT = {
    "clock": "下一步：換「時區」。每一則都照著錯的時鐘發，其他設定再好也救不回來。",
    "wait": "下一步：換「容器」。還沒準備好就發，平台只會說失敗。",
    "token": "下一步：換「權杖」。過期之後，那個平台再也發不出去。",
    "retry": "下一步：換「失敗時」。沒有回應不等於沒有發出去；不送會漏，亂送會重複。",
    "limit": "下一步：換「限流」。額度滿了是「等一下」，不是「不行」。",
    "memory": "下一步：換「佇列」。程式重開之後，它不記得今天發過什麼。",
    "tries": "下一步：換「次數」。平台故障常常比幾分鐘久，試一兩次撐不過去。",
}


def _queue_advice(letters: str) -> str:
    weeks = _hidden() if _queue_share(letters) > NEARLY else _hidden()[:ASKED]
    return NEXT[str(changes(_policy(letters), weeks).iloc[0]["choice"])]


# The decision about reminders: a score, a threshold and two house rules, in the month after.

REMIND = {
    "誰的機率": {"A": "甲", "B": "乙", "C": "丙"},
    "多少以上才提醒": {"D": "20%", "E": "40%", "F": "70%", "G": "85%"},
    "名單": {"H": "近 84 天互動過的每一位", "I": "先拿掉說過不要收訊息的人"},
    "券": {"J": "同一張，官網上人人領得到", "K": "機率越高，折得越多"},
}
CUTS = {"D": 0.2, "E": 0.4, "F": 0.7, "G": 0.85}


@cache
def _brought(seed: int) -> dict[str, tuple[float, int]]:
    """NT$ and people reminded in the hidden month, by supplier and threshold, among those who may be written to."""
    people = months(seed)[1].query("~opted_out")
    left = people["left"].to_numpy(dtype=bool)
    return {
        who + cut: (
            OFFER.brings(people[name].to_numpy(), left, CUTS[cut]),
            int((people[name] >= CUTS[cut]).sum()),
        )
        for who, name in REMIND["誰的機率"].items()
        for cut in CUTS
    }


def _remind_share(letters: str) -> float:
    if letters[2:] != "IJ":
        return 0.0
    found = _brought(_own())
    return found[letters[:2]][0] / max(money for money, _ in found.values())


def _remind_told(letters: str) -> str:
    if letters[2:] != "IJ":
        return "這一組還沒有放進下個月算，因為它違反嶼穗的規矩。"
    money, sent = _brought(_own())[letters[:2]]
    best = max(money for money, _ in _brought(_own()).values())
    return f"下個月提醒 {sent} 位，帶來 {money:,.0f} 元；這些選項裡最多是 {best:,.0f} 元。".replace("-", "−")


def _remind_advice(letters: str) -> str:
    who, _, names, voucher = tuple(letters)
    if names == "H":
        return "下一步：換「名單」。說過不要收的人，分數再高也不寄。"
    if voucher == "K":
        return "下一步：換「券」。分數只決定提醒誰，不替人標價。"
    if who == "C":
        return f"下一步：換「多少以上才提醒」。照成本算，門檻大約是 {OFFER.cut:.0%}。"
    if who == "A":
        return "下一步：換「誰的機率」。甲把每個人都說得比較會走，門檻切下去會提醒太多本來就會來的人。"
    return "下一步：換「誰的機率」。乙把每個人都說得差不多：高的說太低、低的說太高，門檻切在哪裡都分不開人。"


# The code question.


def _scored(error: Callable[[pd.Series, pd.Series], pd.Series], recall: bool = False) -> pd.DataFrame:
    followers = data().followers
    rows = {}
    for name in "甲乙丙":
        told, left = followers[name], followers["left"].astype(float)
        high = told >= HIGH
        share = left[high].sum() / left.sum() if recall else left[high].mean()
        rows[name] = {"brier": error(told, left).mean(), "told": told[high].mean(), "left": share}
    return pd.DataFrame(rows).T


def _squared(told: pd.Series, left: pd.Series) -> pd.Series:
    return (told - left) ** 2


QUESTIONS = (
    Match(
        prompt=(
            "下表是五則貼文的日誌。「頁面上」是最後在平台上看得到幾則。"
            "每一份紀錄都只有一個設定沒設好，其他都很周全。\n\n**替每一份選一個該改的設定。**"
        ),
        given="case.logs",
        pairs={"紀錄一": "D", "紀錄二": "A", "紀錄三": "C", "紀錄四": "B", "紀錄五": "E"},
        choices={
            "A": "檔案裡的時間寫上台北時區",
            "B": "重送之前，先查頁面上有沒有",
            "C": "問到容器好了才發佈",
            "D": "權杖到期前先換",
            "E": "被限流就等到可以發",
            "F": "每一步寫進磁碟，重開機也不忘",
        },
        why={
            "紀錄一": "連建立容器都被拒絕，回覆是 401：平台不認得這張通行證了。",
            "紀錄二": "每一步都是 ok，頁面上也只有一則。比一比預定和發佈的時間差幾個小時。",
            "紀錄三": "容器建好才過一秒就發佈，平台說 not_ready。",
            "紀錄四": "第一次沒有回應，第二次成功，頁面上卻有兩則。第一次其實已經發出去，重送之前沒有先查。",
            "紀錄五": "回覆是 429：這個平台一天收的則數滿了，要等一等，不是失敗。",
        },
        explain="先看頁面上有幾則，再看最後一句回覆。狀態碼告訴你卡在哪一關，時間差告訴你時鐘對不對。",
        points=3,
        hints=("先找頁面上有兩則的那一份，和每一步都 ok 的那一份。", "401 是權杖，429 是限流，not_ready 是容器。"),
        wrong=(
            Wrong("DACFE", "第一次其實已經發出去"),
            Wrong("DFCBE", "差幾個小時"),
            Wrong("EACBD", "不認得這張通行證"),
            Wrong("DAEBC", "才過一秒"),
            Wrong("DA", "要給 5 個代號"),
        ),
    ),
    Number(
        prompt=(
            "新工具的匯入檔規定：時間一律寫 **UTC**。下表這則要在台北時間的早上出現。\n\n"
            "檔案裡的時間要寫幾點？用 24 小時制的小數，例如 9 點 30 分寫 9.5。"
        ),
        given="case.post",
        truth=lambda: (hour(_own()) - 8) % 24,
        tolerance=0.01,
        unit="時",
        decimals=2,
        slips=(
            Slip(lambda: hour(_own()) + 8, "方向反了。台北比 UTC 快 8 小時，換成 UTC 要減 8。"),
            Slip(lambda: hour(_own()), "這是台北時間。照抄進去，貼文會晚 8 小時出現。"),
            Slip(lambda: hour(_own()) - 8, "減 8 是對的，只是減過了半夜：加 24，而且日期要退一天。"),
        ),
        explain="台北 − 8 小時就是 UTC；過了半夜，檔案裡的日期也要寫前一天。",
        hints=("台北比 UTC 快 8 小時。", "減完是負的，代表那是前一天晚上；再加 24。"),
        wrong=(Wrong("早上", "看不出是哪個數字"), Wrong(3, "偏")),
    ),
    Decision(
        prompt=(
            "替佇列訂七個設定，放進**十個沒看過的星期**。每一週都有一個平台的權杖到期、一次重開機、幾十分鐘的平台故障、額度，和幾次沒有回應。"
            "先用下面的面板拿一個練習的星期試。\n\n"
            "每則貼文準時發一次得 1 分，晚兩小時內 0.5，時間不對 0，沒發出去 −0.5，重複 −1（設計參數）。"
            "平均拿到最周全設定的 98.5% 就通過。"
        ),
        given="xb.panels.queue_explorer(case.week)",
        choices={name: {k: words for k, (words, _) in options.items()} for name, options in POLICY.items()},
        share=_queue_share,
        told=_queue_told,
        advice=_queue_advice,
        best=_code(CAREFUL),
        floor=0.9,
        enough=0.985,
        explain="時間帶著時區，準備好才發，權杖提前換，重送先查，限流就等，多試幾次：每一項擋掉一種漏或重複。",
        points=4,
        hints=("從面板的預設開始，一次換一個，看哪一種圖示變少。", "平台最後一句話會告訴你卡在哪一關；重複的那幾則，看「失敗時」。"),
        wrong=(
            Wrong(_code(Policy()), "換「容器」"),
            Wrong(_code(FIRST), "換「時區」"),
            Wrong(_code(replace(CAREFUL, retry="blind")), "換「失敗時」"),
            Wrong(_code(replace(CAREFUL, clock="utc")), "照著錯的時鐘"),
            Wrong(_code(replace(CAREFUL, token="ignore")), "換「權杖」"),
            Wrong("ACF", "要給 7 個代號"),
        ),
    ),
    Choice(
        prompt=(
            "三家供應商都說自己的數字是「28 天內不會再互動的機率」。下表把追蹤者依機率分組："
            "那一組平均說幾成會走、後來真的走了幾成。\n\n**哪一家的數字可以直接當成機率，拿去和成本比？**"
        ),
        given="case.calibration",
        options={
            "A": Option("甲：高的說得很高，最敢講", "看甲最高的那一組：它說的比真的走的高出一大截，中間幾組也是。敢講不等於準。"),
            "B": Option("乙：說得保守，比較不會錯", "看乙的頭尾兩組：很少走的說得太高，幾乎都走的說得太低。保守也是不準。"),
            "C": Option("丙：每一組說的和真的都差不多", "對。"),
            "D": Option("三家都可以，因為高的那組都走得比較多", "高的走得比較多，只代表排序對。要和成本比，數字本身也要對。"),
        },
        answer="C",
        explain="說七成的那些人，大約七成真的走，這才叫校準。排序對不對是另一件事，三家都做得到。",
        hints=("一列一列比「說會走」和「真的走了」。", "排序對，和數字對，是兩件事。"),
        wrong=(Wrong("A", "敢講不等於準"), Wrong("B", "保守也是不準"), Wrong("D", "只代表排序對")),
    ),
    Decision(
        prompt=(
            "要不要提醒一位追蹤者來用券？一則訊息 2 元；券折 40 元，本來就會來的人也會拿來用；來一趟的毛利 220 元；"
            "本來不會來的人，提醒之後有 12% 會來（設計參數）。上個月的結果在面板裡，"
            "**你的決定會用在下個月**，同一批供應商、沒看過的結果。\n\n"
            "嶼穗的規矩：說過不要收訊息的人不打擾；分數不替人標價。分數是「帶來的錢 ÷ 這些選項裡最多能帶來的錢」，九成以上就通過。"
        ),
        given=(
            "people = case.followers\n"
            'xb.panels.threshold_explorer({name: people[name] for name in "甲乙丙"}, people["left"], case.offer)'
        ),
        choices=REMIND,
        share=_remind_share,
        told=_remind_told,
        advice=_remind_advice,
        best="CFIJ",
        floor=0.7,
        enough=0.9,
        explain="校準過的機率可以直接和成本算出來的門檻比；規矩先守住，再談多賺多少。",
        points=3,
        hints=("門檻 ＝（券＋訊息）÷（打動的比例 ×（毛利 − 券）＋券）。", "面板裡「照成本算」會替你算，再換三家的分數看看。"),
        wrong=(
            Wrong("ADIJ", "提醒太多本來就會來的人"),
            Wrong("BFIJ", "切在哪裡都分不開人"),
            Wrong("CDIJ", "換「多少以上才提醒」"),
            Wrong("CFHJ", "說過不要收的人"),
            Wrong("CFIK", "不替人標價"),
            Wrong("CF", "要給 4 個代號"),
        ),
    ),
    TableAnswer(
        prompt=(
            "**研究軌。** 從 `case.followers` 自己算三家供應商的分數單。甲、乙、丙三欄是機率，`left` 是後來有沒有走。\n\n"
            "`brier`：（機率 − 結果）² 的平均，走了是 1、沒走是 0；"
            "`told`：說 0.6 以上的那些人，平均說多少；`left`：那些人真的走了的比例。\n\n"
            "答案是一張表：索引是甲、乙、丙，欄位是 brier、told、left。"
        ),
        truth=lambda: _scored(_squared),
        slips=(
            Slip(lambda: _scored(lambda told, left: (told - left).abs()), "brier 這一欄是絕對誤差的平均。Brier 分數要先平方，再平均。"),
            Slip(lambda: _scored(lambda told, left: (told - 1 + left) ** 2), "brier 這一欄的結果反了：走了是 1，沒走是 0。"),
            Slip(lambda: _scored(_squared, recall=True), "left 這一欄是「走的人裡有幾成被說中」。題目的分母是說 0.6 以上的那些人。"),
        ),
        stub="followers = case.followers",
        solution=(
            "rows = {}\n"
            'for name in ["甲", "乙", "丙"]:\n'
            '    told, left = followers[name], followers["left"].astype(float)\n'
            "    high = told >= 0.6\n"
            '    rows[name] = {"brier": ((told - left) ** 2).mean(), "told": told[high].mean(), "left": left[high].mean()}\n'
            "answer = pd.DataFrame(rows).T"
        ),
        research=True,
        points=4,
        explain="Brier 同時罰排序和校準；told 和 left 兩欄並排，就看得出差在校準。",
        hints=("先把 `left` 轉成 0 和 1：`.astype(float)`。", "`high = told >= 0.6`，再分別取 `told[high].mean()` 和 `left[high].mean()`。"),
        wrong=(Wrong(0.15, "DataFrame"),),
    ),
)  # fmt: skip


# Predictions of the lesson.


def _first_week() -> Run:
    return tried(FIRST, LESSON_SEED)


def _twice_by_hand() -> float:
    """Posts not out in time that come out all the same, and so stand there twice when someone has sent them by hand."""
    table = _first_week().table
    return float(((table["state"] != "on_time") & (table["times"] > 0)).sum())


def _hour_seen() -> float:
    table = _first_week().table
    return float(table.loc[table["job_id"] == "job-005", "published"].dt.hour.sum())


def _times_out() -> float:
    table = _first_week().table
    return float(table.loc[table["job_id"] == "job-029", "times"].sum())


def _ready_share() -> float:
    waits = replace(CAREFUL, wait="short")
    log = pd.concat([tried(waits, seed).log for seed in range(10)])
    replies = log.loc[log["step"] == "publish", "reply"]
    return 100 * float((replies != "not_ready").mean())


def _worst_choice() -> str:
    return NAMES[str(changes(CAREFUL, range(10)).iloc[-1]["choice"])]


@cache
def _lesson_month() -> pd.DataFrame:
    log, truth = follower_log(load(), np.random.default_rng(LESSON_SEED), days=DAYS + MONTH)
    return month_of(log, truth.start + pd.Timedelta(days=DAYS))


def _left_at_80() -> float:
    month = _lesson_month()
    return 100 * float(month.loc[month["甲"] >= 0.8, "left"].mean())


def _vendor_skill() -> float:
    """How much lower the vendor's Brier score is than that of the share that left, percent."""
    month = _lesson_month()
    left = month["left"].astype(float)
    return 100 * float(1 - ((month["甲"] - left) ** 2).mean() / ((left.mean() - left) ** 2).mean())


PREDICTIONS = {
    "a": Prediction(
        prompt="整週每一則沒準時出現的貼文，都有人手動再發一次：最後有幾則會在頁面上出現兩次以上？",
        truth=_twice_by_hand,
        show=lambda value: f"{value:.0f} 則",
        why="沒出現不等於不會出現。手動那則是第一次，工具晚點發的是第二次。",
        close=4,
    ),
    "b": Prediction(
        prompt="檔案寫 20:00，工具當成 UTC：粉絲在台北幾點看到？",
        truth=_hour_seen,
        show=lambda value: f"{value:.0f} 點",
        why="台北比 UTC 快 8 小時。UTC 的晚上八點，台北已經是隔天凌晨。",
        close=0,
    ),
    "c": Prediction(
        prompt="日誌裡有兩個發佈 ok、一個 timeout：粉絲專頁上有幾則？",
        truth=_times_out,
        show=lambda value: f"{value:.0f} 則",
        why="timeout 是沒聽到回答。平台收到了，也發了，只是那句「好」沒有傳回來。",
        close=0,
    ),
    "d": Prediction(
        prompt="容器建好，固定等 7 秒再發：一百次有幾次已經準備好？",
        truth=_ready_share,
        show=lambda value: f"{value:.0f} 次",
        why="準備的時間每次不同，固定的秒數總會碰上比較慢的那些。",
        close=6,
    ),
    "e": Prediction(
        prompt="其他都設好，只改壞一個，哪一個讓得分掉最多？",
        truth=_worst_choice,
        show=str,
        why="一建好就發，幾乎每一則都還沒準備好，重送再多次也一樣。",
        options=tuple(NAMES.values()),
    ),
    "f": Prediction(
        prompt="供應商給 80 分以上的粉絲，後來真的有百分之幾沒有再來？",
        truth=_left_at_80,
        show=lambda value: f"{value:.0f}%",
        why="那些人供應商平均說了快一百分。分數高的確實比較會走，只是沒有它說的那麼會走。",
        close=4,
    ),
    "g": Prediction(
        prompt="把供應商的分數除以 100 當機率，平方誤差比「每個人都猜平均」少百分之幾？",
        truth=_vendor_skill,
        show=lambda value: f"{value:.0f}%",
        why="排序的好處，幾乎全被說過頭的數字賠光了。",
        close=5,
    ),
    "h": Prediction(
        prompt="照這些成本，不會來的機率要到百分之幾，提醒才划算？",
        truth=lambda: 100 * Offer().cut,
        show=lambda value: f"{value:.0f}%",
        why="提醒到本來就會來的人，券白折；提醒到會走的人，七次才打動一次。兩邊一抵，就是這個數字。",
        close=4,
    ),
}
