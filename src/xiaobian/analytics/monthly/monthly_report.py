"""The monthly report: was it good, what moved with it, what next; each in one honest sentence with one chart."""

from __future__ import annotations

import html
import os
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ...datasets import SIMULATED
from ...errors import TableError
from ...plotting import Chart, to_png
from ...reports import Page, Section, write_page
from ...reports.page import checked
from ...tables import PLATFORMS, require
from ..collected import collected
from ..groups import key_text, taipei_times
from ..kpi.kpi import kpi as compute
from ..measures import check_posts
from ..metrics import ENGAGEMENT_PARTS, metric
from . import answers as monthly_answers
from . import tables as monthly_tables
from .answers import Answer, Months

_RATES = ("er_reach", "er_views", "er_followers")


@dataclass(frozen=True)
class MonthlyReport:
    """What ``monthly_report()`` found and wrote.

    answers: question, sentence and chart, in the order of the first page. platform, kpi: what the first page
    is about. table: every KPI of every platform for this month and the three before, a row each.
    """

    month: str
    platform: str
    kpi: str
    answers: tuple[Answer, ...]
    table: pd.DataFrame
    notes: tuple[str, ...]
    path: Path

    def say(self) -> str:
        """The three sentences of the first page."""
        return "\n".join(f"{one.question}：{one.sentence}" for one in self.answers)

    def __repr__(self) -> str:
        return f"{_title(self.month, self.platform)}\n{self.say()}\n寫好 {self.path.name}"

    def _repr_html_(self) -> str:
        parts = "".join(
            f'<div style="color:#0A4A78;margin-top:16px">{html.escape(one.question)}</div>'
            f"<div>{html.escape(one.sentence)}</div>"
            f'<img style="max-width:100%" alt="{html.escape(_alt(one.chart), quote=True)}" '
            f'src="data:image/png;base64,{b64encode(to_png(one.chart)).decode()}">'
            for one in self.answers
        )
        badge = f"　{SIMULATED}" if SIMULATED in self.notes else ""
        return (
            '<div style="max-width:960px;font-size:16px;line-height:1.6;color:#22303C;background:#FFFFFF">'
            f'<div style="font-size:20px">{html.escape(_title(self.month, self.platform))}</div>'
            f'<div style="color:#5B6875;font-size:13px">寫好 {html.escape(self.path.name)}{badge}</div>{parts}</div>'
        )


def monthly_report(
    posts: pd.DataFrame,
    month: str | pd.Timestamp | pd.Period,
    path: str | os.PathLike[str],
    *,
    platform: str | None = None,
    kpi: str | None = None,
) -> MonthlyReport:
    """Write the report of one month as .html or .pdf and return what it says.

    The first page is about one platform (the one with most posts that month, unless named) and one rate (the
    first of er_reach, er_views, er_followers that it can compute, unless named); the tables hold all platforms.
    The month's weeks are judged on a control chart whose limits come from the weeks before; months are compared
    by the same definitions; nothing is claimed about causes, and with too few posts or weeks it abstains.

    posts: of any engine (fetched whole: the report lists posts). month: like ``"2026-08"``, Taipei. path: .html, or .pdf where Chrome, Edge or Chromium is present.

    Raises TableError for an unreadable month, a month or platform without posts, or a count as ``kpi``;
    NotFound for an unknown ``kpi``; KitError when there is no browser for a PDF.
    """
    checked(path)
    posts = collected(posts)
    check_posts(posts, ENGAGEMENT_PARTS)
    require(posts, ["published_at"])
    start = _month(month)
    times = taipei_times(posts).dt.tz_localize(None)
    now = posts[(times >= start) & (times < _after(start))]
    if now.empty:
        raise _no_posts(start, times)
    about = _platform(now, platform)
    months = Months.of(posts[times < _after(start)], start, about)
    rate = _rate(months.now, kpi)
    answers = monthly_answers.answers(months, rate)
    table, known = monthly_tables.compare(posts, start)
    notes = tuple(dict.fromkeys([*answers[0].notes, *known]))
    name = start.strftime("%Y-%m")
    page = _page(name, about, rate, answers, table, notes, len(now))
    return MonthlyReport(name, about, rate, answers, table, notes, write_page(page, path))


def _no_posts(start: pd.Timestamp, times: pd.Series) -> TableError:
    known = "、".join(sorted(set(times.dropna().dt.strftime("%Y-%m"))))
    return TableError(
        f"{key_text(start, 'month')} 沒有貼文", where="參數 month", next_step=f"有貼文的月份：{known}"
    )


def _after(start: pd.Timestamp) -> pd.Timestamp:
    return start + pd.offsets.MonthBegin(1)


def _month(month: str | pd.Timestamp | pd.Period) -> pd.Timestamp:
    try:
        return pd.Period(month, freq="M").to_timestamp()
    except (ValueError, TypeError):
        raise TableError(
            f"看不懂月份 {month!r}", where="參數 month", next_step='請寫成 "2026-08" 這樣'
        ) from None


def _platform(now: pd.DataFrame, platform: str | None) -> str:
    counts = now["platform"].value_counts()
    if platform is None:
        most = counts[counts == counts.max()].index
        return next(name for name in [*PLATFORMS, *map(str, most)] if name in most)
    if platform not in counts:
        raise TableError(
            f"這個月沒有「{platform}」的貼文",
            where="參數 platform",
            next_step=f"這個月有貼文的平台：{'、'.join(map(str, counts.index))}",
        )
    return platform


def _rate(now: pd.DataFrame, kpi: str | None) -> str:
    if kpi is None:
        known = compute(now)
        computable = [name for name in _RATES if known.rows(name)["value"].notna().any()]
        return computable[0] if computable else _RATES[0]
    if not metric(kpi).is_ratio:
        raise TableError(
            f"月報比的是比率，{metric(kpi).label}是數量，會跟著發文則數起伏",
            where="參數 kpi",
            next_step=f"例如 {'、'.join(_RATES)}",
        )
    return kpi


def _title(month: str, platform: str) -> str:
    year, number = month.split("-")
    return f"{year} 年 {int(number)} 月社群月報｜{PLATFORMS.get(platform, platform)}"


def _alt(chart: Chart) -> str:
    """The chart in words: its own text form already ends with its summary."""
    return repr(chart).removeprefix("圖：")


def _page(
    month: str, platform: str, rate: str, answers: tuple[Answer, ...], table: pd.DataFrame,
    notes: tuple[str, ...], posts: int,
) -> Page:  # fmt: skip
    sections = tuple(
        Section(one.question, one.sentence, to_png(one.chart), _alt(one.chart)) for one in answers
    )
    everywhere = f"第一頁看 {PLATFORMS.get(platform, platform)} 的{metric(rate).label}"
    return Page(
        title=_title(month, platform),
        subtitle=f"{everywhere}；本月所有平台共 {posts:,} 則貼文，時間以台北為準",
        badge=SIMULATED if SIMULATED in notes else "",
        sections=sections,
        tables=tuple(monthly_tables.page_tables(table)),
        definitions=tuple(monthly_tables.definitions(table)),
        notes=(*(note for note in notes if note != SIMULATED), *monthly_tables.REMINDERS),
    )
