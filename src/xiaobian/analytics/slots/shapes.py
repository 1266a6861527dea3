"""What effects of time may look like: how alike two slots are, for the hours of the week and for dayparts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from ..measures import Floats
from .posts import HOURS

_SHARED_MIX = (
    {"week": 2.0}, {"week": 4.0}, {"day": 2.0, "week": 3.0, "slow": 20.0}, {"day": 4.0, "week": 4.0, "slow": 20.0},
    {"week": 3.0, "alone": 0.0}, {"alone": 0.0},
)  # fmt: skip
_OWN_MIX: tuple[dict[str, float], ...] = ({"week": 3.5}, {"day": 3.0, "week": 3.5}, {"alone": 0.0})
_PARTS = {"day": 0.6, "week": 0.3, "slow": 0.1}
_SIZES = (0.02, 0.035, 0.06, 0.1, 0.16, 0.25, 0.4, 0.6)
_WAVES = 20
_AVOIDED_HOURS = 3.0
_ALONE = 0.5


@dataclass(frozen=True)
class Shapes:
    """Correlations [slots, slots] that curves may have, and orthonormal waves [slots, waves], the level first.

    shared: of the curve all accounts share, each with its weight before any data; sizes: its log-sds, none left out, and
    their weights. own: of the accounts' own departures. alone: which of ``own`` hold no two slots alike; they are
    judged by cell, not by wave. avoided: of what is besides true of slots that are hardly ever posted at.
    """

    shared: tuple[tuple[Floats, float], ...]
    sizes: tuple[tuple[float, float], ...]
    own: tuple[Floats, ...]
    alone: tuple[bool, ...]
    waves: Floats
    avoided: Floats


@cache
def week() -> Shapes:
    """The 168 hours of the week on their cycle: rhythms of the day and the week, and hours that stand alone."""
    shared = tuple((kernel(mix), _ALONE if "alone" in mix else 1.0) for mix in _SHARED_MIX)
    own = tuple(kernel(mix) for mix in _OWN_MIX)
    alone = tuple("alone" in mix for mix in _OWN_MIX)
    sizes = tuple((size, 1.0) for size in _SIZES)
    return Shapes(shared, sizes, own, alone, fourier(HOURS, _WAVES), kernel({"day": _AVOIDED_HOURS}))


@cache
def dayparts(number: int) -> Shapes:
    """A few parts of the day, none more like one than another; with so few, any size is as likely (Gelman 2006,
    doi:10.1214/06-BA117A)."""
    alone = np.eye(number)
    rest = np.linalg.qr(np.column_stack([np.ones(number), alone[:, 1:]]))[0]
    return Shapes(((alone, 1.0),), tuple((size, size) for size in _SIZES), (alone,), (True,), rest, alone)


def fourier(slots: int, cycles: int) -> Floats:
    """Orthonormal waves up to this many cycles [slots, 2 × cycles + 1]."""
    angle = 2 * np.pi * np.outer(np.arange(slots), np.arange(1, cycles + 1)) / slots
    level = np.full((slots, 1), slots**-0.5)
    return np.hstack([level, np.cos(angle) * (2 / slots) ** 0.5, np.sin(angle) * (2 / slots) ** 0.5])


def kernel(mix: dict[str, float]) -> Floats:
    """Correlation of two hours of the week [168, 168], from named parts and their lengths in hours.

    >>> bool(np.isclose(kernel({"week": 2.0})[0, 167], np.exp(-1 / 8)))
    True
    """
    week = np.minimum(np.arange(HOURS), HOURS - np.arange(HOURS)).astype(float)
    day = np.minimum(np.arange(HOURS) % 24, 24 - np.arange(HOURS) % 24).astype(float)
    shapes = {
        name: (week == 0) * 1.0 if name == "alone" else np.exp(-0.5 * ((day if name == "day" else week) / length) ** 2)
        for name, length in mix.items()
    }  # fmt: skip
    weights = {name: 1 / len(mix) if "alone" in mix else _PARTS[name] for name in mix}
    row = sum(weights[name] * shapes[name] for name in mix) / sum(weights.values())
    lag = (np.arange(HOURS)[:, None] - np.arange(HOURS)) % HOURS
    return np.asarray(_positive(np.asarray(row)))[lag]


def _positive(row: Floats) -> Floats:
    """The nearest circulant correlation: wrapping a Gaussian leaves tiny negative frequencies."""
    power = np.maximum(np.fft.rfft(row).real, 0)
    fixed = np.fft.irfft(power, HOURS)
    return np.asarray(fixed / fixed[0])
