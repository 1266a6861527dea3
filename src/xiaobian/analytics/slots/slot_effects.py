"""What the time of posting does to a post: naive, adjusted, weighted, or partially pooled, with its uncertainty."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
from scipy.special import ndtr
from threadpoolctl import ThreadpoolController

from ...errors import NotFound, TableError
from ..collected import collected
from ..measures import Flags, Floats
from ..metrics import ENGAGEMENTS
from . import words as slot_words
from .estimates import (
    Estimate,
    Fitted,
    adjusted,
    naive,
    quantile,
    shrunk,
    slot_groups,
    weighted,
)
from .posts import HOURS, Ints, SlotPosts, slot_posts
from .words import slot_label

if TYPE_CHECKING:
    from ...plotting import Chart

Method = Literal["shrunk", "naive", "adjusted", "ipw"]

METHODS = {"shrunk": shrunk, "naive": naive, "adjusted": adjusted, "ipw": weighted}
MIN_POSTS = 30
PICKED = {"hour_of_week": 5, "daypart": 1}
_NEAR_HOURS, _NEAR_POSTS, _NEAR_SHARE, _NEAR_ENOUGH = 2, 3, 0.3, 15
_HALVINGS = 50
_JUDGED = ["effect", "low", "high", "top", "lift", "lift_low", "lift_high"]
_CONVINCING = float(np.log(9))


@dataclass(frozen=True, repr=False)
class SlotEffects:
    """What ``slot_effects()`` found.

    table: a row an account and slot: account, slot (hour of the week 0–167 from Monday 00:00 Taipei, or the name of
    a daypart), label, n (posts), effect, low, high (log units against ``reference``), lift, lift_low, lift_high (the
    same as shares: 0.05 is 5 % more), raw (naive mean of logs), near (posts of all accounts within 2 hours), top
    (probability of being among the truly best ``picked``), recommended (never a slot that is hardly posted at). Effects
    are missing when posts are too few.
    level: of the intervals. noise: log-sd of a single post. needed: posts a slot that would show a tenth more.
    effective: posts after weighting. shared_sd, own_sd: log-sd of the curve all accounts share, and of each
    account's own departures; evidence: log Bayes factor against no effect of time, below log 9 it abstains (``shrunk``
    only).
    """

    table: pd.DataFrame
    method: str
    by: str
    outcome: str
    level: float
    posts: int
    period: str
    noise: float
    needed: int
    effective: float
    shared_sd: float
    own_sd: float
    evidence: float
    adjusted_for: tuple[str, ...]
    notes: tuple[str, ...]
    found: dict[str, Estimate] = field(default_factory=dict)

    @cached_property
    def accounts(self) -> tuple[str, ...]:
        """Accounts in the table, all of them together first."""
        return tuple(self.table["account"].unique())

    @property
    def picked(self) -> int:
        """How many slots are recommended at most; without pooling, only the highest."""
        return _picked(self.by, self.method)

    def of(self, account: str | None = None) -> pd.DataFrame:
        """Rows of one account, by default the first; raises NotFound."""
        name = self.accounts[0] if account is None else account
        if name not in self.accounts:
            raise NotFound(f"沒有「{name}」這個帳號", next_step=f"可用的帳號：{'、'.join(self.accounts)}")
        rows, place = len(self.table) // len(self.accounts), self.accounts.index(name)
        return self.table.iloc[rows * place : rows * (place + 1)].reset_index(drop=True)

    def best(self, account: str | None = None) -> pd.DataFrame:
        """The recommended slots of one account, best first; empty when the posts cannot tell."""
        rows = self.of(account)
        chosen = rows[rows["recommended"]].sort_values("effect", ascending=False, kind="stable")
        return chosen.iloc[:0] if self.abstained(account) else chosen.reset_index(drop=True)

    def gain(self, account: str | None = None) -> tuple[float, float, float]:
        """Mean effect of the highest slots against the hours at which the account usually posts, log units.

        The interval allows for the highest having been picked: ``shrunk`` by its shrinkage, the others by Bonferroni.
        """
        rows = self.of(account)
        weight = rows["recommended"].to_numpy(dtype=float)
        if not weight.any():
            return float("nan"), float("nan"), float("nan")
        usual = rows["n"].to_numpy(dtype=float)
        tried = 1 if self.method == "shrunk" else max(int(rows["low"].notna().sum()), 1)
        name, level = str(rows["account"].iloc[0]), 1 - (1 - self.level) / tried
        return self._combined(name, weight / weight.sum(), usual / usual.sum(), level)

    def contrast(
        self, slot: str | int, other: str | int, account: str | None = None
    ) -> tuple[float, float, float]:
        """Effect of one slot against another with its interval, log units; raises NotFound for an unknown slot."""
        rows = self.of(account)
        weights: list[Floats] = []
        for name in (slot, other):
            there = np.asarray(rows["slot"].astype(str) == str(name), dtype=np.float64)
            if not there.any():
                raise NotFound(
                    f"沒有「{name}」這個時段", next_step=f"可用的時段：{'、'.join(rows['slot'].astype(str))}"
                )
            weights.append(there)
        return self._combined(str(rows["account"].iloc[0]), weights[0], weights[1], self.level)

    def _combined(
        self, account: str, weight: Floats, against: Floats, level: float
    ) -> tuple[float, float, float]:
        if account not in self.found:
            return float("nan"), float("nan"), float("nan")
        one = self.found[account]
        used = (weight != 0) | (against != 0)
        change = (weight - against)[used]
        effect = float(change @ one.effect[used])
        spread = float(change @ _known(one.cov, self.noise)[np.ix_(used, used)] @ change) ** 0.5
        width = float(quantile(level, np.array([one.freedom[used].min()]))[0]) * spread
        return effect, effect - width, effect + width

    def abstained(self, account: str | None = None) -> bool:
        """Whether the posts cannot tell the best slots from the usual ones; the naive mean never admits it."""
        if self.method == "naive":
            return False
        low = self.gain(account)[1]
        return not (low > 0 and self.evidence >= _CONVINCING)

    def say(self, account: str | None = None) -> str:
        """One honest sentence or two in 正體中文."""
        return slot_words.say(self, account)

    def plot(self, account: str | None = None) -> Chart:
        """The curve over the week, or the dayparts, with intervals."""
        from .plot import draw

        figure = draw(self, account)
        figure.summary = self.say(account)
        return figure

    def __repr__(self) -> str:
        return "\n".join([self.say(), *(f"附註：{note}" for note in self.notes)])


def slot_effects(
    posts: pd.DataFrame,
    plan: pd.DataFrame | None = None,
    method: Method = "shrunk",
    *,
    by: str = "hour_of_week",
    outcome: str = ENGAGEMENTS,
    account: str = "account",
    level: float = 0.9,
) -> SlotEffects:
    """Effect of the posting time on the log of an outcome.

    ``naive``: means by slot, as heat-maps show them. ``adjusted``: least squares that holds equal what was known before
    publishing (hook, pillar, format, promotion …, account, posts of the day before, week). ``ipw``: inverse propensity
    weights from the plan's ``propensity``. ``shrunk``: the adjusted outcome, partially pooled over neighbouring hours
    and over accounts, every size estimated (see ``slot_shrink``); it abstains rather than name a winner by luck.
    ``adjusted`` and ``ipw`` give all accounts together.

    posts: table ``posts``, of any engine (fetched whole: the fit needs every post); plan: table ``plan`` of the same posts, whose columns may also stand in ``posts``.
    by: ``hour_of_week`` (168, effects against the hours at which the account usually posts) or ``daypart`` (against the
    afternoon). outcome: engagements, reach, views, impressions, link_clicks, clicks. account: the column that tells
    accounts apart; each platform of an account counts as one. level: of the intervals, credible ones for ``shrunk``.

    Published gains are small: up to 17 % on Facebook and 4 % on Twitter (Spasojevic et al. 2015, arXiv:1506.02089).

    Raises TableError for unknown choices, missing columns and times without a zone.

    >>> from xiaobian.sandbox import World
    >>> past = World(3, "drinks").history(weeks=12)
    >>> found = slot_effects(past.posts, past.plan, "adjusted", by="daypart", outcome="reach")
    >>> effect, low, high = found.contrast("evening", "morning")
    >>> bool(low < effect < high)
    True
    """
    if method not in METHODS:
        raise TableError(
            f"沒有「{method}」這種方法", where="參數 method", next_step=f"可用的方法：{'、'.join(METHODS)}"
        )
    if not 0.5 <= level < 1:
        raise TableError(f"level 要在 0.5 到 1 之間，你給的是 {level}", where="參數 level")
    names, of_hour = slot_groups(by)
    data = slot_posts(collected(posts), collected(plan), outcome, account)
    enough = len(data) >= MIN_POSTS or method == "naive"
    with _libraries().limit(limits=1):
        fitted = METHODS[method](data, of_hour, len(names)) if enough else None
        raw = naive(data, of_hour, len(names))
    used = fitted or Fitted((), float(np.std(data.y - data.y.mean())), np.zeros(len(names)))
    table = _table(by, names, data, of_hour, _pairs(fitted, raw), used.noise, level, _picked(by, method))
    if fitted is None:
        table[_JUDGED] = np.nan
        table["recommended"] = False
    return SlotEffects(
        table, method, by, outcome, level, len(data), data.period, used.noise, _needed(used.noise),
        float(used.effective.sum()), used.shared_sd, used.own_sd, used.evidence,
        () if method in ("naive", "ipw") else slot_words.covariates(data.columns),
        (*data.notes, *used.notes), {one.account: one for one in used.estimates},
    )  # fmt: skip


@cache
def _libraries() -> ThreadpoolController:
    """The libraries of linear algebra; on matrices this small, more threads than one only wait for each other."""
    return ThreadpoolController()


def _picked(by: str, method: str) -> int:
    return PICKED[by] if method == "shrunk" else 1


def _pairs(fitted: Fitted | None, raw: Fitted) -> list[tuple[Estimate, Estimate]]:
    plain = {one.account: one for one in raw.estimates}
    estimates = raw.estimates if fitted is None else fitted.estimates
    return [(one, plain[one.account]) for one in estimates]


def _reference(by: str, n: Floats) -> Floats:
    """Weights of the slots that effects are measured against: the afternoon, or the account's usual hours."""
    if by == "daypart" and n[1] > 0:
        return np.eye(len(n))[1]
    return np.asarray(n / n.sum()) if n.sum() > 0 else np.full(len(n), 1 / len(n))


