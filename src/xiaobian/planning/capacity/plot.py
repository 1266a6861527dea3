"""Pictures of a team's capacity: flow over time, hours of a cadence, the graph of reuse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.patches import FancyArrowPatch

from ...datasets import SIMULATED
from ...plotting import (
    BRICK,
    HAIRLINE,
    PAPER,
    SEA,
    SECONDARY,
    SKY,
    TEXT,
    Chart,
    chart,
    source_note,
    spaced,
    titled,
)
from ...tables import FORMATS

if TYPE_CHECKING:
    from .cadence import Cadence
    from .little import Flow
    from .reuse import Reuse


def draw_flow(found: Flow) -> Chart:
    """Started and finished so far; the height between them is what is in hand, the width how long it takes."""
    table = found.table
    figure, ax = chart(9, 4.2)
    ax.fill_between(
        table["day"], table["finished"], table["started"], color=SKY, alpha=0.3, step="post", linewidth=0
    )
    ax.step(table["day"], table["started"], where="post", color=SKY, linewidth=2)
    ax.step(table["day"], table["finished"], where="post", color=SEA, linewidth=2)
    last = table.iloc[-1]
    apart = max(float(last["started"]) * 0.05, 0.6)
    high, low = float(last["started"]), float(last["finished"])
    if high - low < 2 * apart:
        high, low = (high + low) / 2 + apart, (high + low) / 2 - apart
    ax.text(float(last["day"]) + 0.4, high, "開工", color=SKY, va="center")
    ax.text(float(last["day"]) + 0.4, low, "完成", color=SEA, va="center")
    ax.set_xlim(float(table["day"].iloc[0]), float(last["day"]) * 1.07 + 1)
    ax.set_ylim(bottom=0)
    ax.set_xlabel("工作天")
    ax.set_ylabel("累計則數")
    if found.piling:
        finding = f"開工比完成快：手上積到{last['in_process']:.0f}則，還在變多"
    else:
        finding = f"手上維持在{found.in_process:.0f}則左右，一則平均{found.lead:.1f}天完成"
    titled(ax, spaced(finding), spaced(f"一週完成{found.a_week:.1f}則；淡色帶的高度是手上的則數"))
    if SIMULATED in found.notes:
        source_note(ax)
    return figure


def draw_cadence(found: Cadence) -> Chart:
    """Hours needed by person over the hours there are; the open end is what should stay free."""
    table = found.table.iloc[::-1]
    figure, ax = chart(9, 1.7 + 0.55 * len(table))
    place = np.arange(len(table))
    over = table["used"].to_numpy() > found.busy + 1e-9
    ax.barh(place, table["available"], 0.62, color=HAIRLINE)
    ax.barh(place, table["needed"], 0.34, color=np.where(over, BRICK, SEA).tolist())
    ax.vlines(table["available"] * found.busy, place - 0.31, place + 0.31, color=TEXT, linewidth=1.4)
    for at, (needed, there, short) in enumerate(zip(table["needed"], table["available"], over, strict=True)):
        mark = "▲ 不夠" if short else ""
        ax.text(max(needed, there) + 0.15, at, f"{needed:.1f}／{there:.1f} {mark}", va="center", size=10)
    ax.set_yticks(place, list(table["name"]))
    ax.set_xlim(0, float(np.maximum(table["needed"], table["available"]).max()) * 1.25)
    ax.grid(False)
    ax.set_xlabel("小時／週")
    if found.short:
        worst = found.table.loc[found.short[0]]
        title = f"一週{found.per_week:g}則，先不夠的是{worst['name']}"
    else:
        title = f"一週{found.per_week:g}則，照單則工時相加排得下"
    titled(ax, spaced(title), f"深色是要的工時，淺色是可用的工時；直線是 {found.busy:.0%}，右邊留給臨時的事")
    return figure


def draw_reuse(found: Reuse) -> Chart:
    """Masters to the left, what is cut from them to the right; each arrow carries how many and how long."""
    cut = found.table.dropna(subset=["source"])
    masters = list(found.masters)
    targets = list(dict.fromkeys(cut["target"]))
    rows = max(len(masters), len(targets), 1)
    figure, ax = chart(9, 1.5 + 0.62 * rows)
    left = {name: rows - 1 - i * (rows - 1) / max(len(masters) - 1, 1) for i, name in enumerate(masters)}
    right = {name: rows - 1 - i * (rows - 1) / max(len(targets) - 1, 1) for i, name in enumerate(targets)}
    pieces = cut.groupby("target")["pieces"].sum()
    for name, y in left.items():
        _node(ax, 0.0, y, f"{FORMATS[name]} {found.masters[name]} 則", SEA)
    for name, y in right.items():
        _node(ax, 1.0, y, f"{FORMATS[name]} {pieces[name]} 則", SKY)
    ways: list[Any] = list(cut.itertuples())
    for row in ways:
        start, end = (0.12, left[row.source]), (0.87, right[row.target])
        ax.add_patch(
            FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=12, color=SECONDARY, linewidth=1.2)
        )
        middle = (0.62, start[1] + (end[1] - start[1]) * (0.62 - 0.12) / 0.75)
        ax.text(*middle, spaced(f"{row.pieces}則，每則{row.hours:g}小時"), size=9, color=TEXT, ha="center", va="center",
                bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1.5})  # fmt: skip
    ax.set_xlim(-0.13, 1.13)
    ax.set_ylim(-0.6, rows - 0.4)
    ax.axis("off")
    titled(
        ax, spaced(f"重複利用省下{found.saved:.0%}的工時"),
        f"左邊從頭做，右邊從左邊改；{found.before:.1f} 小時變成 {found.hours:.1f} 小時，單則工時是設計參數",
    )  # fmt: skip
    return figure


def _node(ax: object, x: float, y: float, text: str, colour: str) -> None:
    ax.text(  # type: ignore[attr-defined]
        x, y, text, color=PAPER, ha="center", va="center", size=10.5,
        bbox={"boxstyle": "round,pad=0.5", "facecolor": colour, "edgecolor": "none"},
    )  # fmt: skip
