"""The statistics behind an advertising budget: curves that flatten, and the split with the most results."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

Floats = NDArray[np.float64]

_FLATTEST, _STEEPEST = 0.02, 0.98


@dataclass(frozen=True)
class Curve:
    """results = e^level × (spend ÷ middle)^power: level and power with their covariance [2, 2].

    middle: geometric mean of the spend seen; least, most: the range seen; n periods; freedom of the t.
    """

    level: float
    power: float
    cover: Floats
    middle: float
    least: float
    most: float
    n: int
    freedom: int

    def at(self, spend: Floats | float) -> Floats:
        """Expected results of one period at a spend above 0; 0 at none."""
        spend = np.asarray(spend, dtype=float)
        with np.errstate(divide="ignore"):
            return np.where(spend > 0, np.exp(self.level + self.power * np.log(spend / self.middle)), 0.0)

    @property
    def power_se(self) -> float:
        return float(np.sqrt(self.cover[1, 1]))

    def interval(self, confidence: float = 0.95) -> tuple[float, float]:
        """Interval of the power (elasticity)."""
        t = float(stdtrit(self.freedom, (1 + confidence) / 2))
        return self.power - t * self.power_se, self.power + t * self.power_se

    def draws(self, rng: np.random.Generator, number: int) -> tuple[Floats, Floats]:
        """Draws of level and power, as a multivariate t."""
        z = rng.multivariate_normal([0, 0], self.cover, number)
        z = z / np.sqrt(rng.chisquare(self.freedom, number) / self.freedom)[:, None]
        return self.level + z[:, 0], self.power + z[:, 1]


def fit_curve(spend: Floats, results: Floats) -> Curve:
    """Power curve by quasi-likelihood with log link (McCullagh & Nelder 1989, §9.2).

    spend: NT$ above 0, a value a period; results ≥ 0. The variance is mean + φ·mean², φ from Pearson's residuals
    (negative binomial weights), since results vary far more than Poisson and most where most is spent; covariance
    with the HC3 correction (MacKinnon & White 1985, doi:10.1016/0304-4076(85)90158-7). A constant elasticity below 1
    is the plainest curve of diminishing returns.

    >>> spend = np.array([100.0, 200, 400, 800, 1600, 3200])
    >>> round(fit_curve(spend, 2 * spend**0.5).power, 6)
    0.5
    """
    middle = float(np.exp(np.log(spend).mean()))
    x = np.column_stack([np.ones(len(spend)), np.log(spend / middle)])
    freedom, extra = max(len(spend) - 2, 1), 0.0
    beta = np.array([np.log(max(float(results.mean()), 1e-9)), 0.5])
    for _ in range(30):
        beta, before = _scored(x, results, beta, extra), extra
        mu = np.exp(np.clip(x @ beta, -30, 30))
        extra = max(float((((results - mu) ** 2 - mu) / mu**2).sum() / freedom), 0.0)
        if abs(extra - before) < 1e-9:
            break
    root = np.sqrt(mu / (1 + extra * mu))[:, None]
    inverse = np.linalg.inv((x * root).T @ (x * root))
    leverage = np.clip(np.einsum("ij,jk,ik->i", x * root, inverse, x * root), 0, 0.99)
    residual = (results - mu) / mu * root[:, 0] / (1 - leverage)
    half = inverse @ (x * root * residual[:, None]).T
    cover = half @ half.T + 1e-15 * np.eye(2)
    return Curve(
        float(beta[0]),
        float(beta[1]),
        cover,
        middle,
        float(spend.min()),
        float(spend.max()),
        len(spend),
        freedom,
    )


def _scored(x: Floats, y: Floats, beta: Floats, extra: float) -> Floats:
    """Coefficients that solve the quasi-score with variance mu + extra·mu²."""
    for _ in range(100):
        mu = np.exp(np.clip(x @ beta, -30, 30))
        weight = mu / (1 + extra * mu)
        step = np.linalg.solve(
            x.T @ (x * weight[:, None]) + 1e-12 * np.eye(2), x.T @ (weight * (y - mu) / mu)
        )
        beta = beta + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-11:
            break
    return beta


def split(curves: list[Curve], budget: float, low: Floats, high: Floats) -> Floats:
    """Spend a channel that gives the most results together, each within its bounds.

    Concave curves, so the best split has one marginal return everywhere inside the bounds: bisection on it (water
    filling; Boyd & Vandenberghe, Convex Optimization, 2004, §5.5.3). A budget outside the bounds' sums is cut to them.
    """
    power = np.array([np.clip(c.power, _FLATTEST, _STEEPEST) for c in curves])
    scale = np.array([np.exp(c.level - p * np.log(c.middle)) for c, p in zip(curves, power, strict=True)])
    budget = float(np.clip(budget, low.sum(), high.sum()))

    def spend(price: float) -> Floats:
        return np.asarray(np.clip((scale * power / price) ** (1 / (1 - power)), low, high))

    cheap, dear = -60.0, 60.0
    with np.errstate(over="ignore"):
        for _ in range(200):
            middle = (cheap + dear) / 2
            cheap, dear = (middle, dear) if spend(np.exp(middle)).sum() > budget else (cheap, middle)
        found = spend(np.exp((cheap + dear) / 2))
    gap = budget - found.sum()
    room = np.where(gap > 0, high - found, found - low)
    return np.asarray(found + gap * room / room.sum()) if abs(gap) > 1e-9 and room.sum() > 0 else found
