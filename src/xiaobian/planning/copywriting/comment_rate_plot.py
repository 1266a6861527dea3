"""The chart of what goes with comments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...datasets import SIMULATED
from ...plotting import SEA, SECONDARY, Chart, chart, percent_axis, source_note, titled

if TYPE_CHECKING:
    from .comment_rate import CommentRate

SHOWN = 9


def draw(found: CommentRate) -> Chart:
    """Intervals of the caption's effects, the largest first; the clear ones in full colour."""
    own = found.effects[found.effects["name"].isin(found.own)]
    shown = own.reindex(own["change"].abs().sort_values(ascending=False).index).head(SHOWN)
    figure, ax = chart(9, 4.2)
    low, middle, high = (shown[name].to_numpy(float) for name in ("low", "change", "high"))
    for row in range(len(shown)):
        away = bool(shown["clear"].iloc[row])
        ax.plot([low[row], high[row]], [row, row], color=SEA, linewidth=4, alpha=0.35)
        ax.plot([middle[row]], [row], "o", color=SEA, markersize=8, markerfacecolor=SEA if away else "white")
    ax.axvline(0, color=SECONDARY, linewidth=0.9)
    ax.set_yticks(
        range(len(shown)),
        [
            label if unit == "有和沒有比" else f"{label}（多一個標準差）"
            for label, unit in zip(shown["label"], shown["unit"], strict=True)
        ],
    )
    ax.set_ylim(len(shown) - 0.4, -0.6)
    percent_axis(ax, "x")
    ax.set_xlabel("留言率的變化（留言 ÷ 觸及，和沒有時比，%）")
    sure = found.clear()
    title = (
        f"和留言一起出現最明顯的是「{sure.iloc[0]['label']}」" if len(sure) else "看不出哪一件事和留言有關"
    )
    titled(
        ax,
        title,
        f"{found.posts:,} 則貼文、{found.comments:,} 則留言；線段是 90% 區間，實心是門檻拉高之後還分得出的",
    )
    if SIMULATED in found.notes:
        source_note(ax)
    return figure
