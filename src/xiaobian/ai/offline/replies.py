"""A reply from the approved templates: intent → template → slots that are known; what is not known stays visible."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from ... import datasets
from .grammar import LOADER, tidy

_ORDER = {
    "praise": ("thank", "ask_details"), "question": ("inform", "ask_details", "move_to_private"),
    "complaint": ("ask_details", "move_to_private", "apologise"), "wish": ("thank", "ask_details"),
    "tag": ("thank", "ask_details"), "banter": ("thank",), "order": ("ask_details", "thank"),
    "answer": ("thank",), "troll": ("inform", "ask_details"), "scam": ("inform", "move_to_private"),
    "legal": ("move_to_private",), "selfharm": ("thank", "move_to_private"), "personal_data": ("inform", "move_to_private"),
    "rumor": ("ask_details", "move_to_private"),
}  # fmt: skip
"""Which tone is tried first for an intent (設計參數)."""

PERSONS = ("legal", "selfharm", "personal_data", "rumor", "troll", "complaint", "scam")
"""Intents that a person must answer, whatever the template."""

MISSING = "【請填：{}】"
_MISSING = re.compile(r"【請填：([^】]*)】")


@dataclass(frozen=True)
class Template:
    """One approved reply. slots: what must be filled; unchanged: whether it may be approved as it stands."""

    id: str
    intent: str
    tone: str
    text: str
    slots: tuple[str, ...]
    must_not: tuple[str, ...]
    unchanged: bool


@cache
def _declared() -> dict[str, Any]:
    return dict(yaml.load(datasets.path("ai/reply_templates.yml").read_text(encoding="utf-8"), Loader=LOADER))


@cache
def templates() -> tuple[Template, ...]:
    """All approved replies."""
    return tuple(
        Template(r["id"], r["intent"], r["tone"], r["text"], tuple(r["slots"]), tuple(r["must_not"]), bool(r["send_unchanged"]))
        for r in _declared()["replies"]
    )


def of_intent(intent: str) -> list[Template]:
    """The approved replies of one intent, the tone that is tried first before the others."""
    order = _ORDER.get(intent, ())
    return sorted(
        (t for t in templates() if t.intent == intent),
        key=lambda t: order.index(t.tone) if t.tone in order else len(order),
    )


def slot_labels() -> dict[str, str]:
    """What each slot asks for."""
    return dict(_declared()["slots"])


def tones() -> dict[str, str]:
    """正體中文 label of each tone."""
    return dict(_declared()["tones"])


@cache
def _names() -> tuple[tuple[str, ...], tuple[str, ...]]:
    brand = datasets.brand()
    shops = ("嘉義老店", "台南店", "高雄店", "台中店", "新竹店", "台北店")
    return tuple(sorted(map(str, brand["products"]), key=len, reverse=True)), shops


def known(comment: str, thread: str = "", answer: str = "") -> dict[str, str]:
    """What can be filled in from the comment, the post above it and the brand's card; never guessed."""
    products, shops = _names()
    brand = datasets.brand()
    made = {"channel": f"官方 LINE {brand['accounts']['line']['handle']}", "role": f"{brand['people']['ziqing']['role']}{brand['people']['ziqing']['name']}"}
    for text in (comment, thread):
        for product in products:
            if "product" not in made and (product in text or any(p in text for p in (product[-2:],) if len(product) > 2)):
                made["product"] = product
        for shop in shops:
            if "branch" not in made and shop.removesuffix("店").removesuffix("老") in text:
                made["branch"] = shop
    if answer:
        made["answer"] = answer
    return made


def fill(template: Template, values: dict[str, str]) -> tuple[str, list[str]]:
    """The reply with what is known, and the slots that a person has still to fill.

    >>> fill(of_intent("tag")[0], {})
    ('謝謝你帶朋友來，位子替你們擦好了。', [])
    """
    gone = [slot for slot in template.slots if slot not in values]
    labels = slot_labels()
    shown = {slot: values.get(slot, MISSING.format(labels.get(slot, slot))) for slot in template.slots}
    return tidy(template.text.format(**shown)), gone


def choose(intent: str, values: dict[str, str], tone: str = "", turn: int = 0) -> Template:
    """The template with the fewest unknown slots, the wanted tone first; ``turn`` moves on among equals."""
    some = [t for t in of_intent(intent) if t.tone == tone] or of_intent(intent)
    gone = [sum(slot not in values for slot in t.slots) for t in some]
    fits = [t for t, missing in zip(some, gone, strict=True) if missing == min(gone)]
    if intent == "question" and "answer" in values:
        fits = [t for t in fits if "answer" in t.slots and t.tone == (tone or "inform")] or fits
    first = [t for t in fits if t.tone == fits[0].tone]
    return first[turn % len(first)]


def missing(text: str) -> list[str]:
    """What a reply still asks a person to fill in."""
    return _MISSING.findall(text)
