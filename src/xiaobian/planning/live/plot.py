"""Charts of the live drill: what waited, and how policies compare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ...plotting import BRICK, HAIRLINE, PAPER, SEA, SECONDARY, TEXT, Chart, chart, source_note, titled
from .injects import draw, scenario

if TYPE_CHECKING:
    from .judging import LiveReview


def draw_review(found: LiveReview, number: int) -> Chart:
    """The dearest injects over the minutes of the broadcast."""
    end = scenario().seconds
    rows = found.table.head(number)
    figure, ax = chart(10, 1.6 + 0.42 * len(rows))
    for place, (_, row) in enumerate(rows.iterrows()):
        left = pd.isna(row["waited"])
        until = end if left else min(row["at"] + row["waited"], end + 20)
        wrong = row["grade"] == "wrong"
        ax.plot(
            [row["at"], until],
            [place, place],
            color=BRICK,
            linewidth=5,
            linestyle=":" if left else "-",
            alpha=0.85,
        )
        ax.plot(
            [until],
            [place],
            "X" if wrong else "o",
            color=BRICK,
            markersize=10,
            markeredgecolor=PAPER,
            zorder=4,
        )
        if pd.notna(row["best_waited"]):
            ax.plot(
                [row["at"] + row["best_waited"]],
                [place],
                "D",
                color=SEA,
                markersize=8,
                markeredgecolor=PAPER,
                zorder=5,
            )
        ax.annotate(f"{row['harm']:.1f} 點", (end + 25, place), va="center", fontsize=10.5, color=TEXT)
    ax.set_yticks(range(len(rows)), [f"{r.label}（{r.number} 號）" for r in rows.itertuples()])
    ax.set_ylim(len(rows) - 0.5, -0.6)
    ax.set_xlim(-5, end + 75)
    ax.set_xticks(range(0, end + 1, 60), [f"{m}" for m in range(end // 60 + 1)])
    ax.grid(False)
    ax.grid(True, axis="x", color=HAIRLINE)
    ax.set_xlabel("直播第幾分鐘")
    handles = [
        ax.plot([], [], "-o", color=BRICK, linewidth=5, markersize=9, label="從出現等到處理完")[0],
        ax.plot([], [], "X", color=BRICK, markersize=10, linestyle="none", label="做法不對")[0],
        ax.plot([], [], ":", color=BRICK, linewidth=5, label="沒處理")[0],
        ax.plot([], [], "D", color=SEA, markersize=8, linestyle="none", label="最好的排法在這裡處理完")[0],
    ]
    ax.legend(
        handles=handles,
        loc="upper center",
        bbox_to_anchor=(0.45, -0.16 - 0.35 / len(rows)),
        ncols=4,
        frameon=False,
    )
    share = rows["harm"].sum() / found.harm if found.harm else 0.0
    titled(ax, f"得分 {found.score:.0f}：最貴的 {len(rows)} 個，占了這場傷害的 {share:.0%}", f"{len(found.table)} 個狀況，傷害 {found.harm:.1f} 點；最好的排法 {found.best:.1f} 點")  # fmt: skip
    source_note(ax)
    return figure


def draw_scores(scores: Mapping[str, Sequence[float]], finding: str) -> Chart:
    """Scores of policies over many drills: a dot a drill, a line at the mean, best on top."""
    figure, ax = chart(9, 1.6 + 0.55 * len(scores))
    names = sorted(scores, key=lambda name: float(np.mean(scores[name])))
    for place, name in enumerate(names):
        values, mean = np.asarray(scores[name], dtype=float), float(np.mean(scores[name]))
        ax.plot(values, np.full(len(values), place), "o", color=SECONDARY, alpha=0.35, markersize=6)
        ax.plot([mean, mean], [place - 0.28, place + 0.28], color=BRICK, linewidth=4)
        ax.annotate(f"{mean:.0f}", (mean, place + 0.3), ha="center", va="bottom", fontsize=10.5, color=TEXT)
    ax.set_yticks(range(len(names)), names)
    ax.set_ylim(-0.6, len(names) - 0.2)
    ax.set_xlim(-3, 103)
    ax.grid(False)
    ax.grid(True, axis="x", color=HAIRLINE)
    ax.set_xlabel("得分（0 是什麼都不做，100 是最好的排法）")
    number = len(next(iter(scores.values())))
    titled(ax, finding, f"{number} 場演練，一點是一場，直線是平均")
    source_note(ax)
    figure.summary = "；".join(f"{name} {np.mean(scores[name]):.0f}" for name in reversed(names))
    return figure


def draw_waiting(kinds: Sequence[str]) -> Chart:
    """Harm of waiting by seconds, a line a kind (ids)."""
    figure, ax = chart(9, 4.2)
    seconds = np.arange(0, 301, 5)
    ends = []
    for name, colour in zip(kinds, (BRICK, SEA, SECONDARY, "#B08A10", "#8A35C0"), strict=False):
        kind = scenario().kinds[name]
        line = [kind.waited(float(s)) for s in seconds]
        ax.plot(seconds, line, color=colour)
        ends.append((line[-1], kind.label, colour))
    for value, label, colour in ends:
        ax.annotate(label, (302, value), va="center", fontsize=10.5, color=colour, annotation_clip=False)
    ax.set_xlim(0, 380)
    ax.set_xticks(range(0, 301, 60))
    ax.set_ylim(0, None)
    ax.set_xlabel("等了幾秒")
    ax.set_ylabel("傷害（點）")
    titled(ax, "有些事等五分鐘沒關係，有些事一分鐘就來不及", "等待的傷害，設計參數")
    source_note(ax)
    figure.summary = "等五分鐘：" + "；".join(f"{label} {value:.1f} 點" for value, label, _ in ends)
    return figure


def draw_arrivals(seed: int) -> Chart:
    """When something happens in a drill, and nothing else of it: a dot an inject."""
    figure, ax = chart(9, 2.6)
    heights: dict[int, int] = {}
    for inject in draw(seed):
        slot = inject.at // 20
        heights[slot] = heights.get(slot, 0) + 1
        ax.plot([slot * 20 + 10], [heights[slot]], "o", color=SEA, markersize=11)
    ax.set_xlim(0, scenario().seconds)
    ax.set_ylim(0, max(heights.values()) + 1)
    ax.set_xticks(range(0, scenario().seconds + 1, 60), [str(m) for m in range(scenario().seconds // 60 + 1)])
    ax.set_yticks([])
    ax.grid(False)
    ax.set_xlabel("直播第幾分鐘")
    most = max(heights.values())
    titled(
        ax,
        f"狀況不會排隊來：最擠的 20 秒裡有 {most} 個",
        f"{scenario().injects} 個狀況，一點是一個，還不知道是什麼",
    )
    source_note(ax)
    return figure
