"""Rival brands seen from outside: posts, engagements and followers a day, with turning points at known dates.

Weeks have a rhythm and holidays have bumps; neither is a turning point. Rivals are invented, sizes are design
parameters of ``rivals``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..errors import TableError
from ..tables import conform
from .parameters import Parameters

Floats = npt.NDArray[np.float64]

_YEAR = 365


def rivals_table(
    parameters: Parameters,
    rng: np.random.Generator,
    days: pd.DatetimeIndex,
    moments: Iterable[date | str] = (),
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Daily public figures of the rivals, and their turning points.

    days: consecutive Taipei days. moments: holidays; engagement rises towards each and falls back after it.
    A turning point moves a rival's engagement on all its platforms from that day on, for good; two of them, and
    the ends of the period, are at least ``rivals.least_gap`` days apart.

    Returns table ``rivals`` and a frame rival, date (first day of the new level), size (change of log
    engagements).

    Raises TableError when ``days`` are not consecutive or there are none.

    >>> from xiaobian.sandbox.parameters import load
    >>> days = pd.date_range("2026-01-01", periods=365)
    >>> table, truth = rivals_table(load(), np.random.default_rng(1), days)
    >>> table["rival"].nunique(), len(truth), len(table) == 365 * 4 * len(load()["rivals.platforms"])
    (4, 8, True)
    """
    if len(days) == 0 or not (np.diff(days.to_numpy()) == np.timedelta64(1, "D")).all():
        raise TableError("競品的日期要一天接一天，不能空白或跳號", where="days")
    names = parameters["rivals.names"][: parameters["rivals.number"]]
    calendar = np.array(parameters["rivals.weekday"])[days.day_of_week] + _bumps(parameters, days, moments)
    known = [_draw_rival(parameters, rng, len(days)) for _ in names]
    tables, turns = [], []
    for name, rival in zip(names, known, strict=True):
        tables.append(_figures(parameters, rng, rival, calendar, days).assign(rival=name))
        turns.append(pd.DataFrame({"rival": name, "date": days[rival.turns], "size": rival.sizes}))
    table = conform(pd.concat(tables), "rivals").sort_values(["date", "rival", "platform"], kind="stable")
    return table.reset_index(drop=True), pd.concat(turns, ignore_index=True)


@dataclass(frozen=True)
class _Rival:
    """What is fixed of one rival; followers on the first day on Facebook, posts a day, noise [2, platform, day]."""

    turns: npt.NDArray[np.int64]
    sizes: Floats
    followers: float
    posts: float
    noise: Floats


def _draw_rival(parameters: Parameters, rng: np.random.Generator, number: int) -> _Rival:
    turns, sizes = _turns(parameters, rng, number)
    return _Rival(
        turns=turns,
        sizes=sizes,
        followers=float(np.exp(rng.uniform(*np.log(parameters["rivals.followers"])))),
        posts=float(rng.uniform(*parameters["rivals.posts_per_day"])),
        noise=rng.standard_normal((2, len(parameters["rivals.platforms"]), number)),
    )


def _figures(
    parameters: Parameters, rng: np.random.Generator, rival: _Rival, calendar: Floats, days: pd.DatetimeIndex
) -> pd.DataFrame:
    """Posts, engagements and followers of one rival on all its platforms."""
    p, level = parameters, np.zeros(len(days))
    for turn, size in zip(rival.turns, rival.sizes, strict=True):
        level[turn:] += size
    tables = []
    for row, (platform, part) in enumerate(p["rivals.platforms"].items()):
        posts = rng.poisson(rival.posts * np.exp(calendar - calendar.mean()))
        recent = pd.Series(posts, dtype=float).ewm(halflife=p["rivals.post_halflife"]).mean().to_numpy()
        stir = p["rivals.post_response"] * np.log((recent + 0.5) / (rival.posts + 0.5))
        lift = np.exp(calendar + level + stir + p["rivals.day_sd"] * rival.noise[0, row])
        growth = p["rivals.growth"] * np.exp(level + p["rivals.growth_sd"] * rival.noise[1, row])
        followers = rival.followers * part
        figures = {
            "date": days,
            "platform": platform,
            "posts": posts,
            "engagements": rng.poisson(p["rivals.engaged"] * followers * lift),
            "followers": (followers * np.exp(np.cumsum(growth))).astype(np.int64),
        }
        tables.append(pd.DataFrame(figures))
    return pd.concat(tables, ignore_index=True)


def _bumps(parameters: Parameters, days: pd.DatetimeIndex, moments: Iterable[date | str]) -> Floats:
    """Rise and fall around each holiday: a bell ``rivals.moment_days`` wide, the highest of any that overlap."""
    bump = np.zeros(len(days))
    for moment in moments:
        away = (days - pd.Timestamp(moment)).days.to_numpy() / parameters["rivals.moment_days"]
        bump = np.maximum(bump, parameters["rivals.moment"] * np.exp(-(away**2) / 2))
    return bump


def _turns(
    parameters: Parameters, rng: np.random.Generator, number: int
) -> tuple[npt.NDArray[np.int64], Floats]:
    """Days and sizes of turning points, evenly spread by chance, never closer than the least gap."""
    gap = parameters["rivals.least_gap"]
    wanted = round(parameters["rivals.changes"] * number / _YEAR)
    turns = max(min(wanted, number // gap - 1), 0)
    room = number - (turns + 1) * gap
    slack = np.sort(rng.integers(0, room + 1, turns)) if turns else np.zeros(0, dtype=np.int64)
    low, high = parameters["rivals.change_size"]
    sizes = rng.uniform(low, high, turns) * rng.choice([-1, 1], turns)
    return slack + gap * np.arange(1, turns + 1), sizes.round(3)
