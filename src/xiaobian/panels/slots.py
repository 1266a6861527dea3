"""Explorer: how much the habit of keeping good content for the evening bends the picture of posting times."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ..analytics.slots.slot_effects import SlotEffects, slot_effects
from ..plotting import (
    BRICK,
    PAPER,
    SEA,
    SECONDARY,
    Chart,
    chart,
    percent_axis,
    source_note,
    spaced,
    titled,
    truth_mark,
    value_word,
)
from ..sandbox import World
from ..sandbox.posted import posted
from ..sandbox.truth import daypart_effects
from .controls import labelled
from .explorer import explorer
from .panel import Panel

if TYPE_CHECKING:
    from ..analytics.slots.slot_effects import Method

KEPT = {"不看素材，隨便排": 0.0, "稍微留一點": 0.4, "常常留": 0.8, "照習慣留": 1.4, "幾乎都留": 2.0}
"""Log odds of the evening for each standard deviation of content strength."""
MATTERS = {"強弱沒有差別": 0.0, "差別只有一半": 0.5, "照原本的差別": 1.0}
"""Times the usual effect of content strength on reach and engagement."""
METHODS: dict[str, Method] = {"直接平均": "naive", "迴歸調整": "adjusted", "反傾向加權": "ipw"}
WEEKS, RANGE, NEAR = 156, (-0.4, 1.4), 0.1


def slot_explorer(seed: int = 107, kept: float = 1.4, matters: float = 1.0) -> Panel:
    """Drop-downs for how much the editor keeps good content for the evening, and how much content matters; three
    estimates of evening against morning follow, beside the truth.

    seed: of the world. kept: log odds a standard deviation, one of ``KEPT``. matters: times, one of ``MATTERS``.
    """
    choices = {
        "kept": labelled("好素材留到晚上：", _texts(KEPT), str(kept)),
        "matters": labelled("素材的強弱：", _texts(MATTERS), str(matters)),
    }

    def draw(kept: str, matters: str) -> tuple[Chart, str]:
        return _picture(seed, float(kept), float(matters))

    return explorer(choices, draw, "換「好素材留到晚上」的程度，看三種算法離真值多遠。")


def _texts(choices: dict[str, float]) -> dict[str, str]:
    return {words: str(value) for words, value in choices.items()}


@cache
def _found(seed: int, kept: float, matters: float) -> tuple[dict[str, SlotEffects], float, float, int]:
    """Estimates by method, the true effect of the evening against the morning (log), the gap in content strength
    (standard deviations), and the number of posts."""
    usual = World(seed).parameters
    settings = {name: matters * usual[name] for name in ("reach.hook", "reach.feedback", "engagement.hook")}
    world = World(seed, settings=settings | {"habit.evening_hook": kept})
    posts = posted(world, world.plan(WEEKS))
    found = {words: slot_effects(posts, None, method, by="daypart") for words, method in METHODS.items()}
    truth = daypart_effects(world)["all"]
    return found, float(truth["evening"] - truth["morning"]), _gap(posts), len(posts)


def _gap(posts: pd.DataFrame) -> float:
    """How much stronger the evening's content is than the morning's, in standard deviations."""
    hour, strength = posts["published_at"].dt.hour, posts["hook"].astype("float64")
    late, early = strength[hour >= 18], strength[(hour >= 6) & (hour < 12)]
    return float((late.mean() - early.mean()) / strength.std())


def _picture(seed: int, kept: float, matters: float) -> tuple[Chart, str]:
    found, truth, gap, posts = _found(seed, kept, matters)
    figure, ax = chart(9, 3.6)
    for row, one in enumerate(found.values()):
        _estimate(ax, row, one.contrast("evening", "morning"))
    ax.axvline(0, color=SECONDARY, linewidth=0.9)
    true = float(np.expm1(truth))
    ax.plot([true, true], [-0.6, len(found) - 0.55], color=SECONDARY, linewidth=0.9, linestyle=":", zorder=1)
    truth_mark(ax, true, len(found) - 0.05)
    ax.set_yticks(range(len(found)), list(found))
    ax.set_ylim(len(found) + 0.2, -0.6)
    ax.set_xlim(*RANGE)
    percent_axis(ax, "x")
    ax.set_xlabel("晚上比早上多的互動（%）")
    effect, low, _ = found["直接平均"].contrast("evening", "morning")
    titled(ax, _title(effect, low, truth), f"模擬的三年，{posts:,} 則貼文；線段是 90% 區間")
    source_note(ax)
    figure.summary = _sentence(effect, truth, gap)
    return figure, figure.summary


def _estimate(ax: Axes, row: int, contrast: tuple[float, float, float]) -> None:
    value, low, high = map(float, np.expm1(contrast))
    colour = BRICK if row == 0 else SEA
    ax.plot([low, high], [row, row], color=colour, linewidth=4, alpha=0.35)
    ax.plot([value], [row], "o", color=colour, markersize=9, markeredgecolor=PAPER)
    value_word(ax, _signed(value), min(high, RANGE[1] - 0.12), row)


def _signed(share: float) -> str:
    return f"{share:+.0%}".replace("-", "−") if abs(share) >= 0.005 else "0%"


def _title(effect: float, low: float, truth: float) -> str:
    if low <= truth:
        return "這樣排，直接平均沒有騙人：它的區間蓋得住真值"
    told, true = float(np.expm1(effect)), float(np.expm1(truth))
    if abs(told - true) < NEAR:
        return spaced(f"這樣排，直接平均離真值不遠：它說 {_signed(told)}，真值是 {_signed(true)}")
    return spaced(f"直接平均說晚上 {_signed(told)}，真值是 {_signed(true)}")


def _sentence(effect: float, truth: float, gap: float) -> str:
    strength = f"晚上的素材平均比早上強{gap:.1f}個標準差" if gap > 0.15 else "晚上和早上的素材差不多強"
    off = 100 * float(np.expm1(effect) - np.expm1(truth))
    return spaced(f"{strength}；直接平均離真值{abs(off):.0f}個百分點。")
