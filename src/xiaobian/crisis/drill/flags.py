"""Which comments may not wait, by the rules of safety of the triage: what the words show, not what is true."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from ..triaging import rules


@dataclass(frozen=True)
class Flag:
    """Why a comment may not wait: id of the rule and what it says."""

    kind: str
    label: str


@lru_cache(maxsize=50_000)
def flag(text: str) -> Flag | None:
    """The first flag of a comment, or None.

    >>> [found and found.kind for found in map(flag, ["好吃", "我要找律師提告"])]
    [None, 'legal']
    """
    plain = text.lower()
    return next((Flag(rule.id, rule.says) for rule in rules() if rule.safety and rule.fires(plain)), None)
