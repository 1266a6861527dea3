"""Rules about reading: signs that exist, contrast on the pixels, other colour visions, size on a phone."""

from __future__ import annotations

import math
from collections.abc import Iterator

from .canvas import rule
from .findings import CardFinding
from .measuring import Measured
from .palette import brand_palette
from .seeing import VISIONS, distance


def glyphs(found: Measured) -> Iterator[CardFinding]:
    """A sign that no font of the kit can draw."""
    for place, item in enumerate(found.laid):
        if item.missing:
            signs = "、".join(f"「{sign}」" for sign in item.missing)
            yield found.finding(
                "missing_glyph", "error", place, f"字型裡沒有 {signs}，先畫成〓。", "發出去會變成空格或方框。",
                "換一個同音同義、字型裡有的字，或把這個字做成圖形",
            )  # fmt: skip


def contrasts(found: Measured) -> Iterator[CardFinding]:
    """The worst local contrast under each text."""
    for place in found.texts:
        seen = found.legibility[place]
        if seen is None or seen.worst >= seen.needed - 0.005:
            continue
        block = found.card.blocks[place]
        kind = "大字" if seen.needed < 4 else "一般大小的字"
        part = "，只有一部分壓到淺的或深的地方" if seen.typical >= seen.needed else ""
        colour = _legible_colour(found, place)
        fix = (
            f"把字色換成 {colour[0]} {colour[1]}（這裡的對比會是 {seen.with_colour(colour[1]):.1f}）"
            if colour
            else "單換字色救不了：底下的深淺差太多，移開色塊或字"
        )
        yield found.finding(
            "contrast", "error", place, f"最差的地方對比 {math.floor(seen.worst * 10) / 10:.1f}，{kind}至少要 {seen.needed:g}{part}。",
            "太陽下、螢幕調暗、眼睛累的人先讀不到這一塊。", fix, seen.box if part else None,
            **({"colour": colour[1]} if colour and colour[1] != block.colour else {}),
        )  # fmt: skip


def _legible_colour(found: Measured, place: int) -> tuple[str, str] | None:
    """The brand's colour that is nearest to the one in use and can be read here."""
    seen, block = found.legibility[place], found.card.blocks[place]
    if seen is None:
        return None
    good = [(n, c) for n, c in brand_palette().items() if seen.with_colour(c) >= seen.needed + 0.05]
    return min(good, key=lambda pair: distance(pair[1], block.colour), default=None)


def visions(found: Measured) -> Iterator[CardFinding]:
    """A text that is legible, but not for every colour vision."""
    for place in found.texts:
        seen, block = found.legibility[place], found.card.blocks[place]
        if seen is None or seen.worst < seen.needed:
            continue
        lost = [n for n in VISIONS if seen.for_vision(n, block.colour) < rule("simulated_contrast")]
        if lost:
            yield found.finding(
                "colour_vision", "warning", place,
                f"模擬{'、'.join(VISIONS[n] for n in lost)}的眼睛，對比剩 {min(seen.for_vision(n, block.colour) for n in lost):.1f}。",
                "這些人會覺得字融進底色。", "讓字和底的深淺差多一點，不要只靠色相分開",
            )  # fmt: skip


def sizes_on_phone(found: Measured) -> Iterator[CardFinding]:
    """Type that is too small at the size at which the card is seen."""
    for place in found.texts:
        block = found.card.blocks[place]
        least = rule("smallest_logo_px") if block.role == "logo" else rule("smallest_px")
        shown = found.shown(block)
        if shown >= least - 1e-9:
            continue
        size = math.ceil(least / found.canvas.scale)
        yield found.finding(
            "small_text", "error", place, f"在手機上只有 {shown:.1f} px 高，至少要 {least:g} px。",
            f"整張圖在手機上只有 {found.canvas.shown:.0f} px 寬，筆畫多的字會糊成一團。",
            f"字級放大到 {size} 以上；放不下就刪字，不要縮字", size=size,
        )  # fmt: skip
