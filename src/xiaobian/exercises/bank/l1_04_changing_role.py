"""Questions and predictions of lesson 1.4."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from ... import records
from ...plotting import spaced
from ...sandbox.worktime import (
    GATES,
    HOUR,
    MODES,
    REVIEWS,
    Office,
    best,
    declared,
    judged,
    permitted,
    pieces,
    truth_of,
)
from ...trends import audit, automate
from ...trends.worktime import Audit
from ..predictions import Prediction
from ..questions import Choice, Decision, Match, Number, Option, Slip, TableAnswer, Wrong

SCENE = """
換你接手一間辦公室。`case` 是你自己的資料（模擬的，每個人拿到的不同）：兩週的計時日記、AI 試做的紀錄，和一個工具的報價。
你的計畫會放進這間辦公室的真相裡，用真的省下的小時算分。
"""

SETUP = """
import pandas as pd
import xiaobian as xb

xb.use_theme()
ex = xb.exercise("1.4")
case = ex.data()
ex
"""

LESSON_SEED = 104
"""Office of the lesson; no learner's exercise uses it."""

WEEKS, DRAFTS = 2, 30
REVIEW = 0.2


@dataclass(frozen=True)
class Case:
    """The learner's own office as an editor sees it. diary: two weeks, timed. trial: of AI drafts, a row a task.

    audit: hours a week by task. offer: what a seller says of a tool for copy. practice: seed of another office.
    """

    diary: pd.DataFrame
    trial: pd.DataFrame
    audit: Audit
    offer: pd.DataFrame
    practice: int

    def __repr__(self) -> str:
        return f"{WEEKS} 週、{len(self.diary):,} 筆日記；14 種工作各試做 {DRAFTS} 則（模擬）"


def _own(attempt: int = 0) -> int:
    return records.seed("1.4", "exercise", attempt)


def _office() -> Office:
    return Office(_own())


@cache
def _case(seed: int, practice: int) -> Case:
    office = Office(seed)
    diary = office.diary(WEEKS)
    offer = pd.DataFrame([_offer(seed)]).rename(columns=OFFER).T.set_axis(["數字"], axis=1)
    return Case(diary, office.trial(drafts=DRAFTS), audit(diary, office.tasks()), offer, practice)


def data() -> Case:
    """The learner's own case."""
    return _case(_own(), _own(1))


OFFER = {
    "hand": "手寫一則（分）", "draft": "AI 起草，人花的（分）", "review": "審稿（分）", "wrong": "草稿出錯（%）",
    "caught": "審稿抓得到的錯（%）", "fix": "修一個抓到的錯（分）", "cost": "一個錯流出去，收拾（分）",
}  # fmt: skip


def _offer(seed: int) -> dict[str, int]:
    """Numbers of one tool, drawn until every typical mistake leads to a number of its own."""
    rng = np.random.default_rng([seed, 4])
    while True:
        offer = {
            "hand": int(rng.integers(30, 41)), "draft": int(rng.integers(4, 8)), "review": int(rng.integers(6, 10)),
            "wrong": int(rng.choice([20, 25, 30])), "caught": int(rng.choice([50, 60, 70])), "fix": int(rng.choice([8, 10, 12])),
            "cost": int(rng.choice([80, 90, 100])),
        }  # fmt: skip
        reached = sorted(_saved_minutes(offer, **forgotten) for forgotten in ({}, *FORGOTTEN))
        if min(np.diff(reached)) > 2 * CLOSE:
            return offer


CLOSE = 0.25
"""Minutes; how near an answer has to be."""

FORGOTTEN: tuple[dict[str, bool], ...] = (
    {"review": False, "out": False, "rework": False},
    {"out": False},
    {"catching": False},
    {"review": False},
)
"""The typical mistakes: what is left out of the sum."""


def _saved_minutes(
    offer: Mapping[str, int], *, review: bool = True, out: bool = True, rework: bool = True, catching: bool = True
) -> float:
    """Minutes saved by one piece; each part can be forgotten."""
    wrong, caught = offer["wrong"] / 100, offer["caught"] / 100 if catching else 0.0
    mended, gone = wrong * caught * offer["fix"] * rework, wrong * (1 - caught) * offer["cost"] * out
    return offer["hand"] - offer["draft"] - offer["review"] * review - mended - gone


def _net(forgotten: int | None = None) -> float:
    return _saved_minutes(_offer(_own()), **({} if forgotten is None else FORGOTTEN[forgotten]))


