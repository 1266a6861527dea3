"""``moments(year)``: the days and seasons of a year in Taiwan that an editor plans for, or keeps quiet on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from ... import datasets
from ...analytics.result import Result
from ...errors import NotFound
from ...plotting import spaced
from .dates import spans
from .official import announced_years, is_workday, official_day, official_days

if TYPE_CHECKING:
    from ...plotting import Chart

YEARS = range(2000, 2041)
"""Years whose lunar dates three libraries agree on."""
EVERYONE, NOBODY = "全部", "不適合促銷"


@dataclass(frozen=True)
class Moment:
    """One moment: days ``start`` to ``end``, when to begin, and how to behave.

    public_holiday: whether the law makes its first day a day off in that year. quiet: a sensitive day, or a sensitive season
    of up to a week, on which no promotion should go out.
    """

    id: str
    name: str
    start: date
    end: date
    lead_days: int
    sensitive: bool
    public_holiday: bool
    industries: tuple[str, ...]
    confidence: str
    source: str
    note: str = ""

    @property
    def prepare_from(self) -> date:
        """The day on which work on it should begin."""
        return self.start - timedelta(self.lead_days)

    @property
    def quiet(self) -> bool:
        """Whether a promotion on these days would hurt."""
        return self.sensitive and (self.end - self.start).days < 7

    def fits(self, industry: str) -> bool:
        """Whether the moment suits an industry as the table words it; sensitive days suit none."""
        return EVERYONE in self.industries or industry in self.industries

    def covers(self, day: date) -> bool:
        """Whether a day lies in the moment."""
        return self.start <= day <= self.end


@dataclass(frozen=True, repr=False)
class Moments(Result):
    """The moments of one year, for one industry or for all; official days off beside them."""

    year: int
    industry: str
    moments: tuple[Moment, ...]
    official: pd.DataFrame
    announced: bool

    @property
    def notes(self) -> tuple[str, ...]:
        """What the dates rest on."""
        told = ["產業、提前天數和敏感與否是設計參數；檔期的起訖日是大約的"]
        if not self.announced:
            told.append("這一年的行事曆政府還沒有公布，放假日依法推算，補假可能再調整")
        return tuple(told)

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row a moment, by first day: dates, lead time, day off, sensitive, industries, source and confidence."""
        frame = pd.DataFrame([_row(moment) for moment in self.moments], columns=list(_ROW))
        frame["day_off"] = [not is_workday(moment.start) for moment in self.moments]
        return frame

    def on(self, day: date) -> list[Moment]:
        """Moments that a day belongs to, single days before seasons.

        >>> [m.name for m in moments(2026).on(date(2026, 2, 15))][0]
        '小年夜'
        """
        found = [moment for moment in self.moments if moment.covers(day)]
        return sorted(found, key=lambda m: (m.end - m.start, m.start))

    def quiet_days(self) -> dict[date, str]:
        """Every day of the year on which no promotion should go out, with the reason's name."""
        days: dict[date, str] = {}
        for moment in self.moments:
            if moment.quiet:
                for step in range((moment.end - moment.start).days + 1):
                    days.setdefault(moment.start + timedelta(step), moment.name)
        return days

    def due(self, day: date) -> list[Moment]:
        """Moments whose preparation has begun on a day and that have not started, the nearest first.

        >>> "中秋節" in [m.name for m in moments(2026).due(date(2026, 8, 20))]
        True
        """
        found = [m for m in self.moments if m.prepare_from <= day < m.start]
        return sorted(found, key=lambda m: m.start)

    def moved_from(self, before: Moments) -> pd.DataFrame:
        """Single days that do not fall on the month and day of another year: name, before and now as MM-DD.

        Moments that fall twice, or not at all, in one of the years are left out.

        >>> moments(2026).moved_from(moments(2025)).loc["mid_autumn"].tolist()
        ['中秋節', '10-06', '09-25']
        """
        now, then = (
            year.table.query("days == 1").drop_duplicates("id", keep=False).set_index("id")
            for year in (self, before)
        )
        both = pd.DataFrame(
            {
                "name": now["name"],
                "before": then["start"].dt.strftime("%m-%d"),
                "now": now["start"].dt.strftime("%m-%d"),
            }
        )
        both = both.dropna().loc[now.index.intersection(then.index)]
        return both[both["before"] != both["now"]]

    def say(self) -> str:
        """How many moments there are, and which days are sensitive."""
        days = sum(moment.start == moment.end for moment in self.moments)
        quiet = "、".join(
            f"{name}（{day.month}/{day.day}）" for day, name in sorted(self.quiet_days().items())
        )
        off = int(self.official["kind"].isin(["holiday", "substitute", "moved"]).sum())
        whose = f"適合{self.industry}的" if self.industry else ""
        return spaced(
            f"{self.year}年{whose}時刻有{len(self.moments)}個：{days}個單日、{len(self.moments) - days}個檔期。"
            f"放假日含補假{off}天。不做促銷的日子：{quiet or '沒有'}。"
        )

    def plot(self, top: int = 24) -> Chart:
        """Bars of preparation that end at each day, the moments with the longest lead times first."""
        from .moments_plot import draw

        return self.captioned(draw(self, top))


