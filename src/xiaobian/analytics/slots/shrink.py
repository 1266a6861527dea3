"""Empirical Bayes for the slots of a week: a curve that accounts share, and each account's own departure from it.

The model, on the log scale: post = account level + shared(hour) + own(account, hour) + noise. Both curves are Gaussian
processes on the weekly cycle whose kernels mix an hour-of-day rhythm, a smooth week, a slow week and hours that stand
alone. How large and how smooth they are is not fixed: each candidate is weighed by its restricted likelihood, and the
kernel used is their average, so that a size of zero is believed only as far as the data say so (partial pooling as in
Efron & Morris, JASA 70, 1975; Gaussian processes as in Rasmussen & Williams, 2006, ch. 2 and 5).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg.lapack import dposv, dpotrf, dpotri
from scipy.special import logsumexp

from ..measures import Floats
from .posts import HOURS
from .shapes import Shapes

OWN_RATIOS = (0.3, 0.6, 0.9, 1.3)
LARGE_OWN, LEAST_SHARED = 0.25, 0.05
AVOIDED = ((0.0, 0.4), (0.15, 0.3), (0.35, 0.3))
HOURS_A_DAY = 24
_LEVEL = 1e3
_FEW = 60


@dataclass(frozen=True)
class Cells:
    """Sufficient statistics [accounts, slots]: posts, sum of the adjusted log outcome, and its sum of squares.

    inflation: how much more a post varies than its cell shows, because adjusting spent degrees of freedom.
    """

    n: Floats
    total: Floats
    square: Floats
    inflation: float = 1.0

    def deviations(self) -> Floats:
        """Mean of each cell less its account's mean; 0 where there is no post."""
        level = self.total.sum(axis=1, keepdims=True) / np.maximum(self.n.sum(axis=1, keepdims=True), 1)
        return np.where(self.n > 0, self.total / np.maximum(self.n, 1) - level, 0.0)

    def noise(self) -> float:
        """Variance of a post around its cell; with few repeated cells, around its account."""
        freedom = self.n.sum() - (self.n > 0).sum()
        if freedom >= _FEW:
            inside = self.square - np.where(self.n > 0, self.total**2 / np.maximum(self.n, 1), 0)
            return float(max(self.inflation * inside.sum() / freedom, 1e-9))
        n, total = self.n.sum(axis=1), self.total.sum(axis=1)
        around = self.square.sum() - (total**2 / np.maximum(n, 1)).sum()
        return float(max(self.inflation * around / max(n.sum() - len(n), 1), 1e-9))


@dataclass(frozen=True)
class Curves:
    """Posterior of every account's curve: mean [accounts, slots], covariance [accounts, slots, slots], both of the
    deviation from the account's level; shared_mean, shared_cov: of the curve all accounts share.

    noise, shared_sd, own_sd: standard deviations, log units. evidence, own_evidence: log Bayes factors against no
    such curve. smoother [slots, slots], precision, gain [accounts, slots, slots]: how much the hours
    tell of the shared curve, and how an account's own departure follows from what that curve leaves over.
    """

    mean: Floats
    cov: Floats
    shared_mean: Floats
    shared_cov: Floats
    noise: float
    shared_sd: float
    own_sd: float
    evidence: float
    own_evidence: float
    precision: Floats
    gain: Floats
    smoother: Floats

    def response(self, values: Floats) -> Floats:
        """How the curves would move if the cells' deviations [accounts, slots] moved by these values."""
        shared = self.smoother @ _applied(self.precision, values).sum(axis=0)
        return shared + _applied(self.gain, values - shared)


def shrink(cells: Cells, shapes: Shapes) -> Curves:
    """Fit the two kernels and return every account's posterior curve."""
    noise, own, own_evidence = cells.noise(), np.zeros_like(shapes.own[0]), 0.0
    if len(cells.n) > 1:
        own = _moment_size(cells, noise) * shapes.own[0]
        first = _shared_prior(cells, own, noise, shapes)
        own, noise, own_evidence = _own_kernel(cells, first.mean, shapes)
    prior = _shared_prior(cells, own, noise, shapes)
    precision, pulled = _information(cells, own, noise)
    told, everyone = precision.sum(axis=0), cells.n.sum(axis=0)
    shared = _shared_posterior(prior, told, pulled.sum(axis=0))
    cov = shared.cov + _doubt(prior.mean, told, pulled.sum(axis=0), shapes.avoided, everyone)
    gain = own @ precision
    curves, spread = _account_posteriors(cells, own, gain, shared.mean, cov)
    sizes = noise**0.5, prior.variance**0.5, float(own[0, 0]) ** 0.5
    return Curves(
        curves, spread, shared.mean, cov, *sizes, prior.evidence, own_evidence, precision, gain, shared.smoother
    )  # fmt: skip


