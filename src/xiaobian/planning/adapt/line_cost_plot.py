"""Plans of LINE beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...plotting import SEA, SECONDARY, SKY, Chart, chart, count_axis, spaced, titled, value_word

if TYPE_CHECKING:
    from .line_cost import LineCost


def draw(found: LineCost) -> Chart:
    """The monthly price of each plan; a plan that cannot send so many says so."""
    rows = found.table[~found.table["conflict"]].to_dict("records")
    figure, ax = chart(9, 1.9 + 0.55 * len(rows))
    best = found.best["plan"]
    for place, row in enumerate(rows):
        if not row["possible"]:
            ax.text(0, place, spaced(f"  只能發{row['free']:,}則"), va="center", color=SECONDARY, fontsize=11)
            continue
        colour = SEA if row["plan"] == best else SKY
        ax.barh(place, row["low"], 0.5, color=colour)
        if row["high"] > row["low"]:
            ax.barh(place, row["high"] - row["low"], 0.5, left=row["low"], color=colour, alpha=0.35)
        same = row["low"] == row["high"]
        words = f"NT${row['low']:,.0f}" if same else f"NT${row['low']:,.0f}–{row['high']:,.0f}"
        value_word(ax, words, row["high"], place)
    ax.set_yticks(range(len(rows)), [f"{row['label']}\n月費 {row['fee']:,.0f}" for row in rows], linespacing=1.3)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    most = max(float(row["high"]) for row in rows if row["possible"])
    ax.set_xlim(0, 1.35 * most or 1)
    count_axis(ax, "x")
    ax.set_xlabel("一個月的費用（NT$；淺色是加購單價沒查清楚的範圍）")
    titled(ax, spaced(f"一個月{found.messages:,}則，{found.best['label']}方案最便宜"), "LINE 官方帳號方案，來源與查核日在附註")
    return figure
