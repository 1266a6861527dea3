"""Charts of an after-action report: replays, the hours, the queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...plotting import (
    BRICK,
    GRAIN,
    HAIRLINE,
    INK,
    PAPER,
    SECONDARY,
    SKY,
    TEXT,
    VIOLET,
    Chart,
    chart,
    source_note,
    titled,
)
from ...sandbox.crisis.room import LEAD
from ...sandbox.crisis.scenarios import STRATEGIES
from ..colours import STRATEGY_COLOURS
from .setup import HOUR

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from .after_action import AfterAction



def draw_replays(found: AfterAction) -> Chart:
    """Every strategy by the hour of the first reply, one's own result and the best found beside them."""
    figure, ax = chart(9.5, 4.6)
    delays = sorted(found.replays["delay"].unique())
    places = {delay: n for n, delay in enumerate(delays)}
    ends = []
    for name, rows in found.replays.groupby("strategy", sort=False):
        values = rows.sort_values("delay")["value"].to_numpy()
        ax.plot(range(len(values)), values, "-o", color=STRATEGY_COLOURS[str(name)], markersize=5)
        ends.append((float(values[-1]), STRATEGIES[str(name)], STRATEGY_COLOURS[str(name)]))
    right = len(delays) - 1
    ax.axhline(found.usual, color=HAIRLINE, linewidth=2, zorder=0)
    _line_word(ax, "一般公司", found.usual)
    ax.axhline(found.best, color=SKY, linewidth=2, zorder=0)
    ax.margins(y=0.13)
    _line_word(ax, "找得到的最好做法", found.best)
    for (_, label, colour), y in zip(sorted(ends), _apart([e[0] for e in sorted(ends)], ax), strict=True):
        ax.annotate(label, (right + 0.12, y), va="center", fontsize=10.5, color=colour)
    x = _place(found.first_reply, places)
    ax.plot([x], [found.value], "o", color=INK, markersize=13, markeredgecolor=PAPER, zorder=6)
    ax.annotate(
        "你",
        (x, found.value),
        xytext=(0, 11),
        textcoords="offset points",
        ha="center",
        color=INK,
        fontsize=11,
        zorder=7,
    )
    ax.set_xticks(range(len(delays)), [_hours(delay) for delay in delays])
    ax.set_xlim(-0.4, right + 0.8)
    ax.set_xlabel("第一次回應在幾小時後")
    ax.set_ylabel("聲譽的變化（標準差）")
    best = found.replays.iloc[int(found.replays["value"].to_numpy().argmax())]
    titled(
        ax,
        f"同樣的運氣，只回一次的話，「{STRATEGIES[str(best['strategy'])]}」最好",
        f"{found.title}，每一點是同一場危機重跑一次；「你」是整場的結果",
    )
    source_note(ax)
    return found.captioned(figure)


def _line_word(ax: Axes, word: str, value: float) -> None:
    ax.annotate(
        word,
        (-0.35, value),
        xytext=(0, 4),
        textcoords="offset points",
        va="bottom",
        fontsize=9.5,
        color=SECONDARY,
    )


def _hours(delay: float) -> str:
    return "半小時" if delay == 0.5 else f"{delay:g} 小時"


def _place(first: int | None, places: dict[float, int]) -> float:
    """Where a first reply stands between the delays that were tried; at the right end without one."""
    hours = list(places)
    return float(np.interp(hours[-1] if first is None else first / HOUR, hours, list(places.values())))


def _apart(values: list[float], ax: Axes) -> list[float]:
    """The same heights, sorted, at least a line of text apart."""
    low, high = ax.get_ylim()
    gap, found = (high - low) * 0.065, list[float]()
    for value in values:
        found.append(value if not found else max(value, found[-1] + gap))
    return found


