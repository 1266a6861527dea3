"""The picture of retention: who is still watching, and how fast they leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.layout_engine import ConstrainedLayoutEngine

from ...datasets import SIMULATED
from ...plotting import PALETTE, SECONDARY, Chart, count_text, percent_axis, source_note, titled, use_theme
from . import words

if TYPE_CHECKING:
    from .retention_hazard import RetentionHazard

_SHOWN, _GROUPS = 30, 4
_MARKS = ("-", "--", "-.", ":")


def draw(result: RetentionHazard) -> Chart:
    """Survival on the left, hazard on the right; the first 30 seconds of up to four groups."""
    use_theme()
    figure = Chart(figsize=(11, 4.6), layout=ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.1))
    left, right = figure.subplots(1, 2, width_ratios=[3, 2])
    groups = list(result.table.dropna(subset=["s3"])["group"])[:_GROUPS]
    for number, group in enumerate(groups):
        _lines(result, left, right, group, number)
    left.axvline(3, color=SECONDARY, linewidth=0.8, linestyle=":")
    for ax, name in ((left, "仍在觀看（占開始觀看者，%）"), (right, "每秒離開（占還在看的人，%）")):
        ax.set_xlabel("影片秒數（秒）")
        ax.set_ylabel(name)
        ax.set_ylim(bottom=0)
        ax.set_xlim(left=0)
        percent_axis(ax)
    if len(groups) > 1:
        left.legend()
    titled(right, "離開的速度", "分母只算那一秒還在看的人")
    titled(left, words.title(result), _data_line(result))
    if SIMULATED in result.notes:
        source_note(left)
    return figure


def _lines(result: RetentionHazard, left: Axes, right: Axes, group: str, number: int) -> None:
    rows = result.curve[(result.curve["group"] == group) & (result.curve["second"] <= _SHOWN)]
    colour, style = list(PALETTE.values())[number], _MARKS[number]
    second = [0.0, *rows["second"]]
    left.plot(second, [1.0, *rows["survival"]], style, color=colour, label=group)
    left.fill_between(
        second, [1.0, *rows["low"]], [1.0, *rows["high"]], color=colour, alpha=0.15, linewidth=0
    )
    right.plot(rows["second"] - 0.5, rows["hazard"], style, color=colour)
    right.fill_between(
        rows["second"] - 0.5, rows["hazard_low"], rows["hazard_high"], color=colour, alpha=0.15, linewidth=0
    )


def _data_line(result: RetentionHazard) -> str:
    videos, views = result.table["videos"].sum(), result.table["views"].sum()
    return f"影片 {videos:,} 支，瀏覽 {count_text(views)} 次；色帶是 95% 區間，虛線是第 3 秒"
