"""Headline variants from sentence patterns: deterministic by seed, clearly different from each other."""

from __future__ import annotations

from typing import Any

import regex

from ... import lint
from ..briefs import Brief
from ..grounding import ungrounded
from . import grammar

LONGEST = 32
"""Signs a headline may have (設計參數): one line of a phone's feed."""
SPARE = 4


def headlines(brief: Brief, n: int, seed: int = 0, longest: int = LONGEST) -> list[dict[str, Any]]:
    """n variants, or as many as the patterns can fill: text, technique and its label.

    >>> len(headlines(Brief(product="米穀戚風"), 8))
    8
    """
    banned = [word for word in brief.must_avoid if word]
    candidates = [
        (pattern, text) for pattern, text in grammar.sentences("headline", brief, seed)
        if _is_fine(text, brief, longest) and not any(word in text for word in banned)
    ]  # fmt: skip
    names = [brief.product, *(fact.text for fact in brief.facts)]
    wanted = [c for c in candidates if all(word in c[1] for word in brief.must_include)]
    ordered = wanted + [c for c in candidates if c not in wanted] if brief.must_include else candidates
    chosen = grammar.diverse(ordered, n, names)
    labels = grammar.labels("headline")
    return [{"text": text, "technique": p.technique, "label": labels[p.technique]} for p, text in chosen]


def _is_fine(text: str, brief: Brief, longest: int) -> bool:
    """Short enough, names the product at most once, says no number the brief does not have, in Taiwan's words."""
    return (
        len(regex.findall(r"\X", text)) <= longest
        and text.count(brief.product) <= 1
        and not ungrounded(text, brief.source)
        and not lint.check(text)
    )
