"""The picture of a control chart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from ...datasets import SIMULATED
from ...plotting import (
    BRICK,
    HAIRLINE,
    PAPER,
    SEA,
    SECONDARY,
    Chart,
    chart,
    percent_axis,
    percent_text,
    source_note,
    titled,
)
from ..groups import GROUP_LABELS, day_text
from ..metrics import metric
from . import words

if TYPE_CHECKING:
    from .control_chart import ControlChart

_NAMED_POINTS = 14


def draw(result: ControlChart) -> Chart:
    """Points, centre line, limits; signals in 磚 with ▲ or ▼ and their value."""
    table, what = result.table, metric(result.kpi)
    figure, ax = chart(10, 4.6)
    places = np.arange(len(table))
    if not result.abstained:
        _limits(ax, table, places)
    ax.plot(places, table["value"], "-o", color=SEA, linewidth=1.4, markersize=6, zorder=3)
    ax.set_ylim(0, _top(result))
    _mark_signals(ax, result.signals)
    if not result.abstained:
        _name_lines(ax, table)
    shown = places[:: max(1, -(-len(table) // _NAMED_POINTS))]
    ax.set_xticks(shown, [_day(table["period"].iloc[i], result.period) for i in shown])
    percent_axis(ax)
    ax.set_ylabel(f"整體{what.title}（{what.formula}，%）")
    titled(ax, words.title(result), _data_line(result))
    if SIMULATED in result.notes:
        source_note(ax)
    return figure


def _limits(ax: Axes, table: pd.DataFrame, places: np.ndarray) -> None:
    edges = np.append(places - 0.5, places[-1] + 0.5)
    for column in ("lower", "upper"):
        ax.stairs(table[column], edges, baseline=None, color=SECONDARY, linewidth=1, linestyle=(0, (4, 3)))
    ax.fill_between(edges, *(np.append(table[c], table[c].iloc[-1]) for c in ("lower", "upper")), step="post",
                    color=HAIRLINE, alpha=0.45, zorder=0, linewidth=0)  # fmt: skip
    ax.plot(edges[[0, -1]], [table["centre"].iloc[0]] * 2, color=SECONDARY, linewidth=1)
    last = int(np.flatnonzero(table["baseline"])[-1])
    if last < len(table) - 1:
        ax.axvline(last + 0.5, color=SECONDARY, linewidth=0.8, linestyle=":")
        ax.annotate("← 基準期", (last + 0.5, 1), xycoords=("data", "axes fraction"), xytext=(-4, -4), ha="right",
                    textcoords="offset points", va="top", fontsize=10, color=SECONDARY)  # fmt: skip


def _name_lines(ax: Axes, table: pd.DataFrame) -> None:
    for column, word in (("upper", "上限"), ("centre", "中線"), ("lower", "下限")):
        height = min(table[column].iloc[-1], ax.get_ylim()[1] * 0.97)
        ax.annotate(word, (len(table) - 0.5, height), xytext=(5, 0), textcoords="offset points", va="center",
                    fontsize=10, color=SECONDARY, annotation_clip=False)  # fmt: skip


def _mark_signals(ax: Axes, signals: pd.DataFrame) -> None:
    """The value stands above a high point and under a low one, unless the axis is too near."""
    halo = [withStroke(linewidth=3, foreground=PAPER)]
    top = ax.get_ylim()[1]
    for place, row in signals.iterrows():
        low = row["value"] < row["centre"]
        under = low and row["value"] > 0.12 * top
        ax.plot([place], [row["value"]], "v" if low else "^", color=BRICK, markersize=11, zorder=5,
                markeredgecolor=PAPER)  # fmt: skip
        ax.annotate(
            percent_text(row["value"]), (place, row["value"]), xytext=(0, -9 if under else 9), zorder=6,
            textcoords="offset points", ha="center", va="top" if under else "bottom", fontsize=10.5, color=BRICK,
            path_effects=halo,
        )  # fmt: skip


def _top(result: ControlChart) -> float:
    """Room for every value and the usual upper limit; the limits of weeks with few posts may leave the picture."""
    highest = [result.table["value"].max()]
    if not result.abstained:
        highest.append(result.table["upper"].median())
    return 1.15 * float(np.nanmax([*highest, 0.0])) or 1.0


def _day(period: pd.Timestamp, unit: str) -> str:
    return f"{period.year}/{period.month}" if unit == "month" else f"{period.month}/{period.day}"


def _data_line(result: ControlChart) -> str:
    table, unit = result.table, GROUP_LABELS[result.period]
    if table.empty:
        return "沒有同時知道分子和分母的貼文"
    span = f"{day_text(table['period'].iloc[0])}–{day_text(table['period'].iloc[-1])}"
    least, most = table["n"].min(), table["n"].max()
    each = f"{least}" if least == most else f"{least}–{most}"
    posts = f"貼文 {table['n'].sum():,} 則，每{unit} {each} 則，{span}"
    return posts if result.abstained else f"{posts}；灰帶是平常的起伏範圍（中線 ± 3 個標準差）"
