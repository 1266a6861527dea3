"""The choice of platforms as charts: how often each set wins, and what is known of each platform's audience."""

from __future__ import annotations

import numpy as np

from ..plotting import (
    PAPER,
    SEA,
    SECONDARY,
    SKY,
    Chart,
    chart,
    percent_axis,
    percent_text,
    spaced,
    titled,
    value_word,
)
from .platforms import DRAWS, PlatformChoice, segment_words
from .platforms_words import joined
from .reach import named

_MOST_SETS, _ROW = 6, 0.52


def draw_sets(found: PlatformChoice) -> Chart:
    """How often each of the sets that ever win is the best."""
    rows = found.sets.iloc[1:].sort_values("wins", ascending=False).head(_MOST_SETS - 1)
    rows = rows[rows["wins"] > 0]
    names = [found.sets.iloc[0]["platforms"], *rows["platforms"]]
    wins = np.array([found.wins, *rows["wins"]])
    hours = [found.sets.iloc[0]["hours"], *rows["hours"]]
    figure, ax = chart(9, 1.9 + _ROW * max(len(names), 2))
    ax.barh(range(len(names)), wins, 0.55, color=[SEA, *[SKY] * len(rows)])
    for place, share in enumerate(wins):
        value_word(ax, percent_text(share), share, place)
    labels = [spaced(f"{name}\n{hour:g}小時{'，算出來的最佳' if not place else ''}") for place, (name, hour) in enumerate(zip(names, hours, strict=True))]
    ax.set_yticks(range(len(names)), labels, linespacing=1.35)
    ax.set_ylim(len(names) - 0.4, -0.6)
    ax.set_xlim(0, min(1.0, 1.18 * float(wins.max())) or 1.0)
    percent_axis(ax, "x")
    ax.set_xlabel(f"最佳的次數占比（%，重抽 {DRAWS:,} 次）")
    titled(ax, spaced(f"選{joined(found.platforms)}，重抽時有{found.wins:.0%}的次數最好"), _asked(found))
    return figure


def _asked(found: PlatformChoice) -> str:
    return spaced(f"{segment_words(found.segment)}，每週{found.hours:g}小時、最多{found.most}個平台；觸及和重疊在可能的範圍內重抽，工時是設計參數")


def draw_reach(found: PlatformChoice) -> Chart:
    """The range of each platform's audience; the chosen filled, guesses dashed."""
    rows = found.table.sort_values("reach", ascending=False).reset_index(drop=True)
    figure, ax = chart(9, 1.9 + _ROW * max(len(rows), 2))
    for place, row in enumerate(rows.to_dict("records")):
        colour = SEA if row["chosen"] else SECONDARY
        ax.hlines(place, row["low"], row["high"], color=colour, linewidth=3, alpha=0.5, linestyle="-" if row["known"] else ":")
        ax.plot([row["reach"]], [place], "o", markersize=9, markerfacecolor=colour if row["chosen"] else PAPER, markeredgecolor=colour, markeredgewidth=1.8, zorder=4)
        value_word(ax, percent_text(row["reach"]) + ("" if row["known"] else "（猜的）"), row["high"], place)
    labels = [spaced(f"{named(row['platform'])}　{row['hours']:g}小時") for row in rows.to_dict("records")]
    ax.set_yticks(range(len(rows)), labels)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_xlim(0, 1.12)
    ax.set_xticks(np.arange(0, 1.01, 0.2))
    percent_axis(ax, "x")
    ax.set_xlabel(f"用這個平台的人 ÷ {segment_words(found.segment)}（%）")
    titled(ax, spaced(f"選{joined(found.platforms)}，用掉{found.choice.used['hours']:g}小時"), "實心是選中的；線是數字互相打架的範圍，虛線是沒有數字、先猜的（設計參數）")
    return figure


KINDS = {"sets": draw_sets, "reach": draw_reach}
