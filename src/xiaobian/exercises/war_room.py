"""What each learner of lesson 5.7 gets, and the question that is answered by running the crisis room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import ceil
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from ..crisis.drill import record
from ..crisis.drill.setup import HOUR, LENGTH, Setup
from ..crisis.drill.state import Move
from ..crisis.drill.other_luck import answers_of, ended, under_other_luck
from ..errors import KitError
from ..sandbox.crisis import scenarios
from ..sandbox.crisis.outcomes import Plan
from ..sandbox.crisis.responses import Response, of_option
from ..sandbox.parameters import load
from .parsing import Mismatch
from .questions import Decision

AGAIN = 0.8
"""Share of the points that a later attempt at the same drill can still earn: its comments are known by then."""
TELLING = 0.004
"""SD of reputation below which a change is not worth naming."""
LATE_ONES = (0.0, 0.5, 1.0, 3.0, 9.0)
"""Hours that a learner of the class waits with a decision (設計參數)."""


@dataclass(frozen=True, kw_only=True)
class WarRoom(Decision):
    """A crisis drill: the answer is its record, or a letter a decision, each given when it opens, the schedule held.

    scenario: of the drill. seed: of the learner's own. hidden: seeds it is judged on besides. why: decision and option → what
    to think about. share, told, advice and choices are there from the drill.
    """

    choices: Any = None
    share: Any = None
    told: Any = None
    advice: Any = None
    best: str = ""
    scenario: str
    seed: Any
    hidden: Any
    why: Mapping[tuple[int, str], str]
    kind: ClassVar[str] = "危機演練"

    def how(self) -> str:
        return "把兩天走完（或按「結束，看檢討」），再按「檢查」。"

    def parse(self, answer: Any) -> str:
        text = "".join(str(answer).split())
        if len(text) == len(scenarios.load(self.scenario).decisions) and text.isalpha():
            return self._lettered(text.lower())
        try:
            setup, _ = record.unpacked(text)
            answers_of(text)
        except KitError as error:
            raise Mismatch(str(error)) from error
        if (setup.scenario, setup.seed, setup.minutes) != (self.scenario, self.seed(), LENGTH):
            raise Mismatch("這是另一場演練的紀錄。請用這一題的演練室，走完再按「檢查」。")
        return text

    def _lettered(self, letters: str) -> str:
        told = scenarios.load(self.scenario)
        moves = [Move("pause", 0)]
        for letter, decision in zip(letters, told.decisions, strict=True):
            if letter not in [option.id for option in decision.options]:
                ids = "、".join(option.id.upper() for option in decision.options)
                raise Mismatch(f"第 {decision.hour:g} 小時的決策可以選 {ids}，沒有 {letter.upper()}。")
            moves.append(Move("decide", round(decision.hour * HOUR), choice=letter))
        return record.packed(Setup(self.scenario, self.seed()), moves)

    def right(self) -> str:
        return self._lettered(self.best)

    def solution_text(self) -> str:
        told = scenarios.load(self.scenario)
        said = "；".join(
            f"第 {d.hour:g} 小時：{d.option(letter).text}" for d, letter in zip(told.decisions, self.best, strict=True)
        )
        return f"先停排程。{said}"

    def credit(self, score: float, attempts: int) -> float:
        return score if attempts == 1 else AGAIN * score


def shares(line: str, seeds: Sequence[int]) -> float:
    """Mean share of the gap between firms and the best found that a record's answers reach under some seeds."""
    return float(under_other_luck(line, seeds)["share"].mean())


@dataclass(frozen=True)
class Swap:
    """A decision answered otherwise: its number (0, 1, 2), what was done (option id, ``own`` or ``none``), and the gain (SD)."""

    number: int
    done: str
    gain: float


@cache
def best_swap(line: str, seeds: tuple[int, ...]) -> Swap | None:
    """The one decision whose best option would have brought most, the rest as it was; None when none is worth naming."""
    setup, own = answers_of(line)
    tries: list[tuple[int, str, Plan]] = []
    for number, decision in enumerate(setup.told.decisions):
        place = _place(own, setup, number)
        done = "none" if place is None else own[place].option or "own"
        for option in decision.options:
            made = of_option(option, ceil(decision.hour), decision.hour, setup.parameters)
            rest = own if place is None else own[:place] + own[place + 1 :]
            tries.append((number, done, tuple(sorted((*rest, made), key=lambda r: r.delay))))
    gains = np.mean([_gains(setup, seed, own, [plan for *_, plan in tries]) for seed in seeds], axis=0)
    best = int(np.argmax(gains))
    return Swap(tries[best][0], tries[best][1], float(gains[best])) if gains[best] > TELLING else None


def _gains(setup: Setup, seed: int, own: Plan, plans: Sequence[Plan]) -> Any:
    values = ended(setup.scenario, seed, setup.minutes).what_if([own, *plans]).short
    return values[1:] - values[0]


def _place(own: Plan, setup: Setup, number: int) -> int | None:
    """Where in a plan the answer to a decision stands, or None."""
    hours = [*(decision.hour for decision in setup.told.decisions), float("inf")]
    found = (n for n, r in enumerate(own) if r.strategies and hours[number] <= r.delay < hours[number + 1])
    return next(found, None)


def first_reply(line: str) -> int | None:
    """The minute of the first answer the public could read, or None."""
    spoken = [r.delay for r in answers_of(line)[1] if r.strategies and r.spoken]
    return round(min(spoken) * HOUR) if spoken else None


# A class of which only the numbers are handed in.


@cache
def pretend(scenario: str, seed: int, n: int) -> pd.DataFrame:
    """A simulated class: learner, first_reply (minutes, missing for who never spoke), share; the first four never speak."""
    told, rng = scenarios.load(scenario), np.random.default_rng(seed)
    plans = [_pretended(told, rng, silent=number < 4) for number in range(n)]
    crisis = ended(scenario, seed, LENGTH)
    values = crisis.what_if(plans).short
    known = crisis.regret()
    spoken = [min([r.delay for r in plan if r.spoken], default=float("nan")) for plan in plans]
    table = pd.DataFrame(
        {
            "learner": [f"模擬 {number + 1:02d}" for number in range(n)],
            "first_reply": pd.array([pd.NA if s != s else round(s * HOUR) for s in spoken], dtype="Int64"),
            "share": ((values - known.baseline) / (known.oracle - known.baseline)).round(3),
        }
    )
    return table.sample(frac=1, random_state=seed % 2**31).reset_index(drop=True)


def _pretended(told: scenarios.Scenario, rng: np.random.Generator, *, silent: bool) -> Plan:
    made = []
    for decision in told.decisions:
        late = float(rng.choice(LATE_ONES))
        option = decision.options[int(rng.integers(len(decision.options)))]
        hour = decision.hour + late
        one = of_option(option, ceil(hour), hour, load())
        made.append(Response(ceil(hour), hour, ("silence",)) if silent else one)
    return tuple(made)