@dataclass(frozen=True)
class _Prior:
    """Candidate kernels of the shared curve worth keeping, their weights, and the log Bayes factor against none."""

    kernels: tuple[Floats, ...]
    weights: Floats
    evidence: float

    @property
    def mean(self) -> Floats:
        return np.tensordot(self.weights, np.array(self.kernels), 1)

    @property
    def variance(self) -> float:
        return float(self.mean[0, 0])


@dataclass(frozen=True)
class _Posterior:
    """Mean and covariance over all candidates; ``smoother`` takes what was pulled to the mean."""

    mean: Floats
    cov: Floats
    smoother: Floats


def _moment_size(cells: Cells, noise: float) -> float:
    """Variance of the accounts' own departures by moments, as DerSimonian & Laird (1986) do for studies."""
    n, off = cells.n, cells.deviations()
    everyone = np.maximum(n.sum(axis=0), 1e-12)
    spread = (n * (off - (n * off).sum(axis=0) / everyone) ** 2).sum()
    freedom = (n > 0).sum() - len(n) - (n.sum(axis=0) > 0).sum() + 1
    scale = n.sum() - ((n**2).sum(axis=0) / everyone).sum()
    return float(max((spread - freedom * noise) / scale, 0.0)) if scale > 0 and freedom > 0 else 0.0


def _shared_prior(cells: Cells, own: Floats, noise: float, shapes: Shapes) -> _Prior:
    """How large and how smooth the shared curve may be, judged by the slots' means over all accounts."""
    everyone = cells.n.sum(axis=0)
    seen = everyone > 0
    n, square = everyone[seen], np.ix_(seen, seen)
    mean = (cells.n * cells.deviations()).sum(axis=0)[seen] / n
    known = (cells.n.T @ cells.n)[square] / np.outer(n, n) * own[square] + np.diag(noise / n)
    flat = _likelihood(known, mean)
    found, told, chance = [np.zeros_like(own)], [flat], [1 / (1 + len(shapes.sizes))]
    for shape, weight in shapes.shared:
        part = shape[square]
        for size, often in shapes.sizes:
            found.append(size**2 * shape)
            told.append(_likelihood(known + size**2 * part, mean))
            chance.append(weight * often)
    before = np.array(chance)
    before[1:] *= (1 - before[0]) / before[1:].sum()
    weights = _shares(np.array(told) + np.log(before))
    some = np.array(told[1:]) - flat
    evidence = float(logsumexp(some, b=before[1:] / before[1:].sum()))
    kept = np.flatnonzero(weights > 0.004)
    return _Prior(tuple(found[k] for k in kept), weights[kept] / weights[kept].sum(), evidence)


def _shared_posterior(prior: _Prior, told: Floats, pulled: Floats) -> _Posterior:
    means, covs = [], []
    for candidate in prior.kernels:
        cov = np.linalg.solve(np.eye(len(told)) + candidate @ told, candidate)
        covs.append((cov + cov.T) / 2)
        means.append(cov @ pulled)
    smoother = np.tensordot(prior.weights, np.array(covs), 1)
    mean = prior.weights @ np.array(means)
    apart = (np.array(means) - mean) * np.sqrt(prior.weights)[:, None]
    return _Posterior(mean, smoother + apart.T @ apart, smoother)


def _doubt(prior: Floats, told: Floats, pulled: Floats, shape: Floats, everyone: Floats) -> Floats:
    """What slots that people avoid add to the covariance of the shared curve: nobody posts there, perhaps for a good
    reason, and then they are not like their neighbours (``AVOIDED``: log-sds and their weights before any data).

    The estimate itself stays, so that luck in a few posts at night does not make the night look good.
    """
    rare = _avoided(everyone)
    extra = rare[:, None] * shape * rare
    means, covs, logs = [], [], []
    for size, chance in AVOIDED:
        kernel = prior + size**2 * extra
        inside = np.eye(len(told)) + kernel @ told
        covs.append(np.linalg.solve(inside, kernel))
        means.append(covs[-1] @ pulled)
        logs.append(np.log(chance) + 0.5 * (pulled @ means[-1] - np.linalg.slogdet(inside)[1]))
    added = sum(
        weight * (cov - covs[0] + np.outer(mean - means[0], mean - means[0]))
        for weight, cov, mean in zip(_shares(np.array(logs)), covs, means, strict=True)
    )
    return np.asarray(added + added.T) / 2


