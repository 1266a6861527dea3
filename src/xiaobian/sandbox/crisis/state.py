"""What a team sees during a crisis, and what is opened after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from ..parameters import Parameters
from .engine import HourCount
from .outcomes import Plan, Stage
from .responses import Case, Response, Standing, discloses, provable
from .scenarios import Amplifier, Decision, Fact, Scenario
from .values import Change, Form, match

if TYPE_CHECKING:
    from .room import Crisis

WINDOW = 3
"""Hours over which shares and speeds are read, so that one quiet hour does not fool anyone."""


@dataclass(frozen=True)
class OpenDecision:
    """A decision that waits: its number (0, 1, 2), what is asked, and per option id what would be done and said.

    The strategies behind the options are not shown.
    """

    number: int
    prompt: str
    options: dict[str, str]
    says: dict[str, str]

    @classmethod
    def of(cls, number: int, decision: Decision) -> OpenDecision:
        return cls(
            number,
            decision.prompt,
            {option.id: option.text for option in decision.options},
            {option.id: option.says for option in decision.options},
        )


@dataclass(frozen=True)
class CrisisState:
    """What can be seen at an hour.

    hour: since the team noticed; time: Taipei. mentions: of the last hour. negative_share: of the last 3 h, 0–1.
    relative_volume: mentions of the last 3 h ÷ those of a calm day at these hours. velocity: relative volume
    now ÷ that of the 3 h before. decision: the open one, or None. facts: what the team knows. accounts: large
    accounts that have posted.
    """

    hour: int
    time: pd.Timestamp
    mentions: int
    negative_share: float
    relative_volume: float
    velocity: float
    decision: OpenDecision | None
    facts: tuple[Fact, ...]
    accounts: tuple[Amplifier, ...]
    done: bool


def look(crisis: Crisis, counts: Sequence[HourCount], decision: OpenDecision | None) -> CrisisState:
    """The state of a crisis; counts: of all hours, the calm lead included."""
    totals = [float(count.mentions.sum()) for count in counts]
    negative = sum(float(count.negative.sum()) for count in counts[-WINDOW:])
    clock = (crisis.start.hour + crisis.hour) % 24
    now = _relative(crisis, totals[-WINDOW:], clock)
    before = _relative(crisis, totals[-2 * WINDOW : -WINDOW], clock - WINDOW)
    told = crisis.scenario
    return CrisisState(
        hour=crisis.hour,
        time=crisis.start + pd.Timedelta(hours=crisis.hour),
        mentions=int(totals[-1]),
        negative_share=negative / max(1.0, sum(totals[-WINDOW:])),
        relative_volume=now,
        velocity=now / max(before, 1e-9),
        decision=decision,
        facts=tuple(f for f in told.facts if f.known_to != "nobody_yet" and f.hour <= crisis.hour),
        accounts=tuple(a for a in told.kol if a.hour < crisis.hour),
        done=crisis.done,
    )


def _relative(crisis: Crisis, totals: Sequence[float], clock: int) -> float:
    """Mentions of some hours ÷ what a calm day brings at these hours; clock: hour of the day after the last."""
    calm = crisis.calm_hours
    usual = sum(calm[(clock - back) % 24] for back in range(1, len(totals) + 1))
    return sum(totals) / usual


@dataclass(frozen=True)
class Regret:
    """Own value, that of what firms usually do, and the best found, each in SD of reputation.

    >>> Regret(value=-0.2, baseline=-0.3, oracle=-0.1).share
    0.5
    """

    value: float
    baseline: float
    oracle: float

    @property
    def lost(self) -> float:
        """What the best answer would have gained over one's own, in SD, never below 0."""
        return self.oracle - self.value

    @property
    def share(self) -> float:
        """(value − baseline) ÷ (oracle − baseline): 0 as firms usually do, 1 as the best; may be below 0.

        Missing (NaN) where no answer makes a difference.
        """
        room = self.oracle - self.baseline
        return round((self.value - self.baseline) / room, 12) if room > 1e-9 else float("nan")


@dataclass(frozen=True)
class Judged:
    """One response with its truth: match −1 to 1, whether a denial could be proven, whether it stole thunder.

    worth: own value less the value without this response, under the same luck, in SD.
    """

    response: Response
    match: float
    provable: bool
    discloses: bool
    worth: float

    @classmethod
    def of(cls, case: Case, response: Response, worth: float, parameters: Parameters) -> Judged:
        proof = provable(case, response)
        said = response.strategies
        fit = match(case.cluster, said, parameters, provable=proof) if said else 0.0
        return cls(response, fit, proof, discloses(case, response), float(worth))


@dataclass(frozen=True)
class Truth:
    """Everything hidden during a crisis.

    responsibility: at the end, 0–1; blame_parts: what it is made of. match, form, response_value: as the brand
    stands at the end. parts: the change of reputation in SD (blame, volume, response, luck, offset); short is
    their sum, long what is left. peak: busiest 24 h ÷ a normal day. best: a plan that reaches the oracle.
    """

    cluster: str
    responsibility: float
    blame_parts: dict[str, float]
    severity: float
    match: float
    form: Form
    response_value: float
    responses: tuple[Judged, ...]
    parts: dict[str, float]
    short: float
    long: float
    peak: float
    regret: Regret
    best: Plan
    facts: tuple[Fact, ...]
    provable: str
    lesson: str

    @classmethod
    def of(
        cls,
        told: Scenario,
        stage: Stage,
        end: Standing,
        judged: tuple[Judged, ...],
        change: Change,
        peak: float,
        regret: Regret,
        best: Plan,
    ) -> Truth:
        """Put together; change: its first element is one's own."""
        arrays = {"volume": change.volume, "response": change.response, "blame": change.blame}
        parts = {name: float(values[0]) for name, values in arrays.items()}
        return cls(
            cluster=told.cluster,
            responsibility=end.blame,
            blame_parts=_blame_parts(told, stage, end),
            severity=told.severity,
            match=end.match,
            form=end.form,
            response_value=end.value,
            responses=judged,
            parts={**parts, "luck": float(change.luck), "offset": float(change.offset)},
            short=float(change.short[0]),
            long=float(change.long[0]),
            peak=peak,
            regret=regret,
            best=best,
            facts=told.facts,
            provable=told.provable,
            lesson=told.lesson,
        )


def _blame_parts(told: Scenario, stage: Stage, end: Standing) -> dict[str, float]:
    p = stage.parameters
    known = {
        "cluster": p["crisis.responsibility"][told.cluster],
        "history": p["crisis.history"] * (told.history > 0),
        "vivid": p["crisis.vivid"] * told.vivid,
        "disclosure": end.blame - stage.case.blame,
    }
    return {**known, "other": end.blame - sum(known.values())}
