"""Questions and predictions of lesson 2.3."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from ... import records
from ...errors import KitError
from ...optimize.schedule_model import solve
from ...planning.capacity.little import WORKDAYS, Flow, flow
from ...planning.scheduling.constraints import Constraints, pose
from ...planning.scheduling.judging import judge_schedule
from ...planning.scheduling.names import people_names
from ...planning.scheduling.schedule import Schedule, schedule
from ...sandbox.backlog import Month, draw_month
from ...sandbox.team import run_team
from ..outcome import Outcome, graded
from ..parsing import Mismatch
from ..predictions import Prediction
from ..questions import Choice, Decision, Match, Number, Option, Slip, TableAnswer, Wrong

SCENE = """
換你接手一個團隊。`case` 是你自己的資料（模擬的，每個人拿到的不同）：十週的開工與完成紀錄，和下兩週要排的貼文。
產能的決定會放進模擬的團隊裡跑；排程會和最好的排法比。
"""

SETUP = """
import pandas as pd
import xiaobian as xb

xb.use_theme()
ex = xb.exercise("2.3")
case = ex.data()
ex
"""

LESSON_SEED, LESSON_MONTH = 203, 205
"""Team and month of the lesson; no learner's exercise uses them."""

WEEKS, POSTS, DAYS, LIMIT = 10, 24, 14, 1.0
CADENCE = 8
_APART, _TRIES = 1_000, 30


@dataclass(frozen=True)
class Case:
    """The learner's own team and fortnight.

    record: a row a piece: started and finished (working days, missing: not yet). posts, rules: the fortnight. binding: what
    one unit more of each person's hours or of a cap would bring.
    """

    record: pd.DataFrame
    posts: pd.DataFrame
    rules: Constraints
    binding: pd.DataFrame

    def __repr__(self) -> str:
        return f"{WEEKS} 週的紀錄 {len(self.record)} 則；下兩週要排 {len(self.posts)} 則（模擬）"


def _own(attempt: int = 0) -> int:
    return 10_000 + records.seed("2.3", "exercise", attempt)


@cache
def _record(seed: int) -> Flow:
    return flow(run_team(seed, CADENCE, None, WEEKS).pieces, WEEKS * WORKDAYS)


@cache
def _month(seed: int) -> Month:
    """A fortnight that can be done, also with the changes of the last question."""
    for k in range(_TRIES):
        month = draw_month(seed * _TRIES + k, POSTS, DAYS)
        given = Constraints.of(month)
        posed = (pose(month.posts, rules).problem for rules in (given, _asked(month)))
        if all(solve(problem, LIMIT, explain=False).status == "optimal" for problem in posed):
            return month
    raise KitError("這組種子畫不出排得出來的兩週", where="練習 2.3", next_step="請換一個學號")


@cache
def _best(seed: int) -> Schedule:
    month = _month(seed)
    return schedule(month.posts, Constraints.of(month), limit=LIMIT)


@cache
def _case(seed: int) -> Case:
    month, best = _month(seed), _best(seed)
    pieces = run_team(seed, CADENCE, None, WEEKS).pieces[["started", "finished"]].dropna(subset=["started"])
    table = best.binding(("resource", "cap"), 0.2)
    shown = table.set_axis(["限制", "鬆一格", "多出的互動", "最多可能多出"], axis=1).round(1)
    return Case(pieces, month.posts, Constraints.of(month), shown)


def data() -> Case:
    """The learner's own case."""
    return _case(_own())


def _wait() -> float:
    found = _record(_own())
    return WORKDAYS * found.in_process / found.a_week


# The first decision: how many to plan and how many to start, in teams nobody has seen.

PLANNED = {"A": 3, "B": 6, "C": 9, "D": 14}
STARTED: dict[str, int | None] = {"E": 2, "F": 5, "G": 12, "H": None}
TEAMS = 6
CAPACITY = {
    "一週排幾則": {k: f"{n} 則" for k, n in PLANNED.items()},
    "手上最多幾則": {k: f"{n} 則" if n else "不設上限" for k, n in STARTED.items()},
}


@cache
def _value(seed: int, letters: str) -> tuple[float, float, float]:
    """Worth a week, finished a week and days each, mean over the hidden teams."""
    planned, limit = PLANNED[letters[0]], STARTED[letters[1]]
    runs = [run_team(seed * _APART + k, planned, limit, WEEKS) for k in range(TEAMS)]
    done = [run.days["finished"].iloc[-1] / WEEKS for run in runs]
    return (
        float(np.mean([run.value for run in runs])), float(np.mean(done)),
        float(np.mean([run.pieces["lead"].mean() for run in runs])),
    )  # fmt: skip


