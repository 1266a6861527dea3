"""Four ways to estimate what the hour of posting does, from the naive mean to partial pooling."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import stdtrit

from ...errors import TableError
from ..measures import Floats
from .posts import HOURS, Ints, SlotPosts
from .shapes import dayparts, week
from .shrink import Cells, Curves, shrink
from .within import without_covariates

EVERYONE = "全部"
DAYPARTS: dict[str, tuple[str, int, int]] = {
    "morning": ("早上", 6, 12), "afternoon": ("下午", 12, 18), "evening": ("晚上", 18, 24), "night": ("半夜", 0, 6),
}  # fmt: skip
LARGEST_WEIGHT = 10.0


@dataclass(frozen=True)
class Estimate:
    """Effects of every slot for one account, log units, before a reference is chosen.

    effect [slots], cov [slots, slots]: NaN where nothing can be said. n [slots]: posts. freedom: degrees of freedom
    of the intervals [slots].
    """

    account: str
    effect: Floats
    cov: Floats
    n: Floats
    freedom: Floats


@dataclass(frozen=True)
class Fitted:
    """Estimates, and what the method must tell besides: post noise (log-sd), effective posts by slot, sizes of the
    shared curve and of the accounts' own (log-sd), and log Bayes
    factor against no effect of time at all (empirical Bayes only)."""

    estimates: tuple[Estimate, ...]
    noise: float
    effective: Floats
    shared_sd: float = float("nan")
    own_sd: float = float("nan")
    evidence: float = float("inf")
    notes: tuple[str, ...] = ()


def slot_groups(by: str) -> tuple[tuple[str, ...], Ints]:
    """Names of the slots, and the slot of every hour of the week [168].

    >>> names, of_hour = slot_groups("daypart")
    >>> names[of_hour[20]]
    'evening'
    """
    if by == "hour_of_week":
        return tuple(map(str, range(HOURS))), np.arange(HOURS)
    if by != "daypart":
        raise TableError(
            f"不能用「{by}」分時段", where="參數 by", next_step="可用的分法：hour_of_week、daypart"
        )
    edges = list(DAYPARTS.values())
    day = [next(k for k, (_, low, high) in enumerate(edges) if low <= hour < high) for hour in range(24)]
    return tuple(DAYPARTS), np.tile(day, 7)


_COARSE = slot_groups("daypart")[1] * 2 + (np.arange(HOURS) >= 5 * 24)
"""Daypart and whether it is a weekend, of every hour of the week."""


def quantile(level: float, freedom: Floats) -> Floats:
    """Two-sided Student quantile."""
    return np.asarray(stdtrit(np.maximum(freedom, 1.0), (1 + level) / 2))


def naive(data: SlotPosts, of_hour: Ints, slots: int) -> Fitted:
    """Mean of the log outcome by slot, less the account's mean; nothing is held equal."""
    group, many = of_hour[data.slot], len(data.units) > 1
    centred = data.y - _means(data.y, data.unit)[data.unit]
    whole = _by_mean((EVERYONE,) if many else data.units, centred, group, slots)
    if many:
        whole += _by_mean(data.units, centred, group + slots * data.unit, slots)
    return Fitted(whole, float(np.std(centred)), whole[0].n)


def _by_mean(accounts: tuple[str, ...], values: Floats, place: Ints, slots: int) -> tuple[Estimate, ...]:
    """place [n]: slot + slots × account of each post."""
    n = np.bincount(place, minlength=slots * len(accounts)).astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.bincount(place, values, minlength=len(n)) / n
        around = np.bincount(place, (values - mean[place]) ** 2, minlength=len(n)) / (n - 1)
        variance = np.where(n > 1, around / n, np.nan)
    return tuple(
        Estimate(name, np.where(n > 0, mean, np.nan)[k], np.diag(variance[k]), n[k], n[k] - 1)
        for name, k in zip(accounts, np.arange(len(n)).reshape(-1, slots), strict=True)
    )


def adjusted(data: SlotPosts, of_hour: Ints, slots: int) -> Fitted:
    """Least squares of the log outcome on slot, account and covariates, with HC3 errors (MacKinnon & White 1985)."""
    return _regression(data, of_hour, slots, np.ones(len(data)), data.known)


def weighted(data: SlotPosts, of_hour: Ints, slots: int) -> Fitted:
    """Inverse propensity weights, stabilised by the share of posts at that hour of the day (Robins, Hernán & Brumback
    2000, doi:10.1097/00001648-200009000-00011) and clipped at ``LARGEST_WEIGHT`` times their mean."""
    chance = data.propensity
    if chance is None or not np.isfinite(chance).any():
        raise TableError(
            "反傾向加權要知道每則貼文當時選到這個時段的機率", where="欄位 propensity",
            next_step='請給有 propensity 的企劃（plan=），或改用 method="adjusted"',
        )  # fmt: skip
    if not ((chance > 0) & (chance <= 1)).all():
        raise TableError(
            "選到時段的機率要大於 0、不超過 1，也不能空白",
            where="欄位 propensity",
            next_step="請補上或拿掉這些貼文",
        )
    hour = data.slot % 24
    weight = np.bincount(hour, minlength=24)[hour] / len(data) / chance
    weight /= weight.mean()
    clipped = int((weight > LARGEST_WEIGHT).sum())
    fitted = _regression(data, of_hour, slots, np.minimum(weight, LARGEST_WEIGHT), np.empty((len(data), 0)))
    effective = fitted.effective.sum()
    notes = (f"加權後的有效貼文數約 {effective:,.0f} 則（實際 {len(data):,} 則），權重剪掉 {clipped} 則",)
    return Fitted(fitted.estimates, fitted.noise, fitted.effective, notes=notes)


