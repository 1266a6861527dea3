"""The queue judged: what each comment needed, what was done, what waiting and wrong keys cost. Points are design parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pandas as pd

from ...plotting import spaced
from ...sandbox.words.templates import INTENTS
from .setup import words
from .state import ACTIONS, Act, DrillState
from .world import Comment

URGENT = ("hide", "escalate")
"""What a queue is kept for: these are what precision and recall are about."""


@dataclass(frozen=True)
class Need:
    """What a comment needs: the key, points when nobody comes, and the minutes between which waiting grows to them."""

    action: str
    most: float
    grace: int
    until: int

    def waited(self, minutes: float) -> float:
        """Points of waiting so long and being dealt with then; late is better than never."""
        share = min(1.0, max(0.0, (minutes - self.grace) / (self.until - self.grace)))
        return self.most * words()["queue"]["late"] * share


def need(label: Mapping[str, Any]) -> Need:
    """What a comment of such labels (intent, action) needs.

    >>> need({"intent": "complaint", "action": "private"}).action
    'reply'
    """
    return _need(label["intent"], label["action"])


@cache
def _need(intent: str, action: str) -> Need:
    told = words()["queue"]
    return Need(**(told["intents"].get(intent) or told["needs"][action]))


def cost(wanted: Need, act: Act | None, came: int, label: Mapping[str, Any]) -> tuple[float, float]:
    """Points of waiting or never coming, and of a wrong key, for one comment; came: its minute of the drill."""
    if act is None or (act.action == "leave" and wanted.action != "leave"):
        return wanted.most, 0.0
    if act.action == wanted.action:
        return wanted.waited(act.minute - came), 0.0
    return wanted.most, _wrong(wanted, act.action, label)


def _wrong(wanted: Need, action: str, label: Mapping[str, Any]) -> float:
    wrong = words()["queue"]["wrong"]
    if action == "hide":
        return float(wrong["hide_criticism" if criticises(label) else "hide_other"])
    if action == "escalate":
        return float(wrong["escalate_small"])
    return float(wrong["feed"]) if wanted.action == "hide" else 0.0


def criticises(label: Mapping[str, Any]) -> bool:
    """Whether hiding such a comment would look like silencing: it asks, complains, informs or opposes."""
    return label["intent"] in ("complaint", "question", "answer") or label["stance"] == "oppose"


@dataclass(frozen=True, repr=False)
class QueueReview:
    """The queue of a drill.

    table: a row a comment, dearest first: number, minute, author, text, intent, needed, done (keys in words; empty when
    nobody came), waited (minutes; missing), wait_points, wrong_points, points. precision: right ÷ hidden or escalated;
    recall: hidden or escalated rightly ÷ those that needed it; answered: replied ÷ those that needed a reply; all 0–1,
    missing (NaN) without any. hidden_criticism: how many. points: in all; nothing: had nobody come.
    """

    precision: float
    recall: float
    answered: float
    hidden_criticism: int
    points: float
    nothing: float
    table: pd.DataFrame = field(compare=False)

    def say(self) -> str:
        """What was caught, what was missed, and the dearest comment, in 正體中文."""
        if not len(self.table):
            return "這場演練沒有留言。"
        caught = (
            "沒有一則需要上報或隱藏"
            if self.recall != self.recall
            else f"該上報或隱藏的，處理對了{self.recall:.0%}"
        )
        right = "" if self.precision != self.precision else f"，按下去的有{self.precision:.0%}按對"
        hidden = (
            f"，其中{self.hidden_criticism}則是批評或提問，被截圖就是消音" if self.hidden_criticism else ""
        )
        worst = self.table.iloc[0]
        dear = (
            f"最貴的一則是「{worst['intent']}」，{worst['points']:.1f}點。" if worst["points"] >= 0.05 else ""
        )
        return spaced(
            f"{caught}{right}{hidden}。留言的代價共{self.points:.0f}點，都不管是{self.nothing:.0f}點。{dear}"
        )

    def __repr__(self) -> str:
        return f"{self.say()}\n附註：點數是設計參數"


def judged(state: DrillState) -> QueueReview:
    """Judge the queue of a drill with the labels of its comments."""
    rows, counts = [], Tally()
    for comment, label, wanted, act in _pairs(state):
        waiting, wrong = counts.add(comment, label, wanted, act)
        rows.append(
            (
                comment.number, comment.minute, comment.author, comment.text, INTENTS[label["intent"]],
                ACTIONS[wanted.action], ACTIONS[act.action] if act else "",
                act.minute - comment.minute if act else None, waiting, wrong, waiting + wrong,
            )
        )  # fmt: skip
    table = pd.DataFrame(rows, columns=COLUMNS).astype({"waited": "Float64"})
    table = table.sort_values(["points", "number"], ascending=[False, True], kind="stable", ignore_index=True)
    return QueueReview(
        counts.precision, counts.recall, counts.answered, counts.hidden, counts.points, counts.nothing, table
    )


def tally(state: DrillState) -> Tally:
    """The numbers of ``judged`` alone, which need no words of the comments."""
    counts = Tally()
    for comment, label, wanted, act in _pairs(state):
        counts.add(comment, label, wanted, act)
    return counts


def _pairs(state: DrillState) -> Iterator[tuple[Comment, Mapping[str, Any], Need, Act | None]]:
    """Comments with their labels, what they needed and what was done; the last ones only if something was done."""
    until = state.setup.minutes - words()["queue"]["last_minutes"]
    for comment, label in zip(state.comments, state.world.crisis.written, strict=False):
        act = state.acts.get(comment.number)
        if act is not None or comment.minute <= until:
            yield comment, label, need(label), act


COLUMNS = [
    "number", "minute", "author", "text", "intent", "needed", "done", "waited", "wait_points", "wrong_points", "points",
]  # fmt: skip


@dataclass
class Tally:
    """Running counts and points of a queue; the shares are 0–1, missing (NaN) without any."""

    right: int = 0
    pressed: int = 0
    needed: int = 0
    replied: int = 0
    asked: int = 0
    hidden: int = 0
    points: float = 0.0
    nothing: float = 0.0

    def add(
        self, comment: Comment, label: Mapping[str, Any], wanted: Need, act: Act | None
    ) -> tuple[float, float]:
        """Count one comment; returns its points of waiting and of a wrong key."""
        done, needed = act.action if act else "", wanted.action
        waiting, wrong = cost(wanted, act, comment.minute, label)
        self.right += done in URGENT and done == needed
        self.pressed += done in URGENT
        self.needed += needed in URGENT
        self.replied += done == needed == "reply"
        self.asked += needed == "reply"
        self.hidden += done == "hide" and needed != "hide" and criticises(label)
        self.points += waiting + wrong
        self.nothing += wanted.most
        return waiting, wrong

    @property
    def precision(self) -> float:
        """Right ÷ hidden or escalated."""
        return self.right / self.pressed if self.pressed else float("nan")

    @property
    def recall(self) -> float:
        """Hidden or escalated rightly ÷ those that needed it."""
        return self.right / self.needed if self.needed else float("nan")

    @property
    def answered(self) -> float:
        """Replied ÷ those that needed a reply."""
        return self.replied / self.asked if self.asked else float("nan")
