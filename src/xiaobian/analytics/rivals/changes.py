"""On which day a daily series took another level, and how sure that day is."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.stats import chi2

from ..measures import Floats

SHORTEST = 14
"""Days a new level must last; a holiday's bump does not."""
SMALLEST = float(np.log(1.2))
"""Smallest change of level (log) that is told: a fifth. A design parameter."""
_CLIP = 3.0
_WEEK = 7
_MOST_MEMORY = 9.0


@dataclass(frozen=True)
class Change:
    """A change of level; all are places in the series: first day of the new level, earliest and latest (90 %).

    size: change of the level, error: its standard error, both on the scale of the series.
    """

    day: int
    earliest: int
    latest: int
    size: float
    error: float


def segment(series: Floats, variance: float, penalty: float, shortest: int = SHORTEST) -> list[int]:
    """First days of the levels after the first, by optimal partitioning (Jackson et al. 2005, doi:10.1109/LSP.2001.838216).

    Minimises Σ(y − level)² ÷ variance + penalty × changes over all ways to cut, exactly.

    >>> segment(np.repeat([0.0, 5.0], 20), 1.0, 15.0)
    [20]
    """
    n = len(series)
    ones, twos = _sums(series)
    best = np.full(n + 1, np.inf)
    best[0], last = -penalty, np.zeros(n + 1, dtype=int)
    for end in range(shortest, n + 1):
        starts = np.arange(0, end - shortest + 1)
        total = best[starts] + _squares(ones, twos, starts, end) / variance + penalty
        last[end] = starts[int(np.argmin(total))]
        best[end] = total.min()
    found, end = [], n
    while end > 0 and last[end] > 0:
        found.append(int(last[end]))
        end = last[end]
    return found[::-1]


def _sums(series: Floats) -> tuple[Floats, Floats]:
    return np.concatenate([[0.0], np.cumsum(series)]), np.concatenate([[0.0], np.cumsum(series**2)])


def _squares(ones: Floats, twos: Floats, start: np.ndarray, end: np.ndarray | int) -> Floats:
    """Sum of squares about the mean of each span."""
    return np.asarray(np.maximum(twos[end] - twos[start] - (ones[end] - ones[start]) ** 2 / (end - start), 0))


def penalty(days: int, false_alarms: float) -> float:
    """Gain in squared error (in variances) that chance exceeds on any of ``days`` days with this probability at most.

    Bonferroni over the days of the χ² of one level, so that a series without changes raises an alarm at most so often.

    >>> 14 < penalty(365, 0.05) < 15
    True
    """
    return float(chi2.isf(false_alarms / days, 1))


def levels(series: Floats, cuts: list[int]) -> Floats:
    """The mean of the level each day belongs to."""
    edges = [0, *cuts, len(series)]
    return np.concatenate([np.full(b - a, series[a:b].mean()) for a, b in pairwise(edges)])


def large(series: Floats, cuts: list[int], smallest: float = SMALLEST) -> list[int]:
    """The cuts left after joining the two most alike neighbours again and again until all differ enough.

    smallest: difference of two levels, on the scale of the series.

    >>> large(np.repeat([0.0, 0.1, 1.0], 20), [20, 40])
    [40]
    """
    cuts = list(cuts)
    while cuts:
        edges = [0, *cuts, len(series)]
        means = np.array([series[a:b].mean() for a, b in pairwise(edges)])
        steps = np.abs(np.diff(means))
        if steps.min() >= smallest:
            break
        del cuts[int(steps.argmin())]
    return cuts


def memory(rest: Floats) -> float:
    """How many times the variance of a mean is that of independent days, at least 1.

    Long-run variance over a week (Newey & West 1987, Econometrica 55(3)), so that what holidays leave behind counts.
    """
    square = float((rest**2).mean())
    if len(rest) <= 2 * _WEEK or square == 0:
        return 1.0
    alike = [float((rest[k:] * rest[:-k]).sum()) / len(rest) / square for k in range(1, _WEEK + 1)]
    weights = 1 - np.arange(1, _WEEK + 1) / (_WEEK + 1)
    return float(np.clip(1 + 2 * weights @ np.array(alike), 1.0, _MOST_MEMORY))


def steady(series: Floats, spread: float, window: int = 2 * SHORTEST + 1) -> Floats:
    """The series with days beyond 3 spreads of the running median pulled in."""
    middle = running_median(series, window)
    return np.asarray(np.clip(series, middle - _CLIP * spread, middle + _CLIP * spread))


def running_median(series: Floats, window: int) -> Floats:
    half = window // 2
    padded = np.concatenate([series[:half][::-1], series, series[len(series) - half :][::-1]])
    return np.asarray(np.median(np.lib.stride_tricks.sliding_window_view(padded, window), axis=1))


def day_spread(series: Floats) -> float:
    """Standard deviation of a day, from differences of neighbours, so that levels do not matter."""
    return max(float(1.4826 * np.median(np.abs(np.diff(series)))) / np.sqrt(2), 1e-6)


def changes(series: Floats, false_alarms: float) -> tuple[list[Change], float]:
    """The changes of level of one cleaned series, and the variance of its mean times days."""
    calm = steady(series, day_spread(series))
    variance = day_spread(calm) ** 2
    cost = penalty(len(series), false_alarms)
    cuts: list[int] = []
    for _ in range(3):
        cuts = large(calm, segment(calm, variance, cost))
        rest = calm - levels(calm, cuts)
        variance = max(float((rest**2).sum() / max(len(rest) - len(cuts) - 1, 1)) * memory(rest), 1e-6)
    return _dated(calm, cuts, variance), variance


def _dated(series: Floats, cuts: list[int], variance: float) -> list[Change]:
    """Date each cut between its neighbours, by the posterior of the day with flat priors (day and both levels)."""
    edges, found = [0, *cuts, len(series)], []
    for before, after in zip(edges, edges[2:], strict=False):
        places = np.arange(max(before + SHORTEST // 2, before + 1), after - SHORTEST // 2 + 1)
        ones, twos = _sums(series)
        left, right = places - before, after - places
        loss = _squares(ones, twos, np.full(len(places), before), places) + _squares(
            ones, twos, places, after
        )
        log_weight = -loss / (2 * variance) - 0.5 * np.log(left * right)
        weight = np.exp(log_weight - log_weight.max())
        running = np.cumsum(weight / weight.sum())
        day = int(places[int(np.argmax(weight))])
        earliest, latest = (int(places[np.searchsorted(running, at)]) for at in (0.05, 0.95))
        size = float(series[day:after].mean() - series[before:day].mean())
        error = float(np.sqrt(variance * (1 / (day - before) + 1 / (after - day))))
        found.append(Change(day, min(earliest, day), max(latest, day), size, error))
    return found
