"""Questions and predictions of lesson 2.9."""

from __future__ import annotations

from datetime import date
from functools import cache

import numpy as np
import pandas as pd

from ... import records
from ...errors import KitError
from ...planning.brief import FIELDS, BriefCheck, read_brief
from ...planning.workflow.process import Workflow
from ...planning.workflow.samples import REPAIRS, repaired, sample_brief
from ...planning.workflow.simulate import LeadTime
from ..predictions import Prediction
from ..questions import Check, Decision, Match, MultiChoice, Number, Option, Slip, TableAnswer, Text, Wrong

SCENE = """
新品影片連續三週開天窗。佩蓁把流程圖和一張簡報交給你：「先修到走得完，再告訴我一支影片要幾天。」
`own` 是修好之後的模擬（你的亂數和別人不同），一列是一支影片；人名、工時都是課程自編的設計參數。
"""

SETUP = """
import xiaobian as xb

xb.use_theme()
ex = xb.exercise("2.9")
own = ex.data()
ex
"""

TODAY = date(2026, 8, 3)
POSTS, A_WEEK, SOON = 60, 2.0, 6.0
BEST = ("核對改成看腳本", "佩蓁拍板", "佩蓁", "阿洛重新排程")


def data() -> LeadTime:
    """Sixty films through the mended workflow, with the learner's seed."""
    return _mended(BEST).simulate(POSTS, A_WEEK, seed=records.seed("2.9", "exercise") % 2**32)


# ── repair ──

FAULTS = REPAIRS["exercise"]
OPTIONS = {
    name: dict(zip(letters, words, strict=False))
    for (name, words), letters in zip(FAULTS.items(), ("ABCD", "EFG", "HIJK", "LMN"), strict=True)
}


@cache
def _mended(words: tuple[str, ...]) -> Workflow:
    return repaired("exercise", **dict(zip(FAULTS, words, strict=True)))


def _words(answer: str) -> tuple[str, ...]:
    return tuple(options[letter] for letter, options in zip(answer, OPTIONS.values(), strict=True))


def _letters(words: tuple[str, ...]) -> str:
    return "".join(next(k for k, v in options.items() if v == word) for word, options in zip(words, OPTIONS.values(), strict=True))


@cache
def _judged(answer: str) -> tuple[tuple[bool, str], ...]:
    """Each demand on a repair: whether it holds, and what to do when it does not."""
    flow = _mended(_words(answer))
    faults = {f.kind: f for f in flow.check().faults}
    taken = flow.simulate(POSTS, A_WEEK, seed=9)
    ids = [step.step_id for step in flow.steps]
    first = "waiting_cycle" not in faults and "script" in flow.step("cut").needs
    kinds = {"nobody", "two"} & set(faults)
    cover = not any("cover" in faults[k].steps for k in kinds)
    approve = not any("approve" in faults[k].steps for k in {"own_work", "sla", *kinds} & set(faults))
    return (
        ("waiting_cycle" not in faults, "腳本、核對、剪輯還在互相等，一支都走不完。先拿掉其中一個等待。"),
        ("facts" in ids and "facts" in (flow.step("submit").needs + flow.step("cut").needs + flow.step("script").needs), "拿掉核對最快，但新品的成分就沒有人看了。檢查全過，不代表該拿掉。"),
        (first, "片子剪完才寫腳本，流程走得通，做出來的片要重剪。順序要合乎工作。"),
        (cover, "封面要剛好一個人拍板：沒有人不行，兩個人也不行。"),
        (approve, "核可的人不能是做的人，要剛好一個，而且看得夠勤。"),
        ("no_way_out" not in faults, "發佈失敗之後沒有人接手，失敗的那幾支就永遠停在那裡。"),
        (taken.stuck == 0 and float(taken.days.median()) <= SOON, f"模擬 {POSTS} 支，要全部走完，中位數在 {SOON:g} 個工作天以內。看看時間花在等誰。"),
    )  # fmt: skip


def _share(answer: str) -> float:
    return float(np.mean([holds for holds, _ in _judged(answer)]))


def _advice(answer: str) -> str:
    return next((advice for holds, advice in _judged(answer) if not holds), "")


def _told(answer: str) -> str:
    taken = _mended(_words(answer)).simulate(POSTS, A_WEEK, seed=9)
    days = f"，中位數 {taken.days.median():.1f} 個工作天" if len(taken.days) else ""
    return f"模擬 {POSTS} 支影片，走完 {POSTS - taken.stuck} 支{days}。"


