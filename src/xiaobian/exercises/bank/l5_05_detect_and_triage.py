"""Questions and predictions of lesson 5.5."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from ...analytics.detect.detect import Detected
from ...crisis.noticing.detection import detect
from ...crisis.noticing.severity import severity, signs_of
from ...crisis.noticing.trade import rolling_z
from ...sandbox.alarm_score import score_alarms, spans
from ...sandbox.mentions import Watch, mention_stream, planted_in, watch
from ..predictions import Prediction
from ..questions import Decision, Match, MultiChoice, Number, Option, Order, Slip, TableAnswer, Wrong
from ..worlds import own_world

SCENE = """
警報交給你值班。`mine.moments` 是你這個品牌六十天裡的十二個時刻（模擬的，每個人拿到的不同）：有的是真的危機，有的只是很熱鬧。
第二題先由你決定響不響，按「檢查」才打開真相。
"""

SETUP = """
import xiaobian as xb

ex = xb.exercise("5.5")
mine = ex.data()
ex
"""

LESSON_SEED = 550
"""The stream of the lesson; no learner's exercise uses it."""
MOMENTS = 12
WINDOW = 3
RING, QUIET = "A", "B"


@dataclass(frozen=True)
class Mine:
    """What the learner gets. hours: five hours to compare. moments: twelve moments of one's own stream. comments: two days
    of comments of another page (created_at, negative)."""

    hours: pd.DataFrame
    moments: pd.DataFrame
    comments: pd.DataFrame

    def __repr__(self) -> str:
        return f"五個小時、{len(self.moments)} 個時刻，和 {len(self.comments)} 則留言（島嶼沙盒模擬資料）"


HOURS = pd.DataFrame(
    {
        "提及": [240, 38, 3, 420, 61],
        "平常提及": [40, 12, 1, 150, 20],
        "負面": [22, 20, 2, 181, 27],
        "平常負面占比": ["10%", "10%", "10%", "42%", "15%"],
    },
    index=pd.Index(list("ABCDE"), name="小時"),
)  # fmt: skip


@cache
def _stream(seed: int) -> tuple[pd.DataFrame, pd.DataFrame, Detected]:
    hours, planted = mention_stream(seed, 12)
    return hours, planted, detect(hours)


@cache
def _moments(seed: int) -> tuple[pd.DataFrame, str]:
    """The twelve moments as one sees them, and which are crises: a letter a moment."""
    _, planted, found = _stream(seed)
    table = found.table.set_index("time")
    busy = table["mentions"].rolling(WINDOW).sum()
    bad = table["negative"].rolling(WINDOW).sum()
    usual = table["usual"].rolling(WINDOW).sum()
    hour, crises = pd.Timedelta(hours=1), spans(planted)
    chosen = {pd.Timestamp(str(bad[a : a + 8 * hour].idxmax())): RING for a, _ in crises}
    order = (busy / usual).iloc[24 * 7 :].sort_values(ascending=False, kind="stable").index
    for time in pd.DatetimeIndex(order):
        if len(chosen) == MOMENTS:
            break
        calm = not any(a - 6 * hour <= time <= b + 24 * hour for a, b in crises)
        if calm and all(abs(time - other) >= 12 * hour for other in chosen):
            chosen[time] = QUIET
    times = sorted(chosen)
    share = table["usual_share"]
    rows = [
        (f"{t:%m/%d %H 時}", int(busy[t]), round(float(usual[t])), int(bad[t]), f"{share[t]:.0%}")
        for t in times
    ]
    names = pd.Index([f"時刻 {n + 1}" for n in range(len(times))], name="時刻")
    columns = ["何時", "三小時提及", "平常", "負面", "平常負面占比"]
    return pd.DataFrame(rows, columns=columns, index=names), "".join(chosen[t] for t in times)


