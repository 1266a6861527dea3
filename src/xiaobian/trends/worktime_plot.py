"""The pictures of the time audit, of a plan, and of the trade of time against errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ..datasets import SIMULATED
from ..plotting import (
    BRICK,
    HAIRLINE,
    INK,
    PAPER,
    SEA,
    SECONDARY,
    SKY,
    Chart,
    chart,
    percent_axis,
    source_note,
    spaced,
    titled,
)
from ..sandbox.worktime import MODES
from .worktime_words import between, gain_text, hours_text

if TYPE_CHECKING:
    from .worktime import Audit, Plan

_ROW, _FRAME = 0.36, 1.9
LOOK = {"human": (SECONDARY, "s"), "draft": (SKY, "^"), "auto": (SEA, "o")}
"""Colour and marker of each way of working."""


def draw_audit(found: Audit) -> Chart:
    """Hours a week by task with intervals, and what was remembered."""
    table = found.table
    figure, ax = chart(9, _FRAME + _ROW * len(table))
    place = np.arange(len(table))
    ax.hlines(place, table["low"], table["high"], color=SEA, linewidth=5, alpha=0.3)
    ax.plot(table["hours"], place, "o", color=SEA, markeredgecolor=PAPER, label="日記", zorder=4)
    if "recalled" in table:
        ax.plot(
            table["recalled"],
            place,
            "o",
            color=BRICK,
            markerfacecolor="none",
            markeredgewidth=1.8,
            label="憑印象",
            zorder=5,
        )
        ax.legend(loc="lower right")
    _rows(ax, table["name"])
    ax.set_xlim(left=0)
    ax.set_xlabel("小時／週（線段是 90% 區間）")
    hours, low, high = found.total
    top = table.iloc[0]
    titled(
        ax,
        spaced(f"最花時間的是{top['name']}，一週約{hours_text(top['hours'])}"),
        f"{found.weeks:g} 週的日記，{int(table['n'].sum()):,} 筆；合計一週 {hours_text(hours)}（{between(low, high)}）",
    )
    if SIMULATED in found.notes:
        source_note(ax)
    return figure


def _rows(ax: Axes, names: pd.Series) -> None:
    ax.set_yticks(range(len(names)), list(names))
    ax.set_ylim(len(names) - 0.4, -0.6)
    ax.grid(False)
    ax.grid(True, axis="x")


def draw_plan(found: Plan) -> Chart:
    """Net hours by task with intervals; the open circle is what the drafting alone seems to save."""
    table = found.table.sort_values("saved", ascending=False, kind="stable")
    figure, ax = chart(9, _FRAME + _ROW * len(table))
    ax.axvline(0, color=SECONDARY, linewidth=1)
    place = np.arange(len(table))
    ax.hlines(place, table["saved"], table["seems"], color=HAIRLINE, linewidth=2, zorder=1)
    for mode, (colour, marker) in LOOK.items():
        mine = (table["mode"] == mode).to_numpy()
        part = table[mine]
        ax.hlines(place[mine], part["low"], part["high"], color=colour, linewidth=5, alpha=0.35, zorder=2)
        ax.plot(
            part["saved"],
            place[mine],
            marker,
            color=colour,
            markeredgecolor=PAPER,
            markersize=9,
            label=MODES[mode],
            zorder=4,
        )
    moved = (table["mode"] != "human").to_numpy()
    ax.plot(
        table["seems"][moved], place[moved], "o", color=BRICK, markerfacecolor="none", markeredgewidth=1.8,
        label="只看起草的速度", zorder=3,
    )  # fmt: skip
    _rows(ax, table["name"])
    ax.set_xlabel("省下的小時／週（點是淨省，線段是 90% 區間）")
    ax.legend(loc="lower right")
    hours, low, high = found.total
    gain = f"一週{gain_text(hours)}"
    seems = hours_text(float(table["seems"].sum()))
    titled(ax, spaced(f"{gain}，起草的速度看起來卻像{seems}"), f"{between(low, high)}；留給人的工作畫在 0")
    if SIMULATED in found.notes:
        source_note(ax)
    return figure


def draw_trade(trade: pd.DataFrame, review: float, step: int | None = None) -> Chart:
    """Hours saved and errors that got out along the share of the week that goes to the machine.

    trade: see ``sandbox.worktime.handed_over``. review: share of the minutes by hand. step: the row that is chosen.
    """
    figure, ax = chart(9, 5.4)
    ax.remove()
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[3, 2])
    upper.axhline(0, color=SECONDARY, linewidth=1)
    upper.plot(trade["share"], trade["desk"], color=BRICK, linestyle="--", linewidth=1.6, label="只看碼表")
    upper.plot(
        trade["share"],
        trade["saved"],
        "o-",
        color=SEA,
        markeredgecolor=PAPER,
        markersize=6,
        label="加上收拾出錯的時間",
    )
    lower.plot(trade["share"], trade["errors"], "s-", color=BRICK, markeredgecolor=PAPER, markersize=6)
    if step is not None:
        look: dict[str, Any] = {"color": INK, "markersize": 10, "markeredgecolor": PAPER, "zorder": 5}
        for axes, name in ((upper, "saved"), (lower, "errors")):
            axes.plot(
                trade["share"].iloc[[step]],
                trade[name].iloc[[step]],
                "D",
                label="你選的",
                linestyle="none",
                **look,
            )
    upper.set_ylabel("省下的小時／週")
    upper.legend(loc="upper left")
    lower.set_ylabel("流出的錯／週")
    lower.set_ylim(0, 1.15 * trade["errors"].max())
    lower.set_xlabel("交給 AI 的工作（占手做時數的比例）")
    percent_axis(lower, "x")
    lower.grid(True, axis="y")
    top = trade.iloc[int(trade["saved"].to_numpy().argmax())]
    looked = f"每則審稿花手做時間的 {review:.0%}" if review else "沒有人審稿"
    titled(
        upper,
        spaced(
            f"交出{top['share']:.0%}省最多，一週{hours_text(top['saved'])}；全部交出去{gain_text(trade['saved'].iloc[-1])}"
        ),
        f"一項一項交出去，畫的是真值；{looked}",
    )
    source_note(lower)
    return figure
