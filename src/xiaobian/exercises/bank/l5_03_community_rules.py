"""Questions and predictions of lesson 5.3."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from ...crisis.community.guidelines import guideline
from ...crisis.community.health_metrics import ANSWER_HOURS, BACK_FROM, BACK_TO, Health, health
from ...crisis.community.hiding import Policies, compare_hiding, inbox
from ...crisis.community.rule_post import PinTrial, pin_trial, truth_of
from ...crisis.community.triaging import triage
from ...sandbox.community import KINDS
from ...sandbox.server import server
from ...sandbox.streams import generator
from ...sandbox.words.comments import Brief, write_comments
from ..predictions import Prediction
from ..questions import Choice, Decision, Match, MultiChoice, Number, Option, Slip, TableAnswer, Wrong
from ..worlds import own_world

SCENE = """
週一早上，留言區換你管。`mine.comments` 是昨晚的十二則留言，`mine.pins` 是一個月的置頂實驗，`mine.servers` 和 `mine.first` 來自
會員社群（都是模擬的，每個人拿到的不同）。第二題先由你決定怎麼處理，按「檢查」才打開真相。
"""

SETUP = """
import xiaobian as xb

ex = xb.exercise("5.3")
mine = ex.data()
ex
"""

LESSON_SEED = 530
"""The inbox, the threads and the servers of the lesson; no learner's exercise uses it."""
LESSON_N = 1000
LOW, HIGH = 0.15, 0.75
"""Share of newcomers whose first message is answered, on the two servers."""
EACH = 3
PROMPT_HOURS = 12
EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\u200d]")
"""Left out of the twelve comments: not every computer can show them."""
NOW, HIDE, REPLY, REST = "A", "B", "C", "D"
DESKS = {NOW: "馬上找人看", HIDE: "先隱藏", REPLY: "公開回或請他私訊", REST: "不用回"}
DESK_OF = {"care": NOW, "escalate": NOW, "hide": HIDE, "report": HIDE, "reply": REPLY, "private": REPLY, "like": REST, "none": REST}  # fmt: skip


@dataclass(frozen=True)
class Mine:
    """What the learner gets. comments: twelve of last night. pins: the trial of pinned rules, summed up. servers: figures of
    two servers. first: a row a newcomer of one of them (member, answered_hours, days_seen, back)."""

    comments: pd.DataFrame
    pins: pd.DataFrame
    servers: pd.DataFrame
    first: pd.DataFrame

    def __repr__(self) -> str:
        return f"{len(self.comments)} 則留言、{len(self.pins)} 組串文、兩個社群、{len(self.first)} 位新人（島嶼沙盒模擬資料）"


def _seed() -> int:
    return own_world("5.3").seed


@cache
def _comments(seed: int) -> tuple[pd.DataFrame, str]:
    """Twelve comments, three for each desk, and the desks they belong to."""
    rng = generator(seed, "desk")
    wanted = {"troll": 0.0, "scam": 40, "legal": 25, "selfharm": 6, "personal_data": 40, "complaint": 3, "rumor": 0.0}
    frame = write_comments(rng, Brief(1500, "facebook", negative=0.5, intents=wanted), held_out=None)
    frame = frame[frame["text"].str.len() >= 6].drop_duplicates("template").drop_duplicates("text")
    frame = frame.assign(desk=frame["action"].map(DESK_OF))
    picked = pd.concat([frame[frame["desk"] == desk].head(EACH) for desk in DESKS])
    picked = picked.iloc[rng.permutation(len(picked))]
    texts = [" ".join(EMOJI.sub(" ", str(text)).split()) for text in picked["text"]]
    index = pd.Index([f"留言 {n}" for n in range(1, len(texts) + 1)], name="編號")
    return pd.DataFrame({"內容": texts}, index=index), "".join(picked["desk"])


@cache
def _trial(seed: int) -> PinTrial:
    return pin_trial(seed)


@cache
def _pins(seed: int) -> pd.DataFrame:
    """Threads, newcomers' comments and how many kept the rules, by kind and whether rules were pinned."""
    table = _trial(seed).table
    kind = table["kind"].map(KINDS) + "串"
    pinned = table["rule_post"].map({True: "有置頂", False: "沒置頂"})
    grouped = table.groupby([kind.rename("串文"), pinned.rename("守則")], sort=False)
    found = grouped.agg(串數=("thread_id", "size"), 新人留言=("newcomer_comments", "sum"), 守規矩=("newcomer_kept", "sum"))
    return found.reset_index().sort_values(["串文", "守則"], ignore_index=True)


