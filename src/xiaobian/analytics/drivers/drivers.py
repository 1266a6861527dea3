"""Which elements of a post go with more engagement, when account, platform and time are held equal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control

from ...errors import TableError
from ..collected import collected
from ..groups import day_text, taipei_times
from ..measures import NOTES, Floats, check_posts, engagement_sums, numbers, pair, parts_of, simulated
from ..metrics import ENGAGEMENT_PARTS, Metric, metric
from ..result import Result
from . import words as drivers_words
from .elements import FROM_TEXT, Element, column, elements, known_features, word_columns
from .model import fit

if TYPE_CHECKING:
    from ...plotting import Chart

CONFIDENCE, FALSE_FINDS, TOP = 0.95, 0.05, 0.10
POSTS_AN_ELEMENT, MIN_POSTS = 3, 40
_POSTS_A_PERIOD = 6
_DAYPARTS = np.array([3] * 6 + [0] * 6 + [1] * 6 + [2] * 6)
_COLUMNS = [
    "feature", "level", "label", "effect", "low", "high", "p", "q", "found", "stays", "n_with", "n", "raw_effect",
    "share_top", "share_all",
]  # fmt: skip


@dataclass(frozen=True, repr=False)
class Drivers(Result):
    """What ``drivers()`` found.

    table: a row an element: feature, level, label (what it is compared with); effect (engagement of posts that have
    it ÷ that of equal posts that have not, minus 1; of a number: for one standard deviation more), its 95 % interval
    low, high; p, q (Benjamini–Hochberg), found (q ≤ ``fdr``); stays (share of resamples where it keeps sign and
    significance); n_with, n (posts); raw_effect (the same ratio with nothing held equal); share_top and share_all
    (how often it occurs among the best tenth, and among all). Rows are ordered by p; without an estimate it cannot be
    told apart from the others. Empty when ``abstained``. held: 正體中文 names of what was held equal.
    """

    table: pd.DataFrame
    kpi: str
    fdr: float
    held: tuple[str, ...]
    notes: tuple[str, ...]
    posts: int
    period: str

    @property
    def abstained(self) -> bool:
        """Whether there were too few posts to judge any element."""
        return self.table.empty

    @property
    def found(self) -> pd.DataFrame:
        """The elements that stand after correction, largest effect first."""
        rows = self.table[self.table["found"].astype(bool)]
        return rows.sort_values("effect", key=abs, ascending=False)

    @property
    def uncorrected(self) -> pd.DataFrame:
        """What one would have announced by p ≤ 0.05, element by element."""
        return self.table[self.table["p"] <= 0.05]

    @property
    def data(self) -> str:
        """What was measured and when, for a chart's data line."""
        return f"貼文 {self.posts:,} 則" + (f"，{self.period}" if self.period else "")

    def say(self) -> str:
        """What stands after correction, what would have been announced without, and what this is not."""
        return drivers_words.say(self)

    def plot(self) -> Chart:
        """Effects with 95 % intervals, the surest first; filled where they stand after correction."""
        from .plot import draw

        return self.captioned(draw(self))


