"""The check list of realism: what is measured on one page's posts, each statistic declared once.

The definitions are those that give the published figures of the UCI *Facebook metrics* page (Moro, Rita & Vala
2016) back from its 500 posts: natural logarithms of the values above 0, except the autocorrelation, which takes
log(1 + x) so that a post without engagement does not break the chain.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from ...errors import TableError
from ...tables import TABLES, label

Floats = NDArray[np.float64]
Scale = Literal["free", "bound", "size", "given"]

PARTS = ("likes", "comments", "shares", "saves")
FEWEST = 30
TAIL = 50
ENOUGH_FOR_TAIL = 100
ENOUGH_IN_GROUP = 10


@dataclass(frozen=True)
class Numbers:
    """One page's posts in the order of time, one entry a post; a missing value or column is NaN.

    engagement: the sum of the parts. paid: 1 or 0. hour, weekday (Monday 0): Taipei. format: place in ``FORMATS``.
    """

    engagement: Floats
    reach: Floats
    likes: Floats
    comments: Floats
    shares: Floats
    paid: Floats
    hour: Floats
    weekday: Floats
    format: Floats

    def __len__(self) -> int:
        return len(self.engagement)

    def last(self, count: int) -> Numbers:
        """The latest ``count`` posts."""
        return Numbers(*(getattr(self, field.name)[-count:] for field in fields(self)))

    @property
    def rate(self) -> Floats:
        """Engagement per person reached, NaN where nobody was."""
        return self.engagement / np.where(self.reach > 0, self.reach, np.nan)


def known(values: Floats) -> Floats:
    """The values that are there."""
    return values[np.isfinite(values)]


def median(values: Floats) -> float:
    return float(np.median(known(values))) if known(values).size else float("nan")


def column(posts: pd.DataFrame, name: str) -> Floats:
    """One column as floats, NaN where missing or absent; raises TableError for text."""
    if name not in posts:
        return np.full(len(posts), np.nan)
    try:
        return np.array(posts[name].to_numpy(dtype="float64", na_value=np.nan), dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise TableError(
            f"「{label(name)}」欄不是數字",
            where=f"欄位 {name}（{error}）",
            next_step="請用 xb.read_export() 讀檔，或先用 pd.to_numeric() 轉成數字",
        ) from None


def parts_in(posts: pd.DataFrame) -> tuple[str, ...]:
    """The engagement columns that hold at least one value.

    >>> parts_in(pd.DataFrame({"likes": [3], "saves": [None]}))
    ('likes',)
    """
    return tuple(name for name in PARTS if known(column(posts, name)).size)


def numbers_of(posts: pd.DataFrame, parts: tuple[str, ...] | None = None) -> Numbers:
    """The numbers of one page, in the order of ``published_at`` or else of the rows.

    parts: columns that are summed to the engagement; those with values by default. A post that lacks one of them
        has no engagement (missing is not zero).
    """
    times = None
    if "published_at" in posts and posts["published_at"].notna().any():
        posts = posts.sort_values("published_at", kind="stable")
        times = posts["published_at"]
    parts = parts_in(posts) if parts is None else parts
    total = sum((column(posts, part) for part in parts), np.zeros(len(posts)))
    absent = np.full(len(posts), np.nan)
    return Numbers(
        engagement=total if parts else absent,
        reach=column(posts, "reach"),
        likes=column(posts, "likes"),
        comments=column(posts, "comments"),
        shares=column(posts, "shares"),
        paid=column(posts, "is_paid"),
        hour=absent if times is None else times.dt.hour.to_numpy(dtype="float64", na_value=np.nan),
        weekday=absent if times is None else times.dt.day_of_week.to_numpy(dtype="float64", na_value=np.nan),
        format=_format_codes(posts),
    )


def _format_codes(posts: pd.DataFrame) -> Floats:
    if "format" not in posts:
        return np.full(len(posts), np.nan)
    codes = {name: float(code) for code, name in enumerate(TABLES["posts"].column("format").allowed)}
    return np.array(posts["format"].map(codes).to_numpy(dtype="float64", na_value=np.nan), dtype=np.float64)


# ── the measures ──


def logs(values: Floats) -> Floats:
    """Natural logarithms of the values above 0."""
    return np.log(values[values > 0])


def spread(values: Floats) -> float:
    """Standard deviation of the logarithms."""
    found = logs(values)
    return float(found.std(ddof=1)) if found.size > 1 else float("nan")


def skew(values: Floats) -> float:
    """Skewness of the logarithms; none where all are alike."""
    found = logs(values)
    return float(stats.skew(found)) if found.size > 2 and np.ptp(found) > 1e-9 else float("nan")


def gini(values: Floats) -> float:
    """Gini coefficient of the values, 0 for equal ones.

    >>> round(gini(np.array([0.0, 0.0, 4.0])), 3)
    0.667
    """
    ordered = np.sort(known(values))
    n, whole = ordered.size, ordered.sum()
    return float((2 * np.arange(1, n + 1) - n - 1) @ ordered / (n * whole)) if whole > 0 else float("nan")


def held_by_best(values: Floats, share: float) -> float:
    """Share of the total that the best ``share`` of the posts hold.

    >>> held_by_best(np.array([1.0, 1.0, 1.0, 1.0, 6.0]), 0.2)
    0.6
    """
    ordered = np.sort(known(values))[::-1]
    best = ordered[: max(1, round(share * ordered.size))].sum()
    return float(best / ordered.sum()) if ordered.sum() > 0 else float("nan")


def hill(values: Floats) -> float:
    """Hill estimate of the tail index from the largest 50 values, or a tenth of fewer than 500.

    Source: Hill, B. M. (1975), Annals of Statistics 3(5). The larger, the thinner the tail; infinite for equal values.
    """
    ordered = np.sort(known(values))[::-1]
    top = min(TAIL, round(ordered.size / 10))
    if ordered.size < ENOUGH_FOR_TAIL or ordered[top] <= 0:
        return float("nan")
    excess = float(np.log(ordered[:top] / ordered[top]).mean())
    return 1 / excess if excess > 0 else float("inf")


def zero_share(values: Floats) -> float:
    found = known(values)
    return float((found == 0).mean()) if found.size else float("nan")


def mean_to_median(values: Floats) -> float:
    middle = median(values)
    return float(known(values).mean() / middle) if middle > 0 else float("nan")


def part_share(page: Numbers, name: str) -> float:
    """Share of one part in the sum of likes, comments and shares of all posts."""
    three = np.array([page.likes, page.comments, page.shares])
    sums = three[:, np.isfinite(three).all(axis=0)].sum(axis=1)
    place = ("likes", "comments", "shares").index(name)
    return float(sums[place] / sums.sum()) if sums.sum() > 0 else float("nan")


def quartile(values: Floats, at: float) -> float:
    found = known(values)
    return float(np.quantile(found, at)) if found.size else float("nan")


def paid_to_organic(page: Numbers) -> float:
    """Median rate of paid posts ÷ that of organic ones; needs 10 of each."""
    paid, organic = (known(page.rate[page.paid == flag]) for flag in (1, 0))
    if min(paid.size, organic.size) < ENOUGH_IN_GROUP or np.median(organic) <= 0:
        return float("nan")
    return float(np.median(paid) / np.median(organic))


def rank_correlation(first: Floats, second: Floats) -> float:
    """Spearman's correlation; none where one of the two does not vary."""
    both = np.isfinite(first) & np.isfinite(second)
    ranks = [stats.rankdata(values[both]) for values in (first, second)]
    return _correlation(*ranks)


