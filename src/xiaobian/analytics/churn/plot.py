"""The picture of chances: what was told against what came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...datasets import SIMULATED
from ...plotting import SEA, SECONDARY, Chart, chart, percent_axis, source_note, titled
from . import words

if TYPE_CHECKING:
    from .churn import Churn


def draw(result: Churn) -> Chart:
    """Groups of equal size with 95 % intervals; on the diagonal, told and came are the same."""
    figure, ax = chart(7.5, 6)
    ax.plot([0, 1], [0, 1], color=SECONDARY, linestyle="--", linewidth=1.2, label="說的和實際一樣")
    bins = result.reliability
    data = "紀錄不夠，沒有考試"
    if not result.abstained:
        ax.errorbar(
            bins["told"], bins["came"], yerr=[bins["came"] - bins["low"], bins["high"] - bins["came"]], fmt="o",
            color=SEA, markersize=7, elinewidth=1.8, label="一組追蹤者（線段是 95% 區間）",
        )  # fmt: skip
        data = f"最後 {result.horizon_days} 天考試，{bins['n'].sum():,} 位追蹤者，每組約 {bins['n'].median():.0f} 位"
    ax.set_xlim(0, 1)
    ax.set_ylim(0, 1)
    percent_axis(ax, "x")
    percent_axis(ax, "y")
    ax.set_xlabel(f"預測 {result.horizon_days} 天內會再互動的機率")
    ax.set_ylabel("實際再互動的比例")
    titled(ax, words.title(result), data)
    if SIMULATED in result.notes:
        source_note(ax)
    ax.legend(loc="upper left", frameon=False)
    return figure