def _asked_hours() -> float:
    """Hours a week of the task asked about, from the diary."""
    return float(data().audit.table["hours"].to_dict()["questions"])


# The decision: a mode for seven tasks and one review, in the learner's own office.

ASKED = ("copy", "script", "comments", "questions", "schedule", "planning", "complaints")
REST = {"edit": "draft", "report": "draft", "resize": "auto", "topics": "auto"}
NAMES = declared()["name"].to_dict()
_LETTERS = iter("ABCDEFGHIJKLMNOPQRSTUVWXY")
TASK_LETTERS = {task: {next(_LETTERS): mode for mode in MODES} for task in ASKED}
REVIEW_LETTERS = {next(_LETTERS): share for share in REVIEWS}
CHOICES = {
    **{NAMES[task]: {k: MODES[mode] for k, mode in letters.items()} for task, letters in TASK_LETTERS.items()},
    "審稿時間": {k: f"手做時間的 {share:.0%}" for k, share in REVIEW_LETTERS.items()},
}  # fmt: skip


def _plan(letters: str) -> tuple[dict[str, str], float]:
    modes = {task: TASK_LETTERS[task][letter] for task, letter in zip(ASKED, letters, strict=False)}
    return {**REST, **modes}, REVIEW_LETTERS[letters[-1]]


def _letters(modes: Mapping[str, str], share: float) -> str:
    picked = [next(k for k, mode in TASK_LETTERS[task].items() if mode == modes[task]) for task in ASKED]
    return "".join(picked) + next(k for k, s in REVIEW_LETTERS.items() if s == share)


def _unsaved(task: str, share: float) -> dict[str, float]:
    """Hours a week a task takes by mode, in the learner's own office."""
    truth = truth_of(_office())
    spent = {mode: truth["times"] * table["minutes"] / HOUR for mode, table in pieces(truth, share).items()}
    return {mode: float(hours.to_dict()[task]) for mode, hours in spent.items()}


def _allowed() -> dict[str, Collection[str]]:
    return {str(task): permitted(row) for task, row in _office().tasks().iterrows()}


def _broken(letters: str) -> list[str]:
    allowed = _allowed()
    return [task for task, mode in _plan(letters)[0].items() if mode not in allowed[task]]


def _best_letters() -> str:
    allowed, found = _allowed(), []
    for share in REVIEWS:
        hours = {task: _unsaved(task, share) for task in ASKED}
        modes = {task: min(allowed[task], key=hours[task].__getitem__) for task in ASKED}
        letters = _letters(modes, share)
        found.append((_saved(letters), letters))
    return max(found)[1]


def _saved(letters: str) -> float:
    return judged(_office(), *_plan(letters)).saved


def _share(letters: str) -> float:
    return 0.0 if _broken(letters) else _saved(letters) / _saved(_best_letters())


def _told(letters: str) -> str:
    if _broken(letters):
        return "這份計畫沒有放進辦公室，因為它違反嶼穗的規矩。"
    week, top = judged(_office(), *_plan(letters)), judged(_office(), *_plan(_best_letters()))
    gain = f"省 {week.saved:.1f}" if week.saved >= 0 else f"多花 {-week.saved:.1f}"
    return f"真的放進去，一週{gain} 小時、流出 {week.errors:.1f} 個錯；這些選項裡最多省 {top.saved:.1f} 小時、流出 {top.errors:.1f} 個錯。"


def _advice(letters: str) -> str:
    modes, share = _plan(letters)
    gates = declared()["gate"].to_dict()
    for task in _broken(letters):
        if gates[task]:
            return f"下一步：換「{NAMES[task]}」。{GATES[gates[task]]}不管省多少都留給人。"
        return f"下一步：換「{NAMES[task]}」。當責 4 以上的，沒有人看過就不出門。"
    top, top_share = _plan(_best_letters())
    loss = {task: _unsaved(task, share)[modes[task]] - _unsaved(task, share)[top[task]] for task in ASKED}
    worst = max(loss, key=loss.__getitem__)
    if loss[worst] > 0.3:
        return spaced(f"下一步：換「{NAMES[worst]}」。{_why(modes[worst], top[worst])}")
    return f"做法都對得差不多了。下一步：換「審稿時間」，試試比現在{'多' if top_share > share else '少'}。"


def _why(now: str, better: str) -> str:
    if better == "human":
        return "起草快，可是錯得多，審稿和收拾把省下的都賠回去。"
    if now == "human":
        return "這一項手做最貴，出錯的代價又小，可以放手。"
    return "錯流出去太貴，值得有人看一眼。" if better == "draft" else "它很少錯、錯了也好收拾，審稿的時間比它擋掉的錯還貴。"


