"""What an incentive for customers' posts brings: a simulation with known truth, and what one month would make of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ...analytics.result import Result
from ...errors import NotFound
from ...sandbox.streams import generator
from .sizes import sizes

if TYPE_CHECKING:
    from ...plotting import Chart

WORDS = {
    "receipt": "印在收據上", "story": "在限動問", "parcel": "放進包裹的卡片",
    "photo": "一張照片", "video": "一支短影片",
    "none": "沒有獎勵", "feature": "登上官網", "coupon": "每人一張 50 元券", "raffle": "抽一個 6,000 元的獎",
    "vague": "標記就算同意", "clear": "寫清楚再問", "paid": "寫清楚，付 150 元",
}  # fmt: skip
EFFORTS = {"photo": "一張照片", "story": "一則限動", "video": "一支短影片"}


@dataclass(frozen=True)
class Ask:
    """One way to ask: where, for what, with which reward, and how the rights are asked for (keys of ``parameters.yml``)."""

    where: str = "parcel"
    effort: str = "photo"
    reward: str = "none"
    grant: str = "clear"

    def __post_init__(self) -> None:
        told = sizes("ugc")
        for name, known in (
            ("where", "sees"),
            ("effort", "effort"),
            ("reward", "reward"),
            ("grant", "grants"),
        ):
            if getattr(self, name) not in told[known]:
                raise NotFound(
                    f"不認得 {name}={getattr(self, name)!r}", next_step=f"可用的有：{'、'.join(told[known])}"
                )

    @property
    def label(self) -> str:
        """In words."""
        return f"{EFFORTS[self.effort]}｜{WORDS[self.reward]}｜{WORDS[self.grant]}"


@dataclass(frozen=True)
class Month:
    """What one month brings: posts, by hunters, usable, with rights, taken down later, NT$ spent and net."""

    posts: float
    hunters: float
    usable: float
    granted: float
    takedowns: float
    cost: float
    net: float


def expected(ask: Ask, boost: float = 0.0) -> Month:
    """The truth of a month: expected numbers. boost: log change of taking part.

    >>> expected(Ask(reward="raffle")).posts > expected(Ask()).posts
    True
    """
    told = sizes("ugc")
    logit = told["base"] + told["effort"][ask.effort] + told["reward"][ask.reward] + boost
    posts = told["customers"] * told["sees"][ask.where] / (1 + np.exp(-logit))
    hunters = posts * told["hunters"][ask.reward]
    usable = (posts - hunters) * told["usable"][ask.effort] + hunters * told["usable_hunter"]
    granted = usable * told["grants"][ask.grant]
    return _money(
        ask,
        float(posts),
        float(hunters),
        float(usable),
        float(granted),
        float(granted * told["regret"][ask.grant]),
    )


def _money(ask: Ask, posts: float, hunters: float, usable: float, granted: float, takedowns: float) -> Month:
    told = sizes("ugc")
    cost = told["price"][ask.reward] * posts + told["prize"][ask.reward] + told["pay"][ask.grant] * granted
    net = told["worth"][ask.effort] * (granted - takedowns) - told["takedown"] * takedowns - cost
    return Month(posts, hunters, usable, granted, takedowns, float(cost), float(net))


def month(ask: Ask, seed: int) -> Month:
    """One month of luck; the same for the same seed."""
    told, rng = sizes("ugc"), generator(seed, "ugc", ask.label, ask.where)
    logit = (
        told["base"]
        + told["effort"][ask.effort]
        + told["reward"][ask.reward]
        + rng.normal(0, told["month_sd"])
    )
    posts = int(rng.binomial(round(told["customers"] * told["sees"][ask.where]), 1 / (1 + np.exp(-logit))))
    hunters = int(rng.binomial(posts, told["hunters"][ask.reward]))
    usable = int(rng.binomial(posts - hunters, told["usable"][ask.effort])) + int(
        rng.binomial(hunters, told["usable_hunter"])
    )
    granted = int(rng.binomial(usable, told["grants"][ask.grant]))
    return _money(ask, posts, hunters, usable, granted, int(rng.binomial(granted, told["regret"][ask.grant])))


@dataclass(frozen=True, repr=False)
class Incentives(Result):
    """Ways to ask side by side.

    table: a row a way, best first: label, posts, hunters, usable, granted, takedowns, cost, net (means a month), net_low and
    net_high (nine months in ten), truth (expected net).
    """

    table: pd.DataFrame
    months: int
    notes: tuple[str, ...] = ("島嶼沙盒模擬資料；大小都是設計參數",)

    def say(self) -> str:
        best, most = self.table.iloc[0], self.table.iloc[int(self.table["posts"].argmax())]
        return (
            f"最划算的是「{best['label']}」，一個月平均淨值 {best['net']:,.0f} 元。貼文最多的是「{most['label']}」："
            f"{most['posts']:,.0f} 則，拿得到授權的 {most['granted']:,.0f} 則，淨值 {most['net']:,.0f} 元。"
        ).replace("-", "−")

    def plot(self) -> Chart:
        """Net value of each way."""
        from .plot import draw_incentives

        return self.captioned(draw_incentives(self))


def incentives(asks: Sequence[Ask], seed: int = 0, months: int = 24) -> Incentives:
    """Try ways to ask over simulated months, beside their truth.

    >>> incentives([Ask(), Ask(reward="raffle")], months=6).table["label"].nunique()
    2
    """
    rows = []
    for ask in asks:
        table = pd.DataFrame([vars(month(ask, seed + m)) for m in range(months)])
        rows.append(
            {"label": ask.label, **table.mean().to_dict(), "net_low": table["net"].quantile(0.05),
             "net_high": table["net"].quantile(0.95), "truth": expected(ask).net}
        )  # fmt: skip
    table = pd.DataFrame(rows).sort_values("net", ascending=False, kind="stable", ignore_index=True)
    return Incentives(table, months)


def every_ask(where: str = "parcel") -> list[Ask]:
    """All ways to ask at one place."""
    told = sizes("ugc")
    return [Ask(where, *rest) for rest in product(told["effort"], told["reward"], told["grants"])]
