"""The crisis room: a drill one can play by hand, by script or in a panel, that a restart does not lose.

>>> room = drill("wrong_price", 1)
>>> room.advance(30).decision is not None
True
>>> room.decide("a").minute
30
>>> room.give_up()
>>> room.done
True
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ...errors import AnswerError, KitError, NotFound
from ...sandbox.crisis.scenarios import STRATEGIES
from . import record
from .journal import Journal
from .kpis import Kpis
from .own_words import OwnWords
from .said import LONGEST_TEXT, Said, own_words
from .setup import LENGTH, Setup
from .state import ACTIONS, JOIN, LETTERS, DrillState, Move, opening, step

if TYPE_CHECKING:
    from .after_action import AfterAction


class CrisisDrill:
    """One crisis in simulated minutes. The same setup and moves bring the same state, in a panel, a script or a replay."""

    def __init__(self, setup: Setup, *, journal: Journal | None = None) -> None:
        self.setup, self.journal = setup, journal
        self.state: DrillState = opening(setup)

    def __repr__(self) -> str:
        hours, minutes = divmod(self.state.minute, 60)
        return (
            f"危機演練室「{self.state.title}」第 {self.setup.seed} 場：第 {hours} 小時 {minutes} 分，"
            f"{len(self.state.said)} 個回應，處理了 {len(self.state.acts)} 則留言（模擬，全部虛構）"
        )

    @property
    def done(self) -> bool:
        """Whether the time is over."""
        return self.state.done

    @property
    def kpis(self) -> Kpis:
        """Live numbers."""
        return self.state.kpis

    def advance(self, minutes: int = 1) -> DrillState:
        """Let some minutes pass (at most to the end). Raises AnswerError below 1 minute."""
        if isinstance(minutes, bool) or not isinstance(minutes, int) or minutes < 1:
            raise AnswerError(f"不能前進 {minutes} 分鐘", where="minutes", next_step="請給 1 以上的整數分鐘")
        if self.done:
            return self.state
        return self._do(Move("advance", min(self.state.minute + minutes, self.setup.minutes)))

    def decide(self, choice: str | Sequence[str], text: str = "") -> Said:
        """Answer now: an option of the open decision (its id), or one or several strategies. text: your own words.

        Raises NotFound for what cannot be chosen, AnswerError for a text with silence, one too long, or after the end.
        """
        if not isinstance(text, str):
            raise AnswerError(f"text 不是文字，是 {type(text).__name__}", where="decide()")
        names = (choice,) if isinstance(choice, str) else tuple(map(str, choice))
        whole = text.encode("utf-8", "replace").decode()
        self._do(Move("decide", self.state.minute, choice=JOIN.join(names), text=whole))
        return self.state.said[-1]

    def check(self, text: str, choice: str | Sequence[str] = ()) -> OwnWords:
        """A text as it would be read if it went out now; nothing happens. choice: as in ``decide``."""
        names = (choice,) if isinstance(choice, str) else tuple(map(str, choice))
        found = self.state.option(JOIN.join(names))
        known = found.strategy if found else tuple(name for name in names if name in STRATEGIES)
        return own_words(self.state, known, str(text)[:LONGEST_TEXT])

    def act(self, comment_id: str | int, action: str) -> DrillState:
        """Deal with a comment (its id or number): reply, hide, escalate or leave, or r, h, e, l.

        Raises NotFound for an unknown comment or action, AnswerError for one that was dealt with or after the end.
        """
        number = self._number(comment_id)
        chosen = LETTERS.get(action, action)
        chosen = next((name for name, label in ACTIONS.items() if label == chosen), chosen)
        return self._do(Move("act", self.state.minute, subject=number, choice=chosen))

    def _number(self, comment_id: str | int) -> int:
        if isinstance(comment_id, int) and not isinstance(comment_id, bool):
            return comment_id
        for comment in reversed(self.state.comments):
            if comment.id == comment_id:
                return comment.number
        raise NotFound(f"現在沒有「{comment_id}」這則留言", next_step="編號在 .state.waiting 裡")

    def pause_posts(self) -> DrillState:
        """Hold the scheduled posts; raises AnswerError when they are held already."""
        return self._do(Move("pause", self.state.minute))

    def resume_posts(self) -> DrillState:
        """Let the scheduled posts run again; raises AnswerError when they are running."""
        return self._do(Move("resume", self.state.minute))

    def give_up(self) -> None:
        """Let the rest pass with nothing more done; after this the truth may be opened."""
        if not self.done:
            self._do(Move("advance", self.setup.minutes))

    def _do(self, move: Move) -> DrillState:
        """A move that is valid is written down before it counts."""
        new = step(self.state, move)
        if self.journal is not None:
            self.journal.append(move)
        self.state = new
        return new

    def run(self, moves: Iterable[Move]) -> CrisisDrill:
        """Make these moves; returns the drill."""
        for move in moves:
            self._do(move)
        return self

    @property
    def record(self) -> str:
        """What was done, as one line to hand in; ``of_record`` replays it."""
        return record.packed(self.setup, self.state.moves)

    def review(self) -> AfterAction:
        """What happened, what was true and what else could have been done; raises AnswerError before the end."""
        from .after_action import review

        if not self.done:
            raise AnswerError(
                "演練還沒結束，真相還不能打開", next_step="請用 advance() 走完，或用 give_up() 放棄"
            )
        return review(self.state)


def drill(
    scenario: str,
    seed: int,
    *,
    journal: str | os.PathLike[str] | bool | None = None,
    minutes: int = LENGTH,
    busy: bool = False,
) -> CrisisDrill:
    """A crisis to answer in simulated time; the same scenario and seed bring the same luck, whatever is done.

    scenario: an id. journal: a file that every move is written to at once, so that a restart loses nothing; a file that
    exists already is taken up where it ended. True: a file of its own among the answers. minutes: length; two days by
    default. busy: about 2,000 comments in two days.

    Raises NotFound for an unknown scenario, AnswerError for a seed or length out of range and for a journal that belongs
    to another drill or cannot be read.
    """
    setup = Setup(scenario, seed, minutes, bool(busy))
    book = Journal.opened(journal, setup)
    room = CrisisDrill(setup)
    if book is not None:
        _take_up(room, book)
    return room


def _take_up(room: CrisisDrill, book: Journal) -> None:
    for line, move in enumerate(book.moves, start=2):
        try:
            room.run([move])
        except KitError as error:
            raise AnswerError(
                f"日誌第 {line} 列接不下去（{error.what}）",
                where=f"檔案 {book.path.name}",
                next_step="請刪掉那一列之後的內容，或用新的檔名重新開始",
            ) from None
    room.journal = book


def of_record(line: str) -> CrisisDrill:
    """The finished drill that a record tells of; raises AnswerError for what is no record.

    >>> room = drill("wrong_price", 1)
    >>> _ = room.advance(45), room.decide("inform", "我們知道了，正在查，中午 12 點前說明。")
    >>> room.give_up()
    >>> of_record(room.record).state == room.state
    True
    """
    setup, moves = record.unpacked(line)
    room = CrisisDrill(setup).run(moves)
    room.give_up()
    return room


def scenario_titles() -> dict[str, str]:
    """Scenarios of the room, id and title."""
    from ...sandbox.crisis import scenarios

    return {name: scenarios.load(name).title for name in scenarios.SCENARIOS}


__all__: list[Any] = ["CrisisDrill", "drill", "of_record", "scenario_titles"]
