"""Lead times as charts: waiting and work at each step, and two workflows beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...plotting import BRICK, SEA, SECONDARY, SKY, Chart, chart, spaced, titled, value_word

if TYPE_CHECKING:
    from .simulate import LeadTime


def draw(found: LeadTime) -> Chart:
    """Mean hours of waiting and of work each time a step is done."""
    rows = found.steps.fillna({"wait": 0.0})
    figure, ax = chart(9, 2.2 + 0.46 * len(rows))
    places = np.arange(len(rows))
    wait, work = rows["wait"].to_numpy(float), rows["work"].to_numpy(float)
    ax.barh(places, wait, 0.55, color=SKY, label="等")
    ax.barh(places, work, 0.55, left=wait, color=SEA, label="做")
    for place, row in enumerate(rows.to_dict("records")):
        words = f"等 {row['wait']:.1f}、做 {row['work']:.1f}" if row["done"] else "從來沒輪到"
        value_word(ax, spaced(words), row["wait"] + (row["work"] if row["done"] else 0), place)
    ax.set_yticks(places, [f"{n}（{w}）" for n, w in zip(rows["name"], rows["who"], strict=True)])
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_xlim(0, 1.3 * float((wait + work).max()) or 1)
    ax.grid(visible=True, axis="x")
    ax.grid(visible=False, axis="y")
    ax.set_xlabel("每一次平均幾小時（上班時間）")
    ax.legend(frameon=False, loc="lower right", ncols=2)
    through = len(found.days)
    title = f"一則貼文要{found.days.median():.1f}個工作天，其中做事只占{found.work_share:.0%}" if through else "沒有一則走得完"
    titled(ax, spaced(title), spaced(f"模擬 {len(found.items)} 則，每週 {found.per_week:g} 則；走完 {through} 則"))
    return figure


def beside(before: LeadTime, after: LeadTime) -> Chart:
    """Lead times of two workflows: a dot a post, a line at the median."""
    figure, ax = chart(9, 3.4)
    rng = np.random.default_rng(0)
    for place, (found, colour) in enumerate(((before, BRICK), (after, SEA))):
        days = found.days.to_numpy(float)
        if len(days):
            ax.plot(days, place + rng.uniform(-0.18, 0.18, len(days)), "o", color=colour, alpha=0.45, markersize=5)
            middle = float(np.median(days))
            ax.plot([middle, middle], [place - 0.32, place + 0.32], color=colour, linewidth=3)
            ax.text(middle, place - 0.36, f"{middle:.1f}", ha="center", va="bottom", color=colour, fontsize=11)
        if found.stuck:
            words = f"{found.stuck} 則永遠沒走完"
            at = float(days.max()) if len(days) else 0.0
            ax.text(at, place + 0.3, f"  {words}", color=SECONDARY, va="center", fontsize=11)
    ax.set_yticks([0, 1], [f"{f.workflow.name}\n走完 {len(f.days)}／{len(f.items)}" for f in (before, after)], linespacing=1.3)
    ax.set_ylim(1.6, -0.7)
    ax.set_xlim(left=0)
    ax.grid(visible=True, axis="x")
    ax.grid(visible=False, axis="y")
    ax.set_xlabel("從來到發佈的工作天（一點一則，短線是中位數）")
    if len(before.days) and len(after.days):
        title = f"中位數從{before.days.median():.1f}個工作天變成{after.days.median():.1f}個"
    else:
        title = f"原本走完{len(before.days)}則，改了之後走完{len(after.days)}則"
    titled(ax, spaced(title), spaced(f"模擬，各 {len(before.items)} 則，每週 {before.per_week:g} 則，同樣的亂數"))
    figure.summary = f"{before.workflow.name}：{before.say()} {after.workflow.name}：{after.say()}"
    return figure
