"""Pictures of a scheduled month: a box a day, and the hours of each person against what there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from ...plotting import (
    BRICK,
    HAIRLINE,
    PAPER,
    SEA,
    SECONDARY,
    SKY,
    TEXT,
    Chart,
    chart,
    count_text,
    platform_style,
    spaced,
    titled,
)
from ...tables import PILLARS
from .names import ANY, people_names
from .words import STATUS, day_text

if TYPE_CHECKING:
    from .schedule import Schedule

WEEKDAYS = "一二三四五六日"
_CHIP, _HEAD, _LEAST = 0.165, 0.26, 1.1
_WASH = "#F5F7F8"
_FEW = 6


def draw_month(found: Schedule) -> Chart:
    """A box a day with its posts; moments and days without promotions are written in the box."""
    days = pd.date_range(found.posed.at.min().normalize(), periods=found.posed.problem.days)
    monday = days[0] - pd.Timedelta(days=int(days[0].day_of_week))
    weeks = (days[-1] - monday).days // 7 + 1
    when = found.table["publish_at"].dt.tz_localize(None)
    counts = when.dt.normalize().value_counts()
    rows = [
        max(_LEAST, _HEAD + 0.06 + _CHIP * min(_FEW + 1, int(counts.reindex(days[(days - monday).days // 7 == week], fill_value=0).max())))
        for week in range(weeks)
    ]  # fmt: skip
    figure, ax = chart(11, sum(rows) + 1.2)
    tops = np.concatenate([[0.0], np.cumsum(rows)])
    notes = _notes(found)
    for number, day in enumerate(days):
        week, column = (day - monday).days // 7, int(day.day_of_week)
        posts = found.table[when.dt.normalize() == day]
        _day_box(ax, column, tops[week], rows[week], day, notes.get(number, []), posts)
    ax.set_xlim(0, 7)
    ax.set_ylim(tops[-1], -0.22)
    ax.grid(False)
    for column, name in enumerate(WEEKDAYS):
        ax.text(column + 0.5, -0.08, f"週{name}", size=10, color=SECONDARY, ha="center", va="center")
    ax.set_xticks([])
    ax.set_yticks([])
    for spine in ax.spines.values():
        spine.set_visible(False)
    titled(ax, *_title(found, days))
    return figure


def _title(found: Schedule, days: pd.DatetimeIndex) -> tuple[str, str]:
    span = f"{days[0]:%Y}/{day_text(days[0])}–{day_text(days[-1])}"
    if found.status == "infeasible":
        return "這組條件排不出來", f"{span}，{len(found.left)} 則都沒有排"
    gap = "差距 0%" if found.status == "optimal" else f"差距最多 {found.gap:.1%}"
    return (
        spaced(f"排進{len(found.table)}則，預估互動合計{count_text(found.value)}"),
        f"{span}，{len(found.table) + len(found.left)} 則裡選；{gap}，{STATUS[found.status]}",
    )


def _notes(found: Schedule) -> dict[int, list[tuple[str, str]]]:
    """What is written in the head of a day: (text, colour)."""
    notes: dict[int, list[tuple[str, str]]] = {}
    for cover in found.posed.problem.covers:
        if cover.kind == ANY:
            continue
        notes.setdefault(cover.last, []).append((cover.name, BRICK))
    for shut in found.posed.problem.closed:
        for day in shut.days:
            notes.setdefault(day, []).append(("不發優惠", SECONDARY))
    return notes


def _day_box(
    ax: Axes, column: int, top: float, height: float, day: pd.Timestamp,
    notes: list[tuple[str, str]], posts: pd.DataFrame,
) -> None:  # fmt: skip
    face = _WASH if column >= 5 else PAPER
    ax.add_patch(
        Rectangle((column + 0.02, top + 0.02), 0.96, height - 0.04, facecolor=face, edgecolor=HAIRLINE)
    )
    date = day_text(day) if day.day == 1 or day.day_of_week == 0 else str(day.day)
    ax.text(column + 0.07, top + 0.15, date, size=9.5, color=TEXT, va="center")
    for text, colour in notes[:1]:
        ax.text(column + 0.94, top + 0.15, text, size=8, color=colour, va="center", ha="right")
    shown = posts.head(_FEW) if len(posts) > _FEW + 1 else posts
    for i, row in enumerate(shown.itertuples()):
        _chip(ax, column, top + _HEAD + _CHIP * (i + 0.5), row)
    if len(posts) > len(shown):
        ax.text(
            column + 0.12, top + _HEAD + _CHIP * (len(shown) + 0.5), f"還有 {len(posts) - len(shown)} 則",
            size=7.5, color=SECONDARY, va="center",
        )  # fmt: skip


def _chip(ax: Axes, column: int, middle: float, row: object) -> None:
    style = platform_style(str(row.platform))  # type: ignore[attr-defined]
    must = bool(row.must)  # type: ignore[attr-defined]
    ax.add_patch(
        Rectangle(
            (column + 0.05, middle - _CHIP * 0.4), 0.05, _CHIP * 0.8, facecolor=style.colour, edgecolor="none"
        )
    )
    pillar = PILLARS.get(str(row.pillar), "")  # type: ignore[attr-defined]
    text = f"{row.publish_at:%H} {style.label} {pillar}{'・必' if must else ''}"  # type: ignore[attr-defined]
    ax.text(column + 0.13, middle, text, size=7.5, color=TEXT, va="center_baseline", clip_on=True)


def draw_hours(found: Schedule) -> Chart:
    """For each person: hours there are so far against the hours of what has gone out so far."""
    problem, people = found.posed.problem, people_names()
    days = pd.date_range(found.posed.at.min().normalize(), periods=problem.days)
    figure, first = chart(11, 3.6)
    first.remove()
    axes = figure.subplots(1, max(len(problem.resources), 1), squeeze=False)[0]
    slacks = {}
    for ax, resource in zip(axes, problem.resources, strict=True):
        there, used = np.cumsum(resource.per_day), _used(found, resource.name, days)
        ax.fill_between(days, 0, there, step="post", color=SKY, alpha=0.25, linewidth=0)
        ax.step(days, there, where="post", color=SKY, linewidth=1.6)
        ax.step(days, used, where="post", color=SEA, linewidth=2)
        who = people.get(resource.name, resource.name)
        slacks[who] = 1 - used[-1] / there[-1] if there[-1] else 0.0
        ax.set_title(f"{who}：用掉 {used[-1]:.0f}／{there[-1]:.0f} 小時", fontsize=11, color=TEXT)
        ax.set_xticks(days[::7], [day_text(day) for day in days[::7]])
        ax.set_ylim(0, max(there[-1], used[-1]) * 1.08)
        ax.set_ylabel("累計小時" if ax is axes[0] else "")
    tight = min(slacks, key=slacks.__getitem__)
    figure.suptitle(
        spaced(f"最緊的是{tight}：整個月的工時用掉{1 - slacks[tight]:.0%}"),
        x=0.02,
        ha="left",
        size=14,
        color=TEXT,
    )
    figure.supxlabel(
        "淡色是到那天為止可用的工時，深色是已經發出去的貼文用掉的；深色不能高過淡色", size=10, color=SECONDARY
    )
    return figure


def _used(found: Schedule, name: str, days: pd.DatetimeIndex) -> np.ndarray:
    used = np.zeros(len(days))
    for at, work in zip(found.table["publish_at"], found.table["work"], strict=True):
        used[(at.tz_localize(None).normalize() - days[0]).days] += work.get(name, 0.0)
    return np.cumsum(used)
