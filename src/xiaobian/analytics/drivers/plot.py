"""The picture of the elements and their effects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...datasets import SIMULATED
from ...plotting import PAPER, SEA, SECONDARY, Chart, chart, percent_axis, source_note, titled, value_word
from ..metrics import metric
from . import words

if TYPE_CHECKING:
    from .drivers import Drivers

ROWS = 14


def draw(result: Drivers) -> Chart:
    """A row an element: filled dot where it stands after correction, open dot where it does not."""
    shown = result.table.dropna(subset=["p"]).head(ROWS)
    figure, ax = chart(10, 1.8 + 0.42 * max(len(shown), 2))
    ax.axvline(0, color=SECONDARY, linewidth=1)
    for place, (_, row) in enumerate(shown.iterrows()):
        colour = SEA if row["found"] else SECONDARY
        ax.plot([row["low"], row["high"]], [place, place], color=colour, linewidth=4, alpha=0.35)
        ax.plot([row["effect"]], [place], "o", markersize=9, markerfacecolor=colour if row["found"] else PAPER,
                markeredgecolor=PAPER if row["found"] else colour, markeredgewidth=1 if row["found"] else 1.8)  # fmt: skip
        value_word(
            ax, words.signed(row["effect"]), _beside(row["high"], float(shown["low"].min())), place
        )
    if len(shown):
        low, high = min(float(shown["low"].min()), 0.0), max(float(shown["high"].max()), 0.0)
        ax.set_xlim(low - 0.06 * (high - low), high + 0.2 * (high - low))
    percent_axis(ax, "x")
    ax.set_yticks(range(len(shown)), [str(label) for label in shown["label"]])
    ax.set_ylim(max(len(shown), 2) - 0.4, -0.6)
    ax.set_xlabel(f"{metric(result.kpi).title}的差別（和條件相同、沒有這個元素的貼文比，%）")
    parts = f"最確定的 {len(shown)} 個元素；線段是 95% 信賴區間，實心點是校正後站得住的"
    titled(ax, words.title(result), result.data if result.abstained else f"{result.data}；{parts}")
    if SIMULATED in result.notes:
        source_note(ax)
    return figure


def _beside(high: float, least: float) -> float:
    """Where the number stands: right of its interval, and never across the zero line."""
    return 0.0 if 0.4 * least < high < 0 else high
