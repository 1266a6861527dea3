"""A card as pixels: background, shapes, then each text block, so that what lies under a text can be measured."""

from __future__ import annotations

import io
import math
from functools import lru_cache
from typing import Any

import numpy as np

from .canvas import Box, Canvas
from .spec import Background, Block, Card, Shape
from .typesetting import Laid, font, laid, runs

_FINE, _LARGE = 3, 3_000_000
_BOLD = 42


def render(card: Card, width: int | None = None) -> bytes:
    """The card as PNG bytes. width: pixels; the canvas's own without it.

    >>> from .spec import load
    >>> card = load({"name": "秋茶", "platform": "line", "format": "image", "blocks": [
    ...     {"role": "headline", "text": "秋茶到了", "x": 80, "y": 90, "width": 900, "size": 120, "colour": "#1F3A34"}]})
    >>> render(card, 104)[:4]
    b'\\x89PNG'
    """
    image = picture(card)
    if width is not None and width != image.width:
        from PIL import Image

        image = image.resize((width, round(image.height * width / image.width)), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return png(image)


def png(image: Any) -> bytes:
    """A Pillow image as PNG bytes."""
    out = io.BytesIO()
    image.convert("RGB").save(out, "PNG", compress_level=6)
    return out.getvalue()


def picture(card: Card) -> Any:
    """The finished card as a Pillow image."""
    return layers(card)[-1].copy()


def layers(card: Card) -> tuple[Any, ...]:
    """The card before the first block, then after each block: one Pillow image more than there are blocks; not to be changed."""
    return _layers(card.changed(name="", alt=""))


@lru_cache(maxsize=2)
def _layers(card: Card) -> tuple[Any, ...]:
    image = _ground(card.background, card.shapes, card.canvas)
    found = [image]
    for block in card.blocks:
        image = image.copy()
        draw_block(image, laid(block))
        found.append(image)
    return tuple(found)


def draw_block(image: Any, found: Laid) -> None:
    """Draw one block on a Pillow image, in place."""
    if found.button:
        _draw_button(image, found.button, found.block.fill)
    corner, mask = ink(found, image.size)
    if mask is not None:
        image.paste(found.block.colour, corner, mask)


def _draw_button(image: Any, box: Box, colour: str) -> None:
    """A button with smooth ends; one that is larger than a card is drawn without smoothing."""
    from PIL import ImageDraw

    width, height = box[2] - box[0], box[3] - box[1]
    if width * height > _LARGE:
        ImageDraw.Draw(image).rounded_rectangle(box, radius=min(width, height) / 2, fill=colour)
    else:
        _paste(image, *_button(box), colour, 1.0)


@lru_cache(maxsize=256)
def ink(found: Laid, size: tuple[int, int]) -> tuple[tuple[int, int], Any]:
    """Where the signs of a block are on a card of this size: a corner and a mask of 0–255 (None when none is on it)."""
    from PIL import Image, ImageDraw

    block = found.block
    pad = math.ceil(block.size * 0.4)
    left, top = max(0, math.floor(found.box[0]) - pad), max(0, math.floor(found.box[1]) - pad)
    width = min(size[0], math.ceil(found.box[2]) + pad) - left
    height = min(size[1], math.ceil(found.box[3]) + pad) - top
    if width <= 0 or height <= 0:
        return (left, top), None
    mask = Image.new("L", (width, height), 0)
    draw = ImageDraw.Draw(mask)
    for line in found.lines:
        _draw_line(draw, block, line.text, line.x - left, line.baseline - top)
    return (left, top), mask


def _draw_line(draw: Any, block: Block, text: str, x: float, baseline: float) -> None:
    size = round(block.size)
    stroke = max(1, round(size / _BOLD)) if block.bold else 0
    for part, file in runs(text, block.font):
        face = font(file, size)
        for piece in part if block.tracking else [part]:
            draw.text((x, baseline), piece, font=face, fill=255, anchor="ls", stroke_width=stroke)
            x += face.getlength(piece) + (block.tracking * block.size if block.tracking else 0)


@lru_cache(maxsize=16)
def _ground(background: Background, shapes: tuple[Shape, ...], canvas: Canvas) -> Any:
    from PIL import Image

    image = Image.fromarray(_gradient(background, canvas.width, canvas.height), "RGB")
    for shape in shapes:
        corner, mask = _shape(shape)
        _paste(image, corner, mask, shape.colour, shape.opacity)
    return image


def rgb(colour: str) -> tuple[int, int, int]:
    """Red, green and blue (0–255) of ``#RRGGBB``.

    >>> rgb("#0A4A78")
    (10, 74, 120)
    """
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _gradient(background: Background, width: int, height: int) -> np.ndarray:
    start = np.array(rgb(background.colour), dtype=float)
    if not background.to:
        return np.broadcast_to(start.astype("uint8"), (height, width, 3)).copy()
    down, right = np.linspace(0, 1, height)[:, None], np.linspace(0, 1, width)[None, :]
    steps = {"down": down + 0 * right, "right": right + 0 * down, "diagonal": (down + right) / 2}
    share = steps[background.direction][..., None]
    return np.rint(start + (np.array(rgb(background.to), dtype=float) - start) * share).astype("uint8")


def _paste(image: Any, corner: tuple[int, int], mask: Any, colour: str, opacity: float) -> None:
    image.paste(colour, corner, mask if opacity >= 1 else mask.point(lambda value: round(value * opacity)))


def _mask(box: Box, points: Any) -> tuple[tuple[int, int], Any]:
    """A smooth mask: ``points(draw, size, fine)`` draws it ``fine`` times as large; a very large one is drawn as it is."""
    from PIL import Image, ImageDraw

    left, top = math.floor(box[0]), math.floor(box[1])
    width, height = max(1, math.ceil(box[2]) - left), max(1, math.ceil(box[3]) - top)
    fine = _FINE if width * height <= _LARGE else 1
    large = Image.new("L", (width * fine, height * fine), 0)
    points(ImageDraw.Draw(large), (width * fine - 1, height * fine - 1), fine)
    return (left, top), large.resize((width, height), Image.Resampling.BOX)


@lru_cache(maxsize=64)
def _button(box: Box) -> tuple[tuple[int, int], Any]:
    return _mask(box, lambda draw, size, _: draw.rounded_rectangle((0, 0, *size), radius=size[1] / 2, fill=255))


@lru_cache(maxsize=128)
def _shape(shape: Shape) -> tuple[tuple[int, int], Any]:
    def points(draw: Any, size: tuple[float, float], fine: int) -> None:
        _SHAPES[shape.kind](draw, size, shape, fine)

    corner, mask = _mask((shape.x, shape.y, shape.x + shape.width, shape.y + shape.height), points)
    if not shape.turn:
        return corner, mask
    turned = mask.rotate(-shape.turn, expand=True, resample=3)
    middle = corner[0] + mask.width / 2, corner[1] + mask.height / 2
    return (round(middle[0] - turned.width / 2), round(middle[1] - turned.height / 2)), turned


def _rect(draw: Any, size: tuple[float, float], shape: Shape, fine: int) -> None:
    draw.rounded_rectangle((0, 0, *size), radius=shape.radius * fine, fill=255 if not shape.stroke else 0, outline=255, width=max(1, round(shape.stroke * fine)))


def _ellipse(draw: Any, size: tuple[float, float], shape: Shape, fine: int) -> None:
    draw.ellipse((0, 0, *size), fill=255)


def _ring(draw: Any, size: tuple[float, float], shape: Shape, fine: int) -> None:
    draw.ellipse((0, 0, *size), outline=255, width=max(1, round((shape.stroke or 4) * fine)))


def _leaf(draw: Any, size: tuple[float, float], shape: Shape, fine: int) -> None:
    """Two arcs that meet in a point left and right."""
    steps = np.linspace(0, 1, 80)
    x = steps * size[0]
    bend = np.sin(math.pi * steps**0.85) ** 1.1 * size[1] / 2
    upper, lower = size[1] / 2 - bend, size[1] / 2 + bend
    draw.polygon([*zip(x, upper, strict=True), *zip(x[::-1], lower[::-1], strict=True)], fill=255)


def _hill(draw: Any, size: tuple[float, float], shape: Shape, fine: int) -> None:
    """A soft rise across the whole width, down to the foot of the box."""
    x = np.linspace(0, 1, 120)
    y = 0.5 + 0.5 * np.cos(2 * math.pi * (x - 0.5)) * np.exp(-((x - 0.5) ** 2) * 2)
    top = (1 - (y - y.min()) / (y.max() - y.min())) * size[1]
    draw.polygon([*zip(x * size[0], top, strict=True), (size[0], size[1]), (0, size[1])], fill=255)


_SHAPES = {"rect": _rect, "ellipse": _ellipse, "ring": _ring, "leaf": _leaf, "hill": _hill}
