"""Charts of the creators' part: thresholds, the set, and what customers share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import NullLocator

from ...plotting import (
    BRICK,
    HAIRLINE,
    PAPER,
    SEA,
    SECONDARY,
    TEXT,
    Chart,
    chart,
    count_axis,
    percent_axis,
    source_note,
    titled,
)

if TYPE_CHECKING:
    from .choosing import CreatorSet
    from .fakes import FakeReport
    from .incentive import Incentives


def draw_thresholds(found: FakeReport) -> Chart:
    """Precision and recall by threshold."""
    figure, ax = chart(9, 4.2)
    table = found.table
    ax.plot(table["threshold"], table["recall"], "-s", color=SEA)
    ax.plot(table["threshold"], table["precision"], "-o", color=BRICK)
    place = len(table) // 3
    high = table["precision"].iloc[place] >= table["recall"].iloc[place]
    for name, colour, up in (("precision", BRICK, high), ("recall", SEA, not high)):
        label = "精確率：點名的人裡真的造假的" if name == "precision" else "召回率：造假的人裡被點到的"
        ax.annotate(
            label, (table["threshold"].iloc[place], table[name].iloc[place]), xytext=(0, 12 if up else -12),
            textcoords="offset points", color=colour, fontsize=10.5, va="bottom" if up else "top",
        )  # fmt: skip
    ax.set_ylim(0, 1.12)
    ax.set_yticks(np.arange(0, 1.01, 0.2))
    percent_axis(ax)
    ax.set_xlabel("可疑的機率多高才點名（p_odd）")
    ax.set_ylabel("占比（%）")
    at = found.at(0.5)
    titled(
        ax,
        f"門檻 0.5：點名 {at.called} 位，冤枉 {at.called - at.right} 位，漏掉 {at.fakes - at.right} 位",
        f"{len(found.creators)} 位創作者，真的造假的 {at.fakes} 位",
    )
    source_note(ax)
    return figure


def draw_set(found: CreatorSet) -> Chart:
    """Price and value of each candidate."""
    figure, ax = chart(10, 5)
    table = found.table
    groups = (
        (table[(table["out"] != "")], "x", SECONDARY, "沒列入考慮（可疑、揭露率低、剛接競品）"),
        (table[(table["out"] == "") & ~table["chosen"]], "o", SEA, "可以選"),
        (table[table["chosen"]], "D", BRICK, "選了"),
    )
    for rows, mark, colour, label in groups:
        ax.plot(
            rows["price_ntd"], rows["value"], mark, color=colour, markersize=9, label=label,
            markerfacecolor=PAPER if mark == "o" else colour, markeredgecolor=PAPER if mark == "D" else colour,
            markeredgewidth=1.5, linestyle="none",
        )  # fmt: skip
    for row in table[table["chosen"]].itertuples():
        ax.annotate(
            row.name, (row.price_ntd, row.value), xytext=(9, 3), textcoords="offset points", fontsize=10.5, color=TEXT,
        )  # fmt: skip
    ax.set_xscale("log")
    ax.set_xlim(table["price_ntd"].min() * 0.8, table["price_ntd"].max() * 1.6)
    ticks = [
        t
        for t in (500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000)
        if ax.get_xlim()[0] < t < ax.get_xlim()[1]
    ]
    ax.set_xticks(ticks, [f"{t:,}" for t in ticks])
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set_ylim(0, None)
    count_axis(ax)
    ax.grid(axis="x", color=HAIRLINE)
    ax.set_xlabel("報價（元，對數刻度）")
    ax.set_ylabel("估計的真互動（次，一則貼文）")
    ax.legend(frameon=False, loc="upper left")
    titled(
        ax,
        f"{found.found.used.get('預算', 0):,.0f} 元選 {len(found.ids)} 位，估計 {found.found.value:,.0f} 次真互動",
        f"{len(table)} 位，{int((table['out'] != '').sum())} 位沒列入考慮；受眾重疊扣掉 {found.overlap:.0%}",
    )
    source_note(ax)
    return figure


def draw_incentives(found: Incentives) -> Chart:
    """Net NT$ of each way to ask, with its range over months."""
    figure, ax = chart(9, 1.6 + 0.5 * len(found.table))
    table = found.table.sort_values("net", ignore_index=True)
    for place, row in table.iterrows():
        colour = SEA if row["net"] >= 0 else BRICK
        ax.plot([row["net_low"], row["net_high"]], [place, place], color=colour, linewidth=3, alpha=0.6)
        ax.plot([row["net"]], [place], "o", color=colour, markersize=9, markeredgecolor=PAPER)
    ax.axvline(0, color=SECONDARY, linewidth=1)
    ax.set_yticks(range(len(table)), list(table["label"]))
    ax.set_ylim(-0.6, len(table) - 0.4)
    count_axis(ax, "x")
    ax.set_xlabel("一個月的淨值（元）：省下的素材錢 − 獎勵 − 授權費 − 下架的損失")
    best = table.iloc[-1]
    titled(ax, f"最划算的是「{best['label']}」", f"{found.months} 個月；點是平均，線是九成的月份")
    source_note(ax)
    return figure