@dataclass(frozen=True, kw_only=True)
class OwnDecision(Decision):
    """A decision whose best choice depends on the learner's own office."""

    best: str = ""

    def right(self) -> str:
        return _best_letters()

    def solution_text(self) -> str:
        picked = zip(self.right(), self.choices.items(), strict=True)
        return "；".join(f"{name}：{options[letter]}" for letter, (name, options) in picked)


# The code question.


def _hand_computed(*, review: bool = True, by_hand: bool = True, weekly: bool = True) -> pd.DataFrame:
    diary, trial = data().diary, data().trial
    times = diary.groupby("task").size() / WEEKS
    minutes = diary.groupby("task")["minutes"].mean()
    t = trial[trial["gate"].isna()].assign(times=times, minutes=minutes).dropna(subset=["times"])
    by_ai = t["wrong"] / t["drafts"]
    caught = trial["found"].sum() / trial["planted"].sum()
    base = t["minutes"] + (t["hand_wrong"] / t["checked"] * t["error_cost"] if by_hand else 0)
    draft = base - t["draft_minutes"] - (REVIEW * t["minutes"] if review else 0)
    draft = draft - by_ai * caught * t["fix_minutes"] - by_ai * (1 - caught) * t["error_cost"]
    auto = base - t["auto_minutes"] - by_ai * t["error_cost"]
    scale = t["times"] / HOUR if weekly else 1.0
    return pd.DataFrame({"draft": draft * scale, "auto": auto * scale})


