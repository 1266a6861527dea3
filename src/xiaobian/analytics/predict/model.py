"""The learners and the walk through time: at every point only the past is used.

Everything here works on z = log(1 + result ÷ unit), posts in the order of publishing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.optimize import nnls
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import RidgeCV

from ..measures import Floats
from .features import Ints, Kind

BASELINES = ("constant", "group", "recent")
LEARNERS = ("ridge", "ridge_recent", "boosting")
LAST = 30
FIRST_SHARE, FIRST_POSTS = 0.35, 30
BOOSTING_FROM = 120
REFITS = 6
_ALPHAS = np.logspace(0, 4, 13)
_MEMORY = 80.0
_PRIOR_POSTS = 27.0
_MEAN, _N, _FAST, _SLOW = range(4)


@dataclass(frozen=True)
class Matrix:
    """Features as numbers, learnt from some posts: medians, ranges and levels are theirs alone."""

    kinds: tuple[Kind, ...]
    middles: dict[str, tuple[float, float, float, bool]]

    @classmethod
    def learn(cls, table: pd.DataFrame, kinds: Sequence[Kind]) -> Matrix:
        middles = {}
        for kind in kinds:
            if kind.kind == "category":
                continue
            values = table[kind.name].to_numpy(dtype=float)
            known = values[~np.isnan(values)]
            known = known if len(known) else np.zeros(1)
            logged = kind.kind == "number" and known.min() >= 0 and known.max() > 50
            known = np.log1p(known) if logged else known
            middles[kind.name] = (
                float(np.median(known)),
                float(known.min()),
                float(known.max()),
                bool(logged),
            )
        return cls(tuple(kinds), middles)

    def columns(self, table: pd.DataFrame, clocks: bool) -> Floats:
        """A row a post; a value never seen before is none of the levels, a number outside the range its edge."""
        parts = [np.zeros((len(table), 0))]
        parts += [self._one(table[k.name], k) for k in self.kinds if clocks or k.kind != "clock"]
        return np.hstack(parts)

    def _one(self, values: pd.Series, kind: Kind) -> Floats:
        if kind.kind == "category":
            if pd.api.types.is_numeric_dtype(values.dtype):
                values = values.map("{:g}".format, na_action="ignore")
            texts = values.astype("string").fillna("").to_numpy(dtype=object)
            return np.column_stack([texts == level for level in kind.levels]).astype(float)
        middle, low, high, logged = self.middles[kind.name]
        numbers = values.to_numpy(dtype=float, na_value=np.nan)
        with np.errstate(invalid="ignore"):
            numbers = np.log1p(np.maximum(numbers, 0)) if logged else numbers
        missing = np.isnan(numbers)
        numbers = np.clip(np.where(missing, middle, numbers), low, high)
        columns = [numbers, missing.astype(float)]
        if kind.kind == "hour":
            turn = 2 * np.pi * numbers / 24
            columns += [np.sin(turn), np.cos(turn), np.sin(2 * turn), np.cos(2 * turn)]
        return np.column_stack(columns)


def levels(z: Floats, who: Ints, group: Ints, origin: Ints) -> Floats:
    """What the past had been worth at ``origin``: recent and long-run level of all, of the account, of its format.

    z: results in order, of posts already out. who, group, origin: of the posts asked about; only the first
    ``origin`` results are used. Columns: long-run mean of the account, its level with a half-life of 15 and of 4 posts
    (all drawn towards those of all accounts while it has few posts), and that of its format with 15.
    """
    return _Past(z, who[: len(z)], group[: len(z)]).at(who, group, origin)


def training_levels(z: Floats, who: Ints, group: Ints, origin: Ints) -> Floats:
    """``levels`` of the posts themselves; the first block, which has no past, gets the middle of the first posts."""
    found = levels(z, who, group, origin)
    found[origin == 0] = np.median(z[:FIRST_POSTS])
    return found


class _Past:
    def __init__(self, z: Floats, who: Ints, group: Ints) -> None:
        self.z = z
        everyone = np.zeros(len(z), dtype=np.intp)
        self.all, self.own, self.kind = (_runs(z, c) for c in (everyone, who, group))

    def at(self, who: Ints, group: Ints, origin: Ints) -> Floats:
        general = _look(self.all, np.zeros(len(who), dtype=np.intp), origin)
        own, kind = _look(self.own, who, origin), _look(self.kind, group, origin)
        known = own[:, _N] / (own[:, _N] + 3)
        settled = known * own[:, _MEAN] + (1 - known) * general[:, _MEAN]
        account = known * own[:, _SLOW] + (1 - known) * general[:, _SLOW]
        quick = known * own[:, _FAST] + (1 - known) * general[:, _SLOW]
        part = kind[:, _N] / (kind[:, _N] + 5)
        formats = part * kind[:, _SLOW] + (1 - part) * account
        return np.column_stack([settled, account, quick, formats])


def _runs(z: Floats, codes: Ints) -> dict[int, tuple[Ints, Floats]]:
    """Of each code: places of its posts, and after each of them mean, count, and level with a half-life of 4 and of 15 posts."""
    found = {}
    for code in np.unique(codes):
        places = np.flatnonzero(codes == code)
        mine = pd.Series(z[places])
        n = np.arange(1, len(mine) + 1)
        means = mine.cumsum().to_numpy() / n
        fast = mine.ewm(halflife=4).mean().to_numpy()
        slow = mine.ewm(halflife=15).mean().to_numpy()
        found[int(code)] = (places, np.column_stack([means, n, fast, slow]))
    return found


def _look(runs: dict[int, tuple[Ints, Floats]], codes: Ints, origin: Ints) -> Floats:
    found = np.zeros((len(codes), 4))
    for code in np.unique(codes):
        if int(code) not in runs:
            continue
        places, values = runs[int(code)]
        here = codes == code
        last = np.searchsorted(places, origin[here]) - 1
        found[here] = np.where((last >= 0)[:, None], values[np.maximum(last, 0)], 0.0)
    return found


@dataclass
class Fitted:
    """Learners fitted on the first posts of a history."""

    matrix: Matrix
    ridge: list[RidgeCV]
    scale: tuple[Floats, Floats]
    boosting: HistGradientBoostingRegressor | None
    low: float
    high: float

    def predict(self, table: pd.DataFrame, past: Floats) -> Floats:
        """A column a learner, in the order of ``LEARNERS``."""
        base = past[:, 1]
        x = np.hstack([self.matrix.columns(table, False), past])
        x = np.clip((x - self.scale[0]) / self.scale[1], -4, 4)
        found = [base + model.predict(x) for model in self.ridge]
        if self.boosting is None:
            found.append(found[0])
        else:
            found.append(base + self.boosting.predict(np.hstack([self.matrix.columns(table, True), past])))
        return np.clip(np.column_stack(found), self.low, self.high)


def fit(table: pd.DataFrame, past: Floats, z: Floats, kinds: Sequence[Kind]) -> Fitted:
    """Fit the learners on the difference from the account's level at the time, far-out results pulled in."""
    matrix = Matrix.learn(table, kinds)
    rest = z - past[:, 1]
    middle = np.median(rest)
    spread = max(float(np.median(np.abs(rest - middle))) * 1.4826, 1e-9)
    rest = np.clip(rest, middle - 3 * spread, middle + 3 * spread)
    x = np.hstack([matrix.columns(table, False), past])
    mean, sd = x.mean(axis=0), x.std(axis=0)
    sd = np.where(sd > 1e-9, np.maximum(sd, 0.05), 1.0)
    standard = np.clip((x - mean) / sd, -4, 4)
    age = np.arange(len(z))[::-1]
    ridge = [
        RidgeCV(_ALPHAS).fit(standard, rest, sample_weight=weight)
        for weight in (np.ones(len(z)), 0.5 ** (age / _MEMORY) + 1e-3)
    ]
    boosting = None
    if len(z) >= BOOSTING_FROM:
        boosting = HistGradientBoostingRegressor(
            max_iter=60, learning_rate=0.06, max_leaf_nodes=8, min_samples_leaf=max(12, len(z) // 40),
            l2_regularization=5.0, early_stopping=False, random_state=0,
        ).fit(np.hstack([matrix.columns(table, True), past]), rest)  # fmt: skip
    return Fitted(matrix, ridge, (mean, sd), boosting, float(z.min()), float(z.max()))


def baselines(z: Floats, group: Ints, who: Ints, asked_group: Ints, asked_who: Ints) -> Floats:
    """Constant (median of the past), platform × format median, median of the account's last 30; logs.

    z, group, who: the past. A group or account with under 5 posts falls back to the constant.
    """
    constant = float(np.median(z))
    found = np.full((len(asked_group), 3), constant)
    for code in np.unique(asked_group):
        mine = z[group == code]
        if len(mine) >= 5:
            found[asked_group == code, 1] = np.median(mine)
    for code in np.unique(asked_who):
        mine = z[who == code]
        if len(mine) >= 5:
            found[asked_who == code, 2] = np.median(mine[-LAST:])
    return found


@dataclass
class Walk:
    """Predictions made before each result was known. candidates: NaN before the first origin."""

    candidates: Floats
    start: int
    blocks: list[tuple[int, int]] = field(default_factory=list)
    fits: list[tuple[int, Fitted]] = field(default_factory=list)


def walk(
    z: Floats,
    table: pd.DataFrame,
    kinds: Sequence[Kind],
    who: Ints,
    group: Ints,
    origin: Ints,
    refit: bool = True,
) -> Walk:
    """Go through the posts block by block, each predicted with what was known at its ``origin``."""
    n = len(z)
    past = training_levels(z, who, group, origin)
    first = max(FIRST_POSTS, int(n * FIRST_SHARE))
    start = int(np.flatnonzero(origin >= first)[0]) if (origin >= first).any() else n
    done = Walk(np.full((n, len(BASELINES) + len(LEARNERS)), np.nan), start)
    every, fitted, seen = max(1, (n - start) // REFITS), None, -1
    for begin in np.unique(origin[start:]):
        here = np.flatnonzero(origin == begin)
        low, high = int(here[0]), int(here[-1]) + 1
        if fitted is None or (refit and begin - seen >= every):
            fitted, seen = fit(table.iloc[:begin], past[:begin], z[:begin], kinds), int(begin)
            done.fits.append((seen, fitted))
        known = slice(None, int(begin))
        done.candidates[low:high, :3] = baselines(
            z[known], group[known], who[known], group[low:high], who[low:high]
        )
        done.candidates[low:high, 3:] = fitted.predict(table.iloc[low:high], past[low:high])
        done.blocks.append((low, high))
    return done


def weights(candidates: Floats, z: Floats, prior: Floats, strength: float = _PRIOR_POSTS) -> Floats:
    """Shares (they sum to 1) in which the candidates would have predicted best so far, drawn towards ``prior``."""
    if len(z) == 0:
        return prior
    recent = np.sqrt(0.5 ** (np.arange(len(z))[::-1] / 150))[:, None]
    spread = max(float(np.median(np.abs(z - candidates[:, 0]))) * 1.4826, 1e-9)
    error = np.clip(z[:, None] - candidates, -2.5 * spread, 2.5 * spread) * recent
    scale = spread * np.sqrt(strength)
    rows = np.vstack([error, np.eye(error.shape[1]) * scale, np.full((1, error.shape[1]), 1e3 * spread)])
    goal = np.concatenate([np.zeros(len(error)), prior * scale, [1e3 * spread]])
    found, _ = nnls(rows, goal)
    return found / found.sum() if found.sum() > 0 else prior
