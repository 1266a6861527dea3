"""Drawing one beat as a storyboard sketch: how near the camera is, where it moves, who or what is in the picture."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ...plotting import INK, PAPER, SECONDARY
from ..design.typesetting import font, runs
from .script import Beat
from .shots import DEFAULT_MOVE, DEFAULT_SIZE, shot_row
from .timeline_plot import COLOURS

if TYPE_CHECKING:
    from PIL.Image import Image

Box = tuple[int, int, int, int]
_NEAR = {"特寫": 1.5, "近景": 1.2, "中景": 0.85, "全景": 0.5, "俯拍": 1.0, "字卡": 0.0}
_FINE = 2


def mixed(colour: str, share: float) -> tuple[int, int, int]:
    """A colour on white; share (0–1) of the colour.

    >>> mixed("#000000", 0.5)
    (128, 128, 128)
    """
    signs = [int(colour[k : k + 2], 16) for k in (1, 3, 5)]
    red, green, blue = (round(255 + (sign - 255) * share) for sign in signs)
    return red, green, blue


@lru_cache(maxsize=32)
def sketch(beat: Beat, width: int, height: int) -> Image:
    """The picture of a beat, width × height pixels, RGB."""
    from PIL import Image, ImageDraw

    wide, high = width * _FINE, height * _FINE
    tint = COLOURS[beat.role]
    picture = Image.new("RGB", (wide, high), mixed(tint, 0.10))
    draw = ImageDraw.Draw(picture)
    size = beat.size or str(shot_row(beat, 1)["size"]) or DEFAULT_SIZE
    if size == "俯拍":
        _from_above(draw, beat, wide, high, tint)
    elif size != "字卡":
        floor = int(high * 0.74)
        draw.rectangle((0, floor, wide, high), fill=mixed(tint, 0.22))
        draw.line((0, floor, wide, floor), fill=mixed(tint, 0.55), width=3 * _FINE)
        _subjects(draw, beat, wide, high, tint, _NEAR[size])
    _arrows(draw, beat.move or str(shot_row(beat, 1)["move"]) or DEFAULT_MOVE, wide, high)
    return picture.reduce(_FINE)


def _subjects(draw: Any, beat: Beat, wide: int, high: int, tint: str, near: float) -> None:
    people = min(len(beat.who), 3)
    count = people or (2 if "兩" in beat.shot or "並排" in beat.shot else 1)
    unit = high * 0.42 * (min(near, 1.25) if people else near)
    step = min(unit * 0.95, wide * 0.8 / count)
    for k in range(count):
        middle = wide / 2 + (k - (count - 1) / 2) * step
        shade = 0.75 if k % 2 else 0.45
        (_person if people else _cup)(draw, middle, high * 0.78, unit, tint, shade)


def _person(draw: Any, x: float, foot: float, unit: float, tint: str, shade: float) -> None:
    head = unit * 0.2
    top = foot - unit
    body = (x - unit * 0.33, top + head * 1.9, x + unit * 0.33, foot + unit * 0.6)
    line = max(4, int(unit * 0.012))
    draw.rounded_rectangle(body, radius=unit * 0.24, fill=mixed(tint, shade), outline=INK, width=line)
    draw.ellipse((x - head, top - head * 0.2, x + head, top + head * 1.8), fill=PAPER, outline=INK, width=line)
    draw.chord((x - head, top - head * 0.2, x + head, top + head * 1.8), 188, 352, fill=INK)


def _cup(draw: Any, x: float, foot: float, unit: float, tint: str, shade: float) -> None:
    top, half = foot - unit * 0.8, unit * 0.3
    line = max(4, int(unit * 0.014))
    glass = [(x - half, top), (x + half, top), (x + half * 0.74, foot), (x - half * 0.74, foot)]
    fill = top + unit * 0.22
    edge = half * (1 - 0.26 * 0.22 / 0.8)
    draw.polygon(glass, fill=PAPER)
    draw.polygon([(x - edge, fill), (x + edge, fill), glass[2], glass[3]], fill=mixed(tint, shade))
    draw.line([*glass, glass[0]], fill=INK, width=line, joint="curve")


def _from_above(draw: Any, beat: Beat, wide: int, high: int, tint: str) -> None:
    x, y, r = wide / 2, high * 0.5, min(wide, high) * 0.32
    draw.rectangle((wide * 0.06, high * 0.1, wide * 0.94, high * 0.9), fill=mixed(tint, 0.2))
    for share, fill in ((1.0, PAPER), (0.82, mixed(tint, 0.35)), (0.55, mixed(tint, 0.7))):
        box = (x - r * share, y - r * share, x + r * share, y + r * share)
        draw.ellipse(box, fill=fill, outline=INK, width=3 * _FINE)


def _arrows(draw: Any, move: str, wide: int, high: int) -> None:
    reach, y = wide * 0.13, high * 0.5
    left, right = wide * 0.05, wide * 0.95
    ways = {
        "推近": [(left, y, left + reach, y), (right, y, right - reach, y)],
        "拉遠": [(left + reach, y, left, y), (right - reach, y, right, y)],
        "左搖": [(left + reach * 1.6, y, left, y)],
        "右搖": [(right - reach * 1.6, y, right, y)],
        "跟拍": [(left, y, left + reach, y), (right - reach, y, right, y)],
    }
    for x0, y0, x1, y1 in ways.get(move, []):
        _arrow(draw, (x0, y0), (x1, y1))
    if move == "手持":
        points = [(left + reach * k / 6, y + (14 if k % 2 else -14) * _FINE) for k in range(7)]
        draw.line(points, fill=INK, width=6 * _FINE, joint="curve")


def _arrow(draw: Any, start: tuple[float, float], end: tuple[float, float]) -> None:
    turn = 1 if end[0] >= start[0] else -1
    tip = 26 * _FINE
    draw.line((*start, end[0] - turn * tip, end[1]), fill=INK, width=8 * _FINE)
    draw.polygon([end, (end[0] - turn * tip, end[1] - tip * 0.8), (end[0] - turn * tip, end[1] + tip * 0.8)], fill=INK)


def text_width(text: str, size: int) -> float:
    """Advance width of one line, pixels."""
    return float(sum(font(file, size).getlength(part) for part, file in runs(text, "sans")))


def write(
    draw: Any, text: str, x: float, baseline: float, size: int, colour: Any, *, stroke: int = 0, halo: Any = None, middle: bool = False
) -> None:
    """One line of text with the kit's fonts; ``middle``: x is its middle. stroke: thickness; halo: colour around."""
    at = x - text_width(text, size) / 2 if middle else x
    for part, file in runs(text, "sans"):
        face = font(file, size)
        if halo is not None:
            draw.text((at, baseline), part, font=face, fill=halo, anchor="ls", stroke_width=stroke + size // 10, stroke_fill=halo)
        draw.text((at, baseline), part, font=face, fill=colour, anchor="ls", stroke_width=stroke, stroke_fill=colour)
        at += face.getlength(part)


def chip(draw: Any, text: str, x: int, y: int, size: int, fill: str, colour: str = "#FFFFFF") -> int:
    """A filled label with its upper left corner at x, y; where it ends on the right, pixels."""
    right = x + int(text_width(text, size)) + size
    draw.rounded_rectangle((x, y, right, y + int(size * 1.7)), radius=size // 3, fill=fill)
    write(draw, text, x + size / 2, y + size * 1.2, size, colour)
    return right


def dashed(draw: Any, box: Box, colour: str = SECONDARY) -> None:
    """The outline of a box in dashes."""
    left, top, right, bottom = box
    for x in range(left, right, 36):
        for y in (top, bottom):
            draw.line((x, y, min(x + 20, right), y), fill=colour, width=3)
    for y in range(top, bottom, 36):
        for x in (left, right):
            draw.line((x, y, x, min(y + 20, bottom)), fill=colour, width=3)


def fitted(lines: Sequence[str], largest: int, smallest: int, room: float) -> int:
    """The largest size at which every line is narrower than ``room`` pixels."""
    widest = max((text_width(line, 100) for line in lines), default=0)
    return max(smallest, min(largest, int(room / max(widest, 1) * 100)))
