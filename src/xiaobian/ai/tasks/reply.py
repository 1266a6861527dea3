"""A draft reply to a comment, from the approved templates; a person approves it, nothing is posted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

from ...sandbox.words.templates import INTENTS
from ..checks import Given, Row, standard
from ..offline import replies
from ..offline.escalation import alarm
from ..offline.faq import bot
from ..result import Result
from .flow import run
from .prompts import PROMPTS

if TYPE_CHECKING:
    from ..client import Assistant

Intent = Literal[
    "praise", "question", "complaint", "wish", "tag", "banter", "order", "answer", "troll", "scam", "legal", "selfharm",
    "personal_data", "rumor",
]  # fmt: skip
Tone = Literal["", "thank", "ask_details", "apologise", "move_to_private", "inform"]

PROMISES = (
    "退款", "退費", "退錢", "賠償", "補償", "全額", "保證", "一定會", "免費送", "馬上處理好", "絕對", "立刻寄", "再送你", "折扣給你",
    "優惠給你", "永久", "負全責",
)  # fmt: skip


class Reply(BaseModel):
    """What the task answers. missing: what a person has still to fill in."""

    model_config = ConfigDict(extra="ignore")

    intent: Intent
    template_id: str = Field(max_length=40)
    reply: str = Field(max_length=500)
    escalate: bool
    reason: str = Field(max_length=200)
    missing: list[str] = Field(default_factory=list, max_length=6)


def reply(
    assistant: Assistant, comment: str, *, post: str = "", thread: list[str] | None = None, tone: Tone = "", turn: int = 0
) -> Result:  # fmt: skip
    """A draft reply. post: the post above the comment; thread: earlier comments. turn: another of the same tone.

    The rules of escalation decide over the model: what they stop is always for a person.

    >>> import xiaobian as xb
    >>> draft = reply(xb.ai.connect(), "吃完你們的蛋糕一直吐").data
    >>> draft.escalate, draft.intent
    (True, 'complaint')
    """
    struck = alarm(comment)
    found = bot().ask(comment)
    answer = found.text if found.action == "answer" else ""
    context = "\n".join([post, *(thread or [])])
    values = replies.known(comment, context, answer)
    templates = [{"id": t.id, "intent": t.intent, "tone": t.tone, "text": t.text} for t in replies.templates() if not tone or t.tone == tone]
    payload = {
        "comment": comment, "post": post, "thread": list(thread or []), "tone": tone, "turn": turn, "known": values,
        "faq_answer": answer, "intents": INTENTS, "templates": templates,
    }  # fmt: skip

    def amend(data: Reply) -> Reply:
        if struck is not None:
            return data.model_copy(update={"escalate": True, "reason": struck.say()[:200], "missing": replies.missing(data.reply)})
        person = data.escalate or data.intent in replies.PERSONS
        return data.model_copy(update={"escalate": person, "missing": replies.missing(data.reply)})

    def checks(data: Reply) -> list[Row]:
        sources = (comment, context, answer, *values.values(), *(t.text for t in replies.templates()))
        given = Given(source=sources)
        rows = [check.run(data.reply, given, "回覆") for check in standard()]
        return [*rows, _promises(data, answer), _approved(data), _complete(data), _person(data)]

    return run(
        assistant, "reply", PROMPTS["reply"], payload, Reply, lambda data: data.reply or "沒有草稿，請人看過留言再回", checks,
        foreign=("comment", "post", "thread"), max_tokens=900, amend=amend,
        notes=("這是草稿，要由人看過、按下核准才算數；本套件不會自己發佈",),
    )  # fmt: skip


def _promises(data: Reply, answer: str) -> Row:
    made = [word for word in PROMISES if word in data.reply and word not in answer]
    return Row("沒有亂承諾", not made, "沒有超出 FAQ 的承諾" if not made else f"出現承諾字眼「{'、'.join(made)}」", "not-contains-any", "回覆")


def _approved(data: Reply) -> Row:
    known = {t.id: t for t in replies.templates()}
    template = known.get(data.template_id)
    if not data.reply:
        return Row("核准模板", None, "沒有草稿", "python:template", "回覆")
    if template is None:
        return Row("核准模板", False, f"沒有「{data.template_id}」這個模板，請當成一般草稿從頭看", "python:template", "回覆")
    fits = template.intent == data.intent
    told = f"用的是 {template.id}" if fits else f"模板 {template.id} 是給「{INTENTS[template.intent]}」用的"
    if not template.unchanged:
        told += "；這一則規定要由人改寫"
    return Row("核准模板", fits, told, "python:template", "回覆")


def _complete(data: Reply) -> Row:
    return Row("沒有空格", not data.missing, "每一格都填好了" if not data.missing else f"還要補：{'、'.join(data.missing)}", "python:complete", "回覆")


def _person(data: Reply) -> Row:
    return Row("誰來回", None if data.escalate else True, f"轉真人：{data.reason}" if data.escalate else "小編看過就能核准", "python:escalate", "回覆")
