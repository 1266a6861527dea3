"""Explorers of A/B tests: how long a test must run, and what looking early does."""

from __future__ import annotations

from ..analytics import ab_plan, stopping
from ..plotting import Chart
from .controls import labelled
from .explorer import explorer
from .panel import Panel

RATES = (0.005, 0.012, 0.02, 0.03, 0.05, 0.1, 0.3)
LIFTS = (0.05, 0.1, 0.2, 0.3, 0.5)
WEEKLY = (1_000, 3_000, 8_400, 20_000, 50_000, 200_000)
LOOKS = (1, 2, 5, 10, 20, 40)
TRUE_LIFTS = {"沒有差別": 0.0, "B 真的好 10%": 0.1, "B 真的好 20%": 0.2, "B 真的好 40%": 0.4}


def plan_explorer(rate: float = 0.012, lift: float = 0.1, weekly: int = 8_400) -> Panel:
    """Drop-downs for the rate now (0–1), the lift worth having (relative) and people a week; weeks needed follow.

    A value that is not on the list is added to it.
    """
    choices = {
        "rate": labelled("現在的比率：", {f"{x:.1%}": str(x) for x in sorted({*RATES, rate})}, str(rate)),
        "lift": labelled("想看出：", {f"+{x:.0%}": str(x) for x in sorted({*LIFTS, lift})}, str(lift)),
        "weekly": labelled("一週有：", {f"{x:,} 人": str(x) for x in sorted({*WEEKLY, weekly})}, str(weekly)),
    }

    def draw(rate: str, lift: str, weekly: str) -> tuple[Chart, str]:
        plan = ab_plan(float(rate), lift=float(lift), daily=int(weekly) / 7)
        return plan.plot(), plan.say()

    return explorer(choices, draw, "換比率、提升和每週人數，看一個測試要跑幾週。")


def peeking_explorer(way: str = "peek", looks: int = 20, lift: float = 0.0) -> Panel:
    """Drop-downs for the way of stopping, the number of looks and the true lift; many simulated tests follow."""
    choices = {
        "way": labelled("怎麼停：", {words: name for name, words in stopping.WAYS.items()}, way),
        "looks": labelled("看幾次：", {f"{n} 次": str(n) for n in LOOKS}, str(looks)),
        "lift": labelled("真相：", {words: str(value) for words, value in TRUE_LIFTS.items()}, str(lift)),
    }

    def draw(way: str, looks: str, lift: str) -> tuple[Chart, str]:
        found = stopping.peeking(way, looks=int(looks), lift=float(lift))
        return found.plot(), found.say()

    return explorer(choices, draw, "換停法、次數和真相，看幾千個模擬測試有多少喊出贏家。")
