"""Explorer of a summary: how it picks its sentences, how many, and which facts are still there."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..ai.fidelity import Article, FactCheck, cover, factcheck
from ..plotting import Chart
from ..text.summary import extract, lead, sentences
from .controls import labelled
from .explorer import explorer
from .panel import Panel

WAYS = {"取前面幾句": "lead", "工具挑重點句": "extract", "隨便抽": "random", "照「必須留下的事」挑": "cover"}
COUNTS = (2, 3, 4, 5, 6)
_SEED = 4


def picked(article: Article, way: str, k: int) -> list[str]:
    """The k sentences that a way of summarising takes."""
    ways: dict[str, Callable[[], list[str]]] = {
        "lead": lambda: [s.text for s in lead(article.text, k)],
        "extract": lambda: [s.text for s in extract(article.text, k)],
        "random": lambda: _random(article.text, k),
        "cover": lambda: cover(article.text, article.facts, k),
    }
    return ways[way]()


def _random(text: str, k: int) -> list[str]:
    every = [s.text for s in sentences(text)]
    rows = np.random.default_rng(_SEED).choice(len(every), min(k, len(every)), replace=False)
    return [every[i] for i in sorted(rows)]


def summary_explorer(article: Article, way: str = "lead", k: int = 3) -> Panel:
    """Drop-downs for how sentences are picked and how many; the facts that are kept follow."""
    choices = {
        "way": labelled("怎麼取：", WAYS, way),
        "k": labelled("幾句：", {f"{n} 句": str(n) for n in COUNTS}, str(k)),
    }

    def draw(way: str, k: str) -> tuple[Chart, str]:
        found = factcheck(article.text, picked(article, way, int(k)), article.facts)
        return found.plot(), _told(found)

    return explorer(choices, draw, "換取句的方法和句數，看必須留下的事還剩幾件。")


def _told(found: FactCheck) -> str:
    gone = [str(text) for text in found.facts.loc[~found.facts["kept"].astype(bool), "text"]]
    if not gone:
        return f"{len(found.facts)} 件都留住了，篇幅是原文的 {found.length:.0%}。"
    return f"留了 {len(found.facts) - len(gone)} 件，不見的是：{'；'.join(gone)}。"