QUESTIONS = (
    Number(
        prompt=(
            "下表是兩週的計時日記，依工作加總。\n\n**「私訊常見問題」一週花幾小時？** 四捨五入到小數第一位就好。"
        ),
        given=(
            'named = case.diary["task"].map(case.trial["name"]).rename("工作")\n'
            'case.diary.groupby(named)["minutes"].agg(["size", "sum"]).set_axis(["兩週的筆數", "兩週的分鐘"], axis=1)'
        ),
        truth=_asked_hours,
        tolerance=0.06,
        unit="小時",
        decimals=1,
        slips=(
            Slip(lambda: WEEKS * _asked_hours(), "這是兩週的合計。題目問一週，再除以 2。"),
            Slip(lambda: HOUR * _asked_hours(), "這是分鐘。除以 60 才是小時。"),
            Slip(lambda: WEEKS * HOUR * _asked_hours(), "這是兩週的分鐘。除以 60，再除以 2。"),
        ),
        explain="兩週的分鐘 ÷ 60 ÷ 2。短而頻繁的工作，一次只有幾分鐘，加起來才看得到。",
        hints=("找「私訊常見問題」那一列的「兩週的分鐘」。", "除以 60 變成小時，再除以 2 變成一週。"),
        wrong=(Wrong("很多", "看不出是哪個數字"), Wrong(400, "偏大")),
    ),
    Match(
        prompt=(
            "六件事排隊等你分派。嶼穗的規矩：危機、道歉、個資、健康或法律的說法，不管省多少都留給人；其餘照淨省的時間算。"
            "審稿抓得到六成的錯。\n\n**替每一件選一個去處。**"
        ),
        pairs={
            "宅配破損，客人要一封道歉": "C",
            "一張主圖改六個尺寸：手改 8 分、AI 1 分，幾乎不錯，錯了重改 15 分": "A",
            "新品文案：手寫 35 分，AI 12 分、審稿 7 分，五則錯一則，錯了收拾 90 分，要掛品牌的名": "B",
            "一般留言：手回 2.5 分，AI 0.5 分、審稿 0.5 分，六則錯一則，錯了收拾 45 分": "D",
            "得獎人的姓名電話，整理成寄件清單": "C",
            "粉絲問：我對堅果過敏，可以吃嗎": "C",
        },
        choices={"A": "全自動", "B": "AI 起草，人審", "C": "留給人：規矩", "D": "留給人：算起來賠"},
        why={
            "宅配破損，客人要一封道歉": "道歉要有人負責。客人要的不是一段通順的字。",
            "一張主圖改六個尺寸：手改 8 分、AI 1 分，幾乎不錯，錯了重改 15 分": "很少錯、錯了也便宜，再派人審反而更久。",
            "新品文案：手寫 35 分，AI 12 分、審稿 7 分，五則錯一則，錯了收拾 90 分，要掛品牌的名": "12 ＋ 7 ＋ 流出去的 0.2 × 0.4 × 90 ≈ 26，還比 35 少；要掛名，就要有人看過。",
            "一般留言：手回 2.5 分，AI 0.5 分、審稿 0.5 分，六則錯一則，錯了收拾 45 分": "0.5 ＋ 0.5 ＋ 流出去的 1/6 × 0.4 × 45 ＝ 4 分，比手回 2.5 分還久。",
            "得獎人的姓名電話，整理成寄件清單": "這是個資。把名單貼進工具之前，就已經出錯了。",
            "粉絲問：我對堅果過敏，可以吃嗎": "答錯會傷到人，這是健康的說法，留給看得懂標示的人。",
        },
        explain="先過規矩，再算帳。規矩擋的是「省得到也不能省」，算帳擋的是「看起來省、其實賠」。",
        points=3,
        hints=("先把四條規矩管到的挑出來。", "剩下三件，各算一次：AI ＋ 審稿 ＋ 流出的錯 × 收拾。"),
        wrong=(
            Wrong("BABDCC", "要有人負責"),
            Wrong("CABACC", "還久"),
            Wrong("CABDBC", "這是個資"),
            Wrong("CABDCB", "答錯會傷到人"),
            Wrong("CAB", "要給 6 個代號"),
        ),
    ),
    Choice(
        prompt=(
            "子晴拿 AI 試回了 12 則常見問題，一則都沒錯。「可以全自動了吧？」她說。答錯一則要收拾 30 分鐘，手回一則 4 分鐘。\n\n"
            "**哪一句最站得住腳？**"
        ),
        options={
            "A": Option("12 則全對，出錯率就是 0，可以全自動", "12 則沒看到錯，不等於沒有錯。真的錯率是一成五，12 則全對也有七分之一的機會。"),
            "B": Option("12 則太少，什麼都不能說", "說得出一件事：錯率不太可能高過兩成多。這已經能拿來算最壞的情況。"),
            "C": Option("錯率可能高到兩成多；用這個最壞的數字算一次，再多試幾十則", "對。"),
            "D": Option("AI 比人細心，錯率一定比子晴低", "子晴手回的錯率也要有人查過才知道。兩邊都沒有量，不能比。"),
        },
        answer="C",
        explain="12 則全對，95% 上限是 1 − 0.05 的 1/12 次方，約兩成二。0.22 × 30 已經超過手回的 4 分鐘，所以先多試。",
        hints=("如果真的錯率是一成，連續 12 則都對的機會是 0.9 的 12 次方，大約 28%。",),
        wrong=(Wrong("A", "不等於沒有錯"), Wrong("B", "說得出一件事"), Wrong("D", "都沒有量")),
    ),
    Number(
        prompt=(
            "業務說：「一則文案幾分鐘就好。」下表是你自己試做量到的。\n\n"
            "**照「AI 起草＋人審」做一則，比手寫淨省幾分鐘？** 賠的話填負的。手寫的錯先當作 0。"
        ),
        given="case.offer",
        truth=_net,
        tolerance=CLOSE,
        unit="分",
        decimals=1,
        slips=(
            Slip(lambda: _net(0), "這是起草的速度：手寫減掉起草。還有審稿、修改、流出去的錯。"),
            Slip(lambda: _net(1), "審稿和修改都扣了，還差一項：沒抓到、流出去的錯，要收拾。"),
            Slip(lambda: _net(2), "這樣等於審了稿卻一個錯都沒抓到。抓到的只要修，沒抓到的才要收拾。"),
            Slip(lambda: _net(3), "少扣了審稿的時間。錯會被抓到，是因為有人花時間看。"),
        ),
        explain="手寫 − 起草 − 審稿 − 錯 × 抓到 × 修 − 錯 × 沒抓到 × 收拾。業務只講了前兩項。",
        points=3,
        hints=("一共扣四項：起草、審稿、修抓到的錯、收拾沒抓到的錯。", "沒抓到的比例 ＝ 1 − 抓得到的比例。"),
        wrong=(Wrong("省很多", "看不出是哪個數字"), Wrong(500, "偏大")),
    ),
    OwnDecision(
        prompt=(
            "替你的辦公室分派七項工作，再訂一個審稿時間。其餘的先照這樣：剪輯與字幕、數據週報由 AI 起草人審，改尺寸、熱點蒐集全自動，"
            "過敏原、個資、危機留給人。\n\n"
            "嶼穗的規矩：危機、道歉、個資、健康或法律的說法留給人；文案、腳本、企劃要掛品牌的名，沒有人看過就不出門。"
            "表裡是照日記和試做預估的一週淨省（小時），**連規矩不允許的做法也列了出來**。面板是另一間辦公室的真相，拿來練手感。"
            "你的計畫會放進你這一間的真相；分數是省下的小時 ÷ 這些選項裡最多能省的，八成以上通過。"
        ),
        given=(
            "plan = xb.trends.automate(case.trial, case.audit)\n"
            "from IPython.display import display\n"
            'display(plan.options.set_axis(["留給人", "AI 起草＋人審", "全自動"], axis=1).set_axis(case.trial["name"].rename(None)).round(1) + 0.0)\n'
            "xb.panels.worktime_explorer(case.practice)"
        ),
        choices=CHOICES,
        share=_share,
        told=_told,
        advice=_advice,
        floor=0.65,
        enough=0.8,
        explain="規矩先過，再照淨省排；審稿審到多抓一個錯的好處，剛好等於多花的那幾分鐘。",
        points=4,
        hints=(
            "當責 4 以上的（文案、腳本、企劃），沒有人看過就不出門；道歉留給人。",
            "其餘的一列一列看，選規矩允許的裡面最大的；差不到 0.3 小時的，選哪個都可以。",
        ),
        wrong=(
            Wrong("BEHKNQT" + "W", "道歉"),
            Wrong("CEHKNQS" + "W", "沒有人看過就不出門"),
            Wrong("ADGJMPS" + "W", "可以放手"),
            Wrong("BE", "要給 8 個代號"),
        ),
    ),
    TableAnswer(
        prompt=(
            "**研究軌。** 不用 `automate()`，自己從 `case.diary` 和 `case.trial` 算一次。只算 `gate` 是空的工作。\n\n"
            "- 次數、分鐘：日記兩週，`times` 是一週的次數，`minutes` 是一次的平均\n"
            "- 出錯率：AI 是 `wrong / drafts`，手做是 `hand_wrong / checked`\n"
            "- 抓到的比例：全部工作的 `found` 總和 ÷ `planted` 總和；審稿花手做時間的 0.2 倍\n\n"
            "答案是一張表：索引是工作代號，`draft`、`auto` 兩欄是**一週的淨省小時**（手做的錯也要算收拾）。"
        ),
        truth=_hand_computed,
        slips=(
            Slip(lambda: _hand_computed(weekly=False), "這是一則的分鐘。乘上一週的次數，再除以 60。"),
            Slip(lambda: _hand_computed(by_hand=False), "手做也會錯。手做那一邊要加上 hand_wrong ÷ checked × error_cost。"),
            Slip(lambda: _hand_computed(review=False), "draft 少扣了審稿：0.2 × 手做的分鐘。"),
        ),
        stub='trial = case.trial\nminutes = case.diary.groupby("task")["minutes"]',
        solution=(
            't = trial[trial["gate"].isna()].assign(times=minutes.size() / 2, minutes=minutes.mean()).dropna(subset=["times"])\n'
            'wrong, caught = t["wrong"] / t["drafts"], trial["found"].sum() / trial["planted"].sum()\n'
            'base = t["minutes"] + t["hand_wrong"] / t["checked"] * t["error_cost"]\n'
            'draft = base - t["draft_minutes"] - 0.2 * t["minutes"]\n'
            'draft = draft - wrong * caught * t["fix_minutes"] - wrong * (1 - caught) * t["error_cost"]\n'
            'auto = base - t["auto_minutes"] - wrong * t["error_cost"]\n'
            'answer = pd.DataFrame({"draft": draft, "auto": auto}).mul(t["times"] / 60, axis=0)'
        ),
        research=True,
        points=4,
        explain="和 automate() 的差別：它不把 0 次出錯當成錯率 0，也替每項工作挑審稿時間，所以數字不會一樣。",
        hints=("`minutes.size() / 2` 是一週的次數，`minutes.mean()` 是一次的分鐘。", "draft 扣四項，auto 只扣兩項；最後一起乘 times / 60。"),
        wrong=(Wrong(3.2, "DataFrame"),),
    ),
)  # fmt: skip


