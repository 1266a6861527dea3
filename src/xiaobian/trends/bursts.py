"""Bursts in topic volumes: which topics stand above their own usual day, since when, and how fast they fade."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..analytics.result import Result
from ..datasets import SIMULATED
from ..errors import NotFound, TableError
from ..plotting.wording import count_text, spaced
from . import burst_model as model

if TYPE_CHECKING:
    from ..plotting import Chart

LEAST_DAYS = 28
GAP_DAYS = 1
_POOL = 5
"""From this many topics on, what all topics do on a holiday is taken from all of them together."""
EVENTS = ["topic", "start", "peak", "end", "ongoing", "excess", "weight"]


@dataclass(frozen=True, repr=False)
class Bursts(Result):
    """What ``bursts()`` found.

    table: a row a burst: topic, start, peak, end (last period with a quarter of the peak's excess), ongoing
    (still above the usual at the last period), excess
    (peak, times the usual: 1 is twice as much), weight (log likelihood against no burst).
    now: a row a topic at the last period: mentions, expected, excess, phase (平常、升溫、退燒), age (days since the start),
    half_life, low, high (days, 80 % interval; only a belief while a topic still rises).
    series: topic, time, mentions, expected, high (the upper end of what is usual, 97.5 %).
    """

    table: pd.DataFrame
    now: pd.DataFrame
    series: pd.DataFrame
    notes: tuple[str, ...]

    def excess_after(self, days: float) -> pd.Series:
        """Excess of each topic ``days`` days after the last period: fading ones halve, rising ones are held level."""
        now = self.now.set_index("topic")
        fading = (now["phase"] == "退燒").to_numpy()
        kept = np.where(fading, 2.0 ** (-days / now["half_life"].fillna(1.0).to_numpy(dtype=float)), 1.0)
        return now["excess"] * kept

    def say(self) -> str:
        """What is bursting now, in 正體中文."""
        on = self.now[self.now["phase"] != "平常"].sort_values("excess", ascending=False)
        head = f"{len(self.now)}個話題裡，找到{len(self.table)}次爆發，"
        if on.empty:
            return spaced(head + "現在沒有一個高過自己平常的起伏。")
        told = "；".join(_told(row) for row in on.head(3).itertuples())
        more = f"；另外還有{len(on) - 3}個" if len(on) > 3 else ""
        return spaced(
            f"{head}現在還在爆發的有{len(on)}個：{told}{more}。倍數是和話題自己的平常比，不是和別的話題比。"
        )

    def plot(self, topic: str | None = None) -> Chart:
        """The series of one topic with what is usual and its bursts; without a name, the strongest one now.

        Raises NotFound for an unknown topic.
        """
        from .burst_plot import draw

        names = list(self.now.sort_values("excess", ascending=False, kind="stable")["topic"])
        if topic is not None and topic not in names:
            raise NotFound(f"沒有「{topic}」這個話題", next_step=f"可用的有：{'、'.join(names[:8])}")
        return self.captioned(draw(self, names[0] if topic is None else topic))


def _told(row: object) -> str:
    name, excess, phase = row.topic, row.excess, row.phase  # type: ignore[attr-defined]
    life = f"，約每{row.half_life:.1f}天少一半" if phase == "退燒" else ""  # type: ignore[attr-defined]
    return f"「{name}」是平常的{1 + excess:.1f}倍，{phase}中{life}"


def bursts(volumes: pd.DataFrame, *, value: str = "mentions", calendar: Iterable[str | date] = ()) -> Bursts:
    """Find the bursts of each topic.

    Each count is compared with the topic's own usual level (running median of the calm periods), times its weekday
    and hour of the day. Counts scatter as a negative binomial whose dispersion comes from the topic's calm periods,
    and a chain of states, each 1.5 times the one below, must pay to leave the usual one (Kleinberg 2002,
    doi:10.1145/775047.775061). So one high day is not yet a burst unless it is very high, and a Saturday is
    compared with Saturdays.

    volumes: topic, time, and ``value`` (a count or an index, at least 0), evenly spaced by day or by hour; a missing
    period is not zero and is skipped. calendar: holidays; what all topics do on them together is no burst.

    Raises TableError for missing columns, negative values, uneven times, or fewer than 28 days.

    >>> days = pd.date_range("2026-01-05", periods=60)
    >>> seen = pd.DataFrame({"topic": "甲", "time": days, "mentions": [100, 104, 97, 101] * 15})
    >>> seen.loc[40:42, "mentions"] = [300, 500, 250]
    >>> found = bursts(seen)
    >>> found.table[["start", "peak"]].astype(str).to_numpy().tolist(), found.now["phase"].tolist()
    ([['2026-02-14', '2026-02-15']], ['平常'])
    """
    table = _checked(volumes, value)
    wide = table.pivot(index="time", columns="topic", values="value").astype(float)
    per_day = _per_day(wide.index)
    wide = wide.reindex(pd.date_range(wide.index[0], wide.index[-1], freq="D" if per_day == 1 else "h"))
    factors = _factors(wide, per_day, {pd.Timestamp(d).date() for d in calendar})
    alike = 1.0 if per_day == 1 else model.HOURS_ALIKE
    window = model.LEVEL_DAYS * per_day
    fits = {
        name: model.fitted(wide[name].to_numpy(), factors[name].to_numpy(), window, alike) for name in wide
    }
    found = pd.concat(
        [_events(str(name), fit, wide.index, per_day) for name, fit in fits.items()], ignore_index=True
    )
    now = pd.DataFrame(
        [_now(str(n), f, wide[n].to_numpy(), found, wide.index, per_day) for n, f in fits.items()]
    )
    return Bursts(found, now, _series(wide, fits), (*_notes(wide, value, per_day), *_source(volumes)))


def _checked(volumes: pd.DataFrame, value: str) -> pd.DataFrame:
    missing = [name for name in ("topic", "time", value) if name not in volumes]
    if missing:
        raise TableError(
            f"話題的表少了欄位 {'、'.join(missing)}",
            next_step="需要 topic、time 和次數；次數的欄名用 value= 指定",
        )
    table = pd.DataFrame(
        {
            "topic": volumes["topic"].astype(str),
            "time": pd.to_datetime(volumes["time"]),
            "value": pd.to_numeric(volumes[value], errors="coerce"),
        }
    )
    if table.empty or table["time"].isna().any():
        raise TableError(
            "話題的表是空的，或有讀不懂的時間", where="欄位 time", next_step="請先刪掉或補上那些列"
        )
    if (table["value"] < 0).any():
        raise TableError(
            "提及數不能是負的", where=f"欄位 {value}", next_step="請確認這一欄是次數或指數，不是增減"
        )
    if table.duplicated(["topic", "time"]).any():
        raise TableError(
            "同一個話題、同一個時間出現兩列",
            where="欄位 topic、time",
            next_step="請先加總，例如 groupby 之後 sum",
        )
    days = table["time"].dt.normalize().nunique()
    if days < LEAST_DAYS:
        raise TableError(
            f"只有 {days} 天，還不知道什麼叫平常",
            where="欄位 time",
            next_step=f"請至少給 {LEAST_DAYS} 天（四個完整的星期）",
        )
    return table


def _per_day(times: pd.Index) -> int:
    steps = np.diff(times.to_numpy()).astype("timedelta64[m]").astype(int)
    for minutes, per_day in ((1440, 1), (60, 24)):
        if len(steps) and (steps % minutes == 0).all() and np.median(steps) == minutes:
            return per_day
    raise TableError(
        "時間的間隔不一致，或不是每天、每小時一列",
        where="欄位 time",
        next_step="請先整理成每天一列或每小時一列；每週的資料看不出幾天的爆發",
    )


def _slots(times: pd.DatetimeIndex) -> list[tuple[npt.NDArray[np.int64], int]]:
    """Which slot each period is in, and how many slots there are: days of the week, and hours if hourly."""
    slots = [(np.asarray(times.day_of_week, dtype=np.int64), 7)]
    if len(times) > 1 and times[1] - times[0] < pd.Timedelta(days=1):
        slots.append((np.asarray(times.hour, dtype=np.int64), 24))
    return slots


def _factors(wide: pd.DataFrame, per_day: int, moments: set[date]) -> pd.DataFrame:
    """How much each period is above its level by rhythm and holidays (times), a column a topic."""
    times = pd.DatetimeIndex(wide.index)
    logs = pd.DataFrame(np.log(wide.to_numpy() + 0.5), index=wide.index, columns=wide.columns)
    logs = logs - logs.rolling(7 * per_day, center=True, min_periods=3 * per_day).median()
    rhythm = pd.DataFrame(0.0, index=wide.index, columns=wide.columns)
    for slot, number in reversed(_slots(times)):
        rest = logs - rhythm
        pooled = (
            model.rhythm(rest.median(axis=1).to_numpy(), slot, number) if wide.shape[1] >= _POOL else None
        )
        for name in wide:
            rhythm[name] += model.rhythm(rest[name].to_numpy(), slot, number, pooled)[slot]
    holiday = np.array([day in moments for day in times.date])
    if holiday.any():
        rest = (logs - rhythm)[holiday]
        lift = rest.groupby(times[holiday].date).transform("median").median(axis=1)
        if wide.shape[1] < _POOL:
            lift[:] = float(np.nanmedian(rest.to_numpy()))
        rhythm.loc[holiday] = rhythm.loc[holiday].add(lift.clip(lower=0), axis=0)
    return pd.DataFrame(np.exp(rhythm.to_numpy()), index=wide.index, columns=wide.columns)


def _events(topic: str, fit: model.Fit, times: pd.Index, per_day: int) -> pd.DataFrame:
    rows = [
        (topic, times[a], times[peak], times[b], ongoing, float(fit.ratio[peak] - 1), weight)
        for a, peak, b, ongoing, weight in model.events(fit, GAP_DAYS * per_day if per_day == 1 else 6)
    ]
    return pd.DataFrame(rows, columns=EVENTS).astype({"ongoing": bool, "excess": float, "weight": float})


def _now(
    topic: str, fit: model.Fit, counts: model.Floats, found: pd.DataFrame, times: pd.Index, per_day: int
) -> dict[str, object]:
    """Where a topic stands at the last period."""
    mine = found[(found["topic"] == topic) & found["ongoing"]]
    blank = {
        "excess": 0.0,
        "phase": "平常",
        "age": np.nan,
        "half_life": np.nan,
        "low": np.nan,
        "high": np.nan,
    }
    row: dict[str, object] = {"topic": topic, "mentions": counts[-1], "expected": fit.expected[-1], **blank}
    if mine.empty:
        return row
    event = mine.iloc[-1]
    peak = int(times.get_indexer(pd.Index([event["peak"]]))[0])
    excess = fit.ratio[peak:] - 1
    since = np.arange(len(excess)) / per_day
    life, low, high = model.half_life(excess, since, fit.k)
    row |= {
        "excess": float(max(np.nan_to_num(excess[-1]), 0.0)),
        "phase": "升溫" if len(excess) == 1 else "退燒",
        "age": (times[-1] - event["start"]) / pd.Timedelta(days=1),
        "half_life": life,
        "low": low,
        "high": high,
    }
    return row


def _series(wide: pd.DataFrame, fits: dict[object, model.Fit]) -> pd.DataFrame:
    from scipy.stats import nbinom

    parts = []
    for name, fit in fits.items():
        mean = np.maximum(fit.expected, 0.05)
        parts.append(
            pd.DataFrame(
                {
                    "topic": name,
                    "time": wide.index,
                    "mentions": wide[name].to_numpy(),
                    "expected": mean,
                    "high": nbinom.ppf(0.975, fit.k, fit.k / (fit.k + mean)),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _source(volumes: pd.DataFrame) -> list[str]:
    """What the frame says of where it comes from."""
    return [SIMULATED] if volumes.attrs.get("source") == SIMULATED else []


def _notes(wide: pd.DataFrame, value: str, per_day: int) -> list[str]:
    notes, blank = [], int(wide.isna().to_numpy().sum())
    if blank:
        unit = "天" if per_day == 1 else "小時"
        notes.append(f"有 {count_text(blank)} 個話題{unit}沒有資料，當成不知道，不當成 0")
    if value == "index":
        notes.append("指數是和這份檔案自己的最高點比，只能說比自己平常高幾倍，不能說有多少人在找")
    return notes
