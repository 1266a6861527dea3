"""Four ways to estimate what the hour of posting does, from the naive mean to partial pooling."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import stdtrit

from ...errors import TableError
from ..measures import Floats
from .posts import HOURS, Ints, SlotPosts
from .shrink import Cells, Curves, shrink

EVERYONE = "全部"
DAYPARTS: dict[str, tuple[str, int, int]] = {
    "morning": ("早上", 6, 12), "afternoon": ("下午", 12, 18), "evening": ("晚上", 18, 24), "night": ("半夜", 0, 6),
}  # fmt: skip
LARGEST_WEIGHT = 10.0
_CLIP = 3.5
_COARSE_BELOW = 5


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


def quantile(level: float, freedom: Floats) -> Floats:
    """Two-sided Student quantile."""
    return np.asarray(stdtrit(np.maximum(freedom, 1.0), (1 + level) / 2))


def naive(data: SlotPosts, of_hour: Ints, slots: int) -> Fitted:
    """Mean of the log outcome by slot, less the account's mean; nothing is held equal."""
    group = of_hour[data.slot]
    centred = data.y - _means(data.y, data.unit)[data.unit]
    whole = [_by_mean(EVERYONE if len(data.units) > 1 else data.units[0], centred, group, slots)]
    if len(data.units) > 1:
        whole += [
            _by_mean(name, centred[data.unit == k], group[data.unit == k], slots)
            for k, name in enumerate(data.units)
        ]
    return Fitted(tuple(whole), float(np.std(centred)), whole[0].n)


def _by_mean(account: str, values: Floats, group: Ints, slots: int) -> Estimate:
    n = np.bincount(group, minlength=slots).astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.bincount(group, values, minlength=slots) / n
        around = np.bincount(group, (values - mean[group]) ** 2, minlength=slots) / (n - 1)
        variance = np.where(n > 1, around / n, np.nan)
    return Estimate(account, np.where(n > 0, mean, np.nan), np.diag(variance), n, n - 1)


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
    fitted = _regression(data, of_hour, slots, np.minimum(weight, LARGEST_WEIGHT), data.known[:, :0])
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
    """Partial pooling (``slot_shrink``) of the outcome adjusted for the covariates."""
    y, beta_cov, inflation = _without_covariates(data)
    cells = replace(cells_of(y, data.slot, data.unit, len(data.units)), inflation=inflation)
    curves = shrink(cells)
    extra = _covariate_error(data, cells, curves, beta_cov)
    everyone = cells.n.sum(axis=0)
    many = len(data.units) > 1
    found = [(EVERYONE, curves.shared_mean, curves.shared_cov + extra.mean(axis=0), everyone)] if many else []
    found += [
        (name, curves.mean[k], curves.cov[k] + extra[k], cells.n[k]) for k, name in enumerate(data.units)
    ]
    mix = _mix(everyone, of_hour, slots)
    estimates = tuple(
        Estimate(name, mix @ mean, mix @ cov @ mix.T, np.bincount(of_hour, n, minlength=slots).astype(float), np.full(slots, np.inf))
        for name, mean, cov, n in found
    )  # fmt: skip
    effective = np.bincount(of_hour, everyone, minlength=slots).astype(float)
    return Fitted(
        estimates,
        curves.noise,
        effective,
        curves.shared_sd,
        curves.own_sd,
        max(curves.evidence, curves.own_evidence),
    )


def cells_of(y: Floats, slot: Ints, unit: Ints, units: int) -> Cells:
    """Sufficient statistics by account and hour of the week."""
    place = unit * HOURS + slot

    def sums(values: Floats | None) -> Floats:
        return np.bincount(place, values, minlength=units * HOURS).reshape(units, HOURS).astype(float)

    return Cells(sums(None), sums(y), sums(y * y))


def _mix(everyone: Floats, of_hour: Ints, slots: int) -> Floats:
    """Weights [slots, 168] with which the hours of a slot make it up: as they are posted, evenly where never."""
    member = (of_hour == np.arange(slots)[:, None]).astype(float)
    posted = member * everyone
    posted = np.where(posted.sum(axis=1, keepdims=True) > 0, posted, member)
    return np.asarray(posted / posted.sum(axis=1, keepdims=True))


def _without_covariates(data: SlotPosts) -> tuple[Floats, Floats, float]:
    """The outcome less what a regression within slots ascribes to the covariates, extremes pulled in; the covariance of
    the coefficients that are not about the calendar; and the inflation of ``Cells``.

    Weeks are random: their coefficients are shrunk by the variance that weeks show beyond noise.
    """
    slot = data.slot
    if len(data) < _COARSE_BELOW * len(np.unique(slot)):
        slot = slot_groups("daypart")[1][slot] * 2 + (slot >= 5 * 24)
    accounts = (data.unit[:, None] == np.arange(1, len(data.units))).astype(float)
    fixed, weeks = data.known[:, : data.lasting], data.known[:, data.lasting :]
    design = np.hstack([fixed, weeks, accounts])
    design = design - _means(design, slot)[slot]
    y, penalty = data.y, np.zeros(design.shape[1])
    calendar = slice(data.lasting, data.lasting + weeks.shape[1])
    penalty[calendar] = 1e9
    for _ in range(3):
        centred = y - _means(y, slot)[slot]
        gram = design.T @ design
        inverse = np.linalg.pinv(gram + np.diag(penalty), hermitian=True)
        beta = inverse @ (design.T @ centred)
        rest = centred - design @ beta
        limit = _CLIP * 1.4826 * float(np.median(np.abs(rest)))
        y = y - rest + np.clip(rest, -limit, limit) if limit > 0 else y
        spent = float((inverse * gram).sum()) - len(data.units) + 1
        noise = float(rest @ rest) / max(len(y) - spent - len(np.unique(slot)), 1)
        if weeks.shape[1]:
            penalty[calendar] = _week_penalty(rest + design[:, calendar] @ beta[calendar], weeks, noise)
    shift = (data.known - data.known.mean(axis=0)) @ beta[: data.known.shape[1]]
    lasting = inverse[: data.lasting, : data.lasting] * noise
    return y - shift, lasting, (len(y) + spent) / max(len(y) - spent, 1.0)


def _week_penalty(rest: Floats, weeks: Floats, noise: float) -> float:
    """Noise variance over the variance between weeks, by moments; very large when weeks do not differ."""
    n = weeks.sum(axis=0)
    means = rest @ weeks / n
    between = (n * means**2).sum() - (len(n) - 1) * noise
    variance = between / (n.sum() - (n**2).sum() / n.sum())
    return float(noise / max(variance, noise * 1e-9))


def _covariate_error(data: SlotPosts, cells: Cells, curves: Curves, cov: Floats) -> Floats:
    """What not knowing the coefficients adds to the curves' covariance [accounts, 168, 168]."""
    if not len(cov):
        return np.zeros((len(data.units), 1, 1))
    moved = []
    for column in range(len(cov)):
        part = cells_of(data.known[:, column], data.slot, data.unit, len(data.units))
        moved.append(curves.response(part.deviations()))
    lean = np.stack(moved, axis=2)
    return np.asarray(lean @ cov @ lean.transpose(0, 2, 1))


def _means(values: Floats, group: Ints) -> Floats:
    """Mean of values [n] or [n, k] by group."""
    size = int(group.max()) + 1
    n = np.maximum(np.bincount(group, minlength=size), 1)
    if values.ndim == 1:
        return np.asarray(np.bincount(group, values, minlength=size) / n)
    sums = np.array([np.bincount(group, column, minlength=size) for column in values.T]).reshape(-1, size)
    return np.asarray((sums / n).T)