@cache
def _figures(seed: int) -> pd.DataFrame:
    rows = {}
    for name, welcome in {"甲社群": LOW, "乙社群": HIGH}.items():
        table = health(server(seed, welcome)).table
        rows[name] = {table.loc[m, "name"]: table.loc[m, "value"] for m in ("stickiness", "first_answered", "retention", "gini")}
    return pd.DataFrame(rows).T.round(2)


@cache
def _first(seed: int) -> pd.DataFrame:
    """A row a newcomer: hours until the first message was answered, days seen since, whether they wrote again."""
    world = server(seed, 0.5)
    rows = world.messages
    new = world.members.loc[world.members["kind"] == "newcomer", "member"]
    first = rows[rows["member"].isin(new)].groupby("member").first()
    answers = rows[rows["reply_to"].isin(first["message_id"])].groupby("reply_to")["time"].min()
    wait = (first["message_id"].map(answers) - first["time"]).dt.total_seconds() / 3600
    later = rows[rows["member"].isin(new)].merge(first["time"].rename("start"), left_on="member", right_index=True)
    since = (later["time"] - later["start"]).dt.total_seconds() / 86400
    back = set(later.loc[since.between(BACK_FROM, BACK_TO), "member"])
    return pd.DataFrame(
        {
            "member": first.index,
            "answered_hours": wait.round(1).to_numpy(),
            "days_seen": (rows["time"].max() - first["time"]).dt.days.to_numpy(),
            "back": first.index.isin(back),
        }
    )


def data() -> Mine:
    """The learner's own comments, trial and servers."""
    seed = _seed()
    return Mine(_comments(seed)[0].copy(), _pins(seed).copy(), _figures(seed).copy(), _first(seed).copy())


# Twelve comments: whose desk, judged by their labels.


def _truth() -> str:
    return _comments(_seed())[1]


def _counts(letters: str) -> tuple[int, int, int]:
    """Right ones, urgent ones not seen at once, and comments hidden that should stand."""
    pairs = list(zip(letters, _truth(), strict=True))
    right = sum(a == b for a, b in pairs)
    return right, sum(b == NOW != a for a, b in pairs), sum(a == HIDE != b for a, b in pairs)


def _face() -> Any:
    from ...panels.community import desk_control

    return desk_control(_comments(_seed())[0]["內容"].tolist(), DESKS)


def _share(letters: str) -> float:
    right, late, gagged = _counts(letters)
    return (right - late - gagged) / len(letters)


def _told(letters: str) -> str:
    right, late, gagged = _counts(letters)
    return f"十二則裡放對 {right} 則；急的漏了 {late} 則，不該藏卻藏掉 {gagged} 則。"


def _advice(letters: str) -> str:
    _, late, gagged = _counts(letters)
    wrong = [n for n, (a, b) in enumerate(zip(letters, _truth(), strict=True), start=1) if a != b]
    if gagged and gagged >= late:
        return "下一步：難聽不等於該藏。只有攻擊人、個資、詐騙才先隱藏，抱怨留著回。"
    if late:
        return "下一步：先把十二則掃一遍，只找身體、安全、求助、法律，這些再少也排第一。"
    return f"下一步：留言 {wrong[0]} 再看一次。他要的是一個答案、一個處理，還是只是來聊天？" if wrong else ""


def _swapped(table: dict[str, str]) -> str:
    return "".join(table.get(letter, letter) for letter in _truth())


@dataclass(frozen=True, kw_only=True)
class Sort(Decision):
    """A decision about the learner's own comments."""

    best: str = ""

    def right(self) -> str:
        return _truth()

    def solution_text(self) -> str:
        listed = {desk: [n for n, d in enumerate(_truth(), 1) if d == desk] for desk in DESKS}
        return "；".join(f"{DESKS[desk]}：留言 {'、'.join(map(str, places))}" for desk, places in listed.items())


# The trial.


def _times(kind: str | None) -> float:
    rows = _pins(_seed())
    rows = rows if kind is None else rows[rows["串文"] == kind]
    sums = rows.groupby("守則")[["串數", "新人留言"]].sum()
    mean = sums["新人留言"] / sums["串數"]
    return float(mean["有置頂"] / mean["沒置頂"])


