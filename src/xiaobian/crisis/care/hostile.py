"""The drill 停、標、選 on hostile comments: say what a comment is before choosing what to do about it.

A pure core: the comments, the answers as one line of letters, and the review. The comments are in ``hostile_drill.yml``; each
has a gist without the sting, so that nobody has to read the words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from ...datasets import yaml_of
from ...errors import AnswerError
from ...plotting import spaced
from ...sandbox.streams import generator

SETS = ("lesson", "own")
LABEL, BEST, FAIR = 0.4, 0.6, 0.3
"""Points of a comment for the right label, the best choice, and a choice that will do (設計參數)."""
SKIPPED = "-"


@dataclass(frozen=True)
class Hostile:
    """A comment of the drill. gist: the same without the sting. label, best, fair: letters of the right answers."""

    id: str
    text: str
    gist: str
    label: str
    best: str
    fair: str
    why: str


@cache
def _held() -> dict[str, Any]:
    return dict(yaml_of(Path(__file__).parent / "hostile_drill.yml"))


def labels() -> dict[str, str]:
    """What a comment can be, by letter."""
    return {letter: row["name"] for letter, row in _held()["labels"].items()}


def meanings() -> dict[str, str]:
    """What a label means, by letter."""
    return {letter: row["say"] for letter, row in _held()["labels"].items()}


def choices() -> dict[str, str]:
    """What can be done about it, by letter."""
    return {letter: row["name"] for letter, row in _held()["choices"].items()}


def comments(which: str = "lesson", seed: int = 0, number: int | None = None) -> tuple[Hostile, ...]:
    """The comments of a set in the order of a seed; ``number`` of them, all if None.

    Raises AnswerError for an unknown set.

    >>> len(comments()), len(comments("own", 3, 10))
    (20, 10)
    """
    if which not in SETS:
        raise AnswerError(f"沒有「{which}」這一組", where="which", next_step=f"可用的有：{'、'.join(SETS)}")
    every = [Hostile(**row) for row in _held()[which]]
    order = generator(seed, "hostile", which).permutation(len(every))
    return tuple(every[at] for at in order[:number])


def points(comment: Hostile, label: str, choice: str) -> float:
    """Points 0–1 of an answer.

    >>> one = comments()[0]
    >>> points(one, one.label, one.best), points(one, SKIPPED, SKIPPED)
    (1.0, 0.0)
    """
    done = BEST if choice == comment.best else FAIR if choice == comment.fair else 0.0
    return round(LABEL * (label == comment.label) + done, 3)


@dataclass(frozen=True, repr=False)
class HostileReview:
    """The result of a drill. score: 0–100 over what was answered. table: a row a comment: gist, what it was and was called,
    what was done, what is best, points, why. answered, number: of the comments."""

    score: float
    table: pd.DataFrame = field(compare=False)
    answered: int
    number: int

    @property
    def lost(self) -> pd.DataFrame:
        """What was answered and not full, the dearest first."""
        full = self.table[(self.table["points"] < 1) & (self.table["called"] != "")]
        return full.sort_values("points", kind="stable")

    def say(self) -> str:
        """Score, where it went wrong, in 正體中文."""
        if not self.answered:
            return "一則都沒有做。可以只看摘要，也可以改天再來。"
        told = f"{self.answered}則裡得{self.score:.0f}分。"
        skipped = self.number - self.answered
        told += f"跳過{skipped}則，不扣分。" if skipped else ""
        if self.lost.empty:
            return spaced(told + "每一則都先看清楚、再選。")
        first = self.lost.iloc[0]
        heading = (
            f"「{first['gist']}」是{first['label']}，你看成{first['called']}"
            if first["called"] != first["label"]
            else f"「{first['gist']}」看對了，做法選「{first['best']}」比較好"
        )
        return spaced(f"{told}最可惜的一則：{heading}。{first['why']}")

    def __repr__(self) -> str:
        return f"{self.say()}\n附註：哪一個做法最好是課程的判斷（設計參數），可以反駁"


def review(comments_: Sequence[Hostile], record: str) -> HostileReview:
    """The result of a record: two letters a comment, label and choice; ``--`` for one that was skipped.

    Raises AnswerError for a record that does not fit.

    >>> two = comments(number=2)
    >>> review(two, two[0].label + two[0].best + "--").score
    100.0
    """
    letters = checked(record, len(comments_))
    rows, total, answered = [], 0.0, 0
    for place, comment in enumerate(comments_):
        label, choice = letters[2 * place], letters[2 * place + 1]
        gained = points(comment, label, choice)
        done = SKIPPED not in (label, choice)
        answered += done
        total += gained * done
        rows.append(
            (
                comment.gist, labels()[comment.label], labels().get(label, ""), choices().get(choice, ""),
                choices()[comment.best], gained if done else float("nan"), comment.why,
            )
        )  # fmt: skip
    table = pd.DataFrame(rows, columns=["gist", "label", "called", "chosen", "best", "points", "why"])
    return HostileReview(100 * total / max(answered, 1), table, answered, len(comments_))


def checked(record: str, number: int) -> str:
    """A record in capital letters without spaces; raises AnswerError when it does not fit ``number`` comments."""
    letters = "".join(str(record).split()).upper()
    if len(letters) != 2 * number:
        raise AnswerError(
            f"{number} 則要 {2 * number} 個代號，你給了 {len(letters)} 個",
            where="紀錄",
            next_step="每則兩個：先標、再選",
        )
    for place, letter in enumerate(letters):
        allowed = labels() if place % 2 == 0 else choices()
        if letter not in allowed and letter != SKIPPED:
            raise AnswerError(
                f"第 {place // 2 + 1} 則的「{letter}」不在選項裡",
                where="紀錄",
                next_step=f"可用的有：{'、'.join(allowed)}",
            )
    return letters


def best_record(comments_: Sequence[Hostile]) -> str:
    """The record that earns everything."""
    return "".join(comment.label + comment.best for comment in comments_)
