"""A control chart of a weekly or monthly rate: which periods are signals, which are ordinary ups and downs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...errors import TableError
from ..engine_tally import added_up
from ..groups import PERIODS
from ..measures import Flags, Floats, parts_of
from ..metrics import ENGAGEMENT_PARTS, METRICS, Metric, metric
from ..result import Result
from ..tally import Tally
from . import words as control_words
from .words import MIN_PERIODS

if TYPE_CHECKING:
    from ...plotting import Chart

RUN = 8
SIGMAS = 3.0
_RANGE_TO_SIGMA = 1.128


@dataclass(frozen=True, repr=False)
class ControlChart(Result):
    """What ``control_chart()`` found.

    table: a row a period with posts: period (its first day), value (share 0–1), centre, lower, upper, n (posts
    used), effective (Kish's effective number of posts), baseline (whether the limits come from it), signal
    (正體中文, empty when there is none). ``centre`` and the limits are missing when ``abstained``.
    """

    table: pd.DataFrame
    kpi: str
    period: str
    notes: tuple[str, ...]

    @property
    def abstained(self) -> bool:
        """Whether there were too few periods to say what is ordinary."""
        return bool(self.table["centre"].isna().all())

    @property
    def signals(self) -> pd.DataFrame:
        """The rows that are signals."""
        return self.table[self.table["signal"] != ""]

    def say(self) -> str:
        """What the chart says and cannot say, in 正體中文."""
        return control_words.say(self)

    def plot(self) -> Chart:
        """The rate with its centre line, limits and marked signals."""
        from .plot import draw

        return self.captioned(draw(self))


def control_chart(
    posts: Any,
    kpi: str = "er_reach",
    period: str = "week",
    *,
    baseline: int | str | date | None = None,
    engagement: str | Sequence[str] = ENGAGEMENT_PARTS,
) -> ControlChart:
    """Control chart (individuals and moving range) of a rate's ratio of sums.

    Wheeler's XmR chart (Understanding Variation, 1993) takes the ordinary week-to-week movement from the average
    moving range, so no distribution is assumed and a trend does not widen the limits. Two changes make it fit
    social media: rates are compared as logarithms, because they are skewed and multiply rather than add; and as
    in Laney's p′ chart (Quality Engineering 14(4), 2002) each period is first divided by its own expected
    spread, here 1 ÷ √m with m Kish's effective number of posts, because a week with two posts swings more than
    a week with twelve. (Laney divides by the binomial spread; the posts, not the people, are what varies here.)

    Signals: a point outside centre ± 3 sigma; 8 periods in a row on one side of the centre.

    posts: a posts table, best of one platform, of pandas or any engine (added up there; a row a period is fetched).
    kpi: a rate of ``METRICS``. period: ``week`` or ``month``, Taipei.
    baseline: the first k periods, or every period that begins before a date; limits come from these only, so
    that a bad week does not hide itself. None uses all. With fewer than 8 baseline periods it abstains.

    Raises TableError for a count, an unknown period, or a table that cannot be used; NotFound for a KPI name.

    >>> days = pd.date_range("2026-01-05", periods=70, tz="Asia/Taipei")
    >>> posts = pd.DataFrame({"platform": "line", "published_at": days, "reach": 1000, "likes": 20})
    >>> posts.loc[63:, "likes"] = 8
    >>> posts.loc[::2, "likes"] += 1
    >>> list(control_chart(posts, baseline=9, engagement="likes").signals["signal"])
    ['低於下限']
    """
    what = _rate(kpi)
    if period not in PERIODS:
        raise TableError(f"管制圖不能用「{period}」當期間", next_step=f"可用的期間：{'、'.join(PERIODS)}")
    found = added_up(posts, (period,), parts_of(engagement), (what,), medians=False)
    table = _periods(what, found, period)
    base = _in_baseline(table["period"], baseline)
    limits = _limits(table, base)
    signal = _signals(table["value"].to_numpy(), *limits)
    centre, lower, upper = limits
    charted = table.assign(centre=centre, lower=lower, upper=upper, baseline=base, signal=signal)
    notes = [
        *(found.summed if what.sums_engagements else ()),
        *_notes(found.platforms, charted, period, baseline),
        *found.simulated,
    ]
    return ControlChart(charted[_COLUMNS], what.name, period, tuple(notes))


_COLUMNS = ["period", "value", "centre", "lower", "upper", "n", "effective", "baseline", "signal"]


def _rate(kpi: str) -> Metric:
    what = metric(kpi)
    if not what.is_ratio:
        rates = [name for name, one in METRICS.items() if one.is_ratio]
        raise TableError(
            f"管制圖看的是比率，{what.label}是數量，會跟著發文則數起伏",
            where="參數 kpi",
            next_step=f"可用的比率：{'、'.join(rates)}",
        )
    return what


def _periods(what: Metric, found: Tally, period: str) -> pd.DataFrame:
    sums = found.sums[what.name]
    with np.errstate(divide="ignore", invalid="ignore"):
        table = pd.DataFrame(
            {
                "period": found.keys[period],
                "value": sums.y / sums.x,
                "n": sums.n.astype("int64"),
                "effective": sums.x**2 / sums.xx,
            }
        )
    return table[(table["n"] > 0) & table["period"].notna()].reset_index(drop=True)


def _in_baseline(periods: pd.Series, baseline: int | str | date | None) -> Flags:
    if baseline is None:
        return np.ones(len(periods), dtype=bool)
    if isinstance(baseline, (int, np.integer)):
        return np.arange(len(periods)) < baseline
    try:
        end = pd.Timestamp(baseline)
    except ValueError:
        raise TableError(
            f"看不懂基準期 {baseline!r}",
            where="參數 baseline",
            next_step='請給前幾期的期數，例如 12，或一個日期，例如 "2026-03-30"',
        ) from None
    return (periods < (end.tz_localize(None) if end.tz else end)).to_numpy(dtype=bool)


def _limits(table: pd.DataFrame, base: Flags) -> tuple[Floats, Floats, Floats]:
    """Centre, lower and upper limit of each period; all missing when the baseline is too short."""
    value, effective = table["value"].to_numpy(), table["effective"].to_numpy()
    used = base & (value > 0)
    if used.sum() < MIN_PERIODS:
        missing = np.full(len(value), np.nan)
        return missing, missing, missing
    logs = np.log(value[used])
    middle = np.average(logs, weights=effective[used])
    scaled = (logs - middle) * np.sqrt(effective[used])
    sigma = np.abs(np.diff(scaled)).mean() / _RANGE_TO_SIGMA
    width = SIGMAS * sigma / np.sqrt(effective)
    centre = np.full(len(value), np.exp(middle))
    return centre, np.exp(middle - width), np.exp(middle + width)


def _signals(value: Floats, centre: Floats, lower: Floats, upper: Floats) -> list[str]:
    side = np.sign(value - centre)
    found, run = [], 0
    for place in range(len(value)):
        run = run + 1 if place and side[place] == side[place - 1] != 0 else 1
        if value[place] < lower[place]:
            found.append("低於下限")
        elif value[place] > upper[place]:
            found.append("高於上限")
        elif run >= RUN:
            found.append(f"連續 {run} 期{'高' if side[place] > 0 else '低'}於中線")
        else:
            found.append("")
    return found


def _notes(platforms: int, table: pd.DataFrame, period: str, baseline: int | str | date | None) -> list[str]:
    notes = []
    if platforms > 1:
        notes.append("這張圖混了好幾個平台，平台占比一變，比率就會跟著變；最好一次看一個平台")
    if baseline is None and len(table) >= MIN_PERIODS:
        notes.append(
            "界線是用全部期間算的，異常的期間也被算進去，會讓界線變寬；可以用 baseline= 指定穩定的期間"
        )
    if (table["baseline"] & (table["signal"] != "")).any() and baseline is not None:
        notes.append("基準期裡已經有訊號，界線可能不準；請換一段穩定的期間當基準")
    span = table["period"].dt.to_period("W-SUN" if period == "week" else "M")
    gaps = 0 if table.empty else (span.iloc[-1] - span.iloc[0]).n + 1 - len(table)
    return notes + ([f"中間有 {gaps} 期沒有可用的貼文，圖上跳過"] if gaps else [])