# The code question.


def _returned(*, ripe: bool = True, hours: float = PROMPT_HOURS, drop: bool = False) -> pd.DataFrame:
    rows = _first(_seed())
    rows = rows[rows["days_seen"] >= BACK_TO] if ripe else rows
    rows = rows.dropna(subset="answered_hours") if drop else rows
    prompt = (rows["answered_hours"] <= hours).rename("prompt")
    back = rows.groupby(prompt)["back"]
    return pd.DataFrame({"newcomers": back.size(), "share": back.mean()})


FIGURES = {
    "A": "28 天內發過言的人",
    "B": "開頭發言，最後 24 小時的不算",
    "C": "第一則在 35 天以前的新人",
    "D": "伺服器上的全部會員",
    "E": "全部的發言，回覆也算",
}

QUESTIONS = (
    MultiChoice(
        prompt="六則留言。照守則，**哪幾則要先隱藏？**（複選）",
        options={
            "A": Option("「吃完整晚拉肚子，你們到底有沒有洗手」", "這是警報，不是髒東西。馬上找人看；藏起來，下一則會寫在你刪不到的地方。"),
            "B": Option("「那個店員的手機 0900-000-061，大家打去問候」"),
            "C": Option("「又漲，當我們盤子喔」", "難聽，可是在講價格，沒有攻擊人。留著，回他為什麼漲。"),
            "D": Option("「寫這種文案，小編是智障嗎，去死」"),
            "E": Option("「聽說你們用過期的米，大家先不要買」", "還沒查證的事，藏了更像真的。先查，查完公開說。"),
            "F": Option("「我叫林小測，手機 0900-000-062，幫我查訂單」"),
        },
        answers=frozenset("BDF"),
        explain="B 公開別人的個資、D 攻擊人；F 是客人自己的個資，隱藏是保護他，再私訊回。其餘三則都是你最需要讀到的。",
        points=3,
        hints=("問「有沒有傷到人」，不要問「好不好看」。", "有一則要藏的，寫的人沒有惡意。"),
        wrong=(Wrong("ABCDEF", "警報"), Wrong("BCDF", "沒有攻擊人"), Wrong("BDEF", "更像真的"), Wrong("BD", "還漏了 1 個")),
    ),
    Sort(
        prompt=(
            "**你來分流。** `mine.comments` 的十二則，各放到哪一張桌子？\n\n"
            "按「檢查」才會打開真相。放對加分；急的沒有馬上看、不該藏的藏了，都再倒扣。"
        ),
        given="mine.comments",
        choices={f"留言 {n + 1}": DESKS for n in range(4 * EACH)},
        judged="會和沙盒裡每一則真正的標籤比。",
        share=_share,
        told=_told,
        advice=_advice,
        floor=0.25,
        enough=0.8,
        face=_face,
        explain="急的先看，傷人的先藏，其餘都留著回。真的遇到求助的留言：用私訊接住，給 1925 安心專線，請主管一起看。",
        points=5,
        hints=("先只挑急的：身體、求助、法律、店裡的人出事。", "再挑要藏的：個資、詐騙。剩下的，他要答案就回，他只是來聊天就放著。"),
        wrong=(
            Wrong(HIDE * 4 * EACH, "難聽不等於該藏"), Wrong(lambda: _swapped({NOW: HIDE, REPLY: HIDE}), "難聽不等於該藏"),
            Wrong(lambda: _swapped({NOW: REPLY, HIDE: REPLY}), "掃一遍"), Wrong(lambda: _swapped({REPLY: REST, REST: REPLY}), "再看一次"),
            Wrong("AB", "要給 12 個代號"),
        ),
    ),
    Number(
        prompt=(
            "`mine.pins` 是抽籤決定的置頂實驗。**問答串裡，平均每串的新人留言，有置頂是沒置頂的幾倍？**（到小數第二位）"
        ),
        given="mine.pins",
        truth=lambda: _times("問答串"),
        tolerance=0.011,
        unit="倍",
        slips=(
            Slip(lambda: _times(None), "這是兩種串文合在一起。問答串比較少，它的反效果被討論串蓋過去了；只看問答串那兩列。"),
            Slip(lambda: _times("討論串"), "這是討論串。問答串要另外算，方向不一樣。"),
            Slip(lambda: 1 / _times("問答串"), "上下顛倒了：有置頂當分子，沒置頂當分母。"),
            Slip(lambda: 100 * (_times("問答串") - 1), "這是變化的百分比。題目問倍數：有置頂 ÷ 沒置頂。"),
        ),
        explain=f"每串的新人留言掉到三四成；沙盒裡真正的值是 {truth_of()['ama']['newcomers']:g} 倍。同一份守則，在問答串把人嚇跑了。",
        points=3,
        hints=("先各自算「新人留言 ÷ 串數」。", "再用有置頂的那一列，除以沒置頂的那一列。"),
        wrong=(Wrong("少很多", "看不出是哪個數字"),),
    ),
    Match(
        prompt="四個數字，分母各是什麼？",
        pairs={"DAU ÷ MAU": "A", "回覆率": "B", "新人留下來": "C", "核心圈占比": "A"},
        choices=FIGURES,
        why={
            "DAU ÷ MAU": "一天發言的人，除以 28 天內發過言的人。潛水的人兩邊都沒有。",
            "回覆率": f"只看開頭發言，而且要等滿 {ANSWER_HOURS} 小時；剛貼的還沒機會被回。",
            "新人留下來": f"要看滿 {BACK_TO} 天才知道留不留，太新的人不能算。",
            "核心圈占比": "核心圈是 28 天內有發言的人裡，彼此回得最密的一群。",
        },
        explain="每個比例都先問兩件事：誰有資格進分母，等得夠不夠久。",
        points=2,
        hints=("有兩個的分母一樣。", "「留下來」要等，所以分母裡只有夠早來的新人。"),
        wrong=(Wrong("DBCA", "潛水的人"), Wrong("AECA", "只看開頭發言"), Wrong("ABAA", "看滿"), Wrong("ABCD", "回得最密"), Wrong("AB", "要給 4 個代號")),
    ),
    Choice(
        prompt="`mine.servers` 是兩個社群的數字。素琴問：「哪一個比較健康，先改什麼？」**哪一句站得住？**",
        given="mine.servers",
        options={
            "A": Option("DAU ÷ MAU 差不多，所以兩個一樣健康。", "這個比例的分母只有還在發言的人。新人走光，分母跟著變小，比例照樣好看。"),
            "B": Option("乙比較留得住新人；甲先改的是：新人的第一則，一天內要有人回。", ""),
            "C": Option("Gini 差不多，所以先請大家都多發言。", "每個社群都是少數人講多數話，兩個差不多就分不出好壞。要看差在哪裡的那一欄。"),
            "D": Option("甲的新人本來就不熱情，先換一批新人來。", "兩邊的新人是同一批（沙盒裡看得到），差在有沒有人回。換人之前，先換做法。"),
        },
        answer="B",
        explain="兩邊差得最多的是「第一則有人回」，跟著差的是「留下來」。在沙盒裡回不回是抽籤的，所以可以說因果；真的社群要自己做一次抽籤。",
        points=2,
        hints=("先找甲和乙差最多的兩欄。", "哪一個數字，是你明天早上就能改的？"),
        wrong=(Wrong("A", "分母"), Wrong("C", "少數人講多數話"), Wrong("D", "同一批")),
    ),
    TableAnswer(
        prompt=(
            f"**研究軌。** `mine.first` 一列一位新人：`answered_hours` 是第一則幾小時後有人回（空白是沒人回），`days_seen` 是到現在幾天，"
            f"`back` 是第 {BACK_FROM}–{BACK_TO} 天有沒有再發言。只看滿 {BACK_TO} 天的新人，依「{PROMPT_HOURS} 小時內有人回」分兩組"
            "（索引名 prompt，False 和 True），欄位 newcomers 是人數、share 是再發言的占比。**沒人回的也要算進 False。**"
        ),
        truth=_returned,
        slips=(
            Slip(lambda: _returned(ripe=False), f"太新的人也算進去了：他們還沒有機會走到第 {BACK_TO} 天，占比會被拉低。先留 days_seen >= {BACK_TO}。"),
            Slip(lambda: _returned(hours=np.inf), f"晚回的也算成有回了。題目要 {PROMPT_HOURS} 小時內。"),
            Slip(lambda: _returned(drop=True), "沒人回的新人不見了，他們才是要比的那一組。不要 dropna。"),
        ),
        stub="first = mine.first",
        solution=(
            f'ripe = first[first["days_seen"] >= {BACK_TO}]\n'
            f'prompt = (ripe["answered_hours"] <= {PROMPT_HOURS}).rename("prompt")\n'
            'answer = ripe.groupby(prompt)["back"].agg(newcomers="size", share="mean")'
        ),
        research=True,
        points=3,
        explain="空白和 12 比大小是 False，剛好把沒人回的留在 False。差距是因果，因為沙盒裡回不回是抽籤的。",
        hints=("先篩 days_seen，再做真假值。", '`groupby(prompt)["back"].agg(newcomers="size", share="mean")`。'),
        wrong=(Wrong(0.5, "DataFrame"),),
    ),
)  # fmt: skip


