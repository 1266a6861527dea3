"""What each learner of lesson 5.4 gets: a ledger, a week whose nights are open, and the question that is answered by the drill."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from ..crisis.care.exposure_ledger import exposure
from ..crisis.care.hostile import HostileReview, best_record, checked, comments, review
from ..crisis.care.rostering import Duty, Rota, RotaLimits, judged, rota
from ..errors import KitError
from ..sandbox.handling import handled_comments
from ..sandbox.streams import generator
from .parsing import Mismatch
from .questions import Decision

TEAM = ("阿洛", "子晴", "柏宇", "佩蓁")
DAYS, START = 7, "2026-10-19"
OPEN = (Duty("晚班", 15, 21, 12), Duty("夜班", 21, 25, 14, night=True))
_URGENT = ("排到", "同一", "危機", "連續", "休息", "班數", "人數")
"""Beginnings of what can be broken, what is plainest first."""
NIGHTS = 2
"""Nights of one person at most."""
DRILL = 10
"""Comments of the drill; ENOUGH of them have to be answered."""
ENOUGH = 8


@dataclass(frozen=True)
class Mine:
    """The learner's own. ledger: a row a person. duty: a row a day, evenings given, nights open. handled: a row a comment."""

    ledger: pd.DataFrame
    duty: pd.DataFrame
    handled: pd.DataFrame

    def __repr__(self) -> str:
        return f"三個人的接觸紀錄、一張夜班還空著的班表、{len(self.handled):,} 則處理過的留言（島嶼沙盒模擬資料）"


@cache
def handled(seed: int) -> pd.DataFrame:
    """Two weeks of handled comments; who is who differs from learner to learner."""
    table = handled_comments(seed)
    names = list(dict.fromkeys(table["person"]))
    other = dict(zip(names, generator(seed, "names").permutation(names), strict=True))
    return table.assign(person=table["person"].map(other)).drop(columns="shift")


@cache
def ledger(seed: int) -> pd.DataFrame:
    """A row a person: comments handled, toxic ones, hours on duty; in the order of comments."""
    table = exposure(handled(seed)).table[["comments", "toxic", "hours"]]
    named = table.set_axis(["處理的留言", "其中惡意", "值班小時"], axis=1).rename_axis("誰")
    return named.sort_values("處理的留言", ascending=False)


@lru_cache(maxsize=32)
def week(seed: int) -> Rota:
    """A week with one crisis and leave for two, whose best rota keeps every rule and gives nobody more than NIGHTS nights."""
    rng = generator(seed, "week")
    dates = [f"{date:%Y-%m-%d}" for date in pd.date_range(START, periods=DAYS)]
    while True:
        who = [str(name) for name in rng.permutation(TEAM)[:2]]
        days = rng.permutation(np.arange(1, DAYS))
        leave = {who[0]: [dates[days[0]]], who[1]: [dates[days[1]]]}
        crisis = (dates[int(rng.integers(1, 4))], "晚班")
        found = rota(TEAM, DAYS, START, leave=leave, crises=[crisis], duties=OPEN, limits=RotaLimits(most=4))
        if found.possible and int(found.share["夜班"].max()) <= NIGHTS:
            return found


def duty(seed: int) -> pd.DataFrame:
    """The week as the learner sees it: evenings, who is on leave, and what burns."""
    found = week(seed)
    assert found.problem is not None
    off = {w.name: w.off for w in found.problem.workers}
    grave = {shift.day for shift in found.problem.shifts if shift.grave}
    table = found.table[["晚班"]].assign(夜班="？")
    table["請假"] = ["、".join(n for n in TEAM if day in off[n]) for day in range(DAYS)]
    table["備註"] = ["危機班" if day in grave else "" for day in range(DAYS)]
    return table


def nights(seed: int, letters: str) -> Rota:
    """The week with the learner's nights, a letter a day."""
    found = week(seed)
    assert found.problem is not None
    names = dict(zip("ABCD", TEAM, strict=True))
    taken = dict(found.taken)
    for at, shift in enumerate(found.problem.shifts):
        if shift.night:
            taken[at] = (names[letters[shift.day]],)
    return judged(found, taken)


def best_nights(seed: int) -> str:
    """The nights that keep every rule."""
    by_name = dict(zip(TEAM, "ABCD", strict=True))
    return "".join(by_name[name] for name in week(seed).table["夜班"])


def faults(seed: int, letters: str) -> list[str]:
    """What the learner's nights break, a sentence each."""
    found = nights(seed, letters)
    rows = found.breaks.sort_values("違反", key=lambda column: column.str[:2].map(_URGENT.index))
    told = [f"{row['班']}的{row['誰']}：{row['違反']}" for _, row in rows.iterrows()]
    late = found.share["夜班"]
    return told + [f"{name}有 {n} 個夜班（上限 {NIGHTS} 個）" for name, n in late.items() if n > NIGHTS]


@cache
def reviewed(seed: int, record: str) -> HostileReview:
    """The review of a record on the learner's own comments."""
    return review(comments("own", seed, DRILL), record)


@dataclass(frozen=True, kw_only=True)
class HostileDrill(Decision):
    """The drill 停、標、選: the answer is its record, two letters a comment, ``--`` for one that was skipped."""

    choices: Any = None
    share: Any = None
    told: Any = None
    advice: Any = None
    best: str = ""
    seed: Any = None
    kind: ClassVar[str] = "演練"

    def how(self) -> str:
        return "一則一則：停、標、選。做完（或到此為止）再按「檢查」。"

    def parse(self, answer: Any) -> str:
        try:
            return checked(str(answer), DRILL)
        except KitError as error:
            raise Mismatch(str(error)) from error

    def right(self) -> str:
        return best_record(comments("own", self.seed(), DRILL))

    def solution_text(self) -> str:
        return "先標再選：" + self.right()


@dataclass(frozen=True, kw_only=True)
class Nights(Decision):
    """A decision about the learner's own nights."""

    best: str = ""
    seed: Any = None

    def right(self) -> str:
        return best_nights(self.seed())

    def solution_text(self) -> str:
        return "；".join(f"{day}：{name}" for day, name in week(self.seed()).table["夜班"].items())
