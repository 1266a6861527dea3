"""Which comments may not wait, by the rules of safety of the triage: what the words show, not what is true."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from ..community.triaging import rules
from .setup import words


@dataclass(frozen=True)
class Flag:
    """Why a comment may not wait: id of the rule, what it says, and the key it asks for (reply, hide, escalate, leave)."""

    kind: str
    label: str
    key: str


@lru_cache(maxsize=50_000)
def flag(text: str) -> Flag | None:
    """The first flag of a comment, or None.

    >>> [found and found.kind for found in map(flag, ["好吃", "我要找律師提告"])]
    [None, 'legal']
    """
    plain = text.lower()
    keys = words()["queue"]["needs"]
    found = next((rule for rule in rules() if rule.safety and rule.fires(plain)), None)
    return Flag(found.id, found.says, keys[found.action]["action"]) if found else None
