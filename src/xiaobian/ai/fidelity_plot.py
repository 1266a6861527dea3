"""Facts of a source, and how much of each a summary still holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..plotting import BRICK, SEA, SECONDARY, Chart, chart, percent_axis, titled
from .tasks.summarize import COVERED

if TYPE_CHECKING:
    from .fidelity import FactCheck


def draw(found: FactCheck) -> Chart:
    """One bar a fact; the dashed line is where a fact counts as kept."""
    rows = found.facts
    figure, ax = chart(10, 1.6 + 0.45 * max(len(rows), 2))
    places = np.arange(len(rows))
    colours = [SEA if kept else BRICK for kept in rows["kept"]]
    ax.barh(places, rows["share"], color=colours, height=0.6)
    ax.axvline(COVERED, color=SECONDARY, linestyle="--", linewidth=1.2)
    for place, share, kept, missing in zip(places, rows["share"], rows["kept"], rows["missing"], strict=True):
        word = "留了" if kept else "沒留" + (f"，少了 {missing}" if missing else "")
        ax.text(min(float(share) + 0.015, 1.02), place, word, va="center", fontsize=10)
    ax.set_yticks(places, [_short(text) for text in rows["text"]])
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_xlim(0, 1.25)
    percent_axis(ax, "x")
    ax.set_xticks([0, 0.25, 0.5, 0.75, 1])
    ax.set_xlabel("這件事的字詞還在摘要裡的比例（相鄰兩字，%）")
    titled(
        ax, f"{len(rows)} 件必須留下的事，留了 {int(rows['kept'].sum())} 件",
        f"虛線是 {COVERED:.0%}；數字也要全部留下才算。摘要篇幅是原文的 {found.length:.0%}",
    )  # fmt: skip
    return figure


def _short(text: str, most: int = 16) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
