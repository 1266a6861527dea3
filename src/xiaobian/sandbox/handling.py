"""Who read which comment when: a small team over two weeks, with one day that burns. Everything is a design parameter.

Nobody's text is in it: a row is a comment, its time, who handled it, and whether it was toxic. That is all a ledger needs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .. import datasets
from ..tables import TAIPEI
from .streams import generator

START = "2026-08-31"
CRISIS_DAY = 5
FADES = (1.0, 0.45, 0.15)
"""How strong the crisis is on its day and the next two."""
LOUDER, WORSE = 2.0, 0.35
"""Times as many comments at full strength beyond the usual, and what it adds to the toxic share."""


@dataclass(frozen=True)
class Watch:
    """A shift. start, end: hours of the day (25 is 1 a.m.). rate: comments an hour. toxic: their usual toxic share. weekday,
    weekend: who has it."""

    name: str
    start: int
    end: int
    rate: float
    toxic: float
    weekday: str
    weekend: str


WATCHES = (
    Watch("早班", 9, 15, 24.0, 0.05, "阿洛", "子晴"),
    Watch("晚班", 15, 21, 20.0, 0.10, "柏宇", "阿洛"),
    Watch("夜班", 21, 25, 12.0, 0.30, "子晴", "子晴"),
)


def handled_comments(seed: int, days: int = 14, start: str = START) -> pd.DataFrame:
    """A row a comment, in the order of handling: at (Taipei), person, shift, toxic.

    The sixth day is a crisis. Same seed, same table.

    >>> list(handled_comments(1)), handled_comments(1)["person"].nunique()
    (['at', 'person', 'shift', 'toxic'], 3)
    """
    rng = generator(seed, "handling")
    midnight = pd.Timestamp(start, tz=TAIPEI)
    parts: list[pd.DataFrame] = []
    for day in range(days):
        late = day - CRISIS_DAY
        heat = FADES[late] if 0 <= late < len(FADES) else 0.0
        weekend = (midnight + pd.Timedelta(days=day)).day_of_week >= 5
        for watch in WATCHES:
            who = watch.weekend if weekend else watch.weekday
            share = min(watch.toxic + WORSE * heat, 0.8)
            for hour in range(watch.start, watch.end):
                number = int(rng.poisson(watch.rate * (1 + LOUDER * heat) * rng.gamma(20, 1 / 20)))
                seconds = 3600 * (24 * day + hour) + np.sort(rng.integers(0, 3600, number))
                bad = rng.random(number) < share
                parts.append(pd.DataFrame({"at": seconds, "person": who, "shift": watch.name, "toxic": bad}))
    table = pd.concat(parts, ignore_index=True)
    table["at"] = midnight + pd.to_timedelta(table["at"], unit="s")
    table.attrs["source"] = datasets.SIMULATED
    return table
