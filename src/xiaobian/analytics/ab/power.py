"""Power of a comparison of two arms: people needed, the smallest lift that shows, posts instead of people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.special import ndtri


@dataclass(frozen=True)
class Design:
    """What a test is to find. rate (0–1), or mean and sd, or log_sd; lift relative; alpha of one comparison; shares
    of the arms, control first; left: variance left by what was known before; extra: people of the stopping rule ÷
    people of a single look."""

    rate: float | None
    mean: float | None
    sd: float | None
    log_sd: float | None
    lift: float
    power: float
    alpha: float
    shares: tuple[float, ...]
    left: float = 1.0
    extra: float = 1.0

    @property
    def ratio(self) -> float:
        """Size of the smallest other arm ÷ size of the control."""
        return min(self.shares[1:]) / self.shares[0]


def standard_effect(design: Design) -> float:
    """The lift in standard deviations: Cohen's h of a rate, Cohen's d of a mean or a logarithm."""
    from statsmodels.stats.proportion import proportion_effectsize

    if design.rate is not None:
        return abs(float(proportion_effectsize(design.rate * (1 + design.lift), design.rate)))
    if design.log_sd is not None:
        return abs(float(np.log1p(design.lift))) / design.log_sd
    assert design.mean is not None and design.sd is not None
    return abs(design.lift) * design.mean / design.sd


def _solver(design: Design):
    from statsmodels.stats.power import NormalIndPower, TTestIndPower

    return NormalIndPower() if design.rate is not None else TTestIndPower()


def needed(design: Design) -> tuple[int, ...]:
    """Units of each arm, control first, rounded up.

    >>> needed(Design(0.03, None, None, None, 0.1, 0.8, 0.05, (0.5, 0.5)))
    (53182, 53182)
    """
    control = _solver(design).solve_power(
        standard_effect(design) / np.sqrt(design.left),
        power=design.power,
        alpha=design.alpha,
        ratio=design.ratio,
    )
    least = max(2.0, float(np.ravel(control)[0]) * design.extra)
    return tuple(int(np.ceil(least * share / design.shares[0] - 1e-9)) for share in design.shares)


def power_of(design: Design, control: float) -> float:
    """Chance to find the lift with ``control`` units in the control arm."""
    n = max(control / design.extra, 2.0)
    effect = standard_effect(design) / np.sqrt(design.left)
    return float(_solver(design).power(effect, n, design.alpha, ratio=design.ratio))


def least_lift(design: Design, control: float) -> float:
    """Smallest relative rise that is found with the wanted power; infinite when none is.

    >>> round(least_lift(Design(0.012, None, None, None, 0.1, 0.8, 0.05, (0.5, 0.5)), 135_549), 4)
    0.1
    """
    n = max(control / design.extra, 2.0)
    if design.rate is not None:
        reach = (ndtri(design.power) - ndtri(design.alpha / 2)) * np.sqrt(
            design.left * (1 + 1 / design.ratio) / n
        )
        angle = np.arcsin(np.sqrt(design.rate)) + reach / 2
        return float(np.sin(angle) ** 2 / design.rate - 1) if angle < np.pi / 2 else np.inf

    found = _solver(design).solve_power(nobs1=n, power=design.power, alpha=design.alpha, ratio=design.ratio)
    effect = float(np.ravel(found)[0]) * np.sqrt(design.left)
    if design.log_sd is not None:
        return float(np.expm1(effect * design.log_sd))
    assert design.mean is not None and design.sd is not None
    return effect * design.sd / design.mean


def raw_design(design: Design) -> Design:
    """The same log-normal posts compared by the mean of the raw values; sd of the two arms pooled."""
    assert design.log_sd is not None
    variation = np.sqrt(np.expm1(design.log_sd**2))
    pooled = variation * np.sqrt((1 + (1 + design.lift) ** 2) / 2)
    return replace(design, mean=1.0, sd=float(pooled), log_sd=None)


def posts_power(design: Design, sizes: Sequence[int]) -> pd.DataFrame:
    """Power at some numbers of posts an arm: per_arm, power_raw, power_log, least_lift.

    Posts differ so much (log-sd about 1) that raw means drown; logarithms help. Amounts with mean and sd have no
    logarithm to take, nor has a rate: their power_log is missing.
    """
    logs = design.log_sd is not None
    raw = raw_design(design) if logs else design
    return pd.DataFrame(
        {
            "per_arm": list(sizes),
            "power_raw": [power_of(raw, n) for n in sizes],
            "power_log": [power_of(design, n) if logs else np.nan for n in sizes],
            "least_lift": [least_lift(design, n) for n in sizes],
        }
    )
