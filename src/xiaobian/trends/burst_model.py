"""How a burst is told from ordinary days: a usual level, counts that scatter, and states that cost something to enter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import nbinom

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

STEP = 1.5
"""Ratio of neighbouring states (Kleinberg's s)."""
STATES = 9
ENTRY = 0.8
"""Price of leaving the usual state in units of ln(number of periods) (Kleinberg's gamma)."""
CLIMB = 0.7
"""Price of each further state, in log likelihood."""
LEAST_WEIGHT = 14.0
"""Least log likelihood ratio of a whole burst against no burst."""
LEAST_EXCESS = 0.9
"""Least excess at the peak: what does not come near twice the usual is not called a burst."""
HOURS_ALIKE = 8.0
LEVEL_DAYS = 29
CALM_PASSES = 2
MOST_K, LEAST_K = 400.0, 2.0
EDGE = 0.25
"""A burst ends when its excess has fallen under this share of its peak's."""
FOOT = 0.2
"""A burst starts on the first day with this share of its peak's excess."""
HALF_LIFE_PRIOR = (0.7, 0.6)
"""Log of days, and its standard deviation: what is believed before a topic has begun to fade (設計參數)."""
_HALF_LIVES = np.exp(np.linspace(np.log(0.3), np.log(15), 60))


@dataclass(frozen=True)
class Fit:
    """One topic: expected counts, dispersion k, ratio of count and expected, state of each period (0 is usual)."""

    expected: Floats
    k: float
    ratio: Floats
    state: npt.NDArray[np.int64]
    gain: Floats


def rhythm(logs: Floats, slot: npt.NDArray[np.int64], number: int, pooled: Floats | None = None) -> Floats:
    """Log factor of each slot (day of the week, hour of the day), median over its periods, drawn towards ``pooled``.

    logs: log counts less their level; nan where unknown. Factors have mean 0.

    >>> rhythm(np.array([0.5, -0.5] * 50), np.array([0, 1] * 50), 2).round(1).tolist()
    [0.5, -0.5]
    """
    own, weight = np.zeros(number), np.zeros(number)
    for place in range(number):
        mine = logs[slot == place]
        mine = mine[np.isfinite(mine)]
        if len(mine):
            own[place], weight[place] = np.median(mine), len(mine)
    towards = np.zeros(number) if pooled is None else pooled
    trust = weight / (weight + (2.0 if pooled is None else 8.0))
    mixed = trust * own + (1 - trust) * towards
    return np.asarray(mixed - mixed.mean())


def smooth(values: Floats, calm: Flags, window: int) -> Floats:
    """Running median over calm periods; where few are calm, the nearest that is known."""
    series = pd.Series(np.where(calm, values, np.nan))
    middle = series.rolling(window, center=True, min_periods=max(window // 4, 3)).median()
    level = middle.ffill().bfill().to_numpy(dtype=float)
    if np.isfinite(level).all():
        return np.asarray(level)
    return np.full(len(values), float(np.nanmedian(values)))


def dispersion(ratio: Floats, expected: Floats, calm: Flags) -> float:
    """k of a negative binomial from the lower half of the calm periods, which no burst can widen."""
    usable = calm & np.isfinite(ratio)
    logs = np.log(np.maximum(ratio[usable], 0.02))
    below = logs[logs <= np.median(logs)] if len(logs) else logs
    if len(below) < 5:
        return 20.0
    spread = 1.4826 * float(np.median(np.abs(below - np.median(logs))))
    noise = float(np.median(1 / np.maximum(expected[usable], 1)))
    return float(np.clip(1 / max(spread**2 - noise, 1 / MOST_K), LEAST_K, MOST_K))


def states(
    counts: Floats, expected: Floats, k: float, alike: float = 1.0
) -> tuple[npt.NDArray[np.int64], Floats]:
    """The cheapest path of states, and each period's log likelihood ratio against the usual state.

    Kleinberg (2002, doi:10.1145/775047.775061) with counts that are negative binomial instead of gaps that are
    exponential: going up costs, coming down is free. alike: how many neighbouring periods count as one, because they
    share the same ordinary ups and downs (1 by day, ``HOURS_ALIKE`` by hour).
    """
    known = np.isfinite(counts)
    whole = np.where(known, np.rint(counts), 0)
    means = np.maximum(expected, 0.05)[:, None] * STEP ** np.arange(STATES)
    fit = np.asarray(nbinom.logpmf(whole[:, None], k, k / (k + means)))
    fit = np.where(known[:, None], fit, 0.0) / alike
    up = np.maximum(np.arange(STATES)[None, :] - np.arange(STATES)[:, None], 0)
    price = CLIMB * up
    price[0, 1:] += ENTRY * np.log(max(len(counts), 2))
    total, back = fit[0] - price[0], np.zeros((len(counts), STATES), dtype=np.int64)
    for t in range(1, len(counts)):
        ways = total[:, None] - price
        back[t] = ways.argmax(axis=0)
        total = ways.max(axis=0) + fit[t]
    path = np.empty(len(counts), dtype=np.int64)
    path[-1] = int(total.argmax())
    for t in range(len(counts) - 1, 0, -1):
        path[t - 1] = back[t, path[t]]
    return path, fit[np.arange(len(counts)), path] - fit[:, 0]


def fitted(counts: Floats, factor: Floats, window: int, alike: float = 1.0) -> Fit:
    """A topic's usual level and its states; ``factor`` is the known rhythm (times), nan counts are unknown.

    The level is found twice: the second time without the periods that the first pass called a burst.
    """
    calm = np.isfinite(counts)
    for _ in range(CALM_PASSES + 1):
        flat = counts / factor
        expected = smooth(flat, calm, window) * factor
        ratio = counts / np.maximum(expected, 0.05)
        k = dispersion(ratio, expected, calm)
        state, gain = states(counts, expected, k, alike)
        before, calm = calm, np.isfinite(counts) & (state == 0)
        if calm.sum() < len(counts) // 4:
            calm = before
    return Fit(expected, k, ratio, state, gain)


def events(fit: Fit, gap: int) -> list[tuple[int, int, int, bool, float]]:
    """Bursts as (start, peak, end, ongoing, weight), periods counted from 0; two runs at most ``gap`` apart are one.

    A run in which the topic falls by two states and climbs two again holds two bursts.
    """
    on = np.flatnonzero(fit.state > 0)
    if not len(on):
        return []
    cuts = np.flatnonzero(np.diff(on) > gap + 1)
    runs = zip(on[np.r_[0, cuts + 1]], on[np.r_[cuts, len(on) - 1]], strict=True)
    found = []
    for left, right in runs:
        for start, stop in _split(fit.state, int(left), int(right)):
            weight = float(fit.gain[start : stop + 1].sum())
            first, peak, end = _trimmed(fit.ratio, start, stop)
            if weight >= LEAST_WEIGHT and fit.ratio[peak] - 1 >= LEAST_EXCESS:
                found.append((first, peak, end, stop == len(fit.state) - 1, weight))
    return found


def _split(state: npt.NDArray[np.int64], first: int, last: int) -> list[tuple[int, int]]:
    parts, start, top, low, at = [], first, state[first], state[first], first
    for t in range(first, last + 1):
        if state[t] > top and low >= top - 1:
            top = low = state[t]
        if state[t] <= low:
            low, at = state[t], t
        if low <= top - 2 and state[t] >= low + 2:
            parts.append((start, at))
            start, top, low, at = at + 1, state[t], state[t], t
    return [*parts, (start, last)]


def _trimmed(ratio: Floats, start: int, stop: int) -> tuple[int, int, int]:
    excess = np.nan_to_num(ratio[start : stop + 1] - 1)
    peak = start + int(excess.argmax())
    high = np.flatnonzero(excess >= EDGE * excess.max())
    return start + int(np.flatnonzero(excess >= FOOT * excess.max())[0]), peak, start + int(high[-1])


def half_life(excess: Floats, days: Floats, k: float) -> tuple[float, float, float]:
    """Posterior mean and 80 % interval of the half-life in days of an excess that fades.

    excess: from the peak on (times the usual). days: since the peak. One value only gives the prior back.

    >>> round(half_life(8 * 2.0 ** -np.arange(8.0), np.arange(8.0), 100)[0], 1)
    1.0
    """
    mean, spread = HALF_LIFE_PRIOR
    weight = -0.5 * ((np.log(_HALF_LIVES) - mean) / spread) ** 2
    usable = np.isfinite(excess) & (excess > 0.1)
    if usable.sum() >= 2:
        e, t = excess[usable], days[usable]
        precise = k * (e / (1 + e)) ** 2
        lifted = np.log(e)[None, :] + np.log(2) * t[None, :] / _HALF_LIVES[:, None]
        middle = (lifted * precise).sum(axis=1, keepdims=True) / precise.sum()
        weight = weight - 0.5 * (precise * (lifted - middle) ** 2).sum(axis=1)
    chance = np.exp(weight - weight.max())
    chance /= chance.sum()
    below = np.cumsum(chance)
    low, high = (float(_HALF_LIVES[np.searchsorted(below, q)]) for q in (0.1, 0.9))
    return float(np.exp((chance * np.log(_HALF_LIVES)).sum())), low, high