def next_post_correlation(values: Floats) -> float:
    """Correlation of log(1 + x) of neighbouring posts."""
    chain = np.log1p(values)
    both = np.isfinite(chain[:-1]) & np.isfinite(chain[1:])
    return _correlation(chain[:-1][both], chain[1:][both])


def _correlation(first: Floats, second: Floats) -> float:
    if first.size < 3 or np.ptp(first) < 1e-12 or np.ptp(second) < 1e-12:
        return float("nan")
    return float(np.corrcoef(first, second)[0, 1])


# ── the check list ──


@dataclass(frozen=True)
class Statistic:
    """One line of the check list.

    unit: 次, 人, 則, 倍, % (a share 0–1) or empty for a pure number. needs: columns; ``engagement`` stands for any
    of ``PARTS``. scale: free of the page's size; bound to it (compared after scaling); size (depends on it in a way
    that scaling does not mend); the size itself, which is given.
    """

    name: str
    title: str
    unit: str
    needs: tuple[str, ...]
    scale: Scale
    measure: Callable[[Numbers], float]


_E, _R, _C = ("engagement",), ("reach",), ("comments",)
_MIX, _ER = ("likes", "comments", "shares"), ("engagement", "reach")

CHECK_LIST: dict[str, Statistic] = {
    s.name: s
    for s in (
        Statistic("engagement_median", "互動中位數", "次", _E, "bound", lambda p: median(p.engagement)),
        Statistic("engagement_mean_median", "互動的平均數 ÷ 中位數", "倍", _E, "free", lambda p: mean_to_median(p.engagement)),
        Statistic("engagement_log_sd", "互動的對數標準差", "", _E, "free", lambda p: spread(p.engagement)),
        Statistic("engagement_log_skew", "互動的對數偏態", "", _E, "free", lambda p: skew(p.engagement)),
        Statistic("engagement_gini", "互動的吉尼係數", "", _E, "free", lambda p: gini(p.engagement)),
        Statistic("engagement_top10", "最好的 10% 貼文占互動", "%", _E, "free", lambda p: held_by_best(p.engagement, 0.1)),
        Statistic("engagement_top20", "最好的 20% 貼文占互動", "%", _E, "free", lambda p: held_by_best(p.engagement, 0.2)),
        Statistic("engagement_hill", "互動最多的貼文的 Hill 指數", "", _E, "free", lambda p: hill(p.engagement)),
        Statistic("engagement_zero", "零互動的貼文占比", "%", _E, "size", lambda p: zero_share(p.engagement)),
        Statistic("reach_median", "觸及中位數", "人", _R, "bound", lambda p: median(p.reach)),
        Statistic("reach_log_sd", "觸及的對數標準差", "", _R, "free", lambda p: spread(p.reach)),
        Statistic("reach_log_skew", "觸及的對數偏態", "", _R, "free", lambda p: skew(p.reach)),
        Statistic("reach_gini", "觸及的吉尼係數", "", _R, "free", lambda p: gini(p.reach)),
        Statistic("reach_top10", "最好的 10% 貼文占觸及", "%", _R, "free", lambda p: held_by_best(p.reach, 0.1)),
        Statistic("comments_zero", "零留言的貼文占比", "%", _C, "size", lambda p: zero_share(p.comments)),
        Statistic("comments_median", "留言中位數", "則", _C, "bound", lambda p: median(p.comments)),
        Statistic("comments_gini", "留言的吉尼係數", "", _C, "size", lambda p: gini(p.comments)),
        Statistic("mix_comments", "留言占（留言＋按讚＋分享）", "%", _MIX, "free", lambda p: part_share(p, "comments")),
        Statistic("mix_likes", "按讚占（留言＋按讚＋分享）", "%", _MIX, "free", lambda p: part_share(p, "likes")),
        Statistic("mix_shares", "分享占（留言＋按讚＋分享）", "%", _MIX, "free", lambda p: part_share(p, "shares")),
        Statistic("rate_median", "互動率（互動 ÷ 觸及）中位數", "%", _ER, "free", lambda p: median(p.rate)),
        Statistic("rate_q1", "互動率的第 1 四分位數", "%", _ER, "free", lambda p: quartile(p.rate, 0.25)),
        Statistic("rate_q3", "互動率的第 3 四分位數", "%", _ER, "free", lambda p: quartile(p.rate, 0.75)),
        Statistic("rate_log_sd", "互動率的對數標準差", "", _ER, "free", lambda p: spread(p.rate)),
        Statistic("paid_to_organic", "付費 ÷ 自然的互動率中位數", "倍", (*_ER, "is_paid"), "free", paid_to_organic),
        Statistic("rank_correlation", "觸及和互動的等級相關", "", _ER, "free", lambda p: rank_correlation(p.reach, p.engagement)),
        Statistic("lag1", "前後兩則互動的相關", "", _E, "free", lambda p: next_post_correlation(p.engagement)),
    )
}  # fmt: skip