# Predictions about the lesson.


@cache
def _bad() -> tuple[pd.DataFrame, pd.DataFrame]:
    return inbox(LESSON_SEED, LESSON_N, "bad")


def _at(table: pd.DataFrame, row: str, column: str) -> float:
    found: Any = table.loc[row, column]
    return float(found)


@cache
def _policies() -> Policies:
    return compare_hiding(*_bad(), ("negative",))


def _wrongly_hidden() -> float:
    table = _policies().table
    return 100 * _at(table, "negative", "critics") / _at(table, "negative", "hidden")


def _urgent_hidden() -> int:
    return int(_at(_policies().table, "negative", "urgent"))


def _urgent_seen() -> int:
    """Urgent ones that triage calls urgent or leaves to a person."""
    comments, truth = _bad()
    table = triage(comments).table
    return int((truth["urgent"] & (table["urgent"] | table["queue"].eq("glance"))).sum())


def _gagged() -> int:
    """Questions and complaints that a rule against the negative covers."""
    return int(_at(guideline(["positive"]).cover(triage(_bad()[0])), "positive", "criticism"))


def _effect(by: str, kind: str, measure: str = "newcomers") -> float:
    return _at(pin_trial(LESSON_SEED, by).effects(kind), measure, "effect")


@cache
def _health(welcome: float) -> Health:
    return health(server(LESSON_SEED, welcome))


