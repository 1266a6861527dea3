"""Least squares on what is tested and what is held equal, with errors that need no equal spread."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import qr
from scipy.stats import t

from ..measures import Floats

_SAME = 1e-7
_FEWEST_PERIODS, _PIECES = 8, 20


@dataclass(frozen=True)
class Fit:
    """Of each tested column: coefficient, standard error (NaN when it cannot be told apart), degrees of freedom,
    p (two-sided), share of resamples in which it stays (same sign, |t| > 1.96)."""

    coefficient: Floats
    error: Floats
    freedom: float
    p: Floats
    stays: Floats

    def interval(self, confidence: float) -> tuple[Floats, Floats]:
        wide = t.ppf((1 + confidence) / 2, self.freedom) * self.error
        return self.coefficient - wide, self.coefficient + wide


def within(values: Floats, period: np.ndarray) -> Floats:
    """Values less the mean of their period, column by column."""
    n = np.bincount(period).astype(float)
    sums = np.zeros((len(n), values.shape[1]))
    np.add.at(sums, period, values)
    return np.asarray(values - (sums / n[:, None])[period])


def fit(y: Floats, tested: Floats, held: Floats, period: np.ndarray, resamples: int, seed: int) -> Fit:
    """Regress y on the tested columns, the held columns and a level a period.

    Standard errors: HC3 (MacKinnon & White 1985, doi:10.1016/0304-4076(85)90158-7), leverage of the periods included.
    A column that the ones before it explain completely is not judged. Resamples draw periods with replacement.
    """
    columns = within(np.column_stack([held, tested]), period)
    target = within(y[:, None], period)[:, 0]
    kept = _apart(columns, np.column_stack([held, tested]).std(axis=0))
    x = columns[:, kept]
    base, triangle = qr(x, mode="economic")
    inverse = np.linalg.inv(triangle)
    coefficient = inverse @ (base.T @ target)
    leverage = np.minimum((base**2).sum(axis=1) + 1 / np.bincount(period)[period], 0.999)
    scores = (inverse @ base.T) * ((target - x @ coefficient) / (1 - leverage))
    error = np.sqrt((scores**2).sum(axis=1))
    freedom = float(max(len(y) - x.shape[1] - len(np.bincount(period)), 1))
    stays = _stays(target, x, period, coefficient, resamples, seed)
    place = np.full(columns.shape[1], -1)
    place[kept] = np.arange(len(kept))
    mine = place[held.shape[1] :]

    def of_tested(values: Floats) -> Floats:
        return np.where(mine >= 0, values[mine], np.nan)

    p = 2 * t.sf(np.abs(coefficient / error), freedom)
    return Fit(of_tested(coefficient), of_tested(error), freedom, of_tested(p), of_tested(stays))


def _apart(columns: Floats, spread: Floats) -> np.ndarray:
    """Places of the columns that are not a sum of those before them."""
    kept: list[int] = []
    base = np.zeros((len(columns), 0))
    for place in range(columns.shape[1]):
        rest = columns[:, place] - base @ (base.T @ columns[:, place])
        rest -= base @ (base.T @ rest)
        size = float(np.linalg.norm(rest))
        if size > max(_SAME, 1e-3 * spread[place] * np.sqrt(len(columns))) and len(kept) < len(columns) // 2:
            kept.append(place)
            base = np.column_stack([base, rest / size])
    return np.array(kept, dtype=int)


def _stays(y: Floats, x: Floats, period: np.ndarray, found: Floats, resamples: int, seed: int) -> Floats:
    rng = np.random.default_rng(seed)
    if period.max() + 1 < _FEWEST_PERIODS:
        period = rng.permutation(np.arange(len(y)) % _PIECES)
    pieces = int(period.max()) + 1
    whole = np.column_stack([x, y])
    sums = np.stack([whole[period == k].T @ whole[period == k] for k in range(pieces)])
    size = np.bincount(period, minlength=pieces)
    same = np.zeros(x.shape[1])
    done = 0
    for _ in range(resamples):
        weight = rng.multinomial(pieces, np.full(pieces, 1 / pieces)).astype(float)
        both = np.tensordot(weight, sums, axes=1)
        try:
            inverse = np.linalg.inv(both[:-1, :-1])
        except np.linalg.LinAlgError:
            continue
        again = inverse @ both[:-1, -1]
        left = max(both[-1, -1] - again @ both[:-1, -1], 0.0)
        error = np.sqrt(np.maximum(np.diag(inverse), 0) * left / max(weight @ size - x.shape[1], 1.0))
        same += (np.sign(again) == np.sign(found)) & (np.abs(again) > 1.96 * error)
        done += 1
    return same / done if done else np.full(x.shape[1], np.nan)
