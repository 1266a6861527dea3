"""Counts per person reached as a log-linear model: overdispersed Poisson with a weak normal prior, by IRLS."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

STEPS, ROUNDS = 40, 4


@dataclass(frozen=True)
class Fit:
    """beta [k] with its covariance [k, k] on the log scale; excess: extra relative variance of a count (NB2 alpha)."""

    beta: Floats
    covariance: Floats
    excess: float


def fit(x: Floats, count: Floats, exposure: Floats, prior_sd: Floats) -> Fit:
    """Log rate = x·beta for counts out of an exposure; variance of a count: mean + excess × mean².

    x [n, k] with its constant; count, exposure [n]; prior_sd [k]: standard deviation of each coefficient around 0,
    infinite for none. The excess is found by moments, in turn with beta.

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
    excess = 0.0
    hessian = penalty
    for _ in range(ROUNDS):
        for _ in range(STEPS):
            mean = np.exp(np.clip(x @ beta + offset, -30, 30))
            weight = mean / (1 + excess * mean)
            hessian = (x * weight[:, None]).T @ x + penalty
            step = np.linalg.solve(hessian, x.T @ (weight * (count - mean) / mean) - penalty @ beta)
            beta = beta + np.clip(step, -2, 2)
            if np.abs(step).max() < 1e-8:
                break
        mean = np.exp(np.clip(x @ beta + offset, -30, 30))
        spare = max(len(count) - x.shape[1], 1) / len(count)
        excess = max(float(((count - mean) ** 2 - mean).sum() / (mean**2).sum() / spare), 0.0)
    return Fit(beta, np.linalg.inv(hessian), excess)
