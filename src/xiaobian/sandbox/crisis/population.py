"""Many crises at once, for calibration and sensitivity: who was hit, how they answered, what it did.

Luck does not depend on the answers: two calls with one seed and other strategies, delays or parameters are the
same crises answered differently.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray

from ...errors import NotFound, TableError
from ..parameters import Parameters, load
from .engine import HourDraw, Rules, creator_mentions, draw_hours, event_mentions, peak, volume
from .values import (
    SILENCE,
    Floats,
    branching,
    match,
    reputation_change,
    response_value,
    silent_form,
    timely,
)


@dataclass(frozen=True)
class Population:
    """Results of n crises, each an array of n; reputation in SD, delay in hours, peak in normal days."""

    cluster: NDArray[np.str_]
    strategy: NDArray[np.str_]
    delay: Floats
    blame: Floats
    response: Floats
    peak: Floats
    short: Floats
    long: Floats

    def table(self) -> pd.DataFrame:
        """One row a crisis."""
        return pd.DataFrame(vars(self))


def population(
    n: int,
    seed: int,
    parameters: Parameters | None = None,
    *,
    clusters: Sequence[str] | None = None,
    strategies: Sequence[str] | None = None,
    delays: ArrayLike | None = None,
    platform: str = "facebook",
    background: bool = True,
    times: int = 1,
) -> Population:
    """n crises, answered as firms usually do or as told.

    clusters, strategies: one name a crisis; default drawn evenly, and by ``crisis.strategy_mix``. delays: hours
    to the first reply, one number or one a crisis; default log-normal around ``crisis.delay_median``.
    platform: where all of them start. background: whether other things move reputation too (``crisis.brand_sd``).
    times: how often the same n crises are gone through; lists and results then have n × times entries.

    Raises NotFound for an unknown name and TableError when a list has another length or a delay is below 0.

    >>> some = population(200, seed=1)
    >>> bool((some.long > some.short)[some.short < 0].all())
    True
    """
    parameters = parameters or load()
    if min(n, times) < 1:
        raise TableError(f"危機的數量是 {n} × {times}", where="n、times", next_step="請給 1 以上的整數")
    rng = np.random.default_rng(seed)
    drawn = _Luck.draw(rng, n, parameters).again(times)
    draws = draw_hours(rng, int(parameters["crisis.hours"]), n, 1)
    n = n * times
    cluster = _names(clusters, n, parameters["crisis.responsibility"], None, drawn.cluster)
    strategy = _names(
        strategies, n, parameters["crisis.strategy_mix"], parameters["crisis.strategy_mix"], drawn.strategy
    )
    delay = _delays(delays, n, drawn.delay, parameters)
    blame, response, silent = _answers(cluster, strategy, delay, platform, drawn, parameters)
    highest = _peaks(blame, response, silent, delay, platform, drawn, parameters, draws)
    luck = parameters["crisis.reputation_sd"] * drawn.luck
    luck = luck + background * parameters["crisis.brand_sd"] * drawn.background
    change = reputation_change(blame, drawn.severity, highest, response, luck, parameters)
    return Population(cluster, strategy, delay, blame, response, highest, change.short, change.long)


@dataclass(frozen=True)
class _Luck:
    """Everything random about n crises that is not an hour's draw."""

    cluster: Floats
    strategy: Floats
    delay: Floats
    history: NDArray[np.bool_]
    vivid: NDArray[np.bool_]
    severity: Floats
    consistent: Floats
    active: Floats
    blame: Floats
    luck: Floats
    background: Floats
    creator_hour: Floats

    @classmethod
    def draw(cls, rng: Generator, n: int, parameters: Parameters) -> _Luck:
        cluster, strategy, history, vivid, severity, consistent, active, hour = rng.random((8, n))
        delay, blame, luck, background = rng.standard_normal((4, n))
        low, high = np.minimum(parameters["crisis.severity_range"], 1.0)
        worst, best = np.minimum(parameters["crisis.form_range"], 1.0)
        return cls(
            cluster=cluster,
            strategy=strategy,
            delay=delay,
            history=history < parameters["crisis.history_share"],
            vivid=vivid < parameters["crisis.vivid_share"],
            severity=low + (high - low) * severity,
            consistent=worst + (best - worst) * consistent,
            active=worst + (best - worst) * active,
            blame=blame,
            luck=luck,
            background=background,
            creator_hour=12 * hour,
        )

    def again(self, times: int) -> _Luck:
        """The same crises several times over."""
        return replace(self, **{name: np.tile(values, times) for name, values in vars(self).items()})