SCALES: dict[Scale, str] = {
    "free": "不受規模影響",
    "bound": "換算成同規模再比",
    "size": "規模相近才比",
    "given": "規模本身，不評",
}


def measure(page: Numbers) -> Floats:
    """Every statistic of the check list, in its order; NaN where it cannot be computed."""
    return np.array([statistic.measure(page) for statistic in CHECK_LIST.values()])


def check_page(posts: object) -> pd.DataFrame:
    """The posts, or TableError for what is no posts table, has too few posts, or shows no engagement."""
    if not isinstance(posts, pd.DataFrame):
        raise TableError(
            f"這裡要的是一張貼文表，收到的是 {type(posts).__name__}",
            where="參數 posts",
            next_step="xb.read_export() 的結果請用它的 .posts",
        )
    if not parts_in(posts):
        names = "、".join(f"{label(name)}（{name}）" for name in PARTS)
        raise TableError(
            "這張表沒有任何互動數字，沒辦法比",
            where=f"需要這些欄位裡至少一欄有數字：{names}",
            next_step="請確認匯出時勾選了互動指標，欄名要用括號裡的英文",
        )
    counted = int(np.isfinite(numbers_of(posts).engagement).sum())
    if counted < FEWEST:
        raise TableError(
            f"知道互動的貼文只有 {counted} 則，太少了",
            where=f"至少要 {FEWEST} 則，100 則以上才評得完整",
            next_step="請匯出更長的期間再試一次",
        )
    return posts


