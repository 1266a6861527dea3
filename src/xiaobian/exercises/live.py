"""What each learner of lesson 2.7 gets, and the question that is answered by running a live drill."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

import pandas as pd

from ..errors import KitError
from ..planning.live import BASELINES, LiveDrill, LiveReview, of_record, run, scenario, triage
from ..planning.live.injects import draw
from .parsing import Mismatch
from .questions import Decision

AGAIN = 0.8
"""Share of the points that a later attempt at the same drill can still earn: the chat is known by then."""


@dataclass(frozen=True, kw_only=True)
class Drill(Decision):
    """A live drill: the answer is its record, or 30 letters, one an inject in order of coming, done first come first served.

    seed: of the drill. choices are there for the 30 letters.
    """

    choices: Any = None
    share: Any = None
    told: Any = None
    advice: Any = None
    best: str = ""
    seed: Any = None
    kind: ClassVar[str] = "計時演練"

    def how(self) -> str:
        return "按播放（或一步一步走），把直播走完，再按「檢查」。"

    def parse(self, answer: Any) -> str:
        text = str(answer).strip()
        try:
            return drill_of(self.seed(), text).record or "600:"
        except KitError as error:
            raise Mismatch(str(error)) from error

    def right(self) -> str:
        return run(triage, self.seed()).record

    def solution_text(self) -> str:
        return "先看等不起的：每多等一會傷害加最多、做起來又快的先做。照這個順序的紀錄：" + self.right()

    def credit(self, score: float, attempts: int) -> float:
        return score if attempts == 1 else AGAIN * score


def drill_of(seed: int, text: str) -> LiveDrill:
    """The drill that a record or 30 letters tell of. Raises KitError for neither."""
    letters = "".join(text.split()).upper()
    if len(letters) == scenario().injects and letters.isalpha():
        chosen = {inject.number: letter for inject, letter in zip(draw(seed), letters, strict=True)}
        return run(lambda state: (state.waiting[0].number, chosen[state.waiting[0].number]), seed)
    return of_record(seed, "" if text == "600:" else text)


@cache
def reviewed(seed: int, record: str) -> LiveReview:
    """The review of a record."""
    return drill_of(seed, record).review()


@dataclass(frozen=True)
class Case:
    """The learner's own. seed: of the drill. waited: one message of another drill and how long it waited.

    log: a drill in which everything was done right, first come first served: a row an inject with group, most, grace, until,
    waited (seconds; missing where nothing was done).
    """

    seed: int
    waited: pd.DataFrame
    log: pd.DataFrame

    def __repr__(self) -> str:
        return f"一場直播演練、一則等過的留言、一份 {len(self.log)} 列的處理紀錄（模擬）"


def waiting(seed: int) -> int:
    """Seconds that the one message waited: between 60 and 125."""
    return 60 + 5 * (seed % 14)


def waited(seed: int) -> pd.DataFrame:
    kind = scenario().kinds["allergy_unknown"]
    return pd.DataFrame(
        {
            "狀況": [kind.label], "最多傷害（點）": [kind.most], "前幾秒沒關係": [kind.grace], "幾秒後到頂": [kind.until],
            "等了（秒）": [waiting(seed)], "做法": ["私訊問清楚"], "做法的傷害（點）": [kind.fair_harm],
        }
    )  # fmt: skip


@cache
def log(seed: int) -> pd.DataFrame:
    kinds = {inject.number: inject.kind for inject in draw(seed)}
    table = run(BASELINES["先來先處理"], seed).review().table.sort_values("number", ignore_index=True)
    found = table[["number", "at", "label", "group", "action", "waited"]].copy()
    for name in ("most", "grace", "until"):
        found[name] = [getattr(kinds[n], name) for n in table["number"]]
    return found


def case(seed: int, other: int) -> Case:
    """The case of one seed; another seed for what is shown beside the drill."""
    return Case(seed, waited(seed), log(other))
