"""Questions and predictions of lesson 5.7."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ... import records
from ...crisis.drill.action_items import ENOUGH, ActionItems, check_actions
from ...crisis.drill.after_action import gains
from ...crisis.drill import record
from ...crisis.drill.classroom import replayed
from ...crisis.drill.setup import HOUR, LENGTH, Setup
from ...crisis.drill.state import Move
from ...crisis.drill.other_luck import ended, of_plans, plan_of
from ...crisis.drill.other_luck_plot import wins
from ...crisis.drill.pretend_class import practice_class
from ...sandbox.crisis import scenarios
from ...sandbox.crisis.outcomes import Plan
from ..predictions import Prediction
from ..questions import Check, Choice, Match, Option, Order, Slip, TableAnswer, Text, Wrong
from ..war_room import WarRoom, best_swap, first_reply, pretend, shares

SCENE = """
清晨發生重大災害，兩週前排好的促銷貼文照樣發了出去。佩蓁把鑰匙給你：「這兩天，你坐鎮。」
先練讀檢討報告的眼力，再自己走完兩天。`case` 是一個模擬的班，每個人拿到的不同。
"""

SETUP = """
import pandas as pd
import xiaobian as xb

ex = xb.exercise("5.7")
case = ex.data()
ex
"""

LESSON, LESSON_SEED = "raffle_doubt", 571
"""The drill of the lesson; no learner's exercise uses it."""
EXERCISE, OTHER = "scheduled_on_disaster", "delivery_video"
HIDDEN = 3
"""Drills that a learner's answers are tried in besides the own one."""
LEARNERS = 40
DUE = 60
"""Minutes by which the class of the exercise had to speak: the first reply of level S2 in severity_levels.csv."""


def _own(attempt: int = 0) -> int:
    return records.seed("5.7", "exercise", attempt)


def _seeds() -> tuple[int, ...]:
    return tuple(_own(attempt) for attempt in range(HIDDEN + 1))


@dataclass(frozen=True)
class Case:
    """The learner's own class. table: learner, first_reply (minutes; missing for who never spoke), share. due: minutes."""

    table: pd.DataFrame
    due: int

    def __repr__(self) -> str:
        return f"一個班 {len(self.table)} 人的演練結果（島嶼沙盒模擬資料），第一句的期限是第 {self.due} 分鐘"


def data() -> Case:
    """The learner's own class."""
    return Case(pretend(OTHER, _own(9), LEARNERS).copy(), DUE)


# The drill: own answers under one's own luck and three others.

WHY = {
    (0, "b"): "刪文、關留言、不說話，截圖已經在外面跑。沒有人知道你們看到了，沉默就成了你們的回答。",
    (0, "c"): "時間都列了，卻沒有一句是對正在等消息的人說的；原因也還沒有說。",
    (0, "d"): "一開口就談捐款，像用錢換安靜。先說為什麼會發出去、現在停了什麼。",
    (0, "e"): "沒有人說你們看了新聞才寫。否認一件沒人指控的事，等於沒看到有人正在痛。",
    (0, "own"): "你自己寫的這一則，和說原因、說關心、停排程的那一種比，還有差。",
    (0, "none"): "第一個決策沒有回應。過了一段時間，不說話本身就是回答。",
    (1, "b"): "再道歉一次，原因還是沒說。大家等的是「為什麼沒停住」。",
    (1, "c"): "答應的說明時間到了，換成一張黑底圖。說好的事沒做到，比不知道更糟。",
    (1, "d"): "推給工具商，一天後截圖就會推翻它。",
    (1, "own"): "你自己寫的這一則，和把時間線講完整、連五點四十分那則提醒也自己說的那一種比，還有差。",
    (1, "none"): "答應的說明時間到了，沒有人說話。",
    (2, "b"): "截圖是真的。不回應，等於讓別人替你說。",
    (2, "c"): "私下聯絡是對的，可是公開的問題也要公開回一次。",
    (2, "d"): "「多數人還在睡」聽起來是藉口，而且前面才說過會負責。",
    (2, "own"): "你自己寫的這一則，和承認截圖、說明錯在流程的那一種比，還有差。",
    (2, "none"): "前員工的截圖之後，你們沒有再說過話。",
}


