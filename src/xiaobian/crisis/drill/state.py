"""A drill as a pure state and the one function that moves it: the panel, a script and a replay all go through ``step``.

>>> from .setup import Setup
>>> state = step(opening(Setup("wrong_price", 1)), Move("advance", 90))
>>> state.minute, step(state, Move("decide", 90, choice="inform")).first_reply
(90, 90)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import pandas as pd

from ...errors import AnswerError, NotFound
from ...sandbox.crisis.responses import Response
from ...sandbox.crisis.scenarios import STRATEGIES, Amplifier, Decision, Fact, Option
from ...sandbox.crisis.state import OpenDecision
from ...sandbox.crisis.values import SILENCE
from .kpis import Kpis
from .said import LONGEST_TEXT, Said, composed
from .setup import HOUR, ScheduledPost, Setup
from .world import Comment, World, begin, follow, run_to

ACTIONS = {"reply": "回覆", "hide": "隱藏", "escalate": "上報", "leave": "不處理"}
LETTERS = {"r": "reply", "h": "hide", "e": "escalate", "l": "leave"}
JOIN = "+"
_LOOKED = "_looked"
"""Where a state keeps how many comments the one before had looked at, and which of them were flagged."""


@dataclass(frozen=True)
class Move:
    """One thing done. kind: advance, decide, act, pause or resume. minute: when; for advance, until when.

    subject: number of the comment (act). choice: option id, strategies joined by ``+``, or action. text: own words (decide).
    """

    kind: str
    minute: int
    subject: int = 0
    choice: str = ""
    text: str = ""


@dataclass(frozen=True)
class Act:
    """What was done about a comment, and when."""

    number: int
    action: str
    minute: int


@dataclass(frozen=True)
class DrillState:
    """Where a drill stands. Two states are equal when the setup, the minute and the moves are.

    moves: everything but the passing of time. said: answers so far. acts: by comment number. out, held: scheduled posts
    that went out, or were held back by a pause. taken: what was answered to each decision, by its position.
    """

    setup: Setup
    minute: int = 0
    moves: tuple[Move, ...] = ()
    paused: bool = False
    said: tuple[Said, ...] = field(default=(), compare=False)
    acts: Mapping[int, Act] = field(default_factory=dict, compare=False)
    out: tuple[ScheduledPost, ...] = ()
    held: tuple[ScheduledPost, ...] = ()
    taken: Mapping[int, str] = field(default_factory=dict, compare=False)
    world: World = field(default=None, compare=False, repr=False)  # type: ignore[assignment]

    @property
    def done(self) -> bool:
        """Whether the time is over."""
        return self.minute >= self.setup.minutes

    @property
    def time(self) -> pd.Timestamp:
        """Taipei time."""
        return self.setup.start + pd.Timedelta(minutes=self.minute)

    @property
    def title(self) -> str:
        """Title of the scenario."""
        return self.setup.told.title

    @property
    def brief(self) -> str:
        """What the team saw at minute 0."""
        return self.setup.told.brief

    @property
    def platform(self) -> str:
        """Where it started."""
        return self.setup.told.start_platform

    @property
    def facts(self) -> tuple[Fact, ...]:
        """What the team knows by now, oldest first."""
        now = self.minute / HOUR
        return tuple(f for f in self.setup.told.facts if f.known_to != "nobody_yet" and f.hour <= now)

    @property
    def accounts(self) -> tuple[Amplifier, ...]:
        """Large accounts that have posted by now."""
        return tuple(a for a in self.setup.told.kol if a.hour * HOUR <= self.minute)

    @property
    def _reached(self) -> tuple[int, Decision] | None:
        found = [(n, d) for n, d in enumerate(self.setup.told.decisions) if d.hour * HOUR <= self.minute]
        return found[-1] if found else None

    @property
    def decision(self) -> OpenDecision | None:
        """The decision that waits, or None; the strategies behind its options are not shown."""
        found = self._reached
        if self.done or found is None or found[0] in self.taken:
            return None
        return OpenDecision.of(*found)

    def option(self, id: str) -> Option | None:
        """The option of the open decision with that id, or None."""
        found = self._reached if self.decision else None
        return next((option for option in found[1].options if option.id == id), None) if found else None

    @property
    def decision_since(self) -> int | None:
        """The minute at which the open decision opened."""
        return round(self._reached[1].hour * HOUR) if self.decision and self._reached else None

    @property
    def next_decision(self) -> int | None:
        """The minute of the next decision, or None after the last."""
        later = [round(d.hour * HOUR) for d in self.setup.told.decisions if d.hour * HOUR > self.minute]
        return later[0] if later else None

    @cached_property
    def comments(self) -> tuple[Comment, ...]:
        """Everything under the brand's own post so far, oldest first."""
        return self.world.until(self.minute)

    @cached_property
    def waiting(self) -> tuple[Comment, ...]:
        """Comments nobody has dealt with yet, oldest first."""
        return tuple(comment for comment in self.comments if comment.number not in self.acts)

    @cached_property
    def flagged(self) -> tuple[int, ...]:
        """Numbers of the comments so far that may not wait, oldest first, whether dealt with or not."""
        looked, known = self.__dict__.get(_LOOKED, (0, ()))
        return known + tuple(c.number for c in self.comments[looked:] if c.flag)

    @property
    def upcoming(self) -> tuple[ScheduledPost, ...]:
        """Scheduled posts that are still to come."""
        return tuple(post for post in self.setup.posts if post.minute > self.minute)

    @property
    def first_reply(self) -> int | None:
        """The minute of the first answer the public could read, or None."""
        return next((said.minute for said in self.said if said.response.spoken), None)

    @cached_property
    def kpis(self) -> Kpis:
        """Live numbers."""
        return Kpis.of(self)


