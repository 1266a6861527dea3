"""What the crisis room shows where no widget can run: the brief and the first decision with its options."""

from __future__ import annotations

from ..crisis.drill import DrillState
from ..plotting import HAIRLINE, INK, SEA, SECONDARY, chart, spaced, to_png
from . import war_room_view as view

_WIDTH = 52


def poster(state: DrillState) -> bytes:
    """A PNG of a drill before it begins, the same wherever it stands: what happened, and what must be decided first."""
    figure, ax = chart(9.6, 5.4)
    ax.set_axis_off()
    ax.set_position((0.03, 0.03, 0.94, 0.94))
    ax.set_xlim(0, 1)
    ax.set_ylim(0, 1)
    told = state.setup.told
    opens = told.decisions[0]
    blocks = [
        (state.title, 15, SEA, "bold"),
        (f"危機演練室｜{state.setup.minutes // 60} 小時｜島嶼沙盒模擬資料，全部虛構", 10, SECONDARY, "normal"),
        (state.brief, 11, INK, "normal"),
        (f"第一個決定（{view.hours_text(opens.hour * 60)}）：{opens.prompt}", 12, SEA, "bold"),
        *((f"{o.id.upper()}　{o.text}", 11, INK, "normal") for o in opens.options),
    ]
    y = 0.99
    for text, size, colour, weight in blocks:
        lines = _lines(spaced(text))
        ax.text(0.01, y, "\n".join(lines), fontsize=size, color=colour, weight=weight, va="top", linespacing=1.5)
        y -= 0.0042 * size * len(lines) + 0.022
    ax.axhline(0.0, color=HAIRLINE)
    return to_png(figure)


def _lines(text: str) -> list[str]:
    """A text cut to lines; a full-width mark that ends a clause does not begin one."""
    lines = [""]
    for sign in text:
        if len(lines[-1]) >= _WIDTH and sign not in "，。、；：？！」）":
            lines.append("")
        lines[-1] += sign
    return lines
