"""Faults put into a good card on purpose, one at a time: what a check should find is then known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ...errors import NotFound
from .alternative import longest
from .drawing import layers
from .seeing import contrast, hex_of
from .spec import Block, Card, Shape
from .typesetting import laid, lines_of

Plant = Callable[[Card], Card | None]
RARE = "𠮷"
FOREIGN = ("#0057FF", "#00E5FF")
_LONG = "本店所有商品皆採用當季新鮮食材，由師傅每日手工製作，數量有限，售完為止，請把握機會儘早前往門市選購，以免向隅，詳情請洽門市人員。"


def plant(card: Card, fault: str) -> Card | None:
    """The card with one fault, or None where this fault cannot be put into this card.

    fault: a name of ``FAULTS``. Raises NotFound with the names there are.
    """
    if fault not in FAULTS:
        raise NotFound(f"沒有「{fault}」這種毛病", next_step=f"可用的有 {'、'.join(FAULTS)}")
    return FAULTS[fault](card)


def _first(card: Card, *roles: str) -> int | None:
    return next((n for n, b in enumerate(card.blocks) if b.role in roles and any(c.isalnum() for c in b.text)), None)


def _small(card: Card) -> int | None:
    return _first(card, "body") if _first(card, "body") is not None else _first(card, "sub")


def _under(card: Card, place: int) -> np.ndarray:
    left, top, right, bottom = (int(edge) for edge in laid(card.blocks[place]).box)
    pixels = np.asarray(layers(card)[place].convert("RGB"), dtype=float)
    return np.asarray(pixels[max(top, 0) : bottom, max(left, 0) : right].reshape(-1, 3).mean(axis=0))


def _faint(card: Card) -> Card | None:
    """The text fades towards what lies under it until its contrast is under 2.6."""
    place = _small(card)
    if place is None or card.blocks[place].fill:
        return None
    ground, block = _under(card, place), card.blocks[place]
    own = np.array([int(block.colour[i : i + 2], 16) for i in (1, 3, 5)], dtype=float)
    for share in np.arange(0.2, 1, 0.05):
        colour = hex_of(own + (ground - own) * share)
        if contrast(colour, ground) < 2.6:
            return card.changed(place, colour=colour)
    return None


def _half_hidden(card: Card) -> Card | None:
    """A patch almost of the text's own colour lies under the right third of the headline."""
    place = _first(card, "headline")
    if place is None:
        return None
    left, top, right, bottom = laid(card.blocks[place]).box
    patch = Shape("rect", right - (right - left) / 3, top - 20, (right - left) / 3 + 40, bottom - top + 40, card.blocks[place].colour, 0.75)
    return replace(card, shapes=(*card.shapes, patch))


def _covered(card: Card) -> Card | None:
    """The last block slides down under what the platform covers at the foot."""
    edge, foot = card.canvas.safe[3], card.canvas.height
    place = _first(card, "cta", "body", "sub")
    if place is None or edge >= foot:
        return None
    top, bottom = laid(card.blocks[place]).box[1::2]
    return card.changed(place, y=min(edge + 40, foot - (bottom - top)))


def _at_the_edge(card: Card) -> Card | None:
    place = _first(card, "headline")
    if place is None or card.blocks[place].align != "left":
        return None
    edge = round(card.canvas.safe[0]) + 6
    return card.changed(place, x=edge) if edge < card.canvas.margin else None


def _tiny(card: Card) -> Card | None:
    place = _small(card)
    if place is None:
        return None
    return card.changed(place, size=max(8, round(8.5 / card.canvas.scale)))


def _on_top(card: Card) -> Card | None:
    first, second = _first(card, "headline"), _small(card)
    if first is None or second is None:
        return None
    top, bottom = laid(card.blocks[first]).box[1::2]
    return card.changed(second, y=(top + bottom) / 2, x=card.blocks[first].x)


