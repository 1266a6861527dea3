"""Are the days of Taiwan's year right, and what does copying last year's calendar cost: python benchmarks/calendar_dates.py

Judged on seven lunar festivals of 2000–2040 as two other libraries computed them (tests/data/lunar_festivals.csv, committed
with its makers' names) and on the government's calendars of 2025–2027 (datasets/reference/tw_holidays.csv). Naive baseline:
last year's month and day. Shuffled run: the years dealt out again among the rows, which must fail.

Last run, 30 November 2026: lunar days 287 of 287; last year's month and day 0 of 280; shuffled years 21 of 287 (0 to 41 in
200 shuffles). Official days 65 of 65 by date, kind and name; ``holidays`` alone names 60 of 65 as the calendar does.
"""

from __future__ import annotations

import csv
import random
import re
from datetime import date
from pathlib import Path

from xiaobian import datasets
from xiaobian.planning.moments.moments import YEARS, moments
from xiaobian.planning.moments.official import official_days

FIXTURE = Path(__file__).parents[1] / "tests" / "data" / "lunar_festivals.csv"


def lunar() -> tuple[int, int, int, list[int], int]:
    """Hits of the kit, of last year's days (and how many years have one), of shuffled years, and the number of rows."""
    rows = list(csv.DictReader(FIXTURE.open(encoding="utf-8")))
    ours = {year: {m.id: m.start for m in moments(year).moments} for year in YEARS}
    truth = {(row["moment"], int(row["year"])): date.fromisoformat(row["lunardate"]) for row in rows}
    hits = sum(ours[year][key] == day for (key, year), day in truth.items())
    copied = [(key, year) for key, year in truth if year - 1 in ours]
    naive = sum(
        truth[key, year - 1].timetuple()[1:3] == truth[key, year].timetuple()[1:3] for key, year in copied
    )
    shuffled = []
    for seed in range(200):
        years = list(YEARS)
        random.Random(seed).shuffle(years)
        other = dict(zip(YEARS, years, strict=True))
        shuffled.append(
            sum(
                ours[other[year]][key].timetuple()[1:3] == day.timetuple()[1:3]
                for (key, year), day in truth.items()
            )
        )
    return hits, naive, len(copied), shuffled, len(rows)


def official() -> tuple[int, int, int]:
    """Announced days that the kit and ``holidays`` alone name as the calendar does, and how many there are."""
    import holidays

    ours = alone = 0
    announced = datasets.reference("tw_holidays")
    for row in announced.to_dict("records"):
        day = date.fromisoformat(row["date"])
        days = official_days(day.year).set_index("date")
        found = days.loc[row["date"]]
        ours += re.sub(r"（.*）", "", found["name"]) == row["name"] and found["kind"] == row["kind"]
        raw = holidays.TW(years=day.year, language="zh_TW").get(day, "")
        plain = (
            raw.replace("（補假）", "補假")
            .replace("中華民國", "")
            .replace("; 民族掃墓節", "及清明節")
            .replace("民族掃墓節", "清明節")
        )
        alone += plain == row["name"]
    return ours, alone, len(announced)


def main() -> None:
    """Print both judgements."""
    hits, naive, copied, shuffled, rows = lunar()
    print(f"lunar days: {hits} of {rows}; last year's month and day: {naive} of {copied}")
    print(
        f"shuffled years: {shuffled[0]} of {rows} ({min(shuffled)} to {max(shuffled)} in {len(shuffled)} shuffles)"
    )
    ours, alone, days = official()
    print(f"official days, date, kind and name: {ours} of {days}; holidays alone, name: {alone} of {days}")


if __name__ == "__main__":
    main()
