"""Every rule on one card: ``lint(card)``."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from . import alternative, arranged, legible, ranked
from .findings import CardFinding, Review
from .measuring import Measured
from .spec import Card

Rule = Callable[[Measured], Iterable[CardFinding]]
RULES: tuple[Rule, ...] = (
    legible.glyphs, arranged.crowded, legible.contrasts, legible.visions, legible.sizes_on_phone,
    arranged.outside, arranged.edges, arranged.lines, arranged.amount,
    ranked.headlines, ranked.steps, ranked.variety, ranked.palette,
    alternative.alternatives,
)  # fmt: skip
_ORDER = ("error", "warning", "suggestion")


def lint(card: Card) -> Review:
    """Everything to mend on a card, worst first, measured on its spec and on its rendered pixels.

    Contrast is the worst local one under the signs (WCAG 2.2, 1.4.3); sizes are those on a phone of
    ``card_rules.csv``; safe areas those of ``card_formats.csv``; the palette is the brand's.

    >>> from .spec import load
    >>> card = load({"name": "秋茶", "platform": "instagram", "format": "image", "alt": "秋茶到了，米白底上的大字。",
    ...     "background": {"colour": "#FBF6EC"}, "blocks": [
    ...     {"role": "headline", "text": "秋茶到了", "x": 90, "y": 300, "width": 900, "size": 120, "colour": "#1F3A34"}]})
    >>> lint(card)
    ✓ 「秋茶」沒有找到要改的地方。
    >>> lint(card.changed("headline", colour="#D5DFC2")).rules
    {'contrast'}
    """
    measured = Measured(card)
    found = [finding for judge in RULES for finding in judge(measured)]
    return Review(card, tuple(sorted(found, key=lambda finding: _ORDER.index(finding.severity))))
