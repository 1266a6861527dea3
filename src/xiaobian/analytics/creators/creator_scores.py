"""Creators side by side: what looks bought or traded, what a post brings, and what an authentic engagement costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from ...errors import NotFound, TableError
from ...tables import conform, require
from ..collected import collected
from ..measures import NOTES
from ..result import Result
from . import model, words

if TYPE_CHECKING:
    from ...plotting import Chart

Floats = NDArray[np.float64]

UPPER = 0.8
FEWEST = 20
_DRAWS = 2000
_NEEDED = ["creator_id", "followers", "price_ntd", "posts_seen", "engagements"]
_POD = ["duplicate_comments", "top_commenters", "early_comments"]
_BOUGHT = ["growth_spike", "likes_per_comment"]


@dataclass(frozen=True, repr=False)
class CreatorScores(Result):
    """What ``creator_scores()`` found.

    table: a row a creator, cheapest upper bound first: rank, creator_id, platform, tier, followers, price_ntd,
    posts_seen; engagements (a post, shrunk), engagements_low and engagements_high (80 %); raw_cost (price ÷ mean
    engagements as seen); p_bought, p_pod and p_odd (chance 0–1; missing when there were too few to compare);
    authentic_share (0–1) with low and high (80 %); cost, the NT$ an authentic engagement, with cost_low and cost_high
    (cost_high is exceeded with chance 20 %); and pct_<signal>, the percentile 0–1 of each signal within the tier,
    1 the oddest. There is no single score.
    """

    table: pd.DataFrame
    tiers: pd.DataFrame
    notes: tuple[str, ...]
    simulated: bool

    @property
    def judged(self) -> bool:
        """Whether there were enough creators to say what is odd."""
        return bool(self.table["p_odd"].notna().any())

    def one(self, creator_id: str) -> pd.Series:
        """One creator's row; raises NotFound."""
        found = self.table[self.table["creator_id"] == creator_id]
        if found.empty:
            known = "、".join(self.table["creator_id"].head(5))
            raise NotFound(
                f"名單裡沒有 {creator_id}", where="參數 creator_id", next_step=f"名單前幾位：{known}"
            )
        return found.iloc[0]

    def say(self, creator_id: str | None = None) -> str:
        """The list, or one creator's components, in 正體中文."""
        return words.say(self) if creator_id is None else words.say_one(self, self.one(creator_id))

    def plot(self, number: int = 12) -> Chart:
        """Cost of an authentic engagement with its 80 % range, cheapest upper bound first."""
        return self.captioned(words.draw(self, number))


def creator_scores(
    creators: pd.DataFrame, reference: pd.DataFrame | None = None, *, simulated: bool = False
) -> CreatorScores:
    """Rank creators by the 80 % upper bound of what one authentic engagement costs, with every component shown.

    creators: the declared table, of any engine (fetched whole: a row a creator); signals may be missing. reference: more creators to compare with, for a list
    shorter than 20. simulated: whether the chart must say so.

    Without any label: pod signals (repeated comments, few commenters, comments at once) and signals of bought
    followers (a jump in followers, many likes for few comments) are each split into usual and odd
    (``creator_scores_model.mixture``). Engagements a post are shrunk by tier (``creator_scores_model.engagement``),
    so that three lucky posts do not win. What a fraud takes from the engagements is drawn from wide ranges.

    Raises TableError for missing columns, an empty table, or counts and prices that are not above 0.

    >>> from xiaobian.sandbox.creators import draw_creators
    >>> from xiaobian.sandbox.parameters import load
    >>> seen, truth = draw_creators(load(), np.random.default_rng(10_000))
    >>> table = creator_scores(seen).table.merge(truth, on="creator_id")
    >>> bool(table.loc[table["fraud"] == "none", "p_odd"].median() < 0.1)
    True
    """
    creators, reference = collected(creators), collected(reference)
    mine = _checked(creators, "creators")
    both = (
        mine
        if reference is None
        else pd.concat([mine, _checked(reference, "reference")], ignore_index=True).drop_duplicates(
            "creator_id"
        )
    )
    notes = list(creators.attrs.get(NOTES, ()))
    known = model.signals(both)
    odds = _odds(known, len(both))
    notes += _gaps(known, len(both))
    posterior = model.engagement(both)
    rng = np.random.default_rng(0)
    engaged = posterior.draw(rng, _DRAWS)
    share = (
        model.authentic_draws(*odds, _DRAWS, rng)
        if odds is not None
        else np.ones((_DRAWS, len(both)), dtype=float)
    )
    table = _table(both, engaged, share, odds).join(_percentiles(both, known))
    table = table[table["creator_id"].isin(mine["creator_id"])].sort_values("cost_high", kind="stable")
    table.insert(0, "rank", range(1, len(table) + 1))
    tiers = both.groupby("tier", dropna=False, as_index=False).size().rename(columns={"size": "creators"})
    return CreatorScores(table.reset_index(drop=True), tiers, tuple(notes), simulated)