PREDICTIONS = {
    "a": Prediction(
        prompt="「負面就隱藏」藏掉的留言裡，百分之幾是問題和抱怨？",
        truth=_wrongly_hidden,
        show=lambda value: f"{value:.0f}%",
        why="抱怨本來就是負面的；這個做法分不出罵人和求救。",
        close=8,
    ),
    "b": Prediction(
        prompt="十七則急的留言，會被「負面就隱藏」藏掉幾則？",
        truth=_urgent_hidden,
        show=lambda value: f"{value:.0f} 則",
        why="吃壞肚子、受傷、要提告，每一句都是負面的。",
        close=1,
    ),
    "c": Prediction(
        prompt="十七則急的，分流之後有幾則會有人看到？",
        truth=_urgent_seen,
        show=lambda value: f"{value:.0f} 則",
        why="大半是規則接住的；規則沒寫到的，靠的是「沒把握就給人看」。",
        close=1,
    ),
    "d": Prediction(
        prompt="改成抽籤決定哪些串置頂，問答串的新人留言是幾倍？",
        truth=lambda: _effect("chance", "ama"),
        show=lambda value: f"{value:.2f} 倍",
        why="挑熱鬧的置頂，比的是熱鬧；抽籤才是比守則。",
        close=0.1,
    ),
    "e": Prediction(
        prompt="討論串裡，犯規的新人留言變成幾倍？",
        truth=lambda: _effect("chance", "discussion", "broken"),
        show=lambda value: f"{value:.2f} 倍",
        why="守規矩的占比是高了，可是開口的新人多了更多。",
        close=0.15,
    ),
    "f": Prediction(
        prompt="乙社群（新人多半有人回）的 DAU ÷ MAU 是百分之幾？",
        truth=lambda: 100 * _health(HIGH)["stickiness"],
        show=lambda value: f"{value:.0f}%",
        why="留下來的新人也進了分母。這個比例看不出新人走光了。",
        close=2,
    ),
    "g": Prediction(
        prompt="「請保持正面」那一條，會蓋掉幾則問題和抱怨？",
        truth=_gagged,
        show=lambda value: f"{value:.0f} 則",
        why="抱怨的人很少笑著抱怨。",
        close=30,
    ),
}
