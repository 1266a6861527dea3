"""What each learner of lesson 2.10 gets: ten creators to judge, twelve to hire from, months of asking customers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import pandas as pd

from ..optimize.choose import Chosen, choose, problem
from ..planning.creators.choosing import DISCLOSED, creator_set, discounts, scored
from ..planning.creators.fakes import Caught, caught
from ..planning.creators.incentive import Ask, month
from ..planning.creators.market import Pool, PoolTruth, pool_and_truth
from ..planning.creators.sizes import sizes
from .questions import Decision

TO_JUDGE, FAKES, TO_HIRE, MOST = 10, 4, 12, 5
TAKE, LEAVE = "A", "B"


@dataclass(frozen=True, kw_only=True)
class Ticks(Decision):
    """A decision with a letter a creator, whose best answer comes from the learner's own world."""

    best: str = ""
    best_of: Callable[[], str] | None = None

    def how(self) -> str:
        return f"勾好之後按「檢查」。{self.judged}"

    def right(self) -> str:
        return self.best_of() if self.best_of else self.best

    def solution_text(self) -> str:
        return "、".join(
            name for name, letter in zip(self.choices, self.right(), strict=True) if letter == TAKE
        )


def numbered(count: int, yes: str, no: str) -> dict[str, dict[str, str]]:
    """Choices for so many creators."""
    return {f"{n} 號": {TAKE: yes, LEAVE: no} for n in range(1, count + 1)}


def picked(ids: Sequence[str], letters: str) -> list[str]:
    """Creators with the letter A."""
    return [one for one, letter in zip(ids, letters, strict=True) if letter == TAKE]


def letters_of(ids: Sequence[str], chosen: Sequence[str]) -> str:
    """A letter a creator: A where it is among the chosen."""
    return "".join(TAKE if one in set(chosen) else LEAVE for one in ids)


# Ten to judge.


@cache
def suspects(seed: int) -> tuple[str, ...]:
    """Four fakes (or all there are) and honest ones of one pool, in the order of their numbers."""
    pool, truth = pool_and_truth(seed)
    fakes = [i for i in pool.creators["creator_id"] if truth.fake[i]][:FAKES]
    honest = [i for i in pool.creators["creator_id"] if not truth.fake[i]][: TO_JUDGE - len(fakes)]
    return tuple(sorted([*fakes, *honest]))


def signals(seed: int) -> pd.DataFrame:
    """What is seen of the ten, and the market's middle and upper tenth below."""
    pool = pool_and_truth(seed)[0]
    rows = pool.creators.set_index("creator_id").loc[list(suspects(seed))]
    table = _signals(rows).set_axis(list(rows["name"]), axis=0)
    every = _signals(pool.reference)
    table.loc["（市場中位數）"] = every.median()
    table.loc["（市場最高一成的門檻）"] = every.quantile(0.9)
    return table.round(3)


def _signals(table: pd.DataFrame) -> pd.DataFrame:
    posts, likes = table["posts_seen"].astype(float), table["likes"].astype(float)
    return pd.DataFrame(
        {
            "看過幾則": posts,
            "互動率": table["engagements"].astype(float) / posts / table["followers"].astype(float),
            "重複的留言": table["duplicate_comments"].astype(float),
            "前十位留言者": table["top_commenters"].astype(float),
            "十分鐘內的留言": table["early_comments"].astype(float),
            "單日最大成長": table["growth_spike"].astype(float),
            "讚 ÷ 留言": (likes / table["comments"].astype(float).clip(lower=1)).round(0),
        }
    )


def shown_signals(seed: int) -> pd.DataFrame:
    """The same as text for the panel."""
    table = signals(seed)
    found = table.map(lambda share: f"{share:.1%}").assign(
        **{
            "看過幾則": table["看過幾則"].map("{:.0f}".format),
            "讚 ÷ 留言": table["讚 ÷ 留言"].map("{:.0f}".format),
        }
    )
    return found.rename_axis("帳號").reset_index()


def judged(seed: int, letters: str) -> Caught:
    """How a judgement stands against the truth of the ten."""
    ids = suspects(seed)
    fake = pool_and_truth(seed)[1].fake
    return caught(picked(ids, letters), {i: fake[i] for i in ids})


def f1(found: Caught) -> float:
    """Harmonic mean of precision and recall; 0 when nothing was called."""
    return 2 * found.right / (found.called + found.fakes) if found.called else 0.0


# Twelve to hire from.


@dataclass(frozen=True)
class Shortlist:
    """Twelve creators of a pool. ids in order; rows: what is known of each; budget in NT$."""

    pool: Pool
    truth: PoolTruth
    ids: tuple[str, ...]
    rows: pd.DataFrame
    budget: int


@cache
def shortlist(seed: int) -> Shortlist:
    """Good ones, two fakes with many engagements, and the best of those who worked for a rival or label too little."""
    pool, truth = pool_and_truth(seed)
    table = creator_set(pool, 1e9, most=1, scores=scored(pool), binding=False).table
    usable = table[table["out"] == ""]
    loud = table[table["out"] == "疑似造假"].sort_values("engagements", ascending=False)["creator_id"].head(2)
    others = table[table["out"].isin(["剛接過競品", "揭露率太低"])].groupby("out")["creator_id"].first()
    chosen = [*loud, *others]
    middle = usable[usable["price_ntd"].between(1_000, 25_000)]
    chosen += list(middle["creator_id"].head(TO_HIRE - len(chosen)))
    rows = table[table["creator_id"].isin(chosen)].sort_values("creator_id", ignore_index=True)
    honest = rows.loc[rows["out"] == "", "price_ntd"].astype(float)
    return Shortlist(pool, truth, tuple(rows["creator_id"]), rows, int(round(0.42 * honest.sum(), -3)))


