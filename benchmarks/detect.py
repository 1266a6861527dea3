"""Are planted crises found in hourly mentions, how late, and how often for nothing: python benchmarks/detect.py

Streams: ``sandbox.mentions`` (60 days, 4 crises), seeds 100–129, at 4, 12 and 60 mentions an hour, with true labels and with
a classifier that is right four times in five. Scored by ``sandbox.alarm_score`` for every method alike; alarms less than
12 h after the end of the last one are the same event. Seeds 9000–9019 were used for choosing parameters, never these.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from functools import reduce
from operator import add

import numpy as np
import numpy.typing as npt
import pandas as pd

from xiaobian.sandbox.alarm_score import Score, score_alarms
from xiaobian.sandbox.mentions import mention_stream

JUDGING, TUNING = range(100, 130), range(9000, 9020)
RATES, ACCURACIES = (4, 12, 60), (1.0, 0.8)
MERGE = 12
Flags = npt.NDArray[np.bool_]
Finder = Callable[[pd.DataFrame], list[pd.Timestamp]]


def events(hot: Flags, times: pd.Series) -> list[pd.Timestamp]:
    """First hours of runs of hot hours; runs at most MERGE hours apart are one."""
    at = np.flatnonzero(hot)
    first = np.diff(at, prepend=-10 * MERGE) > MERGE
    return list(times.iloc[at[first]])


def rolling_z(column: str) -> Finder:
    """More than 3 standard deviations over the last 7 days."""

    def find(hours: pd.DataFrame) -> list[pd.Timestamp]:
        x = hours[column]
        past = x.shift(1).rolling(168, min_periods=72)
        return events(((x - past.mean()) / past.std() > 3).to_numpy(), hours["time"])

    return find


def ewma(hours: pd.DataFrame, weight: float = 0.3, width: float = 3.0) -> list[pd.Timestamp]:
    """EWMA of volume outside its limits (Roberts 1959), mean and spread of the last 7 days."""
    x = hours["mentions"]
    past = x.shift(1).rolling(168, min_periods=72)
    smooth = x.ewm(alpha=weight, adjust=False).mean()
    limit = past.mean() + width * past.std() * np.sqrt(weight / (2 - weight))
    return events((smooth > limit).to_numpy(), hours["time"])


def page_hinkley(
    hours: pd.DataFrame, delta: float = 0.005, threshold: float = 50.0, alpha: float = 0.9999, least: int = 30
) -> list[pd.Timestamp]:
    """Page–Hinkley on negatives, as river 0.26 has it with its defaults, upward changes only.

    Page 1954, doi:10.1093/biomet/41.1-2.100; the sums start again after each alarm. Own few lines, because river is not
    installed everywhere; where it is, ``against_river`` says whether the two agree.
    """
    found: list[pd.Timestamp] = []
    n, mean, total, low = 0, 0.0, 0.0, np.inf
    for x, when in zip(hours["negative"], hours["time"], strict=True):
        n += 1
        mean += (x - mean) / n
        total = alpha * total + (x - mean - delta)
        low = min(low, total)
        if n >= least and total - low > threshold:
            found.append(when)
            n, mean, total, low = 0, 0.0, 0.0, np.inf
    return found


def against_river(hours: pd.DataFrame) -> bool | None:
    """Whether river's own PageHinkley raises the same alarms; None where it is not installed."""
    try:
        from river.drift import PageHinkley
    except ImportError:
        return None
    theirs, watch = [], PageHinkley(mode="up")
    for x, when in zip(hours["negative"], hours["time"], strict=True):
        watch.update(float(x))
        if watch.drift_detected:
            theirs.append(when)
    return theirs == page_hinkley(hours)


def kleinberg(hours: pd.DataFrame, ratio: float = 2.0, price: float = 1.0) -> list[pd.Timestamp]:
    """Two states of the negative share (Kleinberg 2002, section 4, doi:10.1145/775047.775061). Offline: it sees all."""
    n, k = hours["mentions"].to_numpy(float), hours["negative"].to_numpy(float)
    base = k.sum() / n.sum()
    high = min(base * ratio, 0.95)
    cost = np.column_stack([-(k * np.log(p) + (n - k) * np.log(1 - p)) for p in (base, high)])
    up = price * np.log(len(n))
    best, back = np.array([0.0, up]), np.zeros((len(n), 2), dtype=int)
    for t, now in enumerate(cost):
        step = best[:, None] + np.array([[0.0, up], [0.0, 0.0]])
        back[t] = step.argmin(axis=0)
        best = step.min(axis=0) + now
    state, hot = int(best.argmin()), np.zeros(len(n), dtype=bool)
    for t in range(len(n) - 1, -1, -1):
        hot[t] = state == 1
        state = back[t, state]
    return events(hot, hours["time"])


METHODS: dict[str, Finder] = {
    "rolling z > 3, volume": rolling_z("mentions"),
    "rolling z > 3, negatives": rolling_z("negative"),
    "EWMA, volume": ewma,
    "PageHinkley, negatives": page_hinkley,
    "Kleinberg, share (offline)": kleinberg,
}


def scored(find: Finder, seeds: range, rate: float, accuracy: float) -> Score:
    """One method over all streams of a rate and accuracy."""
    scores = []
    for seed in seeds:
        hours, planted = mention_stream(seed, rate, accuracy=accuracy)
        scores.append(score_alarms(find(hours), planted, len(hours)))
    return reduce(add, scores)


def line(name: str, score: Score) -> str:
    return f"  {name:28} F1 {score.f1:.3f}  delay {score.delay:5.1f} h  false {score.false_a_week:.2f}/week  found {score.found}/{score.planted}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tuning", action="store_true", help="the tuning seeds instead of the judging seeds")
    seeds = TUNING if parser.parse_args().tuning else JUDGING
    for accuracy in ACCURACIES:
        for rate in RATES:
            print(f"{rate} mentions an hour, labels right {accuracy:.0%} of the time")
            for name, find in METHODS.items():
                start = time.perf_counter()
                print(
                    line(name, scored(find, seeds, rate, accuracy)), f" {time.perf_counter() - start:.1f} s"
                )


if __name__ == "__main__":
    main()
