"""The picture of an opportunity: scores of what passed the gate, and the names of what did not."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes

from ..datasets import SIMULATED
from ..plotting import BRICK, PAPER, SEA, SECONDARY, TEXT, Chart, chart, source_note, spaced, titled

if TYPE_CHECKING:
    from .opportunity import Opportunity

ROWS = 20


def draw(result: Opportunity) -> Chart:
    """A dot a topic with the range its half-life leaves open; filled for what to post, a cross for what is stopped."""
    table = result.table.head(ROWS)
    figure, ax = chart(10, 1.6 + 0.36 * len(table))
    places = np.arange(len(table))
    ax.axvline(result.least, color=SECONDARY, linewidth=1, linestyle="--", zorder=1)
    for place, row in enumerate(table.to_dict("records")):
        _row(ax, place, row)
    ax.set_yticks(places, [str(name) for name in table["topic"]])
    ax.set_ylim(len(table) - 0.4, -0.6)
    ax.set_xlim(-0.02, max(0.5, 1.15 * float(np.nanmax(table["high"].fillna(0.0)))))
    ax.grid(False)
    ax.grid(True, axis="x")
    ax.set_xlabel("機會分數（契合 × 熱度 × 剩餘壽命 × 還有位子，0–1）")
    titled(
        ax,
        spaced(_title(result)),
        f"實心可以做，空心不做，✗ 停；線段是半衰期不確定的範圍，虛線是門檻 {result.least:g}",
    )
    if SIMULATED in result.notes:
        source_note(ax)
    return figure


def _row(ax: Axes, place: int, row: Mapping[Hashable, Any]) -> None:
    decision = row["decision"]
    if decision == "停":
        ax.plot([0], [place], "x", color=BRICK, markersize=9, markeredgewidth=2.5, zorder=3)
        ax.annotate(f"停：{row['risk']}", (0, place), xytext=(10, 0), textcoords="offset points", va="center", fontsize=10.5, color=BRICK)  # fmt: skip
        return
    score, low, high = (float(row[name]) for name in ("score", "low", "high"))  # type: ignore[arg-type]
    ax.plot([low, high], [place, place], color=SEA, linewidth=2, alpha=0.5, zorder=2)
    filled = SEA if decision == "可以做" else PAPER
    ax.plot(
        [score], [place], "o", color=SEA, markerfacecolor=filled, markeredgewidth=2, markersize=9, zorder=3
    )
    if decision == "先查":
        ax.annotate("先查來源", (max(high, score), place), xytext=(10, 0), textcoords="offset points", va="center", fontsize=10.5, color=TEXT)  # fmt: skip


def _title(result: Opportunity) -> str:
    stopped = int((result.table["decision"] == "停").sum())
    head = f"{len(result.table)}個話題裡，{len(result.accepted)}個值得做"
    return f"{head}，{stopped}個直接停" if stopped else head
