"""The picture of a month: a square a day, moments named, sensitive days marked, posts in short."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.patches import Rectangle

from ...plotting import BRICK, HAIRLINE, INK, PAPER, SEA, SECONDARY, TEXT, Chart, chart, spaced, titled

if TYPE_CHECKING:
    from .month import DayCell, Month

_WASH = {"quiet": "#FBEFEA", "off": "#EDF4FA", "plain": PAPER, "outside": "#F5F6F7"}
_LINE = 0.155
_WIDE = 23
"""Half widths of 8.5 pt that fit into a square."""


def draw(month: Month) -> Chart:
    """Weeks from Sunday downwards; the title says what has to change."""
    from .month import WEEKDAYS

    figure, ax = chart(10.5, 1.4 + 1.12 * len(month.weeks))
    for row, week in enumerate(month.weeks):
        for column, cell in enumerate(week):
            _square(ax, cell, column, row)
    for column, name in enumerate(WEEKDAYS):
        ax.text(column + 0.5, -0.1, name, ha="center", va="center", fontsize=10.5, color=SECONDARY)
    ax.set_xlim(0, 7)
    ax.set_ylim(len(month.weeks), -0.2)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.grid(False)
    for side in ax.spines.values():
        side.set_visible(False)
    errors = [f for f in month.found if f.severity == "error"]
    finding = f"{month.month}月排了{len(month.posts)}則，{len(errors)}件一定要改" if errors else (
        f"{month.month}月排了{len(month.posts)}則，沒有一定要改的")  # fmt: skip
    titled(
        ax, spaced(finding),
        spaced(f"{month.year} 年 {month.month} 月，n = {len(month.posts)} 則；淺磚色是敏感日，淺藍是放假日；✗ 要改，▲ 先確認"),
    )  # fmt: skip
    return figure


def _cut(text: str, wide: int) -> str:
    """The text in as many half widths as a square has; a Han character takes two.

    >>> _cut("IG 12:00 中秋禮盒開放", 14)
    'IG 12:00 中…'
    """
    width = 0
    for place, letter in enumerate(text):
        width += 2 if ord(letter) > 0x2E7F else 1
        if width > wide and place:
            return text[: place - 1] + "…"
    return text


def _square(ax, cell: DayCell, column: int, row: int) -> None:
    kind = "outside" if not cell.inside else "quiet" if cell.quiet else "off" if cell.off else "plain"
    ax.add_patch(Rectangle((column, row), 1, 1, facecolor=_WASH[kind], edgecolor=HAIRLINE, linewidth=1))
    colour = SECONDARY if not cell.inside else BRICK if cell.quiet else SEA if cell.off else INK
    name = cell.name if len(cell.name) <= 6 else cell.name[:5] + "…"
    ax.text(
        column + 0.05, row + 0.05, f"{cell.day.day} {name}", va="top", fontsize=10, color=colour, clip_on=True
    )
    if not cell.inside:
        return
    for place, line in enumerate(cell.lines(4)):
        short = _cut(line, _WIDE)
        shade = BRICK if line.startswith("✗") else TEXT
        text = ax.text(
            column + 0.05,
            row + 0.31 + place * _LINE,
            short,
            va="top",
            fontsize=8.5,
            color=shade,
            clip_on=True,
        )
        text.set_parse_math(False)
