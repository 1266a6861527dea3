"""The statistics behind attribution: credit along a path, and direct visits that follow posts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtrit

Floats = NDArray[np.float64]

MODELS = {
    "last_non_direct": "最終非直接",
    "first": "最初",
    "linear": "平均",
    "position": "頭尾各四成",
}
_ENDS = 0.4


def credit(channels: list[str], model: str, direct: str = "Direct") -> dict[str, float]:
    """One key event shared among the channels of its path, first to last; shares add up to 1.

    last_non_direct: all to the last channel that is not direct (direct only if nothing else came). position: 40 % to
    the first, 40 % to the last, the rest evenly between; two share it evenly.

    >>> credit(["Organic Social", "Organic Search", "Direct"], "last_non_direct")
    {'Organic Search': 1.0}
    >>> credit(["a", "b", "c"], "position")
    {'a': 0.4, 'b': 0.2, 'c': 0.4}
    """
    n = len(channels)
    shares = np.zeros(n)
    if model == "first":
        shares[0] = 1.0
    elif model == "linear":
        shares[:] = 1 / n
    elif model == "position":
        shares[:] = (1 - 2 * _ENDS) / (n - 2) if n > 2 else 1 / n
        if n > 2:
            shares[[0, -1]] = _ENDS
    else:
        shares[max((i for i, c in enumerate(channels) if c != direct), default=n - 1)] = 1.0
    found: dict[str, float] = {}
    for channel, share in zip(channels, shares, strict=True):
        if share:
            found[channel] = round(found.get(channel, 0.0) + float(share), 12)
    return found


@dataclass(frozen=True)
class DirectFit:
    """Direct visits explained by link clicks.

    per_click [k]: direct visits that come with one click (0–1), and se. total with low and high (95 %): direct
    visits in all days; parts [k] with low and high. placebo: the share of shifts in time under which
    the clicks explain as much.
    """

    names: list[str]
    per_click: Floats
    se: Floats
    total: float
    total_low: float
    total_high: float
    parts: Floats
    parts_low: Floats
    parts_high: Floats
    placebo: float


def fit_direct(direct: Floats, clicks: pd.DataFrame, weekday: NDArray[np.intp]) -> DirectFit:
    """How many direct visits follow link clicks of the same day.

    direct [days]; clicks: a column a platform [days, k]; weekday 0–6 [days]. Least squares with weekdays, a
    straight trend and clicks, weighted by 1 ÷ variance of a day (a part that grows with the mean and one with its
    square, from the residuals). Points are non-negative (Lawson & Hanson, Solving Least Squares Problems, 1974);
    intervals come from the free fit with the HC3 correction (MacKinnon & White 1985,
    doi:10.1016/0304-4076(85)90158-7) and Student's t, cut at 0, since the non-negative fit leans upwards when
    nothing follows.
    """
    x = clicks.to_numpy(dtype=float)
    base = _calendar(len(direct), weekday)
    design = np.column_stack([base, x])
    weight = _weights(direct, design)
    coefficient, cover, freedom = _robust(direct, design, weight)
    k, amount = x.shape[1], x.sum(axis=0)
    free, part_cover = coefficient[-k:], cover[-k:, -k:]
    t = float(stdtrit(freedom, 0.975))
    width = t * float(np.sqrt(amount @ part_cover @ amount))
    se = np.sqrt(np.diag(part_cover))
    held = _held(direct, base, x, weight)
    total, most = float(free @ amount), float(direct.sum())
    low, high = (float(np.clip(v, 0, most)) for v in (total - width, total + width))
    least, highest = (np.clip(free + sign * t * se, 0, 1) for sign in (-1, 1))
    held = np.clip(held, least, highest)
    return DirectFit(
        list(clicks.columns), held, se, float(np.clip(total, 0, most)), low, high, held * amount,
        least * amount, highest * amount,
        _placebo(direct, base, x, weight),
    )  # fmt: skip


def _calendar(days: int, weekday: NDArray[np.intp]) -> Floats:
    """Weekdays that occur and a trend from −1 to 1."""
    dummies = [(weekday == d).astype(float) for d in np.unique(weekday)]
    return np.column_stack([*dummies, np.linspace(-1, 1, days)])


def _weights(y: Floats, design: Floats) -> Floats:
    """1 ÷ variance of each day, variance = a·mean + b·mean² with a ≥ 1."""
    fitted = np.maximum(design @ np.linalg.lstsq(design, y, rcond=None)[0], 1.0)
    residual = y - fitted
    extra = np.maximum(residual**2 * len(y) / max(len(y) - design.shape[1], 1) - fitted, 0)
    growth = float(np.median(extra / fitted**2) / 0.4549) if len(y) else 0.0
    return np.asarray(1 / (fitted + min(growth, 1.0) * fitted**2))


def _robust(y: Floats, design: Floats, weight: Floats) -> tuple[Floats, Floats, int]:
    root = np.sqrt(weight)[:, None]
    a, b = design * root, y * root[:, 0]
    inverse = np.linalg.pinv(a.T @ a)
    coefficient = inverse @ a.T @ b
    leverage = np.clip(np.einsum("ij,jk,ik->i", a, inverse, a), 0, 0.99)
    residual = (b - a @ coefficient) / (1 - leverage)
    half = inverse @ (a * residual[:, None]).T
    return coefficient, half @ half.T, max(len(y) - design.shape[1], 1)


def _held(y: Floats, base: Floats, x: Floats, weight: Floats) -> Floats:
    """Non-negative coefficients of the clicks; the calendar may be of either sign."""
    from scipy.optimize import nnls

    root = np.sqrt(weight)[:, None]
    found = nnls(np.column_stack([base, -base, x]) * root, y * root[:, 0])[0]
    return np.asarray(found[-x.shape[1] :])


def _placebo(y: Floats, base: Floats, x: Floats, weight: Floats) -> float:
    """Share of shifts by two days or more under which the clicks explain as much of direct as in place."""
    root = np.sqrt(weight)[:, None]
    q = np.linalg.qr(base * root)[0]
    rest = y * root[:, 0]
    rest = rest - q @ (q.T @ rest)

    def explained(clicks: Floats) -> float:
        c = clicks * root
        c = c - q @ (q.T @ c)
        side = c.T @ rest
        return float(side @ np.linalg.pinv(c.T @ c, hermitian=True) @ side)

    own = explained(x)
    shifts = range(2, len(y) - 1)
    others = [explained(np.roll(x, s, axis=0)) for s in shifts]
    return (1 + sum(o >= own for o in others)) / (1 + len(others))
