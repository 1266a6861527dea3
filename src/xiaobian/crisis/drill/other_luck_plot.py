"""The chart of several records under the same seeds: one row a record, one dot a seed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...plotting import BRICK, GRAIN, INK, PAPER, SEA, VIOLET, Chart, chart, source_note, spaced, titled

COLOURS = (BRICK, SEA, VIOLET, GRAIN)
APART = 0.045
"""Height between dots that would cover each other."""


def wins(worse: pd.Series, better: pd.Series) -> float:
    """Share of pairs of different seeds in which the first does better than the second, 0–1.

    >>> wins(pd.Series([0.0, 2.0]), pd.Series([1.0, 3.0]))
    0.5
    """
    above = worse.to_numpy()[:, None] > better.to_numpy()[None, :]
    return float(above[~np.eye(len(worse), len(better), dtype=bool)].mean())


def draw_luck(table: pd.DataFrame) -> Chart:
    """Values of each record in a table of ``under_other_luck`` as dots, their means as lines; name them worst first."""
    groups = {str(name): rows for name, rows in table.groupby("name", sort=False)}
    figure, ax = chart(9.5, 1.6 + 1.15 * len(groups))
    for place, (name, rows) in enumerate(groups.items()):
        values = np.sort(rows["value"].to_numpy())
        colour = COLOURS[place % len(COLOURS)]
        ax.plot(values, place + _heights(values), "o", color=colour, markersize=7, alpha=0.85, markeredgecolor=PAPER)
        mean = float(values.mean())
        ax.plot([mean, mean], [place - 0.36, place + 0.36], color=INK, linewidth=2, zorder=5)
        told = f"平均 {mean:+.2f}".replace("-", "−")
        ax.annotate(told, (mean, place - 0.4), ha="center", va="bottom", fontsize=10, color=INK)
        ax.annotate(name, (0.0, place - 0.4), xycoords=("axes fraction", "data"), va="bottom", fontsize=11, color=colour)
    ax.set_yticks([])
    ax.set_ylim(len(groups) - 0.5, -0.62)
    ax.grid(False)
    ax.grid(True, axis="x")
    ax.set_xlabel("聲譽的變化（標準差）")
    first, *others = groups.values()
    share = wins(first["value"], others[-1]["value"]) if others else float("nan")
    title = f"拿不同的運氣來比，{share:.0%} 的時候比較差的做法「贏」" if others else "同一段話，換一場運氣"
    titled(ax, spaced(title), spaced(f"一點是一場，同樣的回應、不同的種子，每種做法 n = {len(first)} 場；直線是平均"))
    source_note(ax)
    figure.summary = "；".join(
        f"{name}平均 {rows['value'].mean():+.2f}，標準差 {rows['value'].std():.2f}" for name, rows in groups.items()
    ).replace("-", "−")
    return figure


def _heights(values: np.ndarray) -> np.ndarray:
    """Heights that keep neighbours apart, around 0."""
    spread = np.array([0, 1, -1, 2, -2, 3, -3])
    return spread[np.arange(len(values)) % len(spread)] * APART + 0.08
