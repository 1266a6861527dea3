"""Explorer: a week of posts by three simple rules, before anyone says what it is worth."""

from __future__ import annotations

from ..plotting import Chart
from ..sandbox import World, weeks
from .controls import labelled
from .explorer import explorer
from .panel import Panel


def week_planner(world: World, choose: str = "strong", when: str = "evening", spread: str = "turns") -> Panel:
    """Drop-downs for what to post, at what time and how spread; the week's board follows every change."""
    choices = {
        "choose": labelled("先發哪些：", _named(weeks.CHOOSE), choose),
        "when": labelled("幾點發：", _named(weeks.WHEN), when),
        "spread": labelled("怎麼分：", _named(weeks.SPREAD), spread),
    }

    def draw(choose: str, when: str, spread: str) -> tuple[Chart, str]:
        schedule = weeks.follow(world, choose, when, spread)
        chart = weeks.board(world, schedule)
        return chart, f"{chart.summary}。值多少要等你承諾之後才揭曉。"

    return explorer(choices, draw, "用三個規則排一週，看貼文落在哪裡。")


def _named(rules: dict[str, str]) -> dict[str, str]:
    return {words: name for name, words in rules.items()}
