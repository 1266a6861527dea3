"""Questions and predictions of lesson 1.3."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from ...sandbox.topic_truth import Revealed
from ...sandbox.topics import Radar, radar, radar_and_truth, share
from ...trends import bursts, gate
from ...trends.bursts import Bursts
from ..predictions import Prediction
from ..questions import Choice, Decision, Match, MultiChoice, Number, Option, Slip, TableAnswer, Wrong
from ..worlds import own_world

SCENE = """
週一早上九點，雷達換了一批話題。`mine.radar` 是你自己的二十個（模擬的，每個人拿到的不同），`mine.cases` 是五條昨天的數字。
第五題會用沙盒的真相算分：做對了拿到觸及，踩到紅線賠得比賺的多。
"""

SETUP = """
import xiaobian as xb

xb.use_theme()
ex = xb.exercise("1.3")
mine = ex.data()
ex
"""

LESSON_SEED = 302
"""The radar of the lesson; no learner's exercise uses it."""


@dataclass(frozen=True)
class Mine:
    """What the learner gets. cases: yesterday beside its own past, five topics. radar: twenty topics. parts: what a
    score is made of, a row a topic that passed or failed the gate."""

    cases: pd.DataFrame
    radar: Radar
    parts: pd.DataFrame

    def __repr__(self) -> str:
        return f"五條昨天的數字，和一份雷達：{len(self.radar.topics)} 個話題（島嶼沙盒模擬資料）"


# Which of five topics is bursting: yesterday, the day before, and the same weekday of four weeks.

CASES = {
    "A": (620, 310, (600, 640, 590, 610)),
    "B": (905, 560, (300, 310, 280, 305)),
    "C": (45, 20, (22, 38, 15, 41)),
    "D": (1400, 1900, (420, 390, 450, 400)),
    "E": (9800, 9600, (9900, 9500, 10100, 9700)),
}


def _cases(seed: int) -> pd.DataFrame:
    """The five topics at a size of the learner's own; small counts stay small."""
    rng = np.random.default_rng(seed)
    rows = []
    for name, (yesterday, before, weekdays) in CASES.items():
        scale = 1.0 if name == "C" else float(rng.uniform(0.8, 1.3))
        past = [f"{round(scale * n):,}" for n in weekdays]
        rows.append((name, f"{round(scale * before):,}", f"{round(scale * yesterday):,}", "、".join(past)))
    return pd.DataFrame(rows, columns=["話題", "前天", "昨天", "前四週和昨天同一個星期幾"]).set_index("話題")


def _seed() -> int:
    return own_world("1.3").seed


@cache
def _seen(seed: int) -> Bursts:
    return bursts(radar(seed).volumes)


@cache
def _parts(seed: int) -> pd.DataFrame:
    """What the code question scores: fit, excess, share left tomorrow, rivals, and the gate."""
    board, now = radar(seed), _seen(seed).now.set_index("topic")
    weights = board.interests
    topics = board.topics.set_index("topic")
    after = _seen(seed).excess_after(1)
    return pd.DataFrame(
        {
            "fit": [float(np.mean([weights[t] for t in tags.split("、")])) for tags in topics["tags"]],
            "excess": now.loc[topics.index, "excess"],
            "excess_tomorrow": after.loc[topics.index],
            "rivals": topics["rivals"],
            "gate": [gate(str(name), note).state for name, note in topics["note"].items()],
        },
        index=topics.index,
    )


def _mine(seed: int) -> Mine:
    return Mine(_cases(seed), radar(seed), _parts(seed))


def data() -> Mine:
    """The learner's own cases and radar."""
    return _mine(_seed())


# The triage: a letter a topic, judged by what the topics are truly worth.

TAKE, LEAVE = "A", "B"


def _truth() -> pd.DataFrame:
    return radar_and_truth(_seed())[1]


def _taken(letters: str) -> list[str]:
    topics = radar(_seed()).topics["topic"]
    return [topic for topic, letter in zip(topics, letters, strict=True) if letter == TAKE]


def _share(letters: str) -> float:
    return share(_truth(), _taken(letters))


def _told(letters: str) -> str:
    return Revealed(_truth(), tuple(_taken(letters))).say()


def _advice(letters: str) -> str:
    found = Revealed(_truth(), tuple(_taken(letters)))
    if (found.table["taken"] & (found.table["risk"] != "")).any():
        return "下一步：先只看來源那一行，把踩到紅線的全部略過，再談分數。"
    if not found.accepted:
        return "下一步：全部略過不會出事，也什麼都沒有。從契合高、昨天才開始的找起。"
    if found.table.iloc[0]["taken"]:
        return "下一步：你做得太多。倍數高但是退得快、同業已經擠滿、或和品牌沒關係的，都放掉。"
    return "下一步：你放掉了值得做的。剛開始的話題倍數還小，看契合和同業家數。"


