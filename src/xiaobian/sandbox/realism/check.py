"""How real does the sandbox look beside a real page? The check list, a classifier, and a model trained on it.

Three questions: do the statistics of the real posts lie among those of simulated pages; can a classifier tell
the posts apart (two-sample test, Lopez-Paz & Oquab 2017, arXiv 1610.06545); and does a model trained on simulated
posts predict real ones about as well as one trained on real posts. The size of a page is given, never predicted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ... import datasets
from ...datasets import SIMULATED, is_simulated
from ...errors import TableError
from ...tables import PLATFORMS
from .models import Transfer, train_on_synthetic, two_samples
from .statistics import (
    CHECK_LIST,
    SCALES,
    Floats,
    Numbers,
    check_list,
    check_page,
    held_by_best,
    known,
    measure,
    median,
    numbers_of,
    parts_in,
    reasons,
    statistics,
)

if TYPE_CHECKING:
    from ...plotting import Chart

__all__ = ["Realism", "check_list", "realism", "score_against_targets", "statistics", "targets"]

MakePage = Callable[[int], pd.DataFrame]
BAND = (0.025, 0.975)
PASS_INSIDE, PASS_AUC, PASS_ERROR = 0.90, 0.65, 1.10
ENOUGH = 100
MOST = 2000
FEWEST_PAGES = 20


@dataclass(frozen=True, eq=False)
class Realism:
    """What ``realism()`` found.

    table: a row a statistic: title, unit, scale, real (value), low and high (2.5–97.5 % of the simulated pages,
    scaled to the real page's size where ``scale`` is bound), percentile (share of simulated pages below, 0–1),
    inside (missing when not judged) and why. share_inside: of the judged ones. null_inside: share of simulated
    pages that would pass the same check. auc: real against simulated; null_auc: simulated page against the others.
    transfer: None where it cannot be judged. notes: what the reader must know.
    """

    table: pd.DataFrame
    page: str
    posts: int
    pages: int
    share_inside: float
    null_inside: float
    auc: float
    null_auc: tuple[float, ...]
    columns: tuple[str, ...]
    transfer: Transfer | None
    notes: tuple[str, ...]

    @property
    def judged(self) -> int:
        """How many statistics could be judged."""
        return int(self.table["inside"].notna().sum())

    @property
    def verdicts(self) -> dict[str, bool | None]:
        """Whether each of the three checks is passed; None where it cannot be judged."""
        return {
            "statistics": bool(self.share_inside >= PASS_INSIDE) if self.judged else None,
            "classifier": None if np.isnan(self.auc) else bool(self.auc <= PASS_AUC),
            "transfer": None if self.transfer is None else bool(self.transfer.ratio <= PASS_ERROR),
        }

    @property
    def passes(self) -> bool:
        """Whether every check that could be judged is passed."""
        return all(verdict is not False for verdict in self.verdicts.values())

    def say(self) -> str:
        """What was found, in one honest sentence."""
        from .words import say

        return say(self)

    def plot(self) -> Chart:
        """Every judged statistic as a dot on the band of the simulated pages."""
        from .words import draw

        return draw(self)

    def __repr__(self) -> str:
        from .words import as_text

        return as_text(self)

    def _repr_html_(self) -> str:
        from .words import as_html

        return as_html(self)


def realism(
    posts: pd.DataFrame, make_page: MakePage | None = None, pages: int = 200, seed: int = 1
) -> Realism:
    """Compare a real page with pages of the sandbox.

    posts: a posts table; of several accounts or platforms the one with most posts is taken, and only its latest
        2,000 posts. make_page: a seed to the posts table of one simulated page; by default pages of the sandbox's
        population with as many posts. The longer of the two is cut to its latest posts, so that both have as many.
    pages: simulated pages, seeds ``seed`` to ``seed + pages - 1``; at least 20.

    Raises TableError for a table without engagement, fewer than 30 posts, or fewer than 20 pages.
    """
    if pages < FEWEST_PAGES:
        raise TableError(
            f"模擬 {pages} 頁太少，畫不出範圍",
            where="參數 pages",
            next_step=f"至少要 {FEWEST_PAGES} 頁，建議 200 頁",
        )
    one, who, notes = one_page(check_page(posts))
    parts = parts_in(check_page(one))
    real = numbers_of(one, parts).last(MOST)
    simulated = simulate(make_page or population_page(len(real)), pages, seed, parts)
    real, simulated = _same_length(real, simulated)
    notes += _notes(one, real, pages)
    table, share, null = compare(real, simulated)
    rng = np.random.default_rng([seed, 0])
    auc, null_auc, columns, transfer = _models(real, simulated, rng)
    return Realism(table, who, len(real), pages, share, null, auc, null_auc, columns, transfer, tuple(notes))


def _models(
    real: Numbers, simulated: Sequence[Numbers], rng: np.random.Generator
) -> tuple[float, tuple[float, ...], tuple[str, ...], Transfer | None]:
    """AUC, null AUCs and columns of the classifier, and the transfer; nothing for too few posts.

    One thread: on tables this small more of them only wait for each other.
    """
    import sklearn.ensemble  # noqa: F401 - its threads can only be limited once they are loaded
    from threadpoolctl import threadpool_limits

    if len(real) < ENOUGH:
        return float("nan"), (), (), None
    with threadpool_limits(1, user_api="openmp"):
        return *two_samples(real, simulated, rng), train_on_synthetic(real, simulated, rng)


def population_page(posts: int) -> MakePage:
    """Pages of the sandbox's population with a given number of posts."""
    from ..world import World

    return lambda seed: World.page(seed, posts=posts)


def one_page(posts: pd.DataFrame) -> tuple[pd.DataFrame, str, list[str]]:
    """The posts of the account with most of them, its name, and a note when others were left out."""
    keys = [name for name in ("platform", "account") if name in posts and posts[name].notna().any()]
    if not keys:
        return posts, "這一頁", []
    groups = posts.groupby(keys, dropna=False, sort=False)
    sizes = groups.size()
    which = groups.ngroup().to_numpy() == int(np.argmax(sizes.to_numpy()))
    chosen = posts[which]
    first = chosen.iloc[0]
    words = [PLATFORMS.get(str(first[k]), str(first[k])) for k in keys if pd.notna(first[k])]
    who = "・".join(words) or "這一頁"
    if len(sizes) == 1:
        return chosen, who, []
    return (
        chosen,
        who,
        [f"檔案裡有 {len(sizes)} 頁（帳號 × 平台），這裡只看貼文最多的 {who}，{len(chosen):,} 則"],
    )


def simulate(make_page: MakePage, pages: int, seed: int, parts: tuple[str, ...]) -> list[Numbers]:
    """Simulated pages, their engagement summed from the same columns as the real page's."""
    found = []
    for number in range(seed, seed + pages):
        page = make_page(number)
        there = parts_in(page)
        found.append(numbers_of(page, tuple(part for part in parts if part in there)))
    return found


def _same_length(real: Numbers, simulated: list[Numbers]) -> tuple[Numbers, list[Numbers]]:
    shortest = min(len(real), *map(len, simulated))
    return real.last(shortest), [page.last(shortest) for page in simulated]


def _notes(posts: pd.DataFrame, real: Numbers, pages: int) -> list[str]:
    notes = []
    if len(posts) > len(real):
        notes.append(f"只用最近的 {len(real):,} 則貼文（全部 {len(posts):,} 則）")
    if "published_at" not in posts or posts["published_at"].isna().all():
        notes.append("沒有發佈時間，把列的順序當成時間順序")
    unknown = int(np.isnan(real.engagement).sum())
    if unknown:
        notes.append(f"有 {unknown} 則貼文缺了某一項互動，缺值不當成 0，這幾則不算進互動")
    if len(real) < ENOUGH:
        notes.append(
            f"只有 {len(real)} 則貼文：不到 {ENOUGH} 則，分類器和預測都不評，統計的範圍也很寬，通過不代表像"
        )
    if "account" in posts and is_simulated(posts["account"]):
        notes.append(SIMULATED)
    return notes


# ── the check list beside its bands ──


def _size(page: Numbers, by_reach: bool) -> float:
    """What scales a page: its median reach, or its median engagement."""
    return median(page.reach if by_reach else page.engagement)


def _divisors(size: float) -> Floats:
    """What takes a page's size out of each statistic: the size where bound to it, else 1."""
    bound = np.array([statistic.scale == "bound" for statistic in CHECK_LIST.values()])
    return np.where(bound, size, 1.0)


def _drawn(simulated: Sequence[Numbers], by_reach: bool) -> tuple[Floats, Floats]:
    """Statistics of every simulated page without its size [pages, statistics], and the sizes [pages]."""
    sizes = np.array([_size(page, by_reach) for page in simulated])
    drawn = [measure(page) / _divisors(size) for page, size in zip(simulated, sizes, strict=True)]
    return np.array(drawn), sizes


def compare(real: Numbers, simulated: Sequence[Numbers]) -> tuple[pd.DataFrame, float, float]:
    """The table of ``Realism``, the share inside, and the share of simulated pages that would pass."""
    values = measure(real)
    by_reach = all(known(page.reach).size for page in (real, *simulated))
    size = _size(real, by_reach)
    drawn, sizes = _drawn(simulated, by_reach)
    own = _divisors(size)
    low, high = _bands(drawn)
    table = _table(values / own, drawn, low, high, own)
    given = "reach_median" if by_reach else "engagement_median"
    table.loc[table["statistic"] == given, ["scale", "how"]] = "given", SCALES["given"]
    within = bool(np.quantile(sizes, BAND[0]) <= size <= np.quantile(sizes, BAND[1]))
    table["why"] = _why(table, reasons(real, values), within)
    judged = (table["why"] == "").to_numpy()
    table["inside"] = table["inside"].where(judged)
    share = float(table["inside"].mean()) if judged.any() else float("nan")
    return table, share, _null_pass(drawn[:, judged], low[judged], high[judged])


def _bands(drawn: Floats) -> tuple[Floats, Floats]:
    """2.5 and 97.5 % points of each column; NaN where fewer than 20 pages have a value."""
    edges = np.full((2, drawn.shape[1]), np.nan)
    for place, column in enumerate(drawn.T):
        values = column[np.isfinite(column)]
        if values.size >= FEWEST_PAGES:
            edges[:, place] = np.quantile(values, BAND, method="median_unbiased")
    return edges[0], edges[1]


def _table(values: Floats, drawn: Floats, low: Floats, high: Floats, own: Floats) -> pd.DataFrame:
    below = (drawn < values).sum(axis=0) + 0.5 * (drawn == values).sum(axis=0)
    counted = (~np.isnan(drawn)).sum(axis=0)
    percentile = np.where(np.isnan(values) | (counted == 0), np.nan, below / np.maximum(counted, 1))
    rows = check_list().reset_index()[["statistic", "title", "unit", "scale", "how"]]
    # A band's edge is known to the rounding of its computation only.
    slack = 1e-9 * np.maximum(np.abs(low), np.abs(high))
    return rows.assign(
        real=values * own,
        low=low * own,
        high=high * own,
        percentile=percentile,
        inside=pd.array((values >= low - slack) & (values <= high + slack), dtype="boolean"),
    )


def _why(table: pd.DataFrame, lacking: dict[str, str], within: bool) -> list[str]:
    found = []
    for name, scale, low in zip(table["statistic"], table["scale"], table["low"], strict=True):
        if name in lacking:
            found.append(lacking[name])
        elif scale == "given":
            found.append("規模本身是給定的")
        elif scale == "size" and not within:
            found.append("規模在模擬的範圍之外")
        else:
            found.append("模擬的貼文沒有這一項" if np.isnan(low) else "")
    return found


def _null_pass(drawn: Floats, low: Floats, high: Floats) -> float:
    """Share of simulated pages of whose statistics at least 90 % are inside the bands."""
    if not drawn.shape[1]:
        return float("nan")
    inside = np.where(np.isnan(drawn), np.nan, (drawn >= low) & (drawn <= high))
    return float((np.nanmean(inside, axis=1) >= PASS_INSIDE).mean())


# ── the published facts beside the simulated pages ──

TARGETS = "reference/page_targets.csv"
_TARGET_OF = {
    "uci_engagement_median": "engagement_median",
    "uci_engagement_mean_median": "engagement_mean_median",
    "uci_engagement_log_sd": "engagement_log_sd",
    "uci_engagement_log_skew": "engagement_log_skew",
    "uci_engagement_gini": "engagement_gini",
    "uci_engagement_top10": "engagement_top10",
    "uci_engagement_hill": "engagement_hill",
    "uci_engagement_zero": "engagement_zero",
    "uci_reach_median": "reach_median",
    "uci_reach_log_sd": "reach_log_sd",
    "uci_reach_log_skew": "reach_log_skew",
    "uci_reach_gini": "reach_gini",
    "uci_reach_top10": "reach_top10",
    "uci_comment_zero": "comments_zero",
    "uci_comment_median": "comments_median",
    "uci_comment_gini": "comments_gini",
    "uci_mix_comment": "mix_comments",
    "uci_mix_like": "mix_likes",
    "uci_mix_share": "mix_shares",
    "uci_er_reach_median": "rate_median",
    "uci_er_log_sd": "rate_log_sd",
    "uci_er_paid": "paid_to_organic",
    "uci_reach_engagement_rho": "rank_correlation",
    "uci_autocorrelation": "lag1",
}
_PAID, _ORGANIC = "uci_er_paid", "uci_er_organic"
_POOLED = "posts_top20"
_POOLED_PAGES = 160


def targets() -> pd.DataFrame:
    """The published calibration facts, a row each, as the reference table has them.

    ``statistic`` names the line of the check list that measures the same, missing where the sandbox has no such
    number.

    >>> targets().set_index("id").loc["uci_engagement_gini", "statistic"]
    'engagement_gini'
    """
    facts = pd.read_csv(datasets.path(TARGETS))
    facts = facts[facts["target"]].drop(columns="target").reset_index(drop=True)
    return facts.assign(statistic=facts["id"].map(_TARGET_OF).astype("string"))


def score_against_targets(
    make_page: MakePage | None = None, pages: int = 200, posts: int = 500, seed: int = 1
) -> pd.DataFrame:
    """Which published values lie inside the 2.5–97.5 % bands of simulated pages.

    Values bound to a page's size are compared at the published page's median reach; the rate of paid posts as its
    ratio to that of organic ones. The share held by the best 20 % is of 160 pages together, so it is measured on 160
    simulated pages drawn with replacement.

    Returns a row a fact: id, statistic, value, low, high, percentile (0–1), inside (missing where not judged), why.
    """
    facts = targets()
    drawn_pages = simulate(make_page or population_page(posts), pages, seed, ("likes", "comments", "shares"))
    drawn, _ = _drawn([page.last(posts) for page in drawn_pages], by_reach=True)
    paid, organic = (float(facts.loc[facts["id"] == name, "value"].iloc[0]) for name in (_PAID, _ORGANIC))
    facts["value"] = facts["value"].mask(facts["id"] == _PAID, paid / organic)
    found = dict(zip(facts["statistic"], facts["value"], strict=True))
    reach = float(found.get("reach_median", np.nan))
    own = _divisors(reach)
    values = np.array([found.get(name, np.nan) for name in CHECK_LIST], dtype="float64")
    table = _table(values / own, drawn, *_bands(drawn), own).set_index("statistic")
    rows = table.reindex(facts["statistic"])[["low", "high", "percentile", "inside"]].reset_index(drop=True)
    score = pd.concat([facts[["id", "statistic"]], facts["value"], rows], axis=1)
    score["why"] = np.where(score["statistic"].isna(), "沙盒沒有這個數字", "")
    score.loc[score["statistic"] == "reach_median", "why"] = "規模本身是給定的"
    score.loc[score["id"] == _ORGANIC, "why"] = "和付費的一起比，看兩者的倍數"
    score.loc[score["id"] == _POOLED, ["low", "high", "percentile", "inside", "why"]] = _pooled(
        float(facts.loc[facts["id"] == _POOLED, "value"].iloc[0]), drawn_pages, seed
    )
    return score.assign(inside=score["inside"].astype("boolean").where(score["why"] == ""))


def _pooled(value: float, pages: Sequence[Numbers], seed: int) -> tuple[float, float, float, bool, str]:
    """Band and place of the share that the best 20 % of the posts of many pages hold."""
    rng = np.random.default_rng([seed, 1])
    shares = np.array([
        held_by_best(np.concatenate([pages[i].engagement for i in rng.integers(0, len(pages), _POOLED_PAGES)]), 0.2)
        for _ in range(100)
    ])  # fmt: skip
    low, high = np.quantile(shares, BAND)
    return float(low), float(high), float((shares < value).mean()), bool(low <= value <= high), ""
