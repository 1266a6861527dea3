"""How an editor plans: the habit that mixes good content with its hour, and a calendar drawn by chance.

A plan is the declared table ``plan``; its ``propensity`` is the chance that the habit gives a post this hour, given
what the editor knew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..errors import TableError
from ..tables import CTAS, EMOTIONS, FORMATS, PILLARS, TAIPEI, conform
from .effects import daypart_of
from .engine import PLATFORMS, Floats, Ints, by_name
from .parameters import Parameters

POLICIES = {"habit": "照習慣：好內容留到晚上", "random": "抽籤：時段和內容無關"}
WAKING = (6, 24)


def _pick(rng: np.random.Generator, shares: Floats) -> Ints:
    """One index a row from rows of shares [n, k], or from one row of shares for ``n`` given by a leading axis."""
    edges = np.cumsum(shares, axis=-1)
    return np.asarray((rng.random(len(shares))[:, None] * edges[:, -1:] > edges).sum(axis=1))


def _counts(rng: np.random.Generator, per_week: Floats, weeks: int) -> tuple[Ints, Ints]:
    """Platform and week of every post; a fraction of a post a week comes out by chance."""
    number = np.floor(per_week[:, None] + rng.random((len(per_week), weeks))).astype(int)
    platform = np.repeat(np.arange(len(per_week)), number.sum(axis=1))
    week = np.concatenate([np.repeat(np.arange(weeks), row) for row in number])
    return platform, week


def hour_shares(parameters: Parameters, hook: Floats, policy: str) -> Floats:
    """Chance of each hour of the day for posts with these hooks (standard deviations) [n, 24]."""
    if policy == "random":
        low, high = WAKING
        flat = np.zeros(24)
        flat[low:high] = 1 / (high - low)
        return np.tile(flat, (len(hook), 1))
    names = list(parameters["habit.daypart"])
    base = np.array([parameters["habit.daypart"][name] for name in names])
    lift = np.array([parameters["habit.evening_hook"] if name == "evening" else 0.0 for name in names])
    score = np.log(base) + hook[:, None] * lift
    daypart = np.exp(score - score.max(axis=1, keepdims=True))
    daypart /= daypart.sum(axis=1, keepdims=True)
    weights = np.array(parameters["habit.hours"], dtype=float)
    of_hour = np.array([names.index(name) for name in daypart_of(parameters)])
    within = weights / np.bincount(of_hour, weights)[of_hour]
    return np.asarray(daypart[:, of_hour] * within)


def near_moment(parameters: Parameters, days: pd.DatetimeIndex) -> np.ndarray:
    """Whether a date lies in the run-up to a selling season."""
    in_year = np.zeros(366, dtype=bool)
    for moment in parameters["habit.moments"]:
        last = pd.Timestamp(f"2024-{moment}").day_of_year
        in_year[np.arange(last - 1 - parameters["habit.moment_days"], last) % 366] = True
    leap_day = (~days.is_leap_year & (days.month > 2)).astype(int)
    return in_year[days.day_of_year - 1 + leap_day]


def draw_plan(
    parameters: Parameters,
    rng: np.random.Generator,
    start: pd.Timestamp,
    weeks: int,
    policy: str = "habit",
    per_week: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """A plan of ``weeks`` weeks from Monday ``start`` under a policy; posts in order of time.

    per_week: posts a week by platform, the habit's by default. Raises TableError for an unknown policy.
    """
    if policy not in POLICIES:
        names = "、".join(f"{name}（{words}）" for name, words in POLICIES.items())
        raise TableError(f"沒有「{policy}」這種排法", where="參數 policy", next_step=f"可用的有：{names}")
    p = parameters
    platform, week = _counts(rng, by_name(per_week or p["habit.per_week"], PLATFORMS), weeks)
    n = len(platform)
    quality = np.clip(rng.normal(p["habit.hook_mean"], p["habit.hook_sd"], n), 0.02, 0.98)
    shares = hour_shares(p, standard_hook(p, quality), policy)
    hour = _pick(rng, shares)
    weekday = _pick(rng, np.tile(p["habit.weekdays"], (n, 1)))
    minute = week * 7 * 1440 + weekday * 1440 + hour * 60 + rng.integers(0, 60, n)
    when = pd.DatetimeIndex(start + pd.to_timedelta(minute, "min"))
    pillar = _pick(rng, _pillar_shares(p, near_moment(p, when)))
    known = {
        "platform": np.array(PLATFORMS)[platform],
        "published_at": when.tz_localize(TAIPEI),
        "format": _formats(p, rng, platform),
        "pillar": np.array(list(PILLARS))[pillar],
        "hook": quality.round(3),
        "propensity": shares[np.arange(n), hour].round(5),
    }
    plan = pd.DataFrame({**known, **_details(p, rng, pillar)})
    plan["hours"] = plan["format"].map(p["costs.hours"])
    return numbered(plan.sort_values(["published_at", "platform"], kind="stable").reset_index(drop=True))


def standard_hook(parameters: Parameters, hook: Floats) -> Floats:
    """Hook quality 0–1 in standard deviations of the usual content."""
    return (np.asarray(hook, dtype=float) - parameters["habit.hook_mean"]) / parameters["habit.hook_sd"]


def numbered(plan: pd.DataFrame) -> pd.DataFrame:
    """The plan as the declared table, with post ids where there are none."""
    if "post_id" not in plan:
        order = plan.groupby("platform").cumcount() + 1
        plan = plan.assign(post_id=[f"{p}-{n:05d}" for p, n in zip(plan["platform"], order, strict=True)])
    return conform(plan, "plan")


def _pillar_shares(parameters: Parameters, season: np.ndarray) -> Floats:
    base = np.log(by_name(parameters["habit.pillar_mix"], PILLARS))
    promo = by_name({"promo": parameters["habit.promo_near_moment"]}, PILLARS)
    shares = np.exp(base + season[:, None] * promo)
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def _formats(parameters: Parameters, rng: np.random.Generator, platform: Ints) -> np.ndarray:
    mix = parameters["habit.format_mix"]
    shares = np.array([by_name(mix[name], FORMATS) for name in PLATFORMS])
    return np.array(list(FORMATS))[_pick(rng, shares[platform])]


def _mixed(rng: np.random.Generator, mix: Mapping[str, float], names: Sequence[str], n: int) -> np.ndarray:
    return np.array(list(names))[_pick(rng, np.tile(by_name(mix, tuple(names)), (n, 1)))]


def _details(parameters: Parameters, rng: np.random.Generator, pillar: Ints) -> dict[str, Any]:
    p, n = parameters, len(pillar)
    low, high = p["habit.boost_ntd"]
    boost = np.where(rng.random(n) < p["habit.boost_share"], rng.uniform(low, high, n).round(-2), 0.0)
    return {
        "emotion": _mixed(rng, p["habit.emotion_mix"], tuple(EMOTIONS), n),
        "cta": _mixed(rng, p["habit.cta_mix"], tuple(CTAS), n),
        "negative_words": rng.poisson(p["habit.negative_words"], n),
        "positive_words": rng.poisson(p["habit.positive_words"], n),
        "price_line": rng.random(n) < by_name(p["habit.price_line"], PILLARS)[pillar],
        "personality": rng.random(n) < p["habit.personality"],
        "boost_ntd": boost,
        "trend_age_h": np.where(
            rng.random(n) < p["habit.trend_share"], rng.exponential(p["habit.trend_age"], n).round(1), np.nan
        ),
    }
