"""The same forecast told for another measure: where the mean percentage error of the past was least.

A percentage error forgives a forecast that is too low (100 % at most) and not one that is too high, so the point that
makes it least lies below the middle of what may come: the median weighted by 1 ÷ result (Gneiting 2011,
doi:10.1198/jasa.2011.r10138). It is no typical post. Only results above 0 have a percentage error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..measures import Floats
from .features import Ints

_HALF_LIFE, _MEMORY = 40.0, 150.0
_PRIOR = np.array([0.25, 0.25, 0.5])
_LEARNING = 0.1
_WORST, _FEWEST = 5.0, 5
_UNKNOWN = 0.74
"""Factor while there is nothing to learn it from."""


@dataclass(frozen=True)
class Aim:
    """What the past says of the point to tell: levels of each account, the forecast's factor, and their shares.

    levels: by code of account, −1 for all: weighted median of its past, and the same with a half-life of 40 posts.
    """

    levels: dict[int, tuple[float, float]]
    factor: float
    shares: Floats

    def points(self, told: Floats, who: Ints) -> Floats:
        """Counts to tell for forecasts ``told`` (counts, before the factor)."""
        return np.asarray(np.exp(np.log(self.parts(told, who)) @ self.shares))

    def parts(self, told: Floats, who: Ints) -> Floats:
        """Long level, recent level and lowered forecast: a column each."""
        found = np.array([self.levels.get(int(code), self.levels[-1]) for code in who]).reshape(-1, 2)
        return np.column_stack([found, told * self.factor])


def percentage_level(y: Floats, weight: Floats | None = None) -> float:
    """The one number with the least mean percentage error over results; only those above 0 count.

    >>> percentage_level(np.array([1.0, 2, 4, 8, 0]))
    1.0
    """
    weight = np.ones(len(y)) if weight is None else weight
    some = y > 0
    return _weighted_median(y[some], weight[some] / y[some]) if some.any() else 1.0


def factor(told: Floats, y: Floats) -> float:
    """What to multiply forecasts by; a default while fewer than 5 results above 0 are known.

    >>> factor(np.full(6, 2.0), np.array([1.0, 1, 1, 1, 9, 0]))
    0.5
    """
    some = (y > 0) & (told > 0)
    if some.sum() < _FEWEST:
        return _UNKNOWN
    ratio = y[some] / told[some]
    return _weighted_median(ratio, np.minimum(1 / ratio, 50.0))


def _weighted_median(values: Floats, weight: Floats) -> float:
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weight[order])
    return float(values[order[int(np.searchsorted(reached, reached[-1] / 2))]])


def levels(y: Floats, who: Ints) -> dict[int, tuple[float, float]]:
    """Levels of every account with 5 results above 0, and of all together under −1."""
    found = {}
    for code in (-1, *np.unique(who)):
        mine = y if code == -1 else y[who == code]
        if code == -1 or (mine > 0).sum() >= _FEWEST:
            recent = 0.5 ** (np.arange(len(mine))[::-1] / _HALF_LIFE)
            found[int(code)] = (percentage_level(mine), percentage_level(mine, recent))
    return found


def shares(parts: Floats, y: Floats) -> Floats:
    """Shares of the parts by their percentage errors so far, the newest counting most (exponential weights)."""
    some = y > 0
    error = np.minimum(np.abs(parts[some] - y[some, None]) / y[some, None], _WORST)
    newest = 0.5 ** (np.arange(len(y))[::-1][some] / _MEMORY)
    loss = _LEARNING * (error * newest[:, None]).sum(axis=0)
    found = _PRIOR * np.exp(loss.min() - loss)
    return np.asarray(found / found.sum())


def constant(y: Floats, blocks: Sequence[tuple[int, int]]) -> Floats:
    """The level of all earlier results, for each post of the blocks."""
    found = np.full(len(y), np.nan)
    for begin, end in blocks:
        found[begin:end] = percentage_level(y[:begin])
    return found


def walked(
    told: Floats, y: Floats, who: Ints, blocks: Sequence[tuple[int, int]], blend: bool
) -> tuple[Floats, Aim]:
    """Points to tell of each post of the blocks, from earlier blocks only, and what the whole past says.

    told: forecasts in counts, NaN before the first block. blend: mix with the levels; otherwise only lowered.
    """
    points, parts = told.copy(), np.full((len(told), 3), np.nan)
    for begin, end in [*blocks, (len(told), len(told))]:
        past = slice(blocks[0][0], begin)
        aim = Aim(levels(y[:begin], who[:begin]), factor(told[past], y[past]), shares(parts[past], y[past]))
        here = slice(begin, end)
        parts[here] = aim.parts(told[here], who[here])
        points[here] = aim.points(told[here], who[here]) if blend else parts[here, 2]
    return points, aim
