"""Crises in a brand's mentions while they begin: the negative share given the volume, hour by hour."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...errors import AnswerError
from ...plotting import count_text, spaced
from ..measures import Flags
from ..result import Result
from .hours import Hours, hourly
from .watcher import Errors, Watcher

if TYPE_CHECKING:
    from ...plotting import Chart

THRESHOLD, OVER, LEAST, LEAST_HOURS, MERGE, WARM_UP = 0.75, 0.3, 5, 6, 12, 24
"""設計參數, chosen on streams of seeds 9000–9019: alarm at this chance, over below that one; at least so many negatives (or mentions without
labels) in so many hours; alarms at most MERGE hours after the last are the same event; hours only to learn."""
ONLY_VOLUME = "只有則數，沒有好壞：只能說有沒有比平常多人談，分不出是爆紅還是出事"
EVENTS = [
    "start", "alarm", "peak", "end", "ongoing", "mentions", "times", "negative", "share", "usual_share", "probability"
]  # fmt: skip


@dataclass(frozen=True, repr=False)
class Detected(Result):
    """What ``detect()`` found.

    table: a row an hour: time (its start, Taipei), mentions, negative, share (of the labelled, 0–1), usual (mentions
    expected), usual_share, buzz, probability (that a crisis is on, from this hour and the past alone), alarm (whether one
    is on); NaN where nothing is known. events: a row an event: start (first hour on the way to the alarm), alarm (the
    hour whose counts raised it; known when that hour is over), peak, end, ongoing, mentions, times (peak ÷ usual),
    negative, share, usual_share (before it), probability (highest).
    """

    table: pd.DataFrame
    events: pd.DataFrame
    labelled: bool
    threshold: float
    notes: tuple[str, ...]

    @property
    def alarms(self) -> pd.Series:
        """The hours whose counts raised an alarm."""
        return self.events["alarm"]

    def at(self, threshold: float, least: int = LEAST) -> Detected:
        """The same chances with another threshold; raises AnswerError as ``detect`` does."""
        _check(None, threshold, least)
        hot = _hot(self.table, self.labelled, threshold, least)
        return replace(
            self, table=self.table.assign(alarm=hot), events=_events(self.table, hot), threshold=threshold
        )

    def say(self) -> str:
        """How many alarms, the latest in words, and what it cannot know, in 正體中文."""
        span = f"{self.table['time'].iloc[0]:%Y/%m/%d}到{self.table['time'].iloc[-1]:%m/%d}，"
        what = "像危機的事件" if self.labelled else "比平常多人談的時段"
        if self.events.empty:
            now = self.table["probability"].iloc[-1]
            return spaced(f"{span}沒有{what}；最後一小時的機率是{now:.0%}（門檻{self.threshold:.0%}）。")
        row = self.events.iloc[-1]
        head = f"{span}有{len(self.events)}次{what}。"
        return spaced(head + ("現在還在響的，" if row["ongoing"] else "最近一次") + _told(row, self.labelled))

    def plot(self) -> Chart:
        """Mentions and negatives an hour over the usual, the chance below, alarms marked."""
        from .plot import draw

        return self.captioned(draw(self))


def _told(row: pd.Series, labelled: bool) -> str:
    told = f"是{row['alarm']:%m/%d %H}時響的，高峰是平常的{row['times']:.1f}倍"
    if labelled:
        told += f"，負面占{row['share']:.0%}（平常{row['usual_share']:.0%}，{count_text(row['negative'])}則）"
    return told + "。"


def detect(
    table: Any,
    *,
    errors: tuple[float, float] | None = None,
    threshold: float = THRESHOLD,
    least: int = LEAST,
) -> Detected:
    """Notice crises as they begin; each hour is judged by itself and the hours before it, never by later ones.

    A hidden Markov filter compares three stories of every hour: calm, a buzz (more mentions in the usual mood), a crisis
    (more mentions, most of the added ones negative). What is usual is learnt on the way: hour of the day, weekends, level,
    negative share and how much all of these scatter; it may drift. A busy hour in the usual mood is therefore no crisis,
    and the same change in mood counts for more, the more people talk. On the first day nothing is reported.

    table: comments (created_at, and p_negative 0–1, negative, label or text) or hours (time, mentions, negative); rows of
    the same hour are added. Times without a zone are Taipei times; a missing hour is unknown, not zero. Without labels
    only the volume is judged, and the result says what it can then claim. errors: sensitivity and specificity of the
    labels (0–1), if known; from p_negative they are worked out. threshold: chance of a crisis that raises an alarm.
    least: negatives needed within 6 hours. A table of another engine is fetched whole.

    Raises TableError for a table that cannot be read so, AnswerError for a threshold or errors that make no sense.

    >>> from xiaobian.sandbox.mentions import mention_stream
    >>> hours, planted = mention_stream(1, 12, days=21, crises=1)
    >>> found = detect(hours)
    >>> len(found.events), bool(found.alarms[0] >= planted["start"][0])
    (1, True)
    """
    _check(errors, threshold, least)
    hours = hourly(table, errors)
    seen = _watched(hours)
    hot = _hot(seen, hours.labelled, threshold, least)
    notes = list(hours.notes) if hours.labelled else [ONLY_VOLUME, *hours.notes]
    if len(seen) <= WARM_UP:
        notes.append(f"只有 {len(seen)} 小時；前 {WARM_UP} 小時只學什麼叫平常，不報")
    return Detected(seen.assign(alarm=hot), _events(seen, hot), hours.labelled, threshold, tuple(notes))


def _check(errors: tuple[float, float] | None, threshold: float, least: int) -> None:
    if not 0 < threshold < 1:
        raise AnswerError(f"門檻是 {threshold}", where="threshold", next_step="請給 0 和 1 之間的機率")
    if least < 1:
        raise AnswerError(f"最少則數是 {least}", where="least", next_step="請給 1 以上的整數")
    if errors is None:
        return
    if len(errors) != 2 or not all(0 < e <= 1 for e in errors) or sum(errors) <= 1:
        raise AnswerError(
            f"分類器的敏感度和特異度是 {errors}",
            where="errors",
            next_step="請給兩個 0 到 1 的數字，加起來要大於 1；不然它比丟銅板還差",
        )


def _watched(hours: Hours) -> pd.DataFrame:
    """The table of every hour as the watcher saw it."""
    table, watcher = hours.table, Watcher(hours.labelled)
    local = table["time"].dt.tz_localize(None)
    rows = []
    for slot, free, n, labelled, k, sensitivity, specificity in zip(
        local.dt.hour.tolist(), (local.dt.day_of_week >= 5).tolist(), *(table[c].tolist() for c in table.columns[1:]),
        strict=True,
    ):  # fmt: skip
        if n != n:
            rows.append(watcher.skip())
        else:
            rows.append(watcher.hour(slot, free, n, labelled, k, Errors(sensitivity, specificity)))
    share = table["negative"] / table["labelled"].where(table["labelled"] > 0)
    return table[["time", "mentions", "negative"]].assign(
        share=share,
        usual=[r.usual for r in rows],
        usual_share=[r.usual_share if hours.labelled else np.nan for r in rows],
        buzz=[r.buzz for r in rows],
        probability=[r.crisis for r in rows],
    )


def _hot(seen: pd.DataFrame, labelled: bool, threshold: float, least: int) -> Flags:
    """Hours in which an alarm is on: from the threshold until the chance is low again."""
    counted = seen["negative" if labelled else "mentions"].fillna(0)
    enough = (counted.rolling(LEAST_HOURS, min_periods=1).sum() >= least).to_numpy()
    chance, hot, on = seen["probability"].to_numpy(), np.zeros(len(seen), dtype=bool), False
    for t in range(WARM_UP, len(seen)):
        on = chance[t] >= min(OVER, threshold) if on else bool(chance[t] >= threshold and enough[t])
        hot[t] = on
    return hot


def _events(seen: pd.DataFrame, hot: Flags) -> pd.DataFrame:
    """Runs of hot hours, merged when they are near."""
    at = np.flatnonzero(hot)
    if not len(at):
        return pd.DataFrame(columns=EVENTS)
    cuts = np.flatnonzero(np.diff(at) > MERGE) + 1
    return pd.DataFrame([_event(seen, run[0], run[-1]) for run in np.split(at, cuts)], columns=EVENTS)


def _event(seen: pd.DataFrame, first: int, last: int) -> tuple[Any, ...]:
    start, chance, times = first, seen["probability"].to_numpy(), seen["time"]
    while start > 0 and chance[start - 1] >= 0.5 * chance[first] and first - start < MERGE:
        start -= 1
    rows = seen.iloc[start : last + 1]
    peak = int(np.argmax(rows["mentions"].fillna(0).to_numpy()))
    around = rows["mentions"].rolling(3, min_periods=1, center=True).sum()
    usual = rows["usual"].rolling(3, min_periods=1, center=True).sum()
    negative = float(rows["negative"].sum())
    labelled = float((rows["negative"] / rows["share"].where(rows["share"] > 0)).sum()) + float(
        rows.loc[rows["share"] == 0, "mentions"].sum()
    )
    return (
        times.iloc[start],
        times.iloc[first],
        rows["time"].iloc[peak],
        times.iloc[last],
        last == len(seen) - 1,
        float(rows["mentions"].sum()),
        float((around / usual).max()),
        negative,
        negative / labelled if labelled else float("nan"),
        float(seen["usual_share"].iloc[max(start - 1, 0)]),
        float(rows["probability"].max()),
    )
