"""What the layouts of the video platforms share: figures, days, whole tables, and the columns left over."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..tables import conform, table
from . import checks, clock, typed
from .headers import Matching
from .notes import shown
from .picking import Picked, Sieve
from .typed import Floats, Mask, Objects, Times
from .written_days import Day, read_day


@dataclass(frozen=True)
class AssumedZone(clock.Zone):
    """The zone of days that neither the file nor the platform states."""

    def label(self) -> str:
        name = (
            f"{self.assumed}（{clock.ZONES[self.assumed]}）" if self.assumed in clock.ZONES else self.assumed
        )
        return f"{name}的日子" + ("，由 timezone= 指定" if self.chosen else "（檔案沒寫，先這樣假設）")


def assumed_zone(timezone: object, default: str, where: str) -> AssumedZone:
    """The caller's zone, else ``default``; raises ReadError for a name that is no IANA time zone."""
    zone = clock.zone(timezone, default, where)
    return AssumedZone(zone.assumed, zone.chosen)


def figures(picked: Picked, sieve: Sieve, counts: Sequence[str]) -> dict[str, Any]:
    """The counts that a file has; what could not be read is missing and noted."""
    found: dict[str, Any] = {}
    for name in counts:
        if name in picked:
            rows = sieve.raw.rows
            found[name], bad = checks.read_counts(picked.column(name), picked.header(name), rows, sieve.notes)
            picked.use(name, name, whole=not bad.any())
    return found


def blanks(found: Mapping[str, Any], picked: Picked, sieve: Sieve, unit: str = "支影片") -> None:
    """Say how many figures of the kept rows are blank: missing, not zero."""
    absent = {name: int(np.asarray(pd.isna(values))[sieve.keep].sum()) for name, values in found.items()}
    said = [f"「{shown(picked.header(name))}」{count} {unit}" for name, count in absent.items() if count]
    if said:
        sieve.notes.warn(f"空白的指標當成「沒有資料」，不是 0：{'、'.join(said)}")


def days(texts: Objects) -> list[Day | None]:
    """Every cell of a column as a day; each distinct text is read once."""
    codes, distinct = pd.factorize(texts)
    read = [read_day(str(text)) for text in distinct]
    return [read[code] for code in codes]


def clock_seconds(texts: Objects) -> Floats:
    """Durations written ``0:04:23``, ``4:23``, ``1h:2m:3s``, ``6.5s`` or as plain seconds; NaN where unreadable.

    >>> clock_seconds(np.array(["0:04:23", "1h:2m:3s", "6.5s", "12", "-", "4:90"], dtype=object)).tolist()
    [263.0, 3723.0, 6.5, 12.0, nan, nan]
    """
    codes, distinct = pd.factorize(texts)
    return np.array([*map(_seconds, map(str, distinct)), np.nan])[codes]


def clock_column(picked: Picked, sieve: Sieve, role: str) -> Floats:
    """A column of durations in seconds; what cannot be read is missing and noted."""
    text = typed.stripped(picked.text(role))
    seconds = clock_seconds(text)
    wrong = np.isnan(seconds) & ~np.isin(text, typed.MISSING)
    if wrong.any():
        sieve.notes.warn(
            f"「{shown(picked.header(role))}」有讀不懂的時間，當成沒有資料", sieve.raw.rows[wrong]
        )
    picked.use(role, role, whole=False)
    return seconds


def unique_days(dates: Times, sieve: Sieve) -> None:
    """Of rows with one date the first stays; the others are reported."""
    repeated = np.zeros(len(dates), bool)
    repeated[sieve.keep] = pd.Series(dates[sieve.keep]).duplicated().to_numpy()
    sieve.drop(repeated, "日期重複，只留第一列")


def _seconds(text: str) -> float:
    clean = text.strip().casefold().replace(" ", "")
    parts = clean.split(":")
    if clean[-1:] in ("h", "m", "s"):
        parts = parts if len(parts) > 1 else clean.replace("h", "h:").replace("m", "m:").strip(":").split(":")
        units = {"h": 3600.0, "m": 60.0, "s": 1.0}
        values = [(_plain(part[:-1]), units.get(part[-1:], np.nan)) for part in parts]
        return float(sum(value * unit for value, unit in values))
    counted = [_plain(part) for part in parts]
    if len(parts) > 3 or any(value >= 60 for value in counted[1:]):
        return float("nan")
    return float(sum(value * 60**n for n, value in enumerate(reversed(counted))))


def _plain(text: str) -> float:
    return float(text) if text.replace(".", "", 1).isdecimal() else float("nan")


def whole_table(name: str, columns: Mapping[str, Any], keep: Mask) -> pd.DataFrame:
    """The kept rows with exactly the declared columns; empty texts and absent columns are missing."""
    declared = {column.name: column.dtype for column in table(name).columns}
    data = {
        column: typed.strings(values) if declared[column] == "string" else pd.Series(values)
        for column, values in columns.items()
    }
    frame = conform(pd.DataFrame(data)[keep].reset_index(drop=True), name)
    return frame[list(declared)]


def leftover(
    picked: Picked, matching: Matching, numeric: Collection[str], index: pd.Index, keep: Mask
) -> pd.DataFrame:
    """Every column that is not in a table as it stands: known figures as numbers, percent in percent."""
    picked.release()
    extra = picked.raw.frame[keep]
    for cell in matching.cells:
        if cell.role in numeric and cell.name in extra and extra[cell.name].dtype == "string":
            read = typed.numbers(extra[cell.name])
            if not read.unreadable.any():
                extra = extra.assign(**{cell.name: read.values})
    return extra.set_axis(index, axis=0)


def midnight(placed: Sequence[Any]) -> Times:
    """Dates as local times at 00:00; None is NaT."""
    return np.array(
        [np.datetime64(day, "us") if day else np.datetime64("NaT", "us") for day in placed], "M8[us]"
    )
