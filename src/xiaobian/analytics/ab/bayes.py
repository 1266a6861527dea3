"""What to believe about two arms after the data: chance that B is better, what a wrong choice costs, the ROPE.

The chance of being better says nothing about stopping rules: stopping as soon as it passes 95 % raises as many
false alarms as peeking at p values does. Use it to choose, with ``ab_sequential`` to stop.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import betainc, betaincinv, expit, log_expit, logit, ndtr

from ..measures import Floats
from .effects import Effects
from .moments import Moments

DRAWS = 20_000
CREDIBLE = 0.95
SEED = 20_260_105
_POINTS = 400
_TAIL = 1e-12
_WIDEST = 40.0
Prior = tuple[float, float]


@dataclass(frozen=True)
class Belief:
    """Posterior of one comparison.

    better: chance that the arm beats the control, 0–1. loss: expected relative loss of choosing the arm (share of
    the control's value), and ``loss_control`` of keeping the control. same: chance that the relative difference
    lies within ± ``rope``. low, high: 95 % credible interval of the relative difference. model: ``beta``,
    ``lognormal`` or ``normal``.
    """

    better: float
    loss: float
    loss_control: float
    same: float
    low: float
    high: float
    rope: float
    model: str


_NAN = float("nan")
UNKNOWN = Belief(_NAN, _NAN, _NAN, _NAN, _NAN, _NAN, _NAN, "")
"""With fewer than two people in an arm."""


def belief(moments: Moments, effects: Effects, prior: Prior, rope: float) -> Belief:
    """The posterior that fits the data: people who did or did not (beta), amounts that are never negative
    (log-normal, with a share of zeros), or anything else (normal; also with a covariate or a denominator).

    moments: one look of two arms. prior: a and b of the beta prior of each arm's rate.
    """
    if len(moments.quantity.used) > 1:
        return normal(effects, rope)
    n = moments.n[-1]
    if moments.binary:
        return beta(n, n * moments.means()[-1, :, 0], prior, rope)
    if moments.logs is not None and (moments.logs[-1, :, 0] > 2).all():
        return lognormal(n, moments.logs[-1], prior, rope)
    return normal(effects, rope)


def beta(n: Floats, successes: Floats, prior: Prior, rope: float) -> Belief:
    """Two rates with independent beta priors, by quadrature over the control's posterior (no chance involved).

    >>> found = beta(np.array([1000.0, 1000.0]), np.array([50.0, 70.0]), (1.0, 1.0), 0.05)
    >>> round(found.better, 3), round(found.loss, 4)
    (0.97, 0.0025)
    """
    (a, c), (b, d) = prior[0] + successes, prior[1] + n - successes
    control, weight = _posterior(a, b)
    mean, base = c / (c + d), a / (a + b)
    loss = float(weight @ (control * betainc(c, d, control) - mean * betainc(c + 1, d, control)))

    def share_below(ratio: float) -> float:
        return float(weight @ betainc(c, d, np.minimum(control * ratio, 1.0)))

    middle, width = np.log(mean / base), 4 * np.sqrt(1 / a + 1 / c)
    low, high = (_ratio_at(share_below, q, middle, width) for q in ((1 - CREDIBLE) / 2, (1 + CREDIBLE) / 2))
    return Belief(
        better=1 - share_below(1.0),
        loss=max(float(loss / base), 0.0),
        loss_control=max(float((loss + mean - base) / base), 0.0),
        same=share_below(1 + rope) - share_below(1 - rope),
        low=low - 1,
        high=high - 1,
        rope=rope,
        model="beta",
    )


def _posterior(a: float, b: float) -> tuple[Floats, Floats]:
    """Points of a beta distribution and the probability around each, evenly spaced in log-odds."""
    low, high = logit(betaincinv(a, b, _TAIL)), -logit(betaincinv(b, a, _TAIL))
    odds = np.linspace(low, high, _POINTS)
    logs = a * log_expit(odds) + b * log_expit(-odds)
    mass = np.exp(logs - logs.max())
    return expit(odds), mass / mass.sum()


def _ratio_at(share_below: Callable[[float], float], quantile: float, middle: float, width: float) -> float:
    """The ratio below which ``quantile`` of the posterior lies, sought around ``middle`` on the log scale."""
    from scipy.optimize import brentq

    def gap(log: float) -> float:
        return share_below(float(np.exp(log))) - quantile

    while width < _WIDEST and not gap(middle - width) < 0 < gap(middle + width):
        width *= 2
    if gap(middle + width) <= 0:
        return np.inf
    return float(np.exp(brentq(gap, middle - width, middle + width, xtol=1e-6)))


def lognormal(n: Floats, logs: Floats, prior: Prior, rope: float) -> Belief:
    """Two means of amounts: a beta share of people above 0, times a log-normal amount with a flat prior.

    logs: [arm, 3] as in ``Moments.logs``. The means are drawn ``DRAWS`` times with a fixed seed.
    """
    rng = np.random.default_rng(SEED)
    means = [_amounts(rng, people, sums, prior) for people, sums in zip(n, logs, strict=True)]
    return _from_draws(means[0], means[1], rope)


def _amounts(rng: np.random.Generator, people: float, sums: Floats, prior: Prior) -> Floats:
    k, total, squares = sums
    centre = total / k
    scatter = max(squares - total**2 / k, 0.0)
    variance = scatter / rng.chisquare(k - 1, DRAWS)
    middle = rng.normal(centre, np.sqrt(variance / k))
    share = rng.beta(prior[0] + k, prior[1] + people - k, DRAWS) if people > k else 1.0
    return share * np.exp(middle + variance / 2)


def _from_draws(control: Floats, value: Floats, rope: float) -> Belief:
    relative = value / control - 1
    low, high = np.quantile(relative, [(1 - CREDIBLE) / 2, (1 + CREDIBLE) / 2])
    base = control.mean()
    return Belief(
        better=float((value > control).mean()),
        loss=float(np.maximum(control - value, 0).mean() / base),
        loss_control=float(np.maximum(value - control, 0).mean() / base),
        same=float((np.abs(relative) < rope).mean()),
        low=float(low),
        high=float(high),
        rope=rope,
        model="lognormal",
    )


def normal(effects: Effects, rope: float) -> Belief:
    """The difference with a flat prior; relative figures take the control's value as known.

    With a control at or below 0 a relative loss means nothing and is missing.
    """
    difference, error, base = (float(x[-1]) for x in (effects.difference, effects.error, effects.control))
    z = difference / error if error > 0 else 0.0
    density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    loss = error * density - difference * float(ndtr(-z))
    if base <= 0:
        return replace(UNKNOWN, better=float(ndtr(z)), rope=rope, model="normal")
    low, high = effects.relative_interval(CREDIBLE)
    within = ndtr((rope * base - difference) / error) - ndtr((-rope * base - difference) / error)
    return Belief(
        better=float(ndtr(z)),
        loss=float(loss / base),
        loss_control=float((loss + difference) / base),
        same=float(within),
        low=float(low[-1]),
        high=float(high[-1]),
        rope=rope,
        model="normal",
    )
