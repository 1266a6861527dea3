"""Pictures about cards: marked places, before and after, a sheet of many, the size on a phone."""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ...plotting import BRICK, HAIRLINE, PAPER, SEA, SECONDARY, TEXT, broken
from .canvas import canvas, rule
from .drawing import picture
from .findings import Review
from .review import lint
from .spec import Card
from .typesetting import _files, font

GAP = 28
_TITLE, _SMALL, _COLOURS = 21, 17, 96


class Picture:
    """PNG bytes with a sentence that says what they show."""

    def __init__(self, image: Any, summary: str) -> None:
        out = io.BytesIO()
        image.convert("RGB").quantize(_COLOURS, dither=0).save(out, "PNG", optimize=True)
        self.png, self.summary, self.size = out.getvalue(), summary, image.size

    def __repr__(self) -> str:
        return f"圖：{self.summary}"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, object]:
        return {"image/png": b64encode(self.png).decode(), "text/plain": repr(self)}


def _small(image: Any, width: int) -> Any:
    from PIL import Image

    return image.resize((width, round(image.height * width / image.width)), Image.Resampling.LANCZOS)


def _type(size: int) -> Any:
    file: Path = _files("sans")[0]
    return font(file, size)


def _framed(image: Any) -> Any:
    """A hairline around a card, so that a light one is seen on white."""
    from PIL import ImageDraw

    ImageDraw.Draw(image).rectangle((0, 0, image.width - 1, image.height - 1), outline=HAIRLINE, width=1)
    return image


def _on_card(review: Review, width: int) -> Any:
    """The card with what is covered greyed and every place outlined and numbered."""
    from PIL import ImageDraw

    card = review.card
    image = _small(picture(card), width).convert("RGB")
    scale = width / card.canvas.width
    _grey_covered(image, card, scale)
    draw = ImageDraw.Draw(image)
    taken: list[tuple[float, float]] = []
    for number, finding in enumerate(review.findings, 1):
        if finding.block is None:
            continue
        box = [max(2.0, edge * scale) for edge in finding.box]
        box[2], box[3] = min(box[2], image.width - 3), min(box[3], image.height - 3)
        if box[2] <= box[0] or box[3] <= box[1]:
            continue
        draw.rectangle((box[0] - 5, box[1] - 5, box[2] + 5, box[3] + 5), outline=PAPER, width=4)
        draw.rectangle((box[0] - 4, box[1] - 4, box[2] + 4, box[3] + 4), outline=BRICK, width=2)
        at = (min(max(box[0] - 2, 15), image.width - 15), min(max(box[1] - 15, 15), image.height - 15))
        while any(abs(at[0] - x) < 26 and abs(at[1] - y) < 26 for x, y in taken):
            at = (at[0] + 27, at[1])
        taken.append(at)
        _badge(draw, at, number)
    return _framed(image)


def _badge(draw: Any, at: tuple[float, float], number: int) -> None:
    x, y = at
    draw.ellipse((x - 13, y - 13, x + 13, y + 13), fill=BRICK, outline=PAPER, width=2)
    draw.text((x, y), str(number), font=_type(16), fill=PAPER, anchor="mm")


def _grey_covered(image: Any, card: Card, scale: float) -> None:
    from PIL import Image

    left, top, right, bottom = (round(edge * scale) for edge in card.canvas.safe)
    if (left, top, right, bottom) == (0, 0, image.width, image.height):
        return
    mask = Image.new("L", image.size, 110)
    mask.paste(0, (left, top, min(right, image.width), min(bottom, image.height)))
    image.paste(SECONDARY, (0, 0), mask)


def marked(review: Review, width: int = 420) -> Picture:
    """The card of a review with numbered places; covered parts are grey."""
    return Picture(_on_card(review, width), review.say())


def before_after(card: Card, fixed: Card, width: int = 400) -> Picture:
    """Two cards side by side, the findings of each counted and marked."""
    first, second = lint(card), lint(fixed)
    images = [_on_card(first, width), _on_card(second, width)]
    sheet = _row(images, [f"改之前：{_tally(first)}", f"改之後：{_tally(second)}"], [BRICK, SEA])
    return Picture(sheet, f"「{card.name}」改之前{_tally(first)}，改之後{_tally(second)}。")


def _tally(review: Review) -> str:
    names = {"error": "必須改", "warning": "建議改"}
    parts = [f"{words} {review.count(name)} 處" for name, words in names.items() if review.count(name)]
    return "、".join(parts) or "沒有要改的"


def sheet(cards: Sequence[Card], height: int = 360, titles: Sequence[str] | None = None, width: int = 960) -> Picture:
    """Many cards at one height, in rows, each with its title."""
    titles = [card.name for card in cards] if titles is None else list(titles)
    images = [_framed(_small(picture(c), round(height * c.canvas.width / c.canvas.height)).convert("RGB")) for c in cards]
    rows: list[list[int]] = [[]]
    for place, image in enumerate(images):
        used = sum(images[n].width + GAP for n in rows[-1])
        if rows[-1] and used + image.width > width:
            rows.append([])
        rows[-1].append(place)
    strips = [_row([images[n] for n in row], [titles[n] for n in row], [TEXT] * len(row)) for row in rows]
    return Picture(_stacked(strips), f"{len(cards)} 張圖卡：{'、'.join(titles)}。")


