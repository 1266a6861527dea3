"""Explorer: repair a workflow fault by fault, and see where it goes on, who decides and how long a post takes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from ..planning.workflow.process import Workflow
from ..planning.workflow.samples import REPAIRS, Repair, sample_workflow
from ..planning.workflow.simulate import LeadTime
from ..plotting import Chart
from .controls import labelled
from .explorer import explorer
from .panel import Panel


def workflow_explorer(
    flow: Workflow | None = None, repairs: Mapping[str, Mapping[str, Repair]] | None = None, *,
    posts: int = 80, per_week: float = 5, seed: int = 0,
) -> Panel:  # fmt: skip
    """A drop-down a fault with what could be done; the picture, the check and a small simulation follow.

    flow, repairs: the lesson's without. posts, per_week, seed: of the simulation.
    """
    broken = sample_workflow() if flow is None else flow
    options = REPAIRS["lesson"] if repairs is None else repairs
    keys = {f"repair{i}": name for i, name in enumerate(options)}
    choices = {
        key: labelled(f"{name}：", {word: word for word in options[name]}, next(iter(options[name]))) for key, name in keys.items()
    }
    for choice in choices.values():
        choice.layout.width = "440px"

    @cache
    def through(words: tuple[str, ...]) -> tuple[Workflow, LeadTime]:
        made = broken
        for name, word in zip(options, words, strict=True):
            made = options[name][word](made)
        return made, made.simulate(posts, per_week, seed)

    def draw(**chosen: str) -> tuple[Chart, str]:
        made, taken = through(tuple(chosen[key] for key in keys))
        found = made.check()
        faults = "沒有找到問題。" if found.ok else f"還有 {len(found.faults)} 個問題，先看：{found.faults[0]}"
        return found.plot(), f"{faults} 模擬：{taken.say()}"

    return explorer(choices, draw, "一個問題一個問題修流程，看哪裡還走不下去、一則貼文要幾個工作天。")
