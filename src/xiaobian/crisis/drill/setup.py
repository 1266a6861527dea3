"""What a drill is before anyone does anything: scenario, seed, length, how many comments come, which posts are scheduled."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd
import yaml

from ...errors import AnswerError
from ...sandbox.crisis import scenarios
from ...sandbox.crisis.room import START, Crisis
from ...sandbox.crisis.scenarios import Scenario
from ...sandbox.parameters import Parameters, load
from ...sandbox.streams import generator
from ...tables import TAIPEI

HOUR = 60
DAY = 24 * HOUR
LENGTH = 2 * DAY
"""Simulated minutes of a drill unless told otherwise."""
LONGEST = 7 * DAY
SEEDS = 2**32
_BEGIN = pd.Timestamp(START).tz_localize(TAIPEI)


@dataclass(frozen=True)
class ScheduledPost:
    """A post that goes out by itself at a minute of the drill unless the schedule is paused."""

    minute: int
    text: str


@dataclass(frozen=True)
class Setup:
    """A drill's scenario id, seed, length in minutes, and whether the comments come as thick as on a bad day."""

    scenario: str
    seed: int
    minutes: int = LENGTH
    busy: bool = False

    def __post_init__(self) -> None:
        scenarios.load(self.scenario)
        for name, value, low, high, unit in (
            ("seed", self.seed, 0, SEEDS - 1, "整數"),
            ("minutes", self.minutes, DAY, LONGEST, "分鐘的整數"),
        ):
            if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
                raise AnswerError(
                    f"{name} 是 {value}", where="drill()", next_step=f"請給 {low} 到 {high} {unit}"
                )

    @property
    def told(self) -> Scenario:
        """The scenario with its truth; nothing of it is shown by itself."""
        return scenarios.load(self.scenario)

    @property
    def start(self) -> pd.Timestamp:
        """Taipei time of minute 0."""
        return _BEGIN

    @property
    def hours(self) -> int:
        """Hours that the engine runs."""
        return -(-self.minutes // HOUR)

    @property
    def parameters(self) -> Parameters:
        """Those of the sandbox; with ``busy`` a larger share of the mentions stands under the brand's own post."""
        return _parameters(self.busy)

    @property
    def posts(self) -> tuple[ScheduledPost, ...]:
        """The posts that were scheduled before it began, in order of time."""
        return _posts(self)

    def crisis(self, *, worded: bool = True) -> Crisis:
        """The engine at hour 0; without words for its comments where only their labels matter."""
        return Crisis(self.told, self.seed, self.parameters, hours=self.hours, worded=worded)


@cache
def words() -> dict[str, Any]:
    """Everything of ``drill.yml``."""
    text = files(__package__).joinpath("drill.yml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))


@cache
def _parameters(busy: bool) -> Parameters:
    return load().changed(words()["busy"] if busy else {})


@cache
def _posts(setup: Setup) -> tuple[ScheduledPost, ...]:
    told = words()["schedule"]
    order = generator(setup.seed, "drill", "posts").permutation(len(told["texts"]))
    minutes = [
        day + at for day in range(0, setup.minutes, DAY) for at in told["minutes"] if day + at < setup.minutes
    ]
    return tuple(
        ScheduledPost(minute, told["texts"][int(order[n % len(order)])]) for n, minute in enumerate(minutes)
    )