def drivers(
    posts: pd.DataFrame,
    features: Sequence[str] | None = None,
    *,
    kpi: str = "engagements",
    words: Sequence[str] = (),
    engagement: str | Sequence[str] = ENGAGEMENT_PARTS,
    fdr: float = FALSE_FINDS,
    resamples: int = 100,
    seed: int = 0,
) -> Drivers:
    """Effect of each element on the log of a KPI, all elements side by side, with false findings under control.

    Least squares of log(1 + count), or of the log of a rate, on all elements at once and on what is held equal: a
    level for each account and platform, one for each week (month when there are under 6 posts a week), time of day,
    weekend, posts of the same account in the 24 hours before, paid reach, and every usual element that is not tested
    (those read off the caption apart). HC3 errors. Benjamini & Hochberg (1995, doi:10.1111/j.2517-6161.1995.tb02031.x) hold the expected share of false
    findings at ``fdr``. Not an experiment: what nobody wrote down is not held equal.

    posts: a posts table of any engine (fetched whole: the fit needs every post), with the columns of the plan merged in if they are to be tested.
    features: columns, or caption_length, hashtag_count, question, exclamation, digit, emoji, which are taken from the texts; all usual ones
    that the table has when None. words: words of the caption. kpi: a name of ``METRICS``. fdr: 0–1.
    Posts with a missing value are left out, elements with under 10 posts on either side are not judged; with fewer
    than 40 posts or 3 an estimated number it abstains.

    Raises TableError for a table or feature that cannot be used, NotFound for an unknown KPI.

    >>> rng = np.random.default_rng(1)
    >>> days = pd.date_range("2026-01-05", periods=200, freq="12h", tz="Asia/Taipei")
    >>> posts = pd.DataFrame({"platform": "line", "published_at": days, "cta": ["none", "ask"] * 100})
    >>> posts["emotion"] = rng.choice(["joy", "calm"], 200)
    >>> posts["cta"] = rng.permutation(posts["cta"])
    >>> posts["likes"] = rng.poisson(np.where(posts["cta"] == "ask", 150, 100) * rng.lognormal(0, 0.2, 200))
    >>> "ask" in set(drivers(posts, engagement="likes").found["level"])
    True
    """
    what, parts = metric(kpi), parts_of(engagement)
    posts = collected(posts)
    check_posts(posts, parts if what.sums_engagements else ENGAGEMENT_PARTS)
    if not 0 < fdr < 1:
        raise TableError(f"fdr 要在 0 和 1 之間，收到 {fdr!r}", where="參數 fdr", next_step="例如 fdr=0.05")
    sums, times = engagement_sums(posts, parts), taipei_times(posts)
    usual = known_features(posts)
    named = list(usual if features is None else dict.fromkeys(features))
    beside = [name for name in usual if name not in named and name not in FROM_TEXT]
    columns = {name: column(posts, name) for name in [*named, *beside]}
    columns |= word_columns(posts, words)
    used, target = _target(what, posts, sums.total)
    usable = used & times.notna().to_numpy() & posts["platform"].notna().to_numpy()
    for values in columns.values():
        usable &= values.notna().to_numpy()
    some = posts[usable].reset_index(drop=True)
    made = {name: elements(name, values[usable].reset_index(drop=True)) for name, values in columns.items()}
    tested = [e for name in [*named, *map("「{}」".format, words)] for e in made[name][0]]
    others = [e for name in beside for e in made[name][0]]
    rare = [label for name in [*named, *map("「{}」".format, words)] for label in made[name][1]]
    period, unit = _periods(times[usable])
    held, names = _held(some, times[usable].reset_index(drop=True), others)
    notes = (
        *posts.attrs.get(NOTES, ()),
        *(sums.notes if what.sums_engagements else ()),
        *_left_out(len(posts) - len(some), rare),
        *simulated(posts),
    )
    enough = len(some) >= max(
        MIN_POSTS, POSTS_AN_ELEMENT * (len(tested) + held.shape[1] + len(np.unique(period)))
    )
    table = (
        _table(target[usable], tested, held, period, fdr, resamples, seed)
        if enough and tested
        else pd.DataFrame(columns=_COLUMNS).astype({"effect": float, "p": float, "found": bool})
    )
    return Drivers(table, kpi, fdr, (unit, *names), notes, len(some), _span(times[usable]))


def _target(what: Metric, posts: pd.DataFrame, engagements: Floats) -> tuple[np.ndarray, Floats]:
    top, under, used = pair(what, posts, engagements)
    with np.errstate(divide="ignore", invalid="ignore"):
        return used, np.log((top + (0.5 if what.is_ratio else 1.0)) / under)


def _periods(times: pd.Series) -> tuple[np.ndarray, str]:
    days = times.dt.tz_localize(None)
    for unit, name in (("W-SUN", "同一週"), ("M", "同一個月")):
        codes = np.asarray(pd.factorize(days.dt.to_period(unit))[0], dtype=np.intp)
        if len(codes) >= _POSTS_A_PERIOD * len(np.unique(codes)):
            return codes, name
    return np.zeros(len(times), dtype=np.intp), "整段期間"


