"""Where a text stands on the four axes of a voice, and what its distance is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.axes import Axes as Plot

from ...plotting import BRICK, GRAIN, PAPER, SEA, SECONDARY, TEXT, Chart, chart, spaced, titled
from ...tables import PLATFORMS
from .features import AXES

if TYPE_CHECKING:
    from .guide import VoiceScore

SHOWN = 4


def voice_chart(seen: VoiceScore) -> Chart:
    """The axes with the brand's bands and the text; beside them the parts that add to the distance, largest first."""
    figure, ax = chart(10, 3.6)
    ax.set_position((0.09, 0.16, 0.44, 0.6))
    _axes(ax, seen)
    costs = figure.add_axes((0.75, 0.16, 0.22, 0.6))
    _costs(costs, seen.table)
    titled(
        ax,
        _headline(seen),
        f"{PLATFORMS[seen.platform]}{'，危機時的標準' if seen.crisis else ''}；色塊是{seen.brand}要的範圍（設計參數），圓圈是這一則",
    )
    return figure


def _headline(seen: VoiceScore) -> str:
    if seen.empty:
        return "還沒有文字"
    return spaced(f"{seen.score} 分，{'像' if seen.on else '還不像'}{seen.brand}")


def _axes(ax: Plot, seen: VoiceScore) -> None:
    rows = seen.table.loc[list(AXES)]
    for place, (name, row) in enumerate(rows.iterrows()):
        y = len(rows) - 1 - place
        left, right = AXES[str(name)].ends
        ax.plot([0, 100], [y, y], color=SECONDARY, linewidth=0.8, zorder=1)
        ax.barh(y, row["高"] - row["低"], left=row["低"], height=0.34, color=GRAIN, alpha=0.45, zorder=2)
        ax.text(-3, y, left, ha="right", va="center", color=TEXT)
        ax.text(103, y, right, ha="left", va="center", color=TEXT)
        if not seen.empty:
            ax.plot(
                row["值"],
                y,
                "o",
                color=BRICK,
                markerfacecolor=PAPER,
                markeredgewidth=2,
                markersize=11,
                zorder=3,
            )
    ax.set_xlim(-2, 102)
    ax.set_ylim(-0.6, len(rows) - 0.4)
    ax.set_yticks([])
    ax.set_xticks([0, 50, 100])
    ax.grid(False)
    ax.set_xlabel("0 靠左邊的詞，100 靠右邊的詞")
    ax.spines["left"].set_visible(False)


def _costs(ax: Plot, table: pd.DataFrame) -> None:
    found = table.sort_values("扣的距離", ascending=False, kind="stable")
    found = found[found["扣的距離"] > 0].head(SHOWN).iloc[::-1]
    if found.empty:
        ax.set_axis_off()
        ax.text(0, 0.5, "每一項都在範圍裡", transform=ax.transAxes, color=SECONDARY, va="center")
        return
    ax.barh(found["名稱"].tolist(), found["扣的距離"].tolist(), color=SEA, height=0.5)
    ax.set_xlim(0, max(3.0, float(found["扣的距離"].max()) * 1.05))
    ax.set_ylim(-0.7, SHOWN - 0.4)
    ax.set_xlabel("離範圍多遠（格）")
    ax.tick_params(axis="y", length=0)