def _best() -> str:
    return "".join(TAKE if value > 0 else LEAVE for value in _truth()["value"])


def _biggest() -> str:
    """The tempting choice: the five highest curves."""
    board = radar(_seed())
    top = set(board.volumes.groupby("topic")["mentions"].last().nlargest(5).index)
    return "".join(TAKE if topic in top else LEAVE for topic in board.topics["topic"])


def _harmless() -> str:
    """Every topic without a risk."""
    return "".join(LEAVE if risk else TAKE for risk in _truth()["risk"])


def _one_missed() -> str:
    """Only the least of the worthwhile topics."""
    truth = _truth()
    worth = truth["value"].where(truth["value"] > 0)
    least = int(worth.argmin())
    return "".join(TAKE if n == least else LEAVE for n in range(len(truth)))


def _face() -> Any:
    from ...panels.topics import triage_control

    return triage_control(radar(_seed()), _seen(_seed()))


@dataclass(frozen=True, kw_only=True)
class Triage(Decision):
    """A decision about the learner's own twenty topics."""

    best: str = ""

    def how(self) -> str:
        return "一個一個決定：採用或略過。二十個都決定之後按「檢查」；按鈕可以用 Tab 和 Enter 操作。"

    def right(self) -> str:
        return _best()

    def solution_text(self) -> str:
        return f"值得做的是：{'、'.join(_taken(_best()))}"


# The code question: the score by hand.


def _scores(*, tomorrow: bool = True, stopped: bool = True, crowd: bool = True) -> pd.DataFrame:
    parts, of = data().parts, data().radar.of
    excess = parts["excess_tomorrow"] if tomorrow else parts["excess"]
    score = parts["fit"] * excess / (1 + excess)
    if crowd:
        score = score * (1 - parts["rivals"] / of)
    if stopped:
        score = score[parts["gate"] == "過"]
    return score.to_frame("score")


GATES = {"A": "停：不管分數", "B": "先查來源", "C": "可以評分"}

