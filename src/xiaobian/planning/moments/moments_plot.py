"""The picture of a year: when the work for each moment begins, and the day it is for."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import matplotlib.dates as mdates
import pandas as pd

from ...plotting import BRICK, HAIRLINE, INK, SEA, SECONDARY, SKY, Chart, chart, spaced, titled

if TYPE_CHECKING:
    from .moments import Moments


def draw(result: Moments, top: int) -> Chart:
    """A row a moment by first day: a light bar of lead time, a dark bar or dot for the days themselves."""
    chosen = sorted(result.moments, key=lambda m: (not m.sensitive, -m.lead_days))[:top]
    chosen.sort(key=lambda m: m.start)
    figure, ax = chart(10, 1.6 + 0.29 * max(len(chosen), 4))
    for place, moment in enumerate(chosen):
        colour = BRICK if moment.sensitive else SEA
        start, end = pd.Timestamp(moment.start), pd.Timestamp(moment.end + timedelta(1))
        ax.plot([pd.Timestamp(moment.prepare_from), start], [place, place], color=SKY, linewidth=5, alpha=0.5,
                solid_capstyle="butt")  # fmt: skip
        if moment.start == moment.end:
            ax.plot([start], [place], "D" if moment.sensitive else "o", color=colour, markersize=7)
        else:
            ax.plot([start, end], [place, place], color=colour, linewidth=5, solid_capstyle="butt")
    names = [f"{m.name} {m.start.month}/{m.start.day}" for m in chosen]
    ax.set_yticks(range(len(chosen)), names, color=INK, fontsize=10)
    for tick, moment in zip(ax.get_yticklabels(), chosen, strict=True):
        if moment.sensitive:
            tick.set_color(BRICK)
    ax.set_ylim(len(chosen) - 0.4, -0.6)
    ax.set_xlim(pd.Timestamp(result.year - 1, 11, 15), pd.Timestamp(result.year + 1, 1, 5))
    ax.axvline(pd.Timestamp(result.year, 1, 1), color=SECONDARY, linewidth=1)
    ax.xaxis.set_major_locator(mdates.MonthLocator())
    ax.xaxis.set_major_formatter(lambda x, _: f"{mdates.num2date(x).month} 月")
    ax.grid(False)
    ax.grid(True, axis="x", color=HAIRLINE)
    early = sum(m.prepare_from.month != m.start.month for m in chosen)
    titled(
        ax, spaced(f"{len(chosen)}個時刻裡，{early}個要在前一個月或更早動工"),
        spaced(
            f"{result.year} 年，敏感日與提前最久的 n = {len(chosen)} 個；淺色是準備期，圓點和深色是當天或檔期，磚色是敏感日"
        ),
    )  # fmt: skip
    return figure