# ── a brief ──

GOOD_BRIEF = """目標：讓看過冷泡茶影片的人點進商品頁
對象：夏天有買瓶裝茶習慣、追蹤 Instagram 的上班族
一定要有：一瓶 65 元、含咖啡因
一定不要：不寫療效
負責人：柏宇
日期：2026-08-28
怎麼算成功：影片的連結點擊率（點擊 ÷ 觸及），從 0.8% 到 1.2%，看 Instagram 洞察"""


def _brief(text: str) -> BriefCheck | None:
    try:
        return read_brief(text).check(TODAY)
    except KitError:
        return None


def _clean(text: str, *names: str) -> bool:
    found = _brief(text)
    return found is not None and not any(f.field in names for f in found.findings)


def _written(label: str, line: str) -> str:
    """The good brief with one line exchanged."""
    return "\n".join(f"{label}：{line}" if row.startswith(f"{label}：") else row for row in GOOD_BRIEF.splitlines())


# ── reading the simulation ──


def _approve(part: str) -> float:
    row = data().steps.set_index("step_id").to_dict("index")["approve"]
    return {"wait": float(row["wait"]), "work": float(row["work"]), "both": float(row["wait"]) + float(row["work"])}[part]


def _by_rounds(how: str = "median") -> pd.DataFrame:
    items = data().items
    return items.groupby("rounds")["lead"].agg(["size", how]).set_axis(["n", "days"], axis=1)


def _in_hours() -> pd.DataFrame:
    return _by_rounds().assign(days=lambda t: t["days"] * 8)


