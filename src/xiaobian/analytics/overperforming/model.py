"""The level of an account as a random process, and what it leaves over for each post.

On the scale of log(1 + engagements) a post is the level of its account, a deviation of its format there, a slow drift
of that level, and itself. All four spreads are estimated from the posts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_solve, cholesky, solve_triangular
from scipy.optimize import minimize
from scipy.special import digamma, polygamma

from ..measures import Floats

DRIFT_DAYS = 45.0
CLIP = 2.5
_CLIPPED_SQUARE = 0.9442
"""Mean of min(z², CLIP²) when z is standard normal."""
_LEARN_GROUPS, _LEARN_POSTS = 16, 100
_START = np.log([0.8, 0.25, 0.25, 0.7])
_LOOSE = np.array([1.5, 1.0, 1.0, 1.5])
_FLAT = 25.0
_MOST_POSTS = 1500


@dataclass(frozen=True)
class Group:
    """The posts of one account on one platform, in order of time.

    y: log(1 + engagements), less what is known of platform, format and age. day: days. kind: code of the format.
    counts: variance that counting alone gives log(1 + engagements).
    """

    y: Floats
    day: Floats
    kind: np.ndarray
    counts: Floats

    def last(self, posts: int) -> Group:
        return Group(self.y[-posts:], self.day[-posts:], self.kind[-posts:], self.counts[-posts:])


@dataclass(frozen=True)
class Spreads:
    """Variances on the log scale: between accounts, of a format within an account, of the drift, of a single post."""

    account: float
    form: float
    drift: float
    post: float

    def covariance(self, group: Group) -> Floats:
        away = np.abs(group.day[:, None] - group.day[None, :])
        same = group.kind[:, None] == group.kind[None, :]
        level = self.account + self.form * same + self.drift * np.exp(-away / DRIFT_DAYS)
        return np.asarray(level + np.diag(self.post + group.counts))


@dataclass(frozen=True)
class Foreseen:
    """What the other posts say about each post: mean, its own uncertainty (sd) and that of a single post (sd)."""

    mean: Floats
    level_sd: Floats
    post_sd: Floats


def learn(groups: Sequence[Group]) -> Spreads:
    """The four variances at their largest posterior density, from up to 16 accounts and their last 100 posts.

    Marginal likelihood of the Gaussian model with a loose log-normal prior (log-sd 1–1.5) that decides only when
    there is one account or a handful of posts. With one account its level is free.
    """
    some = [groups[i] for i in np.unique(np.linspace(0, len(groups) - 1, _LEARN_GROUPS).astype(int))]
    some = [_calmed(group).last(_LEARN_POSTS) for group in some]
    alone = len(groups) < 2

    def spreads(logs: Floats) -> Spreads:
        account, form, drift, post = np.exp(2 * logs)
        return Spreads(_FLAT if alone else account, form, drift, post)

    parts = [_parts(group, alone) for group in some]

    def loss(logs: Floats) -> tuple[float, Floats]:
        away = (logs - _START) / _LOOSE
        value, slope = 0.5 * float(away @ away), away / _LOOSE
        for group, one in zip(some, parts, strict=True):
            misfit, steps = _misfit(spreads(logs).covariance(group), group.y, one, np.exp(2 * logs))
            value, slope = value + misfit, slope + steps
        return value, slope

    found = minimize(
        loss, _START, jac=True, method="L-BFGS-B", bounds=[(-4.0, 1.5)] * 4, options={"maxiter": 30}
    )
    return spreads(found.x)


def _parts(group: Group, alone: bool) -> Floats:
    """What each variance adds to the covariance [4, posts, posts]; a free account level adds nothing to learn."""
    whole = np.ones((len(group.y), len(group.y)))
    drift = np.exp(-np.abs(group.day[:, None] - group.day[None, :]) / DRIFT_DAYS)
    same = (group.kind[:, None] == group.kind[None, :]).astype(float)
    return np.stack([whole * (not alone), same, drift, np.eye(len(group.y))])


def _calmed(group: Group) -> Group:
    """The same with far-off posts pulled in, so that a few hits do not set the spreads."""
    middle = np.median(group.y)
    spread = 1.4826 * np.median(np.abs(group.y - middle))
    return Group(
        np.clip(group.y, middle - 3 * spread, middle + 3 * spread) if spread > 0 else group.y,
        group.day,
        group.kind,
        group.counts,
    )


def _misfit(covariance: Floats, y: Floats, parts: Floats, variances: Floats) -> tuple[float, Floats]:
    """Minus the log likelihood, and its slope along the log of each standard deviation."""
    lower = cholesky(covariance, lower=True, check_finite=False)
    weights = cho_solve((lower, True), y, check_finite=False)
    inverse = cho_solve((lower, True), np.eye(len(y)), check_finite=False)
    value = float(0.5 * y @ weights + np.log(np.diag(lower)).sum())
    slope = np.einsum("kij,ij->k", parts, inverse - np.outer(weights, weights))
    return value, slope * variances


def foresee(group: Group, spreads: Spreads, past_only: bool) -> Foreseen:
    """Each post as its neighbours foresee it: from all other posts, or from earlier ones only.

    Posts beyond ``CLIP`` standard deviations of what was foreseen are pulled in to that distance before they speak
    about others. More than 1,500 posts are taken in overlapping spans.
    """
    if len(group.y) > _MOST_POSTS:
        return _in_spans(group, spreads, past_only)
    lower = cholesky(spreads.covariance(group), lower=True, check_finite=False)
    whiten = solve_triangular(lower, np.eye(len(group.y)), lower=True, check_finite=False)
    precision = whiten.T @ whiten
    heard = group.y.copy()
    for _ in range(3):
        if past_only:
            sd = np.diag(lower)
            mean = heard - (whiten @ heard) * sd
        else:
            sd = 1 / np.sqrt(np.diag(precision))
            mean = heard - (precision @ heard) * sd**2
        heard = mean + np.clip(group.y - mean, -CLIP * sd, CLIP * sd)
    return Foreseen(mean, np.sqrt(np.maximum(sd**2 - spreads.post - group.counts, 0)), sd)


def _in_spans(group: Group, spreads: Spreads, past_only: bool) -> Foreseen:
    n, half = len(group.y), _MOST_POSTS // 2
    parts: list[Floats] = [np.empty(n), np.empty(n), np.empty(n)]
    for start in range(0, n, half):
        first = max(0, min(start - half // 2, n - _MOST_POSTS))
        chosen = slice(first, first + _MOST_POSTS)
        span = Group(group.y[chosen], group.day[chosen], group.kind[chosen], group.counts[chosen])
        found = foresee(span, spreads, past_only)
        stop = min(start + half, n)
        for whole, part in zip(parts, vars(found).values(), strict=True):
            whole[start:stop] = part[start - first : stop - first]
    return Foreseen(*parts)


def own_spread(scores: Sequence[Floats], past_only: bool) -> tuple[list[Floats], list[Floats]]:
    """How many times wider each account spreads than the rest, without the post itself, and degrees of freedom.

    scores: standardised surprises of each account. The variance factor of an account is pulled towards 1 by as much
    as factors differ by chance alone (Smyth 2004, Stat. Appl. Genet. Mol. Biol. 3(1), doi:10.2202/1544-6115.1027).
    """
    squares = [np.minimum(score**2, CLIP**2) / _CLIPPED_SQUARE for score in scores]
    prior = _prior_weight([float(s.mean()) for s in squares], [len(s) for s in squares])
    factors, freedom = [], []
    for square in squares:
        if past_only:
            before = np.cumsum(square) - square
            known = np.arange(len(square), dtype=float)
        else:
            before, known = square.sum() - square, np.full(len(square), len(square) - 1.0)
        factors.append(np.sqrt((prior + before) / (prior + known)))
        freedom.append(prior + known)
    return factors, freedom


def _prior_weight(variances: Sequence[float], counts: Sequence[int]) -> float:
    """Number of posts that the common spread is worth; large when accounts do not differ."""
    least, most = 4.0, 200.0
    usable = [(v, n) for v, n in zip(variances, counts, strict=True) if n >= 5 and v > 0]
    if len(usable) < 3:
        return least
    v, n = np.array(usable).T
    logs = np.log(v) - digamma(n / 2) + np.log(n / 2)
    extra = logs.var(ddof=1) - float(polygamma(1, n / 2).mean())
    if extra <= 0:
        return most
    grid = np.linspace(least, most, 800)
    return float(grid[np.argmin(np.abs(polygamma(1, grid / 2) - extra))])
