"""When to post: the numbers come from the estimator, a model may only pick a slot and explain, or say it cannot be told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from ...analytics.slots.slot_effects import SlotEffects
from ...analytics.slots.words import slot_label
from ..checks import Check, Given, Row
from ..result import Result
from .flow import run
from .prompts import PROMPTS

if TYPE_CHECKING:
    from ..client import Assistant

NONE = "none"
SHOWN = 5


class Schedule(BaseModel):
    """What the task answers."""

    model_config = ConfigDict(extra="ignore")

    slot: str = Field(max_length=20)
    explanation: str = Field(min_length=4, max_length=400)


def schedule(assistant: Assistant, effects: SlotEffects, *, account: str | None = None) -> Result:
    """One slot out of those that ``xb.analytics.slot_effects()`` recommends, with its numbers in words.

    Where the estimator abstains the task does too, whatever a model would like to say.
    """
    abstained = effects.abstained(account)
    best = effects.best(account)
    candidates = {} if abstained else {str(row["slot"]): _numbers(row) for _, row in best.head(SHOWN).iterrows()}
    facts = {
        "結論": effects.say(account), "貼文數": f"{effects.posts} 則", "期間": effects.period,
        "要看出一成差別，每個時段約要": f"{effects.needed} 則", "區間": f"{effects.level:.0%}",
    }  # fmt: skip
    payload = {"abstained": abstained, "candidates": candidates, "facts": facts}
    schema: Any = create_model(
        "SlotChoice", __base__=Schedule, slot=(Literal[(*candidates, NONE)], ...)  # type: ignore[misc]
    )

    def amend(data: Any) -> Any:
        return data.model_copy(update={"slot": NONE}) if abstained else data

    def checks(data: Schedule) -> list[Row]:
        source = "\n".join([*facts, *facts.values(), *(text for one in candidates.values() for text in one.values())])
        kept = not abstained or data.slot == NONE
        return [
            Check("python:grounded").run(data.explanation, Given(source=(source,)), "說明"),
            Check("python:tw-words").run(data.explanation, None, "說明"),
            Row("時段在候選裡", data.slot in (*candidates, NONE), f"選了 {_label(data.slot)}", "python:choice", "選擇"),
            Row("不硬猜", kept, "資料分不出來，沒有選" if abstained else "估計有把握才選", "python:abstain", "選擇"),
        ]

    return run(
        assistant, "schedule", PROMPTS["schedule"], payload, schema,
        lambda data: data.explanation, checks, max_tokens=600, amend=amend,
        notes=("數字全部由程式計算，說明只負責講清楚",),
    )  # fmt: skip


def _label(slot: str) -> str:
    if slot == NONE:
        return "先不選時段"
    return slot_label(int(slot)) if slot.isdigit() else slot_label(slot)


def _numbers(row: Any) -> dict[str, str]:
    """One candidate as texts, so that a model can only copy."""
    return {
        "時段": str(row["label"]), "比平常": f"{row['lift']:+.0%}", "區間": f"{row['lift_low']:+.0%} 到 {row['lift_high']:+.0%}",
        "貼文數": f"{int(row['n'])} 則",
    }  # fmt: skip