QUESTIONS = (
    Match(
        prompt="團隊裡的四句抱怨，各是流程的哪一種毛病？",
        pairs={
            "「我在等他的稿，他在等我的圖」": "A",
            "「我看完了，然後呢？」": "B",
            "「主管說可以，老闆說再改」": "C",
            "「被退回的那幾支，現在在誰手上？」": "D",
        },
        choices={"A": "互相等待", "B": "沒有人拍板", "C": "不只一個人拍板", "D": "退回之後沒有出口", "E": "自己核可自己"},
        why={
            "「我在等他的稿，他在等我的圖」": "兩步都在等對方先做完，誰都不會先動。",
            "「我看完了，然後呢？」": "做的人有，說「可以」的人沒有。",
            "「主管說可以，老闆說再改」": "兩個人都有權說可以，意見不同就停住。",
            "「被退回的那幾支，現在在誰手上？」": "貼文到了一個狀態，之後沒有一步接手。",
        },
        explain="抱怨聽起來像人的問題，多半是流程上少了一個名字或一條路。",
        points=3,
        hints=("先找等的是「人」還是「一句話」。", "最後一句講的是狀態，不是人。"),
        wrong=(Wrong("BACD", "誰都不會先動"), Wrong("ACBD", "說「可以」的人"), Wrong("ABED", "意見不同"), Wrong("ABCE", "沒有一步接手")),
    ),
    MultiChoice(
        prompt=(
            "這是新品影片的簡報。先執行這一格把七個欄位讀一遍，今天是 2026 年 8 月 3 日。\n\n**哪幾個欄位拿到的人沒辦法照做？**（複選）"
        ),
        given='brief = xb.planning.sample_brief("exercise")\nbrief',
        options={
            "A": Option("目標：拍三支短影音，增加新品曝光"),
            "B": Option("對象：18–65 歲"),
            "C": Option("一定要有：含堅果與奶類、一瓶 65 元", "單看這一欄，兩件都寫得出來。矛盾的是另一欄。"),
            "D": Option("一定不要：不寫一瓶 65 元"),
            "E": Option("負責人：柏宇、允安"),
            "F": Option("日期：2026-09-31"),
        },
        answers=frozenset("ABDEF"),
        explain="目標寫成了要做的事、對象等於沒選、要和不要打架、兩個負責人、九月沒有 31 日。怎麼算成功那一欄也要補。",
        points=3,
        hints=("九月有幾天？", "把「一定要有」和「一定不要」擺在一起讀。"),
        wrong=(Wrong("ABCDEF", "矛盾的是另一欄"), Wrong("ABEF", "還漏了 1 個"), Wrong("BDEF", "還漏了 1 個"), Wrong("BF", "還漏了 3 個")),
    ),
    Text(
        prompt=(
            "把那張簡報重寫成拿了就能開工的樣子：冷泡茶影片，今天是 2026 年 8 月 3 日。一行一個欄位，照下面的格式：\n\n"
            + "\n".join(f"- {label}：……" for label in FIELDS.values())
        ),
        given="print(brief.check())",
        checks=(
            Check("七個欄位都讀得到", lambda t: (b := _brief(t)) is not None and not any(f.check.endswith("_missing") for f in b.findings), "有欄位沒寫，或行首的名字不一樣。照題目的七個名字，一行一個。"),
            Check("目標和對象寫得具體", lambda t: _clean(t, "goal", "audience"), "目標要寫誰會做什麼，只留一個；對象要縮小到一種情況。"),
            Check("要和不要不打架", lambda t: _clean(t, "must", "must_not"), "「一定要有」和「一定不要」講到同一件事，問清楚再留一邊。"),
            Check("一個負責人、一個真的日子", lambda t: _clean(t, "owner", "due"), "負責人留一個人的名字；日期要存在、還沒過、不是放假日。"),
            Check("怎麼算成功寫得清楚", lambda t: _clean(t, "measure"), "要有：從多少到多少、百分比的分母、在哪裡看，而且量的東西和目標有關。"),
        ),
        model=lambda: GOOD_BRIEF,
        explain="規則全過只是起點：這個目標值不值得做，還是要和佩蓁講。",
        points=4,
        hints=("從 `print(brief.check())` 列出來的每一條開始改。", "「怎麼算成功：連結點擊率（點擊 ÷ 觸及），從 0.8% 到 1.2%，看 Instagram 洞察」是一種寫法。"),
        wrong=(
            Wrong("我們要拍很棒的影片，讓大家都喜歡。", "七個欄位都讀得到"),
            Wrong(lambda: _written("目標", "提升新品知名度"), "目標和對象寫得具體"),
            Wrong(lambda: _written("一定不要", "不寫一瓶 65 元"), "要和不要不打架"),
            Wrong(lambda: _written("日期", "2026-08-30"), "一個真的日子"),
            Wrong(lambda: _written("怎麼算成功", "按讚數，從 80 個到 120 個，看 Instagram 洞察"), "怎麼算成功"),
        ),
    ),
    Decision(
        prompt=(
            "修這條流程。四個地方各選一個修法；先用面板試。**修好的意思：走得完、每一步剛好一個人拍板、該做的事沒有被省掉。**"
        ),
        given=(
            "from xiaobian.planning import REPAIRS, sample_workflow\n\n"
            'xb.panels.workflow_explorer(sample_workflow("exercise"), REPAIRS["exercise"], posts=60, per_week=2, seed=9)'
        ),
        choices=OPTIONS,
        share=_share,
        told=_told,
        advice=_advice,
        best=_letters(BEST),
        floor=0.75,
        enough=1.0,
        judged=f"會跑一次流程檢查，再模擬 {POSTS} 支影片、每週 {A_WEEK:g} 支。",
        explain="最快的修法是把核對拿掉，檢查也全過。快不是唯一的要求。",
        points=5,
        hints=("先修互相等待，其他三個才看得出效果。", "核可的人要看得夠勤：時限八小時，三天看一次就做不到。"),
        wrong=(
            Wrong(lambda: _letters(("不改", *BEST[1:])), "互相等"),
            Wrong(lambda: _letters(("不核對了", *BEST[1:])), "沒有人看"),
            Wrong(lambda: _letters(("先剪，再補腳本", *BEST[1:])), "要重剪"),
            Wrong(lambda: _letters((BEST[0], "允安和佩蓁一起拍板", *BEST[2:])), "兩個人也不行"),
            Wrong(lambda: _letters((*BEST[:2], "素琴（三天看一次）", BEST[3])), "看得夠勤"),
            Wrong(lambda: _letters((*BEST[:3], "不改")), "沒有人接手"),
            Wrong("AEH", "要給 4 個代號"),
        ),
    ),
    Number(
        prompt="打開你自己的模擬 `own`。**「核可」這一步，從輪到它到做完，每次平均幾小時？**（取到小數第一位）",
        given="own.plot()",
        truth=lambda: _approve("both"),
        tolerance=0.11,
        unit="小時",
        decimals=1,
        slips=(
            Slip(lambda: _approve("wait"), "這只有等的時間。從輪到它到做完，還要加上做的時間。"),
            Slip(lambda: _approve("work"), "這只有做的時間。前面還排了一段隊。"),
            Slip(lambda: 0.5, "0.5 是流程表上寫的工時。佩蓁只有一部分時間給這件事，還要排隊。"),
        ),
        explain="半小時的工作，真正花掉的時間是好幾倍：排隊，加上她一天只有一部分時間給這件事。",
        points=2,
        hints=("圖上淺色是等、深色是做，兩個數字都寫在旁邊。",),
        wrong=(Wrong(100, "偏大"), Wrong("很久", "看不出是哪個數字")),
    ),
    TableAnswer(
        prompt=(
            "**研究軌。** 被退回一次，要多花幾天？用 `own.items` 分組：索引是 rounds（被退回幾次），"
            "欄位 n 是支數、days 是 lead（工作天）的**中位數**。"
        ),
        truth=_by_rounds,
        slips=(
            Slip(lambda: _by_rounds("mean"), "這是平均數。有一兩支特別久的會把它拉高，題目要的是中位數。"),
            Slip(_in_hours, "這是小時。`lead` 已經是工作天，不必再乘 8。"),
        ),
        stub="items = own.items",
        solution=(
            "items = own.items\n"
            'answer = items.groupby("rounds")["lead"].agg(n="size", days="median")'
        ),
        research=True,
        points=3,
        explain="退回的代價不只是改的那一小時，是重新排一次隊。",
        hints=('`groupby("rounds")["lead"].agg(...)` 可以一次給兩個欄位。',),
        wrong=(Wrong(3, "DataFrame"), Wrong(lambda: _by_rounds()[["days"]], "n")),
    ),
)  # fmt: skip

