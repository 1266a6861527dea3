"""Pages as a public set of Facebook metrics shows them: 500 posts, seven inputs, twelve results, no dates.

What is published of one such page (datasets/reference/page_targets.csv) is met by the middle of these pages; how they
vary and drift are design parameters, drawn anew for each page. Nothing here is measured on any real page.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

TARGETS = (
    "Lifetime Post Total Reach", "Lifetime Post Total Impressions", "Lifetime Engaged Users",
    "Lifetime Post Consumers", "Lifetime Post Consumptions",
    "Lifetime Post Impressions by people who have liked your Page",
    "Lifetime Post reach by people who like your Page",
    "Lifetime People who have liked your Page and engaged with your post",
    "comment", "like", "share", "Total Interactions",
)  # fmt: skip
TYPES = ("Photo", "Status", "Link", "Video")


def metrics_page(seed: int, n: int = 500) -> pd.DataFrame:
    """One page over a year, newest row first; the file's level of reach and of response wander and drift."""
    rng = np.random.default_rng([20_000, seed])
    year = np.sort(rng.random(n))
    table = _inputs(rng, year)
    paid = np.nan_to_num(table["Paid"].to_numpy())
    kind = table["Type"].to_numpy()
    hour = table["Post Hour"].to_numpy()

    def effect(scale: float) -> np.ndarray:
        """What type, category, hour and payment add to a log."""
        types = dict(zip(TYPES, scale * rng.normal([0, 0.7, -0.3, 0.6], 0.35), strict=True))
        groups = scale * rng.normal(0, 0.25, 4)
        turn = rng.uniform(0, 2 * np.pi)
        clock = scale * 0.1 * np.cos(2 * np.pi * hour / 24 - turn)
        return np.array([types[k] for k in kind]) + groups[table["Category"]] + clock

    level = _wander(rng, year, rng.uniform(0.15, 0.5)) + rng.uniform(-2.2, 0.5) * year
    warmth = _wander(rng, year, rng.uniform(0.1, 0.4)) + rng.uniform(-1.2, 0.5) * year
    skewed = (rng.gamma(6.0, 1.0, n) - 6.0) / 6.0**0.5
    reach = 9.2 + level + effect(0.6) + rng.uniform(0.1, 0.6) * paid + rng.uniform(0.75, 1.1) * skewed
    taste = 0.5 - 0.5 * rng.exponential(size=n) + 0.6 * rng.normal(size=n)
    use = 0.6 * (reach - 8.7) + 0.5 * warmth + effect(1.0) + 0.4 * rng.normal(size=n)
    love = 0.65 * (reach - 8.7) + warmth + effect(0.4) + rng.uniform(0.9, 1.3) * taste
    love -= 4.5 * (rng.random(n) < 0.015)
    table["_reach"], table["_use"], table["_love"] = reach, use, love
    _results(rng, table)
    return table.drop(columns=["_reach", "_use", "_love"])[::-1].reset_index(drop=True)


def _inputs(rng: np.random.Generator, year: np.ndarray) -> pd.DataFrame:
    n = len(year)
    grown = 140_000 * (1 - rng.uniform(0.1, 0.45) * np.exp(-year * rng.uniform(2, 6)))
    shift = rng.normal(0, 0.5, 4)
    odds = np.log([0.85, 0.09, 0.045, 0.015]) + np.outer(year - 0.5, shift)
    odds = np.exp(odds) / np.exp(odds).sum(axis=1, keepdims=True)
    pick = (rng.random(n)[:, None] > odds.cumsum(axis=1)).sum(axis=1).clip(max=3)
    paid = (rng.random(n) < 0.28).astype(float)
    paid[rng.integers(n)] = np.nan
    return pd.DataFrame({
        "Page total likes": np.round(grown).astype(int), "Type": np.array(TYPES)[pick],
        "Category": rng.choice([1, 2, 3], n, p=[0.43, 0.26, 0.31]), "Post Month": np.floor(year * 12).astype(int) + 1,
        "Post Weekday": rng.integers(1, 8, n), "Post Hour": rng.choice([2, 3, 4, 6, 9, 10, 11, 13, 18], n),
        "Paid": paid,
    })  # fmt: skip


def _wander(rng: np.random.Generator, year: np.ndarray, sd: float) -> np.ndarray:
    weeks = np.zeros(53)
    for w in range(1, 53):
        weeks[w] = 0.85 * weeks[w - 1] + sd * np.sqrt(1 - 0.85**2) * rng.normal()
    return weeks[(year * 52).astype(int)]


def _results(rng: np.random.Generator, table: pd.DataFrame) -> None:
    """Twelve correlated results; comments, likes and shares are counted, so that some are 0."""
    n = len(table)
    reach, use, love = (table[name].to_numpy() for name in ("_reach", "_use", "_love"))
    paid = np.nan_to_num(table["Paid"].to_numpy())

    def put(name: str, log: np.ndarray) -> None:
        table[name] = np.round(np.exp(log)).astype(int)

    def noise(sd: float) -> np.ndarray:
        return sd * rng.normal(size=n)

    often = np.abs(noise(0.35)) + 0.25
    fans = reach - 0.35 - 0.35 * paid - np.abs(noise(0.25))
    people = np.logaddexp(6.25 + use, 4.7 + love)
    put(TARGETS[0], reach)
    put(TARGETS[1], reach + often)
    put(TARGETS[2], people)
    put(TARGETS[3], people - 0.1 - np.abs(noise(0.1)))
    put(TARGETS[4], people + 0.2 + np.abs(noise(0.4)))
    put(TARGETS[5], fans + often)
    put(TARGETS[6], fans)
    put(TARGETS[7], people - 0.35 - np.abs(noise(0.2)))
    likes = np.exp(4.8 + love)
    table["comment"] = rng.poisson(likes * 0.025 * np.exp(noise(1.0)))
    table["like"] = rng.poisson(likes)
    table["share"] = rng.poisson(likes * 0.13 * np.exp(noise(0.4)))
    table["Total Interactions"] = table[["comment", "like", "share"]].sum(axis=1)