_ROW = (
    "id", "name", "start", "end", "days", "prepare_from", "lead_days", "public_holiday", "sensitive", "industries",
    "confidence", "source", "note",
)  # fmt: skip


def _row(moment: Moment) -> tuple[Any, ...]:
    stamps = [pd.Timestamp(day) for day in (moment.start, moment.end)]
    return (
        moment.id, moment.name, *stamps, (moment.end - moment.start).days + 1, pd.Timestamp(moment.prepare_from),
        moment.lead_days, moment.public_holiday, moment.sensitive, "、".join(moment.industries), moment.confidence,
        moment.source, moment.note,
    )  # fmt: skip


def moments(year: int, industry: str | None = None) -> Moments:
    """Taiwan's holidays, lunar, solar-term, commercial, cultural and sensitive days of a Gregorian year.

    year: 2000 to 2040. industry: a word of ``industries()``, for the moments that suit it; sensitive days always stay.

    Rules come from ``tw_moments``, days off from ``holidays.TW`` with both eves told apart, lunar days from ``lunar_python``.
    Raises NotFound for another year or an unknown industry.

    >>> found = moments(2026).table.set_index("id")["start"].dt.strftime("%m-%d")
    >>> found["mid_autumn"], found["mother_day"], found["winter_solstice"]
    ('09-25', '05-10', '12-22')
    """
    if isinstance(year, bool) or not isinstance(year, int) or year not in YEARS:
        raise NotFound(
            f"沒有 {year} 年的時刻",
            where="參數 year",
            next_step=f"year 寫成整數，可用 {YEARS[0]}–{YEARS[-1]}，這段時間的農曆日期用三套程式比對過",
        )
    if industry is not None and industry not in industries():
        raise NotFound(
            f"沒有「{industry}」這個產業", where="參數 industry", next_step=f"可用：{'、'.join(industries())}"
        )
    found = [m for m in _of_year(year) if industry is None or m.sensitive or m.fits(industry)]
    return Moments(year, industry or "", tuple(found), official_days(year), year in announced_years())


@cache
def _of_year(year: int) -> tuple[Moment, ...]:
    rules: list[Any] = datasets.reference("tw_moments").to_dict("records")
    return tuple(sorted(_found(rules, year), key=lambda m: (m.start, m.end)))


def industries() -> list[str]:
    """The industries that the table of moments knows.

    >>> "食品" in industries()
    True
    """
    return list(_industries())


@cache
def _industries() -> tuple[str, ...]:
    cells = datasets.reference("tw_moments")["industries"]
    found = {word for cell in cells for word in str(cell).split("、")}
    return tuple(sorted(found - {EVERYONE, NOBODY}))


def _found(rules: list[dict[str, Any]], year: int) -> Iterable[Moment]:
    for rule in rules:
        for start, end in spans(rule, year):
            yield Moment(
                rule["id"], rule["name"], start, end, int(rule["lead_days"]), bool(rule["sensitive"]),
                bool(rule["public_holiday"]) and (official_day(start) or ("", ""))[1] == "holiday",
                tuple(str(rule["industries"]).split("、")), rule["confidence"], rule["source"],
                "" if pd.isna(rule["note"]) else rule["note"],
            )  # fmt: skip
