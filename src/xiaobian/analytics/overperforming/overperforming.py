"""How much better a post did than its account, platform, format and age let one expect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control, t

from ...errors import NotFound, TableError
from ...tables import TAIPEI, require
from ..collected import collected
from ..groups import day_text, taipei_times
from ..measures import NOTES, Floats, check_posts, engagement_sums, parts_of, simulated
from ..metrics import ENGAGEMENT_PARTS
from ..result import Result
from . import words
from .age import log_gathered
from .model import Foreseen, Group, foresee, learn, own_spread
from .rule import crowdtangle_scores

if TYPE_CHECKING:
    from ...plotting import Chart

MIN_POSTS = 10
ORDINARY, CONFIDENCE, FALSE_HITS = 0.90, 0.95, 0.10
_ENOUGH_ACCOUNTS = 5
_COLUMNS = [
    "post_id", "platform", "account", "format", "published_at", "engagements", "expected", "low", "high", "ratio",
    "ratio_low", "ratio_high", "score", "p", "q", "hit", "times", "usual_times", "history", "crowdtangle",
]  # fmt: skip


@dataclass(frozen=True, repr=False)
class Overperforming(Result):
    """What ``overperforming()`` found.

    table: a row a usable post, in the order given: post_id, platform, account, format, published_at, engagements;
    expected (engagements of a middling post there), low and high (between which 90 % of such posts lie); ratio
    (engagements ÷ expected, with 1 added to both) and its 95 % interval ratio_low, ratio_high from not knowing the
    expectation exactly; score (ratio in standard deviations of the account, for ranking across accounts); p (chance
    that an ordinary post does as well), q (Benjamini–Hochberg), hit (q ≤ 10 %); times and usual_times (engagements, and
    expected, ÷ the median post of the table, 1 added to each: times = usual_times × ratio); history (other posts used); crowdtangle (the rule to compare
    with, past posts only). All estimates are missing when ``abstained``.
    """

    table: pd.DataFrame
    notes: tuple[str, ...]
    past_only: bool

    @property
    def abstained(self) -> bool:
        """Whether there were too few posts to say what is ordinary."""
        return bool(self.table["expected"].isna().all())

    @property
    def hits(self) -> pd.DataFrame:
        """The posts too high for ordinary ups and downs, the highest score first."""
        return self.table[self.table["hit"]].sort_values("score", ascending=False)

    @property
    def data(self) -> str:
        """What was measured and when, for a chart's data line."""
        days = self.table["published_at"]
        span = f"，{day_text(days.min())}–{day_text(days.max())}" if len(days) else ""
        return f"貼文 {len(self.table):,} 則{span}"

    def post(self, post_id: str) -> pd.Series:
        """One row of the table; raises NotFound for a post that is not in it."""
        found = self.table[self.table["post_id"].astype("string") == str(post_id)]
        if len(found) != 1:
            raise NotFound(
                f"找不到貼文 {post_id}", next_step=f"可用的貼文在 .table，共 {len(self.table):,} 則"
            )
        return found.iloc[0]

    def say(self, post_id: str | None = None) -> str:
        """Which posts stand out; or of one post, how much is the account and how much the post itself."""
        if post_id is None or self.abstained:
            return words.say(self)
        return words.say_post(self, self.post(post_id))

    def plot(self) -> Chart:
        """The ten highest scores, each beside the range where such posts usually lie."""
        from .plot import draw

        return self.captioned(draw(self))


