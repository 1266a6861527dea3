"""Questions and predictions of lesson 5.4."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pandas as pd

from ... import records
from ...crisis.care import hostile_case
from ...crisis.care.deescalation import deescalate
from ...crisis.care.exposure_ledger import Exposure, exposure
from ...crisis.care.hostile import choices, comments, labels
from ...crisis.care.rostering import round_robin
from ...sandbox.handling import handled_comments
from ..hostile import (
    DAYS,
    DRILL,
    ENOUGH,
    NIGHTS,
    TEAM,
    HostileDrill,
    Mine,
    Nights,
    best_nights,
    duty,
    faults,
    handled,
    ledger,
    reviewed,
)
from ..predictions import Prediction
from ..questions import Check, MultiChoice, Number, Option, Slip, TableAnswer, Text, Wrong

SCENE = """
**內容提醒**：第二、三題有嘲笑、罵人和威脅的字句，還有一則提到撐不下去。第二題預設只給摘要，可以跳過；不想碰的，先做其他題。
撐不住的時候，求助管道在 `xb.evidence("help_1925")`。

這一週換你當組長：先讀兩份互相打架的調查，再練眼力、寫一則回覆，最後看看是誰在替大家讀那些話，把夜班排好。
`mine` 是你自己的資料（模擬的，每個人拿到的不同）。
"""

SETUP = """
import pandas as pd
import xiaobian as xb

ex = xb.exercise("5.4")
mine = ex.data()
ex
"""

LESSON_SEED = 540
"""The two weeks of the lesson; no learner's exercise uses it."""


def _own(attempt: int = 0) -> int:
    return records.seed("5.4", "exercise", attempt)


def data() -> Mine:
    """The learner's own ledger, week and comments."""
    return Mine(ledger(_own()).copy(), duty(_own(1)), handled(_own(2)).copy())


# The drill.


def _face() -> Any:
    from ...panels.hostile import hostile_control

    return hostile_control(_own(), DRILL, ENOUGH)


def _drill_share(record: str) -> float:
    found = reviewed(_own(), record)
    return found.score / 100 * min(found.answered, ENOUGH) / ENOUGH


def _drill_told(record: str) -> str:
    return reviewed(_own(), record).say()


def _drill_advice(record: str) -> str:
    found = reviewed(_own(), record)
    if found.answered < ENOUGH:
        return f"下一步：至少做 {ENOUGH} 則才算完整。只看摘要也可以做。"
    wrong = found.lost[found.lost["called"] != found.lost["label"]]
    if len(wrong) >= len(found.lost) / 2:
        return "下一步：先把標看準。問三件事：有沒有一件可以查的事？是對事還是對人？有沒有人會受傷？"
    return "下一步：標看對了，換做法。有事的回一次，沒事的不回，會傷人的留證通報。"


def _own_comments() -> tuple[Any, ...]:
    return comments("own", _own(), DRILL)


def _with(label: str = "", choice: str = "") -> str:
    return "".join((label or c.label) + (choice or c.best) for c in _own_comments())


# The reply.

COMMENT = "生日蛋糕送來歪一邊，打了三通電話都沒人接，你們養的客服都是廢物嗎"
REPLY = (
    "生日蛋糕歪掉、三通電話都沒接到，對不起，生日只有一次。今天六點前我們補做一個送到，這筆全退；"
    "單號傳私訊，我是今天值班的小葉。罵客服同事的話請不要說，其他的儘管講。"
)
LONGEST, SHORTEST = 120, 20


def _holds(mark: str) -> Callable[[str], bool]:
    return lambda text: bool(deescalate(text, COMMENT).marks[mark].holds)


def _cool(text: str) -> bool:
    return SHORTEST <= len(text) <= LONGEST and bool(deescalate(text, COMMENT).marks["no_sarcasm"].holds)


CHECKS = (
    Check("120 字內，不酸也不貶低自己", _cool, f"{SHORTEST}–{LONGEST} 字；不反問、不笑、不回嗆，也不要跪著道歉。"),
    Check("回到那件事", _holds("addresses_issue"), "說蛋糕歪掉、電話沒接到怎麼處理：做什麼、什麼時候。"),
    Check("說出界線", _holds("boundary"), "罵同事的那一句，說一次「請不要」，不必說兩次。"),
    Check("給一條出路", _holds("exit"), "給一個離開留言串的方法：私訊、電話，或幾點前回。"),
)


