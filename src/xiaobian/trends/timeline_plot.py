"""The picture of a timeline: which advice died when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.dates as mdates
import pandas as pd

from ..plotting import BRICK, INK, SEA, SECONDARY, Chart, chart, spaced, titled
from ..tables import PLATFORMS

if TYPE_CHECKING:
    from .timeline import FeatureTimeline


def draw(result: FeatureTimeline) -> Chart:
    """Dated events from old to new; filled where made, hollow where still to come, a bar over an uncertain span."""
    table = result.table
    dated = table[table["earliest"].ne("")].sort_values(["earliest", "latest"], ignore_index=True)
    figure, ax = chart(10, 1.8 + 0.34 * max(len(dated), 3))
    starts = [_day(text, end=False) for text in dated["earliest"]]
    ends = [_day(text, end=True) for text in dated["latest"]]
    for place, (start, end) in enumerate(zip(starts, ends, strict=True)):
        row = dated.iloc[place]
        colour = SECONDARY if row["confidence"] == "L" else SEA
        ax.plot([start, end], [place, place], color=colour, linewidth=5, alpha=0.45, solid_capstyle="round")
        middle = start + (end - start) / 2
        face = colour if row["state"] in ("done", "standing") else "white"
        ax.plot([middle], [place], "o", color=colour, markerfacecolor=face, markeredgewidth=1.8, markersize=8)
    ax.axvline(pd.Timestamp(result.as_of), color=BRICK, linewidth=1.4)
    ax.annotate(
        "你看的那一天", (pd.Timestamp(result.as_of), -0.9), xytext=(-5, 0), textcoords="offset points", ha="right",
        color=BRICK, fontsize=10.5, va="center",
    )  # fmt: skip
    ax.set_yticks(range(len(dated)), [_name(*pair) for pair in zip(dated["platform"], dated["feature"], strict=True)], color=INK)
    ax.set_ylim(len(dated) - 0.4, -1.4)
    ax.xaxis.set_major_locator(mdates.YearLocator())
    ax.xaxis.set_major_formatter(mdates.DateFormatter("%Y"))
    ax.grid(False)
    ax.grid(True, axis="x")
    ax.set_xlabel("改的日期（年）；橫條是只知道大概的期間")
    made = int(dated["state"].eq("done").sum())
    undated = len(table) - len(dated)
    titled(
        ax, spaced(f"有日期的{len(dated)}條裡，{made}條已經改了"),
        f"到 {result.as_of:%Y-%m-%d}，n = {len(dated)} 條；實心已經改、空心還沒改，灰色可信度低；另有 {undated} 條日期不明，沒有畫",
    )  # fmt: skip
    return figure


def _name(platform: str, feature: str) -> str:
    name = "" if platform in ("other", "ga4") else PLATFORMS.get(platform, "")
    return spaced(f"{name}・{feature}" if name else feature)


def _day(text: str, *, end: bool) -> pd.Timestamp:
    period = pd.Period(text)
    return (period.end_time if end else period.start_time).normalize()
