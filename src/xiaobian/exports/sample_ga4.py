"""Our own sample downloads of Google Analytics 4 for the fictional brand's shop: an exploration and a report."""

from __future__ import annotations

from functools import cache
from typing import Any

import pandas as pd

from .draws import Draw
from .generic import typed_truth
from .sample_csv import csv_text

SEED = 20260301
FIRST, DAYS = pd.Timestamp(2026, 3, 1), 60
EXPLORATION = "exports/ga4/ga4_en/Free form-Free form 1.csv"
REPORT = "exports/ga4/ga4_report_en/Reports_snapshot.csv"
# source, medium, campaign, page, sessions a day, share engaged, key events a session
LANES = (
    ("instagram", "social", "spring_roll", "/shop/roll", 42, 0.61, 0.021),
    ("facebook", "social", "spring_roll", "/shop/roll", 31, 0.54, 0.017),
    ("facebook.com", "referral", "(not set)", "/", 12, 0.47, 0.008),
    ("line", "social", "member_news", "/shop", 27, 0.66, 0.034),
    ("google", "organic", "(organic)", "/", 58, 0.58, 0.015),
    ("(direct)", "(none)", "(direct)", "/", 37, 0.44, 0.011),
    ("(other)", "(other)", "(other)", "/shop/box", 2, 0.5, 0.01),
)
HEADER = ("Date", "Session source", "Session medium", "Session campaign", "Landing page", "Sessions",
          "Engaged sessions", "Engagement rate", "Key events")  # fmt: skip
CHANNELS = (
    ("Organic Social", 100),
    ("Organic Search", 58),
    ("Direct", 37),
    ("Referral", 12),
    ("Unassigned", 2),
)


@cache
def rows(seed: int = SEED) -> tuple[dict[str, Any], ...]:
    """One row a day and lane, most sessions of the day first; days of no visit have no row."""
    made: list[dict[str, Any]] = []
    for day in range(DAYS):
        draw = Draw(seed, "ga4", day)
        of_day = []
        for source, medium, campaign, page, mean, engaged, key in LANES:
            sessions = draw.count(draw.lognormal(mean, 0.25)) if draw.uniform() < 0.96 else 0
            found = {"date": FIRST + pd.Timedelta(days=day), "source": source, "medium": medium, "campaign": campaign,
                     "page": page, "sessions": sessions, "engaged_sessions": min(sessions, draw.count(sessions * engaged)),
                     "key_events": draw.count(sessions * key)}  # fmt: skip
            of_day += [found] if sessions else []
        made += sorted(of_day, key=lambda row: -row["sessions"])
    return tuple(made)


def build(seed: int = SEED) -> dict[str, pd.DataFrame]:
    """The truth: ``exploration`` (day by source, campaign and page) and ``report`` (sessions by day).

    >>> sorted(build())
    ['exploration', 'report']
    """
    whole = typed_truth(pd.DataFrame(rows(seed)), "sessions")
    days = whole.groupby("date")["sessions"].sum().reset_index()
    return {"exploration": whole, "report": typed_truth(days, "sessions")}


def files(seed: int = SEED) -> dict[str, bytes]:
    """Both sample files by path below ``datasets``: no byte order mark, LF."""
    return {EXPLORATION: _exploration(seed).encode("utf-8"), REPORT: _report(seed).encode("utf-8")}


def _span(sign: str) -> str:
    return f"{FIRST:%Y%m%d}{sign}{FIRST + pd.Timedelta(days=DAYS - 1):%Y%m%d}"


def _exploration(seed: int) -> str:
    """Six comment lines, a blank one, the header, a grand total with one cell too many, the rows."""
    rule = "# ----------------------------------------"
    lines = [rule, "# yusui shop (demo)", "# Free form-Free form 1", f"# {_span('-')}", rule, ""]
    whole = pd.DataFrame(rows(seed))
    sums = whole[["sessions", "engaged_sessions", "key_events"]].sum()
    rate = sums["engaged_sessions"] / sums["sessions"]
    total = [
        "",
        "",
        "",
        "",
        "",
        sums["sessions"],
        sums["engaged_sessions"],
        repr(float(rate)),
        sums["key_events"],
        "Grand total",
    ]
    body = [
        [f"{row['date']:%Y%m%d}", row["source"], row["medium"], row["campaign"], row["page"], row["sessions"],
         row["engaged_sessions"], repr(row["engaged_sessions"] / row["sessions"]), row["key_events"]]
        for row in rows(seed)
    ]  # fmt: skip
    return "\n".join(lines) + "\n" + csv_text([HEADER, total, *body])


def _report(seed: int) -> str:
    """Four tables, each under its own dates: users by day, sessions by channel, sessions by day, events by week."""
    start, _, end = _span(" ").partition(" ")
    rule = "# ----------------------------------------"
    top = f"{rule}\n# Reports snapshot\n# Account: yusui (demo)\n# Property: yusui shop (demo)\n{rule}\n#  \n"
    dates = f"# Start date: {start}\n# End date: {end}\n"
    days = build(seed)["report"]
    draw = Draw(seed, "ga4", "report")
    users = [(f"{n:04d}", round(count * 0.83)) for n, count in enumerate(days["sessions"])]
    channels = [(name, mean * DAYS, 0.55, round(draw.lognormal(mean, 0.3))) for name, mean in CHANNELS]
    sessions = [(f"{n:04d}", count) for n, count in enumerate(days["sessions"])]
    weeks = [(f"{n:04d}", round(draw.lognormal(4_000, 0.2))) for n in range(DAYS // 7)]
    parts = (
        [("Nth day", "Active users"), *users],
        [
            (
                "Session primary channel group (Default Channel Group)",
                "Sessions",
                "Engagement rate",
                "Key events",
            ),
            *channels,
        ],
        [("Nth day", "Sessions"), *sessions],
        [("Nth week", "Event count"), *weeks],
    )
    return top + "\n".join(dates + csv_text(part) for part in parts)