# The ledger.


def _rate(name: str | None = None) -> float:
    """Toxic items an hour: of a person, of the most exposed one, or of everybody (name "全隊")."""
    table = ledger(_own())
    if name == "全隊":
        return float(table["其中惡意"].sum() / table["值班小時"].sum())
    rates = table["其中惡意"] / table["值班小時"]
    return float(rates.max() if name is None else rates[name])


def _busiest() -> str:
    return str(ledger(_own()).index[0])


def _most_exposed() -> str:
    table = ledger(_own())
    return str((table["其中惡意"] / table["值班小時"]).idxmax())


def _all_comments() -> float:
    table = ledger(_own())
    return float((table["處理的留言"] / table["值班小時"])[_most_exposed()])


def _share_of_comments() -> float:
    table = ledger(_own())
    return float((table["其中惡意"] / table["處理的留言"])[_most_exposed()])


# The nights.


def _faults(letters: str) -> list[str]:
    return faults(_own(1), letters)


def _nights_share(letters: str) -> float:
    return 1 - len(_faults(letters)) / 4


def _nights_told(letters: str) -> str:
    found = _faults(letters)
    return f"違反 {len(found)} 處規則。" if found else "規則全都守住。"


def _nights_advice(letters: str) -> str:
    found = _faults(letters)
    return f"下一步：{found[0]}。先換這一格。" if found else ""


def _changed(to: str) -> str:
    """The best nights with one day given to whoever has the evening."""
    best, evenings = best_nights(_own(1)), list(duty(_own(1))["晚班"])
    letter = "ABCD"[TEAM.index(evenings[0])]
    return letter + best[1:] if to == "evening" else best


# The code question.


def _by_person(*, toxic: bool = True, hours: str = "duty", worst: str = "hour") -> pd.DataFrame:
    table = handled(_own(2))
    table = table.assign(n=table["toxic"].astype(int) if toxic else 1, hour=table["at"].dt.floor("h"), day=table["at"].dt.date)
    by_hour = table.groupby(["person", "hour"])["n"].sum()
    by_day = table.groupby(["person", "day"])["n"].sum()
    total = by_hour.groupby("person").sum()
    on = by_hour.groupby("person").size() if hours == "duty" else 24 * table["day"].nunique()
    top = (by_hour if worst == "hour" else by_day).groupby("person").max()
    return pd.DataFrame({"per_hour": total / on, "worst_hour": top})