def overperforming(
    posts: pd.DataFrame,
    *,
    engagement: str | Sequence[str] = ENGAGEMENT_PARTS,
    as_of: str | pd.Timestamp | None = None,
    past_only: bool = False,
) -> Overperforming:
    """Score posts against what their account, platform, format and age let one expect.

    log(1 + engagements) of a post = level of its account on its platform + deviation of its format there + slow drift
    (memory 45 days, a design parameter) + itself. The variances are estimated by their posterior density over all
    accounts (Gaussian process regression; Rasmussen & Williams 2006, §2.2 and §5.4.2 for the leave-one-out formulas),
    so an account with ten posts leans on the others exactly as much as accounts are alike, and one with two hundred
    stands alone. A post never counts in its own expectation. The spread of an account is shrunken the same way (Smyth
    2004, doi:10.2202/1544-6115.1027) and ``p`` is of Student's t. Posts more than 2.5 standard deviations off are
    pulled in before they speak about others.

    posts: a posts table with published_at, of any engine (fetched whole: every post is judged beside the others); format
    and account may be absent. engagement: the columns summed as 互動.
    as_of: when the numbers were read (Taipei if without a zone); then young posts are compared at their age.
    past_only: take the level of the account from earlier posts only, else from all others. What is common (the four
    variances, middle of the accounts, formats, age curve) is learnt from all posts either way, so it is no strict
    replay of what one could know at the time.
    With fewer than 10 usable posts it abstains.

    Raises TableError for a table that cannot be used or an unreadable ``as_of``, NotFound for an engagement part.

    >>> days = pd.date_range("2026-03-02", periods=40, tz="Asia/Taipei")
    >>> posts = pd.DataFrame({"post_id": [f"p{i}" for i in range(40)], "platform": "line", "published_at": days})
    >>> posts["likes"] = [90, 100, 110, 105, 95] * 8
    >>> posts.loc[20, "likes"] = 900
    >>> list(overperforming(posts, engagement="likes").hits["post_id"])
    ['p20']
    """
    parts = parts_of(engagement)
    posts = collected(posts)
    check_posts(posts, parts)
    require(posts, ["post_id"])
    sums, times = engagement_sums(posts, parts), taipei_times(posts)
    read = _moment(as_of)
    usable = ~np.isnan(sums.total) & times.notna().to_numpy() & posts["platform"].notna().to_numpy()
    if read is not None:
        usable &= (times < read).to_numpy()
    chosen = _chosen(posts, usable, sums.total)
    lost = len(posts) - len(chosen)
    notes = (
        *posts.attrs.get(NOTES, ()),
        *sums.notes,
        *([f"{lost:,} 則貼文缺互動數、平台或發佈時間，或晚於 as_of，沒有計入"] if lost else []),
        *_age_note(read),
        *simulated(posts),
    )
    return Overperforming(_table(chosen, read, past_only), notes, past_only)


def _moment(as_of: str | pd.Timestamp | None) -> pd.Timestamp | None:
    if as_of is None:
        return None
    try:
        moment = pd.Timestamp(as_of)
    except (ValueError, TypeError):
        raise TableError(
            f"看不懂時間 {as_of!r}", where="參數 as_of", next_step='請寫成 "2026-03-30 09:00"'
        ) from None
    return moment.tz_localize(TAIPEI) if moment.tz is None else moment.tz_convert(TAIPEI)


def _age_note(read: pd.Timestamp | None) -> list[str]:
    if read is not None:
        return []
    return ["沒有給 as_of（數字是什麼時候抓的），剛發的貼文互動還沒收完，分數會偏低"]


def _chosen(posts: pd.DataFrame, usable: np.ndarray, engagements: Floats) -> pd.DataFrame:
    some = posts[usable]
    missing = pd.Series(pd.NA, index=some.index, dtype="string")
    known = {name: some.get(name, missing) for name in ("account", "format")}
    return pd.DataFrame(
        {
            "post_id": some["post_id"],
            "platform": some["platform"],
            **known,
            "published_at": taipei_times(some),
            "engagements": engagements[usable],
        }
    ).reset_index(drop=True)


def _table(chosen: pd.DataFrame, read: pd.Timestamp | None, past_only: bool) -> pd.DataFrame:
    if len(chosen) < MIN_POSTS:
        empty = dict.fromkeys([c for c in _COLUMNS if c not in chosen], np.nan)
        return chosen.assign(**{**empty, "hit": False})[_COLUMNS]
    platform = pd.factorize(chosen["platform"])[0]
    group = pd.factorize(
        chosen["platform"].astype("string") + "\n" + chosen["account"].astype("string").fillna("")
    )[0]
    kind = pd.factorize(chosen["format"].astype("string").fillna(""))[0]
    times = _hours(chosen["published_at"])
    day = (times - times.min()) / 24
    y = np.log1p(chosen["engagements"].to_numpy())
    age = np.zeros(len(y))
    if read is not None:
        age = log_gathered(y, read.timestamp() / 3600 - times, group, platform)
    common = _common(y - age, group, kind, platform)
    usual = common.typical + common.form + age
    counts = np.exp(-np.maximum(common.level + common.form + age, 0))
    seen = _foreseen(y - usual, day, group, kind, counts, past_only)
    rule = crowdtangle_scores(chosen["engagements"].to_numpy(), group, kind, day, age)
    return chosen.assign(**_scored(y, usual, seen), crowdtangle=rule)[_COLUMNS]


