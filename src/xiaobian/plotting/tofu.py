"""The last font in the fallback list: an empty box for every character that no other font can draw.

``tofu.ttf`` is made by ``python -m xiaobian.plotting.tofu``. With it a rare Han character or a private-use
code shows as a box instead of a warning; characters that Unicode wants invisible stay invisible.
"""

from __future__ import annotations

from pathlib import Path

FAMILY = "Xiaobian Tofu"
PATH = Path(__file__).with_name("tofu.ttf")

_UNITS_PER_EM = 1000
_INVISIBLE = (
    (0x00, 0x1F), (0x7F, 0x9F), (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160),
    (0x17B4, 0x17B5), (0x180B, 0x180F), (0x200B, 0x200F), (0x2028, 0x202E), (0x2060, 0x206F),
    (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8),
    (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
)  # fmt: skip


def glyph_for(codepoint: int) -> str:
    """Name of the glyph a code point gets: ``box``, ``empty`` (no width) or ``blank`` (the tab).

    >>> glyph_for(ord("𠮷")), glyph_for(0x200D)
    ('box', 'empty')
    """
    if codepoint == 0x09:
        return "blank"
    return "empty" if any(first <= codepoint <= last for first, last in _INVISIBLE) else "box"


def build(path: Path = PATH) -> Path:
    """Write the font; the same bytes on every run with the same fontTools."""
    from fontTools.fontBuilder import FontBuilder

    builder = FontBuilder(_UNITS_PER_EM, isTTF=True)
    builder.setupGlyphOrder([".notdef", "box", "empty", "blank"])
    builder.setupCharacterMap({0x20: "blank"})
    box, empty = _box(), _empty()
    builder.setupGlyf({".notdef": box, "box": box, "empty": empty, "blank": empty})
    builder.setupHorizontalMetrics(
        {".notdef": (1000, 90), "box": (1000, 90), "empty": (0, 0), "blank": (500, 0)}
    )
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": FAMILY, "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=880, sTypoDescender=-120, usWinAscent=880, usWinDescent=120)
    builder.setupPost()
    builder.setupHead(unitsPerEm=_UNITS_PER_EM, created=0, modified=0)
    builder.font.recalcTimestamp = False
    builder.font["cmap"].tables = [_every_character()]
    builder.save(path)
    return path


def _box():
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    pen = TTGlyphPen(None)
    for left, bottom, right, top in ((90, -30, 910, 790), (150, 30, 850, 730)):
        corners = [(left, bottom), (left, top), (right, top), (right, bottom)]
        pen.moveTo(corners[0])
        for corner in corners[1:] if left == 90 else corners[:0:-1]:
            pen.lineTo(corner)
        pen.closePath()
    return pen.glyph()


def _empty():
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    return TTGlyphPen(None).glyph()


def _every_character():
    from fontTools.ttLib.tables._c_m_a_p import CmapSubtable

    table = CmapSubtable.newSubtable(13)
    table.platformID, table.platEncID, table.language = 3, 10, 0
    table.cmap = {code: glyph_for(code) for code in range(0x110000)}
    return table


if __name__ == "__main__":
    build()
