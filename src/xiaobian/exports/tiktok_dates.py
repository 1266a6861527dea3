"""TikTok Studio writes days without a year: which year each row belongs to, and how we know."""

from __future__ import annotations

import re
from calendar import isleap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from ..errors import ReadError
from .written_days import Day

_EPOCH = re.compile(r"(?<![^\W_])(1[4-9]\d{8}|20\d{8})(?:\d{3})?(?!\d)")
_DATED = re.compile(r"(?<!\d)(20\d\d)([-_.]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)")


@dataclass(frozen=True)
class Dated:
    """Rows with their year. sentence: where the year comes from; sure: whether the file itself says so."""

    days: list[date]
    sentence: str
    sure: bool


def place_in_years(days: Sequence[Day], name: str, exported: date | None = None, told: bool = False) -> Dated:
    """Give every day of a chronological list its year.

    The order of the rows tells where the year changes. The year of the last day comes from the caller (``told``),
    from the file's name (an export moment in seconds, or a day inside or next to the period), else it is the latest
    that is not after ``exported`` (default: today); 29 February, or its absence between 28 February and 1 March,
    rules years out.

    Raises ReadError naming the file when the rows are not in order of time, or when no year fits.

    >>> place_in_years([Day(12, 31), Day(1, 1)], "Overview.csv", date(2026, 3, 1)).days
    [datetime.date(2025, 12, 31), datetime.date(2026, 1, 1)]
    """
    if all(day.year for day in days):
        return Dated([date(day.year or 0, day.month, day.day) for day in days], "日期帶有年份", True)
    if any(day.year for day in days):
        raise ReadError("同一欄的日期有的帶年份、有的沒有", where=name, next_step="請用平台原始下載的檔案")
    offsets = _years_back(days, name)
    wanted, sentence, sure = _last_year(days, offsets, name, exported or date.today(), told)
    for year in range(wanted, wanted - (1 if sure else 9), -1):
        placed = _dates(days, offsets, year)
        if placed is not None:
            return Dated(placed, sentence.format(year=year), sure)
    raise ReadError(
        f"日期沒有年份，而最後一天當作 {wanted} 年時，2 月 29 日對不上",
        where=name,
        next_step='請用 exported_on="2026-09-01" 這樣的寫法，指定你下載檔案的那一天',
    )


def nearest_year(day: Day, near: date | None, limit: date) -> int:
    """The year of one day: the one written, else the nearest to ``near``, else the latest not after ``limit``.

    >>> nearest_year(Day(12, 31), date(2026, 1, 1), date(2026, 3, 1))
    2025
    """
    if day.year:
        return day.year
    around = near.year if near else _latest_year((day.month, day.day), limit)
    years = [y for y in range(around - 4, around + 2) if (day.month, day.day) != (2, 29) or isleap(y)]
    if near:
        return min(years, key=lambda year: abs((date(year, day.month, day.day) - near).days))
    return max(year for year in years if year <= around)


def _years_back(days: Sequence[Day], where: str) -> list[int]:
    """For every row, how many New Years lie between it and the last day, oldest or newest row first."""
    keys = [(day.month, day.day) for day in days]
    most = 1 + len(set(keys)) // 365
    ways = [_turns(keys), _turns(keys[::-1])[::-1]]
    fitting = [back for back in ways if max(back) <= most]
    if not fitting:
        raise ReadError(
            "日期沒有年份，而且不是照時間排的，分不出哪幾列是去年",
            where=where,
            next_step="請用平台原始下載的檔案，不要先在試算表排序",
        )
    return min(fitting, key=lambda back: _span(days, back))


def _turns(keys: Sequence[tuple[int, int]]) -> list[int]:
    """How often the year changes between each row and the last one, when the oldest row comes first."""
    after, back = 0, [0]
    for one, following in pairwise(reversed(keys)):
        after += following > one
        back.append(after)
    return back[::-1]


def _span(days: Sequence[Day], back: Sequence[int]) -> int:
    """Days from the first to the last, in years without 29 February."""
    ordinals = [_ordinal(day, 2022 - n) for day, n in zip(days, back, strict=True)]
    return max(ordinals) - min(ordinals)


def _dates(days: Sequence[Day], back: Sequence[int], last_year: int) -> list[date] | None:
    """The dates when the last day is in ``last_year``; None when 29 February contradicts it."""
    try:
        placed = [date(last_year - n, day.month, day.day) for day, n in zip(days, back, strict=True)]
    except ValueError:
        return None
    for one, next_ in pairwise(sorted(set(placed))):
        leap_day_skipped = (one.month, one.day, next_.month, next_.day) == (2, 28, 3, 1)
        if leap_day_skipped and (next_ - one).days == 2 and _daily(placed):
            return None
    return placed


def _daily(placed: Sequence[date]) -> bool:
    """Whether the rows are meant to be one a day: nearly all neighbours are a day apart."""
    ordered = sorted(set(placed))
    near = sum((b - a).days <= 1 for a, b in pairwise(ordered))
    return near >= 0.9 * (len(ordered) - 1) - 1


def _last_year(
    days: Sequence[Day], back: Sequence[int], name: str, exported: date, told: bool
) -> tuple[int, str, bool]:
    """Year of the last day, the sentence that says why, and whether the caller or the file's name says it."""
    last = max((day.month, day.day) for day, n in zip(days, back, strict=True) if n == 0)
    if told:
        why = f"日期沒有年份；exported_on= 說 {exported} 下載，所以最後一天當作 {{year}} 年"
        return _latest_year(last, exported), why, True
    if moment := _EPOCH.search(name):
        made = datetime.fromtimestamp(int(moment[1]), UTC).date()
        why = f"日期沒有年份；檔名裡的匯出時刻是 {made}，所以最後一天當作 {{year}} 年"
        return _latest_year(last, made), why, True
    if written := [date(int(m[1]), int(m[3]), int(m[4])) for m in _DATED.finditer(name) if _real(m)]:
        near = min(
            range(written[-1].year - 1, written[-1].year + 2),
            key=lambda year: _distance(days, back, year, written[-1]),
        )
        return near, f"日期沒有年份；檔名寫著 {written[-1]}，所以最後一天當作 {{year}} 年", True
    why = (
        "日期沒有年份，檔名裡也沒有；當作最近的一次，最後一天是 {year} 年。"
        "如果不是最近才下載的檔案，請用 exported_on= 指定下載那一天，再讀一次"
    )
    return _latest_year(last, exported), why, False


def _real(found: re.Match[str]) -> bool:
    try:
        date(int(found[1]), int(found[3]), int(found[4]))
    except ValueError:
        return False
    return True


def _latest_year(last: tuple[int, int], limit: date) -> int:
    """The latest year in which a month and day is not after ``limit``, a day's grace for time zones."""
    edge = limit + timedelta(days=1)
    return edge.year if last <= (edge.month, edge.day) else edge.year - 1


def _distance(days: Sequence[Day], back: Sequence[int], year: int, written: date) -> int:
    """Days between a written date and the period when the last day is in ``year``; 0 inside it."""
    ordinals = [_ordinal(day, year - n) for day, n in zip(days, back, strict=True)]
    return max(min(ordinals) - written.toordinal(), written.toordinal() - max(ordinals), 0)


def _ordinal(day: Day, year: int) -> int:
    return date(year, day.month, day.day - (day == Day(2, 29) and not isleap(year))).toordinal()
