"""How much of its engagement a post of a given age has gathered so far."""

from __future__ import annotations

import numpy as np

from ..measures import Floats

OLD_HOURS = 14 * 24.0
_SCALES = np.geomspace(0.5, 512, 21)
_SHAPES = (0.5, 0.75, 1.0)
_FEWEST_YOUNG = 12
_BETTER = 9.0


def gathered(hours: Floats, scale: float, shape: float) -> Floats:
    """Share (0–1) gathered after ``hours``: the Weibull curve 1 − exp(−(hours ÷ scale)^shape).

    >>> float(gathered(np.array([24.0]), 24.0, 1.0)[0].round(3))
    0.632
    """
    return np.asarray(-np.expm1(-((np.maximum(hours, 1 / 60) / scale) ** shape)))


def log_gathered(y: Floats, hours: Floats, group: np.ndarray, platform: np.ndarray) -> Floats:
    """Log of the share gathered, a curve a platform, least squares on posts younger than two weeks.

    y: log(1 + engagements). A platform with fewer than 12 young posts, or whose young posts are not clearly lower
    (gain in squared error below 9 variances), is left as it is.
    """
    offset, young = np.zeros(len(y)), hours < OLD_HOURS
    level = np.array([_level(y, young, group == code) for code in range(group.max() + 1)])
    away = y - level[group]
    for code in np.unique(platform):
        here = platform == code
        chosen = here & young
        if chosen.sum() < _FEWEST_YOUNG or (here & ~young).sum() < _FEWEST_YOUNG:
            continue
        variance = _variance(away[here & ~young])
        curves = [(s, k) for s in _SCALES for k in _SHAPES]
        losses = [_loss(away[chosen] - np.log(gathered(hours[chosen], *curve)), variance) for curve in curves]
        if _loss(away[chosen], variance) - min(losses) > _BETTER:
            offset[here] = np.log(gathered(hours[here], *curves[int(np.argmin(losses))]))
    return offset


def _level(y: Floats, young: np.ndarray, here: np.ndarray) -> float:
    old = here & ~young
    return float(np.median(y[old] if old.sum() >= 3 else y[here]))


def _variance(away: Floats) -> float:
    return max(float(1.4826 * np.median(np.abs(away - np.median(away)))) ** 2, 1e-4)


def _loss(away: Floats, variance: float) -> float:
    return float(np.minimum(away**2 / variance, 9.0).sum())