def _held(posts: pd.DataFrame, times: pd.Series, others: Sequence[Element]) -> tuple[Floats, list[str]]:
    """Columns of what is held equal beside the period, and their names."""
    account = posts["platform"].astype("string")
    if "account" in posts:
        account = account + "\n" + posts["account"].astype("string").fillna("")
    codes = pd.factorize(account)[0]
    hour = times.dt.hour.to_numpy()
    parts = [
        _dummies(codes),
        _dummies(_DAYPARTS[hour]),
        (times.dt.day_of_week >= 5).to_numpy(dtype=float)[:, None],
    ]
    parts.append(_recent(codes, times)[:, None])
    names = ["帳號和平台", "時段", "平假日", "前 24 小時的則數"]
    if "is_paid" in posts and posts["is_paid"].notna().any():
        parts.append(posts["is_paid"].fillna(False).to_numpy(dtype=float)[:, None])
        names.append("付費推廣")
    if "boost_ntd" in posts:
        parts.append(np.log1p(np.nan_to_num(numbers(posts, "boost_ntd")) / 100)[:, None])
    if others:
        parts.append(np.column_stack([element.values for element in others]))
        names.extend(dict.fromkeys(element.label.partition("：")[0].partition("（")[0] for element in others))
    return np.hstack(parts), names


def _dummies(codes: np.ndarray) -> Floats:
    """A column a level but the commonest."""
    counts = np.bincount(codes)
    levels = [k for k in np.flatnonzero(counts) if k != counts.argmax()]
    return (
        np.column_stack([codes == k for k in levels]).astype(float) if levels else np.zeros((len(codes), 0))
    )


def _recent(account: np.ndarray, times: pd.Series) -> Floats:
    """Posts of the same account in the 24 hours before each."""
    hours = (
        ((times - times.min()) / pd.Timedelta(hours=1)).to_numpy(dtype=float) if len(times) else np.zeros(0)
    )
    order = np.lexsort((hours, account))
    spread = account[order] * 1e8 + hours[order]
    found = np.empty(len(hours))
    found[order] = np.arange(len(hours)) - np.searchsorted(spread, spread - 24.0, side="right")
    return found


def _table(
    y: Floats,
    tested: Sequence[Element],
    held: Floats,
    period: np.ndarray,
    fdr: float,
    resamples: int,
    seed: int,
) -> pd.DataFrame:
    x = np.column_stack([element.values for element in tested])
    found = fit(y, x, held, period, resamples, seed)
    q = np.full(len(tested), np.nan)
    known = ~np.isnan(found.p)
    if known.any():
        q[known] = false_discovery_control(found.p[known])
    low, high = found.interval(CONFIDENCE)
    top = y >= np.quantile(y, 1 - TOP)
    rows = {
        "feature": [e.feature for e in tested],
        "level": [e.level for e in tested],
        "label": [e.label for e in tested],
        "effect": np.expm1(found.coefficient),
        "low": np.expm1(low),
        "high": np.expm1(high),
        "p": found.p,
        "q": q,
        "found": q <= fdr,
        "stays": found.stays,
        "n_with": [int(e.values.sum()) if e.counted else len(y) for e in tested],
        "n": len(y),
        "raw_effect": [_raw(y, e) for e in tested],
        "share_top": [float(e.values[top].mean()) if e.counted else np.nan for e in tested],
        "share_all": [float(e.values.mean()) if e.counted else np.nan for e in tested],
    }
    return pd.DataFrame(rows)[_COLUMNS].sort_values("p", kind="stable", ignore_index=True)


def _raw(y: Floats, element: Element) -> float:
    if not element.counted:
        return float(np.expm1(np.cov(y, element.values)[0, 1] / element.values.var(ddof=1)))
    has = element.values > 0
    return float(np.expm1(y[has].mean() - y[~has].mean()))


def _left_out(lost: int, rare: Sequence[str]) -> list[str]:
    notes = [f"{lost:,} 則貼文缺數字、時間或元素，沒有計入"] if lost else []
    return notes + ([f"少於 10 則，不判斷：{'、'.join(rare)}"] if rare else [])


def _span(times: pd.Series) -> str:
    return f"{day_text(times.min())}–{day_text(times.max())}" if len(times) else ""