def missing_columns(page: Numbers) -> dict[str, str]:
    """Statistics that cannot be computed for want of a column, with the reason."""
    empty = {
        name
        for name, values in (
            ("engagement", page.engagement),
            ("reach", page.reach),
            ("likes", page.likes),
            ("comments", page.comments),
            ("shares", page.shares),
            ("is_paid", page.paid),
        )
        if not known(values).size
    }
    found = {}
    for name, statistic in CHECK_LIST.items():
        lacking = [need for need in statistic.needs if need in empty]
        if lacking:
            words = "、".join(
                "互動" if n == "engagement" else f"{TABLES['posts'].column(n).label}（{n}）" for n in lacking
            )
            found[name] = f"缺 {words}"
    return found


def statistics(posts: pd.DataFrame) -> pd.Series:
    """The check list of one page's posts: values by statistic name, NaN where one cannot be computed.

    posts: the posts table of one account on one platform. Shares are 0–1. ``.attrs["not_computable"]`` says why a
        value is missing.

    Raises TableError for a table without engagement or with fewer than 30 posts that know theirs.

    >>> posts = pd.DataFrame({"likes": range(100), "comments": 1, "shares": 0})
    >>> found = statistics(posts)
    >>> round(float(found["engagement_gini"]), 2), found.attrs["not_computable"]["reach_gini"]
    (0.33, '缺 觸及人數（reach）')
    """
    page = numbers_of(check_page(posts))
    values = measure(page)
    found = pd.Series(values, index=list(CHECK_LIST), dtype="float64")
    found.attrs["not_computable"] = reasons(page, values)
    return found


def reasons(page: Numbers, values: Floats) -> dict[str, str]:
    """Why a statistic has no value, by name."""
    missing = missing_columns(page)
    for name, value in zip(CHECK_LIST, values, strict=True):
        if np.isnan(value) and name not in missing:
            missing[name] = _short_of(name, page)
    return missing


def _short_of(name: str, page: Numbers) -> str:
    if name == "engagement_hill" and len(known(page.engagement)) < ENOUGH_FOR_TAIL:
        return f"貼文不到 {ENOUGH_FOR_TAIL} 則"
    if name == "paid_to_organic":
        return f"付費或自然的貼文不到 {ENOUGH_IN_GROUP} 則"
    return "數值都一樣或都是 0"


def check_list() -> pd.DataFrame:
    """The check list as a table: name, 正體中文 title, unit, columns needed, and how size is dealt with.

    >>> check_list().loc["reach_gini", "needs"]
    'reach'
    """
    rows = [
        {
            "statistic": s.name,
            "title": s.title,
            "unit": s.unit,
            "needs": "、".join(s.needs),
            "scale": s.scale,
            "how": SCALES[s.scale],
        }
        for s in CHECK_LIST.values()
    ]
    return pd.DataFrame(rows).set_index("statistic")
