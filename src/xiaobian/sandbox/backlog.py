"""A month of pieces that wait for a place in the calendar: hours by person, dates, limits. Drawn, not chosen.

A stock instance of the scheduling problem is ``draw_month(seed)``; nothing in it knows how it will be solved.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..errors import TableError
from .engine import PLATFORMS
from .habit import draw_plan, standard_hook
from .parameters import Parameters, load
from .streams import generator

START = "2026-06-01"
MOST_POSTS = 500
STOCK = tuple(range(101, 113))
"""Seeds of the twelve stock instances, 60 posts in 28 days; methods are judged on them and on nothing they were tuned on."""

_PAST = 100.0


@dataclass(frozen=True)
class Month:
    """A month to schedule.

    posts: a row a piece: post_id, platform, format, pillar, hook, hours (all people), work (hours by person, a mapping),
    value (expected engagements at a usual time), approved_on (first day it may go out), expires_on (last day; missing:
    no end), must (has to go out). days: the days of the month. hours: hours by person and day (a row a day, a column a
    person). slots: platform, weekday (0 is Monday), hour, factor (of the value). promo_cap: promotions in any seven days.
    bans: two post ids and the least days between them. moments: name, date, from_day, pillar, least. quiet: days without
    promotions, date and name. tightness: hours there are ÷ hours all pieces need.
    """

    posts: pd.DataFrame
    days: pd.DatetimeIndex
    hours: pd.DataFrame
    slots: pd.DataFrame
    promo_cap: int
    bans: tuple[tuple[str, str, int], ...]
    moments: pd.DataFrame
    quiet: pd.DataFrame
    tightness: float


def draw_month(seed: int, posts: int = 60, days: int = 28, *, start: str = START) -> Month:
    """The month of a seed; the same seed, the same month.

    Raises TableError for fewer than 10 or more than 500 posts, or fewer than 14 days.

    >>> month = draw_month(101)
    >>> len(month.posts), len(month.days), list(month.hours)
    (60, 28, ['aluo', 'yunan', 'boyu'])
    """
    if not 10 <= posts <= MOST_POSTS or days < 14:
        raise TableError(
            f"要畫一個 {posts} 則、{days} 天的月份，超出範圍", where="draw_month",
            next_step=f"則數在 10 到 {MOST_POSTS} 之間，天數至少 14",
        )  # fmt: skip
    p, rng = load(), generator(seed, "backlog", posts, days)
    dates = pd.date_range(start, periods=days)
    table = _pieces(p, rng, posts)
    tightness = float(rng.uniform(*p["backlog.tightness"]))
    hours = _hours(p, rng, table, dates, tightness)
    moments = _moments(p, rng, dates)
    quiet = _quiet(p, rng, dates, moments)
    table = _dated(p, rng, table, dates, moments)
    low, high = p["backlog.promo_cap"]
    return Month(
        table, dates, hours, _slots(p, rng), int(rng.integers(low, high + 1)), _bans(p, rng, table), moments, quiet, tightness
    )  # fmt: skip


def _pieces(p: Parameters, rng: np.random.Generator, posts: int) -> pd.DataFrame:
    usual: Mapping[str, float] = p["habit.per_week"]
    scale = 2 * posts / sum(usual.values())
    per_week = {name: max(1.0, count * scale) for name, count in usual.items()}
    plan = draw_plan(p, rng, pd.Timestamp(START), 1, "random", per_week)
    plan = plan.iloc[np.sort(rng.permutation(len(plan))[:posts])].reset_index(drop=True)
    shares = plan["format"].map(p["backlog.work"])
    hours = plan["format"].map(p["costs.hours"]).to_numpy() * np.exp(
        rng.normal(0, p["backlog.hours_sd"], posts)
    )
    work = [
        {who: max(0.1, round(float(hour) * share, 1)) for who, share in split.items()}
        for hour, split in zip(hours, shares, strict=True)
    ]
    reach = np.log([p["reach.share"][name] * p["followers.start"][name] for name in plan["platform"]])
    rate = np.log([p["engagement.rate"][name] for name in plan["platform"]])
    shape = plan["format"].map(p["reach.format"]) + plan["format"].map(p["engagement.format"])
    strength = p["backlog.hook"] * standard_hook(p, plan["hook"].to_numpy(dtype=float))
    value = _PAST * np.exp(0.5 * (reach + rate) - 0.5 * float((reach + rate).mean()) + shape + strength)
    return pd.DataFrame(
        {
            "post_id": [f"p{i:03d}" for i in range(1, posts + 1)],
            "platform": plan["platform"].astype(str), "format": plan["format"].astype(str),
            "pillar": plan["pillar"].astype(str), "hook": plan["hook"].astype(float),
            "hours": [round(sum(split.values()), 1) for split in work], "work": work, "value": value.round(1),
        }
    )  # fmt: skip


def _hours(
    p: Parameters, rng: np.random.Generator, table: pd.DataFrame, dates: pd.DatetimeIndex, tightness: float
) -> pd.DataFrame:
    """Hours by day and person: nothing at week ends and on days off, the rest spread evenly."""
    people = list(dict.fromkeys(who for split in p["backlog.work"].values() for who in split))
    columns: dict[str, Any] = {}
    for who in people:
        needed = sum(split.get(who, 0.0) for split in table["work"])
        here = (dates.day_of_week < 5) & (rng.random(len(dates)) >= p["backlog.day_off"])
        here[0] = True
        columns[who] = np.where(here, round(tightness * needed / here.sum(), 1), 0.0)
    return pd.DataFrame(columns, index=dates)


def _moments(p: Parameters, rng: np.random.Generator, dates: pd.DatetimeIndex) -> pd.DataFrame:
    low, high = p["backlog.moments"]
    number = int(rng.integers(low, high + 1))
    last = np.sort(rng.choice(np.arange(8, len(dates)), number, replace=False))
    ahead = rng.integers(p["backlog.moment_days"][0], p["backlog.moment_days"][1] + 1, number)
    return pd.DataFrame(
        {
            "name": [f"檔期 {i + 1}" for i in range(number)], "date": dates[last],
            "from_day": dates[np.maximum(last - ahead, 0)], "pillar": "promo", "least": 1,
        }
    )  # fmt: skip


def _quiet(
    p: Parameters, rng: np.random.Generator, dates: pd.DatetimeIndex, moments: pd.DataFrame
) -> pd.DataFrame:
    low, high = p["backlog.quiet_days"]
    free = dates.difference(pd.DatetimeIndex(moments["date"]))
    days = free[np.sort(rng.choice(len(free), int(rng.integers(low, high + 1)), replace=False))]
    return pd.DataFrame({"date": days, "name": [f"不促銷的日子 {i + 1}" for i in range(len(days))]})


def _dated(
    p: Parameters, rng: np.random.Generator, table: pd.DataFrame, dates: pd.DatetimeIndex,
    moments: pd.DataFrame,
) -> pd.DataFrame:  # fmt: skip
    """Approval and expiry of each piece, and the few that have to go out; the first promotions belong to the moments."""
    n, days = len(table), len(dates)
    first = np.where(rng.random(n) < p["backlog.late_approval"], rng.integers(1, days - 5, n), 0)
    low, high = p["backlog.window_days"]
    width = rng.integers(low, high + 1, n)
    ends = rng.random(n) < p["backlog.expiring"]
    last = np.where(ends, np.minimum(first + width, days - 1), days - 1)
    must = np.zeros(n, dtype=bool)
    promotions = np.flatnonzero((table["pillar"] == "promo").to_numpy())
    held: list[Any] = list(moments.itertuples())
    for row, moment in zip(promotions, held, strict=False):
        first[row] = int((moment.from_day - dates[0]).days)
        last[row], ends[row] = int((moment.date - dates[0]).days), True
    light = np.flatnonzero(
        (table["hours"] <= 2).to_numpy() & (table["pillar"] != "promo").to_numpy() & (last >= 7)
    )
    must[rng.choice(light, min(p["backlog.must"], len(light)), replace=False)] = True
    return table.assign(
        approved_on=dates[first], expires_on=pd.Series(dates[last]).where(ends).to_numpy(), must=must
    )


def _slots(p: Parameters, rng: np.random.Generator) -> pd.DataFrame:
    day = rng.normal(0, p["backlog.weekday_sd"], 7)
    rows = [
        (platform, weekday, hour, float(np.exp(day[weekday] + own).round(3)))
        for platform in PLATFORMS
        for hour, own in zip(
            p["backlog.hours_of_day"], rng.normal(0, p["backlog.slot_sd"], len(p["backlog.hours_of_day"])), strict=True
        )
        for weekday in range(7)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["platform", "weekday", "hour", "factor"])


def _bans(p: Parameters, rng: np.random.Generator, table: pd.DataFrame) -> tuple[tuple[str, str, int], ...]:
    low, high = p["backlog.bans"]
    gap_low, gap_high = p["backlog.ban_days"]
    found: dict[tuple[str, str], int] = {}
    ids = table.loc[~table["must"], "post_id"].tolist()
    for _ in range(int(rng.integers(low, high + 1))):
        one, other = sorted(rng.choice(len(ids), 2, replace=False))
        found[ids[one], ids[other]] = int(rng.integers(gap_low, gap_high + 1))
    return tuple((one, other, days) for (one, other), days in found.items())
