"""The hours of a crisis: a self-exciting volume of mentions and the share of them that is negative.

Arrays run over crises (first axis) and platforms (second axis), so that one crisis, all its counterfactuals and
a population of thousands go through the same step. Every hour takes its own draws, which no action consumes:
the same draws with other actions are the same crisis, answered differently (common random numbers).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri, pdtr

from ..parameters import Parameters
from .values import Floats

DAY = 24


@dataclass(frozen=True)
class HourDraw:
    """The luck of one hour: uniforms for the counts (crises × platforms), a normal for the hour's strength."""

    calm: Floats
    stirred: Floats
    strength: Floats
    tone: Floats
    creators: Floats


def draw_hours(rng: Generator, hours: int, crises: int, platforms: int) -> Iterator[HourDraw]:
    """Draws of so many hours, one after another.

    >>> draws = [list(draw_hours(np.random.default_rng(1), n, 1, 2)) for n in (2, 5)]
    >>> bool((draws[0][1].calm == draws[1][1].calm).all())
    True
    """
    shape = (crises, platforms)
    for _ in range(hours):
        calm, stirred, tone, creators = rng.random((4, *shape))
        yield HourDraw(calm, stirred, rng.standard_normal((crises, 1)), tone, creators)


def poisson_quantile(u: ArrayLike, mean: ArrayLike) -> NDArray[np.float64]:
    """The Poisson count at probability ``u``: never falls when the mean rises, so actions are comparable.

    A Cornish–Fisher start, then one step up or down where the distribution function asks for it.

    >>> poisson_quantile([0.1, 0.5, 0.99], 4.0).tolist()
    [2.0, 4.0, 9.0]
    """
    u, mean = np.broadcast_arrays(np.asarray(u, dtype=float), np.asarray(mean, dtype=float))
    z = ndtri(u)
    k = np.maximum(0.0, np.floor(mean + np.sqrt(mean) * z + (z * z - 1) / 6 + 0.5))
    k = k + (pdtr(k, mean) < u)
    return k - ((k > 0) & (pdtr(np.maximum(k - 1, 0.0), mean) >= u))


def binomial_quantile(u: ArrayLike, n: ArrayLike, p: ArrayLike) -> NDArray[np.float64]:
    """About the binomial count at probability ``u`` (normal approximation, kept within 0 and n).

    >>> binomial_quantile(0.5, 10, 0.3).tolist()
    3.0
    """
    n, p = np.asarray(n, dtype=float), np.asarray(p, dtype=float)
    count = np.round(n * p + np.sqrt(n * p * (1 - p)) * ndtri(u))
    return np.clip(count, 0.0, n)


@dataclass(frozen=True)
class Rules:
    """What the hours need from the parameters, read once."""

    base: float
    rhythm: Floats
    keep: float
    hour_sd: float
    attention: float
    negative_start: float
    negative_step: float
    creator_share: float

    @classmethod
    def of(cls, parameters: Parameters) -> Rules:
        rhythm = np.asarray(parameters["crisis.rhythm"], dtype=float)
        return cls(
            base=parameters["crisis.base_volume"],
            rhythm=rhythm / rhythm.mean(),
            keep=float(np.exp(-1 / parameters["crisis.memory_hours"])),
            hour_sd=parameters["crisis.hour_sd"],
            attention=parameters["crisis.attention_hours"],
            negative_start=parameters["crisis.negative_share"][0],
            negative_step=float(1 - np.exp(-1 / parameters["crisis.negative_hours"])),
            creator_share=parameters["crisis.creator_share"],
        )


@dataclass(frozen=True)
class HourCount:
    """Counts of one hour, crises × platforms."""

    mentions: Floats
    negative: Floats
    creators: Floats


def volume(
    echo: Floats,
    hour: int,
    clock: int,
    draw: HourDraw,
    rules: Rules,
    *,
    branching: ArrayLike,
    outside: ArrayLike,
    mix: ArrayLike = 1.0,
    stirred_mix: ArrayLike = 1.0,
) -> tuple[Floats, Floats]:
    """Echo (crises × 1) after one hour, and the hour's mentions (crises × platforms).

    echo: mentions of the past hours, weighted down exponentially. hour: since the start of the crisis. clock:
    hour of the day in Taipei, 0–23. branching: mentions a mention brings about (crises). outside: mentions that
    the event and large accounts bring this hour (crises). mix, stirred_mix: shares of the platforms on a calm
    day and in the crisis; each sums to 1.
    """
    column = (slice(None), np.newaxis)
    rhythm = rules.rhythm[clock]
    strength = np.exp(rules.hour_sd * draw.strength - rules.hour_sd**2 / 2)
    fading = np.exp(-hour / rules.attention)
    stirred = np.atleast_1d(branching)[column] * fading * echo + np.atleast_1d(outside)[column]
    calm = poisson_quantile(draw.calm, rhythm * rules.base * np.asarray(mix))
    count = poisson_quantile(draw.stirred, rhythm * strength * stirred * np.asarray(stirred_mix))
    return rules.keep * echo + (1 - rules.keep) * count.sum(axis=1, keepdims=True), calm + count


