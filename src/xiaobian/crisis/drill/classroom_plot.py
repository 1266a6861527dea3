"""The chart of a class: value of each learner by the minute of the first reply."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...plotting import BRICK, HAIRLINE, INK, PAPER, SEA, SECONDARY, Chart, chart, source_note, titled
from .setup import HOUR

if TYPE_CHECKING:
    from .classroom import ClassResult

NAMED = 12
"""Learners up to which names are written beside the dots."""
_TICKS = (0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 128)


def draw_class(found: ClassResult) -> Chart:
    """A dot a learner; those who never spoke stand at the right."""
    figure, ax = chart(9.5, 4.8)
    end = found.setup.minutes
    table = found.table
    never = table["first_reply"].isna().to_numpy()
    minutes = table["first_reply"].fillna(end).to_numpy(dtype=float)
    x = np.log2(np.maximum(minutes, 15) / HOUR)
    ax.plot(
        x[~never], table["value"][~never], "o", color=SEA, alpha=0.75, markersize=8, markeredgecolor=PAPER
    )
    ax.plot(x[never], table["value"][never], "X", color=BRICK, markersize=9, markeredgecolor=PAPER)
    if len(table) <= NAMED:
        for place, row in enumerate(table.itertuples(index=False)):
            ax.annotate(
                str(row.name),
                (x[place], row.value),
                xytext=(8, 0),
                textcoords="offset points",
                va="center",
                fontsize=9.5,
                color=SECONDARY,
            ).set_parse_math(False)
    ticks = [hour for hour in _TICKS if hour * HOUR <= end]
    ax.set_xticks(
        np.log2(ticks), [f"{hour * HOUR:.0f} 分" if hour < 1 else f"{hour:g} 小時" for hour in ticks]
    )
    low, high = np.log2(0.2), np.log2(end / HOUR) + 0.9
    ax.set_xlim(low, high)
    for value, label, colour in ((found.usual, "一般公司", HAIRLINE), (found.best, "找得到的最好做法", INK)):
        ax.axhline(value, color=colour, linewidth=1.6, zorder=0)
        ax.annotate(
            label,
            (low, value),
            xytext=(4, 3),
            textcoords="offset points",
            va="bottom",
            fontsize=9.5,
            color=SECONDARY,
        )
    ax.set_xlabel("第一次回應在發現後多久（叉：整場沒有回應）")
    ax.set_ylabel("聲譽的變化（標準差）")
    ax.margins(y=0.14)
    better = int((table["value"] > found.usual).sum())
    titled(
        ax,
        f"{len(table)} 人裡有 {better} 人比一般公司好",
        f"{found.setup.told.title}（第 {found.setup.seed} 場），同一場危機、同樣的運氣，一點是一人",
    )
    source_note(ax)
    return figure
