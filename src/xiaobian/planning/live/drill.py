"""A live sale that runs second by second with one pair of hands: a pure state, what moves it, and the drill around it.

>>> drill = LiveDrill(1)
>>> drill.advance(60).now
60
>>> drill.act(1, "轉給客服").start
60
>>> drill.give_up()
>>> drill.done
True
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ...errors import AnswerError, NotFound
from .injects import Inject, draw, scenario

if TYPE_CHECKING:
    from .judging import LiveReview

Policy = Callable[["LiveState"], "tuple[int, str] | None"]
"""What to do next in a state where one is free and something waits: (number, action), or None to wait."""


@dataclass(frozen=True)
class Turn:
    """One inject taken up: which action, when it was decided, when attention was free for it, when it was over (seconds)."""

    number: int
    action: str
    decided: int
    start: int
    end: int


@dataclass(frozen=True)
class LiveState:
    """Where a drill stands: the seed of what happens, the second, and what was done so far."""

    seed: int
    now: int = 0
    turns: tuple[Turn, ...] = ()

    @property
    def free_at(self) -> int:
        """From which second on the editor has attention again."""
        return max([0, *(turn.end for turn in self.turns)])

    @property
    def busy(self) -> bool:
        """Whether something is being done at this second."""
        return self.free_at > self.now

    @property
    def done(self) -> bool:
        """Whether the broadcast is over."""
        return self.now >= scenario().seconds

    @property
    def come(self) -> tuple[Inject, ...]:
        """Everything that has happened so far."""
        return tuple(inject for inject in draw(self.seed) if inject.at <= self.now)

    @property
    def waiting(self) -> tuple[Inject, ...]:
        """What has come and was not taken up, oldest first."""
        taken = {turn.number for turn in self.turns}
        return tuple(inject for inject in self.come if inject.number not in taken)


def advance(state: LiveState, seconds: int = 1) -> LiveState:
    """The state some seconds later (at most the end). Raises AnswerError below 1 second.

    >>> advance(LiveState(1), 45).now
    45
    """
    if isinstance(seconds, bool) or not isinstance(seconds, int) or seconds < 1:
        raise AnswerError(f"不能前進 {seconds} 秒", where="seconds", next_step="請給 1 以上的整數秒")
    return replace(state, now=min(state.now + seconds, scenario().seconds))


def act(state: LiveState, number: int, action: str) -> LiveState:
    """Take up what waits under ``number``; it begins when attention is free. action: id, letter or label.

    Raises NotFound for something that is not waiting or an unknown action, AnswerError once the broadcast is over or no
    attention is left before its end.
    """
    if state.done:
        raise AnswerError("直播已經結束，不能再處理", next_step="想試別的做法，請用 replay()")
    chosen = scenario().action(action)
    if number not in [inject.number for inject in state.waiting]:
        waiting = "、".join(str(inject.number) for inject in state.waiting) or "沒有"
        raise NotFound(f"現在沒有 {number} 號在等", next_step=f"在等的編號：{waiting}")
    start = max(state.now, state.free_at) if chosen.seconds else state.now
    if start >= scenario().seconds:
        raise AnswerError("手上的事做完，直播就結束了，排不進去", where=f"{number} 號")
    turn = Turn(number, chosen.id, state.now, start, start + chosen.seconds)
    return replace(state, turns=(*state.turns, turn))


class LiveDrill:
    """Ten minutes of live chat of one seed. The same seed brings the same chat, whatever is done.

    ``advance(seconds)``, ``act(number, action)``; then ``review()`` for what it cost and what would have been best.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.state = LiveState(seed)

    def __repr__(self) -> str:
        told = scenario()
        return (
            f"直播演練：{told.seconds // 60} 分鐘、{told.injects} 個狀況，現在第 {self.state.now} 秒，"
            f"處理了 {len(self.state.turns)} 個（模擬）"
        )

    @property
    def done(self) -> bool:
        """Whether the broadcast is over."""
        return self.state.done

    def advance(self, seconds: int = 1) -> LiveState:
        """Let some seconds pass; returns the new state."""
        self.state = advance(self.state, seconds)
        return self.state

    def act(self, number: int, action: str) -> Turn:
        """Take up what waits under ``number``; returns when it is done."""
        self.state = act(self.state, number, action)
        return self.state.turns[-1]

    def give_up(self) -> None:
        """Let the rest pass with nothing more done; after this the truth may be opened."""
        self.state = replace(self.state, now=scenario().seconds)

    def run(self, policy: Policy) -> LiveDrill:
        """Let a policy do the rest, whenever attention is free; returns the drill."""
        while not self.done:
            self._next(policy)
        return self

    def _next(self, policy: Policy) -> None:
        if self.state.busy:
            self.advance(self.state.free_at - self.state.now)
            return
        choice = policy(self.state) if self.state.waiting else None
        if choice is None:
            later = [i.at for i in draw(self.seed) if i.at > self.state.now]
            self.advance(min([*later, scenario().seconds]) - self.state.now)
        else:
            self.act(*choice)

    def review(self) -> LiveReview:
        """What waited too long and what it cost, beside the best plan; raises AnswerError before the end."""
        from .judging import review

        if not self.done:
            raise AnswerError(
                "直播還沒結束，真相還不能打開", next_step="請用 advance() 走完，或用 give_up() 放棄"
            )
        return review(self.state)

    @property
    def score(self) -> float:
        """0–100, as in ``review()``, without the table; raises AnswerError before the end."""
        from .judging import score

        if not self.done:
            raise AnswerError(
                "直播還沒結束，還不能算分", next_step="請用 advance() 走完，或用 give_up() 放棄"
            )
        return score(self.state)

    def replay(self, policy: Policy) -> LiveDrill:
        """The same chat again, run by a policy; raises AnswerError before the end."""
        if not self.done:
            raise AnswerError("直播還沒結束，不能重來", next_step="請用 advance() 走完，或用 give_up() 放棄")
        return LiveDrill(self.seed).run(policy)

    @property
    def record(self) -> str:
        """What was done, as one line: second : number letter, in order of deciding."""
        letters = {name: action.letter for name, action in scenario().actions.items()}
        return " ".join(f"{t.decided}:{t.number}{letters[t.action]}" for t in self.state.turns)


_ENTRY = re.compile(r"(\d{1,3})[:：](\d{1,2})([A-Ja-j])")


def of_record(seed: int, record: str) -> LiveDrill:
    """The finished drill that a record tells of; raises AnswerError for what is not a record of this seed.

    >>> drill = LiveDrill(1)
    >>> _ = drill.advance(60), drill.act(1, "H")
    >>> drill.give_up()
    >>> of_record(1, drill.record).state == drill.state
    True
    """
    drill = LiveDrill(seed)
    for entry in record.split():
        found = _ENTRY.fullmatch(entry)
        if not found or int(found[1]) < drill.state.now:
            raise AnswerError(
                f"看不懂「{entry}」",
                where="演練紀錄",
                next_step="一筆是「秒:編號代號」，照時間排，例如 60:1H",  # lint: off
            )
        if int(found[1]) > drill.state.now:
            drill.advance(int(found[1]) - drill.state.now)
        drill.act(int(found[2]), found[3].upper())
    drill.give_up()
    return drill
