"""What is true in one world: effects drawn once from parameters and a seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from ..errors import NotFound
from ..tables import FORMATS, PILLARS
from .audience import affinity
from .engine import HOURS, PLATFORMS, WEEKS, Effects, Floats, by_name, logit
from .parameters import Parameters
from .streams import generator


def brand_traits(parameters: Parameters, brand: str) -> dict[str, Any]:
    """Traits of one brand: name, kind, followers (times), reach and rate shifts; raises NotFound."""
    if f"brands.{brand}" not in parameters:
        brands = [name.split(".")[1] for name in parameters if name.startswith("brands.")]
        raise NotFound(f"沙盒裡沒有「{brand}」這個品牌", next_step=f"可用的品牌：{'、'.join(brands)}")
    return dict(parameters[f"brands.{brand}"])


def smooth_cycle(rng: np.random.Generator, width: float, rows: int, hours: int = HOURS) -> Floats:
    """Random smooth functions on a cycle of hours, mean 0 and standard deviation 1 [rows, hours].

    width: hours over which neighbours are alike (standard deviation of a circular Gaussian kernel).
    """
    lag = np.minimum(np.arange(hours), hours - np.arange(hours))
    kernel = np.fft.rfft(np.exp(-0.5 * (lag / width) ** 2))
    smooth = np.fft.irfft(np.fft.rfft(rng.standard_normal((rows, hours))) * kernel, hours)
    smooth -= smooth.mean(axis=1, keepdims=True)
    return np.asarray(smooth / smooth.std(axis=1, keepdims=True))


def daypart_of(parameters: Parameters) -> list[str]:
    """The name of the daypart of each hour of a day [24]."""
    ranges = parameters["slots.daypart_hours"]
    return [next(name for name, (low, high) in ranges.items() if low <= hour < high) for hour in range(24)]


def _slots(parameters: Parameters, seed: int) -> Floats:
    daypart = np.array([parameters["slots.daypart"][name] for name in daypart_of(parameters)])
    week = np.repeat(parameters["slots.weekday"], 24)
    width = parameters["slots.smooth_hours"]
    brand = np.tile(smooth_cycle(generator(seed, "slots"), width, 1, 24), 7) * parameters["slots.brand_sd"]
    own = (
        smooth_cycle(generator(seed, "slots", "platforms"), width, len(PLATFORMS))
        * parameters["slots.platform_sd"]
    )
    return np.tile(daypart, 7) + week + brand + own


def _weeks(parameters: Parameters, seed: int) -> Floats:
    memory, spread = parameters["reach.week_memory"], parameters["reach.week_sd"]
    shocks = generator(seed, "weeks").standard_normal(WEEKS) * spread
    week = np.empty(WEEKS)
    week[0] = shocks[0]
    fresh = np.sqrt(1 - memory**2) * shocks
    for i in range(1, WEEKS):
        week[i] = memory * week[i - 1] + fresh[i]
    return week


def _growth(parameters: Parameters, level: Floats) -> Floats:
    """Expected daily growth of followers under the usual habit, as a log rate [P]."""
    reach_a_day = np.exp(level) * by_name(parameters["habit.per_week"], PLATFORMS) / 7
    gained = reach_a_day * by_name(parameters["followers.follow_rate"], PLATFORMS)
    promo = parameters["habit.pillar_mix"]["promo"]
    lost = parameters["followers.background_loss"] * (1 + parameters["followers.promo_loss"] * promo)
    return np.asarray(np.log1p(gained + parameters["followers.background_gain"] - lost))


def _rule(parameters: Parameters) -> Floats:
    formats = list(FORMATS)
    rule = np.zeros((len(PLATFORMS), len(formats)))
    for row, platform in enumerate(PLATFORMS):
        rule[row, formats.index(parameters["rule_change.formats"][platform])] = parameters["rule_change.size"]
    return rule


def draw_effects(parameters: Parameters, seed: int, brand: str) -> Effects:
    """The effects of one world, without a rule change."""
    traits = brand_traits(parameters, brand)
    level = np.log(by_name(parameters["reach.share"], PLATFORMS)) + by_name(traits["reach"], PLATFORMS)
    rate = logit(by_name(parameters["engagement.rate"], PLATFORMS)) + by_name(traits["rate"], PLATFORMS)
    fit = affinity(parameters)
    return Effects(
        parameters=parameters,
        slot=_slots(parameters, seed),
        affinity=np.array([[fit[platform][pillar] for pillar in PILLARS] for platform in PLATFORMS]),
        level=level,
        rate=np.asarray(rate),
        clicks=np.asarray(logit(by_name(parameters["clicks.rate"], PLATFORMS))),
        week=_weeks(parameters, seed),
        followers=by_name(parameters["followers.start"], PLATFORMS) * traits["followers"],
        growth=_growth(parameters, level),
        rule=_rule(parameters),
        rule_week=None,
    )


def with_rule(effects: Effects, week: int) -> Effects:
    """The same world with the rule change from ``week`` on."""
    return replace(effects, rule_week=week)


NO_EFFECT: Mapping[str, Any] = {
    "slots.daypart": {"morning": 0.0, "afternoon": 0.0, "evening": 0.0, "night": 0.0},
    "slots.brand_sd": 0.0,
    "slots.platform_sd": 0.0,
    "slots.weekday": [0.0] * 7,
    "reach.hook": 0.0,
    "reach.format": {},
    "reach.pillar": {},
    "reach.trend": 0.0,
    "reach.fatigue": 0.0,
    "reach.boost": 0.0,
    "reach.feedback": 0.0,
    "engagement.hook": 0.0,
    "engagement.format": {},
    "engagement.cta": {},
    "engagement.affinity": 0.0,
    "engagement.price_line": 0.0,
    "engagement.price_with_personality": 0.0,
    "clicks.hook": 0.0,
    "clicks.link_format": 0.0,
    "clicks.cta_link": 0.0,
    "clicks.price_line": 0.0,
    "clicks.negative_word": 0.0,
    "clicks.positive_word": 0.0,
    "trials.lifts": [0.0],
}
"""A null world: nothing an editor chooses makes a difference; only followers, platforms and chance remain."""
