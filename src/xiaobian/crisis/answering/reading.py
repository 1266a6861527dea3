"""What a statement does, read from its words: image-repair tactics, crisis strategies, and the signs a response carries."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from ... import lint
from ...sandbox.crisis.scenarios import FLAGS

TACTICS = Path(__file__).parent / "tactics.yml"
SIGNS = Path(__file__).parent / "signs.yml"

STRATEGY_OF = {
    "simple_denial": "deny",
    "shift_blame": "deny",
    "attack_accuser": "deny",
    "provocation": "diminish",
    "defeasibility": "diminish",
    "accident": "diminish",
    "good_intentions": "diminish",
    "minimization": "diminish",
    "differentiation": "diminish",
    "transcendence": "diminish",
    "compensation": "rebuild",
    "mortification": "rebuild",
    "corrective_action": "rebuild",
}
"""Crisis strategy that a tactic of image repair belongs to; bolstering goes with any (Coombs 2007 groups them so)."""
MILD = ("minimization", "differentiation")
"""Excuses that beside an open admission only draw a line around it."""
EXCUSES = (
    "simple_denial",
    "shift_blame",
    "provocation",
    "good_intentions",
    "attack_accuser",
    "minimization",
    "differentiation",
)


@cache
def tactics_in(text: str) -> tuple[tuple[str, tuple[int, int]], ...]:
    """Tactics and the places that show them, in the order of the text.

    >>> [tactic for tactic, _ in tactics_in("這是我們的疏失，對不起。")]
    ['mortification', 'mortification']
    """
    return tuple((f.rule.split(".")[-1], f.span) for f in lint.check(text, TACTICS))


def strategies_of(text: str) -> tuple[str, ...]:
    """Crisis strategies a text uses; one that only informs is ``inform``, an empty one ``silence``.

    >>> strategies_of("網傳為不實訊息。"), strategies_of("今晚 8 點更新。"), strategies_of("")
    (('deny',), ('inform',), ('silence',))
    """
    if not text.strip():
        return ("silence",)
    found = [STRATEGY_OF[tactic] for tactic, _ in tactics_in(text) if tactic in STRATEGY_OF]
    return tuple(dict.fromkeys(found)) or ("inform",)


def signs_of_text(text: str) -> dict[str, bool]:
    """The flags of a sandbox response that the words show.

    >>> signs_of_text("請私訊訂單編號")["private_channel"]
    True
    """
    shown = {f.rule.split(".")[-1] for f in lint.check(text, SIGNS)}
    return {name: name in shown for name in FLAGS}


def misfit(text: str, cluster: str | None) -> str:
    """Why the responsibility a text takes does not fit the cluster, in words; empty if it fits."""
    used = {tactic for tactic, _ in tactics_in(text)}
    shifted = used & {"shift_blame"}
    if not text.strip():
        return "還沒有文字。"
    if cluster == "victim":
        owns = _owns(text)
        return "事情不是你造成的，卻全部認下來。先說清楚發生什麼、該怎麼做。" if owns else ""
    if cluster == "preventable":
        wrong = used & set(EXCUSES) - (set(MILD) if _owns(text) else set())
        if wrong:
            return f"這件事本來可以避免，「{_words(text, wrong)}」會被讀成推託。直接承認。"
        return "" if _owns(text) else "沒有說是誰的錯。可預防的事，寫「是我們……」。"
    if cluster == "accidental":
        severed = any(f.rule == "statement.responsibility" for f in lint.check(text, "statement"))
        wrong = used & ({"attack_accuser", "simple_denial"} | ({"shift_blame"} if severed else set()))
        return f"「{_words(text, wrong)}」把責任推開了。說清楚出了什麼錯、你處理哪一段。" if wrong else ""
    return f"「{_words(text, shifted)}」在推責任；客人是跟你買的。" if shifted else ""


def _words(text: str, tactics: set[str]) -> str:
    return next(text[slice(*span)] for tactic, span in tactics_in(text) if tactic in tactics)


def _owns(text: str) -> bool:
    return any(f.rule.endswith("ownership") for f in lint.check(text, SIGNS))
