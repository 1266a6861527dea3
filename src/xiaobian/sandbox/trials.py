"""A/B tests with a known lift: counts by day and arm, and people with what they did before.

Half the lifts of the menu are none, because most ideas change nothing; sizes are design parameters of ``trials``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..errors import TableError
from ..tables import conform
from .parameters import Parameters

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

ARMS = ("A", "B")


@dataclass(frozen=True)
class TrialTruth:
    """What was true of one test; ``lift`` relative, ``rate`` clicks ÷ people reached in A, ``share_b`` 0–1."""

    trial: str
    lift: float
    rate: float
    share_b: float

    @property
    def broken(self) -> bool:
        """Whether people were not split half and half."""
        return self.share_b != 0.5


def trial_counts(
    parameters: Parameters,
    rng: np.random.Generator,
    lift: npt.ArrayLike,
    people: int,
    days: int,
    rate: float,
    share_b: npt.ArrayLike = 0.5,
) -> tuple[Ints, Ints]:
    """People reached and people who clicked, for many tests at once: two arrays [test, day, arm A or B].

    lift: relative, one a test. people: reached in all, both arms and all days. rate: clicks ÷ people reached in
    A, 0–1; each day it moves by ``trials.day_sd``, alike in both arms. share_b: chance to be put in B.

    Raises TableError for fewer than one person or day, or rates outside 0–1.

    >>> from xiaobian.sandbox.parameters import load
    >>> exposed, clicks = trial_counts(load(), np.random.default_rng(1), [0.0, 0.2], 1000, 7, 0.05)
    >>> exposed.shape, exposed.sum(axis=(1, 2)).tolist()
    ((2, 7, 2), [1000, 1000])
    """
    up, to_b = np.broadcast_arrays(
        np.atleast_1d(np.asarray(lift, dtype=float)), np.asarray(share_b, dtype=float)
    )
    _check(people, days, rate, up)
    spread = parameters["trials.day_sd"]
    day = np.exp(rng.normal(-(spread**2) / 2, spread, (len(up), days)))
    novelty = np.where(np.arange(days) == 0, parameters["trials.novelty"], 0)
    clicking = (
        rate * day[..., None] * np.stack([np.ones((len(up), days)), 1 + up[:, None] + novelty], axis=-1)
    )
    arriving = rng.multinomial(people, np.full(days, 1 / days), len(up))
    in_b = rng.binomial(arriving, to_b[:, None])
    exposed = np.stack([arriving - in_b, in_b], axis=-1)
    return exposed, rng.binomial(exposed, np.minimum(clicking, 1))


def _check(people: int, days: int, rate: float, lift: Floats) -> None:
    if people < 1 or days < 1:
        raise TableError("測試至少要有 1 個人、1 天", where="people、days")
    if not (0 <= rate <= 1 and (lift >= -1).all() and (rate * (1 + lift) <= 1).all()):
        raise TableError("點擊率乘上提升後要介於 0 和 1", where="rate、lift")


def draw_truth(
    parameters: Parameters,
    rng: np.random.Generator,
    name: str,
    *,
    lift: float | None = None,
    rate: float | None = None,
    share_b: float | None = None,
) -> TrialTruth:
    """What is true of one test; see ``trial`` for what None draws.

    The same numbers are drawn whether or not they are used, so that two tests from one seed stay comparable.
    """
    drawn = float(rng.choice(parameters["trials.lifts"]))
    is_broken = rng.random() < parameters["trials.broken_split"]
    split = parameters["trials.broken_share"] if is_broken else 0.5
    return TrialTruth(
        trial=name,
        lift=drawn if lift is None else float(lift),
        rate=parameters["trials.click_rate"] if rate is None else float(rate),
        share_b=split if share_b is None else float(share_b),
    )


def trial(
    parameters: Parameters,
    rng: np.random.Generator,
    name: str = "t1",
    *,
    people: int = 20_000,
    days: int = 14,
    start: date | str = "2026-01-05",
    lift: float | None = None,
    rate: float | None = None,
    share_b: float | None = None,
) -> tuple[pd.DataFrame, TrialTruth]:
    """One A/B test by day and arm, and its truth.

    people: reached in all. lift: relative; None draws from ``trials.lifts``. rate: clicks ÷ people reached in A;
    None takes ``trials.click_rate``. share_b: chance to be put in B; None breaks the split in a share
    ``trials.broken_split`` of the tests.

    Returns table ``trials`` and a ``TrialTruth``. Raises TableError as ``trial_counts`` does.

    >>> from xiaobian.sandbox.parameters import load
    >>> table, truth = trial(load(), np.random.default_rng(1), people=4000, days=3, lift=0.1, share_b=0.5)
    >>> len(table), int(table["exposed"].sum()), truth.lift, truth.broken
    (6, 4000, 0.1, False)
    """
    truth = draw_truth(parameters, rng, name, lift=lift, rate=rate, share_b=share_b)
    exposed, clicks = trial_counts(parameters, rng, truth.lift, people, days, truth.rate, truth.share_b)
    table = pd.DataFrame(
        {
            "trial": name,
            "date": np.repeat(pd.date_range(start, periods=days), len(ARMS)),
            "arm": np.tile(ARMS, days),
            "exposed": exposed.ravel(),
            "clicks": clicks.ravel(),
        }
    )
    return conform(table, "trials"), truth


def trial_people(
    parameters: Parameters,
    rng: np.random.Generator,
    *,
    people: int = 2_000,
    lift: float = 0.0,
    correlation: float = 0.6,
    share_b: float = 0.5,
) -> pd.DataFrame:
    """One A/B test person by person, with what each spent before it: for methods that use the past (CUPED).

    Spending is log-normal (``trials.spend_ntd``, ``trials.spend_sd``). lift: relative change of B's mean.
    correlation: between before and after within an arm, 0–1, on the NT$ scale. share_b: chance to be put in B.

    Returns person, arm, before_ntd, after_ntd (NT$ a person, equally long periods).

    Raises TableError for fewer than one person, a lift below −1, or a correlation or share outside 0–1.

    >>> from xiaobian.sandbox.parameters import load
    >>> list(trial_people(load(), np.random.default_rng(1), people=3)["person"])
    ['u00001', 'u00002', 'u00003']
    """
    if people < 1 or lift < -1:
        raise TableError("至少要有 1 個人，提升不能低於 −1", where="people、lift")
    if not (0 <= correlation <= 1 and 0 <= share_b <= 1):
        raise TableError("相關和占比都要介於 0 和 1", where="correlation、share_b")
    mean, spread = parameters["trials.spend_ntd"], parameters["trials.spend_sd"]
    # Two log-normals correlate by (exp(r·s²) − 1) ÷ (exp(s²) − 1) when their logarithms correlate by r.
    log_correlation = np.log1p(correlation * np.expm1(spread**2)) / spread**2
    before, other = rng.standard_normal((2, people))
    after = log_correlation * before + np.sqrt(1 - log_correlation**2) * other
    in_b = rng.random(people) < share_b
    typical = np.log(mean) - spread**2 / 2
    return pd.DataFrame(
        {
            "person": [f"u{i:05d}" for i in range(1, people + 1)],
            "arm": np.where(in_b, *ARMS[::-1]),
            "before_ntd": np.exp(typical + spread * before).round(1),
            "after_ntd": (np.exp(typical + spread * after) * np.where(in_b, 1 + lift, 1)).round(1),
        }
    )