def shown_shortlist(seed: int) -> pd.DataFrame:
    """The twelve as they are shown."""
    found = shortlist(seed)
    rows, names = found.rows, found.pool.names
    shares = found.pool.overlap.loc[list(found.ids), list(found.ids)]
    nearest = []
    for one in found.ids:
        other = shares[one].drop(one).astype(float)
        nearest.append(f"{names[str(other.idxmax())]} {other.max():.0%}")
    return pd.DataFrame(
        {
            "帳號": rows["name"], "粉絲": rows["followers"].map("{:,}".format), "報價": rows["price_ntd"].map("{:,.0f}".format),
            "每則互動": rows["engagements"].map("{:,.0f}".format), "估計真互動": rows["value"].map("{:,.0f}".format),
            "可疑": rows["p_odd"].astype(float).map("{:.0%}".format), "揭露率": rows["disclosed"].map("{:.0%}".format),
            "剛接競品": ["是" if r else "" for r in rows["rival"]], "最重疊": nearest,
        }
    )  # fmt: skip


@cache
def true_values(seed: int) -> dict[str, float]:
    """True worth of each of the twelve; those who may not be hired, and fakes once found out, are worth nothing."""
    found = shortlist(seed)
    effect = found.truth.creators.set_index("creator_id")["brand_effect"]
    rows, fake = found.rows.set_index("creator_id"), found.truth.fake
    return {i: 0.0 if fake[i] or barred(rows.loc[i]) else float(effect[i]) for i in found.ids}


def barred(row: Any) -> bool:
    """Whether the house rules keep a creator out."""
    return bool(row["rival"]) or float(row["disclosed"]) < DISCLOSED


@cache
def best_hire(seed: int) -> Chosen:
    """The truly best of all sets that fit."""
    found, values = shortlist(seed), true_values(seed)
    prices = dict(zip(found.ids, found.rows["price_ntd"].astype(float), strict=True))
    pairs = discounts(values, found.truth.overlap)
    return choose(problem(values, MOST, {"預算": (prices, float(found.budget))}, pairs))


def hired(seed: int, letters: str) -> tuple[float, float, list[str]]:
    """True worth of a choice, its price, and names of those the house rules keep out."""
    found, values = shortlist(seed), true_values(seed)
    ids = picked(found.ids, letters)
    chosen = {i: values[i] for i in ids}
    rows = found.rows.set_index("creator_id")
    worth = sum(chosen.values()) - sum(discounts(chosen, found.truth.overlap).values())
    return (
        worth,
        float(rows.loc[ids, "price_ntd"].sum()),
        [found.pool.names[i] for i in ids if barred(rows.loc[i])],
    )


# Months of asking customers.

ASKS = (
    Ask(effort="photo", reward="none", grant="clear"),
    Ask(effort="photo", reward="coupon", grant="clear"),
    Ask(effort="photo", reward="raffle", grant="vague"),
    Ask(effort="video", reward="feature", grant="clear"),
)


@cache
def months(seed: int) -> pd.DataFrame:
    """Twelve months of four ways: label, month, posts, granted, takedowns, cost, worth (NT$ a post with rights)."""
    worth = sizes("ugc")["worth"]
    rows = []
    for ask in ASKS:
        for number in range(1, 13):
            one = month(ask, seed + number)
            rows.append(
                {"label": ask.label, "month": number, "posts": one.posts, "granted": one.granted,
                 "takedowns": one.takedowns, "cost": one.cost, "worth": worth[ask.effort]}
            )  # fmt: skip
    return pd.DataFrame(rows)


@dataclass(frozen=True)
class Case:
    """The learner's own. signals: ten creators and the market. shortlist: twelve, as shown, and the budget. called: what a
    tool called fake. months: four ways of asking customers. takedown: NT$ of a post taken down."""

    signals: pd.DataFrame
    shortlist: pd.DataFrame
    budget: int
    called: pd.DataFrame
    months: pd.DataFrame
    takedown: int

    def __repr__(self) -> str:
        return f"十個帳號的訊號、十二位候選人（預算 {self.budget:,} 元）、一年的 UGC 紀錄（模擬）"


def counts(seed: int) -> tuple[int, int, int]:
    """How many a tool called, how many of those are fake, and how many fakes there are."""
    called = 9 + seed % 4
    right = called - 2 - seed % 2
    return called, right, right + 3 + seed % 3


def case(seed: int) -> Case:
    """The case of one seed."""
    called, right, fakes = counts(seed)
    table = pd.DataFrame(
        {"被點名": [right, called - right], "沒被點名": [fakes - right, 60 - called - fakes + right]},
        index=["真的造假", "老實的"],
    )
    return Case(
        signals(seed),
        shown_shortlist(seed).set_index("帳號"),
        shortlist(seed).budget,
        table,
        months(seed),
        sizes("ugc")["takedown"],
    )