QUESTIONS = (
    MultiChoice(
        prompt=(
            "下表是五個話題昨天的提及數，和它們自己的過去。\n\n**哪幾個現在在爆發？**（複選；爆發是「遠高過自己平常的這一天」）"
        ),
        given="mine.cases",
        options={
            "A": Option("話題 A", "比前天多一倍，可是前四週的同一天都是這麼多：它每到這天就高。"),
            "B": Option("話題 B"),
            "C": Option("話題 C", "數字小，幾十則上上下下很平常；前四週自己就在十幾到四十之間跳。"),
            "D": Option("話題 D"),
            "E": Option("話題 E", "它最大，但和自己的平常一樣。大不等於爆發。"),
        },
        answers=frozenset("BD"),
        explain="和自己平常的同一天比：B 在往上，D 已經在退，但還是平常的三倍多。",
        points=3,
        hints=("不要看前天。昨天除以右邊那一欄的中間值，大約是幾倍？", "有兩個超過兩倍；其中一個比前天還少。"),
        wrong=(
            Wrong("ABC", "每到這天就高"), Wrong("B", "還漏了 1 個"), Wrong("BCD", "幾十則"), Wrong("BDE", "大不等於爆發"),
        ),
    ),
    Number(
        prompt=(
            "一個話題現在是平常的 5 倍，也就是比平常**多出** 4 倍。多出來的部分每半天少一半。你的圖要做一天才上線。\n\n"
            "**上線的時候，它是平常的幾倍？**"
        ),
        truth=lambda: 1 + 4 * 0.5**2,
        tolerance=0.005,
        unit="倍",
        slips=(
            Slip(lambda: 5 * 0.5**2, "你把平常的那 1 倍也一起減半了。減半的只有多出來的 4 倍，平常的還在。"),
            Slip(lambda: 1 + 4 * 0.5, "你只減了一次。一天裡有兩個半天，要減半兩次。"),
            Slip(lambda: 4 * 0.5**2, "這是多出來的部分。題目問的是平常的幾倍，要把平常的 1 倍加回去。"),
            Slip(lambda: 5.0, "這是現在的倍數。上線是一天之後，多出來的已經退了。"),
        ),
        explain="4 × ½ × ½ ＝ 1，加上平常的 1 倍，是 2 倍。做得慢的代價，算得出來。",
        points=3,
        hints=("先把 5 拆成 1 ＋ 4，只有 4 會退。", "一天有兩個半天：4 → 2 → 1。"),
        wrong=(Wrong("很少", "看不出是哪個數字"),),
    ),
    Match(
        prompt="六個話題，先過關卡。每一個該怎麼處理？（不必管它有多熱）",
        pairs={
            "全網模仿的摔倒梗，原片是一場工安意外": "A",
            "爆炸好吃的粽子，每年節前的推薦串": "C",
            "新的手勢梗，同事傳來的，不知道從哪來": "B",
            "喝這個茶血糖就不會高": "A",
            "熱到笑死，冰淇淋三分鐘變飲料，都是融化的甜點": "C",
            "國小生的神回覆，看得到臉和校名": "A",
        },
        choices=GATES,
        why={
            "全網模仿的摔倒梗，原片是一場工安意外": "笑點的源頭是一個人受傷，停。",
            "爆炸好吃的粽子，每年節前的推薦串": "「爆炸」在這裡是形容好吃，來源也清楚，可以評分。",
            "新的手勢梗，同事傳來的，不知道從哪來": "沒看到風險不等於沒有風險，來源不明要先查。",
            "喝這個茶血糖就不會高": "療效說法，停；也碰食品廣告的法規。",
            "熱到笑死，冰淇淋三分鐘變飲料，都是融化的甜點": "「笑死」是口頭語，來源清楚，可以評分。",
            "國小生的神回覆，看得到臉和校名": "主角是未成年人，停。",
        },
        explain="字面會騙人，兩邊都會。決定的是它從哪裡來、誰會受傷；不知道就先查。",
        points=3,
        hints=("三個是停。哪三個有人會因此受傷？", "「爆炸」「笑死」看起來可怕，讀完後半句再決定。"),
        wrong=(
            Wrong("CCBACA", "笑點的源頭"), Wrong("AABAAA", "形容好吃"), Wrong("ACCACA", "來源不明要先查"),
            Wrong("ACBACC", "未成年"), Wrong("AC", "要給 6 個代號"),
        ),
    ),
    Choice(
        prompt=(
            "阿洛上週匯出「焙茶」，最後一天是 90；今天另外匯出「抹茶」，最後一天是 60。她說：「焙茶比較熱，做焙茶。」"
            "兩個數字都是 Google Trends 的指數。你怎麼說？"
        ),
        options={
            "A": Option("對，90 比 60 高，做焙茶", "兩份檔案的 100 不是同一個東西，90 和 60 不能互比。"),
            "B": Option("兩份的 100 各是自己的最高點，請放進同一次比較再匯出", "對。"),
            "C": Option("把兩份都除以各自的平均，就能比了", "除以平均之後，比的是誰離自己的平常遠，還是不知道誰的人多。"),
            "D": Option("指數是搜尋人數的百分比，所以焙茶有九成的人在找", "指數不是人數，也不是百分比；100 只是這份檔案裡最高的一點。"),
        },
        answer="B",
        explain="指數只在同一份匯出裡能互比。一次最多放五個詞，放在一起，才是同一把尺。",
        hints=("100 是和誰比出來的？",),
        wrong=(Wrong("A", "不是同一個東西"), Wrong("C", "誰的人多"), Wrong("D", "不是人數")),
    ),
    Triage(
        prompt=(
            "**你來當一次小編。** 二十個話題，一個一個決定做不做。決定之後要一天才上線。\n\n"
            "按「檢查」才會打開真相：值得做的帶來觸及，白做的賠一點，踩到紅線賠很多。拿到最好選法的五成就通過。"
        ),
        given="seen = xb.trends.bursts(mine.radar.volumes)\nprint(seen)",
        choices={f"話題 {n + 1}": {TAKE: "採用", LEAVE: "略過"} for n in range(20)},
        share=_share,
        told=_told,
        advice=_advice,
        floor=0.1,
        enough=0.5,
        face=_face,
        explain="紅線先過，再看契合、上線時還剩多少、還有沒有位子。最高的那條線，多半三樣都輸。",
        points=5,
        hints=(
            "第一輪只看「來源」那一行，把有人受傷、吵架、違法的略過。",
            "第二輪看契合和同業家數。`xb.trends.opportunity(mine.radar.topics, mine.radar.interests, seen, of=mine.radar.of)` 會替你算；它漏掉的，多半是昨天才開始的話題。",
        ),
        wrong=(
            Wrong(_biggest, "下一步"), Wrong("A" * 20, "來源那一行"), Wrong("B" * 20, "全部略過"), Wrong(_one_missed, "值得做的"),
            Wrong("AB", "要給 20 個代號"),
        ),
    ),
    TableAnswer(
        prompt=(
            "**研究軌。** 自己算一次機會分數。`parts` 一列一個話題：`fit` 契合、`excess_tomorrow` 是明天上線時多出平常的幾倍、"
            "`rivals` 是 `of` 家同業裡已經發的家數、`gate` 是關卡。\n\n"
            "分數＝契合 × 明天的熱度 × 還有位子；明天的熱度＝多出的 ÷（1＋多出的），還有位子＝1 − 家數 ÷ `of`。"
            "只留 `gate` 是「過」的。答案是一張表：索引是話題，欄位 score。"
        ),
        truth=_scores,
        slips=(
            Slip(lambda: _scores(tomorrow=False), "你用了今天的熱度。貼文明天才上線，請用 `excess_tomorrow`。"),
            Slip(lambda: _scores(stopped=False), "被擋下來的話題也算了分數。關卡在分數之前，只留 `gate` 是「過」的。"),
            Slip(lambda: _scores(crowd=False), "還差一項：有幾家同業跟了。乘上 1 − rivals ÷ of。"),
        ),
        stub="parts, of = mine.parts, mine.radar.of",
        solution=(
            'heat = parts["excess_tomorrow"] / (1 + parts["excess_tomorrow"])\n'
            'score = parts["fit"] * heat * (1 - parts["rivals"] / of)\n'
            'answer = score[parts["gate"] == "過"].to_frame("score")'
        ),
        research=True,
        points=3,
        explain="乘起來，所以少一樣就接近零；關卡不是其中一個因子，因為再高的分數也換不回來。",
        hints=("先算 heat，再把三個 0–1 的數字乘起來。", '最後用 `score[parts["gate"] == "過"].to_frame("score")`。'),
        wrong=(Wrong(0.5, "DataFrame"),),
    ),
)  # fmt: skip


