"""The size of a difference between two arms, with its uncertainty, and whether the split itself is sound.

Means by Welch's t test, ratios of sums by the delta method (Deng, Knoblich & Lu, KDD 2018,
doi:10.1145/3219819.3219919), what was known before by CUPED (Deng, Xu, Kohavi & Walker, WSDM 2013,
doi:10.1145/2433396.2433413).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import chdtrc, stdtr, stdtrit

from ...errors import TableError
from ..measures import Floats
from .moments import Moments

BROKEN_SPLIT = 0.001


@dataclass(frozen=True)
class Effects:
    """Difference of one arm from the control at each look; every field is an array [look].

    control, value: the quantity in both arms (after CUPED). difference and its standard ``error``, ``freedom``
    (Welch); log_error, log_freedom: of ln(value ÷ control). reduction: variance with CUPED ÷ variance without.
    """

    control: Floats
    value: Floats
    difference: Floats
    error: Floats
    freedom: Floats
    log_error: Floats
    log_freedom: Floats
    reduction: Floats

    @property
    def z(self) -> Floats:
        """Difference ÷ standard error; 0 where nobody differs yet."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.nan_to_num(self.difference / self.error, nan=0.0, posinf=0.0, neginf=0.0)

    @property
    def p(self) -> Floats:
        """Two-sided p value of Welch's t test."""
        with np.errstate(invalid="ignore"):
            p = 2 * stdtr(self.freedom, -np.abs(self.z))
        return np.where(np.isfinite(p), p, 1.0)

    @property
    def relative(self) -> Floats:
        """value ÷ control − 1."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.control > 0, self.value / self.control - 1, np.nan)

    def interval(self, confidence: float) -> tuple[Floats, Floats]:
        """Of the difference, Student's t."""
        with np.errstate(invalid="ignore"):
            reach = stdtrit(self.freedom, (1 + confidence) / 2) * self.error
        return self.difference - reach, self.difference + reach

    def relative_interval(self, confidence: float) -> tuple[Floats, Floats]:
        """Of value ÷ control − 1, on the log scale."""
        return self.relative_within(stdtrit(self.log_freedom, (1 + confidence) / 2))

    def relative_within(self, times: Floats) -> tuple[Floats, Floats]:
        """Of value ÷ control − 1, ``times`` standard errors wide on the log scale."""
        with np.errstate(over="ignore", invalid="ignore"):
            width = np.exp(times * self.log_error)
            return (1 + self.relative) / width - 1, (1 + self.relative) * width - 1


def effects(moments: Moments) -> Effects:
    """The second arm of a pair compared with the first, at every look that ``moments`` holds.

    CUPED: the covariate's coefficient is estimated on both arms together.
    """
    mean, covariance = moments.means(), moments.covariances()
    everyone = moments.n.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        middle = moments.shift + moments.first.sum(axis=1) / everyone[:, None]
        slope, level = _slope(moments, middle)
        value, toward = _linear(moments, mean)
        before, toward_before = _linear(moments, mean, covariate=True)
        adjusted = value - slope[:, None] * (before - level[:, None])
        toward_adjusted = toward - slope[:, None, None] * toward_before
        plain = _quadratic(toward, covariance)
        return _compared(adjusted, _quadratic(toward_adjusted, covariance), moments.n, plain)


def _compared(mean: Floats, variance: Floats, n: Floats, plain: Floats) -> Effects:
    variance = np.maximum(variance, 0)
    each = variance / n
    logs = each / mean**2
    return Effects(
        control=mean[:, 0],
        value=mean[:, 1],
        difference=mean[:, 1] - mean[:, 0],
        error=np.sqrt(each.sum(axis=1)),
        freedom=_welch(each, n),
        log_error=np.sqrt(logs.sum(axis=1)),
        log_freedom=_welch(logs, n),
        reduction=each.sum(axis=1) / (plain / n).sum(axis=1),
    )


def _welch(each: Floats, n: Floats) -> Floats:
    return each.sum(axis=1) ** 2 / (each**2 / (n - 1)).sum(axis=1)


