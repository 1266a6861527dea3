"""Days on which far more followers came, or left, than usual: bought followers, purges, and posts that travelled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]

BOUGHT, TRAVELLED, PURGE = "像灌粉", "貼文或觸及帶來", "大量退追蹤"
WINDOW = 29
FEWEST_DAYS = 28
_SURE = 6.0
_MATERIAL = 0.003
_FEWEST = 30
_SAFETY = 3.0
_GAP = 2
_PURGE_WITHIN = 120


@dataclass(frozen=True)
class Wave:
    """Days with far more than usual: kind, first and last day, how many above the usual, its 95 % range, z."""

    kind: str
    first: pd.Timestamp
    last: pd.Timestamp
    number: float
    low: float
    high: float
    z: float


def find_waves(days: pd.DataFrame) -> list[Wave]:
    """Waves of one account.

    days: a row a calendar day in order, with date, followers, gained, lost, follows (won by posts, missing when
    unknown) and reach, all floats. Fewer than ``FEWEST_DAYS`` known days give none.

    A day counts when what its posts and its reach do not explain lies 6 robust standard deviations above the
    running median of 29 days (median and MAD: Rousseeuw & Croux, JASA 88, 1993, doi:10.1080/01621459.1993.10476408),
    is at least 30 people and .3 % of the followers, and is 3 times what is usual. The spread grows with the square root of the
    median, as counts do. Followers bought in drips of less than that stay unseen.

    >>> gained = np.r_[np.tile([9.0, 11.0, 10.0], 20), 400.0, 400.0, np.tile([9.0, 11.0, 10.0], 10)]
    >>> date = pd.date_range("2026-01-01", periods=len(gained))
    >>> days = pd.DataFrame({"date": date, "followers": 20_000.0, "gained": gained, "lost": 8.0,
    ...                      "follows": np.nan, "reach": np.nan})
    >>> [(wave.kind, str(wave.first.date()), round(wave.number)) for wave in find_waves(days)]
    [('像灌粉', '2026-03-02', 780)]
    """
    followers = days["followers"].ffill().bfill().to_numpy(dtype=float)
    least = np.fmax(_MATERIAL * np.nan_to_num(followers), _FEWEST)
    gained, lost = (days[name].to_numpy(dtype=float) for name in ("gained", "lost"))
    if np.isfinite(gained).sum() < FEWEST_DAYS:
        return []
    explained, doubt = _explained(gained, days["follows"].to_numpy(float), days["reach"].to_numpy(float))
    left, z_left = _unusual(gained - explained)
    whole, z_whole = _unusual(gained)
    bought = (z_left >= _SURE) & (left >= least) & (left >= _SAFETY * (np.fmax(gained - left, 0) + doubt))
    travelled = (z_whole >= _SURE) & (whole >= least) & ~_near(bought)
    gone, z_gone = _unusual(lost)
    purged = (z_gone >= _SURE) & (gone >= least) & (gone >= _SAFETY * np.fmax(lost - gone, 0))
    dates = days["date"].to_numpy()
    return [
        *_runs(BOUGHT, dates, bought, left, z_left),
        *_runs(TRAVELLED, dates, travelled, whole, z_whole),
        *_runs(PURGE, dates, purged, gone, z_gone),
    ]


def purge_of(wave: Wave, waves: list[Wave]) -> Wave | None:
    """The first purge within 120 days after bought followers came."""
    after = [
        other
        for other in waves
        if other.kind == PURGE and 0 < (other.first - wave.last).days <= _PURGE_WITHIN
    ]
    return min(after, key=lambda other: other.first) if wave.kind == BOUGHT and after else None


def _explained(gained: Floats, follows: Floats, reach: Floats) -> tuple[Floats, Floats]:
    """Followers a day that posts won, as reported or as reach suggests; and how much more reach could explain."""
    known = np.isfinite(follows)
    if known.any():
        return np.where(known, follows, 0.0), np.zeros(len(gained))
    if np.isfinite(reach).sum() < FEWEST_DAYS or np.nanmax(reach) <= 0:
        return np.zeros(len(gained)), np.zeros(len(gained))
    seen = np.fmax(np.nan_to_num(reach), np.nan_to_num(np.r_[np.nan, reach[:-1]]))
    busy = np.isfinite(gained) & (seen >= np.quantile(seen, 0.6)) & (seen > 0)
    quiet = np.isfinite(gained) & (seen <= np.quantile(seen, 0.4))
    usual = np.median(gained[quiet]) if quiet.any() else np.nanmedian(gained)
    per_reach = max(float(np.median((gained[busy] - usual) / seen[busy])), 0.0) if busy.any() else 0.0
    at_most = max(per_reach, float(np.nanmedian(gained)) / float(np.nanmean(reach)))
    return per_reach * seen, at_most * seen


def _unusual(values: Floats) -> tuple[Floats, Floats]:
    """How far each day lies above the running median, and the same in robust standard deviations."""
    series = pd.Series(values)
    usual = series.rolling(WINDOW, center=True, min_periods=WINDOW // 3).median().ffill().bfill()
    above = (series - usual).to_numpy()
    root = np.sqrt(np.fmax(usual.to_numpy(), 0) + 1)
    scaled = above / root
    spread = 1.4826 * np.nanmedian(np.abs(scaled - np.nanmedian(scaled)))
    return np.nan_to_num(above), np.nan_to_num(scaled / max(float(spread), 1.0))


def _near(flags: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return np.convolve(flags, np.ones(2 * _GAP + 1), "same") > 0


def _runs(kind: str, dates: np.ndarray, flags: NDArray[np.bool_], above: Floats, z: Floats) -> list[Wave]:
    """Flagged days at most two days apart are one wave."""
    places = np.flatnonzero(flags)
    found = []
    for run in np.split(places, np.flatnonzero(np.diff(places) > _GAP) + 1) if len(places) else []:
        number = float(above[run].sum())
        with np.errstate(divide="ignore", invalid="ignore"):
            sds = np.where(z[run] > 0, above[run] / z[run], 0.0)
        width = 1.96 * float(np.sqrt((sds**2).sum()))
        first, last = pd.Timestamp(dates[run[0]]), pd.Timestamp(dates[run[-1]])
        found.append(Wave(kind, first, last, number, number - width, number + width, float(z[run].max())))
    return found
