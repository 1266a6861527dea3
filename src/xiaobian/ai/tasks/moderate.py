"""Labels, reasons and a suggested action for comments; a person decides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

from ...errors import TableError
from ...sandbox.words.templates import ACTIONS
from ..checks import Row
from ..offline import moderation
from ..result import Result
from .flow import run
from .prompts import PROMPTS

if TYPE_CHECKING:
    from ..client import Assistant

Label = Literal[
    "selfharm", "threat", "hate", "insult", "sexual", "personal_data", "scam", "illicit", "spam", "rumor", "legal", "complaint"
]  # fmt: skip
Action = Literal["none", "like", "reply", "private", "hide", "report", "escalate", "care"]

MOST = 20
"""Comments in one request (設計參數): a person reads along."""


class Verdict(BaseModel):
    """One comment's labels."""

    model_config = ConfigDict(extra="ignore")

    index: int = Field(ge=0, le=MOST)
    labels: list[Label] = Field(max_length=6)
    action: Action
    reason: str = Field(max_length=200)


class Verdicts(BaseModel):
    """What the task answers."""

    model_config = ConfigDict(extra="ignore")

    verdicts: list[Verdict] = Field(min_length=1, max_length=MOST)


def moderate(assistant: Assistant, comments: Sequence[str] | str) -> Result:
    """Judge up to 20 comments. Where the rules find something graver than the model, the rules stand.

    Raises TableError for none or too many.

    >>> import xiaobian as xb
    >>> moderate(xb.ai.connect(), ["加 LINE 領獎", "好吃"]).data.verdicts[0].labels
    ['scam']
    """
    given = [comments] if isinstance(comments, str) else list(comments)
    if not 1 <= len(given) <= MOST:
        raise TableError(f"一次可以看 1 到 {MOST} 則，你給了 {len(given)} 則", where="moderate", next_step="請分批")
    payload = {"comments": {str(i): text for i, text in enumerate(given)}, "categories": moderation.labels(), "actions": ACTIONS}

    def amend(data: Verdicts) -> Verdicts:
        heard = {v.index: v for v in data.verdicts if v.index < len(given)}
        return Verdicts(verdicts=[_graver(i, text, heard.get(i)) for i, text in enumerate(given)])

    def checks(data: Verdicts) -> list[Row]:
        person = [v.index + 1 for v in data.verdicts if v.action in ("care", "escalate", "report")]
        told = f"第 {'、'.join(map(str, person))} 則要請主管看" if person else "沒有要上報的"
        return [Row("每則都有", len(data.verdicts) == len(given), f"{len(data.verdicts)}／{len(given)} 則", "python:count"), Row("要上報的", None if person else True, told, "python:escalate")]

    def text(data: Verdicts) -> str:
        names = moderation.labels()
        return "\n".join(
            f"{v.index + 1}. {'、'.join(names[label] for label in v.labels) or '沒有標籤'}｜{ACTIONS[v.action]}｜{v.reason}" for v in data.verdicts
        )

    return run(
        assistant, "moderate", PROMPTS["moderate"], payload, Verdicts, text, checks, foreign=("comments",),
        max_tokens=200 + 120 * len(given), amend=amend,
    )  # fmt: skip


def _graver(index: int, text: str, heard: Verdict | None) -> Verdict:
    ruled = Verdict(**moderation.verdict(index, text))
    if heard is None:
        return ruled
    rank = moderation.GRAVITY.index
    if rank(ruled.action) > rank(heard.action):
        labels = list(dict.fromkeys([*ruled.labels, *heard.labels]))
        return ruled.model_copy(update={"labels": labels[:6]})
    return heard
