"""The vocabulary of the course's charts: titles, axes, marks and notes that look the same everywhere."""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Iterable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import Formatter
from PIL import Image

from ..datasets import SIMULATED
from .palette import BRICK, INK, PAPER, SECONDARY, TEXT
from .theme import wear_theme
from .wording import broken, count_text

TITLE_SIZE, DATA_SIZE, NOTE_SIZE = 14, 10, 9
_GAP = 8
_DATA_LINE = "data-line"


class Chart(Figure):
    """A figure that a notebook shows once, as PNG; its text form is title, data line and ``summary``.

    summary: what the picture says, in a sentence, for those who cannot see it.
    """

    summary: str = ""

    def __repr__(self) -> str:
        told = [self.get_suptitle().replace("\n", " ")]
        told += [f"{_finding(ax)}（{line}）" if (line := _data(ax)) else _finding(ax) for ax in self.axes]
        return (
            "圖："
            + ("；".join(t for t in told if t) or "沒有標題")
            + (f"。{self.summary}" if self.summary else "")
        )

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, object]:
        return {"image/png": b64encode(to_png(self)).decode(), "text/plain": repr(self)}


def chart(width: float = 9, height: float = 4.5) -> tuple[Chart, Axes]:
    """A new chart with one pair of axes, in the course's theme; width and height in inches.

    >>> figure, ax = chart()
    >>> titled(ax, "週三的互動率最高", "嶼穗茶食，2026 年 3 月，n = 42 則")
    >>> figure
    圖：週三的互動率最高（嶼穗茶食，2026 年 3 月，n = 42 則）
    """
    wear_theme()
    figure = Chart(figsize=(width, height), layout=ConstrainedLayoutEngine(w_pad=0.08, h_pad=0.1))
    return figure, figure.add_subplot()


def titled(ax: Axes, finding: str, data: str = "") -> None:
    """Put the finding above the axes as a left title (14 pt), with the data line (10 pt) under it.

    finding: a sentence in 正體中文; too long a sentence is broken at a phrase.
    data: what was measured, when, and n. Call it after the labels are set, so that the room is known.
    """
    for old in [text for text in ax.texts if text.get_gid() == _DATA_LINE]:
        old.remove()
    room = _room(ax)
    line = ax.annotate(
        data, (0, 1), xytext=(0, _GAP), xycoords="axes fraction", textcoords="offset points", ha="left",
        va="bottom", fontsize=DATA_SIZE, color=SECONDARY, gid=_DATA_LINE, annotation_clip=False,
    )  # fmt: skip
    line.set_in_layout(False)
    height = _fit(line, room) if data else 0
    title = ax.set_title(finding, loc="left", fontsize=TITLE_SIZE, pad=_GAP + height + _GAP * bool(data))
    _fit(title, room)


def _room(ax: Axes) -> float:
    """Pixels from the left of the axes to the next axes on its right, or to the edge of the figure."""
    figure = ax.figure.canvas.figure
    engine = figure.get_layout_engine()
    if engine is None:
        figure.draw_without_rendering()
    else:
        engine.execute(figure)  # the layout alone takes half the time of drawing
    here = ax.get_window_extent()
    others = [other.get_window_extent() for other in figure.axes if other is not ax]
    right = [box.x0 for box in others if box.x0 >= here.x1 and box.y0 < here.y1 and box.y1 > here.y0]
    return min([*right, figure.bbox.width]) - here.x0 - _GAP


def _fit(text, room: float) -> float:
    """Break the text so that it fits into ``room`` pixels; the height it takes, in points."""
    text.set_parse_math(False)
    whole = text.get_text()

    def fits(line: str) -> bool:
        text.set_text(line)
        return text.get_window_extent().width <= room

    text.set_text(broken(whole, fits))
    return text.get_window_extent().height * 72 / text.figure.dpi


def _finding(ax: Axes) -> str:
    return ax.get_title(loc="left").replace("\n", "")


def _data(ax: Axes) -> str:
    return "".join(t.get_text() for t in ax.texts if t.get_gid() == _DATA_LINE).replace("\n", "")


