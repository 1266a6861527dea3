"""The picture of the posts that did better than expected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...datasets import SIMULATED
from ...plotting import BRICK, SEA, SECONDARY, Chart, chart, count_axis, source_note, titled, value_word
from . import words as overperforming_words

if TYPE_CHECKING:
    from .overperforming import Overperforming

ROWS = 10


def draw(result: Overperforming) -> Chart:
    """A row a post: the range of ordinary posts as a band, its middle a tick, the post a dot, its multiple in words."""
    shown = result.table.sort_values("score", ascending=False).head(0 if result.abstained else ROWS)
    figure, ax = chart(9, 1.8 + 0.42 * max(len(shown), 2))
    for place, (_, row) in enumerate(shown.iterrows()):
        ax.plot([max(row["low"], 1), row["high"]], [place, place], color=SECONDARY, linewidth=7, alpha=0.3,
                solid_capstyle="butt")  # fmt: skip
        ax.plot([max(row["expected"], 1)], [place], "|", color=SECONDARY, markersize=13, markeredgewidth=2)
        ax.plot([row["engagements"]], [place], "D" if row["hit"] else "o", markersize=9 if row["hit"] else 8,
                color=BRICK if row["hit"] else SEA)  # fmt: skip
        words = f"{overperforming_words.times(row['ratio'])}{'　爆文' if row['hit'] else ''}"
        value_word(ax, words, max(row["engagements"], row["high"]), place)
    if len(shown):
        ax.set_xscale("log")
        low, high = shown["low"].clip(lower=1).min(), shown[["engagements", "high"]].max().max()
        ax.set_xlim(low / 1.3, high * (high / low) ** 0.25)
    count_axis(ax, "x")
    ax.set_yticks(range(len(shown)), [overperforming_words.name(row) for _, row in shown.iterrows()])
    ax.set_ylim(max(len(shown), 2) - 0.4, -0.6)
    ax.set_xlabel("互動（次，對數刻度，每格差的是倍數）")
    legend = "" if result.abstained else "；灰帶是九成貼文的範圍，短線是預期，菱形是爆文"
    titled(ax, overperforming_words.title(result), result.data + legend)
    if SIMULATED in result.notes:
        source_note(ax)
    return figure
