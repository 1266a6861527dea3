"""Pictures of pillars: rates by group with their intervals, and the mix beside the present one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...datasets import SIMULATED
from ...plotting import (
    BRICK,
    PAPER,
    SEA,
    TEXT,
    Chart,
    chart,
    percent_axis,
    source_note,
    spaced,
    titled,
)
from ...sandbox.audience import INTERESTS
from ...tables import PILLARS

if TYPE_CHECKING:
    from .effects import PillarEffects
    from .mix import Mix


def draw_effects(found: PillarEffects) -> Chart:
    """A panel a group: estimate with its 90 % interval; the open circle is the plain average."""
    groups = list(found.logits.index)
    figure, first = chart(11, 3.7)
    first.remove()
    axes = figure.subplots(1, len(groups), sharex=True, sharey=True, squeeze=False)[0]
    pillars = list(found.logits.columns)
    place = np.arange(len(pillars))
    for ax, group in zip(axes, groups, strict=True):
        rows = found.table[found.table["segment"] == group].set_index("pillar").reindex(pillars)
        ax.hlines(place, rows["low"], rows["high"], color=SEA, linewidth=5, alpha=0.3)
        ax.plot(rows["raw"], place, "o", color=BRICK, markerfacecolor="none", markersize=7, label="直接平均")
        ax.plot(rows["rate"], place, "o", color=SEA, markeredgecolor=PAPER, label="估計，90% 區間")
        ax.text(0.98, 0.02, INTERESTS.get(str(group), str(group)), transform=ax.transAxes, size=11, color=TEXT,
                ha="right", va="bottom")  # fmt: skip
        ax.grid(False)
        ax.grid(True, axis="x")
        percent_axis(ax, "x")
    n = found.table.drop_duplicates("pillar").set_index("pillar")["n"]
    axes[0].set_yticks(place, [f"{PILLARS.get(p, p)}（{n[p]} 則）" for p in pillars])
    axes[0].set_ylim(len(pillars) - 0.3, -0.7)
    axes[0].set_xlim(left=0)
    tops = found.rates().idxmax(axis=1).astype(str)
    finding = (
        "每一群最愛的支柱不一樣"
        if tops.nunique() > 1
        else f"每一群最常回應的都是{PILLARS.get(tops.iloc[0], tops.iloc[0])}"
    )
    figure.suptitle(finding, x=0.02, ha="left", size=14, color=TEXT)
    figure.supxlabel("互動率（互動 ÷ 觸及，%）", size=10.5, color=TEXT)
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="upper right", ncols=2, frameon=False, fontsize=9.5)
    if SIMULATED in found.notes:
        source_note(axes[-1])
    return figure


def draw_mix(found: Mix) -> Chart:
    """Recommended parts with their intervals; the open circle is the present part."""
    table = found.table.iloc[::-1]
    figure, ax = chart(9, 1.6 + 0.5 * len(table))
    place = np.arange(len(table))
    ax.barh(place, table["share"], 0.5, color=SEA, alpha=0.85)
    ax.hlines(place, table["low"], table["high"], color=TEXT, linewidth=1.8)
    if "now" in table:
        ax.plot(
            table["now"],
            place,
            "o",
            color=BRICK,
            markerfacecolor=PAPER,
            markeredgewidth=1.8,
            zorder=4,
        )
    ax.set_yticks(place, [PILLARS.get(str(p), str(p)) for p in table.index])
    ax.set_xlim(0, max(0.45, float(table["high"].max()) * 1.1))
    ax.grid(False)
    ax.grid(True, axis="x")
    percent_axis(ax, "x")
    ax.set_xlabel("占貼文（%）；黑線是 90% 區間" + ("，空心圈是現在" if "now" in table else ""))
    if "now" in table:
        change = (found.table["share"] - found.table["now"]).sort_values()
        more, fewer = (PILLARS.get(str(change.index[k]), str(change.index[k])) for k in (-1, 0))
        title = f"多做{more}，少做{fewer}"
    else:
        top = found.table["share"].idxmax()
        title = f"最多的是{PILLARS.get(str(top), str(top))}，{found.table['share'].max():.0%}"
    titled(ax, spaced(title), spaced(f"全押一種時少{found.wear:.0%}互動（設計參數），所以不會只剩一種"))
    if SIMULATED in found.notes:
        source_note(ax)
    return figure