def _checked(creators: pd.DataFrame, where: str) -> pd.DataFrame:
    if not isinstance(creators, pd.DataFrame):
        raise TableError(f"這裡要的是一張創作者表，收到的是 {type(creators).__name__}", where=f"參數 {where}")
    require(creators, _NEEDED, "creators")
    table = conform(creators, "creators").reset_index(drop=True)
    if table.empty:
        raise TableError("創作者表是空的", where=f"參數 {where}", next_step="請先列出要比較的創作者")
    for name in ("followers", "price_ntd", "posts_seen"):
        bad = table.loc[~(table[name] > 0).fillna(False), "creator_id"]
        if len(bad):
            raise TableError(
                f"{name} 要大於 0：{'、'.join(bad.head(3).astype(str))} 等 {len(bad)} 位不是",
                where=f"欄位 {name}",
                next_step="請補上數字，或先把這幾位移出名單",
            )
    if table["creator_id"].duplicated().any():
        raise TableError("創作者編號重複", where="欄位 creator_id", next_step="一位創作者留一列")
    if table["engagements"].isna().any():
        raise TableError("有創作者沒有互動數", where="欄位 engagements", next_step="請補上，或先移出名單")
    return table


def _odds(known: pd.DataFrame, number: int) -> tuple[Floats, Floats] | None:
    """Log odds of bought followers and of a pod; none when too few creators show what is usual."""
    if number < FEWEST or known[[*_BOUGHT, *_POD]].notna().sum().max() < FEWEST:
        return None
    parts = []
    for columns in (_BOUGHT, _POD):
        usable = [c for c in columns if known[c].notna().sum() >= FEWEST]
        values = known[usable].to_numpy(float)
        parts.append(
            model.mixture(values).log_odds(values) if usable else np.full(number, -np.inf, dtype=float)
        )
    return parts[0], parts[1]


def _table(
    both: pd.DataFrame, engaged: Floats, share: Floats, odds: tuple[Floats, Floats] | None
) -> pd.DataFrame:
    price = both["price_ntd"].to_numpy(float)
    seen = both["engagements"].to_numpy(float) / both["posts_seen"].to_numpy(float)
    tail = 1 - UPPER
    low, middle, high = np.quantile(engaged, [tail / 2, 0.5, 1 - tail / 2], axis=0)
    part_low, part_high = np.quantile(share, [tail / 2, 1 - tail / 2], axis=0)
    cost = price / (engaged * share)
    cost_low, cost_middle, cost_high = np.quantile(cost, [tail, 0.5, UPPER], axis=0)
    blank = np.full(len(both), np.nan)
    bought, pod = (expit(o) for o in odds) if odds is not None else (blank, blank)
    with np.errstate(divide="ignore"):
        raw = price / seen
    return both[["creator_id", "platform", "tier", "followers", "price_ntd", "posts_seen"]].assign(
        engagements=middle, engagements_low=low, engagements_high=high, raw_cost=raw,
        p_bought=bought, p_pod=pod, p_odd=1 - (1 - bought) * (1 - pod),
        authentic_share=share.mean(axis=0), authentic_low=part_low, authentic_high=part_high,
        cost=cost_middle, cost_low=cost_low, cost_high=cost_high,
    )  # fmt: skip


def _percentiles(both: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Percentile of each component within the tier; 1 is the oddest, or for the rate the highest."""
    rate = both["engagements"].astype(float) / both["posts_seen"].astype(float) / both["followers"]
    parts = known.assign(engagement_rate=rate)
    tier = both["tier"].fillna("未標示")
    return pd.DataFrame({f"pct_{name}": parts[name].groupby(tier).rank(pct=True) for name in parts})


def _gaps(known: pd.DataFrame, number: int) -> list[str]:
    if number < FEWEST:
        return [
            f"只有 {number} 位，不到 {FEWEST} 位，看不出什麼叫尋常，沒有判斷真假；可用 reference= 加進更多創作者一起比"
        ]
    missing = [words.SIGNALS[str(c)] for c in known if known[c].notna().sum() < FEWEST]
    return [f"沒有資料、沒有用到的訊號：{'、'.join(missing)}"] if missing else []