def opening(setup: Setup, *, worded: bool = True) -> DrillState:
    """A drill at minute 0; without words for its comments where only their labels matter."""
    return DrillState(setup, world=begin(setup, worded))


def step(state: DrillState, move: Move) -> DrillState:
    """The state after a move; time passes first if the move is of a later minute.

    Raises NotFound for an option, strategy, comment or action that is not there, AnswerError for a move of the past, one
    after the end, or one that makes no sense.
    """
    if move.kind not in _STEPS:
        raise NotFound(f"沒有「{move.kind}」這種動作", next_step=f"可用的有：{'、'.join(_STEPS)}")
    if move.minute < state.minute:
        raise AnswerError(
            f"第 {move.minute} 分鐘已經過了", where="演練", next_step=f"現在是第 {state.minute} 分鐘"
        )
    if move.kind == "advance":
        return _knowing(state, _advance(state, move))
    now = _advance(state, move) if move.minute > state.minute else state
    if now.done:
        raise AnswerError("演練已經結束，不能再動", next_step="看結果用 review()；想再試一次，請另開一場")
    return _knowing(state, replace(_STEPS[move.kind](now, move), moves=(*now.moves, move)))


def _knowing(old: DrillState, new: DrillState) -> DrillState:
    """The new state, which need not read again what the old one has read."""
    known = (len(old.comments), old.flagged) if "flagged" in old.__dict__ else old.__dict__.get(_LOOKED)
    if known:
        new.__dict__[_LOOKED] = known
    return new


def _advance(state: DrillState, move: Move) -> DrillState:
    until = min(move.minute, state.setup.minutes)
    world = run_to(state.world, -(-until // HOUR))
    due = tuple(post for post in state.setup.posts if state.minute < post.minute <= until)
    out, held = ((), due) if state.paused else (due, ())
    return replace(state, minute=until, world=world, out=state.out + out, held=state.held + held)


def _decide(state: DrillState, move: Move) -> DrillState:
    if len(move.text) > LONGEST_TEXT:
        raise AnswerError(
            f"文字有 {len(move.text)} 字", where="text", next_step=f"請寫在 {LONGEST_TEXT} 字以內"
        )
    found, open_ = state._reached, state.decision
    option, names = state.option(move.choice), tuple(name for name in move.choice.split(JOIN) if name)
    if option is None and (not names or not set(names) <= set(STRATEGIES)):
        ids = f"選項 {'、'.join(open_.options)}，或" if open_ else ""
        raise NotFound(
            f"現在沒有「{move.choice}」這個回應", next_step=f"可用的有：{ids}策略 {'、'.join(STRATEGIES)}"
        )
    if move.text.strip() and set(option.strategy if option else names) == {SILENCE}:
        raise AnswerError("選了沉默，就不會貼出文字", next_step="把文字清空，或換一個策略")
    said = composed(state, option, names, move.text)
    taken = (
        {**state.taken, found[0]: option.id if option else JOIN.join(names)}
        if open_ and found
        else state.taken
    )
    paused = state.paused or said.response.pauses_schedule
    world = follow(state.world, [said.response])
    return replace(state, said=(*state.said, said), taken=taken, paused=paused, world=world)


def _act(state: DrillState, move: Move) -> DrillState:
    if move.choice not in ACTIONS:
        raise NotFound(f"沒有「{move.choice}」這種處理", next_step=f"可用的有：{'、'.join(ACTIONS)}")
    if not 1 <= move.subject <= len(state.comments):
        raise NotFound(f"現在沒有第 {move.subject} 號留言", next_step=f"編號是 1 到 {len(state.comments)}")
    before = state.acts.get(move.subject)
    if before and before.action != "leave":
        raise AnswerError(f"第 {move.subject} 號留言已經{ACTIONS[before.action]}了", next_step="請處理下一則")
    return replace(state, acts={**state.acts, move.subject: Act(move.subject, move.choice, move.minute)})


def _schedule(state: DrillState, move: Move) -> DrillState:
    pause = move.kind == "pause"
    if pause == state.paused:
        raise AnswerError(
            "排程已經停了" if pause else "排程沒有停",
            next_step="要讓它繼續，用 resume_posts()" if pause else "要停，用 pause_posts()",
        )
    hour = state.world.crisis.hour
    touched = Response(hour, state.minute / HOUR, (), pauses_schedule=pause, resumes_schedule=not pause)
    return replace(state, paused=pause, world=follow(state.world, [touched]))


_STEPS: dict[str, Callable[[DrillState, Move], DrillState]] = {
    "advance": _advance,
    "decide": _decide,
    "act": _act,
    "pause": _schedule,
    "resume": _schedule,
}