def _known(cov: Floats, noise: float) -> Floats:
    """The covariance with a single post's variance where one post alone could not show any."""
    filled = np.nan_to_num(cov)
    alone = np.isnan(np.diag(cov))
    filled[alone, alone] = noise**2
    return np.asarray(filled)


def _table(
    by: str, names: tuple[str, ...], data: SlotPosts, of_hour: Ints, pairs: list[tuple[Estimate, Estimate]],
    noise: float, level: float, picked: int,
) -> pd.DataFrame:  # fmt: skip
    """A row an account and slot."""
    references = [_reference(by, one.n) for one, _ in pairs]
    found = [_against(one, at, noise) for (one, _), at in zip(pairs, references, strict=True)]
    effect, spread = np.array([one[0] for one in found]), np.array([one[1] for one in found])
    raw = np.array([plain.effect for _, plain in pairs])
    raw -= (np.nan_to_num(raw) * np.array(references)).sum(axis=1, keepdims=True)
    width = quantile(level, np.array([one.freedom for one, _ in pairs])) * spread
    near = _near(by, data, of_hour, len(names))
    tried = max(_NEAR_POSTS, min(_NEAR_SHARE * near.mean(), _NEAR_ENOUGH))
    known = np.isfinite(effect) & (near >= tried)
    slots: list[int] | list[str] = list(map(int, names)) if by == "hour_of_week" else list(names)
    table = pd.DataFrame(
        {
            "account": np.repeat(np.array([one.account for one, _ in pairs], dtype=object), len(names)),
            "slot": slots * len(pairs), "label": [slot_label(slot) for slot in slots] * len(pairs),
            "n": np.concatenate([one.n for one, _ in pairs]).astype("int64"), "effect": effect.ravel(),
            "low": (effect - width).ravel(), "high": (effect + width).ravel(), "raw": raw.ravel(),
            "near": np.tile(near.astype("int64"), len(pairs)),
            "top": _top(effect, spread, PICKED[by]).ravel(),
            "recommended": _highest(effect, known, picked).ravel(),
        }
    )  # fmt: skip
    lifts = {"lift": "effect", "lift_low": "low", "lift_high": "high"}
    return table.assign(**{name: np.expm1(table[column]) for name, column in lifts.items()})