def _two_headlines(card: Card) -> Card | None:
    place = _first(card, "sub")
    return None if place is None else card.changed(place, role="headline")


def _flat(card: Card) -> Card | None:
    """The headline is hardly larger than the next text."""
    head = _first(card, "headline")
    others = [b.size for n, b in enumerate(card.blocks) if n != head and b.role != "logo" and any(c.isalnum() for c in b.text)]
    if head is None or not others:
        return None
    return card.changed(head, size=round(max(others) * 1.08))


def _no_headline(card: Card) -> Card | None:
    head = _first(card, "headline")
    return None if head is None else card.changed(head, role="sub")


def _wordy(card: Card) -> Card | None:
    place = _first(card, "body")
    if place is None:
        return None
    return card.changed(place, text=card.blocks[place].text + _LONG)


def _foreign(card: Card) -> Card | None:
    """A readable colour that is not the brand's."""
    place = _small(card)
    if place is None or card.blocks[place].fill:
        return None
    best = max(FOREIGN, key=lambda colour: contrast(colour, _under(card, place)))
    return card.changed(place, colour=best)


def _askew(card: Card) -> Card | None:
    """One of two left edges that agreed is a little off."""
    place, head = _small(card), _first(card, "headline")
    if place is None or head is None:
        return None
    a, b = card.blocks[head], card.blocks[place]
    if a.align != "left" or b.align != "left" or a.x != b.x:
        return None
    return card.changed(place, x=b.x + round(card.canvas.width * 0.015))


def _cramped(card: Card) -> Card | None:
    place = next((n for n, b in enumerate(card.blocks) if len(lines_of(b)) > 1), None)
    return None if place is None else card.changed(place, leading=0.98)


def _rare_sign(card: Card) -> Card | None:
    place = _small(card)
    return None if place is None else card.changed(place, text=RARE + card.blocks[place].text)


def _bare(card: Card) -> Card | None:
    return card.changed(alt="")


def _placeholder(card: Card) -> Card | None:
    return card.changed(alt="IMG_2043.jpg 圖片")


def _elsewhere(card: Card) -> Card | None:
    """The alt text of some other picture."""
    return card.changed(alt="三位店員站在門市前面微笑，陽光很好，旁邊有一台腳踏車。")


def _endless(card: Card) -> Card | None:
    limit = longest(card.platform)
    return card.changed(alt=card.alt + "畫面的細節還有很多。" * (limit // 10 + 1))


def _many_sizes(card: Card) -> Card | None:
    if len(card.blocks) < 5:
        return None
    head = card.blocks[card.place("headline")].size
    blocks: list[Block] = []
    for number, block in enumerate(card.blocks):
        blocks.append(block if block.role == "headline" else replace(block, size=round(head * 0.6 / 1.12**number)))
    return replace(card, blocks=tuple(blocks))


FAULTS: dict[str, Plant] = {
    "contrast": _faint,
    "local_contrast": _half_hidden,
    "safe_area": _covered,
    "margin": _at_the_edge,
    "small_text": _tiny,
    "overlap": _on_top,
    "two_headlines": _two_headlines,
    "no_headline": _no_headline,
    "weak_headline": _flat,
    "too_much_text": _wordy,
    "off_palette": _foreign,
    "misaligned": _askew,
    "leading": _cramped,
    "missing_glyph": _rare_sign,
    "many_sizes": _many_sizes,
    "alt_missing": _bare,
    "alt_placeholder": _placeholder,
    "alt_unrelated": _elsewhere,
    "alt_too_long": _endless,
}
EXPECTED: dict[str, str] = {
    "local_contrast": "contrast",
    "two_headlines": "headlines",
    "no_headline": "headlines",
    "weak_headline": "hierarchy",
    "too_much_text": "text_amount",
    "off_palette": "palette",
    "misaligned": "alignment",
    "many_sizes": "sizes",
}
"""The rule that has to find a fault; a fault without an entry has the name of its rule."""
