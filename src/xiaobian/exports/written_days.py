"""Days as interfaces write them, in several languages, with or without a year."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass

_NAMES = {
    "en": "january february march april may june july august september october november december",
    "en, short": "jan feb mar apr may jun jul aug sep oct nov dec",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "vi": "một hai ba tư năm sáu bảy tám chín mười mười_một mười_hai",
}
MONTHS = {
    name.replace("_", " "): month for names in _NAMES.values() for month, name in enumerate(names.split(), 1)
} | {"sept": 9, "giêng": 1}
_WORD = r"[^\W\d_]+"
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?:[ T]\d.*)?")
_HAN = re.compile(
    r"(?:(?P<year>\d{4})\s*[年년]\s*)?(?P<month>\d{1,2})\s*[月월]\s*(?P<day>\d{1,2})\s*[日號일]?"
)
_MONTH_FIRST = re.compile(rf"(?P<name>{_WORD})\.? (?P<day>\d{{1,2}})(?:,? (?P<year>\d{{4}}))?")
_DAY_FIRST = re.compile(
    rf"(?P<day>\d{{1,2}})[ -](?:de |tháng )?(?P<name>{_WORD}(?: {_WORD})?)\.?"
    r"(?:,?[ -](?:de )?(?P<year>\d{4}))?"
)


@dataclass(frozen=True)
class Day:
    """A day of the calendar; ``year`` is None where it is not written."""

    month: int
    day: int
    year: int | None = None


def read_day(text: str) -> Day | None:
    """Read one day; None for what is none, and for numbers whose order of day and month is open.

    >>> read_day("February 28"), read_day("2月28日") == read_day("28 de febrero")
    (Day(month=2, day=28, year=None), True)
    >>> read_day("Sep 27, 2024"), read_day("03/04/2024"), read_day("February 30")
    (Day(month=9, day=27, year=2024), None, None)
    """
    clean = " ".join(text.split()).casefold()
    for pattern in (_YEAR_FIRST, _HAN, _MONTH_FIRST, _DAY_FIRST):
        if found := pattern.fullmatch(clean):
            parts = found.groupdict()
            month = MONTHS.get(parts["name"], 0) if "name" in parts else int(parts["month"])
            year = int(parts["year"]) if parts["year"] else None
            return _existing(month, int(parts["day"]), year)
    return None


def _existing(month: int, day: int, year: int | None) -> Day | None:
    """The day, if the calendar has it between 2004 and 2099."""
    if not 1 <= month <= 12 or not 2004 <= (year or 2004) <= 2099:
        return None
    return Day(month, day, year) if 1 <= day <= calendar.monthrange(year or 2004, month)[1] else None
