"""The chart of one KPI."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from ...datasets import SIMULATED
from ...errors import TableError
from ...plotting import SEA, Chart, Unit, interval_bars, interval_line, platform_style, source_note, titled
from ...tables import PLATFORMS
from ..groups import PERIODS
from ..metrics import Metric
from . import words

if TYPE_CHECKING:
    from .result import KPIResult

MAX_ROWS = 40


def draw(result: KPIResult, what: Metric, rows: pd.DataFrame) -> Chart:
    """A row a group, or a point a period; raises TableError when there are too many to read."""
    along_time = len(result.by) == 1 and result.by[0] in PERIODS
    if len(rows) > MAX_ROWS and not along_time:
        raise TableError(
            f"一張圖放不下 {len(rows)} 組",
            where=f"分組欄位 {'、'.join(result.by)}",
            next_step=f"請先篩到 {MAX_ROWS} 組以內，或只用一個欄位分組",
        )
    aggregate = str(rows["aggregate"].iloc[0])
    exact = aggregate == "sum"
    unit: Unit = "percent" if what.is_ratio else "count"
    if along_time:
        ax = interval_line(rows.assign(group=_days(rows, result.by[0])), "group", unit=unit, exact=exact)
    else:
        colours, markers = _looks(rows)
        ax = interval_bars(rows, "group", unit=unit, exact=exact, colours=colours, markers=markers)
    (ax.set_ylabel if along_time else ax.set_xlabel)(words.axis_text(what, aggregate))
    spans = (
        "" if exact else "；線段是 95% 信賴區間，空心點沒有區間" if _gaps(rows) else "；線段是 95% 信賴區間"
    )
    titled(ax, words.title(result, what, rows), result.data + spans)
    if SIMULATED in result.notes:
        source_note(ax)
    return ax.figure


def _days(rows: pd.DataFrame, period: str) -> list[str]:
    return [
        "未標示"
        if pd.isna(day)
        else f"{day.year}/{day.month}"
        if period == "month"
        else f"{day.month}/{day.day}"
        for day in rows[period]
    ]


def _gaps(rows: pd.DataFrame) -> bool:
    return bool((rows["value"].notna() & rows["low"].isna()).any())


def _looks(rows: pd.DataFrame) -> tuple[list[str] | None, list[str] | None]:
    """Colours and markers of the rows' platforms, when platforms are among the groups."""
    if "platform" not in rows:
        return None, None
    styles = [platform_style(p) if p in PLATFORMS else None for p in rows["platform"]]
    return [style.colour if style else SEA for style in styles], [s.marker if s else "o" for s in styles]
