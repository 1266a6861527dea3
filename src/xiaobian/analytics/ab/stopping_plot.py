"""The pictures of many tests at once: lines with a mark where a winner was called, and false alarms by looks."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes

from ...plotting import (
    BRICK,
    HAIRLINE,
    INK,
    SEA,
    SECONDARY,
    SKY,
    VIOLET,
    Chart,
    chart,
    percent_axis,
    percent_text,
    source_note,
    spaced,
    titled,
)
from .read_words import signed
from .stopping import WAYS, Alarms, Overview, Peeking

SHOWN = 60
_REACH = 1.0
_COLOURS = {"peek": BRICK, "chance": VIOLET, "end": SECONDARY, "group": SEA}


def draw_lines(found: Peeking) -> Chart:
    """The first ``SHOWN`` tests: relative difference against looks, marks where a winner was called."""
    figure, ax = chart(9.5, 4.8)
    looks = np.arange(1, found.looks + 1)
    relative = np.clip(found.trials.relative[:SHOWN], -_REACH, _REACH)
    for line, look, winner in zip(relative, found.look, found.winner, strict=False):
        colour = HAIRLINE if not winner else BRICK if winner > 0 else SKY
        ax.plot(
            looks, line, color=colour, linewidth=1.2, alpha=1 if not winner else 0.45, zorder=1 + abs(winner)
        )
        if winner:
            ax.plot(
                [look + 1], [line[look]], "^" if winner > 0 else "v", color=colour, markersize=9, zorder=5
            )
    ax.axhline(0, color=INK, linewidth=1, zorder=4)
    _words(ax, found)
    ax.set_ylim(-_REACH, _REACH)
    ax.set_xlim(0.5, found.looks + 0.5)
    ax.set_xticks(looks if found.looks <= 10 else looks[4::5])
    percent_axis(ax)
    ax.set_xlabel("第幾次看")
    ax.set_ylabel("看到的相對差（B ÷ A − 1，%）")
    truth = "兩版沒有差別" if found.lift == 0 else f"B 真的好 {signed(found.lift)}"
    share = found.stopped if found.lift == 0 else found.called_b
    called = "喊出贏家" if found.lift == 0 else "喊 B 贏"
    titled(
        ax,
        spaced(f"{truth}，{WAYS[found.way]}：{percent_text(share)}的測試{called}"),
        spaced(
            f"共 {len(found.look):,} 個模擬測試，圖上畫前 {min(SHOWN, len(found.look))} 個；{_size(found)}"
        ),
    )
    source_note(ax)
    return figure


def _size(found: Peeking) -> str:
    return f"每個測試 {found.trials.people[0, -1].sum():,.0f} 人"


def _words(ax: Axes, found: Peeking) -> None:
    for sign, words, colour, height in ((1, "▲ 喊 B 贏", BRICK, 0.96), (-1, "▼ 喊 A 贏", SKY, 0.04)):
        if (found.winner[:SHOWN] == sign).any():
            ax.text(
                0.99, height, words, transform=ax.transAxes, ha="right",
                va="top" if sign > 0 else "bottom", fontsize=10.5, color=colour,
            )  # fmt: skip


def draw_alarms(found: Alarms) -> Chart:
    """A line a way, named at its end; the shaded band is the simulation's own 95 % interval."""
    figure, ax = chart(9, 4.6)
    last = found.table["looks"].max()
    for way, rows in found.table.groupby("way", sort=False):
        share, n = rows["share"].to_numpy(), rows["tests"].to_numpy()
        reach = 1.96 * np.sqrt(share * (1 - share) / n)
        colour = _COLOURS[str(way)]
        ax.fill_between(rows["looks"], share - reach, share + reach, color=colour, alpha=0.18, linewidth=0)
        ax.plot(rows["looks"], share, "-o", color=colour, markersize=6)
    _names(ax, found, last)
    ax.plot([found.table["looks"].min(), last], [0.05, 0.05], color=INK, linewidth=1, linestyle=(0, (4, 3)))
    ax.set_xscale("log")
    ax.set_xticks(found.table["looks"].unique(), [str(n) for n in found.table["looks"].unique()])
    ax.minorticks_off()
    ax.set_xlim(found.table["looks"].min() * 0.9, last * 4.2)
    ax.set_ylim(0, None)
    percent_axis(ax)
    ax.set_xlabel("一個測試裡看幾次")
    ax.set_ylabel("沒有差別卻喊出贏家（誤報，%）")
    worst = found.table[found.table["way"] == "peek"].set_index("looks")["share"]
    titled(
        ax,
        spaced(f"看越多次，誤報越多：看 {last} 次，{percent_text(worst[last])}的測試喊出假的贏家"),
        spaced(
            f"每一點 {found.table['tests'].iloc[0]:,} 個兩版沒有差別的模擬測試；虛線是說好的 5%；色帶是 95% 信賴區間"
        ),
    )
    source_note(ax)
    return figure


def _names(ax: Axes, found: Alarms, last: int) -> None:
    """The name of every line at its end, pushed apart so that they do not touch."""
    ends = found.table[found.table["looks"] == last].set_index("way")["share"].sort_values()
    floor = -1.0
    gap = 0.08 * found.table["share"].max()
    for way, share in ends.items():
        floor = max(float(share), floor + gap)
        ax.annotate(
            WAYS[str(way)], (last, floor), xytext=(10, 0), textcoords="offset points",
            va="center", fontsize=10, color=_COLOURS[str(way)],
        )  # fmt: skip


def draw_overview(found: Overview, truth: Mapping[str, float]) -> Chart:
    """A row a test: dot and 95 % interval of the relative difference; a diamond where the truth is known."""
    figure, ax = chart(9.5, 1.8 + 0.5 * len(found.readings))
    missed = 0
    for place, (name, reading) in enumerate(found.readings.items()):
        row = reading.table.iloc[0]
        ax.plot(
            [row["relative_low"], row["relative_high"]], [place, place], color=SEA, linewidth=4, alpha=0.35
        )
        ax.plot([row["relative"]], [place], "o", color=SEA, markersize=8, zorder=4)
        if name in truth:
            ax.plot([truth[name]], [place], "D", color=INK, markersize=8, zorder=5)
            missed += truth[name] != 0 and row["p"] >= reading.alpha
    ax.axvline(0, color=INK, linewidth=1, zorder=1)
    ax.set_yticks(
        range(len(found.readings)),
        [f"{name}\nn = {r.split.table['n'].sum():,} {r.unit}" for name, r in found.readings.items()],
    )
    ax.set_ylim(len(found.readings) - 0.4, -0.7)
    percent_axis(ax, "x")
    ax.set_xlabel("B 和 A 的相對差（÷ A − 1，%）")
    clear = sum(r.table["p"].iloc[0] < r.alpha for r in found.readings.values())
    finding = f"{len(found.readings)} 個測試，{clear} 個看得出差別"
    if truth:
        finding += f"；真的有差、卻沒看出來的有 {missed} 個"
    note = "；◆ 是真值" if truth else ""
    titled(ax, spaced(finding), f"線段是 95% 信賴區間，碰到 0 就看不出差別{note}")
    source_note(ax)
    figure.summary = spaced(finding + "。")
    return figure
