"""The picture of follower change: sources above zero, losses below."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ...datasets import SIMULATED
from ...plotting import (
    BRICK,
    GRAIN,
    SEA,
    SECONDARY,
    SKY,
    TEXT,
    Chart,
    chart,
    count_axis,
    count_text,
    source_note,
    titled,
)
from ..groups import day_text
from . import words

if TYPE_CHECKING:
    from .growth import Growth

_PARTS = (
    ("from_posts", "貼文帶來", SEA, ""),
    ("from_paid", "付費貼文帶來", SKY, ""),
    ("background", "不經貼文", GRAIN, ""),
    ("bought", "像灌粉", BRICK, "//"),
)


def draw(result: Growth, row: pd.Series) -> Chart:
    """Stacked bars a month with the net change as a number."""
    table = result.table[result.table["platform"] == row["platform"]].reset_index(drop=True)
    figure, ax = chart(10, 4.8)
    places, height = np.arange(len(table)), np.zeros(len(table))
    known = table["from_posts"].notna().any()
    parts = _PARTS if known else (("real", "新增", SEA, ""), _PARTS[-1])
    table = table.assign(real=table["gained"] - table["bought"])
    for column, name, colour, hatch in parts:
        values = table[column].fillna(0).clip(lower=0).to_numpy()
        if values.any():
            ax.bar(
                places, values, 0.62, bottom=height, color=colour, label=name, hatch=hatch, edgecolor="white"
            )
        height += values
    ax.bar(places, -table["lost"].fillna(0), 0.62, color=SECONDARY, label="流失", edgecolor="white")
    ax.axhline(0, color=TEXT, linewidth=0.8)
    for place, (top, net) in enumerate(zip(height, table["net"], strict=True)):
        sign = "+" if net > 0 else ""
        ax.annotate(f"{sign}{count_text(net)}", (place, top), xytext=(0, 4), textcoords="offset points",
                    ha="center", fontsize=10, color=TEXT)  # fmt: skip
    ax.set_xticks(places, [words.month_text(month) for month in table["month"]])
    ax.set_ylim(-1.15 * table["lost"].max(), 1.15 * height.max() + 1)
    count_axis(ax)
    ax.set_ylabel("粉絲數的變化（人／月）")
    ax.legend(frameon=False, ncols=5, loc="upper center", bbox_to_anchor=(0.5, -0.1))
    titled(ax, words.title(result, row), _data(result, table))
    if SIMULATED in result.notes:
        source_note(ax)
    return figure


def _data(result: Growth, table: pd.DataFrame) -> str:
    days = int(table["days"].sum())
    waves = result.bought[result.bought["platform"] == table["platform"].iloc[0]]
    span = f"{words.month_text(table['month'].iloc[0])}–{words.month_text(table['month'].iloc[-1])}"
    text = f"{days:,} 天，{span}；柱上的數字是淨增減"
    if len(waves):
        told = "、".join(f"{day_text(w.first)} 起 {w.low:,.0f}–{w.high:,.0f} 人" for w in waves.itertuples())
        text += f"；像灌粉的人數（95% 區間）：{told}"
    return text
