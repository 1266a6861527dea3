"""Looking many times at one A/B test: what naive peeking costs, and two stopping rules that stay honest.

Everything rests on one recursion: along the looks, the z statistic times √(share of the information) moves like
Brownian motion (Jennison & Turnbull, Group Sequential Methods, 2000, ch. 3 and 19), so that the chance to cross
a boundary at each look follows from numerical integration (Armitage, McPherson & Rowe, J. R. Stat. Soc. A 132,
1969, doi:10.2307/2343787), with or without a true effect.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from scipy.special import ndtr, ndtri

from ..measures import Floats

_FARTHEST = 10.0
_LEAST_SPENT = 1e-11
_FINENESS = 0.3
_LEAST_PIECES = 32
_MOST_PIECES = 700


def crossing(bounds: Floats, fractions: Floats, drift: float = 0.0) -> Floats:
    """Chance to cross ±``bounds`` (of z) for the first time at each look.

    fractions: information at each look ÷ information planned, rising. drift: expected z at fraction 1; 0 when
    there is no effect.

    >>> crossing(np.full(2, 1.96), np.array([0.5, 1.0])).round(4).tolist()
    [0.05, 0.0331]
    """
    density, start = None, 0.0
    found = np.zeros(len(bounds))
    for look, (z, now) in enumerate(zip(bounds, fractions, strict=True)):
        if np.isfinite(z):
            edge, step = z * np.sqrt(now), now - start
            found[look] = _leaving(density, edge, step, drift)
            density, start = _staying(density, edge, step, drift), now
    return found


Density = tuple[Floats, Floats]
"""Points and the probability mass around each, of what has not crossed yet."""


def _start(density: Density | None) -> Density:
    return density or (np.zeros(1), np.ones(1))


def _leaving(density: Density | None, edge: float, step: float, drift: float) -> float:
    points, mass = _start(density)
    spread = np.sqrt(step)
    middle = points + drift * step
    return float(mass @ (ndtr((-edge - middle) / spread) + ndtr((middle - edge) / spread)))


def _staying(density: Density | None, edge: float, step: float, drift: float) -> Density:
    points, mass = _start(density)
    pieces = 2 * int(np.clip(edge / (_FINENESS * np.sqrt(step)), _LEAST_PIECES, _MOST_PIECES))
    there = np.linspace(-edge, edge, pieces + 1)
    simpson = np.where(np.arange(pieces + 1) % 2, 4.0, 2.0) * (2 * edge / pieces / 3)
    simpson[[0, -1]] /= 2
    away = (there[:, None] - points - drift * step) ** 2 / (2 * step)
    return there, simpson * (np.exp(-away) @ mass) / np.sqrt(2 * np.pi * step)


def peeking_error(looks: int, alpha: float = 0.05) -> float:
    """False-alarm rate when a test without any effect is stopped at the first of ``looks`` p values below alpha.

    Equally spaced looks, each read as if it were the only one.

    >>> [round(peeking_error(k), 3) for k in (1, 5, 10, 20)]
    [0.05, 0.142, 0.193, 0.248]
    """
    return _peeking(int(looks), float(alpha))


@lru_cache(maxsize=512)
def _peeking(looks: int, alpha: float) -> float:
    fractions = np.arange(1, looks + 1) / looks
    return float(crossing(np.full(looks, -ndtri(alpha / 2)), fractions).sum())


def spent(fraction: Floats, alpha: float) -> Floats:
    """False alarms that may have happened by each fraction: the spending function of O'Brien–Fleming type.

    Lan & DeMets, Biometrika 70, 1983, doi:10.2307/2336502; each side spends half. Little early, all at the end.

    >>> spent(np.array([0.5, 1.0]), 0.05).round(4).tolist()
    [0.0031, 0.05]
    """
    within = np.clip(fraction, 1e-9, 1.0)
    return 4 * ndtr(ndtri(alpha / 4) / np.sqrt(within))


def spending_bounds(fractions: Sequence[float] | Floats, alpha: float = 0.05) -> Floats:
    """Boundary of |z| at each look so that all looks together raise ``alpha`` false alarms at most.

    fractions: people so far ÷ people planned. The first look at or after 1 spends what is left; later looks were
    not planned and cannot stop the test (infinite boundary).

    >>> spending_bounds([0.25, 0.5, 0.75, 1.0]).round(2).tolist()
    [4.33, 2.96, 2.36, 2.01]
    """
    times = np.asarray(fractions, dtype=float)
    return np.array(_bounds(tuple(np.minimum(times, 1.0).round(6)), float(alpha)))


@lru_cache(maxsize=256)
def _bounds(times: tuple[float, ...], alpha: float) -> tuple[float, ...]:
    density, before, start = None, 0.0, 0.0
    bounds: list[float] = []
    for now, allowed in zip(times, spent(np.array(times), alpha), strict=True):
        step, share = now - start, float(allowed) - before
        z = np.inf
        if step > 0 and share > _LEAST_SPENT:
            z = _edge_for(density, share, now, step)
            before = float(allowed)
            density, start = _staying(density, z * np.sqrt(now), step, 0.0), now
        bounds.append(z)
    return tuple(bounds)


def _edge_for(density: Density | None, share: float, now: float, step: float) -> float:
    from scipy.optimize import brentq

    root = np.sqrt(now)
    return float(brentq(lambda z: _leaving(density, z * root, step, 0.0) - share, 0.0, _FARTHEST))


def always_valid_bounds(fractions: Sequence[float] | Floats, width: float, alpha: float = 0.05) -> Floats:
    """Boundary of |z| that may be looked at as often and as long as one likes (mixture SPRT).

    The likelihood ratio is averaged over effects drawn from N(0, τ²); by Ville's inequality it exceeds 1 ÷ α with
    chance α at most, whenever one looks (Robbins, Ann. Math. Stat. 41, 1970, doi:10.1214/aoms/1177696786; Johari
    and others, Operations Research 70, 2022, doi:10.1287/opre.2021.2135).

    fractions: information at each look ÷ some reference information. width: τ ÷ standard error of the effect at
    fraction 1.

    >>> always_valid_bounds([0.5, 1.0], width=2.8).round(2).tolist()
    [3.09, 3.04]
    """
    ratio = np.asarray(fractions, dtype=float) * width**2
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(ratio > 0, np.sqrt((1 + 1 / ratio) * (np.log1p(ratio) - 2 * np.log(alpha))), np.inf)


def more_people(rule: str, looks: int, power: float = 0.8, alpha: float = 0.05) -> float:
    """How many times the people of a single look a rule needs for the same power, with equally spaced looks.

    rule: ``group`` (``spending_bounds``) or ``always`` (``always_valid_bounds`` with τ = the effect looked for).

    >>> round(more_people("group", 20), 2), round(more_people("always", 20), 2)
    (1.05, 1.74)
    """
    return _more_people(rule, int(looks), float(power), float(alpha))


@lru_cache(maxsize=256)
def _more_people(rule: str, looks: int, power: float, alpha: float) -> float:
    from scipy.optimize import brentq

    fractions = np.arange(1, looks + 1) / looks
    single = -ndtri(alpha / 2) + ndtri(power)

    def lacking(drift: float) -> float:
        if rule == "group":
            bounds = spending_bounds(fractions, alpha)
        else:
            bounds = always_valid_bounds(fractions, drift, alpha)
        return float(crossing(bounds, fractions, drift).sum()) - power

    return float(brentq(lacking, single * 0.99, single * 3, xtol=1e-4) / single) ** 2