def _told(line: str) -> str:
    return (
        f"你的回應放進 {HIDDEN + 1} 場（你的和 {HIDDEN} 場沒看過的運氣），平均拿到一般公司和最好做法之間的 "
        f"{shares(line, _seeds()):.0%}。".replace("-", "−")
    )


def _advice(line: str) -> str:
    swap, first = best_swap(line, _seeds()), first_reply(line)
    if swap is not None and (reason := WHY.get((swap.number, swap.done))):
        return f"下一步：先改第 {swap.number + 1} 個決策。{reason}"
    if first is not None and first > HOUR:
        return f"下一步：第一句話等了 {first} 分鐘，提早。說法已經差不多了。"
    return "下一步：說法已經差不多了，一開始就把排程停掉，自己知道的事自己先說。"


def _face() -> Any:
    from ...panels.war_room import room_control

    return room_control(EXERCISE, _own())


def _letters() -> dict[str, dict[str, str]]:
    told = scenarios.load(EXERCISE).decisions
    return {f"決策 {n}": {o.id.upper(): o.text for o in d.options} for n, d in enumerate(told, start=1)}


def _late() -> str:
    """The best answers, the first of them at night."""
    hours = (14, 14.5, 28)
    moves = [Move("decide", round(h * HOUR), choice=c) for h, c in zip(hours, ("diminish", "diminish", "a"), strict=True)]
    return record.packed(Setup(EXERCISE, _own()), moves)


def _other_drill() -> str:
    return record.packed(Setup(EXERCISE, _own(1)), [])


# Action items.


def _items(text: str) -> ActionItems:
    return check_actions(text)


def _all(text: str, column: str) -> bool:
    """Whether every item has it."""
    table = _items(text).table
    return bool(len(table)) and bool((table[column] != "").all())


def _clean(text: str) -> bool:
    table = _items(text).table
    return bool(len(table)) and not (table[["hollow", "blame"]] != "").to_numpy().any()


MODEL = """佩蓁 3/13 以前排好清晨和假日的排程值班表，貼在群組置頂，每週一換人時當面交接。
阿洛 3/15 把「一鍵暫停」寫成三個步驟，3/20 找子晴照著做一次，計時貼在群組。
子晴 3/14 打電話給那位家人失聯的熟客，聽完寫成半頁，月底檢討會唸一次。"""


# The class.


def _bands(*, silent: str = "keep", middle: str = "median", strict: bool = False) -> pd.DataFrame:
    case = data()
    first = case.table["first_reply"].astype("float64")
    on_time = first < case.due if strict else first <= case.due
    band = pd.Series("遲到", index=first.index).mask(on_time, "準時").mask(first.isna(), "沒有開口").rename("band")
    if silent == "late":
        band = band.replace("沒有開口", "遲到")
    table = case.table if silent != "drop" else case.table[first.notna()]
    grouped = table.groupby(band)["share"]
    return pd.DataFrame({"count": grouped.size(), "share": grouped.agg(middle)})


