"""The five outcomes of an answer, as words, an icon and a sentence."""

from __future__ import annotations

import html
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """What became of an answer."""

    UNANSWERED = "未作答"
    PASSED = "通過"
    PARTIAL = "部分通過"
    FAILED = "未通過"
    ERROR = "執行錯誤"


LOOK: dict[State, tuple[str, str]] = {
    State.UNANSWERED: ("–", "#5B6875"),
    State.PASSED: ("✓", "#0A4A78"),
    State.PARTIAL: ("◐", "#B08A10"),
    State.FAILED: ("✗", "#A63F16"),
    State.ERROR: ("!", "#A63F16"),
}


@dataclass(frozen=True)
class Outcome:
    """State, one specific sentence, and a score from 0 to 1 that is 0 on average for a blind guess."""

    state: State
    message: str
    score: float = 0.0

    def __repr__(self) -> str:
        return f"{LOOK[self.state][0]} {self.state}｜{self.message}"

    def _repr_html_(self) -> str:
        icon, colour = LOOK[self.state]
        return (
            f'<div role="status" aria-live="polite" style="border:1px solid #E3E8EC;border-left:4px solid {colour};'
            "background:#FFFFFF;color:#22303C;padding:8px 16px;margin:8px 0;max-width:960px;font-size:16px;"
            f'line-height:1.6"><strong style="color:{colour}">{icon} {self.state}</strong>　'
            f"{_lines(self.message)}</div>"
        )


def _lines(text: str) -> str:
    return html.escape(text).replace("\n", "<br>")


def unanswered(message: str) -> Outcome:
    """The outcome of a blank."""
    return Outcome(State.UNANSWERED, message)


def graded(score: float, right: str, wrong: str) -> Outcome:
    """The outcome that a score (0–1) stands for, with the sentence that fits.

    >>> graded(0.5, "全對", "再看一次第二項").state.value
    '部分通過'
    """
    if score >= 1 - 1e-9:
        return Outcome(State.PASSED, right, 1.0)
    if score > 1e-9:
        return Outcome(State.PARTIAL, wrong, float(score))
    return Outcome(State.FAILED, wrong)
