"""The picture of an A/B reading: the estimate over time with the boundary that lets one stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ...datasets import SIMULATED
from ...plotting import (
    BRICK,
    INK,
    SEA,
    SECONDARY,
    SKY,
    Chart,
    chart,
    count_axis,
    interval_bars,
    percent_axis,
    source_note,
    titled,
    value_word,
)
from .read_words import headline, shown, signed

if TYPE_CHECKING:
    from .ab_read import ABReading

_SURE = 3.29
_NAMED_DAYS = 14


def draw(reading: ABReading) -> Chart:
    """The split when it is broken; the course over days; or one row an arm when there are no days."""
    if reading.verdict.code == "broken":
        ax = _split(reading)
    elif reading.looks > 1 and reading.path["relative"].notna().any():
        ax = _course(reading)
    else:
        ax = _arms(reading)
    if SIMULATED in reading.notes:
        source_note(ax)
    return ax.figure


def _split(reading: ABReading) -> Axes:
    rows = reading.split.table.rename(columns={"share": "value"})
    reach = _SURE * np.sqrt(rows["planned"] * (1 - rows["planned"]) / rows["n"].sum())
    rows = rows.assign(low=rows["value"] - reach, high=rows["value"] + reach)
    ax = interval_bars(rows, "arm", counted=reading.unit)
    for row, planned in enumerate(rows["planned"]):
        ax.plot([planned] * 2, [row - 0.32, row + 0.32], color=BRICK, linewidth=1.5, alpha=0.7, zorder=1)
    ax.annotate("原定", (rows["planned"].iloc[0], -0.32), xytext=(0, 2), textcoords="offset points",
                ha="center", va="bottom", fontsize=10, color=BRICK)  # fmt: skip
    ax.set_ylim(len(rows) - 0.4, -0.8)
    ax.set_xlim(*_around(rows))
    ax.set_xlabel("分到這一組的占比（組內人數 ÷ 全部人數，%）")
    titled(ax, headline(reading), _data(reading) + "；線段是 99.9% 信賴區間")
    return ax


def _around(rows: pd.DataFrame) -> tuple[float, float]:
    """The part of the axis around planned and real shares: a broken split is seldom far from the plan."""
    low, high = rows[["low", "planned"]].to_numpy().min(), rows[["high", "planned"]].to_numpy().max()
    room = max(0.5 * (high - low), 0.01)
    return max(low - room, 0.0), min(high + room, 1.0)


def _course(reading: ABReading) -> Axes:
    arm = reading.verdict.arm
    rows = reading.path[reading.path["arm"] == arm].reset_index(drop=True)
    _, ax = chart(10, 4.8)
    places = np.arange(len(rows))
    limit = _limit(rows)
    for column in ("once_low", "once_high"):
        ax.plot(places, rows[column], color=SECONDARY, linewidth=1, linestyle=(0, (4, 3)))
    band = np.isfinite(rows["bound"])
    ax.vlines(places[band], rows["relative_low"][band].clip(-1, limit), rows["relative_high"][band].clip(-1, limit),
              color=SEA, linewidth=7, alpha=0.3, zorder=2)  # fmt: skip
    ax.plot(places, rows["relative"], "-o", color=SEA, linewidth=1.4, markersize=6, zorder=4)
    ax.axhline(0, color=INK, linewidth=1)
    ax.set_ylim(max(-limit, -1.0), limit)
    step = max(1, -(-len(rows) // _NAMED_DAYS))
    names = [f"{d.month}/{d.day}\n{n:,}" for d, n in zip(rows["date"], rows["people"], strict=True)]
    ax.set_xticks(places[::step], names[::step])
    ax.set_xlabel(f"日期，和到那天為止的{reading.unit}數（各組合計）")
    ax.set_ylabel(f"{reading.table['metric'].iloc[0]}的相對差（{arm} ÷ {reading.control} − 1，%）")
    percent_axis(ax)
    _stops(ax, reading, rows, limit)
    kind = {"fixed": "藍條是 95% 信賴區間"}.get(reading.terms.rule, "藍條不碰 0 才能停，每天看都算數")
    titled(ax, _title(reading), f"{_data(reading)}；{kind}；虛線是只看那一天的 95% 區間")
    return ax


def _limit(rows: pd.DataFrame) -> float:
    late = rows.iloc[len(rows) // 4 :]
    ends = late[["relative_low", "relative_high", "relative", "once_high"]].abs().to_numpy()
    ends = ends[np.isfinite(ends)]
    return float(np.clip(1.15 * ends.max(), 0.1, 1.5)) if len(ends) else 1.0


def _stops(ax: Axes, reading: ABReading, rows: pd.DataFrame, limit: float) -> None:
    """The day the rule lets one stop, and the day a peeker would have stopped."""
    naive = np.flatnonzero(rows["p"] < reading.alpha)
    crossed = np.flatnonzero(rows["crossed"])
    if len(naive) and (not len(crossed) or naive[0] < crossed[0]):
        _sign(ax, naive[0], rows["relative"].iloc[naive[0]], "偷看 p 值的人停在這裡", BRICK, -1, limit)
    if len(crossed):
        _sign(ax, crossed[0], rows["relative"].iloc[crossed[0]], "這天起可以停", SEA, 1, limit)


def _sign(ax: Axes, place: int, height: float, words: str, colour: str, side: int, limit: float) -> None:
    ax.axvline(place, color=colour, linewidth=1, linestyle=":", zorder=1)
    ax.plot(
        [place],
        [np.clip(height, -limit, limit)],
        "^" if side > 0 else "X",
        color=colour,
        markersize=10,
        zorder=6,
    )
    right = place > ax.get_xlim()[1] * 0.6
    edge = limit if side > 0 else max(-limit, -1.0)
    ax.annotate(words, (place, edge), xytext=(-5 if right else 5, -side * 4), textcoords="offset points",
                ha="right" if right else "left", va="top" if side > 0 else "bottom", fontsize=10.5, color=colour)  # fmt: skip


def _arms(reading: ABReading) -> Axes:
    """A row an arm and quantity; differences when a relative one has no meaning (control at or below 0)."""
    table = reading.table
    is_relative = bool(table["relative_low"].notna().all())
    columns = ["relative", "relative_low", "relative_high"] if is_relative else ["difference", "low", "high"]
    _, ax = chart(9, 1.9 + 0.45 * max(len(table), 2))
    first = table["metric"] == table["metric"].iloc[0]
    for place, (value, low, high) in enumerate(table[columns].to_numpy(dtype=float)):
        colour = SEA if first.iloc[place] else SKY
        ax.plot([low, high], [place, place], color=colour, linewidth=4, alpha=0.35)
        ax.plot([value], [place], "o", color=colour, markersize=9, zorder=4)
        if np.isfinite(high):
            value_word(ax, signed(value) if is_relative else f"{value:.3g}".replace("-", "−"), high, place)
    names = table["arm"].astype(str) + ("" if first.all() else "：" + table["metric"])
    ax.set_yticks(
        range(len(table)), [f"{name}\nn = {n:,}" for name, n in zip(names, table["n"], strict=True)]
    )
    ax.set_ylim(len(table) - 0.4, -0.6)
    ax.axvline(0, color=INK, linewidth=1)
    ends = np.abs(table[columns[1:]].to_numpy(dtype=float))
    reach = float(ends[np.isfinite(ends)].max(initial=0)) or 0.1
    ax.set_xlim(-reach * 1.1, reach * 1.35)
    (percent_axis if is_relative else count_axis)(ax, "x")
    kind = f"相對差（÷ {reading.control} − 1，%）" if is_relative else "差距（指標原本的單位）"
    ax.set_xlabel(f"和 {reading.control} 的{kind}")
    titled(
        ax,
        _title(reading),
        _data(reading) + "；線段是 95% 信賴區間" + "（還沒校正多次比較）" * (len(table) > 1),
    )
    return ax


def _title(reading: ABReading) -> str:
    row = shown(reading, reading.verdict.arm)
    if not np.isfinite(row["relative"]):
        return headline(reading)
    return f"{headline(reading)}（{row['arm']} 的相對差 {signed(row['relative'])}）"


def _data(reading: ABReading) -> str:
    total = f"{int(reading.split.table['n'].sum()):,} {reading.unit}"
    days = reading.path["date"].dropna()
    if days.empty:
        return total
    low, high = days.min(), days.max()
    return f"{total}，{low.year}/{low.month}/{low.day}–{high.month}/{high.day}"
