"""The brand's page-level charts and audience, invented, as Meta Business Suite's Results and Audience pages give them."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pandas as pd

from ..tables import conform
from .clock import PACIFIC
from .draws import Draw

# 設計參數 (ours, not measurements): mean a day of each chart.
FIRST_DAY, DAYS = date(2026, 2, 20), 45
CHARTS = {
    "views": ("Views", 3_900), "engagements": ("Content interactions", 150),
    "gained": ("Facebook follows", 12), "visits": ("Facebook visits", 85),
    "link_clicks": ("Facebook link clicks", 31),
}  # fmt: skip
FOLDER = "exports/meta/facebook_charts_en"
PATHS = {name: f"{FOLDER}/{title}.csv" for name, (title, _) in CHARTS.items()}
AUDIENCE = "exports/meta/instagram_audience_en/Audience.csv"
AGES = ("18-24", "25-34", "35-44", "45-54", "55-64", "65+")
CITIES = (
    "Chiayi City, Taiwan",
    "Taipei, Taiwan",
    "Taichung, Taiwan",
    "Tainan City, Taiwan",
    "Kaohsiung, Taiwan",
)
COUNTRIES = ("Taiwan", "Japan", "Hong Kong", "Malaysia")


@cache
def days_truth(seed: int) -> pd.DataFrame:
    """The account_days table behind the chart files."""
    rows = []
    for n in range(DAYS):
        day = FIRST_DAY + timedelta(days=n)
        figures = {
            name: Draw(seed, "chart", name, day).count(
                mean * Draw(seed, "level", name, day).lognormal(1.0, 0.3)
            )
            for name, (_, mean) in CHARTS.items()
        }
        rows.append({"platform": "facebook", "date": pd.Timestamp(day), **figures})
    return conform(pd.DataFrame(rows), "account_days")


def chart(name: str, seed: int, title: str = "") -> str:
    """The lines of one chart: title, header, a row a day; the hour flips to 01:00 in US summer time."""
    lines = [f'"{title or CHARTS[name][0]}"', '"Date","Primary"']
    for day, value in days_truth(seed)[["date", name]].itertuples(index=False):
        summer = bool(day.replace(hour=12).tz_localize(ZoneInfo(PACIFIC)).dst())
        lines.append(f'"{day:%Y-%m-%d}T{"01" if summer else "00"}:00:00","{value}"')
    return "\n".join(lines) + "\n"


def utf16(*parts: str) -> bytes:
    """A download of these pages: UTF-16 LE with BOM, ``sep=,``, blocks, blank lines between and at the end."""
    return ("\ufeffsep=,\n" + "\n".join(parts) + "\n").encode("utf-16-le")


def chart_csv(name: str, seed: int) -> bytes:
    return utf16(chart(name, seed))


@cache
def audience_truth(seed: int) -> pd.DataFrame:
    """The audience table behind the Audience file: shares with three decimals."""
    rows = []
    for sex, total in (("female", 0.68), ("male", 0.32)):
        draw = Draw(seed, "audience", sex)
        parts = [draw.uniform(0.3, 1.0) * weight for weight in (2, 5, 4, 2, 1, 0.5)]
        for age, part in zip(AGES, parts, strict=True):
            rows.append(("age_gender", f"{sex} {age}", round(total * part / sum(parts), 3)))
    for dimension, names, first in (("city", CITIES, 0.19), ("country", COUNTRIES, 0.93)):
        share = first
        for name in names:
            rows.append((dimension, name, round(share, 3)))
            share = (1 - first) * 0.5 if dimension == "country" and name == names[0] else share * 0.6
    frame = pd.DataFrame(rows, columns=["dimension", "group", "share"])
    return conform(frame.assign(platform="instagram"), "audience")


def audience_blocks(seed: int) -> list[str]:
    """The blocks of the Audience file, with the series of follows that some files hold."""
    truth = audience_truth(seed)
    share = truth.set_index(["dimension", "group"])["share"]
    ages = ['"Age & gender"', '"","Women","Men"']
    for age in AGES:
        cells = [f"{100 * share['age_gender', f'{sex} {age}']:.1f}%" for sex in ("female", "male")]
        ages.append(f'"{age}","{cells[0]}","{cells[1]}"')
    blocks = ["\n".join(ages) + "\n"]
    for title, dimension in (("Top cities", "city"), ("Top countries", "country")):
        part = truth[truth["dimension"] == dimension]
        labels = ",".join(f'"{name}"' for name in part["group"])
        values = ",".join(f'"{100 * value:.1f}%"' for value in part["share"])
        blocks.append(f'"{title}"\n{labels}\n{values}\n')
    return [*blocks, chart("gained", seed, "Instagram follows")]


def audience_csv(seed: int) -> bytes:
    return utf16(*audience_blocks(seed))