def _again(draw: HourDraw, n: int) -> HourDraw:
    """The draws of one hour for n crises that go through them in turn."""
    return replace(draw, **{name: np.resize(values, (n, 1)) for name, values in vars(draw).items()})


def _names(
    given: Sequence[str] | None,
    n: int,
    known: Mapping[str, float],
    weights: Mapping[str, float] | None,
    u: Floats,
) -> NDArray[np.str_]:
    if given is None:
        share = np.array(list(weights.values()) if weights else [1.0] * len(known), dtype=float)
        edges = np.cumsum(share / share.sum())[:-1]
        return np.array(list(known))[np.searchsorted(edges, u, side="right")]
    names = np.asarray(given, dtype=str)
    if names.shape != (n,):
        raise TableError(f"要 {n} 個名稱，拿到 {names.size} 個", next_step="請讓清單和危機一樣多")
    if unknown := sorted(set(names.tolist()) - set(known)):
        raise NotFound(f"不認得 {'、'.join(unknown)}", next_step=f"可用的有：{'、'.join(known)}")
    return names


def _delays(given: ArrayLike | None, n: int, z: Floats, parameters: Parameters) -> Floats:
    if given is None:
        return parameters["crisis.delay_median"] * np.exp(parameters["crisis.delay_sd"] * z)
    delays = np.asarray(given, dtype=float)
    if delays.shape not in ((), (n,)) or not (delays >= 0).all():
        raise TableError("回應時間要是 0 以上的小時數", where="delays", next_step=f"請給一個數字，或 {n} 個")
    return np.broadcast_to(delays, (n,)).copy()


def _answers(
    cluster: NDArray[np.str_],
    strategy: NDArray[np.str_],
    delay: Floats,
    platform: str,
    drawn: _Luck,
    parameters: Parameters,
) -> tuple[Floats, Floats, Floats]:
    """Blame, value of the answer, and value of silence, one element a crisis."""
    start = parameters["crisis.responsibility"]
    blame = np.clip(
        np.array([start[name] for name in cluster.tolist()])
        + parameters["crisis.history"] * drawn.history
        + parameters["crisis.vivid"] * drawn.vivid
        + parameters["crisis.blame_sd"] * drawn.blame,
        0.0,
        1.0,
    )
    cell = {(c, s): match(c, [s], parameters) for c in start for s in parameters["crisis.match"][c]}
    matched = np.array([cell[pair] for pair in zip(cluster.tolist(), strategy.tolist(), strict=True)])
    unheard = np.array([cell[c, SILENCE] for c in cluster.tolist()])
    refuted = (strategy == "deny") & (cluster != "victim")
    consistent = np.where(refuted, parameters["crisis.denial_consistency"], drawn.consistent)
    in_time = timely(delay, platform, parameters)
    silent = response_value(blame, unheard, silent_form(parameters).score, parameters)
    spoken = response_value(blame, matched, (in_time + consistent + drawn.active) / 3, parameters)
    return blame, np.where(strategy == SILENCE, silent, spoken), silent


def _peaks(
    blame: Floats,
    response: Floats,
    silent: Floats,
    delay: Floats,
    platform: str,
    drawn: _Luck,
    parameters: Parameters,
    draws: Iterator[HourDraw],
) -> Floats:
    hours, rules, n = int(parameters["crisis.hours"]), Rules.of(parameters), len(blame)
    event = event_mentions(hours, platform, drawn.severity, parameters)
    creator = creator_mentions(1, [(0, 100_000)], parameters)[0]
    noticed = parameters["crisis.timely_hours"][platform]
    echo, totals = np.zeros((n, 1)), np.empty((n, hours))
    for hour, draw in enumerate(draws):
        standing = np.where(hour >= delay, response, np.where(hour >= noticed, silent, 0.0))
        echo, mentions = volume(
            echo,
            hour,
            (9 + hour) % 24,
            _again(draw, n),
            rules,
            branching=branching(standing, drawn.vivid, parameters),
            outside=event[:, hour] + creator * (drawn.creator_hour.astype(int) == hour),
        )
        totals[:, hour] = mentions[:, 0]
    return peak(totals, rules.base)
