"""Counts per person reached as a log-linear model: overdispersed Poisson with a weak normal prior, by IRLS."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

STEPS, ROUNDS = 40, 4


@dataclass(frozen=True)
class Fit:
    """beta [k] with its covariance [k, k] on the log scale; excess: extra relative variance of a count (NB2 alpha);
    evidence: log marginal likelihood (Laplace), to compare priors on the same counts."""

    beta: Floats
    covariance: Floats
    excess: float
    evidence: float


def fit(x: Floats, count: Floats, exposure: Floats, prior_sd: Floats, *, people: bool = False) -> Fit:
    """Log rate = x·beta for counts out of an exposure; variance of a count: mean + excess × mean².

    x [n, k] with its constant; count, exposure [n]; prior_sd [k]: standard deviation of each coefficient around 0,
    infinite for none. The excess is found by moments, in turn with beta. people: the count is people out of the exposure, so
    that the extra variance is that of a beta-binomial: excess × mean² × (1 − rate) ÷ rate.

    >>> x = np.column_stack([np.ones(200), np.repeat([0.0, 1.0], 100)])
    >>> rate = 0.01 * np.exp(0.7 * x[:, 1])
    >>> found = fit(x, np.random.default_rng(1).poisson(5000 * rate), np.full(200, 5000.0), np.array([np.inf, 1.0]))
    >>> bool(abs(found.beta[1] - 0.7) < 0.05)
    True
    """
    penalty = np.diag(1.0 / np.square(prior_sd))
    offset = np.log(exposure)
    beta = np.zeros(x.shape[1])
    beta[0] = np.log((count.sum() + 0.5) / exposure.sum())
    excess, each = 0.0, np.ones(len(count))
    hessian = penalty
    for _ in range(ROUNDS):
        for _ in range(STEPS):
            mean = np.exp(np.clip(x @ beta + offset, -30, 30))
            if people:
                each = np.maximum(exposure / mean - 1, 1e-3)
            weight = mean / (1 + excess * each * mean)
            hessian = (x * weight[:, None]).T @ x + penalty
            step = np.linalg.solve(hessian, x.T @ (weight * (count - mean) / mean) - penalty @ beta)
            beta = beta + np.clip(step, -2, 2)
            if np.abs(step).max() < 1e-8:
                break
        mean = np.exp(np.clip(x @ beta + offset, -30, 30))
        excess = _excess(count, mean, each, len(count) - _freedom(x, weight, hessian))
    covariance = np.asarray(np.linalg.inv(hessian), dtype=np.float64)
    prior = np.diag(penalty)[np.isfinite(prior_sd)]
    evidence = _likelihood(count, mean, excess * each) - 0.5 * float(beta @ penalty @ beta)
    evidence += 0.5 * float(np.log(prior).sum()) + 0.5 * float(np.linalg.slogdet(covariance)[1])
    return Fit(beta, covariance, excess, evidence)


def _freedom(x: Floats, weight: Floats, hessian: Floats) -> float:
    """Coefficients the counts really paid for: the trace of the smoother."""
    return float(np.trace(np.linalg.solve(hessian, (x * weight[:, None]).T @ x)))


def _excess(count: Floats, mean: Floats, each: Floats, left: float) -> float:
    """The excess at which the squared residuals, in units of their variance, add up to the degrees of freedom left."""
    from scipy.optimize import brentq

    def over(excess: float) -> float:
        return float(((count - mean) ** 2 / (mean * (1 + excess * each * mean))).sum() - max(left, 1.0))

    if over(0.0) <= 0:
        return 0.0
    high = 1.0
    while over(high) > 0 and high < 1e6:
        high *= 4
    return float(brentq(over, 0.0, high, xtol=1e-10))


def _likelihood(count: Floats, mean: Floats, excess: Floats) -> float:
    """Log likelihood of negative binomial counts (Poisson without excess), up to a constant of the counts."""
    from scipy.special import gammaln

    if float(excess.max()) < 1e-6:
        return float((count * np.log(mean) - mean).sum())
    size = 1 / np.maximum(excess, 1e-9)
    terms = gammaln(count + size) - gammaln(size) + size * np.log(size / (size + mean))
    return float((terms + count * np.log(mean / (size + mean))).sum())
