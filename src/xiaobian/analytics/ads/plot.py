"""The picture of an advertising budget."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ...plotting import PALETTE, Chart, chart, count_axis, source_note, titled
from . import words
from .model import Curve

if TYPE_CHECKING:
    from .ads_budget import AdsBudget

_COLOURS = [PALETTE[name] for name in ("海", "磚", "空", "紫", "穀", "墨")]
_MARKERS = "osPvXD"


def draw(result: AdsBudget) -> Chart:
    """Dots a period, a curve with its 90 % band a channel, and an open circle where the plan puts it."""
    figure, ax = chart(10, 5)
    channels = list(result.table["channel"])
    rng = np.random.default_rng(0)
    for place, channel in enumerate(channels[: len(_COLOURS)]):
        colour = _COLOURS[place]
        part = result.seen[result.seen["channel"] == channel]
        ax.plot(part["spend"], part["result"], _MARKERS[place], color=colour, alpha=0.35, markersize=5, linestyle="none",
                label=f"{words.channel_text(channel)}（{len(part)} 期）")  # fmt: skip
        if channel in result.curves:
            _line(ax, result.curves[channel], colour, rng, result.plan, channel)
    ax.set_xlim(0, None)
    ax.set_ylim(0, None)
    count_axis(ax, "x")
    count_axis(ax)
    ax.grid(True, axis="y")
    ax.set_xlabel("每期花費（NT$）")
    ax.set_ylabel("每期成果（次）")
    ax.legend(frameon=False)
    n = len(result.seen)
    titled(
        ax,
        words.title(result),
        f"{len(channels)} 個管道，共 {n} 期；帶子是 90% 區間，空心圓是重新分配後的位置",
    )
    if result.simulated:
        source_note(ax)
    return figure


def _line(ax, curve: Curve, colour: str, rng: np.random.Generator, plan: pd.DataFrame, channel: str) -> None:
    row = plan[plan["channel"] == channel].iloc[0]
    spend = np.linspace(min(curve.least, row["planned"]), max(curve.most, row["planned"]), 60)
    level, power = curve.draws(rng, 1000)
    band = np.exp(level[:, None] + power[:, None] * np.log(spend / curve.middle))
    low, high = np.quantile(band, [0.05, 0.95], axis=0)
    ax.fill_between(spend, low, high, color=colour, alpha=0.15, linewidth=0)
    ax.plot(spend, curve.at(spend), color=colour, linewidth=1.8)
    ax.plot(
        [row["planned"]],
        [row["expected"]],
        "o",
        color=colour,
        markerfacecolor="none",
        markersize=11,
        markeredgewidth=1.8,
    )
