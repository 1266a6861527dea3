"""Dot-and-interval charts: an estimate never stands without its uncertainty and its n."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from .marks import chart, count_axis, percent_axis, value_word
from .palette import PAPER, SEA, SECONDARY
from .wording import count_text, percent_text

Unit = Literal["percent", "count"]
_ROW, _FRAME = 0.42, 1.7
_NAMED_POINTS = 14


def interval_bars(
    table: pd.DataFrame,
    label: str = "label",
    *,
    unit: Unit = "percent",
    colours: Sequence[str] | None = None,
    markers: Sequence[str] | None = None,
    counted: str = "則",
    exact: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """One row an estimate: a dot, its interval, the number beside it, and n at the right edge.

    table: columns ``label`` (or the one named), value, low, high (shares 0–1 or counts) and n.
    A row without an interval has an open dot; a row without a value says 沒有資料. Values start at zero.
    counted: measure word of n. exact: totals, which have no interval, as bars.

    >>> rows = pd.DataFrame({"label": ["貼文"], "value": [0.02], "low": [0.015], "high": [0.03], "n": [40]})
    >>> interval_bars(rows).get_yticklabels()[0].get_text()
    '貼文'
    """
    if ax is None:
        ax = chart(9, _FRAME + _ROW * max(len(table), 2))[1]
    write = percent_text if unit == "percent" else count_text
    for row, estimate in enumerate(_numbers(table)):
        colour = colours[row] if colours else SEA
        if np.isnan(estimate[0]):
            value_word(ax, "沒有資料", 0, row)
        else:
            if exact:
                ax.barh(row, estimate[0], height=0.55, color=colour)
            else:
                _dot(ax, estimate, row, colour, markers[row] if markers else "o", "x")
            value_word(ax, write(estimate[0]), np.nanmax(estimate), row)
    for row, n in enumerate(table["n"]):
        ax.annotate(
            f"n = {n:,.0f} {counted}", (1, row), xytext=(6, 0), xycoords=("axes fraction", "data"),
            textcoords="offset points", va="center", fontsize=10, color=SECONDARY,
        )  # fmt: skip
    ax.set_yticks(range(len(table)), [str(name) for name in table[label]])
    ax.set_ylim(len(table) - 0.4, -0.6)
    ax.set_xlim(0, _top(table))
    (percent_axis if unit == "percent" else count_axis)(ax, "x")
    return ax


def interval_line(
    table: pd.DataFrame,
    label: str = "label",
    *,
    unit: Unit = "percent",
    colour: str = SEA,
    marker: str = "o",
    exact: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Estimates along time: dots joined by a line, an interval each, labels and n under the axis.

    table: as for ``interval_bars``, in the order of time. From 15 points on only some are named. exact: as there.

    >>> rows = pd.DataFrame({"label": ["3/2"], "value": [0.02], "low": [0.015], "high": [0.03], "n": [40]})
    >>> interval_line(rows).get_xticklabels()[0].get_text()
    '3/2\\nn = 40'
    """
    if ax is None:
        ax = chart(10, 4.5)[1]
    numbers = _numbers(table)
    if exact:
        ax.bar(range(len(table)), numbers[:, 0], width=0.6, color=colour)
    else:
        ax.plot(range(len(table)), numbers[:, 0], color=colour, linewidth=1.2, alpha=0.6)
    for column, estimate in enumerate(numbers):
        if not exact and not np.isnan(estimate[0]):
            _dot(ax, estimate, column, colour, marker, "y")
    step = max(1, -(-len(table) // _NAMED_POINTS))
    shown = range(0, len(table), step)
    names = [f"{table[label].iloc[i]}\nn = {table['n'].iloc[i]:,.0f}" for i in shown]
    ax.set_xticks(list(shown), names)
    ax.set_ylim(0, _top(table))
    (percent_axis if unit == "percent" else count_axis)(ax, "y")
    return ax


def _numbers(table: pd.DataFrame) -> np.ndarray:
    return table[["value", "low", "high"]].to_numpy(dtype="float64", na_value=np.nan)


def _top(table: pd.DataFrame) -> float:
    numbers = _numbers(table)
    return float(np.nanmax(numbers)) * 1.15 if np.isfinite(numbers).any() and np.nanmax(numbers) > 0 else 1.0


def _dot(ax: Axes, estimate: np.ndarray, place: int, colour: str, marker: str, along: str) -> None:
    value, low, high = estimate
    known = not np.isnan(low)

    def put(values: list[float], **look: object) -> None:
        places = [place] * len(values)
        ax.plot(*((values, places) if along == "x" else (places, values)), color=colour, **look)

    if known:
        put([low, high], linewidth=4, alpha=0.35, zorder=3)
    put(
        [value], marker=marker, markersize=9, zorder=4, linestyle="none",
        markerfacecolor=colour if known else PAPER, markeredgewidth=1 if known else 1.8,
        markeredgecolor=PAPER if known else colour,
    )  # fmt: skip
