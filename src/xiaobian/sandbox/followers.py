"""Followers one by one: how often each reacts, when each drifts away, and the chance that each is back.

A follower is either around or away; around, reactions come at the follower's own rate, moved by weekday, campaign and a
slow drift of all; each day there is a small chance to drift away or to return. All sizes are design parameters of
``activity``. Ids are pseudonyms and belong to nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..errors import TableError
from .parameters import Parameters

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_ZONE = "Asia/Taipei"


@dataclass(frozen=True)
class FollowerTruth:
    """What was true of every follower.

    ids: [n]. rate: reactions a day while around [n]. leave, back: chance a day to drift away, to return [n].
    around: whether around on each day [n, days]; False before joining. day: factor of the rate on each day and for a
    year after the log ends.
    """

    ids: npt.NDArray[np.object_]
    start: pd.Timestamp
    rate: Floats
    leave: Floats
    back: Floats
    around: Flags
    day: Floats

    def chance(self, as_of: pd.Timestamp, horizon_days: int) -> pd.Series:
        """Chance (0–1) of at least one reaction in the days from ``as_of`` on, knowing who is around that morning.

        Nobody who sees only reactions can know as much: it is a ceiling. One who has not joined yet counts as away. as_of: midnight, Taipei.
        """
        first = int((as_of - self.start).days)
        if not 0 < first <= self.around.shape[1] or first + horizon_days > len(self.day):
            raise TableError("as_of 要落在紀錄裡，往後也不能超過一年", where=f"as_of={as_of:%Y-%m-%d}")
        here = self.around[:, first - 1].astype(float)
        gone = 1 - here
        for factor in self.day[first : first + horizon_days]:
            here, gone = (
                here * (1 - self.leave) + gone * self.back,
                here * self.leave + gone * (1 - self.back),
            )
            here = here * np.exp(-self.rate * factor)
        return pd.Series(1 - here - gone, index=self.ids)


def follower_log(
    parameters: Parameters,
    rng: np.random.Generator,
    *,
    followers: int | None = None,
    days: int = 300,
    start: date | str = "2026-01-05",
    account: str = "yusui.tea",
) -> tuple[pd.DataFrame, FollowerTruth]:
    """Every reaction of every follower, and the truth.

    followers: how many; ``activity.followers`` when None. days: length of the log. start: its first day (Taipei).

    Returns follower_id, account, at (Asia/Taipei), in the order of time, and a ``FollowerTruth``. Raises TableError
    for fewer than one follower or day.

    >>> from xiaobian.sandbox.parameters import load
    >>> log, truth = follower_log(load(), np.random.default_rng(1), followers=50, days=60)
    >>> list(log), log["follower_id"].nunique() <= 50, truth.around.shape
    (['follower_id', 'account', 'at'], True, (50, 60))
    """
    n = int(parameters["activity.followers"] if followers is None else followers)
    if n < 1 or days < 1:
        raise TableError("至少要有 1 位追蹤者、1 天", where="followers、days")
    truth = _truth(parameters, rng, n, days, pd.Timestamp(start, tz=_ZONE))
    counts = rng.poisson(truth.rate[:, None] * truth.day[:days] * truth.around)
    who, day = (np.repeat(places, counts[counts > 0]) for places in np.nonzero(counts))
    seconds = (rng.triangular(7, 20.5, 24, len(who)) * 3600).astype(int)
    log = pd.DataFrame(
        {
            "follower_id": truth.ids[who],
            "account": account,
            "at": truth.start + pd.to_timedelta(day * 86_400 + np.minimum(seconds, 86_399), unit="s"),
        }
    )
    return log.sort_values("at", ignore_index=True), truth


def _truth(p: Parameters, rng: np.random.Generator, n: int, days: int, start: pd.Timestamp) -> FollowerTruth:
    first, other = rng.standard_normal((2, n))
    tied = p["activity.loyal"] * first + np.sqrt(1 - p["activity.loyal"] ** 2) * other
    rate = p["activity.rate"] * np.exp(p["activity.rate_sd"] * first)
    leave = np.minimum(p["activity.leave"] * np.exp(p["activity.leave_sd"] * tied), 1.0)
    back = np.full(n, float(p["activity.return"]))
    joined = np.where(rng.random(n) < p["activity.founders"], 0, rng.integers(0, days, n))
    around, here = np.zeros((n, days), dtype=bool), np.zeros(n, dtype=bool)
    for day in range(days):
        draw = rng.random(n)
        here = np.where(here, draw >= leave, (draw < back) & (joined < day)) | (joined == day)
        around[:, day] = here
    ids = np.array([f"f{place:05d}" for place in rng.permutation(n) + 1], dtype=object)
    return FollowerTruth(ids, start, rate, leave, back, around, _days(p, days + 366, start))


def _days(p: Parameters, days: int, start: pd.Timestamp) -> Floats:
    place = np.arange(days)
    weekday = np.asarray(p["activity.weekday"])[(place + start.weekday()) % 7]
    every, length = p["activity.campaign_every"], p["activity.campaign_days"]
    campaign = p["activity.campaign"] * (place % every >= every - length)
    return np.asarray(np.exp(weekday + campaign + p["activity.drift"] * place / 365))
