"""From a rule to the days of one year: fixed, nth weekday, lunar, solar term and seasons."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any

Span = tuple[date, date]

_TERMS = {
    "DA_XUE": "大雪", "DONG_ZHI": "冬至", "XIAO_HAN": "小寒", "DA_HAN": "大寒", "LI_CHUN": "立春", "YU_SHUI": "雨水",
    "JING_ZHE": "驚蟄", "惊蛰": "驚蟄", "谷雨": "穀雨", "小满": "小滿", "芒种": "芒種", "处暑": "處暑",  # lint: off
}  # fmt: skip
"""The keys of lunar_python's table of a lunar year that are not the terms as Taiwan writes them."""


def spans(rule: Mapping[str, Any], year: int) -> list[Span]:
    """First and last day of each time a moment of ``tw_moments`` falls in a Gregorian year, in order.

    A season that crosses the turn of the year counts in both years; a year can so hold the end of one and the start of the
    next. A lunar moment late in its year can fall twice in a Gregorian year, or not at all.

    >>> spans({"rule": "fixed", "month": 2, "day": 14, "offset_days": 0}, 2026)
    [(datetime.date(2026, 2, 14), datetime.date(2026, 2, 14))]
    """
    shift = timedelta(int(rule["offset_days"]))
    kind = rule["rule"]
    if kind == "fixed":
        found = [(date(year, int(rule["month"]), int(rule["day"])),) * 2]
    elif kind == "nth_weekday":
        found = [(nth_weekday(year, int(rule["month"]), int(rule["weekday"]), int(rule["nth"])),) * 2]
    elif kind == "solar_term":
        found = [(solar_term(year, str(rule["term"])),) * 2]
    elif kind == "season":
        found = [_season(rule, began) for began in (year - 1, year)]
    else:
        last = (
            (rule["end_month"], rule["end_day"]) if kind == "lunar_season" else (rule["month"], rule["day"])
        )
        found = [
            (
                from_lunar(lunar, int(rule["month"]), int(rule["day"])),
                from_lunar(lunar, int(last[0]), int(last[1])),
            )
            for lunar in (year - 1, year)
        ]
    moved = [(start + shift, end + shift) for start, end in found]
    return [span for span in moved if span[0].year <= year <= span[1].year]


def _season(rule: Mapping[str, Any], year: int) -> Span:
    """The season that begins in a year; one whose end lies before its beginning ends in the next."""
    start = date(year, int(rule["month"]), int(rule["day"]))
    end = date(year, int(rule["end_month"]), int(rule["end_day"]))
    return start, end if end >= start else end.replace(year=year + 1)


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    """The nth weekday (1 Monday … 7 Sunday) of a month; nth −1 is the last one.

    >>> nth_weekday(2026, 5, 7, 2)
    datetime.date(2026, 5, 10)
    """
    length = calendar.monthrange(year, month)[1]
    days = [day for day in range(1, length + 1) if date(year, month, day).isoweekday() == weekday]
    return date(year, month, days[nth - 1 if nth > 0 else nth])


def from_lunar(year: int, month: int, day: int) -> date:
    """The Gregorian day of a day of a lunar year; the ordinary month, never the leap month that repeats it.

    A day 30 of a month that has 29 is its last day.

    >>> from_lunar(2026, 8, 15)
    datetime.date(2026, 9, 25)
    """
    first, length = _months(year)[month]
    return first + timedelta(min(day, length) - 1)


@cache
def _months(year: int) -> dict[int, tuple[date, int]]:
    """First day and length of each ordinary month of a lunar year; the library computes a year anew at each question."""
    from lunar_python import LunarYear, Solar

    found = {}
    for month in LunarYear.fromYear(year).getMonths():
        if month.getYear() == year and month.getMonth() > 0:
            first = Solar.fromJulianDay(month.getFirstJulianDay())
            found[month.getMonth()] = (
                date(first.getYear(), first.getMonth(), first.getDay()),
                month.getDayCount(),
            )
    return found


def solar_term(year: int, term: str) -> date:
    """The day of a solar term in a Gregorian year, in the time of Taiwan.

    The library keeps the terms of a lunar year, which begins with the winter solstice before it: its 「冬至」 is that of the
    December before. Here the term is the one that falls in ``year``. Raises KeyError for what is no term.

    >>> solar_term(2026, "冬至"), solar_term(2026, "清明")
    (datetime.date(2026, 12, 22), datetime.date(2026, 4, 5))
    """
    return _terms(year)[term]


@cache
def _terms(year: int) -> dict[str, date]:
    from lunar_python import Solar

    table = Solar.fromYmd(year, 6, 15).getLunar().getJieQiTable()
    named = [(_TERMS.get(key, key), date(s.getYear(), s.getMonth(), s.getDay())) for key, s in table.items()]
    return {name: day for name, day in named if day.year == year}
