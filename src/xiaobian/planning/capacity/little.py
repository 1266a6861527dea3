"""Little's law, and a team's own record of started and finished pieces read with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ...analytics.result import Result
from ...errors import TableError
from ...plotting import spaced

if TYPE_CHECKING:
    from ...plotting import Chart

WORKDAYS = 5


@dataclass(frozen=True, repr=False)
class Little(Result):
    """in_process: pieces; a_week: finished pieces a week; lead: working days from start to finish; asked: which was computed."""

    in_process: float
    a_week: float
    lead: float
    asked: str

    def say(self) -> str:
        """The three numbers, the computed one last."""
        parts = {
            "in_process": f"手上平均 {self.in_process:.1f} 則",
            "a_week": f"一週完成 {self.a_week:.1f} 則",
            "lead": f"一則從開工到完成平均 {self.lead:.1f} 個工作天",
        }
        last = parts.pop(self.asked)
        return spaced(f"{'、'.join(parts.values())}，所以{last}。")


def littles_law(
    in_process: float | None = None, a_week: float | None = None, lead: float | None = None
) -> Little:
    """The third of three from two: pieces in process = finished a working day × working days each takes.

    Holds for long averages of any stable queue, however pieces come and whoever works (Little, Operations Research 9, 1961).
    a_week counts five working days. Raises TableError unless exactly two are given, all above 0.

    >>> littles_law(in_process=12, a_week=6).lead
    10.0
    """
    given = {"in_process": in_process, "a_week": a_week, "lead": lead}
    known = {name: float(value) for name, value in given.items() if value is not None}
    if len(known) != 2 or not all(np.isfinite(v) and v > 0 for v in known.values()):
        raise TableError(
            "三個數字要給兩個，而且都大於 0", where="littles_law", next_step="例如 littles_law(in_process=12, a_week=6)"
        )  # fmt: skip
    asked = next(name for name, value in given.items() if value is None)
    if asked == "lead":
        known["lead"] = WORKDAYS * known["in_process"] / known["a_week"]
    elif asked == "in_process":
        known["in_process"] = known["lead"] * known["a_week"] / WORKDAYS
    else:
        known["a_week"] = WORKDAYS * known["in_process"] / known["lead"]
    return Little(known["in_process"], known["a_week"], known["lead"], asked)


@dataclass(frozen=True, repr=False)
class Flow(Result):
    """What ``flow()`` read. table: a row a day: day, started and finished so far, in_process.

    a_week: pieces finished a week; in_process: mean pieces in hand; lead: mean working days of finished pieces; expected: what
    Little's law makes of the first two; old: pieces still in hand that are older than nine in ten of the finished ones.
    """

    table: pd.DataFrame
    a_week: float
    in_process: float
    lead: float
    expected: float
    old: int
    notes: tuple[str, ...]

    @property
    def piling(self) -> bool:
        """Whether more is started than finished: what waits is older than what is done."""
        last = float(self.table["in_process"].iloc[-1])
        return self.expected > 1.15 * self.lead and last > self.in_process

    def say(self) -> str:
        """Pieces a week, in hand, days each; and whether more is started than finished."""
        text = (
            f"一週完成 {self.a_week:.1f} 則，手上平均 {self.in_process:.1f} 則，"
            f"完成的那些平均花 {self.lead:.1f} 個工作天（用利特爾法則推得 {self.expected:.1f} 天）。"
        )
        if self.piling:
            last = self.table["in_process"].iloc[-1]
            text += f"開工一直比完成快：最後手上有 {last:.0f} 則，還在等的會比完成的更久。"
        if self.old:
            text += f"手上有 {self.old} 則已經比九成的成品還久，先問它們卡在哪裡。"
        return spaced(text)

    def plot(self) -> Chart:
        """Started and finished so far; the gap between them is what is in hand."""
        from .plot import draw_flow

        return self.captioned(draw_flow(self))


def flow(pieces: pd.DataFrame, until: float | None = None, notes: tuple[str, ...] = ()) -> Flow:
    """A team's record: how fast, how many at once, how long.

    pieces: started, finished (working days from any start, or dates; finished is missing while in hand). until: the last day
    of the record; the last finished one otherwise. Dates are counted as working days from Monday to Friday.

    Raises TableError without the columns, without a finished piece, or when something is finished before it was started.

    >>> found = flow(pd.DataFrame({"started": [0.0, 1.0, 2.0], "finished": [2.0, 3.0, 4.0]}))
    >>> round(found.in_process, 2), found.lead, round(found.a_week, 2)
    (1.5, 2.0, 3.75)
    """
    if missing := [column for column in ("started", "finished") if column not in pieces]:
        raise TableError(f"表裡少了欄位 {'、'.join(missing)}", where="參數 pieces")
    begun, done = _days(pieces["started"], pieces["finished"])
    over = np.isfinite(done)
    if not over.any():
        raise TableError("還沒有任何一則完成，算不出速度", where="欄位 finished")
    if (done[over] < begun[over]).any():
        row = int(np.flatnonzero(over)[(done[over] < begun[over]).argmax()]) + 1
        raise TableError("完成的日子比開工還早", where=f"第 {row} 列")
    first = float(np.nanmin(begun))
    last = float(max(done[over].max(), until or 0.0))
    grid = np.arange(np.floor(first), np.ceil(last) + 1)
    started = (begun[None, :] <= grid[:, None]).sum(axis=1)
    finished = (np.where(over, done, np.inf)[None, :] <= grid[:, None]).sum(axis=1)
    table = pd.DataFrame({"day": grid, "started": started, "finished": finished})
    table["in_process"] = table["started"] - table["finished"]
    span = max(last - first, 1e-9)
    here = np.isfinite(begun)
    stay = np.minimum(np.where(over, done, last), last)[here] - begun[here]
    mean_in = float(np.clip(stay, 0, None).sum() / span)
    a_week = float(WORKDAYS * over.sum() / span)
    leads = (done - begun)[over]
    age = last - begun[here & ~over]
    old = int((age > np.quantile(leads, 0.9)).sum())
    return Flow(table, a_week, mean_in, float(leads.mean()), WORKDAYS * mean_in / a_week, old, notes)


def _days(started: pd.Series, finished: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    if pd.api.types.is_numeric_dtype(started):
        return started.to_numpy(dtype=float), pd.to_numeric(finished).to_numpy(dtype=float)
    columns = []
    for name, column in (("started", started), ("finished", finished)):
        dates = pd.to_datetime(column, errors="coerce")
        bad = dates.isna() & column.notna()
        if bad.any():
            raise TableError(
                f"沒有「{column[bad.to_numpy().argmax()]}」這一天", where=f"第 {int(bad.to_numpy().argmax()) + 1} 列的 {name}"
            )  # fmt: skip
        columns.append(dates)
    origin = columns[0].min()
    result = []
    for dates in columns:
        days = np.full(len(dates), np.nan)
        known = dates.notna().to_numpy()
        days[known] = np.busday_count(
            np.datetime64(origin, "D"), dates[known].to_numpy().astype("datetime64[D]")
        )
        result.append(days)
    return result[0], result[1]
