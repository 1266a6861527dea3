"""How far a challenge carries: a branching process in which each participant brings K others on average.

Below 1 every generation is smaller than the one before and the challenge dies out; above 1 it may run until it meets the
edge of the people who could join. K is invitations × the share of them that is taken up.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..analytics.result import Result
from ..errors import TableError
from ..plotting import spaced
from ..sandbox.parameters import load

if TYPE_CHECKING:
    from ..plotting import Chart

Counts = NDArray[np.int64]
CEILING = 10**9


@dataclass(frozen=True, repr=False)
class KFactor(Result):
    """A simulated challenge. k: people a participant brings; sizes [runs, generations + 1]: new participants by generation;
    population: people who could join, None without an edge; spread: shape of the invitations (smaller: fewer do it all)."""

    k: float
    starters: int
    sizes: Counts
    spread: float
    population: int | None
    notes: tuple[str, ...] = ("模擬：每個參加者帶來的人數是負二項分布，人與人互不影響",)

    @cached_property
    def total(self) -> tuple[float, float, float]:
        """Participants in all: median and 90 % interval."""
        low, middle, high = np.quantile(self.sizes.sum(axis=1), [0.05, 0.5, 0.95])
        return float(middle), float(low), float(high)

    @property
    def died(self) -> float:
        """Share of runs in which the last generation brought nobody (0–1)."""
        return float((self.sizes[:, -1] == 0).mean())

    @property
    def expected(self) -> float:
        """Starters ÷ (1 − K), the mean in all when K < 1 and the population has no edge; infinite from 1 on."""
        return self.starters / (1 - self.k) if self.k < 1 else float("inf")

    @cached_property
    def table(self) -> pd.DataFrame:
        """New participants by generation: median, low, high (90 % of the runs), running (share of runs not yet over, 0–1)."""
        low, middle, high = np.quantile(self.sizes, [0.05, 0.5, 0.95], axis=0)
        running = (self.sizes > 0).mean(axis=0)
        return pd.DataFrame(
            {"median": middle, "low": low, "high": high, "running": running},
            index=pd.RangeIndex(self.sizes.shape[1], name="generation"),
        )

    def say(self) -> str:
        """What the challenge comes to, and whether it dies out."""
        middle, low, high = self.total
        head = f"K＝{self.k:.2f}：從{self.starters:,}個人開始，最後約{middle:,.0f}人參加（90% 的模擬落在{low:,.0f}到{high:,.0f}）"
        if self.k < 1:
            left = self.sizes.shape[1] - 1
            return spaced(f"{head}。K 小於 1，一代比一代少，第{left}代以前就停的占{self.died:.0%}。")
        edge = (
            "沒有設人數上限，數字只會越滾越大，不能當預測"
            if self.population is None
            else f"擋住它的是只有{self.population:,}人可能參加"
        )
        return spaced(f"{head}。K 大於等於 1，{edge}。")

    def plot(self) -> Chart:
        """New participants by generation with the band of the runs."""
        from .interaction_plot import draw_challenge

        return self.captioned(draw_challenge(self))


def k_factor(
    invites: float, accept: float, starters: int = 50, *, spread: float | None = None, generations: int = 12,
    runs: int = 2000, population: int | None = None, seed: int = 0,
) -> KFactor:  # fmt: skip
    """Simulate a challenge.

    invites: people a participant names on average; accept: share of them who join (0–1). starters: people who join by
    themselves. spread: shape of the negative binomial of invitations (the sandbox's by default). population: people who could
    join at all; those who already did cannot join again.

    Raises TableError for values that cannot be.

    >>> found = k_factor(3, 0.15, starters=100)
    >>> round(found.k, 2), round(found.expected)
    (0.45, 182)
    """
    _possible(invites, accept, starters, generations, runs, population)
    shape = float(load()["interaction.spread"] if spread is None else spread)
    if shape <= 0:
        raise TableError("spread 要大於 0", where="k_factor")
    k, rng = invites * accept, np.random.default_rng(seed)
    sizes = np.zeros((runs, generations + 1), dtype=np.int64)
    sizes[:, 0] = starters
    joined = sizes[:, 0].copy()
    for generation in range(1, generations + 1):
        room = 1.0 if population is None else np.clip(1 - joined / population, 0, 1)
        brought = _brought(rng, sizes[:, generation - 1], k * room, shape)
        if population is not None:
            brought = np.minimum(brought, np.maximum(population - joined, 0))
        sizes[:, generation] = np.minimum(brought, CEILING)
        joined = joined + sizes[:, generation]
    return KFactor(k, starters, sizes, shape, population)


def _possible(
    invites: float, accept: float, starters: int, generations: int, runs: int, population: int | None
) -> None:
    if invites < 0 or not 0 <= accept <= 1:
        raise TableError(
            "點名人數不能是負的，接受的比例要在 0 到 1",
            where="k_factor",
            next_step="例如 invites=3, accept=0.15",
        )
    if starters < 1 or generations < 1 or runs < 1:
        raise TableError("開始的人、代數、模擬次數都至少是 1", where="k_factor")
    if population is not None and population < starters:
        raise TableError(
            f"可能參加的只有 {population:,} 人，比開始的 {starters:,} 人還少",
            where="k_factor",
            next_step="population 要大於 starters",
        )


def _brought(
    rng: np.random.Generator, people: Counts, k: float | NDArray[np.float64], shape: float
) -> Counts:
    """New participants of each run: a sum of independent negative binomials is one."""
    mean = people * k
    drawn = np.zeros(len(people), dtype=np.int64)
    live = np.asarray(mean) > 0
    if live.any():
        size = np.minimum(people[live] * shape, 1e9)
        drawn[live] = rng.negative_binomial(size, size / (size + np.asarray(mean)[live]))
    return drawn


def extinction(k: float, spread: float) -> float:
    """Chance (0–1) that the line of one participant ends, by the fixed point of its generating function.

    >>> extinction(0.8, 0.6), round(extinction(2.0, 0.6), 2)
    (1.0, 0.6)
    """
    if k <= 1:
        return 1.0
    q = 0.0
    for _ in range(10_000):
        fresh = (1 + k * (1 - q) / spread) ** -spread
        if abs(fresh - q) < 1e-12:
            break
        q = fresh
    return float(q)


@dataclass(frozen=True, repr=False)
class KEstimate(Result):
    """K from the log of a challenge: k with its 90 % interval; people: who had the time to bring others."""

    k: float
    low: float
    high: float
    people: int
    notes: tuple[str, ...] = ()

    def say(self) -> str:
        verdict = (
            "區間整個在 1 以下：會自己停" if self.high < 1 else "區間整個在 1 以上：會一直長到沒人可邀" if self.low > 1
            else "區間跨過 1：還不能說會不會停"
        )  # fmt: skip
        return spaced(
            f"{self.people:,}個參加者的紀錄：K 約{self.k:.2f}（90% 區間{self.low:.2f}到{self.high:.2f}）。{verdict}。"
        )


def estimate_k(log: pd.DataFrame, *, finished: bool = True, draws: int = 2000, seed: int = 0) -> KEstimate:
    """K from who brought whom.

    log: person, generation, brought_by (missing for those who came by themselves). finished: the challenge is over; if not,
    the last generation has had no time to bring anybody and is left out. The interval is a bootstrap over participants.

    Raises TableError for missing columns or an empty log.

    >>> from xiaobian.sandbox.interaction import Fans
    >>> found = estimate_k(Fans(2).challenge("local", 200))
    >>> found.low < found.k < found.high
    True
    """
    if missing := [name for name in ("person", "generation", "brought_by") if name not in log]:
        raise TableError(
            f"缺少欄位 {'、'.join(missing)}",
            where="estimate_k",
            next_step="要有 person、generation、brought_by",
        )
    had_time = log if finished else log[log["generation"] < log["generation"].max()]
    if had_time.empty:
        raise TableError(
            "沒有一個人有時間帶人來", where="estimate_k", next_step="多等一代，或確認紀錄是否完整"
        )
    brought = (
        log["brought_by"].dropna().value_counts().reindex(had_time["person"], fill_value=0).to_numpy(float)
    )
    rng = np.random.default_rng(seed)
    means = rng.choice(brought, (draws, len(brought))).mean(axis=1)
    low, high = np.quantile(means, [0.05, 0.95])
    return KEstimate(
        float(brought.mean()),
        float(low),
        float(high),
        len(brought),
        tuple(map(str, log.attrs.get("notes", ()))),
    )
