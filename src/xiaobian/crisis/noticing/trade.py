"""What a threshold costs: hours until the alarm against alarms for nothing, on simulated streams whose truth is known."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, reduce
from operator import add

import numpy as np
import pandas as pd

from ...analytics.detect.detect import MERGE, Detected, detect
from ...errors import NotFound
from ...sandbox.alarm_score import Score, score_alarms
from ...sandbox.mentions import mention_stream

RULES = {"volume": "則數的 z 分數", "negatives": "負面則數的 z 分數", "share": "detect() 的機率"}
THRESHOLDS = {
    "volume": (2.0, 2.5, 3.0, 4.0, 5.0),
    "negatives": (2.0, 2.5, 3.0, 4.0, 5.0),
    "share": (0.1, 0.3, 0.5, 0.75, 0.95),
}
"""From touchy to slow, five for each rule."""
COLUMNS = {"volume": "mentions", "negatives": "negative"}
PRACTICE = (560, 561, 562)
"""Seeds of the streams on which thresholds are compared; their truth is open."""
WEEK, LEAST_PAST = 168, 72


def rolling_z(hours: pd.DataFrame, column: str = "mentions", threshold: float = 3.0) -> pd.Series:
    """Hours at which a count stands more than ``threshold`` standard deviations above its last 7 days.

    hours: time, and the column. Runs at most 12 hours apart are one alarm, as in ``detect``. Raises NotFound for a column
    that is not there.

    >>> hours, _ = mention_stream(1, 12, days=21, crises=0)
    >>> len(rolling_z(hours)) > 0
    True
    """
    if column not in hours:
        raise NotFound(
            f"表裡沒有 {column} 這一欄", next_step=f"可用的有：{'、'.join(map(str, hours.columns))}"
        )
    x = hours[column]
    past = x.shift(1).rolling(WEEK, min_periods=LEAST_PAST)
    at = np.flatnonzero(((x - past.mean()) / past.std() > threshold).to_numpy())
    first = np.diff(at, prepend=-10 * MERGE) > MERGE
    return hours["time"].iloc[at[first]].reset_index(drop=True)


@cache
def practice(rate: float, accuracy: float, seed: int) -> tuple[pd.DataFrame, pd.DataFrame, Detected]:
    """A stream to practise on, its crises, and what ``detect()`` found."""
    hours, planted = mention_stream(seed, rate, accuracy=accuracy)
    return hours, planted, detect(hours)


def alarms_of(rule: str, threshold: float, hours: pd.DataFrame, found: Detected) -> pd.Series:
    """Alarms of a rule at a threshold. Raises NotFound for an unknown rule."""
    if rule not in RULES:
        raise NotFound(f"沒有「{rule}」這個規則", next_step=f"可用的有：{'、'.join(RULES)}")
    return found.at(threshold).alarms if rule == "share" else rolling_z(hours, COLUMNS[rule], threshold)


@cache
def _scored(rule: str, threshold: float, rate: float, accuracy: float, seeds: tuple[int, ...]) -> Score:
    streams = [practice(rate, accuracy, seed) for seed in seeds]
    return reduce(add, (score_alarms(alarms_of(rule, threshold, h, f), c, len(h)) for h, c, f in streams))


def trade_off(
    rate: float = 12.0,
    accuracy: float = 1.0,
    seeds: Iterable[int] = PRACTICE,
    rules: Iterable[str] = tuple(RULES),
) -> pd.DataFrame:
    """A row a rule and threshold: found, planted, delay (mean hours), false_a_week, f1, over all streams of the seeds.

    rate: usual mentions an hour. accuracy: of the classifier (0–1).
    """
    rows = []
    for rule in rules:
        for threshold in THRESHOLDS[rule]:
            s = _scored(rule, threshold, rate, accuracy, tuple(seeds))
            rows.append((rule, threshold, s.found, s.planted, s.delay, s.false_a_week, s.f1))
    return pd.DataFrame(
        rows, columns=["rule", "threshold", "found", "planted", "delay", "false_a_week", "f1"]
    )
