"""Forty creators a brand could work with: what an editor sees, how their audiences overlap, and the truth behind both."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...errors import TableError
from ...sandbox.creators import draw_creators
from ...sandbox.parameters import load
from ...sandbox.streams import generator
from .sizes import sizes

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Pool:
    """Creators to choose from.

    creators: the declared table with name, deliverable (short_video, carousel or story), disclosed (share of past paid
    posts with a label, 0–1), rival (worked for a rival lately) and hours (of the team). overlap [n, n]: share of the
    smaller audience that follows both, as a tool shows it. reference: more creators of the market, to see what is usual.
    """

    seed: int
    creators: pd.DataFrame
    overlap: pd.DataFrame
    reference: pd.DataFrame

    def __repr__(self) -> str:
        return f"島嶼沙盒模擬資料｜{len(self.creators)} 位創作者，種子 {self.seed}"

    @property
    def names(self) -> dict[str, str]:
        """Name of each creator_id."""
        return dict(zip(self.creators["creator_id"], self.creators["name"], strict=True))


@dataclass(frozen=True)
class PoolTruth:
    """What is true: a row a creator (creator_id, fraud, real_share, authentic_engagements, brand_effect), and the true overlap."""

    creators: pd.DataFrame
    overlap: pd.DataFrame

    @property
    def fake(self) -> dict[str, bool]:
        """Whether each creator bought followers or trades comments."""
        return dict(zip(self.creators["creator_id"], self.creators["fraud"] != "none", strict=True))


@lru_cache(maxsize=16)
def pool_and_truth(seed: int, number: int = 40) -> tuple[Pool, PoolTruth]:
    """Creators of one seed and their truth; the same for the same seed. Not to be changed.

    number: how many, at most the names there are. Raises TableError for more.
    """
    names = sizes("profile")["names"]
    if not 1 <= number <= len(names):
        raise TableError(f"一份名單 1 到 {len(names)} 位", where="number", next_step=f"現在是 {number}")
    parameters, rng = load(), generator(seed, "creators", "pool")
    seen, truth = draw_creators(parameters, rng, None)
    usable = seen.index[seen["tier"].isin(["nano", "micro", "mid"])]
    mine = np.sort(rng.choice(usable, number, replace=False))
    table = seen.loc[mine].reset_index(drop=True)
    hidden = truth.loc[mine].reset_index(drop=True)
    table.insert(1, "name", rng.permutation(names)[:number])
    table = table.assign(**_profile(rng, table))
    shares = _audience(rng, number)
    real = table["followers"].to_numpy(float) * hidden["real_share"].to_numpy(float)
    overlap = _overlap(shares, real * sizes("audience")["in_market"])
    noise = rng.normal(0, sizes("audience")["tool_error"], overlap.shape)
    shown = np.clip(overlap * np.exp(np.triu(noise, 1) + np.triu(noise, 1).T), 0, 1)
    np.fill_diagonal(shown, 1.0)
    ids = list(table["creator_id"])
    frame = pd.DataFrame(shown.round(3), index=ids, columns=ids)
    true = pd.DataFrame(overlap, index=ids, columns=ids)
    others = seen.drop(index=list(mine)).reset_index(drop=True)
    return Pool(seed, table, frame, others), PoolTruth(hidden, true)


def pool(seed: int, number: int = 40) -> Pool:
    """Creators of one seed as an editor sees them.

    >>> pool(1)
    島嶼沙盒模擬資料｜40 位創作者，種子 1
    """
    return pool_and_truth(seed, number)[0]


def _profile(rng: np.random.Generator, table: pd.DataFrame) -> dict[str, Any]:
    told, n = sizes("profile"), len(table)
    kinds, (warm, cool) = told["deliverables"], told["disclosed"]
    return {
        "deliverable": rng.choice(list(kinds), n, p=list(kinds.values())),
        "disclosed": rng.beta(warm, cool, n).round(2),
        "rival": rng.random(n) < told["rival"],
        "hours": [told["hours"][tier] for tier in table["tier"]],
    }


def _audience(rng: np.random.Generator, n: int) -> Floats:
    """Share of each creator's audience in each segment [n, segments]."""
    told = sizes("audience")
    segments = len(told["segments"])
    shares = rng.dirichlet(np.ones(segments), n) * (1 - told["home"])
    for row in shares:
        first, second = rng.choice(segments, 2, replace=False)
        row[first] += told["home"] * 2 / 3
        row[second] += told["home"] / 3
    return np.asarray(shares)


def _overlap(shares: Floats, people: Floats) -> Floats:
    """Share of the smaller audience that follows both, when followers of a segment are drawn on their own [n, n]."""
    size = np.array(list(sizes("audience")["segments"].values()), dtype=float)
    reached = np.minimum(shares * people[:, None] / size, 0.95)
    both = (reached * size) @ reached.T
    smaller = np.minimum.outer(people, people)
    found = np.clip(both / smaller, 0, 1)
    np.fill_diagonal(found, 1.0)
    return found