@cache
def _comments(seed: int) -> pd.DataFrame:
    """Two days of comments of a small page, one row a comment, in the order they came."""
    hours, _ = mention_stream(seed, 2.0, days=14, crises=0)
    two, rng = hours.iloc[24:72], np.random.default_rng(seed)
    at = two["time"].repeat(two["mentions"].tolist()).reset_index(drop=True)
    at = at + pd.to_timedelta(rng.integers(0, 3600, len(at)), unit="s")
    flags = [n < bad for many, bad in zip(two["mentions"], two["negative"], strict=True) for n in range(many)]
    table = pd.DataFrame({"created_at": at, "negative": flags})
    return table.sort_values("created_at", kind="stable").reset_index(drop=True)


def _seed() -> int:
    return own_world("5.5").seed


def data() -> Mine:
    """The learner's own moments and comments."""
    return Mine(HOURS.copy(), _moments(_seed())[0].copy(), _comments(_seed()).copy())


# Twelve moments: ring or not, judged by what was planted.


def _truth() -> str:
    return _moments(_seed())[1]


def _counts(letters: str) -> tuple[int, int, int]:
    """Crises rung, crises missed, and rings for nothing."""
    pairs = list(zip(letters, _truth(), strict=True))
    return pairs.count((RING, RING)), pairs.count((QUIET, RING)), pairs.count((RING, QUIET))


def _share(letters: str) -> float:
    hit, missed, false = _counts(letters)
    return hit / max(hit + missed, 1) - false / max(MOMENTS - hit - missed, 1)


def _told(letters: str) -> str:
    hit, missed, false = _counts(letters)
    return f"{hit + missed} 場真的危機，你響了 {hit} 場、漏了 {missed} 場；白響 {false} 次。"


def _advice(letters: str) -> str:
    _, missed, false = _counts(letters)
    if RING not in letters:
        return "下一步：一次都不響，什麼都接不到。先找負面占比比平常高出一大截的。"
    if false > missed:
        return "下一步：你被熱鬧騙了。把負面除以三小時提及，再和平常負面占比比；差不多的就是大家心情照舊。"
    return "下一步：不要只看則數。負面除以三小時提及，比平常高出兩成以上、又有好幾則的，才是出事。"


def _biggest() -> str:
    """The tempting choice: the four with most mentions."""
    seen = _moments(_seed())[0]["三小時提及"].rank(ascending=False, method="first")
    return "".join(RING if place <= 4 else QUIET for place in seen)


def _one_hit() -> str:
    """Only one crisis, and nothing else."""
    first = _truth().index(RING)
    return "".join(RING if n == first else QUIET for n in range(MOMENTS))


def _turned() -> str:
    return "".join(QUIET if letter == RING else RING for letter in _truth())


@dataclass(frozen=True, kw_only=True)
class Ring(Decision):
    """A decision about the learner's own moments."""

    best: str = ""

    def right(self) -> str:
        return _truth()

    def solution_text(self) -> str:
        rung = [name for name, letter in zip(self.choices, _truth(), strict=True) if letter == RING]
        return f"該響的是：{'、'.join(rung)}"


# The code question: from comments to hours.


def _hourly(*, empty: bool = True, share: bool = False, zone: str = "Asia/Taipei") -> pd.DataFrame:
    comments = data().comments
    hour = comments["created_at"].dt.tz_convert(zone).dt.tz_localize(None).dt.floor("h").rename("time")
    grouped = comments.groupby(hour)["negative"]
    table = pd.DataFrame({"mentions": grouped.size(), "negative": grouped.sum()})
    if empty:
        table = table.reindex(
            pd.date_range(table.index[0], table.index[-1], freq="h", name="time"), fill_value=0
        )
    if share:
        table["negative"] = table["negative"] / table["mentions"].where(table["mentions"] > 0, 1)
    return table


LEVELS = {"A": "S1 一般負評", "B": "S2 升溫", "C": "S3 危機", "D": "S4 重大"}

_LEAK = "有人把三百筆客人資料貼上網。照 S4 的流程，**把步驟排好**。"
_STEPS = (
    "停止所有排程和廣告",
    "先回一句：知道了、正在查、幾點再說",
    "給實質內容：誰受影響、現在要做什麼",
    "轉成觀察，盯聲量和新的問題",
    "補齊通報和補救，結案",
    "一週後開檢討會",
)


