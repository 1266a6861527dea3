"""Explorer of automatic replies: how sure the bot must be, and whether rules hand over first."""

from __future__ import annotations

import pandas as pd

from ..ai import inbox
from ..plotting import Chart
from .controls import labelled
from .explorer import explorer
from .panel import Panel

THRESHOLDS = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95)
RULES = {"先過轉真人的規則": "rules", "不用規則": "none"}


def faq_explorer(messages: pd.DataFrame, threshold: float = 0.0, rules: str = "none") -> Panel:
    """Drop-downs for the threshold and the rules; what became of each message follows.

    messages: text, gold, person; the bot reads them once.
    """
    known = inbox.scored(messages)
    choices = {
        "threshold": labelled("把握多少才回：", {f"{t:.0%} 以上": str(t) for t in THRESHOLDS}, str(threshold)),
        "rules": labelled("規則：", RULES, rules),
    }

    def draw(threshold: str, rules: str) -> tuple[Chart, str]:
        found = inbox.bot_answers(known, float(threshold), rules == "rules")
        return found.plot(), found.say()

    return explorer(choices, draw, "換門檻和規則，看自動回了幾則、對幾則、不該回的有幾則。")