def _regression(data: SlotPosts, of_hour: Ints, slots: int, weight: Floats, known: Floats) -> Fitted:
    group = of_hour[data.slot]
    n = np.bincount(group, minlength=slots).astype(float)
    there = np.flatnonzero(n > 0)
    others = np.hstack([(data.unit[:, None] == np.arange(1, len(data.units))).astype(float), known])
    root = np.sqrt(weight)[:, None]
    design = np.hstack([(group[:, None] == there).astype(float), others - others.mean(axis=0)]) * root
    gram = design.T @ design
    inverse = np.linalg.pinv(gram, rcond=1e-10, hermitian=True)
    beta = inverse @ (design.T @ (root[:, 0] * data.y))
    rest = root[:, 0] * data.y - design @ beta
    leverage = np.minimum(((design @ inverse) * design).sum(axis=1), 1 - 1e-6)
    meat = design * (rest / (1 - leverage))[:, None]
    cov = inverse @ (meat.T @ meat) @ inverse
    freedom = len(data) - int(np.linalg.matrix_rank(gram, rtol=1e-10, hermitian=True))
    effect, spread = np.full(slots, np.nan), np.full((slots, slots), np.nan)
    effect[there] = beta[: len(there)]
    judged = np.where(n[there] > 1, 0.0, np.nan) if freedom > 0 else np.full(len(there), np.nan)
    spread[np.ix_(there, there)] = cov[: len(there), : len(there)] + judged[:, None] + judged[None, :]
    total = np.bincount(group, weight, minlength=slots)
    effective = total**2 / np.maximum(np.bincount(group, weight**2, minlength=slots), 1e-12)
    noise = float(np.sqrt((rest**2).sum() / max(freedom, 1)))
    name = EVERYONE if len(data.units) > 1 else data.units[0]
    estimate = Estimate(name, effect, spread, n, np.full(slots, float(freedom)))
    return Fitted((estimate,), noise, effective)


def shrunk(data: SlotPosts, of_hour: Ints, slots: int) -> Fitted:
    """Partial pooling (``shrink``) of the outcome adjusted for the covariates."""
    free = without_covariates(data, _COARSE)
    group, units = of_hour[data.slot], len(data.units)
    cells = replace(cells_of(free.y, group, data.unit, (units, slots)), inflation=free.inflation)
    curves = shrink(cells, week() if slots == HOURS else dayparts(slots))
    cov = curves.cov + _covariate_error(data, group, curves, free.cov)
    everyone = cells.n.sum(axis=0)
    found = [(name, curves.mean[k], cov[k], cells.n[k]) for k, name in enumerate(data.units)]
    if units > 1:
        extra = (cov - curves.cov).mean(axis=0)
        found.insert(0, (EVERYONE, curves.shared_mean, curves.shared_cov + extra, everyone))
    judged = np.where(everyone > 0, 0.0, np.nan) if slots < HOURS else np.zeros(slots)
    return Fitted(
        tuple(
            Estimate(name, mean + judged, cov + np.diag(judged), n, np.full(slots, np.inf))
            for name, mean, cov, n in found
        ),
        curves.noise,
        everyone,
        curves.shared_sd,
        curves.own_sd,
        max(curves.evidence, curves.own_evidence),
    )


def cells_of(y: Floats, slot: Ints, unit: Ints, shape: tuple[int, int]) -> Cells:
    """Sufficient statistics by account and slot; shape: how many of each."""
    place = unit * shape[1] + slot

    def sums(values: Floats | None) -> Floats:
        return np.bincount(place, values, minlength=shape[0] * shape[1]).reshape(shape).astype(float)

    return Cells(sums(None), sums(y), sums(y * y))


def _covariate_error(data: SlotPosts, group: Ints, curves: Curves, cov: Floats) -> Floats:
    """What not knowing the coefficients adds to the curves' covariance [accounts, slots, slots]."""
    if not len(cov):
        return np.zeros((len(data.units), 1, 1))
    moved = []
    for column in data.lasting.T:
        part = cells_of(column, group, data.unit, curves.mean.shape)
        moved.append(curves.response(part.deviations()))
    lean = np.stack(moved, axis=2)
    return np.asarray(lean @ cov @ lean.transpose(0, 2, 1))


def _means(values: Floats, group: Ints) -> Floats:
    """Mean of values [n] by group."""
    return np.asarray(np.bincount(group, values) / np.maximum(np.bincount(group), 1))
