"""Cards with known faults and the repairs one may choose: what the exercise of lesson 2.5 hands out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from typing import Any

from ... import datasets
from ...errors import NotFound
from .findings import Review
from .review import lint
from .spec import Card, load

_WEIGHT = {"error": 2, "warning": 1, "suggestion": 0}


@dataclass(frozen=True)
class Choice:
    """One thing to decide: its name, the options in words, and the edits that each makes."""

    name: str
    options: tuple[str, ...]
    edits: tuple[tuple[Mapping[str, Any], ...], ...]


@dataclass(frozen=True)
class Broken:
    """A card with faults. story: what its maker thought. choices: what may be changed. right: the letters that mend it."""

    card: Card
    story: str
    choices: tuple[Choice, ...]
    right: str

    def repaired(self, letters: str) -> Card:
        """The card after one option a choice (A is the first); raises NotFound for a letter that is none."""
        card = self.card
        if len(letters) != len(self.choices):
            raise NotFound(f"「{self.card.name}」要選 {len(self.choices)} 項", next_step="每一項給一個字母")
        for letter, choice in zip(letters, self.choices, strict=True):
            place = ord(letter) - ord("A")
            if not 0 <= place < len(choice.options):
                raise NotFound(
                    f"「{choice.name}」沒有 {letter}",
                    next_step=f"可以選 A 到 {chr(64 + len(choice.options))}",
                )
            for edit in choice.edits[place]:
                card = edited(card, edit)
        return card

    def share(self, letters: str) -> float:
        """Part (0–1) of the first faults' weight that is gone; an error weighs two, a warning one."""
        first = weight(reviewed(self, ""))
        return max(0.0, 1 - weight(reviewed(self, letters)) / first)


def edited(card: Card, edit: Mapping[str, Any]) -> Card:
    """The card after one edit: of a block, of a shape, or of its own fields."""
    fields = {name: value for name, value in edit.items() if name not in ("block", "shape")}
    if "shape" in edit:
        shapes = list(card.shapes)
        shapes[edit["shape"]] = replace(shapes[edit["shape"]], **fields)
        return replace(card, shapes=tuple(shapes))
    return card.changed(edit.get("block"), **fields)


def weight(review: Review) -> int:
    """How much there is to mend: two for an error, one for a warning."""
    return sum(_WEIGHT[finding.severity] for finding in review)


_reviews: dict[tuple[str, str], Review] = {}


def reviewed(broken: Broken, letters: str) -> Review:
    """What is found after these repairs (none for an empty string); kept, because a card is asked for many times."""
    key = (broken.card.name, letters)
    if key not in _reviews:
        _reviews[key] = lint(broken.repaired(letters) if letters else broken.card)
    return _reviews[key]


def ways(broken: Broken) -> Sequence[str]:
    """Every way to repair it, as letters."""
    return ["".join(p) for p in product(*("ABCDEFGH"[: len(choice.options)] for choice in broken.choices))]


@cache
def broken_cards() -> dict[str, Broken]:
    """The eight cards of ``planning/broken_cards.yml`` by name.

    >>> len(broken_cards())
    8
    """
    found = datasets.yaml_of(datasets.path("planning/broken_cards.yml"))
    made = {}
    for spec in found["cards"]:
        told = found["repairs"][spec["name"]]
        choices = tuple(
            Choice(
                c["name"],
                tuple(o["words"] for o in c["options"]),
                tuple(tuple(o["edits"]) for o in c["options"]),
            )
            for c in told["choices"]
        )
        made[spec["name"]] = Broken(load(spec), told["story"], choices, told["right"])
    return made
