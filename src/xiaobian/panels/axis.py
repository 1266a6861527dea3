"""Explorer: what a bar chart says when its axis does not start at zero."""

from __future__ import annotations

import pandas as pd

from ..plotting import SEA, Chart, chart, count_text, titled
from .controls import labelled
from .explorer import explorer
from .panel import Panel

STARTS = {"從 0 開始": "0", "最小值的一半": "0.5", "最小值的八成": "0.8", "最小值的九成五": "0.95"}


def ratio_shown(low: float, high: float, start: float) -> float:
    """How many times as tall the higher bar looks when the axis starts at ``start``.

    >>> ratio_shown(100, 110, 0), ratio_shown(100, 110, 95)
    (1.1, 3.0)
    """
    return (high - start) / (low - start)


def cut_axis(values: pd.Series, what: str) -> Panel:
    """Bars of positive values whose axis start can be chosen; the sentence compares look and truth.

    values: counts by name. what: the quantity with its unit, for the axis.
    """
    low, high = float(values.min()), float(values.max())
    true = high / low

    def draw(start: str) -> tuple[Chart, str]:
        cut = float(start) * low
        looks = ratio_shown(low, high, cut)
        figure, ax = chart(8, 3.6)
        bars = ax.bar([str(name) for name in values.index], values.to_numpy(float), color=SEA, width=0.55)
        ax.bar_label(bars, [f"{value:,.0f}" for value in values], padding=3)
        ax.set_ylim(cut, high + 0.12 * (high - cut))
        ax.yaxis.set_major_formatter(lambda value, _: count_text(value))
        ax.set_ylabel(what)
        titled(
            ax, f"最高的看起來是最低的 {looks:.2f} 倍", f"其實是 {true:.2f} 倍；縱軸從 {count_text(cut)} 開始"
        )
        return figure, f"看起來 {looks:.2f} 倍，其實 {true:.2f} 倍。"

    choices = {"start": labelled("縱軸：", STARTS, "0.8")}
    return explorer(choices, draw, "換縱軸的起點，看同樣的數字怎麼變成不同的故事。")
