"""When an alarm is right, when it is false, and how late it was: the rules by which detectors are judged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

WEEK_HOURS = 168
TAIL_HOURS = 12
"""An alarm up to so many hours after the end of a crisis still belongs to it."""


@dataclass(frozen=True)
class Score:
    """Alarms against planted crises. found: planted ones with an alarm. false: alarms outside any. again: further
    alarms about a crisis already found. delays: hours from the start to the alarm, one per crisis found. weeks: of the
    stream."""

    planted: int
    found: int
    false: int
    again: int
    delays: tuple[float, ...]
    weeks: float

    @property
    def f1(self) -> float:
        """2 × found ÷ (planted + found + false)."""
        return 2 * self.found / max(self.planted + self.found + self.false, 1)

    @property
    def delay(self) -> float:
        """Mean hours to the alarm; missing when nothing was found."""
        return float(np.mean(self.delays)) if self.delays else float("nan")

    @property
    def false_a_week(self) -> float:
        """False alarms a week."""
        return self.false / self.weeks

    def __add__(self, other: Score) -> Score:
        return Score(
            self.planted + other.planted,
            self.found + other.found,
            self.false + other.false,
            self.again + other.again,
            self.delays + other.delays,
            self.weeks + other.weeks,
        )


def spans(planted: pd.DataFrame) -> list[tuple[pd.Timestamp, pd.Timestamp]]:
    """Start and end of each planted crisis."""
    return [(pd.Timestamp(a), pd.Timestamp(b)) for a, b in zip(planted["start"], planted["end"], strict=True)]


def score_alarms(alarms: Iterable[Any], planted: pd.DataFrame, hours: float) -> Score:
    """Score alarms against planted crises.

    alarms: for each event the hour (its start) whose counts raised it. planted: start, end. hours: length of the stream.
    A crisis is found by the first alarm from its first hour to its end; the delay counts hours between the two, so an
    alarm raised by the first hour itself has delay 0. Further alarms until TAIL_HOURS after the end are about the same
    crisis and count as ``again``, not as false; but an alarm in that tail finds nothing. All others are false.

    >>> t = pd.Timestamp("2026-08-10", tz="Asia/Taipei")
    >>> one = pd.DataFrame({"start": [t], "end": [t + pd.Timedelta(hours=30)]})
    >>> s = score_alarms([t - pd.Timedelta(hours=1), t + pd.Timedelta(hours=2)], one, 168)
    >>> s.found, s.false, s.delay, round(s.f1, 2)
    (1, 1, 2.0, 0.67)
    """
    delays: dict[int, float] = {}
    false = again = 0
    crises, tail = spans(planted), pd.Timedelta(hours=TAIL_HOURS)
    for alarm in sorted(pd.Timestamp(a) for a in alarms):
        place = next((n for n, (start, end) in enumerate(crises) if start <= alarm <= end + tail), None)
        if place is None:
            false += 1
        elif place in delays or alarm > crises[place][1]:
            again += 1
        else:
            delays[place] = (alarm - crises[place][0]) / pd.Timedelta(hours=1)
    return Score(len(planted), len(delays), false, again, tuple(delays.values()), hours / (WEEK_HOURS))