def _capacity_best() -> str:
    return max((p + s for p in PLANNED for s in STARTED), key=lambda letters: _value(_own(), letters)[0])


def _capacity_share(letters: str) -> float:
    return _value(_own(), letters)[0] / _value(_own(), _capacity_best())[0]


def _capacity_told(letters: str) -> str:
    value, done, lead = _value(_own(), letters)
    return (
        f"{TEAMS} 組沒看過的運氣：一週完成 {done:.1f} 則，一則花 {lead:.1f} 個工作天，等於準時發 {value:.1f} 則，"
        f"是這些選項裡最好的 {_capacity_share(letters):.0%}。"
    )


def _capacity_advice(letters: str) -> str:
    planned, limit = PLANNED[letters[0]], STARTED[letters[1]]
    if planned == PLANNED["A"]:
        return "下一步：換「一週排幾則」。排太少，人有空、沒有東西可做。"
    if limit == STARTED["E"]:
        return "下一步：換「手上最多幾則」。兩則四個人分，總有人在等別人。"
    if limit is None or limit == STARTED["G"]:
        return "下一步：換「手上最多幾則」。開得多、做得久，每一則都更晚出來；排得越多越明顯。"
    return "下一步：換「一週排幾則」，看完成的則數跟不跟得上排的則數。"


# The second decision: two chips for the fortnight.

EXTRA = 3.0
_PEOPLE = dict(zip("ABC", ("aluo", "yunan", "boyu"), strict=True))
CHIPS = {
    "多 3 小時給誰": {k: people_names()[who] for k, who in _PEOPLE.items()},
    "鬆哪一條": {
        "D": "優惠上限，任意 7 天多 1 則",
        "E": "同一個帳號一天可以發 2 則",
        "F": "取消不能排太近和不發優惠的規矩",
    },
}


@cache
def _loosened(seed: int, letters: str) -> float:
    month = _month(seed)
    hours = month.hours.copy()
    hours.loc[hours.index[:1], _PEOPLE[letters[0]]] += EXTRA
    given = Constraints.of(month).changed(hours=hours)
    given = {
        "D": given.changed(promo_cap=month.promo_cap + 1),
        "E": given.changed(per_day=2),
        "F": given.changed(quiet=month.quiet.iloc[:0], bans=()),
    }[letters[1]]
    return schedule(month.posts, given, limit=LIMIT).value - _best(seed).value


def _chips_best() -> str:
    return max((a + b for a in _PEOPLE for b in "DEF"), key=lambda letters: _loosened(_own(), letters))


def _chips_share(letters: str) -> float:
    return _loosened(_own(), letters) / _loosened(_own(), _chips_best())


def _chips_told(letters: str) -> str:
    gain, top = _loosened(_own(), letters), _loosened(_own(), _chips_best())
    return f"重排之後多出 {gain:,.0f} 次互動，這些組合裡最多是 {top:,.0f} 次。"


def _chips_advice(letters: str) -> str:
    seed, best = _own(), _chips_best()
    other_person = _loosened(seed, best[0] + letters[1]) - _loosened(seed, letters)
    other_rule = _loosened(seed, letters[0] + best[1]) - _loosened(seed, letters)
    if other_person >= other_rule:
        return "下一步：換「多 3 小時給誰」。看上面那張表，多 1 小時會多出最多互動的是誰。"
    return "下一步：換「鬆哪一條」。看上面那張表，哪一條上限鬆一格有用。"


@dataclass(frozen=True, kw_only=True)
class OwnDecision(Decision):
    """A decision whose best choice depends on the learner's own case."""

    best: str = ""
    own: Any = None

    def right(self) -> str:
        return str(self.own())

    def solution_text(self) -> str:
        picked = zip(self.right(), self.choices.items(), strict=True)
        return "；".join(f"{name}：{options[letter]}" for letter, (name, options) in picked)


# The code question: a month under rules told in words.

NEAR, FAR = 0.98, 0.90


def _asked(month: Month) -> Constraints:
    """The rules of the fortnight with what Peizhen says: a week without 柏宇, one promotion a week, something every day."""
    hours = month.hours.copy()
    hours.loc[month.days[7] : month.days[11], "boyu"] = 0.0
    return Constraints.of(month).changed(hours=hours, promo_cap=1, daily=(1, None))


