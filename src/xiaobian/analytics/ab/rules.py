"""One comparison followed from look to look under a stopping rule, and the verdict that it allows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from ..measures import Floats
from .effects import Effects, effects
from .moments import Moments
from .sequential import always_valid_bounds, more_people, spending_bounds

RULES = {
    "fixed": "跑完只看一次",
    "group": "按原定人數，每天可以看（α 花費，O’Brien–Fleming 型）",
    "always": "隨時可以看（mSPRT）",
}
MIN_PEOPLE, MIN_EVENTS = 30, 5
POWER = 0.8
_LOOKS_AHEAD = 20


@dataclass(frozen=True)
class Terms:
    """What was fixed before reading: rule, alpha of this comparison, the relative lift worth having, people planned
    in all arms (None when not said), and the relative difference that counts as none."""

    rule: str
    alpha: float
    lift: float
    planned: int | None
    rope: float


@dataclass(frozen=True)
class Course:
    """One arm against the control at every look: effects, boundary of |z|, looks with enough people, people so far."""

    arm: str
    effects: Effects
    bounds: Floats
    enough: np.ndarray
    people: Floats
    days: np.ndarray

    @property
    def crossed(self) -> int | None:
        """The first look at which the rule lets one stop."""
        there = np.flatnonzero(np.abs(self.effects.z) >= self.bounds)
        return int(there[0]) if len(there) else None

    @property
    def last_look(self) -> int:
        """The last look at which the rule could have stopped the test."""
        there = np.flatnonzero(np.isfinite(self.bounds))
        return int(there[-1]) if len(there) else len(self.people) - 1

    def table(self, alpha: float) -> pd.DataFrame:
        """A row a look; see ``ABReading.path``."""
        found = self.effects
        with np.errstate(invalid="ignore"):
            reach = self.bounds * found.error
            low, high = found.relative_interval(1 - alpha)
            relative_low, relative_high = found.relative_within(self.bounds)
        return pd.DataFrame(
            {
                "date": pd.to_datetime(self.days) if len(self.days) else pd.NaT,
                "arm": self.arm,
                "people": self.people.astype(int),
                "control": found.control,
                "value": found.value,
                "difference": found.difference,
                "once_low": low,
                "once_high": high,
                "p": found.p,
                "z": found.z,
                "bound": self.bounds,
                "low": found.difference - reach,
                "high": found.difference + reach,
                "relative": found.relative,
                "relative_low": relative_low,
                "relative_high": relative_high,
                "crossed": np.abs(found.z) >= self.bounds,
            }
        )


def follow(moments: Moments, control: int, other: int, terms: Terms) -> Course:
    """The comparison of one arm with the control at the end of each day, or once when there are no days."""
    pair = moments.pair(control, other).running()
    found = effects(pair)
    enough = _enough(pair) & (found.error > 0)
    people = moments.assigned.sum(axis=1).cumsum()
    bounds = np.full(len(people), np.inf)
    bounds[enough] = _bounds(found, people, enough, terms)
    return Course(moments.arms[other], found, bounds, enough, people, moments.days)


def _enough(pair: Moments) -> np.ndarray:
    enough = (pair.n >= MIN_PEOPLE).all(axis=1)
    if pair.binary:
        hits = pair.n * pair.means()[..., 0]
        enough = enough & (np.minimum(hits, pair.n - hits) >= MIN_EVENTS).all(axis=1)
    return np.asarray(enough)


def _bounds(found: Effects, people: Floats, enough: np.ndarray, terms: Terms) -> Floats:
    if terms.rule == "group":
        return spending_bounds(people[enough] / (terms.planned or people[-1]), terms.alpha)
    if terms.rule == "always":
        with np.errstate(divide="ignore"):
            information = 1 / found.error[enough] ** 2
        return always_valid_bounds(information, worth(found, terms.lift), terms.alpha)
    bounds = np.full(int(enough.sum()), np.inf)
    if enough[-1]:
        bounds[-1] = _critical(found, terms.alpha)
    return bounds


def _critical(found: Effects, alpha: float) -> float:
    low, high = found.interval(1 - alpha)
    return float((high[-1] - low[-1]) / 2 / found.error[-1]) if found.error[-1] > 0 else np.inf


def worth(found: Effects, lift: float) -> float:
    """The lift worth having in the quantity's own unit: relative to the mean of both arms at the last look."""
    return float(abs(found.control[-1] + found.value[-1]) / 2 * lift)


def seeing(found: Effects, terms: Terms) -> float:
    """Chance that one look with this many people shows the lift worth having (not the one that was seen)."""
    error = found.error[-1]
    if not error > 0:
        return 0.0
    return float(ndtr(worth(found, terms.lift) / error + ndtri(terms.alpha / 2)))


@dataclass(frozen=True)
class Verdict:
    """code: ``broken``, ``few``, ``better``, ``worse``, ``same``, ``done`` or ``wait``. arm: the arm meant. since:
    day on which the rule let one stop. days, people: what is still missing (``few``, ``wait``)."""

    code: str
    arm: str
    since: date | None = None
    days: int | None = None
    people: int | None = None


def judge(course: Course, terms: Terms, significant: bool) -> Verdict:
    """What may be said of one arm. significant: at a single look, after correction for many comparisons."""
    last = len(course.people) - 1
    stop = course.crossed
    if terms.rule == "fixed":
        stop = last if significant and course.enough[last] else None
    if stop is not None:
        better = course.effects.z[stop] > 0
        since = pd.Timestamp(course.days[stop]).date() if len(course.days) else None
        return Verdict("better" if better else "worse", course.arm, since=since)
    if not course.enough[last]:
        return _unfinished("few", course, _people_for_enough(course))
    low, high = course.effects.relative_within(course.bounds)
    seen = course.last_look
    if -terms.rope < low[seen] and high[seen] < terms.rope:
        return Verdict("same", course.arm)
    lacking = _lacking(course, terms)
    return _unfinished("wait", course, lacking) if lacking > 0 else Verdict("done", course.arm)


def _people_for_enough(course: Course) -> float:
    found = course.effects
    rate = float(np.nanmin([found.control[-1], found.value[-1], 1.0]))
    each = max(MIN_PEOPLE, MIN_EVENTS / rate if 0 < rate < 1 else MIN_PEOPLE * 10)
    return max(2 * each - course.people[-1], 1.0)


def _lacking(course: Course, terms: Terms) -> float:
    """People still missing for 80 % power at the lift worth having, or for the plan."""
    have = course.people[-1]
    if terms.planned:
        return terms.planned - have
    effect = worth(course.effects, terms.lift)
    if not effect > 0:
        return 0.0
    single = -ndtri(terms.alpha / 2) + ndtri(POWER)
    extra = 1.0 if terms.rule == "fixed" else more_people(terms.rule, _LOOKS_AHEAD, POWER, terms.alpha)
    return have * ((single * course.effects.error[-1] / effect) ** 2 * extra - 1)


def _unfinished(code: str, course: Course, lacking: float) -> Verdict:
    people = int(np.ceil(lacking))
    if not len(course.days):
        return Verdict(code, course.arm, people=people)
    span = int((course.days[-1] - course.days[0]) / np.timedelta64(1, "D")) + 1
    return Verdict(code, course.arm, days=int(np.ceil(lacking / (course.people[-1] / span))), people=people)