def _avoided(everyone: Floats) -> Floats:
    """How much each slot is avoided: towards 1 where nobody posts at that time of the day, 0 from 0.7 of an even share
    on, or where posts are so few that chance alone may leave the slot empty."""
    day = everyone.reshape(-1, HOURS_A_DAY).sum(axis=0) if len(everyone) == HOURS else everyone
    at_most = day + np.sqrt(day) + 1
    return np.resize(np.maximum(1 - at_most / (0.7 * day.mean()), 0.0), len(everyone))


def _own_kernel(cells: Cells, shared: Floats, shapes: Shapes) -> tuple[Floats, float, float]:
    """Average kernel of the accounts' own departures, the noise variance that goes with it, and the log Bayes factor
    against no departures.

    Curves are written in their slow waves, in which each account needs a small matrix only; the shared curve is
    integrated out, so that its error is not taken for departures.
    """
    waves, off = shapes.waves, cells.deviations()
    common = waves.T @ shared @ waves
    inside = _Inside(cells, off - _rough_curve(cells, shared, cells.noise()))
    unit = _WaveSums(cells.n, off, waves)
    sizes = _own_sizes(float(shared[0, 0]) ** 0.5)
    found, weight, noises = [], [], []
    for number, (shape, alone) in enumerate(zip(shapes.own, shapes.alone, strict=True)):
        power = ((waves.T @ shape) * waves.T).sum(axis=1)
        for size in sizes[number > 0 :]:
            noise = inside.noise(size**2)
            if alone:
                sums = _WaveSums(cells.n / (noise + cells.n * size**2), off, waves)
                told = sums.likelihood(0 * power, common)
            else:
                told = unit.scaled(1 / noise).likelihood(size**2 * power, common)
            found.append(size**2 * shape)
            weight.append(told + inside.likelihood(noise))
            noises.append(noise)
    share = _shares(np.array(weight))
    evidence = float(logsumexp(np.array(weight[1:]) - weight[0], b=1 / (len(weight) - 1)))
    return np.tensordot(share, np.array(found), 1), float(share @ np.array(noises)), evidence


def _rough_curve(cells: Cells, shared: Floats, noise: float) -> Floats:
    """The shared curve [slots] as if accounts did not depart from it."""
    everyone = cells.n.sum(axis=0)
    pulled = (cells.n * cells.deviations()).sum(axis=0) / noise
    return np.linalg.solve(np.eye(len(shared)) + shared * everyone / noise, shared @ pulled)


def _own_sizes(shared: float) -> list[float]:
    """Candidate log-sds of the accounts' own departures: none, about the size of the shared curve, or large."""
    base = max(shared, LEAST_SHARED)
    return sorted({0.0, LARGE_OWN, *(ratio * base for ratio in OWN_RATIOS)})


class _Inside:
    """How far posts lie from their cell, and cells from the shared curve: what tells noise from departures."""

    def __init__(self, cells: Cells, rest: Floats) -> None:
        seen = cells.n > 0
        n, square = cells.n[seen], rest[seen] ** 2
        self.n, place = np.unique(n, return_inverse=True)
        self.cells, self.rest = np.bincount(place).astype(float), np.bincount(place, square)
        self.freedom = float(n.sum() - len(n))
        self.squares = cells.inflation * float(cells.square[seen].sum() - (cells.total[seen] ** 2 / n).sum())
        self.tried = (self.squares + (n * square).sum()) / n.sum() * np.linspace(0.5, 1.1, 61)

    def likelihood(self, noise: float) -> float:
        return -0.5 * (self.freedom * float(np.log(noise)) + self.squares / noise)

    def noise(self, extra: float) -> float:
        """The likeliest noise variance when cells vary by ``extra`` besides."""
        spread = extra + self.tried[:, None] / self.n
        between = -0.5 * (np.log(spread) @ self.cells + (1 / spread) @ self.rest)
        told = between - 0.5 * (self.freedom * np.log(self.tried) + self.squares / self.tried)
        return float(self.tried[told.argmax()])


