"""What became of a morning's messages, as one bar a kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..plotting import BRICK, GRAIN, SEA, SECONDARY, Chart, chart, titled

if TYPE_CHECKING:
    from .inbox import Inbox

KINDS = {"right": ("自動回，答對", SEA), "person": ("留給真人", SECONDARY), "wrong": ("自動回，答錯", GRAIN), "harmful": ("不該自動回的", BRICK)}


def draw(found: Inbox) -> Chart:
    """One bar an outcome, with its count."""
    figure, ax = chart(9, 2.8)
    counts = [int((found.table["outcome"] == kind).sum()) for kind in KINDS]
    bars = ax.barh([label for label, _ in KINDS.values()], counts, color=[colour for _, colour in KINDS.values()], height=0.6)
    ax.bar_label(bars, [f"{n} 則" for n in counts], padding=4)
    ax.invert_yaxis()
    ax.set_xlim(0, max(*counts, 1) * 1.15)
    ax.set_xlabel("訊息（則）")
    titled(ax, f"自動回了 {found.sent} 則，{found.harmful} 則不該自動回", f"{len(found.table)} 則訊息；課程自編")
    return figure