def small(card: Card, width: int = 480) -> Picture:
    """The card alone, small enough for a notebook."""
    return Picture(_framed(_small(picture(card), width).convert("RGB")), repr(card))


def on_phone(card: Card, formats: Sequence[tuple[str, str]] = ()) -> Picture:
    """The card as wide as it is on a phone of 390 px, two pixels for one so that it can be seen on any screen.

    formats: other placements to show it in, at their size.
    """
    shown = [card.canvas, *(canvas(*pair) for pair in formats)]
    image = picture(card)
    images = [_framed(_small(image, round(2 * one.shown)).convert("RGB")) for one in shown]
    titles = [f"{one.name}：{one.shown:.0f} px 寬" for one in shown]
    return Picture(
        _row(images, titles, [TEXT] * len(images)),
        f"「{card.name}」在 {rule('phone_px'):g} px 寬的手機上：{'、'.join(titles)}（放大兩倍）。",
    )


def squint(cards: Sequence[Card], width: int = 300, titles: Sequence[str] = ()) -> Picture:
    """Cards as one sees them with half-closed eyes: what still stands out is what is read first."""
    from PIL import ImageFilter

    images = [_small(picture(card), width).convert("RGB") for card in cards]
    blurred = [_framed(image.filter(ImageFilter.GaussianBlur(width / 45))) for image in images]
    names = list(titles) or [card.name for card in cards]
    return Picture(_row(blurred, names, [TEXT] * len(blurred)), f"瞇起眼睛看：{'、'.join(names)}。")


def swatches(colours: dict[str, str], on: dict[str, str], words: str = "小編日常") -> Picture:
    """A grid: every colour as text on every ground, with its contrast and what it may be used for."""
    from PIL import Image, ImageDraw

    from .palette import _use
    from .seeing import contrast

    across, down, head = 136, 66, 72
    image = Image.new("RGB", (head + across * len(on), 34 + down * len(colours)), PAPER)
    draw = ImageDraw.Draw(image)
    for column, ground in enumerate(on):
        draw.text((head + across * (column + 0.5), 17), f"{ground}底", font=_type(_SMALL), fill=TEXT, anchor="mm")
    for row, (name, colour) in enumerate(colours.items()):
        top = 34 + row * down
        draw.text((head - 12, top + down / 2), name, font=_type(_SMALL), fill=TEXT, anchor="rm")
        for column, back in enumerate(on.values()):
            left = head + column * across
            draw.rectangle((left, top, left + across - 4, top + down - 4), fill=back, outline=HAIRLINE)
            if colour == back:
                continue
            value = contrast(colour, back)
            draw.text((left + across / 2 - 2, top + 22), words, font=_type(21), fill=colour, anchor="mm")
            note = f"{value:.1f}　{_use(value)}"
            draw.text((left + across / 2 - 2, top + 47), note, font=_type(15), fill=_readable(back), anchor="mm")
    fine = sum(contrast(c, b) >= rule("contrast_normal") for c in colours.values() for b in on.values() if c != b)
    total = sum(c != b for c in colours.values() for b in on.values())
    return Picture(image, f"{total} 種字色和底色的組合，{fine} 種任何大小都能用。")


def _readable(ground: str) -> str:
    from .seeing import contrast

    return max((TEXT, PAPER), key=lambda colour: contrast(colour, ground))


def _broken_title(title: str, width: float) -> str:
    face = _type(_TITLE)
    return broken(title, lambda line: bool(face.getlength(line) <= width))


def _row(images: Sequence[Any], titles: Sequence[str], colours: Sequence[str]) -> Any:
    from PIL import Image, ImageDraw

    face = _type(_TITLE)
    wrapped = [_broken_title(title, max(image.width, 150)) for title, image in zip(titles, images, strict=True)]
    head = 12 + 28 * max(text.count("\n") + 1 for text in wrapped)
    widths = [
        max(image.width, *(round(face.getlength(line)) for line in text.split("\n")))
        for image, text in zip(images, wrapped, strict=True)
    ]
    made = Image.new("RGB", (sum(widths) + GAP * (len(images) - 1), head + max(i.height for i in images)), PAPER)
    draw, left = ImageDraw.Draw(made), 0
    for image, text, colour, width in zip(images, wrapped, colours, widths, strict=True):
        for number, line in enumerate(text.split("\n")):
            draw.text((left, 4 + 28 * number), line, font=face, fill=colour)
        made.paste(image, (left, head))
        left += width + GAP
    return made


def _stacked(strips: Sequence[Any]) -> Any:
    from PIL import Image

    made = Image.new("RGB", (max(s.width for s in strips), sum(s.height + GAP for s in strips) - GAP), PAPER)
    top = 0
    for strip in strips:
        made.paste(strip, (0, top))
        top += strip.height + GAP
    return made
