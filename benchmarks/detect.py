"""Are planted crises found in hourly mentions, how late, and how often for nothing: python benchmarks/detect.py

Streams: ``sandbox.mentions`` (60 days, 4 crises), seeds 100–129, at 4, 12 and 60 mentions an hour, with true labels and with
a classifier that is right four times in five. Scored by ``sandbox.alarm_score`` for every method alike; alarms less than
12 h after the end of the last one are the same event. Seeds 9000–9019 and 9100–9115 were used for choosing parameters,
never these. Besides the textbook methods it prints a run on shuffled labels (negatives dealt out again among the hours, volume unchanged), which
must fail, and streams without a crisis.

Last run, 30 November 2026, 30 streams and 120 crises a cell; F1, mean delay in hours, false alarms a week:

| | 4/h | 12/h | 60/h | 4/h, .80 | 12/h, .80 | 60/h, .80 |
| --- | --- | --- | --- | --- | --- | --- |
| detect() | .976, 2.0, .02 | .988, 1.2, .01 | .992, 0.8, .01 | .963, 4.7, .02 | .992, 2.3, .01 | .996, 1.6, .00 |
| detect(errors=) | | | | .967, 4.5, .03 | .988, 2.1, .01 | .992, 1.4, .01 |
| PageHinkley, negatives | .947, 9.4, .00 | .964, 3.4, .03 | .540, 3.3, .76 | .927, 10.0, .02 | .721, 4.1, .35 | .212, 11.0, 3.33 |
| Kleinberg, share (offline) | .845, 0.6, .07 | .929, 1.0, .03 | .971, 0.3, .02 | .751, 3.7, .05 | .949, 3.3, .02 | .970, 1.9, .01 |
| rolling z, negatives | .426, 2.1, 1.11 | .506, 1.0, .80 | .475, 0.6, .84 | .428, 3.3, 1.03 | .475, 1.9, .87 | .497, 2.4, .82 |
| rolling z, volume | .431, 5.6, 1.08 | .415, 4.8, 1.06 | .418, 6.0, 1.05 | same | same | same |
| EWMA, volume | .432, 5.2, 1.08 | .427, 3.8, 1.11 | .386, 3.8, 1.21 | same | same | same |

Shuffled labels: 0 of 40 crises found at each rate. Streams without a crisis: .01, .02, .00 false alarms a week. PageHinkley
raises the same alarms as river 0.26.1. detect() needs about 0.12 s for 60 days on a free core.
The judging seeds were run twice. In between detect() learnt whether moods last for hours, and its threshold went from .85 to
.75, both chosen on the other seeds: on streams with wandering moods and 60 mentions an hour or more it halved the false
alarms; here it changed F1 by at most .016 and the delay by at most 0.3 h.
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

from xiaobian.analytics.detect.detect import detect
from xiaobian.sandbox.alarm_score import Score, score_alarms
from xiaobian.sandbox.mentions import mention_stream

JUDGING, TUNING = range(100, 130), range(9000, 9020)
NOISY = 0.8
RATES, ACCURACIES = (4, 12, 60), (1.0, NOISY)
TARGETS = {
    (4, 1.0): (0.96, 2), (12, 1.0): (0.96, 2), (60, 1.0): (0.96, 2),
    (4, NOISY): (0.90, 6), (12, NOISY): (0.95, 3), (60, NOISY): (0.95, 2),
}  # fmt: skip
"""Least F1 and longest mean delay in hours, by rate and accuracy; at most MOST_FALSE alarms a week in all of them."""
MOST_FALSE = 0.1
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


def ours(hours: pd.DataFrame) -> list[pd.Timestamp]:
    """detect(), as it comes."""
    return list(detect(hours).alarms)


def corrected(hours: pd.DataFrame) -> list[pd.Timestamp]:
    """detect() that is told how often the classifier is right."""
    return list(detect(hours, errors=(NOISY, NOISY)).alarms)


METHODS: dict[str, Finder] = {
    "detect()": ours,
    "rolling z > 3, volume": rolling_z("mentions"),
    "rolling z > 3, negatives": rolling_z("negative"),
    "EWMA, volume": ewma,
    "PageHinkley, negatives": page_hinkley,
    "Kleinberg, share (offline)": kleinberg,
}


def scored(
    find: Finder,
    seeds: range,
    rate: float,
    accuracy: float,
    *,
    shuffled: bool = False,
    crises: int | None = None,
) -> Score:
    """One method over all streams of a rate and accuracy."""
    scores = []
    for seed in seeds:
        hours, planted = mention_stream(seed, rate, accuracy=accuracy, crises=crises)
        seen = mixed(hours, seed) if shuffled else hours
        scores.append(score_alarms(find(seen), planted, len(hours)))
    return reduce(add, scores)


def mixed(hours: pd.DataFrame, seed: int) -> pd.DataFrame:
    """The same mentions and as many negatives, dealt out among all mentions by chance."""
    n = hours["mentions"].to_numpy()
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.repeat([1, 0], [hours["negative"].sum(), n.sum() - hours["negative"].sum()]))
    sums = np.concatenate([[0], np.cumsum(labels)])
    ends = np.cumsum(n)
    return hours.assign(negative=sums[ends] - sums[ends - n])


def line(name: str, score: Score) -> str:
    return (
        f"  {name:28} F1 {score.f1:.3f}  delay {score.delay:5.1f} h  false {score.false_a_week:.2f}/week"
        f"  found {score.found}/{score.planted}"
    )


def verdict(score: Score, rate: float, accuracy: float) -> str:
    least, latest = TARGETS[rate, accuracy]
    good = score.f1 >= least and score.delay <= latest and score.false_a_week <= MOST_FALSE
    return f"{'ok' if good else 'MISSED'} (F1 ≥ {least:.2f}, delay ≤ {latest} h, false ≤ {MOST_FALSE}/week)"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tuning", action="store_true", help="the tuning seeds instead of the judging seeds")
    seeds = TUNING if parser.parse_args().tuning else JUDGING
    for accuracy in ACCURACIES:
        for rate in RATES:
            print(f"{rate} mentions an hour, labels right {accuracy:.0%} of the time")
            methods = METHODS if accuracy == 1 else METHODS | {"detect(errors=(.8, .8))": corrected}
            for name, find in methods.items():
                start = time.perf_counter()
                score = scored(find, seeds, rate, accuracy)
                each = (time.perf_counter() - start) / len(seeds) * 1000
                told = verdict(score, rate, accuracy) if find in (ours, corrected) else ""
                print(line(name, score), f" {each:.0f} ms a stream with its making  {told}")
    print("labels shuffled (must fail)")
    for rate in RATES:
        print(line(f"detect(), {rate}/h", scored(ours, seeds[:10], rate, 1.0, shuffled=True)))
    print("streams without a crisis: every alarm is false")
    for rate in RATES:
        print(line(f"detect(), {rate}/h", scored(ours, seeds[:10], rate, 1.0, crises=0)))
    agree = [against_river(mention_stream(seed, 12)[0]) for seed in seeds[:5]]
    print("river's PageHinkley raises the same alarms:", "not installed" if None in agree else all(agree))


if __name__ == "__main__":
    main()