def voices(mentions: Floats, negative_share: ArrayLike, draw: HourDraw, rules: Rules) -> HourCount:
    """How many of an hour's mentions are negative, and how many come from large accounts."""
    creators = poisson_quantile(draw.creators, rules.creator_share * mentions)
    return HourCount(
        mentions, binomial_quantile(draw.tone, mentions, negative_share), np.minimum(mentions, creators)
    )


def peak(totals: Floats, base: float) -> Floats:
    """Mentions of the busiest 24 h ÷ those of a normal day; hours that are missing count as calm ones.

    totals: crises × hours. base: mentions of a calm hour.

    >>> peak(np.full((1, 48), 60.0), 30.0).tolist()
    [2.0]
    """
    if totals.shape[1] < DAY:
        totals = np.pad(totals, ((0, 0), (DAY - totals.shape[1], 0)), constant_values=base)
    running = np.cumsum(np.pad(totals, ((0, 0), (1, 0))), axis=1)
    return (running[:, DAY:] - running[:, :-DAY]).max(axis=1) / (DAY * base)


def event_mentions(hours: int, platform: str, severity: ArrayLike, parameters: Parameters) -> Floats:
    """Mentions an hour that the event itself brings, crises × hours.

    platform: where it started; severity: 0–1, a severe case brings more. At mean severity the first day brings
    ``crisis.trigger`` times a calm hour.
    """
    pace = spread_hours(platform, parameters)
    wave = np.exp(-np.arange(hours) / pace)
    wave /= wave[:DAY].sum()
    middle = float(np.mean(parameters["crisis.severity_range"]))
    total = parameters["crisis.base_volume"] * parameters["crisis.trigger"]
    return total * np.sqrt(np.atleast_1d(np.asarray(severity, dtype=float)) / middle)[:, np.newaxis] * wave


def creator_mentions(hours: int, accounts: Iterable[tuple[float, float]], parameters: Parameters) -> Floats:
    """Mentions an hour that large accounts bring (hours): pairs of hour and followers.

    >>> from ..parameters import load
    >>> creator_mentions(3, [(1.5, 100_000)], load()).tolist()
    [0.0, 90.0, 0.0]
    """
    brought = np.zeros(hours)
    for hour, followers in accounts:
        if 0 <= hour < hours:
            size = parameters["crisis.creator_pull"] * np.sqrt(followers / 100_000)
            brought[int(hour)] += parameters["crisis.base_volume"] * size
    return brought


def spread_hours(platform: str, parameters: Parameters) -> float:
    """Hours a story takes to unfold on a platform; the slowest pace where none is known."""
    pace: Mapping[str, float] = parameters["crisis.spread_hours"]
    return pace.get(platform, max(pace.values()))


def platform_mix(parameters: Parameters) -> tuple[tuple[str, ...], Floats]:
    """Platforms and their shares of a calm day's mentions."""
    mix: Mapping[str, float] = parameters["crisis.platform_mix"]
    shares = np.array(list(mix.values()), dtype=float)
    return tuple(mix), shares / shares.sum()


def stirred_mix(hour: int, start: str, parameters: Parameters) -> Floats:
    """Shares of the platforms in the crisis' own mentions: where it started first, the others at their pace.

    >>> from ..parameters import load
    >>> names, _ = platform_mix(load())
    >>> early, late = (stirred_mix(hour, "threads", load())[names.index("ptt")] for hour in (0, 48))
    >>> bool(early < late)
    True
    """
    names, shares = platform_mix(parameters)
    pace = np.array([spread_hours(name, parameters) for name in names])
    reached = 1 - np.exp(-(hour + 1) / pace)
    here = np.array([name == start for name in names])
    weight = shares * np.where(here, parameters["crisis.start_platform"], reached)
    return weight / weight.sum()
