"""Which creators to hire for a budget: value, overlap, disclosure, rivals, hours; exact, with the runner-up and what binds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ...analytics.creators.creator_scores import CreatorScores, creator_scores
from ...analytics.result import Result
from ...errors import AnswerError, NotFound
from ...optimize.choose import MOST, Binding, Chosen, Problem, problem
from ...optimize.portfolio import portfolio
from ...sandbox.creators import brand_effect
from ...sandbox.parameters import load
from .market import Pool, PoolTruth
from .sizes import sizes

if TYPE_CHECKING:
    from ...plotting import Chart

ODD, DISCLOSED = 0.5, 0.6
"""Where a creator looks too odd to hire, and the least share of past paid posts with a label: design parameters."""
BUDGET, HOURS = "預算", "工時"
_UNITS = {BUDGET: "元", HOURS: "小時", MOST: "位"}


@dataclass(frozen=True, repr=False)
class CreatorSet(Result):
    """The best set for a budget.

    table: a row a creator, dearest value first: creator_id, name, tier, price_ntd, hours, value (engagements that count
    for the brand, a post), p_odd, disclosed, rival, out (why not considered, empty otherwise), chosen. found: the exact
    answer. names: of each creator.
    """

    table: pd.DataFrame
    found: Chosen
    given: Problem
    names: dict[str, str]
    notes: tuple[str, ...] = ("島嶼沙盒模擬資料；價值是估計，一則貼文算給品牌的真互動",)

    @property
    def ids(self) -> tuple[str, ...]:
        """Creators of the best set."""
        return self.found.items

    @property
    def overlap(self) -> float:
        """What the set loses because its audiences overlap, as a share of the sum of its values."""
        place = [self.given.items.index(i) for i in self.ids]
        whole = float(self.given.values[place].sum())
        return 1 - self.found.value / whole if whole else 0.0

    def say(self) -> str:
        if not self.ids:
            return "沒有一位同時符合預算和條件。先看哪一個條件擋住最多人，再放寬那一個。"
        cost = self.found.used[BUDGET]
        second = "、".join(self.names[i] for i in self.found.runner_up)
        less = self.found.value - self.found.runner_up_value
        rest = f"第二好的是 {second}，只少 {less:,.0f} 次。{self._binds()}" if second else ""
        return (
            f"選 {len(self.ids)} 位：{'、'.join(self.names[i] for i in self.ids)}，共 {cost:,.0f} 元，估計 {self.found.value:,.0f} 次真互動"
            f"（受眾重疊扣掉 {self.overlap:.0%}）。{rest}"
        )

    def _binds(self) -> str:
        if not self.found.binding:
            return "沒有哪一個限制擋住更好的組合。"
        words = [self._one(binding) for binding in self.found.binding]
        return f"擋住更好組合的：{'；'.join(words)}。"

    def _one(self, binding: Binding) -> str:
        name = "人數" if binding.limit == MOST else binding.limit
        return f"{name}，再多 {binding.more:,.0f} {_UNITS[binding.limit]}，可以多 {binding.gain:,.0f} 次"

    def plot(self) -> Chart:
        """Value and price of the candidates; the set is filled."""
        from .plot import draw_set

        return self.captioned(draw_set(self))


def scored(pool: Pool) -> CreatorScores:
    """The pool's creators beside the rest of the market."""
    return creator_scores(pool.creators, pool.reference, simulated=True)


def creator_set(
    pool: Pool,
    budget: float,
    *,
    most: int = 5,
    hours: float = 30.0,
    odd: float = ODD,
    disclosed: float = DISCLOSED,
    overlaps: bool = True,
    scores: CreatorScores | None = None,
    binding: bool = True,
) -> CreatorSet:
    """The set of creators that brings most, within budget (NT$), hours of the team and number.

    A creator whose chance of being fake is ``odd`` or more, who labelled less than ``disclosed`` of past paid posts, or who
    worked for a rival lately is not considered. Value: engagements a post (shrunk) × authentic share × the inverted U of
    fit; two audiences that overlap count the shared people a second time at ``audience.repeat``. overlaps=False leaves that
    out, to see what it costs. binding: whether to look for the
    runner-up and for what holds better sets back, which takes most of the time.

    Raises AnswerError for a budget, number or hours not above 0.

    >>> from .market import pool
    >>> found = creator_set(pool(1), 40_000)
    >>> found.found.used["預算"] <= 40_000, found.found.gap < 0.001
    (True, True)
    """
    if not (budget > 0 and hours > 0 and most >= 1):
        raise AnswerError("預算、工時、人數都要大於 0", where="budget、hours、most")
    table = _candidates(pool, scored(pool) if scores is None else scores, odd, disclosed)
    left = table[table["out"] == ""]
    ids = list(left["creator_id"])
    values = dict(zip(ids, left["value"], strict=True))
    limits = {
        BUDGET: (dict(zip(ids, left["price_ntd"].astype(float), strict=True)), float(budget)),
        HOURS: (dict(zip(ids, left["hours"].astype(float), strict=True)), float(hours)),
    }
    pairs = discounts(values, pool.overlap) if overlaps else {}
    given = problem(values, most, limits, pairs)
    found = portfolio(given, runner_up=binding, binding=binding)
    table = table.assign(chosen=table["creator_id"].isin(found.items))
    return CreatorSet(table.reset_index(drop=True), found, given, pool.names)


