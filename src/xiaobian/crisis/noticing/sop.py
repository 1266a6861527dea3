"""The standard procedure of one incident as a machine: what may be done next, who decides, what is due when, what is late.

Levels, deadlines, owners and artefacts are those of ``datasets/reference/severity_levels.csv`` (設計參數).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from ...errors import AnswerError
from ...plotting import spaced
from ...tables import TAIPEI
from .severity import LEVELS, Level, levels

STATES = {
    "new": "剛發現",
    "assessed": "已分級",
    "acknowledged": "已先回一句",
    "answered": "已給實質內容",
    "watching": "觀察中",
    "closed": "結案",
    "reviewed": "檢討完",
}
MOVES = {
    ("new", "assess"): "assessed",
    ("assessed", "acknowledge"): "acknowledged",
    ("assessed", "dismiss"): "closed",
    ("acknowledged", "answer"): "answered",
    ("acknowledged", "watch"): "watching",
    ("answered", "answer"): "answered",
    ("answered", "watch"): "watching",
    ("watching", "answer"): "answered",
    ("watching", "close"): "closed",
    ("closed", "reopen"): "assessed",
    ("closed", "review"): "reviewed",
}
STEPS = {
    "assess": "分級",
    "acknowledge": "先回一句",
    "dismiss": "判定為誤報",
    "answer": "給實質內容",
    "watch": "轉觀察",
    "close": "結案",
    "reopen": "重啟",
    "review": "檢討",
    "deliver": "交付",
    "escalate": "升級",
    "deescalate": "降級",
}
OWNED = ("answer", "close", "dismiss", "deescalate")
"""Steps that only an owner of the level may take."""
OPEN = ("assessed", "acknowledged", "answered", "watching")
FIRST_OF_S4 = 0
"""Place of the artefact that comes before any word at S4: stop all content."""


@dataclass(frozen=True)
class Entry:
    """A line of the log."""

    at: pd.Timestamp
    step: str
    by: str
    level: str
    state: str
    note: str = ""


@dataclass(frozen=True, repr=False)
class Incident:
    """One incident; every step gives a new one, the old one stays as it was.

    opened: when it was noticed (Taipei). due: when the first reply and the substance are due, by name. done: when they were
    given. delivered: artefacts that exist.
    """

    opened: pd.Timestamp
    level: str = ""
    state: str = "new"
    due: tuple[tuple[str, pd.Timestamp], ...] = ()
    done: tuple[tuple[str, pd.Timestamp], ...] = ()
    delivered: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()

    @property
    def rules(self) -> Level:
        """Deadlines, owners and artefacts of its level; raises AnswerError before it has one."""
        if not self.level:
            raise AnswerError("這件事還沒分級", where="incident", next_step='先執行 .step("assess", level=…)')
        return levels()[self.level]

    @property
    def missing(self) -> tuple[str, ...]:
        """Artefacts of its level that do not exist yet."""
        return tuple(a for a in self.rules.artefacts if a not in self.delivered) if self.level else ()

    @property
    def legal(self) -> tuple[str, ...]:
        """Steps that may be taken now."""
        moves = [step for state, step in MOVES if state == self.state and not self._hindrance(step)]
        if self.state in OPEN:
            place = LEVELS.index(self.level)
            moves += ["deliver"] if self.missing else []
            moves += ["escalate"] if place < len(LEVELS) - 1 else []
            moves += ["deescalate"] if place > 0 else []
        return tuple(moves)

    def step(
        self, name: str, at: Any, by: str, *, level: str = "", artefact: str = "", note: str = ""
    ) -> Incident:
        """Take a step. level: for assess, escalate (a higher one; the next if empty). artefact: for deliver.

        Raises AnswerError for a step that is not possible now, saying which are; for a time before the last step; for
        someone who may not decide it.
        """
        moment = _moment(at)
        self._allowed(name, moment, by)
        if name == "assess":
            return self._levelled(_known(level), moment)._logged(moment, name, by, note)
        if name in ("escalate", "deescalate"):
            return self._levelled(self._next(name, level), moment)._logged(moment, name, by, note)
        if name == "deliver":
            return self._given(artefact)._logged(moment, name, by, note or artefact)
        new = replace(self, state=MOVES[self.state, name])
        if name == "reopen":
            new = replace(new, done=(), due=())._levelled(self.level, moment)
        if name in ("acknowledge", "answer") and name not in dict(new.done):
            new = replace(new, done=(*new.done, (name, moment)))
        return new._logged(moment, name, by, note)

    def _allowed(self, name: str, moment: pd.Timestamp, by: str) -> None:
        last = self.entries[-1].at if self.entries else self.opened
        if name not in STEPS:
            raise AnswerError(
                f"沒有「{name}」這一步", where="step()", next_step=f"可用的有：{'、'.join(STEPS)}"
            )
        if moment < last:
            raise AnswerError(
                f"{moment:%m/%d %H:%M} 比上一步還早",
                where="at",
                next_step=f"上一步是 {last:%m/%d %H:%M}，請照先後記",
            )
        if why := self._hindrance(name):
            raise AnswerError(why[0], where=f"步驟 {name}", next_step=why[1])
        if name not in self.legal:
            could = "、".join(f"{step}（{STEPS[step]}）" for step in self.legal) or "沒有了"
            raise AnswerError(
                f"現在是「{STATES[self.state]}」，不能{STEPS[name]}",
                where=f"步驟 {name}",
                next_step=f"現在可以做的：{could}",
            )
        if name in OWNED and by not in self.rules.owners:
            raise AnswerError(
                f"{self.level} 的「{STEPS[name]}」不是 {by} 能決定的",
                where="by",
                next_step=f"請找：{'、'.join(self.rules.owners)}",
            )

    def _hindrance(self, name: str) -> tuple[str, str] | None:
        """Why a step that the state allows is still not possible, and what to do about it."""
        if (self.state, name) not in MOVES or not self.level:
            return None
        stop = self.rules.artefacts[FIRST_OF_S4]
        if name == "acknowledge" and self.level == "S4" and stop not in self.delivered:
            return f"S4 要先{stop}，才對外說話", f'先執行 .step("deliver", …, artefact="{stop}")'
        if name == "watch" and self.state == "acknowledged" and self.rules.substance:
            return f"{self.level} 只先回一句不夠", "先給實質內容（answer），再轉觀察"
        if name == "close" and self.missing:
            return f"還有 {len(self.missing)} 樣沒交：{'、'.join(self.missing)}", "補齊之後再結案"
        return None

    def _next(self, name: str, level: str) -> str:
        place = LEVELS.index(self.level)
        if name == "deescalate":
            return LEVELS[place - 1]
        wanted = _known(level) if level else LEVELS[place + 1]
        if LEVELS.index(wanted) <= place:
            raise AnswerError(
                f"現在已經是 {self.level}", where="level", next_step="往下請用 deescalate，一次一級"
            )
        return wanted

    def _levelled(self, level: str, moment: pd.Timestamp) -> Incident:
        """At a level from a moment on; a deadline only ever gets nearer, and what is done stays done."""
        rule, old = levels()[level], dict(self.due) if self.entries and self.state in OPEN else {}
        start = self.opened if not self.entries else moment
        minutes = {"acknowledge": rule.first_reply, "answer": rule.substance}
        due = {n: start + pd.Timedelta(minutes=m) for n, m in minutes.items() if m is not None}
        due = {n: min(t, old[n]) if n in old else t for n, t in {**old, **due}.items()}
        state = "assessed" if self.state == "new" else self.state
        return replace(self, level=level, state=state, due=tuple(due.items()))

    def _given(self, artefact: str) -> Incident:
        if artefact not in self.missing:
            raise AnswerError(
                f"{self.level} 沒有「{artefact}」要交"
                if artefact not in self.delivered
                else f"「{artefact}」已經交了",
                where="artefact",
                next_step=f"還沒交的：{'、'.join(self.missing)}",
            )
        return replace(self, delivered=(*self.delivered, artefact))

    def _logged(self, moment: pd.Timestamp, step: str, by: str, note: str) -> Incident:
        return replace(self, entries=(*self.entries, Entry(moment, step, by, self.level, self.state, note)))

    @property
    def log(self) -> pd.DataFrame:
        """A row a step: at, step, by, level, state, note."""
        columns = ["at", "step", "by", "level", "state", "note"]
        rows = [(e.at, STEPS[e.step], e.by, e.level, STATES[e.state], e.note) for e in self.entries]
        return pd.DataFrame(rows, columns=columns)

    def clock(self, now: Any) -> pd.DataFrame:
        """A row a deadline: what, due, done (missing while open), minutes (late if above 0, left if below), late."""
        moment, done = _moment(now), dict(self.done)
        rows = []
        for name, due in self.due:
            given = done.get(name)
            minutes = ((given if given is not None else moment) - due) / pd.Timedelta(minutes=1)
            rows.append((STEPS[name], due, given, minutes, minutes > 0))
        return pd.DataFrame(rows, columns=["what", "due", "done", "minutes", "late"])

    def late(self, now: Any) -> tuple[str, ...]:
        """What is not done and overdue now, in words."""
        table = self.clock(now)
        open_ = table[table["late"] & table["done"].isna()]
        return tuple(spaced(f"{r.what}晚了{r.minutes:.0f}分鐘") for r in open_.itertuples())

    def say(self, now: Any = None) -> str:
        """Where it stands, who decides, what is late, what may be done next, in 正體中文."""
        if not self.level:
            return spaced(f"{self.opened:%m/%d %H:%M}發現，還沒分級。")
        rule = self.rules
        told = f"{self.level}{rule.name}，{STATES[self.state]}；負責：{'、'.join(rule.owners)}。"
        if now is not None and (late := self.late(now)):
            told += f"遲了：{'、'.join(late)}。"
        if self.missing and self.state in OPEN:
            told += f"還沒交：{'、'.join(self.missing)}。"
        steps = "、".join(STEPS[step] for step in self.legal)
        return spaced(told + (f"接下來可以：{steps}。" if steps else "流程走完了。"))

    def __repr__(self) -> str:
        return self.say()


def incident(opened: Any) -> Incident:
    """A new incident, noticed at a time (Taipei if it has no zone); the deadlines run from then.

    >>> one = incident("2026-10-19 20:00").step("assess", "2026-10-19 20:10", "小編", level="S2")
    >>> one.late("2026-10-19 21:05"), "先回一句" in one.say()
    (('先回一句晚了 5 分鐘',), True)
    """
    return Incident(_moment(opened))


def _moment(at: Any) -> pd.Timestamp:
    try:
        moment = pd.Timestamp(at)
    except (ValueError, TypeError) as problem:
        raise AnswerError(
            f"讀不懂時間「{at}」", where="at", next_step="請用 2026-10-19 20:00 這種寫法"
        ) from problem
    if moment is pd.NaT:
        raise AnswerError("時間是空的", where="at", next_step="請用 2026-10-19 20:00 這種寫法")
    return moment.tz_localize(TAIPEI) if moment.tz is None else moment.tz_convert(TAIPEI)


def _known(level: str) -> str:
    if level not in LEVELS:
        raise AnswerError(f"沒有「{level}」這一級", where="level", next_step=f"可用的有：{'、'.join(LEVELS)}")
    return level
