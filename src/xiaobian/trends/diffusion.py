"""Fit of two diffusion models to weekly active users: Bass, and Bass with people who leave, as weighted draws.

Sequential Monte Carlo with tempering (Chopin 2002, doi:10.1093/biomet/89.3.539; Del Moral, Doucet & Jasra 2006,
doi:10.1111/j.1467-9868.2006.00553.x); the market is integrated out, as it enters as a level on the log scale.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from ..sandbox.adoption import active_shares

Floats = NDArray[np.float64]

PRIOR: dict[str, tuple[float, float]] = {
    "innovation": (3e-4, 0.02),
    "imitation": (0.025, 0.6),
    "noise_sd": (0.015, 0.15),
    "leave": (0.005, 0.12),
}
"""Log-uniform ranges of the weekly rates and of the noise, wider than any simulated world (design parameters).

These, ``MOST_SEEDED``, ``MOST_MEMORY`` and ``FADING`` were settled on the platforms of seeds 5100–5219 of the sandbox, which no
benchmark judges.
"""

MOST_SEEDED, MOST_MEMORY = 0.06, 0.85
FADING = 0.6
"""Chance that people leave, before any data."""
_MOVES, _KEPT = 3, 0.5


@dataclass(frozen=True)
class Draws:
    """Equally weighted draws of one model: weekly rates, noise, log market, and the last week's deviation [n]."""

    innovation: Floats
    imitation: Floats
    leave: Floats
    seeded: Floats
    noise_sd: Floats
    memory: Floats
    log_market: Floats
    last: Floats
    log_evidence: float


def fit(log_users: Floats, fading: bool, ceiling: float, number: int, rng: np.random.Generator) -> Draws:
    """Draws given the logarithm of the weekly active users [weeks]; ``ceiling`` is the largest market thought possible.

    fading: whether people leave. number: draws.
    """
    bounds = (float(log_users.max()) - 0.2, float(np.log(ceiling)))
    unit = rng.random((number, 6 if fading else 5))
    score, evidence, heat = _score(unit, log_users, bounds)[0], 0.0, 0.0
    while heat < 1:
        rise = _rise(score, 1 - heat)
        weights = rise * score
        top = weights.max()
        evidence += top + float(np.log(np.exp(weights - top).mean()))
        weights = np.exp(weights - top)
        heat = min(1.0, heat + rise)
        kept = _resampled(weights / weights.sum(), rng)
        unit, score = unit[kept], score[kept]
        for _ in range(_MOVES):
            unit, score = _moved(unit, score, heat, log_users, bounds, rng)
    return _opened(unit, log_users, bounds, evidence, rng)


def futures(draws: Draws, seen: int, horizon: int, rng: np.random.Generator) -> Floats:
    """Possible active users of the weeks after the ``seen`` ones, noise included [n, horizon]."""
    shares = active_shares(draws.innovation, draws.imitation, draws.leave, draws.seeded, seen + horizon)
    shock, paths = draws.last, np.empty((len(draws.last), horizon))
    step = draws.noise_sd * np.sqrt(1 - draws.memory**2)
    for week in range(horizon):
        shock = draws.memory * shock + step * rng.standard_normal(len(shock))
        paths[:, week] = shock
    return np.asarray(np.exp(draws.log_market[:, None] + np.log(shares[:, seen:]) + paths))


def _named(unit: Floats) -> tuple[Floats, ...]:
    """Innovation, imitation, noise, leave, seeded, memory from the unit cube; without a sixth column nobody leaves."""

    def between(column: Floats, name: str) -> Floats:
        low, high = PRIOR[name]
        return np.asarray(low * (high / low) ** column)

    leave = between(unit[:, 5], "leave") if unit.shape[1] == 6 else np.zeros(len(unit))
    return (
        between(unit[:, 0], "innovation"),
        between(unit[:, 1], "imitation"),
        between(unit[:, 2], "noise_sd"),
        leave,
        MOST_SEEDED * unit[:, 3] ** 2,
        MOST_MEMORY * unit[:, 4],
    )


def _score(
    unit: Floats, log_users: Floats, bounds: tuple[float, float]
) -> tuple[Floats, Floats, Floats, Floats]:
    """Log likelihood with the market integrated out, centre and spread of the log market, last residual [n]."""
    p, q, sd, leave, seeded, memory = _named(unit)
    rest = log_users - np.log(active_shares(p, q, leave, seeded, len(log_users)))
    root = np.sqrt(1 - memory**2)[:, None]
    white = np.column_stack([rest[:, :1], (rest[:, 1:] - memory[:, None] * rest[:, :-1]) / root])
    level = np.column_stack(
        [np.ones(len(unit)), np.repeat((1 - memory[:, None]) / root, len(log_users) - 1, axis=1)]
    )
    power = (level**2).sum(axis=1)
    centre = (level * white).sum(axis=1) / power
    spread = sd / np.sqrt(power)
    left = ((white - centre[:, None] * level) ** 2).sum(axis=1)
    inside = ndtr((bounds[1] - centre) / spread) - ndtr((bounds[0] - centre) / spread)
    score = -left / (2 * sd**2) - len(log_users) * np.log(sd) - (len(log_users) - 1) * np.log(root[:, 0])
    score += np.log(spread) + np.log(np.maximum(inside, 1e-300))
    return score, centre, spread, rest[:, -1]


def _rise(score: Floats, most: float) -> float:
    """The largest step in heat that keeps half of the draws effective."""

    def effective(rise: float) -> float:
        weights = np.exp(rise * (score - score.max()))
        return float(weights.sum() ** 2 / (weights**2).sum() / len(score))

    if effective(most) >= _KEPT:
        return most
    low, high = 0.0, most
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if effective(middle) >= _KEPT else (low, middle)
    return max(low, 1e-9)


def _resampled(weights: Floats, rng: np.random.Generator) -> NDArray[np.int64]:
    places = (np.arange(len(weights)) + rng.random()) / len(weights)
    return np.minimum(np.searchsorted(np.cumsum(weights), places), len(weights) - 1)


def _moved(
    unit: Floats, score: Floats, heat: float, log_users: Floats, bounds: tuple[float, float],
    rng: np.random.Generator,
) -> tuple[Floats, Floats]:  # fmt: skip
    """One Metropolis step of each draw, steps shaped like the draws, reflected at the walls of the cube."""
    size = unit.shape[1]
    shape = np.cov(unit.T) + 1e-8 * np.eye(size)
    scale = 2.38 / np.sqrt(size) * rng.choice([1.0, 0.5, 0.2], (len(unit), 1))
    tried = unit + scale * (rng.standard_normal(unit.shape) @ np.linalg.cholesky(shape).T)
    tried = np.abs(tried) % 2
    tried = np.where(tried > 1, 2 - tried, tried)
    fresh = _score(tried, log_users, bounds)[0]
    taken = np.log(rng.random(len(unit))) < heat * (fresh - score)
    return np.where(taken[:, None], tried, unit), np.where(taken, fresh, score)


def _opened(
    unit: Floats, log_users: Floats, bounds: tuple[float, float], evidence: float, rng: np.random.Generator
) -> Draws:
    p, q, sd, leave, seeded, memory = _named(unit)
    _, centre, spread, rest = _score(unit, log_users, bounds)
    low, high = (ndtr((bound - centre) / spread) for bound in bounds)
    at = np.clip(low + (high - low) * rng.random(len(unit)), 1e-12, 1 - 1e-12)
    market = np.clip(centre + spread * ndtri(at), *bounds)
    return Draws(p, q, leave, seeded, sd, memory, market, rest - market, evidence)