class _WaveSums:
    """What weighted deviations [accounts, slots] say of the waves, account by account."""

    def __init__(self, weight: Floats, value: Floats, waves: Floats) -> None:
        self.told = np.matmul(waves.T * weight[:, None, :], waves)
        self.pulled = (weight * value) @ waves
        self.squares = float((weight * value**2).sum())
        self.logs = float(np.log(weight[weight > 0]).sum())
        self.cells = int((weight > 0).sum())

    def scaled(self, factor: float) -> _WaveSums:
        other = _WaveSums.__new__(_WaveSums)
        other.told, other.pulled, other.squares = (
            self.told * factor,
            self.pulled * factor,
            self.squares * factor,
        )
        other.logs, other.cells = self.logs + self.cells * float(np.log(factor)), self.cells
        return other

    def likelihood(self, own: Floats, common: Floats) -> float:
        """Log-likelihood when departures vary by ``own`` [waves] and the shared curve by ``common`` [waves, waves], each
        account's level free."""
        eye, width = np.eye(len(own)), len(own) + 1
        root = np.sqrt(np.maximum(own, 0.0) + np.eye(1, len(own))[0] * _LEVEL)[:, None]
        inside = eye + root * self.told * root[:, 0]
        bent = root * np.concatenate([self.told, self.pulled[:, :, None]], axis=2)
        solved = np.linalg.inv(inside) @ bent
        kept = bent.reshape(-1, width).T @ solved.reshape(-1, width)
        told = self.told.sum(axis=0) - kept[:-1, :-1]
        pulled = self.pulled.sum(axis=0) - kept[:-1, -1]
        mixed = eye + common @ told
        gained = pulled @ np.linalg.solve(mixed, common @ pulled)
        roots = np.diagonal(np.linalg.cholesky(inside), axis1=1, axis2=2)
        fixed = 2 * np.log(roots).sum() + np.linalg.slogdet(mixed)[1]
        return 0.5 * float(self.logs - self.squares - fixed + kept[-1, -1] + gained)


def _shares(loglik: Floats) -> Floats:
    weight = np.exp(loglik - loglik.max())
    return np.asarray(weight / weight.sum())


def _likelihood(variance: Floats, value: Floats) -> float:
    """Restricted log-likelihood of values with an unknown level and this covariance."""
    ones = np.ones(len(value))
    factor, solved, _ = dposv(variance, np.column_stack([value, ones]), lower=1)
    information = ones @ solved[:, 1]
    quadratic = value @ solved[:, 0] - (value @ solved[:, 1]) ** 2 / information
    return float(-np.log(np.diag(factor)).sum() - 0.5 * np.log(information) - 0.5 * quadratic)


def _information(cells: Cells, own: Floats, noise: float) -> tuple[Floats, Floats]:
    """Precision [accounts, slots, slots] with which each account tells of the shared curve, its level taken out, and
    that precision times its deviations [accounts, slots]; a slot without posts tells nothing."""
    precision = np.zeros((len(cells.n), *own.shape))
    for told, n in zip(precision, cells.n, strict=True):
        seen = np.flatnonzero(n)
        root, square = np.sqrt(n[seen]), np.ix_(seen, seen)
        told[square] = (
            root[:, None] * _inverse(root[:, None] * own[square] * root + noise * np.eye(len(seen))) * root
        )
    edge = precision.sum(axis=2)
    whole = np.maximum(edge.sum(axis=1), 1e-12)[:, None, None]
    precision -= edge[:, :, None] * edge[:, None, :] / whole
    return precision, _applied(precision, cells.deviations())


def _applied(matrices: Floats, values: Floats) -> Floats:
    """Matrices [accounts, s, s] times values [accounts, s]."""
    return np.asarray(np.matmul(matrices, values[:, :, None])[:, :, 0])


def _inverse(matrix: Floats) -> Floats:
    """Inverse of a positive definite matrix."""
    half = dpotri(dpotrf(matrix, lower=1)[0], lower=1)[0]
    return np.asarray(half + half.T - np.diag(np.diag(half)))


def _account_posteriors(
    cells: Cells, own: Floats, gain: Floats, mean: Floats, cov: Floats
) -> tuple[Floats, Floats]:
    """Shared curve plus own departure of each account."""
    curves = mean + _applied(gain, cells.deviations() - mean)
    if not own.any():
        return curves, np.repeat(cov[None], len(gain), axis=0)
    kept = np.eye(len(own)) - gain
    return curves, kept @ (own + cov @ kept.transpose(0, 2, 1))
