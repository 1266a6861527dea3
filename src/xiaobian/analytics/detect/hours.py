"""From a table of comments, or of hours, to one row an hour without gaps; what was assumed is written down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ...datasets import SIMULATED
from ...errors import TableError
from ...plotting import count_text
from ...tables import TAIPEI
from ..collected import collected
from ..measures import Floats

TIMES = ("time", "created_at", "timestamp")
COUNTS = ("mentions", "value", "count")
NEGATIVE = {"negative", "neg", "負面", "負評", "-1"}
TURN = 0.5
EMPTY = 20.0
"""A silent stretch that should have brought so many comments is a hole in the export, not silence."""
MOST_HOURS = 24 * 366 * 5


@dataclass(frozen=True)
class Hours:
    """table: a row an hour: time (Taipei), mentions, labelled, negative (NaN where nothing is known), sensitivity,
    specificity. labelled: whether negatives are known at all."""

    table: pd.DataFrame
    labelled: bool
    notes: tuple[str, ...]


def hourly(table: Any, errors: tuple[float, float] | None = None) -> Hours:
    """One row an hour; comments are counted, hours are taken as they are. Raises TableError with what is wrong."""
    frame = collected(table)
    if not isinstance(frame, pd.DataFrame):
        raise TableError(
            "detect() 要一張表",
            where="參數 table",
            next_step="請給留言的表（created_at）或每小時的表（time、mentions）",
        )
    when = _first(frame, TIMES)
    if when is None:
        raise TableError(
            "表裡沒有時間欄",
            where=f"欄位 {'、'.join(map(str, frame.columns[:8]))}",
            next_step="時間的欄名請用 created_at（留言）或 time（每小時）",
        )
    if frame.empty:
        raise TableError("表是空的", where=f"欄位 {when}", next_step="請確認篩選條件沒有把每一列都排除")
    times, notes = _times(frame[when], when)
    count = _first(frame, COUNTS)
    if count is None:
        hours, labelled, more = _from_comments(frame, times, errors)
    else:
        hours, labelled, more = _from_hours(frame, times, count)
        hours["sensitivity"], hours["specificity"] = errors or (1.0, 1.0)
    if frame.attrs.get("source") == SIMULATED:
        more.append(SIMULATED)
    return Hours(hours, labelled, (*notes, *more))


def _first(frame: pd.DataFrame, names: tuple[str, ...]) -> str | None:
    return next((name for name in names if name in frame), None)


def _times(column: pd.Series, name: str) -> tuple[pd.Series, list[str]]:
    """Starts of the hours in Taipei time."""
    try:
        times = pd.to_datetime(
            column, errors="coerce", utc=getattr(column.dtype, "tz", None) is None and _zoned(column)
        )
    except (ValueError, TypeError) as problem:
        raise TableError(
            "讀不懂時間", where=f"欄位 {name}", next_step="請用 2026-08-03 14:00 這種寫法"
        ) from problem
    if bad := int(times.isna().sum()):
        raise TableError(
            f"有 {count_text(bad)} 列的時間是空的或讀不懂",
            where=f"欄位 {name}",
            next_step="請先補上或刪掉那些列",
        )
    notes = []
    if times.dt.tz is None:
        times = times.dt.tz_localize(TAIPEI)
        notes.append("時間沒有寫時區，當成臺北時間")
    elif str(times.dt.tz) != TAIPEI:
        times = times.dt.tz_convert(TAIPEI)
        notes.append("時間換算成臺北時間")
    return times.dt.floor("h").rename("time"), notes


def _zoned(column: pd.Series) -> bool:
    """Whether written times carry a zone."""
    if pd.api.types.is_datetime64_any_dtype(column):
        return False
    some = pd.Series(column.dropna().iloc[:1].astype(str))
    return bool(some.str.contains("(?:Z|[+-][0-9]{2}:?[0-9]{2})$", regex=True).any()) and bool(
        len(some)
    )  # lint: off


def _grid(first: pd.Timestamp, last: pd.Timestamp) -> pd.DatetimeIndex:
    grid = pd.date_range(first, last, freq="h", name="time")
    if len(grid) > MOST_HOURS:
        raise TableError(
            f"時間從 {first:%Y-%m-%d} 到 {last:%Y-%m-%d}，超過五年",
            where="時間欄",
            next_step="請檢查有沒有寫錯的年份，或分段來看",
        )
    return grid


# Comments


def _from_comments(
    frame: pd.DataFrame, times: pd.Series, errors: tuple[float, float] | None
) -> tuple[pd.DataFrame, bool, list[str]]:
    chance, word = _chance(frame)
    counted = pd.DataFrame({"time": times.to_numpy(), "mentions": 1.0})
    if chance is not None:
        known = ~np.isnan(chance)
        counted["labelled"] = known.astype(float)
        counted["negative"] = (np.nan_to_num(chance) >= TURN).astype(float)
        counted["sum"] = np.nan_to_num(chance)
        counted["caught"] = np.where(counted["negative"] > 0, counted["sum"], 0.0)
    sums = counted.groupby(pd.DatetimeIndex(times)).sum(numeric_only=True)
    sums = sums.reindex(_grid(sums.index[0], sums.index[-1]), fill_value=0.0)
    notes = [word] if word else []
    holes = _holes(sums["mentions"].to_numpy())
    if holes.any():
        notes.append(
            f"有 {count_text(int(holes.sum()))} 小時一則留言都沒有，照平常不該這樣，當成匯出的缺口，不當成 0"
        )
    if chance is None:
        sums["labelled"] = sums["negative"] = 0.0
    hours = sums.reset_index(names="time")[["time", "mentions", "labelled", "negative"]]
    hours.loc[holes, ["mentions", "labelled", "negative"]] = np.nan
    soft = chance is not None and errors is None and not np.isin(chance[~np.isnan(chance)], (0.0, 1.0)).all()
    hours["sensitivity"], hours["specificity"] = _from_chances(sums) if soft else (errors or (1.0, 1.0))
    if soft:
        notes.append("留言帶有負面的機率，分類器的錯誤率由機率推算")
    return hours, chance is not None and bool(hours["labelled"].sum() > 0), notes


def _chance(frame: pd.DataFrame) -> tuple[Floats | None, str]:
    """Chance that each comment is negative (NaN unknown), and where it comes from."""
    if "p_negative" in frame:
        chance = pd.to_numeric(frame["p_negative"], errors="coerce").to_numpy(float)
        if ((chance < 0) | (chance > 1)).any():
            raise TableError(
                "負面的機率要在 0 到 1 之間", where="欄位 p_negative", next_step="百分比請除以 100"
            )
        return chance, ""
    if "negative" in frame:
        flags = pd.to_numeric(frame["negative"], errors="coerce").to_numpy(float)
        if not np.isin(flags[~np.isnan(flags)], (0, 1)).all():
            raise TableError(
                "一列一則留言時，negative 要是 True 或 False",
                where="欄位 negative",
                next_step="如果一列是一小時，請加上 mentions 欄",
            )
        return flags, ""
    for name in ("label", "sentiment"):
        if name in frame:
            label = frame[name]
            words = label.astype("string").str.strip().str.lower()
            return np.where(label.isna(), np.nan, words.isin(NEGATIVE).fillna(False).astype(float)), ""
    if "text" in frame:
        from ...text import sentiment

        return sentiment(frame["text"])["p_negative"].to_numpy(float), "負面由內建的情緒分類器判斷，它會看錯"
    return None, ""


def _from_chances(sums: pd.DataFrame) -> tuple[Floats, Floats]:
    """Sensitivity and specificity that calibrated chances imply, from the hours before each one alone."""
    past = sums.cumsum().shift(1, fill_value=0.0)
    yes, no = past["sum"], past["labelled"] - past["sum"]
    caught, wrong = past["caught"], past["negative"] - past["caught"]
    return ((caught + 16) / (yes + 20)).to_numpy(), ((no - wrong + 18) / (no + 20)).to_numpy()


def _holes(counts: Floats) -> np.ndarray:
    """Hours in silent stretches so long that comments must be missing."""
    empty = counts == 0
    if not empty.any() or empty.all():
        return np.zeros(len(counts), dtype=bool)
    run = np.cumsum(np.diff(empty, prepend=not empty[0]) != 0)
    length = pd.Series(empty).groupby(run).transform("size").to_numpy()
    return np.asarray(empty & (length * float(counts.mean()) > EMPTY) & (length >= 24))


# Hours


def _from_hours(frame: pd.DataFrame, times: pd.Series, count: str) -> tuple[pd.DataFrame, bool, list[str]]:
    counts = pd.DataFrame({"time": times.to_numpy(), "mentions": _numbers(frame, count)})
    labelled = "negative" in frame
    counts["negative"] = _numbers(frame, "negative") if labelled else 0.0
    _check(counts)
    counts["labelled"] = counts["mentions"].where(counts["negative"].notna())
    step = _step(times)
    notes = [] if count == "mentions" else [f"提及數讀自欄位 {count}"]
    unknown = counts[["mentions", "negative"]].isna().any(axis=1).groupby(pd.DatetimeIndex(times)).max()
    sums = counts.groupby(pd.DatetimeIndex(times))[["mentions", "labelled", "negative"]].sum()
    sums[unknown] = np.nan
    if len(sums) < len(counts):
        notes.append(f"{count_text(len(counts))} 列加總成 {count_text(len(sums))} 個小時")
    grid = _grid(sums.index[0], sums.index[-1])
    absent = len(grid) - len(sums)
    only_busy = absent > 0.3 * len(grid) and sums["mentions"].min() >= 1 and step <= 1
    hours = sums.reindex(grid, fill_value=0.0 if only_busy else np.nan).reset_index(names="time")
    if only_busy:
        notes.append("表裡只有有留言的小時，沒列出來的當成 0")
    elif gone := int(hours["mentions"].isna().sum()):
        notes.append(f"有 {count_text(gone)} 小時沒有資料，當成不知道，不當成 0")
    return hours[["time", "mentions", "labelled", "negative"]], labelled, notes


def _numbers(frame: pd.DataFrame, name: str) -> Floats:
    numbers = pd.to_numeric(frame[name], errors="coerce")
    if bad := int((numbers.isna() & frame[name].notna()).sum()):
        raise TableError(
            f"有 {count_text(bad)} 格不是數字", where=f"欄位 {name}", next_step="請去掉千分位逗號和單位"
        )
    return numbers.to_numpy(float, na_value=np.nan)


def _check(counts: pd.DataFrame) -> None:
    for name in ("mentions", "negative"):
        if (counts[name] < 0).any() or np.isinf(counts[name]).any():
            raise TableError(
                "次數不能是負的，也不能無限大", where=f"欄位 {name}", next_step="請確認這一欄是次數，不是增減"
            )
    more = counts["negative"] > counts["mentions"]
    if more.any():
        raise TableError(
            f"有 {count_text(int(more.sum()))} 列的負面比提及還多",
            where=f"欄位 negative，第 {int(np.flatnonzero(more)[0]) + 1} 列",
            next_step="negative 是提及數裡的負面則數，不是百分比",
        )


def _step(times: pd.Series) -> float:
    """Usual step in hours; raises TableError when it is a day or more."""
    steps = np.diff(np.unique(times.to_numpy())).astype("timedelta64[h]").astype(float)
    if len(steps) and np.median(steps) >= 12:
        raise TableError(
            "一天只有一、兩列，看不出幾小時內的事",
            where="時間欄",
            next_step="請給每小時一列，或直接給留言的表（created_at）",
        )
    return float(np.median(steps)) if len(steps) else 1.0