QUESTIONS = (
    MultiChoice(
        prompt=(
            "兩張證據卡：一份說社群團隊 63% 感到倦怠，另一份說 77%。素琴要你在會議上說一句話。**哪幾句現在可以說？**（複選）"
        ),
        given='xb.evidence("burnout_other")',
        options={
            "A": Option("「從 63% 升到 77%，惡化了 14 個百分點」", "另一份沒有年份，也不是同一批人、同一題。兩次不同的調查不能相減。"),
            "B": Option("「兩份的樣本和題目不同，不能直接比」"),
            "C": Option("「折衷一下，大約七成」", "平均兩個母體不明的數字，得到的是第三個母體不明的數字。"),
            "D": Option("「77% 那份找不到原始報告，先不引用」"),
            "E": Option("「台灣的小編有六成以上倦怠」", "兩份都沒有說問的是台灣的小編。"),
            "F": Option("「問卷裡有不少人說自己倦怠；多少人，要看問誰、怎麼問」"),
        },
        answers=frozenset("BDF"),
        explain="互相打架的數字，先問樣本、題目、年份和誰付錢問的。問不到，就說方向，不說百分比。",
        points=3,
        hints=("先看卡上的「母體」和「期間」各寫了什麼。", "三句可以說的，都沒有把兩個數字拿來加減。"),
        wrong=(Wrong("ABDF", "不能相減"), Wrong("BCDF", "母體不明"), Wrong("BDEF", "台灣"), Wrong("B", "還漏了 2 個")),
    ),
    HostileDrill(
        prompt=(
            f"**停、標、選：{DRILL} 則。** 預設只看摘要，要看原文自己切；可以跳過兩則，不扣分。標占四成，選占六成。\n\n"
            "哪一個做法最好，是課程替一個人值班的店下的判斷；不同意就和同學吵。"
        ),
        choices={
            name: options
            for n in range(1, DRILL + 1)
            for name, options in ((f"第 {n} 則標", labels()), (f"第 {n} 則選", choices()))
        },
        share=_drill_share,
        told=_drill_told,
        advice=_drill_advice,
        seed=_own,
        floor=0.35,
        enough=0.85,
        face=_face,
        explain="先看清楚，再動手。",
        points=5,
        hints=("有一件可以查的事，就不是純粹來鬧。", "會有人受傷的：留證、通報。說自己撐不住的：先關心人。"),
        wrong=(
            Wrong(lambda: _with("B", "C"), "先把標看準"), Wrong(lambda: _with(label="A"), "先把標看準"), Wrong(lambda: _with(choice="C"), "換做法"),
            Wrong(lambda: _with()[:8] + "--" * (DRILL - 4), "至少做"), Wrong("AB", "個代號"),
        ),
    ),
    Text(
        prompt=(
            f"凌晨，這一則還在你的留言區：「{COMMENT}」\n\n**寫一則 {LONGEST} 字以內的公開回覆。** 他有一件真的事，也罵了人；兩件都要接。"
        ),
        checks=CHECKS,
        model=lambda: REPLY,
        explain="事情先接住，界線說一次，路留給他走。檢查看的是字句，不是誠意；貼出去前自己再念一次。",
        points=4,
        hints=("蛋糕和電話：做什麼？什麼時候？", "「罵同事的話請不要說」放在處理的後面，一句就好。"),
        wrong=(
            Wrong("很抱歉造成您的不便，我們會持續努力，感謝您的寶貴意見。", "回到那件事"),
            Wrong("你才廢物，有種自己來接電話啊", "不酸"),
            Wrong("蛋糕歪掉對不起，是我們沒固定好，今天六點前補做一個送到府上。", "說出界線"),
            Wrong("請不要罵我們同事，這種留言會隱藏並且封鎖，請你自重一點。", "回到那件事"),
        ),
    ),
    Number(
        prompt=(
            "`mine.ledger` 是兩週的紀錄。佩蓁只能先換掉一個人的班。\n\n**平均一個值班小時讀到最多惡意留言的那個人，是幾則？**"
        ),
        given="mine.ledger",
        truth=_rate,
        tolerance=0.06,
        unit="則",
        decimals=1,
        slips=(
            Slip(lambda: _rate(_busiest()), "這是處理最多留言的人。留言多，不等於惡意多；三個人都除一次再比。"),
            Slip(lambda: _rate("全隊"), "這是全隊的平均。平均把最累的人藏起來了，要一個人一個人算。"),
            Slip(_all_comments, "分子要用「其中惡意」，你用了全部的留言。"),
            Slip(lambda: 100 * _share_of_comments(), "這是惡意占留言的百分比。班有長短，分母要用「值班小時」。"),
        ),
        explain="分子是惡意留言，分母是他真的坐在那裡的小時。處理最多的人，常常不是讀最多毒的人。",
        points=3,
        hints=("每個人各算一次：其中惡意 ÷ 值班小時。", "三個裡最大的那一個就是答案。"),
        wrong=(Wrong("很多", "看不出是哪個數字"), Wrong(500, "偏大")),
    ),
    Nights(
        prompt=(
            "`mine.duty`：下週的晚班排好了，**夜班七格空著**。晚班和夜班都是重班。規則五條：\n\n"
            "- 一人一天最多一班，請假不排\n- 重班最多連續兩天（前後連起來算）\n- 危機班之後一天內不接夜班\n"
            f"- 每人最多 {NIGHTS} 個夜班、四個班\n- 下班到上班至少 11 小時（這張表怎麼排都夠）"
        ),
        given="mine.duty",
        choices={f"第 {n} 天夜班": dict(zip("ABCD", TEAM, strict=True)) for n in range(1, DAYS + 1)},
        share=_nights_share,
        told=_nights_told,
        advice=_nights_advice,
        seed=lambda: _own(1),
        floor=0.2,
        enough=1.0,
        judged="會逐條檢查規則。",
        explain="先填限制最多的那一格：請假那天、危機的隔天。這就是排班程式做的事，只是它一次看完全部。",
        points=4,
        hints=("從危機班的隔天和有人請假的那天開始填。", "每填一格，往前往後各看兩天：有沒有人連三天重班。"),
        wrong=(
            Wrong("ABCDABC", "下一步"), Wrong("AAAAAAA", "夜班"), Wrong("BBBBCCC", "下一步"), Wrong(lambda: _changed("evening"), "同一天兩班"),
            Wrong("AB", "要給 7 個代號"),
        ),
    ),
    TableAnswer(
        prompt=(
            "**研究軌。** `mine.handled` 一列一則處理過的留言（`person`、`at`、`toxic`）。算每個人的兩個數字："
            "`per_hour`（惡意則數 ÷ 有處理任何留言的鐘點數）、`worst_hour`（惡意最多的一個鐘點有幾則）。索引是 person。"
        ),
        truth=_by_person,
        slips=(
            Slip(lambda: _by_person(toxic=False), "你數了全部的留言。先把惡意的挑出來；值班的鐘點則要用全部的留言去數。"),
            Slip(lambda: _by_person(hours="all"), "分母用了整段期間的小時，連睡覺都算進去了。只算他真的在處理留言的鐘點。"),
            Slip(lambda: _by_person(worst="day"), "`worst_hour` 要的是一個鐘點，你算成一天了。"),
        ),
        stub="handled = mine.handled",
        solution=(
            'by_hour = handled.groupby(["person", handled["at"].dt.floor("h")])["toxic"].sum().groupby("person")\n'
            'answer = pd.DataFrame({"per_hour": by_hour.mean(), "worst_hour": by_hour.max()})'
        ),
        research=True,
        points=3,
        explain="先數到每個人、每個鐘點，再對人取平均和最大：平均說日常，最大說那一天。",
        hints=('先 `groupby(["person", at 的整點])`，把 toxic 加起來。', "再對 person 取平均和最大值；沒有惡意的鐘點也要算進分母。"),
        wrong=(Wrong(3.2, "DataFrame"),),
    ),
)  # fmt: skip


