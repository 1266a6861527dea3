"""A week of publishing as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.dates as mdates

from ...analytics.groups import day_text
from ...plotting import BRICK, GRAIN, PAPER, SECONDARY, SKY, Chart, chart, source_note, titled
from ...tables import PLATFORMS, TAIPEI
from .outcome import STATES

if TYPE_CHECKING:
    from .outcome import Run

LOOKS = {"on_time": ("o", SKY, 60), "late": ("s", GRAIN, 60), "wrong_time": ("D", SECONDARY, 50),
         "doubled": ("P", BRICK, 110), "lost": ("X", BRICK, 110)}  # fmt: skip


def draw(run: Run) -> Chart:
    """Due times across, platforms down, one mark a post."""
    names = list(dict.fromkeys(run.table["platform"]))
    figure, ax = chart(10, 1.9 + 0.75 * len(names))
    for state, (marker, colour, size) in LOOKS.items():
        rows = run.table[run.table["state"] == state]
        if len(rows):
            ax.scatter(
                rows["due"], rows["platform"].map(names.index), s=size, marker=marker, color=colour,
                edgecolor=PAPER, linewidth=0.8, label=f"{STATES[state]}（{len(rows)}）", zorder=3,
            )  # fmt: skip
    ax.set_yticks(range(len(names)), [PLATFORMS.get(name, name) for name in names])
    ax.set_ylim(len(names) - 0.4, -0.6)
    ax.xaxis.set_major_locator(mdates.DayLocator(tz=TAIPEI))
    ax.xaxis.set_major_formatter(lambda value, _: day_text(mdates.num2date(value, tz=TAIPEI)))
    ax.set_xlabel("預定發佈的時間（台北）")
    ax.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.28), ncols=len(LOOKS))
    right = int((run.table["state"] == "on_time").sum())
    titled(
        ax,
        f"{len(run.table)} 則裡 {right} 則準時，{run.lost} 則沒發出去、{run.doubled} 則重複發",
        f"得分 {run.score:.2f}；每點一則貼文".replace("-", "−"),
    )
    source_note(ax)
    return figure
