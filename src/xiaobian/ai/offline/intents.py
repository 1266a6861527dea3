"""What a comment wants: the rules of escalation first, then the trained classifier."""

from __future__ import annotations

from ...text import classify
from .escalation import alarm

BY_RULE = {
    "selfharm": "selfharm", "legal": "legal", "food_safety": "complaint", "injury": "complaint", "refund_dispute": "complaint",
    "damaged": "complaint", "staff": "complaint", "angry": "complaint",
}  # fmt: skip
"""Escalation rules that leave no doubt of the intent."""
GLAD = ("praise", "banter", "tag", "wish")
"""Where the classifier reads one of these, a strong word (氣死、誇張) may well be praise: the alarm stays, the intent too."""


def intent(text: str) -> tuple[str, float]:
    """Intent and its probability, 0–1.

    >>> intent("我要找律師告你們")[0]
    'legal'
    """
    row = classify.intent([text]).iloc[0]
    label, p = str(row["label"]), float(row["p"])
    struck = alarm(text)
    if struck is None or struck.rule not in BY_RULE or (struck.rule == "angry" and label in GLAD) or label == "rumor":
        return label, p
    return BY_RULE[struck.rule], 1.0