def discounts(values: dict[str, float], overlap: pd.DataFrame) -> dict[tuple[str, str], float]:
    """What each pair is worth less than its two values: shared people, seen twice, of the smaller value."""
    repeat, ids = sizes("audience")["repeat"], list(values)
    shares = overlap.loc[ids, ids].to_numpy()
    return {
        (one, other): (1 - repeat) * float(shares[i, j]) * min(values[one], values[other])
        for i, one in enumerate(ids)
        for j, other in enumerate(ids)
        if i < j and shares[i, j] > 0
    }


def _candidates(pool: Pool, scores: CreatorScores, odd: float, disclosed: float) -> pd.DataFrame:
    columns = [
        "creator_id",
        "name",
        "platform",
        "tier",
        "followers",
        "fit",
        "price_ntd",
        "hours",
        "deliverable",
    ]
    table = pool.creators[[*columns, "disclosed", "rival"]].merge(
        scores.table[["creator_id", "engagements", "authentic_share", "p_odd", "raw_cost"]], on="creator_id"
    )
    price = table["price_ntd"].astype(float)
    real = (table["engagements"] * table["authentic_share"]).astype(float)
    table["value"] = brand_effect(load(), real, table["fit"].astype(float), price, price)
    out = np.where(table["rival"], "剛接過競品", "")
    out = np.where(table["disclosed"] < disclosed, "揭露率太低", out)
    out = np.where(table["p_odd"].astype(float) >= odd, "疑似造假", out)
    return table.assign(out=out).sort_values("value", ascending=False, kind="stable")


def true_value(pool: Pool, truth: PoolTruth, ids: Sequence[str]) -> float:
    """Engagements that truly count for the brand from a set, shared people counted as in ``creator_set``.

    Raises NotFound for a creator that is not in the pool.
    """
    if unknown := [name for name in ids if name not in pool.names]:
        raise NotFound(f"名單裡沒有 {'、'.join(unknown)}", next_step="請用 creator_id")
    effect = truth.creators.set_index("creator_id")["brand_effect"]
    values = {name: float(effect[name]) for name in ids}
    return sum(values.values()) - sum(discounts(values, truth.overlap).values())


def best_set(pool: Pool, truth: PoolTruth, budget: float, most: int = 5, hours: float = 30.0) -> Chosen:
    """The best set that someone who knows the truth would hire, under the same limits and house rules: no fakes, no rivals'
    partners, nobody who hides what was paid."""
    honest = ~pool.creators["creator_id"].map(truth.fake).astype(bool)
    table = pool.creators[honest & (pool.creators["disclosed"] >= DISCLOSED) & ~pool.creators["rival"]]
    effect = truth.creators.set_index("creator_id")["brand_effect"]
    values = {name: float(effect[name]) for name in table["creator_id"]}
    by_id = table.set_index("creator_id")
    limits = {
        BUDGET: ({k: float(by_id.loc[k, "price_ntd"]) for k in values}, float(budget)),
        HOURS: ({k: float(by_id.loc[k, "hours"]) for k in values}, float(hours)),
    }
    return portfolio(
        problem(values, most, limits, discounts(values, truth.overlap)), runner_up=False, binding=False
    )


def greedy(pool: Pool, budget: float, by: str, most: int = 5, hours: float = 30.0) -> tuple[str, ...]:
    """What one number alone would hire: ``followers`` or ``engagements`` (most first), ``raw_cost`` (cheapest first).

    Takes the first that still fit, until the number is full; nothing else is looked at.
    """
    table = pool.creators.assign(raw_cost=lambda t: t["price_ntd"] * t["posts_seen"] / t["engagements"])
    if by not in ("followers", "engagements", "raw_cost"):
        raise NotFound(f"不認得 by={by!r}", next_step="可用的有 followers、engagements、raw_cost")
    picked: list[str] = []
    money, time = float(budget), float(hours)
    table = table.sort_values(by, ascending=by == "raw_cost", kind="stable")
    prices, hourly = table["price_ntd"].astype(float), table["hours"].astype(float)
    for one, price, needed in zip(table["creator_id"], prices, hourly, strict=True):
        if len(picked) < most and price <= money and needed <= time:
            picked.append(str(one))
            money, time = money - price, time - needed
    return tuple(picked)