def _ordered(*places: int) -> str:
    """Letters that put the steps in an order, by their places in the right one."""
    question = Order(prompt=_LEAK, explain="", items=_STEPS, why=())
    letter = {item: key for key, item in question.shown.items()}
    return "".join(letter[_STEPS[place]] for place in places)


QUESTIONS = (
    MultiChoice(
        prompt="五個小時，五個粉專。**哪幾個像危機？**（複選；像危機是「多出來的人，大多在罵」）",
        given="mine.hours",
        options={
            "A": Option("240 則，負面 22 則", "聲量六倍，負面 22 ÷ 240 還是一成，和平常一樣。是爆紅。"),
            "B": Option("38 則，負面 20 則"),
            "C": Option("3 則，負面 2 則", "三則裡兩則，運氣就辦得到。人太少的時候，再等一小時。"),
            "D": Option("420 則，負面 181 則", "181 ÷ 420 是四成三，可是這個粉專平常就有四成二在罵。罵的人多，沒有比平常多。"),
            "E": Option("61 則，負面 27 則"),
        },
        answers=frozenset("BE"),
        explain="B 從一成跳到五成三，E 從一成五跳到四成四，而且都有二十則以上。其餘的不是人太少，就是和自己的平常一樣。",
        points=3,
        hints=("每一個都先算「負面 ÷ 提及」，再和右邊那一欄比。", "有兩個同時滿足：占比高出一大截，而且不只兩三則。"),
        wrong=(Wrong("ABE", "是爆紅"), Wrong("BCE", "運氣就辦得到"), Wrong("BDE", "四成二"), Wrong("B", "還漏了 1 個")),
    ),
    Ring(
        prompt=(
            "**你來值班。** 十二個時刻，每個都給你看前三小時。**響，還是不響？**\n\n"
            "按「檢查」才會打開真相。漏一場和白響都扣分；全部都響、全部不響都是零分。"
        ),
        given="mine.moments",
        choices={f"時刻 {n + 1}": {RING: "響", QUIET: "不響"} for n in range(MOMENTS)},
        judged="會和沙盒裡真的危機比。",
        share=_share,
        told=_told,
        advice=_advice,
        floor=0.3,
        enough=0.75,
        explain="看的是「給定這麼多人在講，負面是不是比平常多」，不是人多不多。",
        points=5,
        hints=("在紙上多加一欄：負面 ÷ 三小時提及。", "和「平常負面占比」差不到一成的，多半只是熱鬧。"),
        wrong=(
            Wrong(_biggest, "下一步"), Wrong(RING * MOMENTS, "被熱鬧騙了"), Wrong(QUIET * MOMENTS, "什麼都接不到"),
            Wrong(_one_hit, "不要只看則數"), Wrong(_turned, "下一步"), Wrong("AB", "要給 12 個代號"),
        ),
    ),
    Match(
        prompt="六件事，各是哪一級？（門檻是課程的設計參數，和課文同一張表）",
        pairs={
            "聲量 1.4 倍，三則抱怨出貨慢": "A",
            "聲量 2.3 倍，速度持平": "B",
            "聲量 0.9 倍，一張截圖露出 40 位客人的電話": "D",
            "聲量 3.6 倍，三小時前是 1.8 倍": "C",
            "聲量 4.2 倍，三小時前是 8 倍": "B",
            "聲量 1.6 倍，一家電視台來電說要報": "C",
        },
        choices=LEVELS,
        why={
            "聲量 1.4 倍，三則抱怨出貨慢": "不到兩倍、沒有傷害，是 S1：用模板回、記下來。",
            "聲量 2.3 倍，速度持平": "兩倍到三倍，是 S2：先表示收到，暫停排程。",
            "聲量 0.9 倍，一張截圖露出 40 位客人的電話": "個資外洩直接是 S4，聲量再低也一樣。",
            "聲量 3.6 倍，三小時前是 1.8 倍": "三倍以上，而且還在升，是 S3。",
            "聲量 4.2 倍，三小時前是 8 倍": "三倍以上但在退，是 S2；S3 要「還在升」。",
            "聲量 1.6 倍，一家電視台來電說要報": "媒體跟進就是 S3，不必等聲量。",
        },
        explain="先看有沒有直接觸發 S4 的事，再看聲量和速度，最後看誰在講。",
        points=3,
        hints=("先找一個跟聲量無關的 S4。", "兩個都超過三倍，差別在還升不升。"),
        wrong=(
            Wrong("ABACBC", "直接是 S4"), Wrong("ABDCCC", "還在升"), Wrong("ABDCBA", "媒體跟進"), Wrong("BBDCBC", "模板"),
            Wrong("AB", "要給 6 個代號"),
        ),
    ),
    Number(
        prompt=(
            "分類器會看錯：真的負面，十則認得出八則；不是負面的，十則有兩則被說成負面。今晚它回報 **38%** 是負面。\n\n"
            "**真正的負面占比是百分之幾？**"
        ),
        truth=lambda: 100 * (0.38 - 0.2) / (0.8 + 0.8 - 1),
        tolerance=0.02,
        unit="%",
        slips=(
            Slip(lambda: 38.0, "這是它回報的。裡面混著好人被說成負面的，要扣掉。"),
            Slip(lambda: 38 * 0.8, "乘上 0.8 只扣了它說對的比例。要先扣掉兩成的誤認，再放大回來。"),
            Slip(lambda: 18.0, "先扣 20 對了；可是真的負面只認得出八成，剩下的要再除以 0.6（0.8 ＋ 0.8 − 1）。"),
            Slip(lambda: 38 / 0.8, "除以 0.8 只補了漏認的，沒有扣掉誤認的。"),
        ),
        explain="（38 − 20）÷ （80 ＋ 80 − 100）＝ 18 ÷ 60 ＝ 三成。平常一成的粉專，它平常就會回報 26%。",
        points=3,
        hints=("設真正的占比是 p：回報＝0.8 × p ＋ 0.2 × （1 − p）。", "0.38 ＝ 0.2 ＋ 0.6 × p。"),
        wrong=(Wrong("很高", "看不出是哪個數字"),),
    ),
    Order(
        prompt=_LEAK,
        items=_STEPS,
        why=(
            "S4 要先停下所有內容，才對外說話；道歉底下跳出一則抽獎，是第二場危機。",
            "先回一句不必等查完，時鐘從發現那一刻就在走。",
            "只回一句不夠，六小時內要有實質內容。",
            "給了內容才轉觀察；還沒說清楚就觀察，叫拖；沒觀察就結案，叫逃。",
            "該交的沒交齊，不能結案。",
            "檢討放在結案之後，那時才有完整的時間線。",
        ),
        explain="停、回、說、看、結、檢討。流程擋你的地方，都是別人出過事的地方。",
        points=2,
        hints=("第一步不是說話。", "「先回一句」和「實質內容」是兩件事。"),
        wrong=(
            Wrong(_ordered(1, 0, 2, 3, 4, 5), "第二場危機"), Wrong(_ordered(0, 1, 3, 2, 4, 5), "六小時內"),
            Wrong(_ordered(0, 1, 2, 4, 3, 5), "給了內容才轉觀察"), Wrong(_ordered(0, 2, 1, 3, 4, 5), "時鐘從發現"),
        ),
    ),
    TableAnswer(
        prompt=(
            "**研究軌。** `mine.comments` 一列一則留言（`created_at` 有時區，`negative` 是真假）。做成偵測要的每小時表："
            "索引是臺北時間的整點（不帶時區、名字叫 time），欄位 mentions、negative 都是則數。**沒有留言的小時也要有一列，填 0。**"
        ),
        truth=_hourly,
        slips=(
            Slip(lambda: _hourly(empty=False), "沒有留言的小時不見了。對完整匯出的留言來說，沒有就是 0；用 `asfreq` 或 `reindex` 補上。"),
            Slip(lambda: _hourly(share=True), "negative 要的是則數，不是占比。占比丟掉了人數，三分之二和三百分之二百會變成同一回事。"),
            Slip(lambda: _hourly(zone="UTC"), "時間變成 UTC 了，差八小時。一天的節奏會整個錯位；留在臺北時間。"),
        ),
        stub="comments = mine.comments",
        solution=(
            'hour = comments["created_at"].dt.tz_localize(None).dt.floor("h").rename("time")\n'
            'answer = comments.groupby(hour)["negative"].agg(mentions="size", negative="sum")\n'
            'answer = answer.asfreq("h", fill_value=0)'
        ),
        research=True,
        points=3,
        explain="偵測器要則數，不要占比；要每個小時，不要只有熱鬧的小時。",
        hints=('先 `dt.tz_localize(None).dt.floor("h")`，再 groupby。', '`agg(mentions="size", negative="sum")`，最後 `.asfreq("h", fill_value=0)`。'),
        wrong=(Wrong(0.5, "DataFrame"),),
    ),
)  # fmt: skip