QUESTIONS = (
    Choice(
        prompt=(
            "兩間店各遇到一場不同的危機（模擬）。甲店聲譽 +0.45 個標準差，拿到一般公司和最好做法之間的 12%；"
            "乙店聲譽 −0.60，拿到 91%。\n\n**哪一間處理得比較好？**"
        ),
        options={
            "A": Option("甲店，結果比較好", "+0.45 裡面有多少是運氣？兩場危機不一樣，結果不能直接比；要在自己的那一場裡，和別的做法比。"),
            "B": Option("乙店，在它那場危機裡，幾乎沒有更好的做法了"),
            "C": Option("不能比，兩場危機不同", "結果不能比，可是「在自己的那一場裡拿到多少」可以比，分母就是同一場、同樣的運氣。"),
            "D": Option("一樣好，甲店結果好、乙店做法好，扯平", "結果裡運氣很大，做法才是下一次還在的東西。不能拿來抵。"),
        },
        answer="B",
        explain="91% 的分母是同一場危機、同樣的運氣。乙店遇到的事比較糟，但它做的幾乎是最好的。",
        points=2,
        hints=("先問：兩間店的運氣一樣嗎？", "哪一個數字，是和同一場危機的其他做法比出來的？"),
        wrong=(Wrong("A", "多少是運氣"), Wrong("C", "可以比"), Wrong("D", "不能拿來抵")),
    ),
    Order(
        prompt="事後檢討會只有一小時。**六段怎麼排？**",
        items=(
            "說規則：對事不對人，今天不決定處分",
            "照時間軸講一遍：幾點發生什麼、誰知道什麼",
            "每個決定：當時手上有什麼，為什麼這樣選",
            "打開真相和重播：換一種做法會差多少",
            "寫三件行動：誰、做什麼、幾號以前",
            "訂下回來看的日期",
        ),
        why=(
            "沒有先說規則，大家會先保護自己，時間軸就不完整。",
            "還沒對齊發生了什麼，就談為什麼，會各講各的。",
            "先看到真相，人人都會說「我早就知道」。要先說當時為什麼這樣選。",
            "行動要從差最多的地方來，不是從聲音最大的人來。",
            "沒有行動，就沒有東西可以回來看。",
        ),
        points=2,
        explain="真相放在「當時為什麼」之後，行動放在真相之後。",
        hints=("真相太早打開，會改掉大家的記憶。", "最後一段是日期。"),
    ),
    Match(
        prompt="五份檢討報告，各看到一個數字。**最先該改的是哪一件？**",
        pairs={
            "及時 0.08，一致 0.95，主動 0.90：查了一天半才開口": "A",
            "及時 0.93，一致 0.06：先否認，後來改口道歉": "C",
            "策略配合度 −0.60：可預防型，回應是「疏漏在所難免」": "B",
            "排程照發 5 篇，其中一篇是抽獎": "D",
            "該上報或隱藏的抓到 8%，隱藏了 7 則批評": "E",
        },
        choices={
            "A": "半小時內先說已知、未知、下次更新幾點",
            "B": "換策略：認、補、改，附日期",
            "C": "對外之前先確認能不能證明，所有版本出自同一份事實",
            "D": "寫好一鍵暫停和值班人，練一次",
            "E": "先找有人身危險、個資、詐騙的；批評留著回",
        },
        why={
            "及時 0.08，一致 0.95，主動 0.90：查了一天半才開口": "說法沒問題，問題是太晚。不必等查完才開口。",
            "及時 0.93，一致 0.06：先否認，後來改口道歉": "它開口很快，快的是一句證明不了的話。",
            "策略配合度 −0.60：可預防型，回應是「疏漏在所難免」": "配合度是負的：大家認為你攔得住，你卻在淡化。",
            "排程照發 5 篇，其中一篇是抽獎": "這不是措辭的事，是沒有人負責按停。",
            "該上報或隱藏的抓到 8%，隱藏了 7 則批評": "急的沒抓到，藏的又是批評；順序和按鍵都要改。",
        },
        points=3,
        explain="先看哪一個數字離譜，再改它背後的那一步；數字都很好看的地方不要動。",
        hints=("每一份只有一個數字離譜。", "「及時」很高不代表說對了。"),
        wrong=(
            Wrong("CCBDE", "太晚"), Wrong("AABDE", "證明不了"), Wrong("ACCDE", "在淡化"), Wrong("ACBEE", "負責按停"), Wrong("ACBDD", "藏的又是批評"),
            Wrong("AC", "要給 5 個代號"),
        ),
    ),
    WarRoom(
        prompt=(
            "**換你坐鎮兩天。** 可以讓時鐘自己走，也可以一步一步走；選做法、改文字、處理留言、停排程，都算數。\n\n"
            f"走完按「檢查」，真相才打開。分數看你的**回應**：放進你這一場和 {HIDDEN} 場沒看過的運氣，平均拿到一般公司（0%）和"
            "找得到的最好做法（100%）之間的多少。**88% 通過。** 第一次算滿，之後再試算八成。"
        ),
        scenario=EXERCISE,
        seed=_own,
        hidden=_seeds,
        why=WHY,
        choices=_letters(),
        share=lambda line: shares(line, _seeds()),
        told=_told,
        advice=_advice,
        best="aaa",
        floor=0.6,
        enough=0.88,
        face=_face,
        explain="先停、先關心、先說原因；答應的時間到了就說完；自己知道的事，自己先說。",
        points=6,
        hints=("每個決策先問：只有團隊知道的那件事，誰會先說出來？", "意外型的危機：說清楚為什麼、怎麼補，前後一致，比再道歉一次有用。"),
        wrong=(
            Wrong("bdb", "先改第"), Wrong("eaa", "否認一件沒人指控的事"), Wrong("aca", "黑底圖"), Wrong("ada", "推給工具商"), Wrong("bab", "先改第"),
            Wrong(_late, "先改第"), Wrong(_other_drill, "另一場演練"), Wrong("今天天氣很好", "不是演練紀錄"), Wrong("axa", "沒有 X"),
        ),
    ),
    Text(
        prompt=(
            "演練完了，寫**三件行動**。一行一件：誰負責、做什麼、幾號以前，做完看得到。（用課文裡的人：佩蓁、阿洛、子晴、允安、柏宇、素琴，或寫職稱。）"
        ),
        checks=(
            Check("三件，一行一件", lambda text: len(_items(text).table) >= ENOUGH, "至少寫三行，一行只寫一件。"),
            Check("每件有負責人", lambda text: _all(text, "owner"), "每一行都要有一個名字或職稱；「大家」等於沒有人。"),
            Check("每件有日期", lambda text: _all(text, "date"), "每一行都要有日期，例如 3/15；「盡快」驗收不了。"),
            Check("每件有看得到的動作", lambda text: _all(text, "deed"), "寫一個做完看得到的動作：寫成三步驟、貼在置頂、練一次。"),
            Check("沒有空話和處分", _clean, "「更小心」「加強宣導」驗收不了，處分也不會讓下次攔得住。換成流程裡的一步。"),
        ),
        model=lambda: MODEL,
        points=3,
        explain="有名字、有日期、做完看得到，下次檢討會才問得下去。",
        hints=("從報告裡差最多的那一件開始寫。", "試著唸一遍：到了那天，你怎麼知道做完了？"),
        wrong=(
            Wrong("以後會更小心。", "三件，一行一件"),
            Wrong("大家 3/15 前寫好流程\n大家 3/16 練一次\n大家 3/17 貼出來", "每件有負責人"),
            Wrong("佩蓁盡快排好值班表\n阿洛寫好步驟\n子晴打電話給熟客", "每件有日期"),
            Wrong("佩蓁 3/13 排好值班表\n阿洛 3/15 更小心\n子晴 3/14 打電話", "看得到的動作"),
            Wrong("佩蓁 3/13 排好值班表\n阿洛 3/15 寫悔過書，記過一次\n子晴 3/14 打電話", "沒有空話和處分"),
        ),
    ),
    TableAnswer(
        prompt=(
            "**研究軌。** `case.table` 是一個班的結果：`first_reply` 是第幾分鐘開口（整場沒有開口的是缺值），`share` 是拿到的差距。"
            "第一句的期限是 `case.due`，剛好那一分鐘算準時。\n\n"
            "把人分成**準時、遲到、沒有開口**三群（索引名稱 band），算 `count`（人數）和 `share`（中位數）。"
        ),
        truth=_bands,
        slips=(
            Slip(lambda: _bands(silent="drop"), "沒有開口的人不見了。他們不是資料不全，是一種做法，而且是最差的一種。"),
            Slip(lambda: _bands(silent="late"), "沒有開口的被算進遲到了。晚說和不說是兩回事，先用 `isna()` 分出來。"),
            Slip(lambda: _bands(middle="mean"), "這是平均數。人數少的群，一兩個離譜的就拉走了；題目要中位數。"),
            Slip(lambda: _bands(strict=True), "剛好第 60 分鐘的人算準時：用 `<=`。"),
        ),
        stub="table, due = case.table, case.due",
        solution=(
            'first = table["first_reply"]\n'
            'band = pd.Series("遲到", index=table.index, name="band")\n'
            'band[(first <= due).fillna(False)] = "準時"\n'
            'band[first.isna()] = "沒有開口"\n'
            'answer = table.groupby(band)["share"].agg(count="size", share="median")'
        ),
        research=True,
        points=3,
        explain="準時的中位數通常高一些，可是群裡面差很多：開口的時間只是一部分。",
        hints=("三群先全部填「遲到」，再蓋掉準時的和缺值的。", '`groupby(band)["share"].agg(count="size", share="median")`。'),
        wrong=(Wrong(0.5, "DataFrame"),),
    ),
)  # fmt: skip


