"""The picture of one topic: counts, what is usual, and its bursts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.dates as mdates
import pandas as pd
from matplotlib.axes import Axes

from ..datasets import SIMULATED
from ..plotting import (
    BRICK,
    HAIRLINE,
    PAPER,
    SEA,
    SECONDARY,
    Chart,
    chart,
    count_axis,
    source_note,
    spaced,
    titled,
)

if TYPE_CHECKING:
    from .bursts import Bursts


def draw(result: Bursts, topic: str) -> Chart:
    """Line, grey band of the usual, brick spans for bursts with their peak."""
    figure, ax = chart(10, 4.2)
    mine = result.series[result.series["topic"] == topic]
    found = result.table[result.table["topic"] == topic]
    line(ax, mine)
    for row in found.itertuples():
        _span(ax, mine, row)
    ax.set_ylabel("每日提及（次）" if _daily(mine) else "每小時提及（次）")
    ax.set_ylim(0, 1.18 * float(mine[["mentions", "high"]].max().max()))
    titled(ax, spaced(_title(topic, found, result)), _data(mine))
    if SIMULATED in result.notes:
        source_note(ax)
    return figure


def line(ax: Axes, mine: pd.DataFrame) -> None:
    """Counts over what is usual."""
    ax.fill_between(mine["time"], 0, mine["high"], color=HAIRLINE, alpha=0.7, linewidth=0, zorder=0)
    ax.plot(mine["time"], mine["expected"], color=SECONDARY, linewidth=1, linestyle="--", zorder=2)
    ax.plot(mine["time"], mine["mentions"], color=SEA, linewidth=1.8, zorder=3)
    locator = mdates.AutoDateLocator(minticks=4, maxticks=9)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(mdates.DateFormatter("%m/%d"))
    count_axis(ax)


def _span(ax: Axes, mine: pd.DataFrame, row: object) -> None:
    half = (mine["time"].iloc[1] - mine["time"].iloc[0]) / 2
    ax.axvspan(row.start - half, row.end + half, color=BRICK, alpha=0.15, linewidth=0, zorder=1)  # type: ignore[attr-defined]
    top = float(mine.loc[mine["time"] == row.peak, "mentions"].iloc[0])  # type: ignore[attr-defined]
    ax.plot([row.peak], [top], "^", color=BRICK, markersize=10, markeredgecolor=PAPER, zorder=5)  # type: ignore[attr-defined]
    inside = (mine["time"] >= row.start) & (mine["time"] <= row.end)  # type: ignore[attr-defined]
    roof = float(mine.loc[inside, "mentions"].max())
    ax.annotate(f"{1 + row.excess:.1f} 倍", (row.peak, roof), xytext=(0, 9), textcoords="offset points", ha="center",  # type: ignore[attr-defined]
                fontsize=10.5, color=BRICK, zorder=6)  # fmt: skip


def _daily(mine: pd.DataFrame) -> bool:
    return bool(mine["time"].iloc[1] - mine["time"].iloc[0] >= pd.Timedelta(days=1))


def _title(topic: str, found: pd.DataFrame, result: Bursts) -> str:
    now = result.now.set_index("topic").loc[topic]
    if found.empty:
        return f"「{topic}」都在平常的起伏裡"
    if now["phase"] == "平常":
        return f"「{topic}」爆發過{len(found)}次，現在回到平常"
    return f"「{topic}」現在是平常的{1 + now['excess']:.1f}倍，{now['phase']}中"


def _data(mine: pd.DataFrame) -> str:
    first, last = mine["time"].iloc[0], mine["time"].iloc[-1]
    span = f"{first.year}/{first.month}/{first.day}–{last.year}/{last.month}/{last.day}"
    return f"{span}；虛線是預期，灰色是平常的範圍，磚色是爆發，三角形是高峰"