# Predictions of the lesson.


@cache
def _lesson(weeks: int = 4) -> Audit:
    office = Office(LESSON_SEED)
    return audit(office.diary(weeks), office.tasks(), office.recalled())


def _all_given() -> float:
    office = Office(LESSON_SEED)
    return judged(office, dict.fromkeys(office.tasks().index, "auto"), 0.0).saved


def _planned() -> float:
    office = Office(LESSON_SEED)
    made = automate(office.trial(), _lesson())
    return judged(office, made.plan, made.review).saved


def _rules_cost() -> float:
    """Hours a week that the gated tasks would save at best, if they were not kept."""
    office = Office(LESSON_SEED)
    truth, gated = truth_of(office), office.tasks()["gate"].notna()
    least = pd.concat([table["minutes"] for share in REVIEWS for table in pieces(truth, share).values()], axis=1).min(axis=1)
    return float((truth["times"] * (pieces(truth, REVIEW)["human"]["minutes"] - least) / HOUR)[gated].sum())


LOOKED = (0.05, 0.1, 0.2, 0.35, 0.5, 0.75)


def _best_review() -> str:
    """The review with which the lesson's plan saves most, one share for every draft."""
    office = Office(LESSON_SEED)
    plan = automate(office.trial(), _lesson()).plan
    return f"{max(LOOKED, key=lambda share: judged(office, plan, share).saved):.0%}"


