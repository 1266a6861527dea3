"""The course as a map: done, next, badges."""

from __future__ import annotations

import html
from dataclasses import dataclass
from itertools import groupby

from .. import datasets, records
from ..datasets import Lesson
from . import bank
from .exercise import Exercise
from .outcome import State

DONE, BEGUN, OPEN, COMING = "完成", "進行中", "可以開始", "籌備中"
ICON = {DONE: "✓", BEGUN: "◐", OPEN: "○", COMING: "·"}
COLOUR = {DONE: "#0A4A78", BEGUN: "#B08A10", OPEN: "#22303C", COMING: "#5B6875"}


@dataclass(frozen=True)
class Step:
    """A lesson with its state; its points once it is begun."""

    lesson: Lesson
    state: str
    earned: float = 0.0
    total: int = 0


def _step(lesson: Lesson) -> Step:
    if not bank.exists(lesson.id):
        return Step(lesson, COMING)
    if not records.read(lesson.id)["questions"]:
        return Step(lesson, OPEN)  # without loading its questions and what they build on
    exercise = Exercise(lesson.id)
    earned, total = exercise.points()
    required = [q for q in exercise if not q.question.research]
    if all(q.stored().state is State.PASSED for q in required):
        return Step(lesson, DONE, earned, total)
    begun = any(q.record() for q in exercise)
    return Step(lesson, BEGUN if begun else OPEN, earned, total)


class Progress:
    """All lessons with their states; a lesson whose panel questions are all passed is a badge."""

    def __init__(self, steps: list[Step]) -> None:
        self.steps = steps

    @property
    def next(self) -> Step | None:
        return next((s for s in self.steps if s.state in (BEGUN, OPEN)), None)

    @property
    def badges(self) -> list[str]:
        return [s.lesson.title for s in self.steps if s.state == DONE]

    def _headline(self) -> str:
        ready = sum(s.state != COMING for s in self.steps)
        follow = (
            f"下一課：{self.next.lesson.id} {self.next.lesson.title}" if self.next else "現有的課都完成了"
        )
        return f"{len(self.steps)} 課裡已開放 {ready} 課，完成 {len(self.badges)} 課。{follow}。"

    def _chapters(self) -> list[tuple[str, list[Step]]]:
        return [(name, list(steps)) for name, steps in groupby(self.steps, lambda s: s.lesson.chapter)]

    def __repr__(self) -> str:
        lines = [self._headline()]
        for name, steps in self._chapters():
            lines.append(f"{name}　" + "　".join(f"{ICON[s.state]} {s.lesson.id}" for s in steps))
        return "\n".join([*lines, "圖例：" + "、".join(f"{ICON[s]} {s}" for s in ICON)])

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><th scope="row" style="text-align:left;vertical-align:top;padding:8px 16px 8px 0;white-space:nowrap;'
            f'background:#FFFFFF">{name}</th><td style="text-align:left;background:#FFFFFF;padding:4px 0">'
            f"{''.join(map(_cell, steps))}</td></tr>"
            for name, steps in self._chapters()
        )
        return (
            '<div style="max-width:960px;font-size:16px;color:#22303C;background:#FFFFFF;padding:8px 16px;'
            f'border:1px solid #E3E8EC"><strong>{self._headline()}</strong>'
            f'<table style="border-collapse:collapse;font-size:14px;margin:8px 0">{rows}</table></div>'
        )


def _cell(step: Step) -> str:
    points = f" {round(step.earned, 1):g}/{step.total}" if step.state in (BEGUN, DONE) else ""
    border = "1px dashed #C9D2D9" if step.state == COMING else f"1px solid {COLOUR[step.state]}"
    title = html.escape(f"{step.lesson.title}：{step.lesson.outcome}（{step.state}）")
    return (
        f'<span title="{title}" style="display:inline-block;border:{border};border-radius:4px;padding:2px 8px;'
        f'margin:3px 6px 3px 0;color:{COLOUR[step.state]};background:#FFFFFF;white-space:nowrap">'
        f"{ICON[step.state]} {step.lesson.id} {html.escape(step.lesson.title)}{points}</span>"
    )


def progress() -> Progress:
    """The learner's way through the course, from the answers on disk."""
    return Progress([_step(lesson) for lesson in datasets.course().values()])
