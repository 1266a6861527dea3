"""Accounts day by day: how a post's numbers spread over days, followers won, lost and bought."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..tables import conform
from .engine import PLATFORMS, Effects, Floats, Ints, by_name
from .parameters import Parameters

LAGS = 7


@dataclass(frozen=True)
class Bots:
    """Bought followers: platform, first day, how many came, and the day some were removed (days from the start)."""

    platform: str
    day: int
    number: int
    purge_day: int
    purged: int


def draw_bots(
    effects: Effects, rng: np.random.Generator, days: int, platform: str = "instagram"
) -> Bots | None:
    """Fake followers bought once, on a day in the middle third; None when the span is too short to show them."""
    p = effects.parameters
    after = p["followers.bot_purge_after"]
    if days < 3 * after:
        return None
    day = int(rng.integers(days // 3, days - after - 14))
    row = PLATFORMS.index(platform)
    number = int(p["followers.bot_share"] * effects.followers[row] * np.exp(effects.growth[row] * day))
    return Bots(platform, day, number, day + after, int(number * p["followers.bot_purge"]))


def spread(parameters: Parameters, platform: Ints, day: Ints, amount: Floats, days: int) -> Floats:
    """Daily totals by platform of amounts that arrive over a week after posting [P, days].

    The share of each day falls exponentially with the platform's median comment delay.
    """
    scale = by_name(parameters["comments.hours"], PLATFORMS) / 24 / np.log(2)
    lag = np.arange(LAGS)
    shares = np.exp(-lag / scale[:, None])
    shares /= shares.sum(axis=1, keepdims=True)
    total = np.zeros((len(PLATFORMS), days + LAGS))
    for k in lag:
        np.add.at(total, (platform, day + k), amount * shares[platform, k])
    return total[:, :days]


def whole(daily: Floats) -> Ints:
    """Whole numbers whose running totals follow those of ``daily`` [P, days].

    >>> whole(np.array([[0.5, 0.5, 1.2]])).tolist()
    [[0, 1, 1]]
    """
    return np.asarray(np.diff(np.floor(np.cumsum(daily, axis=1) + 1e-9), axis=1, prepend=0), dtype=np.int64)


def follower_days(
    effects: Effects, rng: np.random.Generator, follows: Ints, promo: Floats, bots: Bots | None
) -> dict[str, Ints]:
    """Followers at the end of each day with those gained and lost, each [P, days].

    follows: followers won by posts a day. promo: share of promotional posts in the week before, 0–1.
    """
    p, days = effects.parameters, follows.shape[1]
    usual = effects.followers[:, None] * np.exp(effects.growth[:, None] * np.arange(days))
    gained = follows + rng.poisson(usual * p["followers.background_gain"])
    lost = rng.poisson(usual * p["followers.background_loss"] * (1 + p["followers.promo_loss"] * promo))
    if bots is not None:
        row, wave = PLATFORMS.index(bots.platform), p["followers.bot_days"]
        gained[row, bots.day : bots.day + wave] += bots.number // wave
        lost[row, bots.purge_day] += bots.purged
    followers = np.rint(effects.followers).astype(np.int64)[:, None] + np.cumsum(gained - lost, axis=1)
    return {"followers": followers, "gained": gained, "lost": lost}


def promo_share(platform: Ints, day: Ints, promo: np.ndarray, days: int) -> Floats:
    """Share of promotional posts in the seven days up to each day [P, days]."""
    size = (len(PLATFORMS), days)
    every, sales = np.zeros(size), np.zeros(size)
    np.add.at(every, (platform, day), 1.0)
    np.add.at(sales, (platform, day), promo.astype(float))

    def week(counts: Floats) -> Floats:
        run = np.cumsum(counts, axis=1)
        run[:, 7:] -= run[:, :-7].copy()
        return run

    return np.asarray(week(sales) / np.maximum(week(every), 1.0))


def account_days(
    posts: pd.DataFrame, handles: dict[str, str], start: pd.Timestamp, parameters: Parameters,
    followers: dict[str, Ints],
) -> pd.DataFrame:  # fmt: skip
    """The declared table ``account_days`` of all platforms."""
    days = followers["followers"].shape[1]
    platform = posts["platform"].map(PLATFORMS.index).to_numpy()
    day = ((posts["published_at"].dt.tz_localize(None) - start).dt.days).to_numpy()

    def daily(name: str) -> Ints:
        amount = posts[name].fillna(0).to_numpy(dtype=float)
        return whole(spread(parameters, platform, day, amount, days))

    engagements = daily("likes") + daily("comments") + daily("shares") + daily("saves")
    columns = {
        "views": daily("views"), "reach": daily("reach"), "engagements": engagements,
        "visits": daily("reach") // 60, "link_clicks": daily("link_clicks"), **followers,
    }  # fmt: skip
    dates = pd.date_range(start, periods=days)
    table = pd.DataFrame({name: values.ravel() for name, values in columns.items()})
    table["platform"] = np.repeat(PLATFORMS, days)
    table["account"] = table["platform"].map(handles)
    table["date"] = np.tile(dates, len(PLATFORMS))
    return conform(table, "account_days")