@cache
def _few_drafts() -> float:
    """Percent of the best that plans from four trial drafts a task reach, over the offices of the lesson's last part."""
    saved, most = 0.0, 0.0
    for office in map(Office, range(700, 712)):
        made = automate(office.trial(4), audit(office.diary(WEEKS)), draws=300)
        saved += judged(office, made.plan, made.review).saved
        most += best(office).saved
    return 100 * saved / most


def _hours(value: float) -> str:
    return f"{value:.1f} 小時".replace("-", "−")


def _signed(minus: str, plus: str) -> Callable[[float], str]:
    return lambda value: f"{plus if value >= 0 else minus} {abs(value):.1f} 小時"


PREDICTIONS = {
    "a": Prediction(
        prompt="計時四週，「一般留言」平均一週花幾小時？",
        truth=lambda: float(_lesson().table["hours"].to_dict()["comments"]),
        show=_hours,
        why="一次兩三分鐘，一天十幾次，每一次都小到記不住。",
        close=0.5,
    ),
    "b": Prediction(
        prompt="只記第一週，「一般留言」以外，有幾項工作的 90% 區間上下差到三倍以上？",
        truth=lambda: float(((t := _lesson(1).table.drop("comments"))["high"] > 3 * t["low"]).sum()),
        show=lambda value: f"{value:.0f} 項",
        why="一週只做兩三次的工作，運氣就占了大半；做了幾十次的，才看得準。",
        close=1,
    ),
    "c": Prediction(
        prompt="十四項全部交出去、不審稿，連收拾出錯的時間一起算，一週省幾小時？（多花就填負的）",
        truth=_all_given,
        show=_signed("多花", "省"),
        why="碼表停在草稿出來的那一刻，帳單在那之後才開始。",
        close=2,
    ),
    "d": Prediction(
        prompt="12 則試做都沒錯，真的出錯率最高可能到百分之幾（95% 上限）？",
        truth=lambda: 100 * (1 - 0.05 ** (1 / 12)),
        show=lambda value: f"{value:.0f}%",
        why="錯率兩成的工具，連續 12 則都對的機會還有二十分之一。",
        close=4,
    ),
    "e": Prediction(
        prompt="四項照規矩留給人的工作，如果也挑最省的做法交出去，一週真的會再省幾小時？",
        truth=_rules_cost,
        show=_hours,
        why="這幾項本來就錯不起，交出去省下的，大半又賠在收拾上。守規矩沒有想像中貴。",
        close=0.4,
    ),
    "f": Prediction(
        prompt="同一份計畫，審稿花手做時間的 5% 到 75%，哪一種一週省最多？",
        truth=_best_review,
        show=str,
        why="審太少，省下的審稿時間加倍賠在收拾上；審太多，多花的時間抓不到幾個錯。",
        options=tuple(f"{share:.0%}" for share in LOOKED),
    ),
    "g": Prediction(
        prompt="照算出來的計畫真的做下去，一週淨省幾小時？",
        truth=_planned,
        show=_signed("多花", "省"),
        why="比起草的速度說的少，比全部交出去好得多。",
        close=2,
    ),
    "h": Prediction(
        prompt="每項工作只試做 4 則，照淨省訂的計畫，平均能拿到「開著真相挑」的百分之幾？",
        truth=_few_drafts,
        show=lambda value: f"{value:.0f}%",
        why="換掉算法就贏了大半；多試幾則，是把剩下的那一段補上。",
        close=6,
    ),
}