def _hours(times: pd.Series) -> Floats:
    """Hours since 1970."""
    return np.asarray(
        times.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy(dtype="datetime64[s]").astype(float) / 3600
    )


@dataclass(frozen=True)
class _Common:
    """A post each: middle of its platform's accounts, common deviation of its format, middle of its account."""

    typical: Floats
    form: Floats
    level: Floats


def _common(y: Floats, group: np.ndarray, kind: np.ndarray, platform: np.ndarray) -> _Common:
    """What is shared by accounts; a format's deviation only where five accounts and more show it."""
    frame = pd.DataFrame({"y": y, "group": group, "kind": kind, "platform": platform})
    level = frame.groupby("group")["y"].median()
    frame["level"] = level.reindex(frame["group"]).to_numpy()
    firsts = frame.drop_duplicates("group")
    typical = firsts.groupby("platform")["level"].mean().reindex(frame["platform"]).to_numpy()
    frame["away"] = frame["y"] - frame["level"]
    means = frame.groupby(["platform", "kind", "group"], as_index=False)["away"].mean()
    cells = means.groupby(["platform", "kind"])["away"].agg(["mean", "size"])
    shared = cells["mean"].where(cells["size"] >= _ENOUGH_ACCOUNTS, 0.0) * cells["size"] / (cells["size"] + 2)
    places = pd.MultiIndex.from_frame(frame[["platform", "kind"]])
    return _Common(np.asarray(typical), shared.reindex(places).to_numpy(), frame["level"].to_numpy())


@dataclass(frozen=True)
class _Seen:
    mean: Floats
    level_sd: Floats
    post_sd: Floats
    freedom: Floats
    history: Floats


def _foreseen(
    y: Floats, day: Floats, group: np.ndarray, kind: np.ndarray, counts: Floats, past_only: bool
) -> _Seen:
    rows = [np.flatnonzero(group == code) for code in range(group.max() + 1)]
    rows = [mine[np.argsort(day[mine], kind="stable")] for mine in rows]
    groups = [Group(y[mine], day[mine], kind[mine], counts[mine]) for mine in rows]
    spreads = learn(groups)
    found: list[Foreseen] = [foresee(one, spreads, past_only) for one in groups]
    scores = [(one.y - seen.mean) / seen.post_sd for one, seen in zip(groups, found, strict=True)]
    factors, freedom = own_spread(scores, past_only)
    whole = _Seen(*(np.empty(len(y)) for _ in range(5)))
    for mine, seen, factor, known in zip(rows, found, factors, freedom, strict=True):
        whole.mean[mine], whole.level_sd[mine] = seen.mean, seen.level_sd
        own = np.sqrt(np.maximum(seen.post_sd**2 - seen.level_sd**2, 0))
        whole.post_sd[mine] = np.hypot(own * factor, seen.level_sd)
        whole.freedom[mine] = known
        whole.history[mine] = np.arange(len(mine)) if past_only else len(mine) - 1
    return whole


def _scored(y: Floats, usual: Floats, seen: _Seen) -> dict[str, np.ndarray]:
    mean = usual + seen.mean
    away = y - mean
    score = away / seen.post_sd
    wide = t.ppf((1 + ORDINARY) / 2, seen.freedom) * seen.post_sd
    unsure = t.ppf((1 + CONFIDENCE) / 2, seen.freedom) * seen.level_sd
    p = t.sf(score, seen.freedom)
    q = false_discovery_control(p)
    return {
        "expected": np.expm1(mean).clip(0),
        "low": np.expm1(mean - wide).clip(0),
        "high": np.expm1(mean + wide),
        "ratio": np.exp(away),
        "ratio_low": np.exp(away - unsure),
        "ratio_high": np.exp(away + unsure),
        "score": score,
        "p": p,
        "q": q,
        "hit": q <= FALSE_HITS,
        "times": np.exp(y - np.median(y)),
        "usual_times": np.exp(mean - np.median(y)),
        "history": seen.history.astype(int),
    }