def _linear(moments: Moments, mean: Floats, covariate: bool = False) -> tuple[Floats, Floats]:
    """The quantity (or its covariate) at these means, and how it moves with each column (delta method)."""
    used = moments.quantity.used
    top, bottom = moments.quantity.columns[2:] if covariate else moments.quantity.columns[:2]
    gradient = np.zeros(mean.shape)
    if not top:
        return np.zeros(mean.shape[:-1]), gradient
    above = mean[..., used.index(top)]
    if not bottom:
        gradient[..., used.index(top)] = 1.0
        return above, gradient
    below = mean[..., used.index(bottom)]
    gradient[..., used.index(top)] = 1 / below
    gradient[..., used.index(bottom)] -= above / below**2
    return above / below, gradient


def _slope(moments: Moments, middle: Floats) -> tuple[Floats, Floats]:
    pooled = moments.pooled_covariances()
    _, toward = _linear(moments, middle)
    level, toward_before = _linear(moments, middle, covariate=True)
    both = np.einsum("...i,...ij,...j->...", toward, pooled, toward_before)
    spread = _quadratic(toward_before, pooled)
    return np.where(spread > 0, both / np.where(spread > 0, spread, 1.0), 0.0), level


def _quadratic(gradient: Floats, covariance: Floats) -> Floats:
    return np.einsum("...i,...ij,...j->...", gradient, covariance, gradient)


@dataclass(frozen=True)
class Split:
    """Whether people were split as planned.

    table: arm, n (people assigned), share, planned (shares 0–1). p: χ² test of all people against the plan.
    p_days: χ² test that the shares stay the same from day to day; 1 when there are no days.
    """

    table: pd.DataFrame
    p: float
    p_days: float

    @property
    def broken(self) -> bool:
        """Whether one of the two p values is below .001."""
        return min(self.p, self.p_days) < BROKEN_SPLIT


def split(moments: Moments, planned: Mapping[str, float] | None = None) -> Split:
    """χ² check of the split (sample ratio mismatch), in all and from day to day.

    Fabijan and others, KDD 2019, doi:10.1145/3292500.3330722. planned: share of each arm; equal when not given.

    Raises TableError when the plan does not name the arms.

    >>> from xiaobian.analytics.ab.moments import from_counts
    >>> found = split(from_counts({"A": (4700, 50), "B": (5300, 60)}, "點擊率"))
    >>> found.broken, round(found.p * 1e9, 2)
    (True, 1.97)
    """
    people = moments.assigned
    shares = _shares(moments.arms, planned)
    total = people.sum(axis=0)
    expected = total.sum() * shares
    p = chdtrc(len(shares) - 1, float(((total - expected) ** 2 / expected).sum()))
    table = pd.DataFrame(
        {"arm": moments.arms, "n": total.astype(int), "share": total / total.sum(), "planned": shares}
    )
    return Split(table, float(p), _days_differ(people))


def _shares(arms: tuple[str, ...], planned: Mapping[str, float] | None) -> Floats:
    if planned is None:
        return np.full(len(arms), 1 / len(arms))
    if set(map(str, planned)) != set(arms) or min(planned.values()) <= 0:
        raise TableError(
            "原定的分流比例和組別對不起來",
            where=f"資料的組別：{'、'.join(arms)}",
            next_step='例如 split={"A": 0.5, "B": 0.5}，每一組都要大於 0',
        )
    shares = np.array([{str(k): v for k, v in planned.items()}[arm] for arm in arms], dtype=float)
    return shares / shares.sum()


def _days_differ(people: Floats) -> float:
    expected = people.sum(axis=1, keepdims=True) * people.sum(axis=0) / people.sum()
    kept = (expected >= 5).all(axis=1)
    if kept.sum() < 2:
        return 1.0
    some = people[kept]
    expected = some.sum(axis=1, keepdims=True) * some.sum(axis=0) / some.sum()
    return float(chdtrc((len(some) - 1) * (some.shape[1] - 1), ((some - expected) ** 2 / expected).sum()))
