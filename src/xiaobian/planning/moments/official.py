"""Days off by law and announcement, days made up for them, and Saturdays at work."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache

import pandas as pd

from ... import datasets
from .dates import from_lunar

KINDS = {"holiday": "放假日", "substitute": "補假", "moved": "調整放假", "workday": "補班"}

_SUBSTITUTE = re.compile(r"^(.+)（補假）$")
_MOVED = re.compile(r"^放假日（(\d{4}-\d\d-\d\d) 補班）$")
_NAMES = {"中華民國開國紀念日": "開國紀念日", "民族掃墓節": "清明節", "兒童節; 民族掃墓節": "兒童節及清明節"}
"""What the library calls a day, and what the official calendar calls it."""
_EVE, _LITTLE_EVE = "農曆除夕", "小年夜"


def official_days(year: int) -> pd.DataFrame:
    """Every day off, day in lieu and made-up working day of a year: date, weekday (1–7), name, kind, announced.

    kind: a word of ``KINDS``. announced: whether the government has published the year's calendar (``tw_holidays``);
    otherwise the day follows from the law alone and may still move. From ``holidays.TW``, which calls both eves of the lunar
    new year 農曆除夕: here the day before the eve is 小年夜 and so is its day in lieu.

    >>> official_days(2026).set_index("date").loc["2026-02-15", "name"]
    '小年夜'
    """
    return _official(year).copy()


@cache
def _official(year: int) -> pd.DataFrame:
    import holidays

    found = holidays.TW(years=[year], language="zh_TW")
    eve = from_lunar(year, 1, 1) - timedelta(1)
    named = {day: name for day, name in sorted(found.items()) if day.year == year}
    lieu = _eves_made_up([day for day, name in named.items() if name == f"{_EVE}（補假）"], eve)
    rows = [(day, *(lieu.get(day) or _named(day, name, eve))) for day, name in named.items()]
    rows += [(day, "補行上班", "workday") for day in sorted(found.weekend_workdays) if day.year == year]
    rows.sort()
    frame = pd.DataFrame(rows, columns=["date", "name", "kind"]).astype({"name": "string", "kind": "string"})
    frame["date"] = pd.to_datetime(frame["date"])
    frame.insert(1, "weekday", frame["date"].dt.isocalendar()["day"].astype("Int64"))
    frame["announced"] = year in announced_years()
    return frame


@cache
def announced_years() -> frozenset[int]:
    """Years whose official calendar ``tw_holidays`` holds.

    >>> 2026 in announced_years()
    True
    """
    return frozenset(int(day[:4]) for day in datasets.reference("tw_holidays")["date"])


def is_workday(day: date) -> bool:
    """Whether offices work on a day: weekends and days off do not, made-up Saturdays do.

    >>> is_workday(date(2025, 2, 8)), is_workday(date(2026, 10, 26)), is_workday(date(2026, 10, 27))
    (True, False, True)
    """
    found = official_day(day)
    return day.isoweekday() < 6 if found is None else found[1] == "workday"


def official_day(day: date) -> tuple[str, str] | None:
    """Name and kind of a day of the official calendar; None for an ordinary day.

    >>> official_day(date(2026, 9, 25))
    ('中秋節', 'holiday')
    """
    return _by_day(day.year).get(day)


@cache
def _by_day(year: int) -> dict[date, tuple[str, str]]:
    days = _official(year)
    return dict(zip(days["date"].dt.date, zip(days["name"], days["kind"], strict=True), strict=True))


def _named(day: date, name: str, eve: date) -> tuple[str, str]:
    """Name and kind of a day of the library, with the two eves told apart."""
    moved = _MOVED.match(name)
    if moved:
        made_up = date.fromisoformat(moved[1])
        label = _LITTLE_EVE if day == eve - timedelta(1) else "調整放假"
        return f"{label}（{made_up.month} 月 {made_up.day} 日補班）", "moved"
    lieu = _SUBSTITUTE.match(name)
    if lieu:
        return f"{_NAMES.get(lieu[1], lieu[1])}補假", "substitute"
    if name == _EVE and day == eve - timedelta(1):
        return _LITTLE_EVE, "holiday"
    return _NAMES.get(name, name), "holiday"


def _eves_made_up(days: list[date], eve: date) -> dict[date, tuple[str, str]]:
    """Which eve each day in lieu makes up for: those that fell on a weekend, in order."""
    little = eve - timedelta(1)
    fell = [name for name, day in ((_LITTLE_EVE, little), (_EVE, eve)) if day.isoweekday() > 5]
    return {
        day: (f"{name}補假", "substitute")
        for day, name in zip(days, fell[-len(days) :], strict=False)
        if days
    }
