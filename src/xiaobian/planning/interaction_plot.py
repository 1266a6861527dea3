"""Charts of forms of interaction and of challenges."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from ..datasets import SIMULATED
from ..plotting import (
    INK,
    PAPER,
    SEA,
    SECONDARY,
    SKY,
    Chart,
    chart,
    count_axis,
    source_note,
    spaced,
    titled,
)
from ..sandbox.interaction import FORMS, SEGMENTS

if TYPE_CHECKING:
    from .challenge import KFactor
    from .interaction import FormatChoice


def draw_choice(found: FormatChoice, truth: pd.DataFrame | None = None) -> Chart:
    """Value of each form with its interval, segments one under another; the chosen one is filled."""
    figure, ax = chart(9, 7)
    true = None if truth is None else truth.set_index(["segment", "form"])["value"]
    ticks, labels, row = [], [], 0.0
    for segment, name in SEGMENTS.items():
        rows = found.table[found.table["segment"] == segment]
        for place, cell in enumerate(rows.to_dict("records")):
            form = str(cell["form"])
            best = found.best[segment] == form
            ax.plot(
                [cell["low"], cell["high"]], [row, row], color=SEA if best else SKY, linewidth=4, alpha=0.4
            )
            ax.plot(
                [cell["value"]], [row], "o", color=SEA, markersize=8, markerfacecolor=SEA if best else PAPER
            )
            if true is not None:
                ax.plot([true[segment, form]], [row], "D", color=INK, markersize=6, markeredgecolor=PAPER)
            ticks.append(row)
            labels.append(f"{name}　{FORMS[form]}" if place == 0 else FORMS[form])
            row += 1
        row += 0.8
    ax.axvline(0, color=SECONDARY, linewidth=0.9)
    ax.set_yticks(ticks, labels)
    ax.set_ylim(row - 0.6, -0.8)
    count_axis(ax, "x")
    ax.set_xlabel("一檔的淨值（30 天後還在的人 × 每人價值 − 工時成本，NT$）")
    data = f"{int(found.table['events'].sum())} 檔活動；線段是 90% 區間，實心是選中的"
    titled(ax, title_of(found), data + ("，◆ 是真值" if true is not None else ""))
    if SIMULATED in found.notes:
        source_note(ax)
    return figure


def title_of(found: FormatChoice) -> str:
    """The finding as a sentence."""
    kinds = list(dict.fromkeys(found.best.values()))
    if len(kinds) == 1:
        return f"四群都選{FORMS[kinds[0]]}"
    return f"四群要的不一樣：{'、'.join(f'{SEGMENTS[s]}選{FORMS[f]}' for s, f in found.best.items())}"


def draw_challenge(found: KFactor) -> Chart:
    """New participants a generation: median and the band of 90 % of the runs."""
    figure, ax = chart(9, 3.8)
    table = found.table
    ax.fill_between(table.index, table["low"], table["high"], color=SKY, alpha=0.35, linewidth=0)
    ax.plot(table.index, table["median"], color=SEA, linewidth=2.2, marker="o", markersize=5)
    ax.set_xticks(table.index)
    ax.set_ylim(0, None)
    count_axis(ax)
    ax.set_xlabel("第幾代（0 是自己來的人）")
    ax.set_ylabel("新參加的人數（人）")
    middle = found.total[0]
    word = (
        "一代比一代少"
        if found.k < 1
        else "一代比一代多，直到沒人可邀"
        if found.population
        else "一代比一代多"
    )
    titled(
        ax, spaced(f"K＝{found.k:.2f}，{word}；合計約{middle:,.0f}人"),
        f"{len(found.sizes):,} 次模擬，從 {found.starters:,} 人開始；線是中位數，帶是 90% 的模擬",
    )  # fmt: skip
    source_note(ax, "模擬，不是預測")
    return figure
