"""From snapshots to calibrated chances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, gammaln, logit
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from ..measures import Flags, Floats
from .snapshots import Snapshot

METHODS = {
    "churn": "本工具",
    "base": "每個人都猜平均",
    "recency": "只看多久沒來",
    "bg_nbd": "BG/NBD 模型",
}
ISOTONIC_FROM = 2000
_EDGE = 0.002
_FITTED_ON = 3000


@dataclass(frozen=True)
class Habit:
    """BG/NBD: reactions at a gamma-distributed rate (r, alpha), leaving after each with a beta chance (a, b).

    Fader, Hardie & Lee 2005, doi:10.1287/mksc.1040.0098. Time in days.
    """

    r: float
    alpha: float
    a: float
    b: float

    @classmethod
    def fit(cls, history: Floats) -> Habit:
        """Most likely parameters. history: repeats, days from first to last, days from first on [n, 3]."""
        if len(history) > _FITTED_ON:
            history = history[np.random.default_rng(0).choice(len(history), _FITTED_ON, replace=False)]

        def loss(logs: Floats) -> float:
            return -float(_likelihood(history, *np.exp(logs)).mean()) + 0.001 * float((logs**2).sum())

        found = minimize(loss, np.log([0.6, 8.0, 0.8, 6.0]), method="L-BFGS-B", bounds=[(-5, 7)] * 4)
        return cls(*(float(value) for value in np.exp(found.x)))

    def chance(self, history: Floats, horizon: float) -> Floats:
        """Chance to be around and to react within the horizon."""
        x, last, whole = history.T
        odds = self.a / (self.b + np.maximum(x, 1) - 1)
        odds = odds * np.exp((self.r + x) * np.log((self.alpha + whole) / (self.alpha + last)))
        here = np.where(x > 0, 1 / (1 + odds), 1.0)
        silent = np.exp((self.r + x) * np.log((self.alpha + whole) / (self.alpha + whole + horizon)))
        return np.asarray(here * (1 - silent))


def _likelihood(history: Floats, r: float, alpha: float, a: float, b: float) -> Floats:
    x, last, whole = history.T
    shared = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    shared += gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
    stays = -(r + x) * np.log(alpha + whole)
    left = np.log(a) - np.log(b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + last)
    return np.asarray(shared + np.where(x > 0, np.logaddexp(stays, left), stays))


@dataclass(frozen=True)
class Learner:
    """Everything learnt from the training snapshots, before calibration."""

    horizon: float
    base: float
    habit: Habit
    scale: tuple[Floats, Floats]
    full: LogisticRegression
    recency: LogisticRegression

    @classmethod
    def fit(cls, past: Sequence[Snapshot], horizon: float) -> Learner:
        back = np.concatenate([one.back for one in past])
        habit = Habit.fit(past[-1].history)
        x = np.vstack([_inputs(one, habit, horizon) for one in past])
        mean, sd = x.mean(axis=0), np.maximum(x.std(axis=0), 1e-6)
        standard = np.clip((x - mean) / sd, -4, 4)
        full = LogisticRegression(C=1.0, max_iter=500).fit(standard, back)
        recency = LogisticRegression(C=1.0, max_iter=500).fit(standard[:, :1], back)
        return cls(horizon, float(back.mean()), habit, (mean, sd), full, recency)

    def raw(self, one: Snapshot) -> dict[str, Floats]:
        """Chances by method as they come out, not yet calibrated."""
        x = np.clip((_inputs(one, self.habit, self.horizon) - self.scale[0]) / self.scale[1], -4, 4)
        return {
            "churn": self.full.predict_proba(x)[:, 1],
            "base": np.full(len(x), self.base),
            "recency": self.recency.predict_proba(x[:, :1])[:, 1],
            "bg_nbd": self.habit.chance(one.history, self.horizon),
        }


def _inputs(one: Snapshot, habit: Habit, horizon: float) -> Floats:
    chance = np.clip(habit.chance(one.history, horizon), _EDGE, 1 - _EDGE)
    return np.column_stack([one.x, logit(chance)])


@dataclass(frozen=True)
class Calibration:
    """What a chance turned out to be worth: two numbers (Platt 1999) or a rising step function."""

    method: str
    slope: float = 1.0
    shift: float = 0.0
    steps: IsotonicRegression | None = None

    @classmethod
    def fit(cls, chance: Floats, back: Flags) -> Calibration:
        """Isotonic from 2,000 followers, Platt below, as steps need more data (Niculescu-Mizil & Caruana 2005,
        doi:10.1145/1102351.1102430); only the level is moved where chances do not differ."""
        if np.ptp(chance) < 1e-9:
            goal = float(np.clip(back.mean(), _EDGE, 1 - _EDGE))
            return cls("platt", 0.0, float(logit(goal)))
        if len(chance) >= ISOTONIC_FROM:
            steps = IsotonicRegression(y_min=_EDGE, y_max=1 - _EDGE, out_of_bounds="clip").fit(chance, back)
            return cls("isotonic", steps=steps)
        x = logit(np.clip(chance, _EDGE, 1 - _EDGE))[:, None]
        fitted = LogisticRegression(C=100.0, max_iter=500).fit(x, back)
        return cls("platt", float(fitted.coef_[0, 0]), float(fitted.intercept_[0]))

    def __call__(self, chance: Floats) -> Floats:
        if self.steps is not None:
            return np.asarray(self.steps.predict(chance))
        return np.asarray(expit(self.slope * logit(np.clip(chance, _EDGE, 1 - _EDGE)) + self.shift))


def calibrations(learner: Learner, held_out: Snapshot) -> dict[str, Calibration]:
    """One of each method, on a snapshot later than any it learnt from."""
    raw = learner.raw(held_out)
    return {name: Calibration.fit(chance, held_out.back) for name, chance in raw.items()}
