"""Pictures of a world: a week on a board, where a week stands, what is true of the dayparts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ..plotting import (
    BRICK,
    HAIRLINE,
    SEA,
    SECONDARY,
    SKY,
    TEXT,
    Chart,
    chart,
    count_axis,
    count_text,
    percent_axis,
    platform_style,
    source_note,
    titled,
    value_word,
)

if TYPE_CHECKING:
    from .weeks import WeekResult

DAYS = ("週一", "週二", "週三", "週四", "週五", "週六", "週日")
FIRST, LAST = 6, 24


def board(schedule: pd.DataFrame, finding: str, data: str) -> Chart:
    """A week as a board: days across, hours down, one mark a post.

    schedule: columns platform and published_at (Taipei).
    """
    figure, ax = chart(9, 4.8)
    when = schedule["published_at"].dt.tz_convert("Asia/Taipei")
    places = pd.DataFrame(
        {
            "day": when.dt.day_of_week,
            "hour": when.dt.hour + when.dt.minute / 60,
            "platform": schedule["platform"],
        }
    )
    same = places.groupby(["day", "hour"])
    shift = (same.cumcount() - (same["platform"].transform("size") - 1) / 2) * (
        0.8 / same["platform"].transform("size")
    ).clip(upper=0.2)
    for x, hour, platform in zip(places["day"] + shift, places["hour"], places["platform"], strict=True):
        style = platform_style(platform)
        ax.plot([x], [hour], style.marker, color=style.colour, markersize=11, linestyle="none", zorder=3)
    ax.set_xticks(range(7), DAYS)
    ax.set_xlim(-0.5, 6.5)
    ax.set_ylim(LAST, FIRST)
    ax.set_yticks(range(FIRST, LAST + 1, 3), [f"{hour}:00" for hour in range(FIRST, LAST + 1, 3)])
    ax.grid(False)
    for edge in range(8):
        ax.axvline(edge - 0.5, color=HAIRLINE, linewidth=1, zorder=0)
    for hour in (12, 18):
        ax.axhline(hour, color=HAIRLINE, linewidth=1, zorder=0)
    _platform_key(ax, schedule["platform"])
    titled(ax, finding, data)
    source_note(ax)
    days = when.dt.day_of_week.value_counts().sort_index()
    figure.summary = "、".join(f"{DAYS[day]} {days[day]} 則" for day in range(7) if day in days)
    return figure


def _platform_key(ax: Axes, platforms: pd.Series) -> None:
    for name in dict.fromkeys(platforms):
        style = platform_style(name)
        ax.plot([], [], style.marker, color=style.colour, linestyle="none", markersize=9, label=style.label)
    ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1), frameon=False, fontsize=10.5, labelcolor=TEXT)


def standing(result: WeekResult, data: str) -> Chart:
    """Habit, this week and the best as bars of expected engagements, with what the distance is made of."""
    figure, ax = chart(9, 3.6)
    rows = list(result.table.itertuples(index=False, name=None))
    for row, (_, value) in enumerate(rows):
        ax.barh(row, value, height=0.55, color=(SKY, BRICK, SEA)[row])
        value_word(ax, count_text(value), value, row)
    ax.set_yticks(range(len(rows)), [name for name, _ in rows])
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_xlim(0, max(value for _, value in rows) * 1.15)
    ax.set_xlabel("期望互動數（次）")
    count_axis(ax, "x")
    titled(ax, _standing(result), data)
    source_note(ax)
    figure.summary = result.say()
    return figure


def _standing(result: WeekResult) -> str:
    share = result.value / result.best
    return f"這一週拿到最好排法的 {share:.0%}，照習慣是 {result.baseline / result.best:.0%}"


def _signed(share: float) -> str:
    return f"{share:+.1%}".replace("-", "−")


def dayparts(effects: pd.Series, names: Mapping[str, str], finding: str, data: str) -> Chart:
    """True effect of each daypart on reach, as percent against the afternoon; ``effects`` in log points."""
    figure, ax = chart(9, 3.4)
    shares = np.expm1(effects.drop("afternoon").to_numpy(dtype=float))
    keys = [name for name in effects.index if name != "afternoon"]
    for row, share in enumerate(shares):
        ax.barh(row, share, height=0.55, color=SEA if share >= 0 else BRICK)
        ax.annotate(
            _signed(share), (max(share, 0), row), xytext=(8, 0), textcoords="offset points",
            va="center", fontsize=10.5, color=TEXT,
        )  # fmt: skip
    ax.axvline(0, color=SECONDARY, linewidth=1)
    ax.set_yticks(range(len(keys)), [names[key] for key in keys])
    ax.set_ylim(len(keys) - 0.4, -0.6)
    ax.set_xlim(min(shares.min() * 1.1, -0.02), max(shares.max() * 2, 0.06))
    ax.set_xlabel("同一則內容，觸及和下午發相比")
    percent_axis(ax, "x")
    titled(ax, finding, data)
    source_note(ax)
    figure.summary = "、".join(
        f"{names[key]} {_signed(share)}" for key, share in zip(keys, shares, strict=True)
    )
    return figure
