"""Intervals that promise a share of posts and keep up with drift."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..measures import Floats
from .features import Ints

SHARE = 0.80
_MEMORY, _STEP, _POOL = 120.0, 0.01, 15.0


@dataclass(frozen=True)
class Band:
    """Interval in logs around predictions; ``alpha``: the share left outside that the walk had arrived at."""

    low: Floats
    high: Floats
    alpha: float


def bands(point: Floats, z: Floats, who: Ints, blocks: Sequence[tuple[int, int]], share: float) -> Band:
    """An interval for each post of the blocks, from the errors of earlier blocks only.

    Split conformal with weights that halve every 120 posts (Barber, Candès, Ramdas & Tibshirani 2023,
    doi:10.1214/23-AOS2276), errors in units of their account's spread, and the level moved by what the intervals
    have missed so far (Gibbs & Candès 2021, arXiv 2106.00170). NaN until there are 8 errors.
    """
    low, high = (np.full(len(z), np.nan) for _ in range(2))
    alpha = 1 - share
    for begin, end in blocks:
        start = blocks[0][0]
        if begin - start < 8:
            continue
        past, here = slice(start, begin), slice(begin, end)
        below, above = around(z[past] - point[past], who[past], who[here], alpha)
        low[here], high[here] = point[here] + below, point[here] + above
        for missed in (z[here] < low[here]) | (z[here] > high[here]):
            alpha += _STEP * ((1 - share) - float(missed))
        alpha = float(np.clip(alpha, 0.2 * (1 - share), min(0.9, 2.0 * (1 - share))))
    return Band(low, high, alpha)


def around(errors: Floats, who: Ints, asked: Ints, alpha: float) -> tuple[Floats, Floats]:
    """How far below and above its prediction a post of each asked account may lie."""
    weight = 0.5 ** (np.arange(len(errors))[::-1] / _MEMORY)
    spread = _spreads(errors, who, weight, np.append(who, asked))
    own, theirs = spread[: len(errors)], spread[len(errors) :]
    lower = -_quantile(-errors / own, weight, 1 - alpha / 2)
    upper = _quantile(errors / own, weight, 1 - alpha / 2)
    return np.minimum(lower, 0.0) * theirs, np.maximum(upper, 0.0) * theirs


def _spreads(errors: Floats, who: Ints, weight: Floats, asked: Ints) -> Floats:
    """Mean absolute error of each asked account, drawn towards that of all."""
    overall = max(float(np.average(np.abs(errors), weights=weight)), 1e-6)
    found = np.full(len(asked), overall)
    for code in np.unique(asked):
        mine = who == code
        total = weight[mine].sum()
        sums = float((weight[mine] * np.abs(errors[mine])).sum())
        found[asked == code] = (sums + _POOL * overall) / (total + _POOL)
    return np.maximum(found, 1e-6)


def _quantile(values: Floats, weight: Floats, level: float) -> float:
    """Weighted quantile with the new post's own weight at infinity; the largest value where that is asked for."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weight[order]) / (weight.sum() + 1.0)
    place = int(np.searchsorted(reached, level - 1e-12))
    return float(values[order[min(place, len(values) - 1)]])