@dataclass(frozen=True, kw_only=True)
class ScheduleAnswer(TableAnswer):
    """A schedule judged by its rules first, then by how near the best it comes."""

    def how(self) -> str:
        return "把排好的結果（或有 post_id、publish_at 兩欄的表）放進 answer，再執行這一格。"

    def parse(self, answer: Any) -> pd.DataFrame:
        table = answer.table if isinstance(answer, Schedule) else answer
        if not isinstance(table, pd.DataFrame):
            raise Mismatch(f"這題要一份排程或一張表，你給的是 {type(answer).__name__}。")
        if missing := [column for column in ("post_id", "publish_at") if column not in table]:
            raise Mismatch(f"表裡少了 {'、'.join(missing)} 這一欄。每一列是一則：post_id 和 publish_at。")
        return table

    def grade(self, answer: pd.DataFrame) -> Outcome:
        month = _month(_own())
        try:
            mine = judge_schedule(month.posts, _asked(month), answer)
        except KitError as error:
            return graded(0.0, "", str(error))
        if len(mine.breaks):
            return graded(0.0, "", f"{mine.say()}先把佩蓁說的三件事都寫進 changed()，再排一次。")
        top = schedule(month.posts, _asked(month), limit=LIMIT).value
        share = mine.value / top
        told = f"限制都守住了，預估互動 {mine.value:,.0f}，是最好的 {share:.1%}。"
        score = 1.0 if share >= NEAR else max(0.0, (share - FAR) / (NEAR - FAR)) * 0.9
        return graded(score, told + self.explain, f"{told}差距還超過 2%：依序挑之外，試試預設的 method。")

    def right(self) -> Any:
        month = _month(_own())
        return schedule(month.posts, _asked(month), limit=LIMIT)


def _forgot_the_rules() -> Schedule:
    return _best(_own())


def _one_by_one() -> pd.DataFrame:
    """Only what has to go out: keeps the hours, breaks the rest."""
    return _best(_own()).table.head(3)


