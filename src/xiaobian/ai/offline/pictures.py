"""A stand-in for a picture: shapes and the words of the request, with a label that nobody can overlook."""

from __future__ import annotations

import hashlib
import io
import re
from functools import cache
from typing import Any

from ...errors import KitError
from ...plotting import palette

LABEL = "示意圖，非 AI 生成"
_SIZE = re.compile(r"(\d{2,4})x(\d{2,4})")
LARGEST = 2048


@cache
def _font(size: int) -> Any:
    import pylopdf_fonts_zh_tw
    from PIL import ImageFont

    return ImageFont.truetype(str(pylopdf_fonts_zh_tw.sans_path()), size)


def size_of(size: str) -> tuple[int, int]:
    """Width and height; raises KitError for a size that is none.

    >>> size_of("1024x1536")
    (1024, 1536)
    """
    found = _SIZE.fullmatch(size.strip().lower())
    if not found:
        raise KitError(f"看不懂圖片大小「{size}」", next_step="請寫成 1024x1024")
    return min(int(found[1]), LARGEST), min(int(found[2]), LARGEST)


def picture(prompt: str, size: str = "1024x1024") -> bytes:
    """A PNG of the asked size: a plain composition by the prompt's hash, its first words, and the label.

    >>> picture("桌上的戚風", "256x256")[:4]
    b'\\x89PNG'
    """
    from PIL import Image, ImageDraw

    width, height = size_of(size)
    unit = min(width, height)
    image = Image.new("RGB", (width, height), palette.PAPER)
    draw = ImageDraw.Draw(image)
    _shapes(draw, width, height, hashlib.sha256(prompt.encode("utf-8", "replace")).digest())
    band = max(28, unit // 9)
    draw.rectangle((0, height - band, width, height), fill=palette.TEXT)
    _centred(draw, LABEL, width, height - band, band, max(12, band // 2), palette.PAPER)
    text = " ".join(prompt.split())
    lines = _wrapped(draw, text, int(width * 0.84), _font(max(12, unit // 22)), 4)
    top = height - band - (len(lines) + 1) * unit // 15
    draw.rectangle((0, top - unit // 30, width, height - band), fill=palette.PAPER)
    for place, line in enumerate(lines):
        _centred(draw, line, width, top + place * unit // 15, unit // 15, max(12, unit // 22), palette.TEXT)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _shapes(draw: Any, width: int, height: int, seed: bytes) -> None:
    colours = list(palette.PALETTE.values())
    for i in range(3):
        x, y, r, c = (seed[i * 4 + j] for j in range(4))
        size = min(width, height) * (0.18 + r / 255 * 0.22)
        cx, cy = width * (0.15 + 0.7 * x / 255), height * (0.12 + 0.4 * y / 255)
        box = (cx - size / 2, cy - size / 2, cx + size / 2, cy + size / 2)
        colour = colours[c % len(colours)]
        draw.rounded_rectangle(box, radius=size / 5, outline=colour, width=max(2, int(size // 24))) if i % 2 else draw.ellipse(box, fill=colour)


def _centred(draw: Any, text: str, width: int, top: int, height: int, size: int, colour: str) -> None:
    font = _font(size)
    left, upper, right, lower = draw.textbbox((0, 0), text, font=font)
    draw.text(((width - right - left) / 2, top + (height - lower - upper) / 2), text, font=font, fill=colour)


def _wrapped(draw: Any, text: str, width: int, font: Any, most: int) -> list[str]:
    lines = [""]
    for sign in text:
        if draw.textlength(lines[-1] + sign, font=font) > width:
            if len(lines) == most:
                lines[-1] = lines[-1][:-1] + "…"
                break
            lines.append("")
        lines[-1] += sign
    return [line for line in lines if line]
