"""What a post will bring, told from what is known before it is out, and checked the way time runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from ...errors import TableError
from ..collected import collected
from ..measures import NOTES, Floats, parts_of, simulated
from ..metrics import ENGAGEMENT_PARTS
from ..result import Result
from . import aim, words
from .future import importance, upcoming
from .history import History, history
from .intervals import SHARE, Band, bands
from .model import BASELINES, LEARNERS, Walk, walk, weights
from .scores import METHODS, check_peek, peeked, random_rows, score

if TYPE_CHECKING:
    from ...plotting import Chart

Validation = Literal["expanding", "holdout"]
Loss = Literal["log", "mape"]
MIN_POSTS = 60
LAST_SHARE = 0.30
PRIOR = np.array([0.2, 0.1, 0.2, 0.3, 0.1, 0.1])
"""Shares of constant, group, recent, ridge, ridge_recent, boosting before anything is known; tuned on seeds ≥ 10,000."""
_COLUMNS = [
    "method", "label", "split", "n", "mdape", "mape", "mape_aimed", "mae_log", "r2_log", "rank", "coverage", "width", "share",
]  # fmt: skip


@dataclass(frozen=True, repr=False)
class Forecast(Result):
    """What ``predict()`` found.

    table: a row a method and split. method: ``predict`` (this tool), ``constant`` (median of the past), ``group``
    (median of the platform × format), ``recent`` (median of the account's last 30), the learners inside, and ``peek``
    where it was asked for. split: ``time`` (each post told from earlier ones only) or ``random`` (the same posts
    told by cross-validation, which has seen their future: not a promise). mdape, mape: median and mean of |y − p| ÷ y
    over results above 0, 1 = 100 %; mape_aimed: mape when the method is told for it (the constant: the median
    weighted by 1 ÷ result); mae_log: mean |difference| of log(1 + y ÷ unit), which survives zeros and orders the
    methods; r2_log; rank: Spearman's; coverage and width: share of posts inside the 80 % interval, and its middle high ÷ low; share: weight in ``predict``.
    posts: a row a tested post: row or post_id, published_at, actual, predicted, low, high, constant, inside.
    weights: share of each method in the predictions. Both tables are empty when ``abstained``.
    suspects: features that follow the result so closely that one must ask when they are known.
    """

    table: pd.DataFrame
    posts: pd.DataFrame
    target: str
    weights: pd.Series
    features: tuple[str, ...]
    suspects: tuple[str, ...]
    notes: tuple[str, ...]
    n: int
    period: str
    _past: History = field(repr=False, compare=False)
    _walk: Walk | None = field(repr=False, compare=False)
    _point: Floats = field(repr=False, compare=False)
    loss: Loss = "log"
    _aim: aim.Aim | None = field(repr=False, compare=False, default=None)

    @property
    def abstained(self) -> bool:
        """Whether there were too few posts to learn from and to check on."""
        return self.table.empty

    @property
    def beats_constant(self) -> bool:
        """Whether it told the tested posts better than the median of the past; False when ``abstained``."""
        errors = self.errors("time")
        return not self.abstained and bool(errors["predict"] < errors["constant"])

    @property
    def naive(self) -> str:
        """The naive method that came closest on the tested posts: constant, group or recent."""
        return str(self.errors("time")[list(BASELINES)].idxmin())

    def errors(self, split: str = "time") -> pd.Series:
        """The error that ``loss`` asks for, mae_log or mape, by method under one split."""
        return self.table[self.table["split"] == split].set_index("method")[words.MEASURES[self.loss][0]]

    @cached_property
    def importance(self) -> pd.DataFrame:
        """How much worse the tested posts are told when one feature is shuffled among them: feature, label,
        increase (of mae_log), sd, increase as a share of the error. Association only: what changes together with a
        feature is counted for it, so changing the feature need not change the result.
        """
        if self._walk is None:
            return pd.DataFrame(columns=["feature", "label", "increase", "sd", "relative"])
        return importance(self._past, self._walk, self.weights.to_numpy(), len(self.posts))

    @property
    def data(self) -> str:
        """What was measured and when, for a chart's data line."""
        tested = f"，最後 {len(self.posts):,} 則用來考試" if len(self.posts) else ""
        return f"貼文 {self.n:,} 則" + (f"，{self.period}" if self.period else "") + tested

    def next(self, plan: pd.DataFrame) -> pd.DataFrame:
        """Predictions for planned posts, as of the last post known: the plan's id columns with predicted, low, high
        (80 % interval of one post) and note.

        plan: the columns of the history that are known before publishing; one that is absent is taken as unknown.
        Raises TableError when ``abstained``, and for a plan that has nothing to go by or lies before the last post.
        """
        if self._walk is None:
            raise TableError(
                "過去的貼文太少，還不能預測", where=f"{self.n} 則可用", next_step=f"至少要 {MIN_POSTS} 則"
            )
        shares, moved = self.weights.to_numpy(), self._aim
        if not self.beats_constant:
            shares = np.eye(len(shares))[list(BASELINES).index(self.naive)]
            moved = None if moved is None else replace(moved, shares=np.array([0.5, 0.5, 0.0]))
        planned = upcoming(self._past, plan, shares, self._walk, self._point, SHARE, moved)
        if not self.beats_constant:
            planned["note"] = [words.no_better(note) for note in planned["note"]]
        return planned

    def say(self) -> str:
        """How well it told posts it had not seen, beside the constant, and what this is no proof of."""
        return words.say(self)

    def plot(self) -> Chart:
        """The tested posts in the order of time: what came, what was told, and the 80 % interval."""
        from .plot import draw

        return self.captioned(draw(self))


def predict(
    posts: pd.DataFrame,
    target: str = "engagements",
    features: Sequence[str] | None = None,
    plan: pd.DataFrame | None = None,
    *,
    peek: Sequence[str] = (),
    validation: Validation = "expanding",
    random_split: bool = True,
    loss: Loss = "log",
    order: str | None = None,
    newest_first: bool | None = None,
    engagement: str | Sequence[str] = ENGAGEMENT_PARTS,
) -> Forecast:
    """Predict a post's result from what is known before publishing, and check it on the newest 30 % of posts.

    Works on log(1 + result). Two ridge regressions (all posts; newer posts count more) and, from 120 posts,
    histogram gradient boosting (scikit-learn) predict the difference from the account's own recent level; they are
    mixed with the naive methods in the shares that would have been best so far (stacking; Wolpert 1992,
    doi:10.1016/S0893-6080(05)80023-1). Every week is told with what was known when it began: levels, medians, shares
    and intervals use earlier weeks only. Without ``published_at``, fiftieths of the rows take the place of weeks.
    80 % intervals: weighted, adaptive split conformal (see ``predict_intervals``); they are of one post.

    posts: a posts table, or any table with a result a row and columns known before publishing, of any engine (fetched
    whole: the fit needs every post). target: a numeric column
    ≥ 0, or ``engagements``. features: columns, or hour, weekday, posts_24h, caption_length, hashtag_count, question,
    exclamation, digit, emoji; the usual ones the table has when None. plan: a plan table, merged by post_id.
    ``is_paid`` counts as known: drop it if posts are boosted after they did well. peek: columns of the result itself
    (likes …), for a row ``peek`` that shows what a leak looks like; never used to predict. validation: ``expanding``,
    or ``holdout`` (learn once from the oldest 70 %, freeze). random_split: also cross-validate at random, to compare.
    loss: what a prediction aims at. ``log``: a typical post, as many come out above as below. ``mape``: the number whose
    mean percentage error is least, mixed with the account's levels at that measure (see ``predict.aim``); it lies well
    below a typical post, so use it to compare with published MAPEs, not to promise or to plan. order: a column of
    numbers or dates, smaller is older, for a table without ``published_at``; newest_first: which way the rows of such a
    table run when they are in order; told from a date, month or follower column when both are None.
    With fewer than 60 usable posts it abstains; where it did not beat the median, ``next`` gives the best naive method.

    As measured on 2026-11-22 (benchmarks/predict.py; mae_log): pages of 500 posts, seeds 0–99: 0.880 against the
    constant's 0.952, beaten in 99 % of pages, the best naive method in 98 %; 80 % intervals cover 80.3 %; boosting's R²
    (log) 0.05 under the time split, 0.17 under a random one. The same pages with six inputs and no dates, seeds
    0–59: 0.911 against 0.954, 91.7 % and 81.7 %, coverage 80.6 %; shuffled results 1.006 ± 0.003 of the best naive.

    Raises TableError for a table, feature or option that cannot be used (a result as a feature among them), NotFound
    for an unknown target.

    >>> rng = np.random.default_rng(1)
    >>> days = pd.date_range("2026-01-05 09:00", periods=200, freq="18h", tz="Asia/Taipei")
    >>> posts = pd.DataFrame({"platform": "line", "published_at": days, "format": ["image", "link"] * 100})
    >>> posts["likes"] = rng.poisson(np.where(posts["format"] == "image", 300, 100) * rng.lognormal(0, 0.2, 200))
    >>> told = predict(posts, "likes", random_split=False)
    >>> told.beats_constant, told.table["method"].iloc[0]
    (True, 'predict')
    """
    _check_options(validation, loss)
    posts, plan = collected(posts), collected(plan)
    past = history(posts, target, features, plan, order, newest_first, parts_of(engagement))
    check_peek(past, list(peek))
    notes = (*posts.attrs.get(NOTES, ()), *past.notes, *_asked(past), *simulated(posts))
    used = tuple(kind.name for kind in past.kinds)
    shares = pd.Series(PRIOR, index=[*BASELINES, *LEARNERS], name="share")
    made = (target, shares, used, past.suspects, notes, len(past.y), past.period, past)
    if len(past.y) < MIN_POSTS or np.ptp(past.y) == 0:
        return Forecast(pd.DataFrame(columns=_COLUMNS), pd.DataFrame(), *made, None, np.zeros(0), loss)
    test = np.arange(len(past.y)) >= int(len(past.y) * (1 - LAST_SHARE))
    walked, mixed = _walked(past, test, validation == "holdout")
    every = slice(walked.start, None)
    shares[:] = weights(walked.candidates[every], past.z[every], PRIOR)
    rows, told, moved = _time_rows(past, walked, mixed, test, loss == "mape")
    if random_split:
        rows += random_rows(past, shares.to_numpy(), test, loss == "mape")
    rows += peeked(past, list(peek), test, random_split)
    table = pd.DataFrame(rows)
    table["share"] = table["method"].map(shares).where(table["split"] == "time")
    return Forecast(table[_COLUMNS], told, *made, walked, mixed, loss, moved if loss == "mape" else None)


def _walked(past: History, test: np.ndarray, frozen: bool) -> tuple[Walk, Floats]:
    """The walk, and the mixture of its candidates, each block by what came before it."""
    origin = past.origin.copy()
    if frozen:
        first = int(np.flatnonzero(test)[0])
        origin[first:] = first
        origin[:first] = np.minimum(origin[:first], first)
    walked = walk(past.z, past.table, past.kinds, past.who, past.group, origin)
    mixed = np.full(len(past.y), np.nan)
    for begin, end in walked.blocks:
        known = slice(walked.start, begin)
        mixed[begin:end] = walked.candidates[begin:end] @ weights(
            walked.candidates[known], past.z[known], PRIOR
        )
    return walked, mixed


def _time_rows(
    past: History, walked: Walk, mixed: Floats, test: np.ndarray, by_mape: bool
) -> tuple[list[dict], pd.DataFrame, aim.Aim]:
    """A row a method, the tested posts with what was told of them, and where percentage errors would be least."""
    points = dict(zip(("predict", *BASELINES, *LEARNERS), (mixed, *walked.candidates.T), strict=True))
    rows, shown = [], {}
    for name, point in points.items():
        moved, last = aim.walked(past.positive(point), past.y, past.who, walked.blocks, name == "predict")
        if name == "predict":
            final = last
        aimed = past.logs(aim.constant(past.y, walked.blocks) if name == "constant" else moved)
        told = aimed if by_mape else point
        band = bands(point, past.z, past.who, walked.blocks, SHARE)
        band = Band(np.fmin(band.low, told), band.high, band.alpha)
        found = score(past, told, aimed, test, band)
        rows.append({"method": name, "label": METHODS[name], "split": "time", **vars(found)})
        shown[name] = (told, band)
    told, band = shown["predict"]
    return rows, _told(past, told, shown["constant"][0], band.low, band.high, test), final


def _told(
    past: History, point: Floats, constant: Floats, low: Floats, high: Floats, test: np.ndarray
) -> pd.DataFrame:
    known = [name for name in ("post_id", "platform", "published_at", "format") if name in past.posts]
    told = past.posts.loc[test, known].reset_index(drop=True)
    told["actual"] = past.y[test]
    for name, values in (("predicted", point), ("low", low), ("high", high), ("constant", constant)):
        told[name] = past.counts(values[test])
    told["inside"] = (past.z[test] >= low[test]) & (past.z[test] <= high[test])
    return told


def _asked(past: History) -> list[str]:
    if not past.suspects:
        return []
    return [f"{'、'.join(past.suspects)} 幾乎排出了結果的高低，請確認發佈前真的知道"]


def _check_options(validation: str, loss: str) -> None:
    for name, value, allowed in (
        ("validation", validation, ("expanding", "holdout")), ("loss", loss, ("log", "mape")),
    ):  # fmt: skip
        if value not in allowed:
            raise TableError(f"{name} 只能是 {' 或 '.join(allowed)}，收到 {value!r}", where=f"參數 {name}")
