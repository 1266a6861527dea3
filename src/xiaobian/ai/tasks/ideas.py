"""Content ideas as an angle matrix: pain × benefit × evidence × action."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from ..briefs import GOALS, Brief
from ..briefs import brief as as_brief
from ..checks import Given, Row, standard
from ..result import Result
from .flow import run
from .prompts import PROMPTS

if TYPE_CHECKING:
    from ..client import Assistant

Format = Literal["text", "image", "carousel", "video", "short_video", "story", "live", "poll", "link"]


class Idea(BaseModel):
    """One cell of the matrix. evidence_id: a fact of the brief, or empty when one has still to be found."""

    model_config = ConfigDict(extra="ignore")

    angle: str = Field(max_length=20)
    title: str = Field(min_length=2, max_length=60)
    hook: str = Field(max_length=80)
    pain: str = Field(max_length=80)
    benefit: str = Field(max_length=80)
    evidence_id: str = Field(max_length=40)
    evidence: str = Field(max_length=320)
    action: str = Field(max_length=80)
    format: Format


class Ideas(BaseModel):
    """What the task answers."""

    model_config = ConfigDict(extra="ignore")

    ideas: list[Idea] = Field(min_length=1, max_length=12)


def ideas(assistant: Assistant, brief: Any, n: int = 6, *, seed: int = 0) -> Result:
    """n ideas for a brief, each from another angle and with the fact it leans on.

    >>> import xiaobian as xb
    >>> result = ideas(xb.ai.connect(), {"product": "冷泡金萱", "facts": ["無糖"]}, n=2)
    >>> [idea.evidence_id for idea in result.data.ideas]
    ['f1', 'f1']
    """
    order = as_brief(brief)
    n = max(1, min(12, n))
    payload = {"brief": order.payload(), "goal": GOALS[order.goal], "n": n, "seed": seed}

    def checks(data: Ideas) -> list[Row]:
        given = Given(source=(order.source,))
        rows = []
        for place, idea in enumerate(data.ideas, 1):
            name = f"第 {place} 個"
            rows += [check.run(_told(idea), given, name) for check in standard(must_avoid=order.must_avoid)]
            rows.append(_evidence(idea, order, name))
        angles = len({idea.angle for idea in data.ideas})
        return [*rows, Row("角度不同", angles >= min(len(data.ideas), 4), f"{len(data.ideas)} 個點子有 {angles} 種角度", "python:angles", "整組")]

    def text(data: Ideas) -> str:
        return "\n\n".join(
            f"{place}. {idea.title}（{idea.angle}／{idea.format}）\n開頭：{idea.hook}\n痛點：{idea.pain}\n"
            f"好處：{idea.benefit}\n證據：{idea.evidence}\n行動：{idea.action}"
            for place, idea in enumerate(data.ideas, 1)
        )

    return run(
        assistant, "ideas", PROMPTS["ideas"], payload, Ideas, text, checks, max_tokens=300 + 350 * n,
        notes=() if order.facts else ("簡報沒有事實，證據欄要先補上才能發",),
    )  # fmt: skip


def _told(idea: Idea) -> str:
    return "\n".join((idea.title, idea.hook, idea.pain, idea.benefit, idea.evidence, idea.action))


def _evidence(idea: Idea, order: Brief, name: str) -> Row:
    if not idea.evidence_id:
        return Row("證據", None if not order.facts else False, "這個點子還沒有證據，請補一個事實", "python:evidence", name)
    known = order.fact(idea.evidence_id)
    told = f"依據 {idea.evidence_id}：{known}" if known else f"簡報裡沒有 {idea.evidence_id} 這個事實"
    return Row("證據", bool(known), told, "python:evidence", name)