def draw_timeline(found: AfterAction) -> Chart:
    """Mentions by the hour with the answers, the large accounts and the posts that went out."""
    state = found.state
    totals = np.array([mentions for mentions, _ in state.world.counts[LEAD:]], dtype=float)
    negative = np.array([bad for _, bad in state.world.counts[LEAD:]], dtype=float)
    hours = np.arange(len(totals))
    figure, ax = chart(9.5, 4.4)
    ax.bar(hours + 0.5, totals, width=0.9, color=SKY, label="提及")
    ax.bar(hours + 0.5, negative, width=0.9, color=BRICK, label="其中負面")
    top = max(float(totals.max()), 1.0)
    for number, said in enumerate(state.said, start=1):
        at = said.minute / HOUR
        ax.axvline(at, color=INK, linewidth=1.4)
        ax.annotate(
            f"{number}",
            (at, top * 1.1),
            ha="center",
            fontsize=10,
            color=PAPER,
            bbox={"boxstyle": "circle,pad=0.25", "facecolor": INK, "edgecolor": INK},
        )
    for kol in state.accounts:
        ax.plot([kol.hour], [top * 1.02], "v", color=VIOLET, markersize=8)
    for post in state.out:
        ax.plot([post.minute / HOUR], [top * 1.02], "X", color=GRAIN, markersize=9)
    handles = [
        *ax.get_legend_handles_labels()[0],
        ax.plot([], [], "o", color=INK, label="你的回應", linestyle="none")[0],
        ax.plot([], [], "v", color=VIOLET, label="大帳號發文", linestyle="none")[0],
        ax.plot([], [], "X", color=GRAIN, label="排程貼文照發", linestyle="none")[0],
    ]
    ax.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=5, frameon=False)
    ax.set_xlim(0, len(totals))
    ax.set_ylim(0, top * 1.2)
    ax.set_xticks(range(0, len(totals) + 1, 6))
    ax.set_xlabel("危機開始後第幾小時")
    ax.set_ylabel("每小時提及（則）")
    busiest = int(totals.argmax())
    titled(
        ax,
        f"最吵的是第 {busiest + 1} 個小時，{totals[busiest]:.0f} 則",
        f"{found.title}，所有平台的提及；{len(state.said)} 個回應，{len(state.out)} 篇排程貼文照發",
    )
    source_note(ax)
    figure.summary = f"提及共 {totals.sum():.0f} 則，負面 {negative.sum():.0f} 則；回應在第 {'、'.join(f'{s.minute / HOUR:.1f}' for s in state.said) or '—'} 小時。"
    return figure


def draw_queue(found: AfterAction) -> Chart:
    """Points of the comments by what they needed: what was saved, what waiting and wrong keys cost."""
    figure, ax = chart(9.5, 3.4)
    table = found.queue.table
    kinds = [kind for kind in ("上報", "隱藏", "回覆", "不處理") if (table["needed"] == kind).any()]
    for place, kind in enumerate(kinds):
        rows = table[table["needed"] == kind]
        waiting, wrong = float(rows["wait_points"].sum()), float(rows["wrong_points"].sum())
        ax.barh([place], [waiting], color=GRAIN, height=0.6)
        ax.barh([place], [wrong], left=[waiting], color=BRICK, height=0.6)
        done = int(rows["done"].isin(["", kind] if kind == "不處理" else [kind]).sum())
        ax.annotate(
            f"  {waiting + wrong:.0f} 點（{len(rows)} 則，做對 {done} 則）",
            (waiting + wrong, place),
            va="center",
            fontsize=10.5,
            color=TEXT,
        )
    most = max([float((g["points"]).sum()) for _, g in table.groupby("needed")] or [1.0])
    ax.set_xlim(0, max(most, 1.0) * 1.45)
    ax.set_yticks(range(len(kinds)), ["可以不處理" if kind == "不處理" else f"該{kind}" for kind in kinds])
    ax.set_ylim(len(kinds) - 0.5, -0.5)
    ax.grid(False)
    ax.grid(True, axis="x", color=HAIRLINE)
    ax.set_xlabel("代價（點）")
    handles = [
        ax.barh([0], [0], color=GRAIN, label="等太久、沒處理")[0],
        ax.barh([0], [0], color=BRICK, label="按錯鍵")[0],
    ]
    ax.legend(
        handles=handles,
        labels=["等太久、沒處理", "按錯鍵"],
        loc="upper center",
        bbox_to_anchor=(0.5, -0.24),
        ncols=2,
        frameon=False,
    )
    titled(
        ax,
        f"留言的代價 {found.queue.points:.0f} 點；都不管是 {found.queue.nothing:.0f} 點",
        f"{found.title}，點數是設計參數",
    )
    source_note(ax)
    figure.summary = found.queue.say()
    return figure
