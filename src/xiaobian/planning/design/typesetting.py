"""Lines of Chinese text: which font draws which sign, where a line may break, how wide it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any

from ...plotting.tofu import glyph_for
from .canvas import Box
from .spec import Block

NO_START = "，。、；：？！）」』》〉】〕…—～·％%ー々’”)],.!?;:°℃"
NO_END = "（「『《〈【〔(“‘[$＄"
GETA = "〓"
"""What a printer sets where a type is missing; drawn where no font has the sign."""
BASELINE = 0.88
BUTTON_X, BUTTON_Y = 0.85, 0.5
"""Room left and right, above and below the text of a button, in sizes."""
_TOKEN = re.compile(r"[A-Za-z0-9@#&+\-–/.,:’'％%$]+(?: (?=[\u4e00-\u9fff]))?|\n|\s+|.")
_MEASURED = re.compile(r"[\d.,:\-–/]+ ?$")


@dataclass(frozen=True)
class Line:
    """One line as drawn: its text, left edge, baseline and advance width, in pixels."""

    text: str
    x: float
    baseline: float
    width: float


@dataclass(frozen=True)
class Laid:
    """A block set in lines. box: outer edge of the signs; button: of the button, if it has one. missing: signs no font has."""

    block: Block
    lines: tuple[Line, ...]
    box: Box
    button: Box | None
    missing: tuple[str, ...]

    @property
    def outer(self) -> Box:
        """What has to stay visible: the button when there is one, else the signs."""
        return self.button or self.box


@cache
def _files(face: str) -> tuple[Path, ...]:
    import manimgx_fonts
    import pylopdf_fonts_zh_tw as zh

    noto = Path(manimgx_fonts.__file__).parent
    first = [Path(zh.serif_path()), Path(zh.sans_path())] if face == "serif" else [Path(zh.sans_path())]
    return (*first, noto / "NotoEmoji[wght].ttf", noto / "NotoSansSymbols[wght].ttf")


@cache
def _signs(file: Path) -> frozenset[int]:
    from matplotlib.ft2font import FT2Font

    return frozenset(FT2Font(str(file)).get_charmap())


@lru_cache(maxsize=256)
def font(file: Path, size: int) -> Any:
    """A Pillow font; the plain layout engine, so that a card is the same on every machine."""
    from PIL import ImageFont

    return ImageFont.truetype(str(file), size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=8192)
def _file_for(sign: str, face: str) -> Path | None:
    return next((file for file in _files(face) if ord(sign) in _signs(file)), None)


def visible(text: str) -> str:
    """The text without signs that Unicode wants invisible (joiners, variation selectors, control signs)."""
    return "".join(s for s in text if s in "\n " or (glyph_for(ord(s)) != "empty"))


def missing(text: str, face: str = "sans") -> tuple[str, ...]:
    """Signs that no font of the kit can draw, each once.

    >>> missing("焙茶𠮷🍵")
    ('𠮷',)
    """
    return tuple(dict.fromkeys(s for s in visible(text) if s not in "\n\t" and _file_for(s, face) is None))


def runs(text: str, face: str) -> list[tuple[str, Path]]:
    """The text in stretches that one font draws; what is missing becomes a geta mark."""
    shown = [(s, _file_for(s, face)) for s in visible(text).replace("\t", " ")]
    safe = [(s, file) if file else (GETA, _files(face)[-3]) for s, file in shown]
    return [("".join(s for s, _ in part), file) for file, part in groupby(safe, key=lambda pair: pair[1])]


def width_of(text: str, block: Block) -> float:
    """Advance width of one line in pixels."""
    size = round(block.size)
    plain = sum(font(file, size).getlength(part) for part, file in runs(text, block.font))
    return float(plain + max(0, len(visible(text)) - 1) * block.tracking * block.size)


def tokens(text: str) -> list[str]:
    """The smallest pieces that stay on one line: a sign with its punctuation, a word, a number with its unit.

    >>> tokens("今天，只要 120 元！")
    ['今', '天，', '只', '要', ' ', '120 元！']
    """
    pieces: list[str] = []
    held = ""
    for found in _TOKEN.findall(text):
        if held and found == "\n":
            pieces.append(held)
            held = ""
        if found[0] in NO_END and len(found) == 1:
            held += found
        elif pieces and not held and _belongs(pieces[-1], found):
            pieces[-1] += found
        else:
            pieces.append(held + found)
            held = ""
    return pieces + [held] * bool(held)


def _belongs(before: str, sign: str) -> bool:
    """Whether a sign may not be parted from the piece before it."""
    if sign[0] in NO_START:
        return bool(before.strip())
    return bool(_MEASURED.search(before) and re.match(r"[\u4e00-\u9fff]", sign))


def _greedy(pieces: list[str], width: float, block: Block) -> list[str]:
    lines = [""]
    for piece in pieces:
        if piece == "\n":
            lines.append("")
        elif not lines[-1] or width_of((lines[-1] + piece).rstrip(), block) <= width:
            lines[-1] += piece if lines[-1] else piece.lstrip()
        else:
            lines.append(piece.lstrip())
        if width_of(lines[-1].rstrip(), block) > width:
            lines[-1:] = _chopped(lines[-1], width, block)
    return [line.rstrip() for line in lines]


def _chopped(text: str, width: float, block: Block) -> list[str]:
    """A word wider than the column, cut wherever it must."""
    lines = [""]
    for sign in text:
        if lines[-1] and width_of(lines[-1] + sign, block) > width:
            stays = len(lines[-1]) - 1 if sign in NO_START or lines[-1][-1] in NO_END else len(lines[-1])
            lines[-1:] = [lines[-1][:stays], lines[-1][stays:]] if stays else [lines[-1]]
        lines[-1] += sign
    return lines


@lru_cache(maxsize=1024)
def lines_of(block: Block) -> tuple[str, ...]:
    """The lines of a block; headlines and subs are balanced, and so is what would leave one or two signs alone.

    >>> lines_of(Block("body", "今天只要，一杯茶。", 0, 0, 100, 24, "#000000"))
    ('今天只', '要，一', '杯茶。')
    """
    pieces = tokens(block.text)
    found = _greedy(pieces, block.width, block)
    lonely = len(found) > 1 and len(found[-1].rstrip("".join(NO_START))) <= 2
    if (block.role != "body" or lonely) and "\n" not in block.text.strip() and len(found) > 1:
        low, high = block.width / len(found), float(block.width)
        while high - low > block.size / 4:
            middle = (low + high) / 2
            if len(_greedy(pieces, middle, block)) <= len(found):
                high = middle
            else:
                low = middle
        found = _greedy(pieces, high, block)
    return tuple(found)


@lru_cache(maxsize=1024)
def laid(block: Block) -> Laid:
    """A block with the place of every line."""
    lines = []
    for number, text in enumerate(lines_of(block)):
        width = width_of(text, block)
        spare = block.width - width
        x = block.x + {"left": 0.0, "center": spare / 2, "right": spare}[block.align]
        lines.append(Line(text, x, block.y + block.size * (BASELINE + number * block.leading), width))
    full = [line for line in lines if line.text] or lines
    box = (
        min(line.x for line in full),
        full[0].baseline - block.size * BASELINE,
        max(line.x + line.width for line in full),
        full[-1].baseline + block.size * (1 - BASELINE),
    )
    button = None
    if block.fill:
        across, down = block.size * BUTTON_X, block.size * BUTTON_Y
        button = (box[0] - across, box[1] - down, box[2] + across, box[3] + down)
    return Laid(block, tuple(lines), box, button, missing(block.text, block.font))
