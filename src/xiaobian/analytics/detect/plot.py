"""The picture of a watched stream: mentions and negatives above, the chance of a crisis below."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.dates as mdates
import pandas as pd
from matplotlib.axes import Axes

from ...datasets import SIMULATED
from ...plotting import (
    BRICK,
    HAIRLINE,
    SEA,
    SECONDARY,
    SKY,
    Chart,
    chart,
    count_axis,
    percent_axis,
    source_note,
    spaced,
    titled,
)

if TYPE_CHECKING:
    from .detect import Detected

DENSE = 24 * 10


def draw(result: Detected) -> Chart:
    """Mentions, negatives and usual volume; the chance with its threshold; alarms as brick triangles and spans."""
    figure, ax = chart(10, 5.2)
    ax.set_position((0.09, 0.38, 0.88, 0.44))
    below = figure.add_axes((0.09, 0.1, 0.88, 0.2), sharex=ax)
    table = result.table
    _volume(ax, result, table)
    below.fill_between(table["time"], 0, table["probability"].fillna(0), color=BRICK, alpha=0.35, linewidth=0)
    below.axhline(result.threshold, color=SECONDARY, linewidth=1, linestyle="--")
    below.set_ylim(0, 1.05)
    percent_axis(below)
    below.set_ylabel("機率" if result.labelled else "機率（量）")
    locator = mdates.AutoDateLocator(minticks=4, maxticks=9)
    below.xaxis.set_major_locator(locator)
    below.xaxis.set_major_formatter(mdates.DateFormatter("%m/%d"))
    ax.tick_params(labelbottom=False)
    titled(ax, spaced(_title(result)), _about(result))
    if SIMULATED in result.notes:
        source_note(below)
    return figure


def _volume(ax: Axes, result: Detected, table: pd.DataFrame) -> None:
    thin = 0.8 if len(table) > DENSE else 1.6
    top = float(table["mentions"].max()) or 1.0
    for start, alarm, end in result.events[["start", "alarm", "end"]].to_numpy():
        ax.axvspan(start, end + pd.Timedelta(hours=1), color=BRICK, alpha=0.12, linewidth=0, zorder=0)
        ax.plot([alarm], [1.08 * top], "v", color=BRICK, markersize=9, zorder=5)
    ax.fill_between(table["time"], 0, table["usual"], color=HAIRLINE, alpha=0.8, linewidth=0, zorder=1)
    ax.plot(table["time"], table["mentions"], color=SKY, linewidth=thin, zorder=2)
    if result.labelled:
        ax.plot(table["time"], table["negative"], color=SEA, linewidth=thin + 0.2, zorder=3)
    ax.set_ylim(0, 1.16 * top)
    ax.set_ylabel("每小時（則）")
    count_axis(ax)


def _title(result: Detected) -> str:
    what = "警報" if result.labelled else "量的警報"
    if result.events.empty:
        return f"沒有{what}：都在平常的起伏裡"
    row = result.events.iloc[-1]
    return (
        f"{len(result.events)}次{what}；最近一次在{row['alarm']:%m/%d %H}時，高峰是平常的{row['times']:.1f}倍"
    )


def _about(result: Detected) -> str:
    first, last = result.table["time"].iloc[0], result.table["time"].iloc[-1]
    lines = "淡線是提及、深線是負面" if result.labelled else "淡線是提及"
    return (
        f"{first:%Y/%m/%d}–{last:%m/%d}；{lines}、灰底是平常；磚色三角是警報；下圖是每小時的機率，虛線是門檻"
    )