# Predictions about the lesson's drill.

DENY, TELL = "dea", "bbd"
"""Letters of the two drills of the lesson: 阿洛 with the proof in hand, and the team that tells its own mistake first."""


def lesson_moves(letters: str) -> list[Move]:
    """The moves of a lesson's drill: each decision answered when it opens."""
    told = scenarios.load(LESSON).decisions
    return [Move("decide", round(d.hour * HOUR), choice=letter) for d, letter in zip(told, letters, strict=True)]


def _plan(letters: str) -> Plan:
    return plan_of(Setup(LESSON, LESSON_SEED), lesson_moves(letters))


def _share_of(letters: str) -> float:
    """Percent of the gap that a drill of the lesson reaches."""
    table = of_plans(Setup(LESSON, LESSON_SEED), {letters: _plan(letters)}, [LESSON_SEED])
    return 100 * float(table["share"].iloc[0])


CHANGES = {
    "sooner": "第一句早半小時說",
    "pause": "一開始就停排程",
    "disclose": "漏抽的事自己先說",
    "strategy": "不說「否認」，改說原因",
}


def _dearest() -> str:
    state = replayed(Setup(LESSON, LESSON_SEED), lesson_moves(DENY))
    return CHANGES[gains(state)[0].id.partition("_")[0]]