# Predictions about the lesson's radar.


def _alarms_right() -> float:
    """Percent of "+50 % against yesterday" alarms that fall on the first three days of a burst."""
    board, truth = radar_and_truth(LESSON_SEED)
    daily = board.volumes.pivot(index="time", columns="topic", values="mentions")
    alarm = daily > 1.5 * daily.shift(1)
    starts = [board.today - pd.Timedelta(days=int(age)) for age in truth["age"]]
    hits = 0
    for topic, size, start in zip(truth["topic"], truth["size"], starts, strict=True):
        days = alarm.index[alarm[topic]]
        since = (days - start) / pd.Timedelta(days=1)
        hits += int(((since >= 0) & (since <= 2)).sum()) if size else 0
    return 100 * hits / int(alarm.to_numpy().sum())


FADING = "她在店裡哭的那一天"
"""A topic of the lesson's radar whose high curve is gone soon."""


def _left_tomorrow() -> float:
    """Percent of today's true excess of the fading topic that is left after one day."""
    truth = radar_and_truth(LESSON_SEED)[1]
    life = truth.loc[truth["topic"] == FADING, "half_life"].to_numpy(dtype=float)
    return float(100 * 2 ** (-1 / life[0]))


def _headline_only() -> int:
    truth = radar_and_truth(LESSON_SEED)[1]
    return sum(gate(topic).state == "停" for topic in truth.loc[truth["risk"] != "", "topic"])


def _chase() -> float:
    """Percent of the best value that posting about the five highest curves brings."""
    board, truth = radar_and_truth(LESSON_SEED)
    top = board.volumes.groupby("topic")["mentions"].last().nlargest(5).index
    return 100 * share(truth, top)


def _worth() -> int:
    return int((radar_and_truth(LESSON_SEED)[1]["value"] > 0).sum())


PREDICTIONS = {
    "a": Prediction(
        prompt="「比昨天多五成」的警報裡，百分之幾落在真正爆發的前三天？",
        truth=_alarms_right,
        show=lambda value: f"{value:.0f}%",
        why="每到週末大家都會多，小話題隨便跳一下也有五成；這個規則分不出來。",
        close=8,
    ),
    "b": Prediction(
        prompt=f"「{FADING}」明天的熱度，會剩下今天的百分之幾？",
        truth=_left_tomorrow,
        show=lambda value: f"{value:.0f}%",
        why="多出來的部分大約一天就少一半；圖做一天，等於只借到一半。",
        close=10,
    ),
    "c": Prediction(
        prompt="五個有風險的話題，只看標題就會被字面清單擋下幾個？",
        truth=_headline_only,
        show=lambda value: f"{value:.0f} 個",
        why="其餘的標題看起來無害，風險寫在來源裡；清單不會替你去查。",
        close=0,
    ),
    "d": Prediction(
        prompt="做最高的五條線，會拿到最好選法的百分之幾？（全部不做是 0，會賠就填負的）",
        truth=_chase,
        show=lambda value: f"{value:.0f}%".replace("-", "−"),
        why="最高的線裡有紅線；踩到一次，吃掉好幾則的成果。",
        close=60,
    ),
    "e": Prediction(
        prompt="二十個話題裡，真正值得做的有幾個？",
        truth=_worth,
        show=lambda value: f"{value:.0f} 個",
        why="多數話題不是沒在紅，就是太擠、退太快，或和品牌沒關係。",
        close=1,
    ),
}
