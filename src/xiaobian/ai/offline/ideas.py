"""Ideas as an angle matrix: pain × benefit × evidence × action. A scaffold to write from, and it says so."""

from __future__ import annotations

from typing import Any

from ..briefs import Brief, Fact
from ..grounding import claims
from . import grammar
from .headlines import LONGEST, _is_fine

TO_FIND = "（請填：找一個可以查證的事實）"


def ideas(brief: Brief, n: int, seed: int = 0) -> list[dict[str, Any]]:
    """n ideas, each from another angle as long as there are angles.

    >>> [sorted(idea)[:3] for idea in ideas(Brief(product="記帳 App"), 1)]
    [['action', 'angle', 'benefit']]
    """
    words = grammar.read("idea")
    kind = words["kinds"][brief.of_kind]
    chance = grammar.draw(seed, "ideas", brief.product, brief.audience)
    hooks = _hooks(brief, seed)
    pains = _mixed(chance, brief.pains, kind["pains"])
    benefits = _mixed(chance, brief.benefits, kind["benefits"])
    actions = _mixed(chance, [brief.cta] if brief.cta else [], words["actions"][brief.goal])
    facts = list(brief.facts)
    chance.shuffle(facts)
    angles = [name for name, angle in words["angles"].items() if _possible(name, angle, brief)]
    chance.shuffle(angles)
    found: list[dict[str, Any]] = []
    titles: set[str] = set()
    for place in range(n * 3):
        name = angles[place % len(angles)]
        angle = words["angles"][name]
        left = [t for t in angle["titles"] if t not in titles and ("{audience}" not in t or brief.audience)]
        if not left:
            continue
        title = chance.choice(left)
        titles.add(title)
        hook = _take(hooks, angle["technique"])
        fact = _fitting(facts, hook, place, angle["technique"] == "figure")
        found.append(
            {
                "angle": angle["label"],
                "title": grammar.tidy(title.format(product=brief.product, audience=brief.audience)),
                "hook": hook,
                "pain": pains[place % len(pains)], "benefit": benefits[place % len(benefits)],
                "evidence_id": fact.id if fact else "", "evidence": fact.text if fact else TO_FIND,
                "action": actions[place % len(actions)], "format": chance.choice(angle["formats"]),
            }
        )  # fmt: skip
        if len(found) == n:
            break
    return found


def _fitting(facts: list[Fact], hook: str, place: int, figures: bool) -> Fact | None:
    """The fact that the hook says, else one with a number where that is the angle, else the next in turn."""
    said = [fact for fact in facts if (short := grammar.short(fact.text, grammar.FACT_LENGTH)) and grammar.tidy(short) in hook]
    counted = [fact for fact in facts if figures and claims(fact.text)]
    some = said or counted or facts
    return some[place % len(some)] if some else None


def _possible(name: str, angle: dict[str, Any], brief: Brief) -> bool:
    if name == "deadline":
        return bool(brief.dates)
    if name == "call":
        return bool(brief.audience)
    return name != "figure" or any(claims(fact.text) for fact in brief.facts)


def _mixed(chance: Any, own: Any, general: list[str]) -> list[str]:
    """The brief's own first, then the general ones in an order by chance."""
    rest = [text for text in general if text not in own]
    chance.shuffle(rest)
    return [*own, *rest]


def _hooks(brief: Brief, seed: int) -> dict[str, list[str]]:
    made: dict[str, list[str]] = {}
    for pattern, text in grammar.sentences("headline", brief, seed):
        if _is_fine(text, brief, LONGEST):
            made.setdefault(pattern.technique, []).append(text)
    return made


def _take(hooks: dict[str, list[str]], technique: str) -> str:
    """A hook of the technique, else of any; each is given once."""
    for name in (technique, "question", "scene", "honest", *hooks):
        if hooks.get(name):
            return hooks[name].pop(0)
    return ""