# ── predictions of the lesson ──

RING = {"文案和做圖": "同時做：都只等簡報"}
WHOLE = {**RING, "核對事實": "子晴拍板", "退回之後": "阿洛改完再送"}
LEVERS = ("多給允安時間", "多給佩蓁時間", "簡報寫清楚，少退回")


@cache
def lever_days(name: str) -> float:
    """Median working days over 12 seeds, mean, when one thing is changed in the mended workflow."""
    flow = repaired("lesson", **WHOLE, 誰核可="佩蓁")
    changed = {
        LEVERS[0]: lambda: flow.with_person("允安", share=1.0),
        LEVERS[1]: lambda: flow.with_person("佩蓁", share=0.6),
        LEVERS[2]: lambda: flow.change("approve", returns=0.15),
    }[name]()
    return float(np.mean([changed.simulate(seed=seed).days.median() for seed in range(12)]))


PREDICTIONS = {
    "a": Prediction(
        prompt="佩蓁轉來的簡報，有幾處拿到的人沒辦法照做？",
        truth=lambda: float(len(sample_brief().check(TODAY).findings)),
        show=lambda value: f"{value:.0f} 處",
        why="寫的人心裡都有畫面，沒寫出來的部分，拿到的人只能猜。",
        close=1,
    ),
    "b": Prediction(
        prompt="照這條流程送 80 則貼文，走得完幾則？",
        truth=lambda: float(80 - repaired("lesson").simulate().stuck),
        show=lambda value: f"{value:.0f} 則",
        why="文案和圖互相等，第一則就停在那裡，後面每一則都一樣。",
        close=5,
    ),
    "c": Prediction(
        prompt="只把互相等待修好，80 則走得完幾則？",
        truth=lambda: float(80 - repaired("lesson", **RING).simulate().stuck),
        show=lambda value: f"{value:.0f} 則",
        why="一次就過的走完了；被退回的那些，沒有一步接手。",
        close=5,
    ),
    "d": Prediction(
        prompt="改由素琴核可（每週看一次），一則貼文從簡報到發佈的中位數是幾個工作天？",
        truth=lambda: float(repaired("lesson", **WHOLE, 誰核可="素琴（每週看一次）").simulate().days.median()),
        show=lambda value: f"{value:.1f} 個工作天",
        why="核可本身是半小時的事，貴的是等她下次打開信箱；被退回一次，就再等一週。",
        close=1,
    ),
    "e": Prediction(
        prompt="三種做法只能選一種，哪一種讓中位數縮短最多？",
        truth=lambda: min(LEVERS, key=lever_days),
        show=str,
        why="最長的那一條不一定最值得修。每一則都要經過佩蓁兩次，被退回的還要更多次。",
        options=LEVERS,
    ),
}  # fmt: skip