QUESTIONS = (
    Number(
        prompt=(
            "先讀你的團隊。下面印出十週的紀錄：一週完成幾則、手上平均幾則。\n\n"
            "**照利特爾法則，一則從開工到完成平均要幾個工作天？**（一週 5 個工作天）"
        ),
        given=(
            "record = xb.planning.flow(case.record, until=50)\n"
            'print(f"一週完成 {record.a_week:.2f} 則，手上平均 {record.in_process:.2f} 則")\n'
            "record.plot()"
        ),
        truth=_wait,
        tolerance=0.3,
        unit="個工作天",
        decimals=1,
        slips=(
            Slip(lambda: _wait() / WORKDAYS, "這是幾週。題目問工作天，一週有 5 個，再乘 5。"),
            Slip(lambda: _wait() * 7 / WORKDAYS, "這是用一週 7 天換算的。紀錄裡只算工作天，請乘 5。"),
            Slip(lambda: WORKDAYS**2 / _wait(), "分子分母反了：是手上的則數 ÷ 每天完成的則數。"),
        ),
        explain="手上的則數 ÷ 每天完成的則數。完成的那些看起來比較快，是因為卡住的還沒有算進去。",
        hints=("每天完成的則數 ＝ 一週完成的則數 ÷ 5。", "手上的則數 ÷ 每天完成的則數。"),
        wrong=(Wrong("很久", "看不出是哪個數字"), Wrong(400, "偏大")),
    ),
    Choice(
        prompt=(
            "同一份紀錄，四個人四種說法。**哪一個做法最可能讓「開工到完成」的天數變短？**"
        ),
        options={
            "A": Option("一週多排兩則，大家有壓力就會變快", "排得多，手上只會更多，每一則等得更久。"),
            "B": Option("手上沒做完以前，不開新的", "對。"),
            "C": Option("每一則都同時開工，這樣沒有人會閒著", "同時開工正是手上變多的原因，還會多出切換的時間。"),
            "D": Option("把每一則的工時估準一點", "估準有用，但天數是在排隊花掉的，不是在做的時候花掉的。"),
        },
        answer="B",
        explain="完成的速度一樣的時候，手上的則數和天數成正比。少開頭，才會早收尾。",
        hints=("回想利特爾法則：天數等於手上的則數除以完成的速度。", "哪一個做法直接讓手上的則數變少？"),
        wrong=(Wrong("A", "等得更久"), Wrong("C", "切換"), Wrong("D", "排隊")),
    ),
    OwnDecision(
        prompt=(
            "替團隊定兩件事。你的選擇會放進六組沒看過的運氣，跑十週。貼文從開工到發出每多一個工作日，價值少 6%（設計參數）。\n\n"
            "分數看「等於準時發幾則」是這些選項裡最好的幾成，九成七以上就通過。"
        ),
        choices=CAPACITY,
        share=_capacity_share,
        told=_capacity_told,
        advice=_capacity_advice,
        own=_capacity_best,
        floor=0.90,
        enough=0.97,
        judged="會放進沒看過的模擬團隊裡跑十週。",
        explain="排的則數接近做得完的則數，手上的則數剛好夠大家有事做。",
        points=4,
        hints=("先照直覺選一次，看一週完成幾則、一則花幾天。", "排的則數不要比完成的多太多；上限太小有人等，太大每則都晚。"),
        wrong=(Wrong("DH", "更晚出來"), Wrong("AE", "人有空"), Wrong("CE", "在等別人"), Wrong("A", "要給 2 個代號"), Wrong("HD", "沒有 H")),
    ),
    OwnDecision(
        prompt=(
            "下兩週的貼文，求解器已經排到最好。佩蓁手上有兩個籌碼：多 3 小時，和鬆一條規矩。下表是每條限制鬆一格會多出多少互動。\n\n"
            "**怎麼花？** 會照你的選擇重排一次，分數看多出的互動是這些組合裡最好的幾成，九成以上就通過。"
        ),
        given="case.binding",
        choices=CHIPS,
        share=_chips_share,
        told=_chips_told,
        advice=_chips_advice,
        own=_chips_best,
        floor=0.60,
        enough=0.90,
        judged="會照你的選擇重排下兩週，和最好的組合比。",
        explain="多給一小時會變好的人，和鬆一格會變好的規矩，才是瓶頸。鬆兩樣的效果不一定等於兩個數字相加，所以要重排。",
        points=4,
        hints=("先看表裡「多出的互動」最大的那一列是誰。", "上限那幾列如果都是 0，鬆它就沒有用，先顧好人的那一個。"),
        wrong=(
            Wrong("A", "要給 2 個代號"), Wrong("DA", "沒有 D"),
            Wrong(lambda: min((a + b for a in _PEOPLE for b in "DEF"), key=lambda x: _loosened(_own(), x)), "下一步"),
        ),
    ),
    Match(
        prompt="五個情況，各配一個做法，每個做法用一次。",
        pairs={
            "三則優惠都非發不可，卻只有一天能發": "D",
            "影片剪完又要三則短影音，柏宇沒有時間": "B",
            "老闆問：這個排程是最好的嗎？": "E",
            "手上有十四則做到一半，每則都快好了": "A",
            "想知道日更要多少人": "C",
        },
        choices={
            "A": "設一個手上則數的上限，先收尾",
            "B": "從母素材改，不從頭做",
            "C": "把則數換成每個人的小時，再留一成五",
            "D": "找出互相衝突的幾條，請主管選一條放掉",
            "E": "拿上界和差距出來",
        },
        why={
            "三則優惠都非發不可，卻只有一天能發": "排不出來的時候，有用的是知道哪幾條不能同時成立。",
            "影片剪完又要三則短影音，柏宇沒有時間": "同樣的內容，改比重做省時間。",
            "老闆問：這個排程是最好的嗎？": "找到的值要和「再好也不會超過多少」一起說。",
            "手上有十四則做到一半，每則都快好了": "手上越多，每一則越晚；先收尾再開新的。",
            "想知道日更要多少人": "先把則數換成小時，而且記得那只是上限。",
        },
        explain="先分清楚是人不夠、開太多、還是條件互相打架，再選工具。",
        points=3,
        hints=("「衝突」和「非發不可」是一組。", "問「是不是最好」要的是上界。"),
        wrong=(Wrong("ABECD", "哪幾條不能同時成立"), Wrong("DAEBC", "改比重做"), Wrong("DBCAE", "再好也不會超過"), Wrong("DB", "要給 5 個代號")),
    ),
    ScheduleAnswer(
        prompt=(
            "**研究軌。** 佩蓁對下兩週多說了三件事：**第二週的週一到週五，柏宇一個小時都沒有**；**任意 7 天最多 1 則優惠**；**每天至少 1 則**。\n\n"
            "用 `case.posts` 和 `case.rules` 排出兩週。三件事都要守住，總互動在最好的 2% 以內就通過。"
            "`case.rules.hours` 是一天一列、一人一欄的表，`case.rules.days` 是日子。"
        ),
        truth=lambda: _best(_own()).table,
        stub="",
        solution=(
            "hours = case.rules.hours.copy()\n"
            'hours.loc[case.rules.days[7]:case.rules.days[11], "boyu"] = 0.0\n'
            "rules = case.rules.changed(hours=hours, promo_cap=1, daily=(1, None))\n"
            "answer = xb.planning.schedule(case.posts, rules)"
        ),
        research=True,
        points=4,
        explain="先把話翻成限制，再交給求解器；限制寫錯，最佳化只會更快地排錯。",
        hints=("`case.rules.changed(…)` 可以一次改好幾項。", "`hours.loc[開始:結束, \"boyu\"] = 0.0`；每天至少 1 則是 `daily=(1, None)`。"),  # lint: off
        wrong=(
            Wrong(_forgot_the_rules, "沒守住"), Wrong(_one_by_one, "沒守住"), Wrong(7, "排程或一張表"),
            Wrong(pd.DataFrame({"post_id": ["p001"]}), "少了 publish_at"),
        ),
    ),
)  # fmt: skip


