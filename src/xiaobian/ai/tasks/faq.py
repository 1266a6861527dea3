"""A customer's question: the approved answer when it is sure, a person when it is not."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from ..checks import Row
from ..offline import faq as bots
from ..offline.escalation import alarm
from ..result import Result
from .flow import run
from .prompts import PROMPTS

if TYPE_CHECKING:
    from ..client import Assistant


class FAQ(BaseModel):
    """What the task answers; ``answer`` is the approved wording, never written by a model."""

    model_config = ConfigDict(extra="ignore")

    action: Literal["answer", "person"]
    faq_id: str = Field(max_length=60)
    reason: str = Field(max_length=200)
    answer: str = Field(default="", max_length=1000)


def faq(assistant: Assistant, question: str, *, today: date | None = None, file: Path | None = None) -> Result:
    """Answer or hand over. A model only picks among candidates; rules, expiry and sending are decided here.

    >>> import xiaobian as xb
    >>> faq(xb.ai.connect(), "請問可以帶狗進去嗎").data.faq_id
    'pets'
    """
    bot, day = bots.bot(file), today or date.today()
    found = bot.ask(question, day)
    near = [name for name, _ in found.near]
    payload = {
        "question": question, "today": day.isoformat(),
        "candidates": {name: bot.by_id[name].question for name in near},
        **({"file": str(file)} if file and not assistant.is_ai else {}),
    }  # fmt: skip
    schema: Any = create_model(
        "FAQChoice", __base__=FAQ, faq_id=(Literal[(*near, bots.NONE)], ...)  # type: ignore[misc]
    )

    def amend(data: Any) -> Any:
        return data.model_copy(update=_decided(data, question, day, bot, found))

    def checks(data: FAQ) -> list[Row]:
        entry = bot.by_id.get(data.faq_id)
        sent = data.action == "answer"
        return [
            Row("核准答案", not sent or (entry is not None and data.answer == entry.answer), "只用核准過的文字" if sent else "沒有自動回答", "python:approved"),
            Row("沒有過期", not sent or (entry is not None and entry.holds(day)), "答案還有效" if sent else found.reason, "python:valid"),
            Row("該轉真人的有轉", not (sent and alarm(question)), "升級規則沒有響" if not found.alarm else found.alarm.say(), "python:escalate"),
        ]

    return run(
        assistant, "faq", PROMPTS["faq"], payload, schema,
        lambda data: data.answer if data.action == "answer" else f"轉真人：{data.reason}", checks,
        foreign=("question",), max_tokens=300, amend=amend, sources=[entry.answer for entry in bot.by_id.values()],
    )  # fmt: skip


def _decided(data: Any, question: str, day: date, bot: bots.Bot, found: bots.Answer) -> dict[str, Any]:
    """What is really done with a choice: nothing goes out that the rules stop, the file lacks or time has overtaken."""
    if found.alarm is not None or (found.action == "person" and data.faq_id == bots.NONE):
        return {"action": "person", "faq_id": bots.NONE, "reason": found.reason[:200], "answer": ""}
    entry = bot.by_id.get(data.faq_id)
    if entry is None or data.action == "person":
        return {"action": "person", "faq_id": bots.NONE, "answer": ""}
    if entry.escalate or not entry.holds(day):
        why = "這一題規定由真人回" if entry.escalate else f"那份答案 {entry.valid_until} 就過期了"
        return {"action": "person", "faq_id": bots.NONE, "reason": f"像「{entry.question}」，{why}", "answer": ""}
    if found.case >= bots.ALARMING:
        return {"action": "person", "faq_id": bots.NONE, "reason": "讀起來像抱怨或個案，請真人看過再回", "answer": ""}
    return {"action": "answer", "faq_id": entry.id, "answer": entry.answer}