def _turned() -> float:
    plans = {letters: _plan(letters) for letters in (DENY, TELL)}
    table = of_plans(Setup(LESSON, LESSON_SEED), plans, range(600, 614), judged=False).set_index("name")["value"]
    return 100 * wins(table[DENY], table[TELL])


def _ranks_apart() -> float:
    """Places between the best and the worst of those who spoke first."""
    plans = [plan_of(*record.unpacked(line)) for line in practice_class(LESSON, LESSON_SEED, 12, draw=2).values()]
    values = ended(LESSON, LESSON_SEED, LENGTH).what_if(plans).short
    first = np.array([min([r.delay for r in plan if r.strategies and r.spoken], default=np.inf) for plan in plans])
    places = (-values).argsort().argsort()[first == first.min()]
    return float(places.max() - places.min())


SINCERE = "以後抽獎會更小心\n全體同仁加強危機溝通訓練\n名單時間要核對"
"""What 阿洛 writes at first."""

PREDICTIONS = {
    "a": Prediction(
        prompt="錄影是真的、也真的沒有內定。先否認、再說巧合，拿到差距的百分之幾？",
        truth=lambda: _share_of(DENY),
        show=lambda value: f"{value:.0f}%",
        why="否認的那件事是真的，可是大家問的已經不只那件事，而且漏抽的事只有你們知道。",
        close=6,
    ),
    "b": Prediction(
        prompt="阿洛那一場，只准改一件，改哪一件差最多？",
        truth=_dearest,
        show=str,
        why="時間她沒有輸：一小時就開口了。早說一句不合用的話，不會比較好。",
        options=tuple(CHANGES.values()),
    ),
    "c": Prediction(
        prompt="佩蓁的做法（自己先說漏抽、說原因）：拿到差距的百分之幾？",
        truth=lambda: _share_of(TELL),
        show=lambda value: f"{value:.0f}%",
        why="說法合「意外型」，三次都一致，漏抽的事由自己說出來，而且說得很具體。",
        close=6,
    ),
    "d": Prediction(
        prompt="各抽一場不同的運氣來比，阿洛的做法「贏」佩蓁的機會是百分之幾？",
        truth=_turned,
        show=lambda value: f"{value:.0f}%",
        why="運氣的起伏，是兩種做法差距的好幾倍。只看結果，常常會獎勵錯的人。",
        close=6,
    ),
    "e": Prediction(
        prompt="最早開口的兩個人同一分鐘說話，名次差幾名？",
        truth=_ranks_apart,
        show=lambda value: f"{value:.0f} 名",
        why="同一分鐘說出口的，可以是原因，也可以是否認。",
        close=1,
    ),
    "f": Prediction(
        prompt="阿洛的三件行動，幾件寫清楚了？",
        truth=lambda: float(check_actions(SINCERE).fine),
        show=lambda value: f"{value:.0f} 件",
        why="前兩件驗收不了；第三件有動作，卻沒有人、沒有日期。",
        close=0,
    ),
}
