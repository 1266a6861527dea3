"""Who is on duty at the comments: a rota that nobody pays for alone, and the smallest reason when there is none.

Built on ``optimize.roster``. Shifts, loads and limits are design choices (設計參數); take the loads from your own ledger.
This is no legal advice: the rules of working hours go beyond it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd
from matplotlib.patches import Rectangle

from ...errors import AnswerError
from ...optimize.roster import TURN, Break, Roster, Shift, Worker, broken, in_turn, loads, roster, unfairness
from ...optimize.roster_model import staff
from ...optimize.schedule import Rule
from ...plotting import (
    BRICK,
    GRAIN,
    HAIRLINE,
    INK,
    PAPER,
    SEA,
    SECONDARY,
    SKY,
    VIOLET,
    Chart,
    chart,
    spaced,
    titled,
)

MOST_DAYS, MOST_PEOPLE = 31, 12
CRISIS = 3.0
"""Times the usual load on the shift of a crisis (設計參數)."""
RULES = {
    "need": "每個班都要有人",
    "off": "請假的人不排班",
    "most": "每個人的班數上限",
    "day": "一人一天最多一班",
    "rest": "下班到上班的休息",
    "row": "連續幾天排重班",
    "after": "危機班之後不接夜班",
}
_COLOURS = (SEA, SKY, GRAIN, VIOLET, SECONDARY, HAIRLINE)


@dataclass(frozen=True)
class Duty:
    """A shift of every day. start, end: hours of the day (25 is 1 a.m.). load: toxic items that are expected. need: people."""

    name: str
    start: int
    end: int
    load: float
    need: int = 1
    night: bool = False


DUTIES = (Duty("早班", 9, 15, 7), Duty("晚班", 15, 21, 12), Duty("夜班", 21, 25, 14, night=True))
"""Usual shifts with usual loads (設計參數); a night has the fewest comments and the most poison."""


@dataclass(frozen=True)
class RotaLimits:
    """row: days in a row with a heavy shift at most. heavy: load from which a shift is heavy. rest: hours between shifts at
    least. most: shifts of one person at most, None for any number. All are 設計參數."""

    row: int = 2
    heavy: float = 10.0
    rest: int = 11
    most: int | None = None


@dataclass(frozen=True, repr=False)
class Rota:
    """A rota. table: a row a day, a column a shift, names in the cells. share: a row a person: shifts, nights, crises, load,
    fair (the share their days allow), off. breaks: what it does not keep, a row each. status: ``optimal``, ``feasible``
    (the limit of time came first), ``infeasible``, ``turns`` (the list went round). why: when infeasible, what cannot hold
    together. ways: what of that would be enough to let go."""

    table: pd.DataFrame
    share: pd.DataFrame
    breaks: pd.DataFrame
    status: str
    why: tuple[str, ...] = ()
    ways: tuple[str, ...] = ()
    unfair: float = 0.0
    problem: Roster | None = field(default=None, compare=False)
    taken: TURN = field(default_factory=dict, compare=False)
    start: pd.Timestamp = field(default_factory=lambda: pd.Timestamp("2026-01-01"))

    @property
    def possible(self) -> bool:
        """Whether there is a rota."""
        return self.status not in ("infeasible", "unknown")

    def compare(self) -> pd.DataFrame:
        """This rota beside the list that goes round: rules broken by sort, and the largest distance from the fair share."""
        assert self.problem is not None
        other = _made(self.problem, in_turn(self.problem), "turns", self.start)
        return pd.DataFrame({"照名單輪": _counts(other), "排過的": _counts(self)})

    def say(self) -> str:
        """What there is, how fair, or why there is none, in 正體中文."""
        if self.status == "unknown":
            return "時間內沒有找到，也沒有證明排不出來。請減少天數或人數再試。"
        if not self.possible:
            told = f"排不出來。這{len(self.why)}條不能同時成立，而且一條都少不得：{'；'.join(self.why)}。"
            return spaced(told + (f"鬆開其中一條就排得出來：{'；或'.join(self.ways)}。" if self.ways else ""))
        kept = "規則全都守住" if self.breaks.empty else f"有{len(self.breaks)}處違反規則"
        best = {"optimal": "，證明沒有更公平的排法", "feasible": "，時間內找到最公平的"}.get(self.status, "")
        return spaced(
            f"{len(self.table)}天、{len(self.share)}個人：{kept}，離各自該分的最多差{self.unfair:.1f}則{best}。"
        )

    def plot(self) -> Chart:
        """The days as a grid, a colour a person; what breaks a rule has a brick frame."""
        return _picture(self)

    def __repr__(self) -> str:
        return f"{self.say()}\n附註：班別、負荷與上限都是設計參數；不是法律意見，工時規定另外查"


def rota(
    people: Sequence[str],
    days: int = 14,
    start: Any = "2026-10-05",
    *,
    leave: Mapping[str, Iterable[Any]] | None = None,
    crises: Iterable[tuple[Any, str]] = (),
    duties: Sequence[Duty] = DUTIES,
    limits: RotaLimits | None = None,
) -> Rota:
    """The fairest rota that keeps every rule, or the smallest reason why there is none.

    people: names. leave: dates by name. crises: (date, name of the shift) that burnt or will burn: CRISIS times the load, and
    no night within a day of it for whoever had it. Fair: loads near what the days of each allow, nights and shifts spread.

    Raises AnswerError for unknown names, shifts or dates outside, for more than MOST_PEOPLE or MOST_DAYS.

    >>> plan = rota(["阿洛", "子晴", "柏宇", "佩蓁"], 7, leave={"子晴": ["2026-10-07"]})
    >>> plan.possible, len(plan.breaks), bool((plan.table.loc["10/07 三"] == "子晴").any())
    (True, 0, False)
    """
    problem, first = _problem(people, days, start, leave or {}, list(crises), duties, limits or RotaLimits())
    found = staff(problem)
    if found.status in ("infeasible", "unknown"):
        empty = _made(problem, {}, found.status, first)
        why = _reasons(problem, found.conflict, first)
        ways = tuple(_way(problem, rule, first) for rule in found.ways if rule.sort != "day")
        return replace(empty, why=why, ways=ways, breaks=empty.breaks.iloc[:0])
    return _made(problem, found.taken, found.status, first)


def round_robin(
    people: Sequence[str],
    days: int = 14,
    start: Any = "2026-10-05",
    *,
    leave: Mapping[str, Iterable[Any]] | None = None,
    crises: Iterable[tuple[Any, str]] = (),
    duties: Sequence[Duty] = DUTIES,
    limits: RotaLimits | None = None,
) -> Rota:
    """The list goes round: the next name that is not on leave; arguments as ``rota``. Its breaks say what that costs.

    >>> round_robin(["阿洛", "子晴"], 2).table.iloc[0].tolist()
    ['阿洛', '子晴', '阿洛']
    """
    problem, first = _problem(people, days, start, leave or {}, list(crises), duties, limits or RotaLimits())
    return _made(problem, in_turn(problem), "turns", first)


def judged(plan: Rota, taken: TURN) -> Rota:
    """Another roster of the same problem, by position of the shift, with what it breaks."""
    assert plan.problem is not None
    return _made(plan.problem, taken, "given", plan.start)


# From names and dates to the problem.


def _problem(
    people: Sequence[str], days: int, start: Any, leave: Mapping[str, Iterable[Any]], crises: list[tuple[Any, str]],
    duties: Sequence[Duty], limits: RotaLimits,
) -> tuple[Roster, pd.Timestamp]:  # fmt: skip
    if isinstance(people, str) or not 1 <= len(people) <= MOST_PEOPLE:
        raise AnswerError(
            "people 要是一串名字", where="rota", next_step=f"1 到 {MOST_PEOPLE} 個人，例如 ['阿洛', '子晴']"
        )
    if not 1 <= days <= MOST_DAYS:
        raise AnswerError(f"{days} 天", where="days", next_step=f"請給 1 到 {MOST_DAYS}")
    if unknown := [name for name in leave if name not in people]:
        raise AnswerError(
            f"名單裡沒有「{unknown[0]}」", where="leave", next_step=f"名單是：{'、'.join(people)}"
        )
    first = pd.Timestamp(start).normalize()
    grave = {(_day(date, first, days, "crises"), _known(name, duties)) for date, name in crises}
    workers = [
        Worker(name, frozenset(_day(date, first, days, "leave") for date in leave.get(name, ())), limits.most)
        for name in people
    ]
    shifts = [
        Shift(
            f"{_date(first, day)} {duty.name}", day, 24 * day + duty.start, 24 * day + duty.end,
            duty.load * (CRISIS if (day, duty.name) in grave else 1), duty.need, duty.night, (day, duty.name) in grave,
        )
        for day in range(days)
        for duty in duties
    ]  # fmt: skip
    return roster(workers, shifts, heavy=limits.heavy, row=limits.row, rest=limits.rest), first


def _day(date: Any, first: pd.Timestamp, days: int, where: str) -> int:
    day = (pd.Timestamp(date).normalize() - first).days
    if not 0 <= day < days:
        raise AnswerError(f"{date} 不在這段期間", where=where, next_step=f"從 {first:%Y-%m-%d} 起 {days} 天")
    return day


def _known(name: str, duties: Sequence[Duty]) -> str:
    if name not in {duty.name for duty in duties}:
        raise AnswerError(
            f"沒有「{name}」這一班", where="crises", next_step=f"有的是：{'、'.join(d.name for d in duties)}"
        )
    return name


def _date(first: pd.Timestamp, day: int) -> str:
    date = first + pd.Timedelta(days=day)
    return f"{date:%m/%d} {'一二三四五六日'[date.day_of_week]}"


# From the roster back to words.


def _made(problem: Roster, taken: TURN, status: str, first: pd.Timestamp) -> Rota:
    cells: dict[str, dict[str, str]] = {}
    for at, shift in enumerate(problem.shifts):
        day = _date(first, shift.day)
        cells.setdefault(day, {})[shift.name.removeprefix(f"{day} ")] = "、".join(taken.get(at, ()))
    table = pd.DataFrame.from_dict(cells, orient="index").rename_axis("日期")
    found = broken(problem, taken)
    rows = [(problem.shifts[b.shift].name, b.who, _named(problem, b)) for b in found]
    breaks = pd.DataFrame(rows, columns=["班", "誰", "違反"])
    unfair = unfairness(problem, taken) if taken else 0.0
    return Rota(table, _shares(problem, taken), breaks, status, (), (), unfair, problem, taken, first)


def _shares(problem: Roster, taken: TURN) -> pd.DataFrame:
    given, share = loads(problem, taken), problem.share
    total, rows = sum(given.values()), {}
    for worker in problem.workers:
        mine = [problem.shifts[at] for at, who in taken.items() if worker.name in who]
        rows[worker.name] = {
            "班數": len(mine),
            "夜班": sum(s.night for s in mine),
            "危機班": sum(s.grave for s in mine),
            "惡意留言": given[worker.name],
            "該分到": share[worker.name] * total,
            "請假天數": len(worker.off),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("誰")


def _counts(plan: Rota) -> pd.Series:
    assert plan.problem is not None
    found = broken(plan.problem, plan.taken)
    sorts = {RULES[sort]: sum(b.rule.sort == sort for b in found) for sort in RULES if sort != "most"}
    return pd.Series({**sorts, "離該分的最多差（則）": round(plan.unfair, 1)}, dtype=object)


def _named(problem: Roster, found: Break) -> str:
    return {
        "need": "人數不對",
        "off": "排到請假的人",
        "most": "班數超過上限",
        "day": "同一天兩班",
        "rest": f"休息不到 {problem.rest} 小時",
        "row": f"連續 {problem.row + 1} 天重班",
        "after": "危機班後一天內接夜班",
    }[found.rule.sort]


def _word(problem: Roster, rule: Rule, first: pd.Timestamp) -> str:
    """A rule as part of a sentence."""
    if rule.sort == "off":
        days = next(w.off for w in problem.workers if w.name == rule.name)
        return f"{rule.name}請假（{'、'.join(_date(first, day) for day in sorted(days))}）"
    return {
        "need": f"{rule.name}要有人",
        "most": f"{rule.name}的班數上限",
        "day": "一人一天最多一班",
        "rest": f"下班到上班至少{problem.rest}小時",
        "row": f"重班最多連續{problem.row}天",
        "after": "危機班之後一天內不接夜班",
    }[rule.sort]


def _way(problem: Roster, rule: Rule, first: pd.Timestamp) -> str:
    """What it would mean to let a rule go."""
    words = _word(problem, rule, first)
    if rule.sort == "need":
        return f"{rule.name}不開"
    return (
        f"和{rule.name}商量換假{words.removeprefix(f'{rule.name}請假')}"
        if rule.sort == "off"
        else f"不守「{words}」"
    )


def _reasons(problem: Roster, rules: Sequence[Rule], first: pd.Timestamp) -> tuple[str, ...]:
    return tuple(spaced(_word(problem, rule, first)) for rule in rules)


def _picture(plan: Rota) -> Chart:
    names, days, shifts = list(plan.share.index), list(plan.table.index), list(plan.table.columns)
    figure, ax = chart(10, 1.9 + 0.48 * len(shifts))
    bad = set(zip(plan.breaks["班"], plan.breaks["誰"], strict=True))
    for x, day in enumerate(days):
        for y, shift in enumerate(shifts):
            cell = [name for name in str(plan.table.loc[day, shift]).split("、") if name]
            for n, name in enumerate(cell):
                width = 0.94 / len(cell)
                colour = _COLOURS[names.index(name) % len(_COLOURS)]
                wrong = (f"{day} {shift}", name) in bad
                box = Rectangle((x + 0.03 + n * width, y + 0.06), width, 0.88, facecolor=colour, edgecolor=BRICK if wrong else PAPER,
                                linewidth=3 if wrong else 1, zorder=3 if wrong else 2)  # fmt: skip
                ax.add_patch(box)
                ax.text(x + 0.03 + (n + 0.5) * width, y + 0.5, name[:2], ha="center", va="center", zorder=4,
                        fontsize=10, color=INK if colour in (GRAIN, SKY, HAIRLINE) else PAPER)  # fmt: skip
    for x, day in enumerate(days):
        for y, shift in enumerate(shifts):
            if f"{day} {shift}要有人" in plan.why:
                ax.add_patch(
                    Rectangle((x + 0.06, y + 0.08), 0.88, 0.84, fill=False, edgecolor=BRICK, linewidth=3)
                )
                ax.text(x + 0.5, y + 0.5, "？", ha="center", va="center", fontsize=14, color=BRICK)
    _grid(ax, plan, days, shifts)
    heading = (
        plan.say().split("：", 1)[-1].rstrip("。")
        if plan.possible
        else spaced(f"排不出來：{len(plan.why)}條不能同時成立")
    )
    frames = "粗框是違反規則的班" if plan.possible else "問號是卡住的班"
    titled(ax, heading, f"一格一班；{frames}；菱形是危機班；負荷是設計參數")
    figure.summary = plan.say()
    return figure


def _grid(ax: Any, plan: Rota, days: list[str], shifts: list[str]) -> None:
    assert plan.problem is not None
    ax.set_xlim(0, len(days))
    ax.set_ylim(len(shifts), 0)
    ax.set_xticks([x + 0.5 for x in range(len(days))], [day.replace(" ", "\n") for day in days])
    ax.set_yticks([y + 0.5 for y in range(len(shifts))], shifts)
    ax.tick_params(length=0, colors=SECONDARY)
    ax.grid(False)
    for spine in ax.spines.values():
        spine.set_color(HAIRLINE)
    for shift in plan.problem.shifts:
        if shift.grave:
            row = next(y for y, name in enumerate(shifts) if shift.name.endswith(name))
            ax.plot(
                [shift.day + 0.12], [row + 0.2], "D", color=INK, markeredgecolor=PAPER, markersize=7, zorder=5
            )