def _against(one: Estimate, against: Floats, noise: float) -> tuple[Floats, Floats]:
    """Effects and their standard errors against a weighted mean of slots."""
    effect, cov = np.nan_to_num(one.effect), _known(one.cov, noise)
    crossed = cov @ against
    variance = np.diag(cov) - 2 * crossed + against @ crossed
    spread = np.sqrt(np.maximum(variance, 0))
    spread[np.isnan(np.diag(one.cov))] = np.nan
    return one.effect - against @ effect, spread


def _near(by: str, data: SlotPosts, of_hour: Ints, slots: int) -> Floats:
    """Posts of all accounts in a slot and, for hours, in the two hours around it."""
    count = np.bincount(data.slot, minlength=HOURS).astype(float)
    if by == "daypart":
        return np.bincount(of_hour, count, minlength=slots).astype(float)
    return np.sum([np.roll(count, step) for step in range(-_NEAR_HOURS, _NEAR_HOURS + 1)], axis=0)


def _highest(effect: Floats, known: Flags, number: int) -> Flags:
    """The highest known effects of each row [accounts, slots]."""
    order = np.argsort(-np.where(known, effect, -np.inf), axis=1, kind="stable")[:, :number]
    chosen = np.zeros(effect.shape, dtype=bool)
    np.put_along_axis(chosen, order, True, 1)
    return chosen & known


def _top(effect: Floats, spread: Floats, number: int) -> Floats:
    """Probability of lying above the height that, on average, ``number`` slots of the row [accounts, slots] exceed."""
    known = np.isfinite(effect) & (spread > 0)
    judged = known.sum(axis=1) > number
    mean, sd = np.where(known, effect, -np.inf), np.where(known, spread, 1.0)
    high = np.max(mean + 9 * sd, axis=1, keepdims=True)
    low = np.min(np.where(known, effect - 9 * spread, np.inf), axis=1, keepdims=True)
    low, high = np.where(judged[:, None], low, 0.0), np.where(judged[:, None], high, 0.0)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        above = ndtr((mean - middle) / sd).sum(axis=1, keepdims=True) > number
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return np.where(known & judged[:, None], ndtr((mean - (low + high) / 2) / sd), np.nan)


def _needed(noise: float) -> int:
    """Posts in each of two slots that show a tenth more with 80 % power at the one-sided 5 % level."""
    each = 2 * (1.645 + 0.842) ** 2 * noise**2 / np.log(1.1) ** 2
    return int(np.ceil(each / 10) * 10)
