"""What is measured on a card before any rule judges it: lines, ink, and the contrast under every text."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from .canvas import Box, Canvas, rule
from .drawing import draw_block, ink, layers
from .findings import CardFinding, block_words
from .seeing import luminance, ratio, simulated
from .spec import Block, Card
from .typesetting import Laid, laid

if TYPE_CHECKING:
    import pandas as pd

_INKED = 0.04


@dataclass(frozen=True)
class Legibility:
    """How one block stands out. worst: least local contrast; box: where. typical: median. needed: 3 or 4.5.

    grounds: mean colour (0–255) under each inked tile, so that another colour can be tried on the same ground.
    middles: x and y of the middle of each tile, pixels of the card.
    """

    worst: float
    typical: float
    needed: float
    box: Box
    grounds: npt.NDArray[np.float64]
    middles: npt.NDArray[np.float64]

    def with_colour(self, colour: str) -> float:
        """Least contrast that another colour would have here."""
        return float(ratio(luminance(colour), luminance(self.grounds)).min())

    def for_vision(self, vision: str, colour: str) -> float:
        """Least contrast of a colour here for someone with that colour vision."""
        seen = luminance(simulated(colour, vision))
        return float(ratio(seen, luminance(simulated(self.grounds, vision))).min())


class Measured:
    """A card with its lines and its pixels, measured once for all rules."""

    def __init__(self, card: Card) -> None:
        self.card = card
        self.canvas: Canvas = card.canvas
        self.laid: tuple[Laid, ...] = tuple(laid(block) for block in card.blocks)

    @cached_property
    def texts(self) -> tuple[int, ...]:
        """Places of the blocks that hold something to read; a block of signs alone is an ornament."""
        return tuple(n for n, b in enumerate(self.card.blocks) if any(c.isalnum() for c in b.text))

    @cached_property
    def legibility(self) -> tuple[Legibility | None, ...]:
        """One an item of ``laid``; None where no ink falls on the card."""
        return _measured(self.card.changed(name="", alt=""))

    def legible(self) -> tuple[Legibility | None, ...]:
        """The same, drawn and measured now."""
        found = layers(self.card)
        return tuple(self._legibility(n, found[n]) for n in range(len(self.laid)))

    def _legibility(self, place: int, before: object) -> Legibility | None:
        item = self.laid[place]
        (left, top), mask = ink(item, (self.canvas.width, self.canvas.height))
        if mask is None:
            return None
        width, height = mask.size
        ground = before.crop((left, top, left + width, top + height))  # type: ignore[attr-defined]
        if item.button:
            whole = before.copy()  # type: ignore[attr-defined]
            draw_block(whole, Laid(item.block, (), item.box, item.button, ()))
            ground = whole.crop((left, top, left + width, top + height))
        inked = np.asarray(mask, dtype=float) / 255
        side = max(4, round(item.block.size / 2))
        grounds, boxes = _tiles(np.asarray(ground.convert("RGB"), dtype=float), inked, side)
        if not len(grounds):
            return None
        ratios = ratio(luminance(item.block.colour), luminance(grounds))
        corners = np.asarray(boxes, dtype=float) + np.array([left, top])
        x, y = (float(edge) for edge in corners[int(ratios.argmin())])
        return Legibility(
            float(ratios.min()), float(np.median(ratios)), self.needed(item.block), (x, y, x + side, y + side),
            grounds, corners + side / 2,
        )  # fmt: skip

    def shown(self, block: Block) -> float:
        """Size of the type on a phone, CSS pixels."""
        return block.size * self.canvas.scale

    def needed(self, block: Block) -> float:
        """The contrast that WCAG asks of this text at the size at which it is seen."""
        large = rule("large_bold_px") if block.bold else rule("large_px")
        return rule("contrast_large") if self.shown(block) >= large else rule("contrast_normal")

    def finding(
        self, name: str, severity: str, place: int | None, what: str, why: str, fix: str, box: Box | None = None, **change: object
    ) -> CardFinding:
        """A finding on a block, or on the whole card when ``place`` is None."""
        if place is None:
            whole = (0.0, 0.0, float(self.canvas.width), float(self.canvas.height))
            return CardFinding(name, severity, None, box or whole, "整張圖卡", what, why, fix, change)
        box = box or self.laid[place].outer
        where = block_words(self.card, place, self.laid[place].outer)
        return CardFinding(name, severity, place, box, where, what, why, fix, change)


@lru_cache(maxsize=64)
def _measured(card: Card) -> tuple[Legibility | None, ...]:
    """Name and alt text change no pixel, so that cards which differ in them alone are measured once."""
    return Measured(card).legible()


def contrast_map(card: Card, block: int | str) -> pd.DataFrame:
    """Contrast under each inked tile of one block: columns x, y (pixels of the card) and contrast (1 to 21).

    Raises CardError when there is no such block.
    """
    import pandas as pd

    place = card.place(block)
    seen = Measured(card).legibility[place]
    if seen is None:
        return pd.DataFrame(columns=["x", "y", "contrast"], dtype=float)
    ratios = ratio(luminance(card.blocks[place].colour), luminance(seen.grounds))
    return pd.DataFrame({"x": seen.middles[:, 0], "y": seen.middles[:, 1], "contrast": ratios})


def _tiles(
    ground: npt.NDArray[np.float64], inked: npt.NDArray[np.float64], side: int
) -> tuple[npt.NDArray[np.float64], list[tuple[int, int]]]:
    """Mean colour under the ink of each tile that holds some, and the tiles' corners."""
    height, width = inked.shape
    rows, columns = -(-height // side), -(-width // side)
    padded = np.zeros((rows * side, columns * side))
    padded[:height, :width] = inked
    weighted = np.zeros((rows * side, columns * side, 3))
    weighted[:height, :width] = ground * inked[..., None]
    share = padded.reshape(rows, side, columns, side).sum(axis=(1, 3))
    total = weighted.reshape(rows, side, columns, side, 3).sum(axis=(1, 3))
    held = share >= _INKED * side * side
    corners = [(int(x) * side, int(y) * side) for y, x in np.argwhere(held)]
    return total[held] / share[held][:, None], corners
