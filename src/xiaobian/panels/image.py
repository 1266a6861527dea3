"""Explorer of one picture for several placements: what each crop cuts away."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from ..ai import framing
from ..ai.framing import LINES, PLACEMENTS, SPOTS, Layout
from ..plotting import BRICK, GRAIN, HAIRLINE, PAPER, SEA, SECONDARY, SKY, TEXT, Chart, chart, titled
from .controls import labelled
from .explorer import explorer
from .panel import Panel

MASTERS = ("1:1", "4:5", "9:16", "16:9")


def crop_explorer(master: str = "4:5", spot: str = "偏左", line: str = "壓在最下面") -> Panel:
    """Drop-downs for a picture's ratio and where its subject and words stand; four placements follow."""
    choices = {
        "master": labelled("主圖比例：", {name: name for name in MASTERS}, master),
        "spot": labelled("主體放哪裡：", {name: name for name in SPOTS}, spot),
        "line": labelled("圖上的字：", {name: name for name in LINES}, line),
    }

    def draw(master: str, spot: str, line: str) -> tuple[Chart, str]:
        made = framing.layout(master, spot, line)
        return crops(made), told(made)

    return explorer(choices, draw, "換主圖比例、主體和文字的位置，看四個版位各切掉什麼。")


def told(made: Layout) -> str:
    """What each placement loses, in one sentence."""
    lost = []
    for name, target in PLACEMENTS.items():
        subject, words = made.survives(target)
        gone = [
            f"{what}剩 {share:.0%}" for what, share in (("主體", subject), ("字", words)) if share < 0.995
        ]
        lost += [f"{name.split(' ')[0]}（{'、'.join(gone)}）"] if gone else []
    return "四個版位都完整。" if not lost else f"會被切到的：{'；'.join(lost)}。"


def crops(made: Layout) -> Chart:
    """The picture with each placement's frame; what is outside the frame is greyed."""
    figure, ax = chart(10, 4.2)
    fine = 0
    for place, (name, target) in enumerate(PLACEMENTS.items()):
        whole = min(made.survives(target)) > 0.995
        fine += whole
        _one(ax, made, target, place * 1.18)
        subject = made.survives(target)[0]
        verdict = "✓ 完整" if whole else "✗ 切到" + ("主體" if subject <= 0.995 else "字")
        ax.text(place * 1.18, -0.06, f"{name}\n{verdict}", ha="left", va="bottom", fontsize=11, color=SEA if whole else BRICK)
    ax.set_xlim(-0.02, len(PLACEMENTS) * 1.18 - 0.16)
    ax.set_ylim(1.02, -0.3)
    ax.set_aspect("equal")
    ax.axis("off")
    titled(ax, f"同一張 {made.master} 的主圖，四個版位裡 {fine} 個完整", "藍框是主體，黃色是圖上的字，灰色是被裁掉的部分；從中央裁切")
    return figure


def _one(ax: Axes, made: Layout, target: str, shift: float) -> None:
    wide = framing.ratio(made.master)
    across, down = (1.0, 1 / wide) if wide >= 1 else (wide, 1.0)

    def box(shape: framing.Box, **look: Any) -> None:
        left, top, right, bottom = shape
        corner = (shift + left * across, top * down)
        ax.add_patch(Rectangle(corner, (right - left) * across, (bottom - top) * down, **look))

    left, top, right, bottom = frame = framing.crop(made.master, target)
    box((0, 0, 1, 1), facecolor=PAPER, edgecolor=HAIRLINE)
    box(made.subject, facecolor=SKY, edgecolor=SEA, linewidth=1.4)
    if made.words is not None:
        box(made.words, facecolor=GRAIN, edgecolor="none", alpha=0.9)
    for part in ((0, 0, left, 1), (right, 0, 1, 1), (left, 0, right, top), (left, bottom, right, 1)):
        if part[2] > part[0] and part[3] > part[1]:
            box(part, facecolor=SECONDARY, edgecolor="none", alpha=0.62, zorder=5)
    box(frame, facecolor="none", edgecolor=TEXT, linewidth=1.8, zorder=6)
