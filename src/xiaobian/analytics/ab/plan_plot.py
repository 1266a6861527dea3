"""The picture of a plan: what can be seen with how many."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes

from ...plotting import BRICK, SEA, SECONDARY, SKY, Chart, chart, count_axis, percent_axis, titled
from ...plotting.wording import spaced
from .plan_words import _base
from .power import least_lift, posts_power
from .read_words import signed

if TYPE_CHECKING:
    from .ab_plan import ABPlan

_POINTS = 60


def draw(plan: ABPlan) -> Chart:
    """Posts: power against posts an arm. People: smallest lift against people an arm."""
    figure, ax = chart(9, 4.6)
    (_power if plan.unit == "則" else _lifts)(plan, ax)
    return figure


def _lifts(plan: ABPlan, ax: Axes) -> None:
    most = max(plan.per_arm * 2, int(plan.table["per_arm"].max()) if plan.daily else 0)
    sizes = np.geomspace(max(plan.per_arm / 100, 50), most, _POINTS)
    lifts = np.array([least_lift(plan.design, n) for n in sizes])
    ax.plot(sizes, lifts, color=SEA)
    ax.plot([plan.per_arm], [abs(plan.design.lift)], "o", color=BRICK, markersize=10, zorder=5)
    _word(
        ax,
        f"{signed(plan.design.lift)}：每組 {plan.per_arm:,} {plan.unit}",
        plan.per_arm,
        abs(plan.design.lift),
        BRICK,
    )
    if plan.daily:
        named = plan.table[plan.table["weeks"].isin([1, 4, 12])]
        for weeks, size, lift in named[["weeks", "per_arm", "least_lift"]].to_numpy(dtype=float):
            ax.plot([size], [lift], "s", color=SEA, markersize=8, zorder=4)
            _word(ax, f"{weeks:g} 週", size, lift, SEA, below=True)
    ax.set_xscale("log")
    ax.set_ylim(0, min(float(np.nanmax(lifts[np.isfinite(lifts)])) * 1.05, 1.5))
    ax.minorticks_off()
    count_axis(ax, "x")
    percent_axis(ax)
    ax.set_xlabel(f"每組{plan.unit}數")
    ax.set_ylabel("看得出來的最小提升（相對，%）")
    finding = f"每組要 {plan.per_arm:,} {plan.unit}才看得出 {signed(plan.design.lift)}"
    if plan.weeks:
        finding += f"，你的流量要跑 {plan.weeks:,} 週"
    titled(ax, spaced(finding), _settings(plan))


def _power(plan: ABPlan, ax: Axes) -> None:
    sizes = np.unique(np.geomspace(5, max(plan.per_arm * 1.5, 50), _POINTS).astype(int))
    table = posts_power(plan.design, sizes.tolist())
    lines = [("power_log", SEA, "取對數後比"), ("power_raw", SKY, "直接比平均")]
    for column, colour, words in lines:
        if table[column].notna().all():
            ax.plot(table["per_arm"], table[column], color=colour)
            _word(ax, words, table["per_arm"].iloc[-1], table[column].iloc[-1], colour)
    ax.axhline(plan.design.power, color=SECONDARY, linewidth=1, linestyle=(0, (4, 3)))
    ax.axvspan(5, 10, color=BRICK, alpha=0.15)
    ax.annotate(
        "常聽到的 5–10 則", (10, 0.5), xytext=(6, 0), textcoords="offset points", fontsize=10.5, color=BRICK
    )
    ax.set_ylim(0, 1)
    ax.set_xlim(0, sizes[-1] * 1.15)
    percent_axis(ax)
    ax.set_xlabel("每組貼文數（則）")
    ax.set_ylabel(f"看得出 {signed(plan.design.lift)} 的機會（檢定力，%）")
    titled(ax, f"看出 {signed(plan.design.lift)} 要每組 {plan.per_arm:,} 則，10 則遠遠不夠", _settings(plan))


def _word(ax: Axes, words: str, x: float, y: float, colour: str, below: bool = False) -> None:
    place, ha, va = ((-7, -5), "right", "top") if below else ((8, 6), "left", "bottom")
    ax.annotate(
        words, (x, y), xytext=place, textcoords="offset points", fontsize=10.5, color=colour, ha=ha, va=va
    )


def _settings(plan: ABPlan) -> str:
    design = plan.design
    return spaced(f"{_base(plan)}；顯著水準 {design.alpha:.3g}，檢定力 {design.power:.0%}，每組 n 如圖")