# Predictions about the lesson's two weeks.


@cache
def _lesson() -> Exposure:
    return exposure(handled_comments(LESSON_SEED))


def _share_of_one() -> float:
    table = _lesson().table
    return 100 * float(table["toxic"].max() / table["toxic"].sum())


PREDICTIONS = {
    "a": Prediction(
        prompt="全隊平均每小時不到 5 則。子晴最糟的一小時，讀了幾則惡意留言？",
        truth=lambda: int(_lesson().table["worst_hour"]["子晴"]),
        show=lambda value: f"{value:.0f} 則",
        why="平均把兩週、三個人、每一個安靜的鐘點都攤進去了；人是一小時一小時過的。",
        close=4,
    ),
    "b": Prediction(
        prompt="三個人裡，讀最多的那一個，讀了全部惡意留言的百分之幾？",
        truth=_share_of_one,
        show=lambda value: f"{value:.0f}%",
        why="她的留言不是最多，班也不是最長；她上的是毒最濃的班，又剛好遇到那個星期六。",
        close=5,
    ),
    "c": Prediction(
        prompt="那句機智的回嘴，deescalate() 給幾分（滿分 1）？",
        truth=lambda: deescalate(hostile_case.WITTY, hostile_case.COMMENT).score,
        show=lambda value: f"{value:.2f} 分",
        why="看熱鬧的人會按讚，被嘲笑的人不會停。酸的話後面，沒有人會再讀你要怎麼處理。",
        close=0.05,
    ),
    "d": Prediction(
        prompt="照名單輪兩週，會違反幾處規則？",
        truth=lambda: len(round_robin(hostile_case.TEAM, 14, leave=hostile_case.LEAVE, crises=hostile_case.CRISES).breaks),
        show=lambda value: f"{value:.0f} 處",
        why="名單只管輪到誰，不管昨天是什麼班；有人請假，後面的人就被推上去連著做。",
        close=2,
    ),
    "e": Prediction(
        prompt="停手規則會響三十次左右，其中幾次沒有人可以接手？",
        truth=lambda: int(_lesson().stops().table["alone"].sum()),
        show=lambda value: f"{value:.0f} 次",
        why="班上只有一個人。規則要有人接，才是規則。",
        close=2,
    ),
}