# The lesson's own numbers.


@cache
def _lesson_record() -> Flow:
    return flow(run_team(LESSON_SEED, 7, None, 12).pieces, 60)


LIMITS: dict[str, int | None] = {"2": 2, "4": 4, "6": 6, "10": 10, "不設": None}


@cache
def _worthiest() -> str:
    worth = {name: [run_team(seed, 7, limit, 12).value for seed in (301, 302, 303)] for name, limit in LIMITS.items()}  # fmt: skip
    return max(worth, key=lambda name: float(np.mean(worth[name])))


@cache
def _lesson_month() -> tuple[Month, Schedule]:
    month = draw_month(LESSON_MONTH, posts=40)
    return month, schedule(month.posts, Constraints.of(month))


def _greedy_loss() -> float:
    month, best = _lesson_month()
    greedy = schedule(month.posts, Constraints.of(month), method="greedy")
    return 100 * (1 - greedy.value / best.value)


@cache
def _bottleneck() -> str:
    rule = str(_lesson_month()[1].binding(("resource",)).loc[0, "rule"])
    return next(name for name in people_names().values() if rule.startswith(name))


@cache
def _claimed_too_much() -> float:
    """By how much plans on noisy estimates promise more than they bring when hours are halved, percent, mean of three."""
    month, _ = _lesson_month()
    half = Constraints.of(month).changed(hours=month.hours * 0.5)
    claims = []
    for seed in (23, 24, 25):
        luck = np.random.default_rng(seed).normal(-0.08, 0.4, len(month.posts))
        planned = schedule(month.posts.assign(value=month.posts["value"] * np.exp(luck)), half)
        claims.append(planned.value / judge_schedule(month.posts, half, planned.table).value)
    return 100 * (float(np.mean(claims)) - 1)


PREDICTIONS = {
    "a": Prediction(
        prompt="排一週 7 則，十二週平均一週完成幾則？",
        truth=lambda: _lesson_record().a_week,
        show=lambda value: f"{value:.1f} 則",
        why="試算表只算做的時間，沒算切換、打斷、退稿和排隊。",
        close=0.5,
    ),
    "b": Prediction(
        prompt="一則從開工到完成，平均要幾個工作天？",
        truth=lambda: _lesson_record().expected,
        show=lambda value: f"{value:.1f} 個工作天",
        why="多半的時間不是在做，是在排隊。",
        close=1.5,
    ),
    "c": Prediction(
        prompt="手上最多幾則，一週最值？",
        truth=_worthiest,
        show=str,
        why="太少有人等，太多每一則都晚；中間那一段最好。",
        options=tuple(LIMITS),
    ),
    "d": Prediction(
        prompt="依序挑最划算的，離最好的排法差百分之幾？",
        truth=_greedy_loss,
        show=lambda value: f"{value:.1f}%",
        why="每一步都挑最好的，占走的時間和名額卻會讓後面更值的進不來。",
        close=1.5,
    ),
    "e": Prediction(
        prompt="多給誰 1 小時，整個月的預估互動增加最多？",
        truth=_bottleneck,
        show=str,
        why="每一則都要經過她的手，她多一小時，別人的東西才發得出去。",
        options=("阿洛", "允安", "柏宇"),
    ),
    "f": Prediction(
        prompt="人力減半，用有誤差的預估排，宣稱的總互動比真的高估百分之幾？",
        truth=_claimed_too_much,
        show=lambda value: f"{value:+.1f}%".replace("-", "−"),
        why="排程專挑看起來高的，被高估的就容易被挑中。",
        close=3,
    ),
}
