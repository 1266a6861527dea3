"""The outcome less what covariates explain within slots: a regression with indicators that are never written out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..measures import Floats
from .posts import Ints, SlotPosts

_CLIP = 3.5
_COARSE_BELOW = 5
_ROUNDS = 3
_NEVER = 1e9


@dataclass(frozen=True)
class Adjusted:
    """y [n]: outcome less the covariates' share, extremes pulled in. cov [p, p]: covariance of the coefficients of the
    lasting covariates. inflation: how much more a post varies than what is left shows (see ``Cells``)."""

    y: Floats
    cov: Floats
    inflation: float


def without_covariates(data: SlotPosts, coarse: Ints) -> Adjusted:
    """Regress within slots and subtract; ``coarse`` [168] takes an hour of the week to a wider slot for few posts.

    Weeks are random: their coefficients are shrunk by the variance that weeks show beyond noise.
    """
    slot = data.slot
    if len(data) < _COARSE_BELOW * len(np.unique(slot)):
        slot = coarse[slot]
    design = _Design(data, slot)
    calendar, lasting = design.calendar, design.lasting
    y, penalty = data.y, np.zeros(len(design.gram))
    penalty[calendar] = _NEVER
    for _ in range(_ROUNDS):
        centred = y - design.by_slot(y)
        inverse = np.linalg.pinv(design.gram + np.diag(penalty), hermitian=True)
        beta = inverse @ design.pull(centred)
        rest = centred - design.push(beta)
        limit = _CLIP * 1.4826 * float(np.median(np.abs(rest)))
        y = y - rest + np.clip(rest, -limit, limit) if limit > 0 else y
        spent = float((inverse * design.gram).sum()) - len(data.units) + 1
        noise = float(rest @ rest) / max(len(y) - spent - len(np.unique(slot)), 1)
        if data.periods:
            penalty[calendar] = _week_penalty(rest + design.push(beta, calendar), data, noise)
    shift = design.raw(beta)
    left = (len(y) + spent) / max(len(y) - spent, 1.0)
    return Adjusted(y - shift + shift.mean(), inverse[:lasting, :lasting] * noise, left)


class _Design:
    """Lasting covariates, an indicator a period and one an account but the first, each less its mean in the slot.

    gram: their products. Only the lasting columns are held post by post; indicators are counted.
    """

    def __init__(self, data: SlotPosts, slot: Ints) -> None:
        self.data, self.slot, self.lasting = data, slot, data.lasting.shape[1]
        self.calendar = slice(self.lasting, self.lasting + data.periods)
        self.n = np.maximum(np.bincount(slot), 1).astype(float)
        counted = np.vstack([self._sums(data.when, data.periods), self._sums(data.unit, len(data.units))[1:]])
        top = np.hstack([data.lasting.T @ data.lasting, counted[:, : self.lasting].T])
        inside = self._sums(slot, len(self.n))
        self.gram = np.vstack([top, counted]) - inside.T @ (inside / self.n[:, None])

    def _sums(self, code: Ints, size: int) -> Floats:
        """Sums of the columns by code [size, columns]."""
        data = self.data
        known = [np.bincount(code, column, minlength=size)[:size] for column in data.lasting.T]
        return np.column_stack(
            [
                np.empty((size, 0)),
                *known,
                _crossed(code, size, data.when, data.periods),
                _crossed(code, size, data.unit, len(data.units))[:, 1:],
            ]
        )

    def by_slot(self, values: Floats) -> Floats:
        """Each post's slot mean."""
        return np.asarray((np.bincount(self.slot, values) / self.n)[self.slot])

    def pull(self, values: Floats) -> Floats:
        """Products of the columns with values whose slot means are 0."""
        data = self.data
        return np.concatenate(
            [
                data.lasting.T @ values,
                np.bincount(data.when, values, minlength=data.periods)[: data.periods],
                np.bincount(data.unit, values, minlength=len(data.units))[1:],
            ]
        )

    def push(self, beta: Floats, only: slice = slice(None)) -> Floats:
        """What these coefficients, or only some of them, make of each post, less its slot's mean."""
        used = np.zeros(len(beta))
        used[only] = beta[only]
        whole = (
            self.raw(used[: self.calendar.stop]) + np.append(0.0, used[self.calendar.stop :])[self.data.unit]
        )
        return np.asarray(whole - self.by_slot(whole))

    def raw(self, beta: Floats) -> Floats:
        """What the coefficients of lasting covariates and periods make of each post."""
        told = self.data.lasting @ beta[: self.lasting]
        return np.asarray(told + beta[self.calendar][self.data.when] if self.data.periods else told)


def _crossed(one: Ints, size: int, other: Ints, others: int) -> Floats:
    """How many posts have each pair of codes [size, others]."""
    if not size * others:
        return np.zeros((size, others))
    return np.bincount(one * others + other, minlength=size * others).reshape(size, others).astype(float)


def _week_penalty(rest: Floats, data: SlotPosts, noise: float) -> float:
    """Noise variance over the variance between weeks, by moments; very large when weeks do not differ."""
    n = np.bincount(data.when, minlength=data.periods).astype(float)
    means = np.bincount(data.when, rest, minlength=data.periods) / n
    between = (n * means**2).sum() - (len(n) - 1) * noise
    variance = between / (n.sum() - (n**2).sum() / n.sum())
    return float(noise / max(variance, noise * 1e-9))