class _Percent(Formatter):
    """As many decimals as the ticks need."""

    def format_ticks(self, values: Iterable[float]) -> list[str]:
        percents = [value * 100 for value in values]
        decimals = next((d for d in range(4) if all(abs(p - round(p, d)) < 1e-6 for p in percents)), 4)
        return ["0%" if p == 0 else f"{p:.{decimals}f}%".replace("-", "−") for p in percents]

    def __call__(self, x: float, pos: int | None = None) -> str:
        return self.format_ticks([x])[0]


class _Count(Formatter):
    def __call__(self, x: float, pos: int | None = None) -> str:
        for size, name in ((1e8, "億"), (1e4, "萬")):
            if abs(x) >= size:
                return f"{x / size:g} {name}".replace("-", "−")
        return count_text(x) if x == round(x) else f"{x:g}".replace("-", "−")


def percent_axis(ax: Axes, axis: str = "y") -> None:
    """Write the ticks of a share axis (0–1) as percent and keep the grid on this axis only.

    >>> _, ax = chart()
    >>> ax.set_ylim(0, 0.05) and percent_axis(ax)
    """
    _value_axis(ax, axis, _Percent())


def count_axis(ax: Axes, axis: str = "y") -> None:
    """Write the ticks of a count axis as 8,000 or 1.2 萬 and keep the grid on this axis only.

    >>> _, ax = chart()
    >>> ax.set_xlim(0, 30_000) and count_axis(ax, "x")
    """
    _value_axis(ax, axis, _Count())


def _value_axis(ax: Axes, axis: str, formatter: Formatter) -> None:
    (ax.xaxis if axis == "x" else ax.yaxis).set_major_formatter(formatter)
    ax.grid(False)
    ax.grid(True, axis="x" if axis == "x" else "y")


def source_note(ax: Axes, text: str = SIMULATED) -> None:
    """A small line at the foot of the figure that says where the data come from.

    >>> _, ax = chart()
    >>> source_note(ax)
    """
    ax.figure.supxlabel(text, x=0.99, ha="right", fontsize=NOTE_SIZE, color=SECONDARY).set_parse_math(False)


def truth_mark(ax: Axes, x: float, y: float, label: str = "真值") -> None:
    """The sandbox's truth: a filled diamond in 墨, its word above it.

    >>> _, ax = chart()
    >>> truth_mark(ax, 0.02, 1)
    """
    ax.plot([x], [y], "D", color=INK, markersize=9, markeredgecolor=PAPER, zorder=6, linestyle="none")
    _word(ax, label, x, y, 9, INK)


def answer_mark(ax: Axes, x: float, y: float, label: str = "你的答案") -> None:
    """The learner's answer: an open circle in 磚, its words below it.

    >>> _, ax = chart()
    >>> answer_mark(ax, 0.03, 1)
    """
    ax.plot([x], [y], "o", color=BRICK, markerfacecolor="none", markeredgewidth=2, markersize=11, zorder=5)
    _word(ax, label, x, y, -9, BRICK)


def _word(ax: Axes, label: str, x: float, y: float, offset: float, colour: str) -> None:
    ax.annotate(
        label, (x, y), xytext=(0, offset), textcoords="offset points", ha="center", fontsize=10.5, color=colour,
        va="bottom" if offset > 0 else "top", zorder=7,
    )  # fmt: skip


def value_word(ax: Axes, text: str, x: float, y: float) -> None:
    """A number written just right of a point, in text ink.

    >>> _, ax = chart()
    >>> value_word(ax, "2.4%", 0.024, 0)
    """
    ax.annotate(
        text, (x, y), xytext=(9, 0), textcoords="offset points", va="center", fontsize=10.5, color=TEXT
    ).set_parse_math(False)


def to_png(figure: Figure) -> bytes:
    """The chart as PNG bytes in at most 256 colours (20–40 kB), the same bytes for the same chart.

    >>> to_png(chart(2, 1)[0])[:4]
    b'\x89PNG'
    """
    before, canvas, small = figure.canvas, FigureCanvasAgg(figure), io.BytesIO()
    try:
        canvas.draw()  # savefig draws twice and writes a PNG of its own
        picture = Image.fromarray(np.asarray(canvas.buffer_rgba()))
    finally:
        figure.set_canvas(before)
    picture.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(small, format="png")
    return small.getvalue()
