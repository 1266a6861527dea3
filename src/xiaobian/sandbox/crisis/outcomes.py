"""What other answers to one crisis would have led to, under the same luck: baseline, oracle, replays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtri

from ..parameters import Parameters
from .engine import HourDraw, Rules, peak, platform_mix, stirred_mix, volume
from .responses import Case, Response, discloses, hourly, of_option
from .scenarios import Scenario
from .values import SILENCE, Change, Floats, reputation_change

Plan = tuple[Response, ...]

DELAYS = (0.0, 1.0, 3.0, 6.0, 12.0, 24.0, 48.0, 72.0)
"""Hours to the first reply that replays and the oracle try."""
_QUANTILES = (0.1, 0.3, 0.5, 0.7, 0.9)
FORMS: tuple[Mapping[str, Any], ...] = (
    {},
    {"consistent": 1.0, "active": 1.0},
    {
        "consistent": 1.0,
        "active": 1.0,
        "empathy": True,
        "private_channel": True,
        "explanation": True,
        "self_disclosure": True,
        "specific": True,
        "pauses_schedule": True,
    },
)
"""Ways to give one answer: as usual, well formed, and well formed with everything that helps."""


@dataclass(frozen=True)
class Stage:
    """One crisis without its answers: what is true, its luck, and how long it runs.

    outside: mentions an hour from the event and large accounts (hours). clock: hour of the day at hour 0.
    luck: noise of the reputation, in SD.
    """

    case: Case
    parameters: Parameters
    draws: Sequence[HourDraw]
    outside: Floats
    clock: int
    luck: float

    @property
    def hours(self) -> int:
        return len(self.draws)


def outcomes(stage: Stage, plans: Sequence[Plan]) -> tuple[Change, Floats, Floats]:
    """Change of reputation, peak (normal days) and response value of each plan, under the same draws."""
    rules = Rules.of(stage.parameters)
    found = [hourly(stage.case, plan, stage.hours, stage.parameters) for plan in plans]
    branching = np.stack([hours for hours, _ in found])
    echo, totals = np.zeros((len(plans), 1)), np.empty((len(plans), stage.hours))
    mix = platform_mix(stage.parameters)[1]
    for hour, draw in enumerate(stage.draws):
        echo, mentions = volume(
            echo,
            hour,
            (stage.clock + hour) % 24,
            draw,
            rules,
            branching=branching[:, hour],
            outside=stage.outside[hour],
            mix=mix,
            stirred_mix=stirred_mix(hour, stage.case.platform, stage.parameters),
        )
        totals[:, hour] = mentions.sum(axis=1)
    highest = peak(totals, rules.base)
    value = np.array([end.value for _, end in found])
    blame = np.array([end.blame for _, end in found])
    change = reputation_change(blame, stage.case.severity, highest, value, stage.luck, stage.parameters)
    return change, highest, value


def answer(strategy: str | Sequence[str], delay: float, **how: Any) -> Plan:
    """A plan of one response; silence is a plan as well.

    >>> [response.at for response in answer("inform", 2.5)]
    [3]
    """
    strategies = (strategy,) if isinstance(strategy, str) else tuple(strategy)
    return (Response(int(np.ceil(delay)), float(delay), strategies, **how),)


def usual(parameters: Parameters) -> tuple[list[Plan], Floats]:
    """What firms usually do, as plans with weights: ``crisis.strategy_mix`` × quantiles of the delay."""
    mix: Mapping[str, float] = parameters["crisis.strategy_mix"]
    spread = parameters["crisis.delay_sd"] * ndtri(_QUANTILES)
    delays = parameters["crisis.delay_median"] * np.exp(spread)
    plans = [answer(name, delay) for name, delay in product(mix, delays)]
    weights = np.repeat(np.array(list(mix.values()), dtype=float), len(delays))
    return plans, weights / weights.sum()


def baseline(stage: Stage) -> float:
    """Expected value of what firms usually do in this crisis, in SD."""
    plans, weights = usual(stage.parameters)
    return float(outcomes(stage, plans)[0].short @ weights)


def candidates(stage: Stage) -> list[Plan]:
    """Plans the oracle tries: strategies × delays × forms, and the same with a disclosure as soon as possible."""
    spoken = [name for name in stage.parameters["crisis.strategy_mix"] if name != SILENCE]
    known = [hour for hour in stage.case.team_hours if hour < stage.hours]
    proof = [] if stage.case.deniable_from is None else [stage.case.deniable_from]
    delays = sorted({*DELAYS, *(max(0.0, hour) for hour in known + proof)})
    plans = [answer(SILENCE, 0.0)]
    for strategy, delay, form in product(spoken, delays, FORMS):
        first = answer(strategy, delay, **form)
        plans.append(first)
        later = [max(0.0, hour) for hour in known if hour > delay]
        if form and later and not discloses(stage.case, first[0]):
            plans.append((*first, *answer(strategy, later[0], text="", **FORMS[-1])))
    return plans


def option_plans(told: Scenario, parameters: Parameters) -> list[Plan]:
    """Every way through a scenario's decisions, each answered when it opens."""
    choices = [
        [of_option(option, int(decision.hour), decision.hour, parameters) for option in decision.options]
        for decision in told.decisions
    ]
    return list(product(*choices))


def oracle(stage: Stage, more: Sequence[Plan] = ()) -> tuple[float, Plan]:
    """Best value that any candidate or any of ``more`` reaches in this crisis, in SD, and its plan."""
    plans = [*candidates(stage), *more]
    values = outcomes(stage, plans)[0].short
    best = int(np.argmax(values))
    return float(values[best]), plans[best]


def replays(stage: Stage) -> pd.DataFrame:
    """Every strategy at every delay: value and long-term change in SD, peak in normal days."""
    pairs = list(product(stage.parameters["crisis.strategy_mix"], DELAYS))
    change, highest, _ = outcomes(stage, [answer(name, delay) for name, delay in pairs])
    return pd.DataFrame(pairs, columns=["strategy", "delay"]).assign(
        value=change.short, long=change.long, peak=highest
    )
