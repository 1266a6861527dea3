"""The picture of a prediction: what came, what was told, and how far off it may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes

from ...datasets import SIMULATED
from ...plotting import BRICK, SEA, SECONDARY, SKY, Chart, chart, count_axis, source_note, titled
from . import words

if TYPE_CHECKING:
    from .predict import Forecast

SHOWN = 80


def draw(result: Forecast) -> Chart:
    """The newest tested posts in the order of time; log axis, because results differ by multiples."""
    figure, ax = chart(10, 4.8)
    told = result.posts.tail(SHOWN).reset_index(drop=True)
    if not result.abstained:
        _posts(ax, told)
    ax.set_ylabel(f"{words.target_label(result.target)}（每則，對數刻度）")
    shown = f"；圖上是最後 {len(told)} 則，線段是 80% 預測區間" if len(told) else ""
    titled(ax, words.title(result), result.data + shown)
    if SIMULATED in result.notes:
        source_note(ax)
    return figure


def _posts(ax: Axes, told) -> None:
    places = np.arange(len(told))
    low, high, actual = (told[name].to_numpy() for name in ("low", "high", "actual"))
    positive = actual[actual > 0]
    floor = max(1e-9, min(1.0, float(positive.min())) if len(positive) else 1.0)
    ax.set_yscale("log")
    ax.vlines(places, np.maximum(low, floor), np.maximum(high, floor), color=SKY, linewidth=4, alpha=0.4)
    ax.plot(
        places,
        np.maximum(told["predicted"], floor),
        "_",
        color=SEA,
        markersize=9,
        markeredgewidth=2,
        label="預測",
    )
    ax.plot(
        places,
        np.maximum(told["constant"], floor),
        color=SECONDARY,
        linewidth=1.2,
        linestyle="--",
        label="過去的中位數",
    )
    inside = told["inside"].to_numpy(dtype=bool)
    shown = np.maximum(actual, floor)
    ax.plot(places[inside], shown[inside], "o", color=SEA, markersize=5, label="實際，落在區間裡")
    ax.plot(places[~inside], shown[~inside], "X", color=BRICK, markersize=7, label="實際，落在區間外")
    count_axis(ax, "y")
    ax.minorticks_off()
    step = max(1, len(told) // 8)
    if "published_at" in told:
        ax.set_xticks(places[::step], [f"{t.month}/{t.day}" for t in told["published_at"].iloc[::step]])
        ax.set_xlabel("發佈日（照先後排，台北時間）")
    else:
        ax.set_xlabel("貼文（照先後排，則）")
    ax.legend(loc="upper left", bbox_to_anchor=(0, -0.16), ncol=4)
