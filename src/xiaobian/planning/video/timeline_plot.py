"""A script on a line of time: beats in the colours of their roles, what is written, and what is wrong where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.patches import Rectangle

from ...plotting import (
    BRICK,
    GRAIN,
    INK,
    SEA,
    SECONDARY,
    SKY,
    VIOLET,
    Chart,
    broken,
    chart,
    percent_axis,
    source_note,
    titled,
)
from ...tables import PLATFORMS
from .linebreak import width
from .script import ROLES, Script

if TYPE_CHECKING:
    from .predicted import ScriptRetention
    from .script_checks import ScriptReview

COLOURS = {"hook": BRICK, "context": SKY, "value": SEA, "proof": VIOLET, "twist": GRAIN, "cta": INK}
"""The colour of each role, the same in charts, sketches and the animatic."""


def timeline_chart(script: Script, review: ScriptReview, chosen: int = 0) -> Chart:
    """One bar a beat, its role and its words; ✗ and ▲ over the beats that need work. chosen: a beat to frame."""
    figure, ax = chart(10, 3.4)
    total = max(script.duration, 1.0)
    for number, beat in enumerate(script.beats, 1):
        ax.add_patch(
            Rectangle((beat.t0, 0), beat.seconds, 1, facecolor=COLOURS[beat.role], alpha=0.85, linewidth=1)
        )
        if number == chosen:
            ax.add_patch(
                Rectangle(
                    (beat.t0, -0.06),
                    beat.seconds,
                    1.12,
                    facecolor="none",
                    edgecolor=INK,
                    linewidth=2.6,
                    zorder=5,
                )
            )
        room = 16 * beat.seconds / total * 3.4
        middle = beat.t0 + beat.seconds / 2
        if beat.seconds / total > 0.045:
            ax.text(
                middle,
                0.5,
                f"{number}\n{ROLES[beat.role]}",
                ha="center",
                va="center",
                color="white",
                fontsize=10.5,
            )
        shown = _label(beat.on_screen or beat.shot, room)
        ax.text(middle, -0.16, shown, ha="center", va="top", fontsize=9.5, color=SECONDARY).set_parse_math(
            False
        )
        marks = [f for f in review.faults if f.number == number and f.severity != "suggestion"]
        if marks:
            sign, colour = ("✗", BRICK) if any(f.severity == "error" for f in marks) else ("▲", GRAIN)
            ax.text(
                middle,
                1.08,
                f"{sign} {len(marks)}",
                ha="center",
                va="bottom",
                color=colour,
                fontsize=12,
            )
    ax.axvline(3, ymax=0.8, color=SECONDARY, linestyle=":", linewidth=1.2)
    ax.set_xlim(0, total)
    ax.set_ylim(-0.66, 1.35)
    ax.set_yticks([])
    ax.grid(False)
    ax.set_xlabel("秒")
    errors = sum(f.severity == "error" for f in review.faults)
    finding = f"{errors} 處要改才能拍" if errors else "每一拍都過了，可以排鏡頭"
    titled(
        ax,
        f"{script.title}：{finding}",
        f"{PLATFORMS[script.platform]}，{len(script.beats)} 拍、{script.duration:g} 秒；虛線是第 3 秒",
    )
    figure.summary = review.say()
    return figure


def _label(words: str, room: float) -> str:
    """The words in at most three lines of ``room`` full-width signs."""
    lines = broken(words, lambda line: width(line) <= max(4.0, room)).split("\n")
    return "\n".join(_cut(line, max(5.0, room)) for line in lines[:3])


def _cut(line: str, room: float) -> str:
    kept = ""
    for sign in line:
        if width(kept + sign) > room:
            return kept[:-1] + "…"
        kept += sign
    return kept


def retention_chart(found: ScriptRetention) -> Chart:
    """The share still watching of a script, with its band; the beats lie under it in the colours of their roles."""
    figure, ax = chart(10, 4.4)
    curve, script = found.curve, found.script
    ax.fill_between(curve["second"], curve["low"], curve["high"], color=SKY, alpha=0.3, linewidth=0)
    ax.plot(curve["second"], curve["middle"], color=SEA)
    for beat in script.beats:
        ax.add_patch(Rectangle((beat.t0, -0.1), beat.seconds, 0.07, facecolor=COLOURS[beat.role], clip_on=False))
        if beat.seconds / script.duration > 0.07:
            ax.text(beat.t0 + beat.seconds / 2, -0.068, ROLES[beat.role], ha="center", va="center", color="white", fontsize=9.5)
    ax.plot([3], [found.s3[1]], "o", color=SEA)
    ax.annotate(f"第 3 秒 {found.s3[1]:.0%}", (3, found.s3[1]), xytext=(10, 8), textcoords="offset points")
    ax.set_xlim(0, script.duration)
    ax.set_ylim(-0.1, 1.0)
    ax.set_yticks([0, 0.25, 0.5, 0.75, 1.0])
    percent_axis(ax)
    ax.set_xlabel("影片秒數（秒）")
    ax.set_ylabel("還在看（占開始觀看者，%）")
    low, middle, high = found.watch_s
    titled(
        ax,
        f"沙盒模擬：平均看 {middle:.1f} 秒（{low:.1f}–{high:.1f} 秒），看完 {found.completed[1]:.0%}",
        f"{script.title}；開頭強度 {found.hook[0]:.2f}–{found.hook[2]:.2f}（設計參數），色帶含強度的不確定",
    )
    source_note(ax)
    return found.captioned(figure)
