"""The statistics behind creator scores: odd signals as a two-part mixture, engagement as a posterior."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

Floats = NDArray[np.float64]

PRIOR_SHARE, PRIOR_WEIGHT, PRIOR_SHIFT = 0.15, 20.0, 2.5
FAKE_LIKES_BOUGHT, FAKE_LIKES_POD = (0.2, 0.8), (0.1, 0.6)
_PER_POST, _SMOOTH = 5.0, 15.0
_ROUNDS = 200


def signals(creators: pd.DataFrame) -> pd.DataFrame:
    """What is looked at, on scales where honest creators are about normal; missing where unknown.

    The three shares of comments are smoothed towards their median by 15 comments, with at most 5 comments that
    tell something new a post, and taken as logits; so a creator with three posts cannot look extreme.
    """
    posts, found = creators["posts_seen"].to_numpy(float), {}
    for name in ("duplicate_comments", "top_commenters", "early_comments"):
        share = creators[name].to_numpy(float)
        sure = _PER_POST * posts
        middle = np.clip(np.nanmedian(share), 0.01, 0.99) if np.isfinite(share).any() else 0.5
        smooth = (share * sure + middle * _SMOOTH) / (sure + _SMOOTH)
        found[name] = np.log(smooth) - np.log1p(-smooth)
    found["growth_spike"] = np.log(np.maximum(creators["growth_spike"].to_numpy(float), 1e-4))
    likes, comments = (creators[name].to_numpy(float) for name in ("likes", "comments"))
    found["likes_per_comment"] = np.log((likes + 1) / (comments + 1))
    return pd.DataFrame(found, index=creators.index)


@dataclass(frozen=True)
class Mixture:
    """Two parts of independent normals: usual and odd; ``share`` of the odd, ``centre`` and ``scale`` [2, k]."""

    share: float
    centre: Floats
    scale: Floats

    def log_odds(self, values: Floats) -> Floats:
        """Log odds of being odd [n]; a missing value says nothing."""
        z = (values[:, None, :] - self.centre) / self.scale
        dense = np.nan_to_num(-0.5 * z**2 - np.log(self.scale))
        # Below the usual middle a value is no sign of anything: the odd part must not win there.
        dense[:, 1] = np.where(values <= self.centre[0], np.minimum(dense[:, 0], dense[:, 1]), dense[:, 1])
        return np.asarray(
            (dense[:, 1] - dense[:, 0]).sum(axis=1) + np.log(self.share) - np.log1p(-self.share)
        )


def mixture(values: Floats) -> Mixture:
    """Fit usual and odd creators without labels, by expectation–maximisation with priors.

    Dempster, Laird & Rubin 1977 (doi:10.1111/j.2517-6161.1977.tb01600.x), the maximum a posteriori variant. It
    starts from median and MAD; a prior worth 20 creators holds the odd part 2.5 deviations above the usual and
    15 % in size, so that a list without any odd one is not torn in two.

    values: signals [n, k], larger is odder, NaN where unknown.
    """
    middle = np.nanmedian(values, axis=0)
    spread = np.maximum(1.4826 * np.nanmedian(np.abs(values - middle), axis=0), 0.05)
    prior = np.array([middle, middle + PRIOR_SHIFT * spread])
    found = Mixture(PRIOR_SHARE, prior, np.array([spread, spread]))
    known = np.isfinite(values)
    filled = np.where(known, values, 0.0)
    weights = np.array([PRIOR_WEIGHT * (1 - PRIOR_SHARE), PRIOR_WEIGHT * PRIOR_SHARE * 2])[:, None]
    for _ in range(_ROUNDS):
        odd = expit(found.log_odds(values))
        part = np.array([1 - odd, odd])[:, :, None] * known
        number = part.sum(axis=1) + weights
        centre = ((part * filled).sum(axis=1) + weights * prior) / number
        centre[1] = np.maximum(centre[1], centre[0] + spread)
        square = (part * (filled - centre[:, None, :]) ** 2).sum(axis=1) + weights * spread**2
        share = (odd.sum() + PRIOR_WEIGHT * PRIOR_SHARE) / (len(odd) + PRIOR_WEIGHT)
        fresh = Mixture(float(share), centre, np.sqrt(square / number))
        if abs(fresh.share - found.share) < 1e-7 and np.allclose(fresh.centre, found.centre, atol=1e-6):
            return fresh
        found = fresh
    return found


@dataclass(frozen=True)
class Engagement:
    """Posterior of engagements a post (inverse gamma): shape and scale [n]; ``usual`` the expectation [n]."""

    shape: Floats
    scale: Floats
    usual: Floats
    between: float
    within: float

    def draw(self, rng: np.random.Generator, number: int) -> Floats:
        """Draws of the mean engagements a post [number, n]."""
        return np.asarray(self.scale / rng.gamma(self.shape, size=(number, len(self.shape))))


def engagement(creators: pd.DataFrame) -> Engagement:
    """Mean engagements a post of each creator, shrunk towards what the follower count lets expect.

    The mean given followers is a line of log rate on log followers, fitted by Huber's loss. Each post is gamma
    about its creator's mean and the mean inverse gamma about the line, which is conjugate: the continuous form of
    gamma-Poisson shrinkage (Efron & Morris, JASA 70, 1975, doi:10.1080/01621459.1975.10479864) for counts whose
    luck is far wider than Poisson. The variances between creators and between posts come from the squared
    residuals, regressed on 1 ÷ posts seen.
    """
    posts, total = (creators[name].to_numpy(float) for name in ("posts_seen", "engagements"))
    followers = creators["followers"].to_numpy(float)
    mean = np.maximum(total, 0.5) / posts
    line = _line(np.log(followers), np.log(mean / followers))
    residual = np.log(mean / followers) - line
    between, within = _spreads(residual, posts)
    usual = followers * np.exp(line + within / posts.mean() / 2)
    a = 2 + 1 / np.expm1(between)
    k = 1 / (np.expm1(within) + posts / np.maximum(total, 1.0))
    return Engagement(a + posts * k, usual * (a - 1) + k * total, usual, between, within)


def _line(x: Floats, y: Floats) -> Floats:
    """Fitted values of a robust line; the median when x barely varies."""
    if len(x) < 10 or x.std() < 0.1:
        return np.full(len(x), np.median(y))
    design = np.column_stack([np.ones(len(x)), x - x.mean()])
    weight = np.ones(len(x))
    for _ in range(50):
        root = np.sqrt(weight)[:, None]
        coefficient = np.linalg.lstsq(design * root, y * root[:, 0], rcond=None)[0]
        residual = y - design @ coefficient
        scale = max(1.4826 * float(np.median(np.abs(residual))), 1e-6)
        weight = np.minimum(1.0, 1.345 * scale / np.maximum(np.abs(residual), 1e-12))
    return np.asarray(design @ coefficient)


def _spreads(residual: Floats, posts: Floats) -> tuple[float, float]:
    """Variance of log means between creators, and of log posts within one; both held to plausible ranges."""
    if len(residual) < 10:
        return 0.25, 0.6
    square = np.minimum(residual**2, 9 * np.median(residual**2) / 0.4549)
    design = np.column_stack([np.ones(len(posts)), 1 / posts])
    constant, slope = np.linalg.lstsq(design, square, rcond=None)[0]
    return float(np.clip(constant, 0.02, 2.0)), float(np.clip(slope, 0.05, 3.0))


def authentic_draws(odds_bought: Floats, odds_pod: Floats, number: int, rng: np.random.Generator) -> Floats:
    """Draws of the authentic share of engagements [number, n] from the chances of each fraud.

    How much of the likes is false in a fraud is not visible; it is drawn from the wide ranges of this module
    (設計參數), so what remains is a range, never one number.
    """
    n = len(odds_bought)
    bought, pod = (rng.random((number, n)) < expit(odds) for odds in (odds_bought, odds_pod))
    left = 1 - bought * rng.uniform(*FAKE_LIKES_BOUGHT, (number, n))
    return np.asarray(left * (1 - pod * rng.uniform(*FAKE_LIKES_POD, (number, n))))
