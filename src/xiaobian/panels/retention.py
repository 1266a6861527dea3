"""Explorer: what opening, length and rhythm do to those who stay and those who leave."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from ..plotting import BRICK, INK, SEA, SECONDARY, Chart, percent_axis, source_note, spaced, titled, use_theme
from ..sandbox import parameters
from ..sandbox.clips import Clip
from ..sandbox.retention import hazard, survival
from .controls import labelled
from .explorer import explorer
from .panel import Panel

HOOKS = tuple(round(0.1 + 0.05 * step, 2) for step in range(17))
LENGTHS = (12, 15, 20, 30, 45, 60)
BEATS = {"5 秒以內": "5", "每 8 秒": "8", "每 12 秒": "12", "開場後都沒有": "inf"}
_STEPS = 400


def retention_explorer(
    hook: float = 0.45, duration_s: int = 30, beat_every: float = 5, measured: pd.DataFrame | None = None
) -> Panel:
    """Drop-downs for the opening (0–1), the length (s) and the seconds between new beats; both curves follow.

    measured: columns second and share_watching of one video, shown as circles to lay the curve over.
    A hook or length that is not on the list is added to it.
    """
    choices = {
        "hook": labelled("開頭強度：", {f"{h:.2f}": str(h) for h in sorted({*HOOKS, hook})}, str(hook)),
        "duration_s": labelled(
            "片長：", {f"{d} 秒": str(d) for d in sorted({*LENGTHS, duration_s})}, str(duration_s)
        ),
        "beat_every": labelled("新畫面：", BEATS, f"{beat_every:g}"),
    }

    def draw(hook: str, duration_s: str, beat_every: str) -> tuple[Chart, str]:
        clip = Clip("", float(hook), float(duration_s), float(beat_every))
        said = _said(clip)
        return _curves(clip, measured, said), said

    return explorer(choices, draw, "換開頭強度、片長和節奏，看觀眾留多久、在哪裡離開。")


def _said(clip: Clip) -> str:
    late = f"看完的有{clip.alive(clip.duration_s):.0%}"
    told = f"撐過 3 秒的有{clip.alive(3):.0%}，{late}，平均看{clip.watch_s:.1f}秒。"
    patience = parameters.load()["retention.beat_patience"]
    opening = parameters.load()["retention.opening"]
    rises = opening + patience
    if clip.beat_every <= patience or rises >= clip.duration_s:
        return spaced(f"{told}開場之後，離開的速度沒有再升高。")
    again = "，每次太久沒有新畫面都會重來" if math.isfinite(clip.beat_every) else "，而且一路升高"
    return spaced(f"{told}第{rises:.0f}秒起，離開的速度又升高{again}。")


def _curves(clip: Clip, measured: pd.DataFrame | None, said: str) -> Chart:
    """Survival on the left, hazard on the right."""
    use_theme()
    figure = Chart(figsize=(11, 4.4), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=[3, 2])
    known, second = parameters.load(), np.linspace(0, clip.duration_s, _STEPS)
    left.plot(second, survival(known, second, clip.hook, clip.beat_every), color=SEA)
    right.plot(second, hazard(known, second, clip.hook, _last_beat(clip, second)), color=SEA)
    left.axvline(3, color=SECONDARY, linewidth=0.8, linestyle=":")
    if measured is not None:
        left.plot(
            measured["second"],
            measured["share_watching"],
            "o",
            mfc="none",
            color=BRICK,
            label="報表上的點",
            clip_on=False,
            zorder=4,
        )
        left.legend()
    left.plot([3], [clip.alive(3)], "D", color=INK, markersize=8)
    left.annotate(f"S(3) {clip.alive(3):.0%}", (3, clip.alive(3)), xytext=(10, 6), textcoords="offset points")
    left.set_ylim(0, 1.02)
    right.set_ylim(0, 0.25)
    for ax, name in ((left, "還在看（占開始觀看者，%）"), (right, "每秒離開（占還在看的人，%）")):
        ax.set_xlim(0, clip.duration_s)
        ax.set_xlabel("影片秒數（秒）")
        ax.set_ylabel(name)
        percent_axis(ax)
    titled(right, "離開的速度", "開場超過 25% 的部分不畫")
    titled(
        left,
        f"撐過 3 秒 {clip.alive(3):.0%}，平均看 {clip.watch_s:.1f} 秒",
        f"開頭強度 {clip.hook:.2f}，片長 {clip.duration_s:.0f} 秒；沙盒的真值",
    )
    source_note(left)
    figure.summary = said
    return figure


def _last_beat(clip: Clip, second: np.ndarray) -> np.ndarray:
    """When something new was last seen before each second."""
    opening = parameters.load()["retention.opening"]
    if math.isinf(clip.beat_every):
        return np.where(second < opening, 0.0, opening)
    beats = opening + np.floor((second - opening) / clip.beat_every) * clip.beat_every
    return np.where(second < opening, 0.0, beats)