# Predictions about the lesson's stream.


def _watch() -> Watch:
    return watch(LESSON_SEED, 12)


@cache
def _found() -> Detected:
    return detect(_watch().hours)


def _right_of_z() -> float:
    """Percent of the z alarms that belong to a crisis."""
    alarms = rolling_z(_watch().hours)
    score = score_alarms(alarms, planted_in(_watch()), len(_watch().hours))
    return 100 * (score.found + score.again) / len(alarms)


def _negative_of_the_top() -> int:
    hours = _watch().hours
    return int(hours["negative"].iloc[int(hours["mentions"].to_numpy().argmax())])


def _delay() -> float:
    return score_alarms(_found().alarms, planted_in(_watch()), len(_watch().hours)).delay


CASES: tuple[dict[str, Any], ...] = (
    {"times": 0.8, "triggers": "safety"},
    {"times": 1.1, "triggers": "personal_data"},
    {"times": 1.1, "harm": True},
    {"times": 6.0, "velocity": 2.0},
    {"times": 3.2, "velocity": 0.6},
)
"""The five cases of the lesson, in its order."""


def _level_at_alarm() -> str:
    return severity(signs_of(_found(), _found().alarms[1])).level


PREDICTIONS = {
    "a": Prediction(
        prompt="六十天裡「則數 z 大於 3」的警報，百分之幾真的是危機？",
        truth=_right_of_z,
        show=lambda value: f"{value:.0f}%",
        why="其餘的多半是自己的貼文帶來的熱鬧：人多了，心情沒變。",
        close=8,
    ),
    "b": Prediction(
        prompt="則數最多的那一小時，裡面有幾則負面？",
        truth=_negative_of_the_top,
        show=lambda value: f"{value:.0f} 則",
        why="占比和平常一樣，只是來了很多人。",
        close=5,
    ),
    "c": Prediction(
        prompt="四場危機，detect() 平均慢幾小時才響？",
        truth=_delay,
        show=lambda value: f"{value:.1f} 小時",
        why="多出來的人大多在罵，不用幾則就分得出來；慢的那場，負面是一小時一小時爬上來的。",
        close=1.0,
    ),
    "d": Prediction(
        prompt="平常一成負面的粉專，一個五次錯一次的分類器會回報百分之幾？",
        truth=lambda: 100 * (0.1 * 0.8 + 0.9 * 0.2),
        show=lambda value: f"{value:.0f}%",
        why="九成的好留言裡有兩成被看錯，比真的負面還多。",
        close=2,
    ),
    "e": Prediction(
        prompt="九月五日那一場，警報響起的那一小時是哪一級？",
        truth=_level_at_alarm,
        show=str,
        why="負面已經多了好幾成，聲量還沒有到三倍。早響的代價，就是手上證據還少。",
        options=("S1", "S2", "S3", "S4"),
    ),
    "f": Prediction(
        prompt="五件事裡，幾件是 S4？",
        truth=lambda: sum(severity(**signs).level == "S4" for signs in CASES),
        show=lambda value: f"{value:.0f} 件",
        why="送醫和個資外洩，聲量再低也是。",
        close=0,
    ),
}
