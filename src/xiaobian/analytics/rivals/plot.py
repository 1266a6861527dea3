"""The picture of rivals' weeks and the days their level changed."""

from __future__ import annotations

from itertools import pairwise
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
    TEXT,
    Chart,
    chart,
    source_note,
    titled,
)
from . import words

if TYPE_CHECKING:
    from .rivals import Rivals

ROWS = 8
ROOM = 0.12
_HIGH, _TALL = 1.0, 0.7


def draw(result: Rivals) -> Chart:
    """A strip a rival, largest share above: weekly index, its usual level as a line, changes with date and size."""
    names = list(result.table["rival"].head(ROWS)) or list(result.index["rival"].unique()[:ROWS])
    figure, ax = chart(10, 1.9 + 1.05 * max(len(names), 1))
    top = float(result.index["index"].max()) if len(result.index) else 100.0
    for place, name in enumerate(names):
        _strip(ax, result, str(name), -place * _HIGH, _TALL / max(top, 1.0))
    ax.set_yticks([-place * _HIGH + _TALL * 100 / max(top, 1.0) for place in range(len(names))],
                  [f"{name}\n指數 100" for name in names])  # fmt: skip
    ax.set_ylim(-(max(len(names), 1) - 1) * _HIGH - 0.08, 0.95 * _HIGH)
    ax.grid(False)
    locator = mdates.AutoDateLocator(minticks=4, maxticks=9)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(mdates.DateFormatter("%Y/%m"))
    ax.set_xlabel("週（指數 100＝這一家自己的中位週互動；▲▼ 是水準換過的日子）")
    weeks = result.index["week"].nunique()
    titled(ax, words.title(result), f"{len(result.table)} 家競品，{weeks} 個完整的週，{result.period}")
    if SIMULATED in result.notes:
        source_note(ax)
    return figure


def _strip(ax: Axes, result: Rivals, name: str, foot: float, scale: float) -> None:
    mine = result.index[result.index["rival"] == name]
    if mine.empty:
        return
    middle = mine["week"] + pd.Timedelta(days=3)
    ax.axhline(foot, color=HAIRLINE, linewidth=1)
    ax.plot(
        [middle.iloc[0], middle.iloc[-1]],
        [foot + 100 * scale] * 2,
        color=SECONDARY,
        linewidth=0.8,
        linestyle=":",
    )
    ax.plot(middle, foot + mine["index"] * scale, color=SEA, linewidth=1.6)
    changes = result.changes[result.changes["rival"] == name].sort_values("date")
    for (_, row), side in zip(changes.iterrows(), _sides(list(changes["date"]), ROOM * (middle.iloc[-1] - middle.iloc[0])),
                              strict=True):  # fmt: skip
        up = row["change"] > 0
        nearest = mine["index"].iloc[(middle - row["date"]).abs().argmin()]
        unsure = [row["earliest"], row["latest"] + pd.Timedelta(days=1)]
        ax.fill_between(unsure, foot, foot + _TALL, color=BRICK, alpha=0.2, linewidth=0)
        ax.plot([row["date"]] * 2, [foot, foot + _TALL], color=BRICK, linewidth=1.2, alpha=0.7)
        ax.plot(
            [row["date"]], [foot + nearest * scale], "^" if up else "v", color=BRICK, markersize=9, zorder=4
        )
        word = f"{row['date'].month}/{row['date'].day}　{'+' if up else '−'}{abs(row['change']):.0%}"
        ax.annotate(word, (row["date"], foot + _TALL), xytext=(0, 6), textcoords="offset points", ha=side, va="bottom",
                    fontsize=10, color=TEXT)  # fmt: skip


def _sides(dates: list[pd.Timestamp], room: pd.Timedelta) -> list[str]:
    """Where the words at each date (in order) stand: over it, or away from a neighbour nearer than ``room``.

    >>> _sides([pd.Timestamp("2025-09-24"), pd.Timestamp("2025-10-22")], pd.Timedelta(days=40))
    ['right', 'left']
    """
    near = [False, *(later - date < room for date, later in pairwise(dates)), False]
    return ["right" if near[k + 1] else "left" if near[k] else "center" for k in range(len(dates))]
