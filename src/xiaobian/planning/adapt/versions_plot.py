"""Versions beside each other as charts: how full each limit is, and which fact stands where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...plotting import (
    BRICK,
    PAPER,
    SEA,
    SECONDARY,
    SKY,
    Chart,
    chart,
    percent_axis,
    spaced,
    titled,
    value_word,
)
from ...tables import PLATFORMS

if TYPE_CHECKING:
    from .audit import Audit
    from .versions import Versions

_MARKS = {"有": ("o", SEA, SEA, "寫了"), "沒有提": ("o", PAPER, SECONDARY, "沒有提"), "不一樣": ("X", BRICK, BRICK, "不一樣或少了必說的")}
_LONGEST = 16


def draw(found: Versions) -> Chart:
    """The share of the strictest limit that each version uses, in the platform's own unit."""
    rows = list(found.versions)
    figure, ax = chart(9, 1.7 + 0.5 * max(len(rows), 2))
    shares = [v.room.used / v.room.limit if v.room.limit else 0.0 for v in rows]
    ax.barh(range(len(rows)), shares, 0.55, color=[BRICK if s > 1 else SEA if s > 0.75 else SKY for s in shares])
    for place, (v, share) in enumerate(zip(rows, shares, strict=True)):
        value_word(ax, spaced(str(v.room)), 1.0 if 0.7 < share <= 1 else share, place)
    ax.axvline(1, color=SECONDARY, linewidth=1, linestyle="--")
    ax.set_yticks(range(len(rows)), [PLATFORMS[v.platform] for v in rows])
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_xlim(0, max(1.75, 1.5 * max(shares)))
    ax.set_xticks([0, 0.25, 0.5, 0.75, 1])
    percent_axis(ax, "x")
    ax.set_xlabel("用掉的長度（用掉 ÷ 那個平台最嚴的上限，%）")
    fullest = max(zip(shares, rows, strict=True), key=lambda pair: pair[0])
    title = f"同一則訊息，{PLATFORMS[fullest[1].platform]}用掉{fullest[0]:.0%}的空間"
    titled(ax, spaced(title), "各平台用自己的單位數；LINE 看最長的一個泡泡；虛線是上限")
    return figure


def facts(found: Audit) -> Chart:
    """Fact × platform: told, not told, told differently."""
    table = found.facts
    figure, ax = chart(9, 2.1 + 0.42 * max(len(table), 2))
    seen: set[str] = set()
    for y, (_, row) in enumerate(table.iterrows()):
        for x, word in enumerate(row):
            marker, face, edge, label = _MARKS[str(word)]
            ax.plot(
                [x], [y], marker, markersize=13 if marker == "X" else 11, markerfacecolor=face, markeredgecolor=edge,
                markeredgewidth=1.6, label=None if word in seen else label, linestyle="none",
            )  # fmt: skip
            seen.add(str(word))
    ax.set_xticks(range(len(table.columns)), list(table.columns))
    ax.tick_params(axis="x", length=0)
    ax.spines["bottom"].set_visible(False)
    ax.set_yticks(range(len(table)), [_short(name) for name in table.index])
    ax.set_xlim(-0.6, max(len(table.columns) - 0.4, 0.6))
    ax.set_ylim(len(table) - 0.4, -0.7)
    if len(table):
        ax.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.1), ncols=3)
    wrong = int((table == "不一樣").to_numpy().sum()) if len(table) else 0
    quiet = int((table == "沒有提").to_numpy().sum()) if len(table) else 0
    title = f"有{wrong}處和訊息不一樣" if wrong else "各版寫出來的事實都和訊息一樣"
    titled(ax, spaced(title), spaced(f"訊息裡的 {len(table)} 件事 × {len(found.platforms)} 個版本；沒有提的 {quiet} 格不算矛盾"))
    return figure


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"
