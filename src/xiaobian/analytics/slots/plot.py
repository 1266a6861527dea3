"""The picture of posting times: the week as one curve, or a row a daypart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ...datasets import SIMULATED
from ...plotting import (
    BRICK,
    PAPER,
    SEA,
    SECONDARY,
    Chart,
    chart,
    percent_axis,
    source_note,
    titled,
    value_word,
)
from ..groups import WEEKDAYS
from . import words
from .posts import OUTCOMES

if TYPE_CHECKING:
    from .slot_effects import SlotEffects

_ROOM = 1.25
_LEAST = 0.005


def draw(result: SlotEffects, account: str | None) -> Chart:
    """Effects with their intervals; single means as open dots, larger with more posts."""
    rows = result.of(account)
    if result.by == "daypart":
        figure, ax = _dayparts(result, rows)
    else:
        figure, ax = _week(result, rows)
    titled(ax, words.title(result, account), _data_line(result, rows))
    if SIMULATED in result.notes:
        source_note(ax)
    return figure


def _week(result: SlotEffects, rows: pd.DataFrame) -> tuple[Chart, Axes]:
    figure, ax = chart(11, 4.8)
    hour = rows["slot"].to_numpy(dtype=float)
    tried = rows[rows["n"] > 0]
    raw = np.expm1(tried["raw"])
    curve = result.method == "shrunk" and rows["effect"].notna().all()
    if curve:
        ax.fill_between(
            hour, rows["lift_low"], rows["lift_high"], color=SEA, alpha=0.16, linewidth=0, zorder=1
        )
        ax.plot(hour, rows["lift"], color=SEA, linewidth=2, zorder=3)
    colour = SECONDARY if curve else SEA
    ax.scatter(tried["slot"], raw, s=6 + 5 * np.sqrt(tried["n"]), facecolors="none", edgecolors=colour, alpha=0.55,
               linewidths=0.9, zorder=2)  # fmt: skip
    best = result.best(result_account(rows)) if curve else rows.iloc[:0]
    ax.plot(best["slot"], best["lift"], "^", color=BRICK, markersize=10, markeredgecolor=PAPER, zorder=5)
    ax.axhline(0, color=SECONDARY, linewidth=0.9)
    reach = (
        np.nanmax(np.abs(rows[["lift_low", "lift_high"]].to_numpy()))
        if curve
        else np.nanquantile(np.abs(raw), 0.9)
    )
    ax.set_ylim(-min(_ROOM * reach, 1.0), _ROOM * reach)
    ax.set_xlim(0, 168)
    ax.set_xticks(np.arange(0, 168, 24) + 12, WEEKDAYS)
    for midnight in range(24, 168, 24):
        ax.axvline(midnight, color=SECONDARY, linewidth=0.5, alpha=0.4)
    percent_axis(ax)
    ax.set_ylabel(f"{OUTCOMES[result.outcome]}，和平常發文的時段比（%）")
    ax.set_xlabel("發文時間（台北，每格一天，正中間是中午 12 時）")
    return figure, ax


def result_account(rows: pd.DataFrame) -> str:
    """The account whose rows these are."""
    return str(rows["account"].iloc[0])


def _dayparts(result: SlotEffects, rows: pd.DataFrame) -> tuple[Chart, Axes]:
    figure, ax = chart(9, 3.6)
    for place, (_, row) in enumerate(rows.iterrows()):
        if np.isfinite(row["lift_low"]):
            ax.plot([row["lift_low"], row["lift_high"]], [place, place], color=SEA, linewidth=4, alpha=0.35)
        if np.isfinite(row["effect"]):
            ax.plot([row["lift"]], [place], "o", color=SEA, markersize=9, markeredgecolor=PAPER)
            right = np.nanmax([row["lift"], row["lift_high"]])
            value_word(ax, _written(row["lift"]), float(right), float(place))
    ax.axvline(0, color=SECONDARY, linewidth=0.9)
    ax.set_yticks(range(len(rows)), [f"{row.label}（n = {row.n:,}）" for row in rows.itertuples()])
    ax.set_ylim(len(rows) - 0.4, -0.6)
    low, high = (
        np.nanmin([*rows["lift_low"], 0, *rows["lift"]]),
        np.nanmax([*rows["lift_high"], 0, *rows["lift"]]),
    )
    ax.set_xlim(low - 0.12 * (high - low) - 0.01, high + 0.15 * (high - low) + 0.01)
    percent_axis(ax, "x")
    ax.set_xlabel(f"{OUTCOMES[result.outcome]}，和下午比（%）")
    return figure, ax


def _written(lift: float) -> str:
    if lift == 0:
        return "基準"
    return f"{lift:+.0%}".replace("-", "−") if abs(lift) >= _LEAST else "幾乎一樣"


def _data_line(result: SlotEffects, rows: pd.DataFrame) -> str:
    who = result_account(rows)
    told = f"{who}，貼文 {rows['n'].sum():,} 則，{result.period}"
    if rows["effect"].isna().all():
        return f"{told}；圈是各時段直接平均"
    if result.by == "daypart":
        return f"{told}；線段是 {result.level:.0%} 區間"
    if result.method != "shrunk":
        return f"{told}；圈是各時段的估計，越大則數越多"
    best = "，▲ 是最看好的時段" if not result.abstained(who) else ""
    return f"{told}；線是估計、灰帶是 {result.level:.0%} 區間，圈是各時段直接平均{best}"
