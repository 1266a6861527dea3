"""From the inputs of a task to the rules that answer it, and back to the task's schema."""

from __future__ import annotations

from typing import Any

from ...sandbox.words.templates import INTENTS
from ..briefs import Brief
from ..briefs import brief as as_brief

Payload = dict[str, Any]


def _brief(payload: Payload) -> Brief:
    return as_brief(payload["brief"])


def headlines(payload: Payload) -> Payload:
    from .headlines import LONGEST, headlines

    longest = int(payload.get("longest", LONGEST))
    return {"variants": headlines(_brief(payload), int(payload["n"]), int(payload.get("seed", 0)), longest)}


def ideas(payload: Payload) -> Payload:
    from .ideas import ideas

    return {"ideas": ideas(_brief(payload), int(payload["n"]), int(payload.get("seed", 0)))}


UNSURE = 0.5
"""Below this probability of the intent the comment is left to a person (設計參數)."""

_GRAVE = {"food_safety": 1, "injury": 1, "medical": 1, "legal": 0, "selfharm": 0, "refund_dispute": 0, "damaged": 0}
"""Alarms that a reply takes to private messages, and which of the private templates fits."""


def reply(payload: Payload) -> Payload:
    from . import replies
    from .escalation import alarm
    from .intents import intent

    comment, known = str(payload["comment"]), dict(payload.get("known") or {})
    label, sure = intent(comment)
    struck = alarm(comment)
    grave = "move_to_private" if struck is not None and struck.rule in _GRAVE else ""
    template = replies.choose(label, known, str(payload.get("tone") or "") or grave, int(payload.get("turn", 0)) + (_GRAVE[struck.rule] if grave and struck else 0))
    text, gone = replies.fill(template, known)
    doubtful = struck is None and sure < UNSURE
    if doubtful:
        why = f"看不出這則留言要什麼（最像「{INTENTS[label]}」，把握 {sure:.0%}），請人判斷"
        return {"intent": label, "template_id": "", "reply": "", "escalate": True, "reason": why, "missing": []}
    person = struck is not None or label in replies.PERSONS
    why = f"照「{template.id}」這個核准模板"
    if person:
        why = struck.say() if struck else f"「{INTENTS[label]}」這類留言規定由真人處理"
    return {
        "intent": label, "template_id": template.id, "reply": text, "escalate": person, "reason": why[:200],
        "missing": [replies.slot_labels()[slot] for slot in gone],
    }  # fmt: skip


def summarize(payload: Payload) -> Payload:
    from ...text.summary import bullet, extract

    found = {int(place): str(text) for place, text in dict(payload["sentences"]).items()}
    whole = "\n".join(" ".join(text.split()) for text in found.values())
    places = list(found)
    chosen = extract(whole, int(payload["k"]))
    by_text = {" ".join(text.split()): place for place, text in reversed(found.items())}
    points = [{"text": bullet(s.text)[:200], "sources": [by_text.get(s.text, places[min(s.place, len(places) - 1)])]} for s in chosen]
    return {"points": points or [{"text": bullet(found[places[0]])[:200].ljust(2, "。"), "sources": [places[0]]}]}


def rewrite(payload: Payload) -> Payload:
    from .rewriting import rewrite

    tags = [str(tag) for tag in payload.get("tags") or []]
    return {"versions": [rewrite(str(payload["text"]), name, str(payload.get("cta") or ""), tags) for name in payload["platforms"]]}


def faq(payload: Payload) -> Payload:
    from datetime import date
    from pathlib import Path

    from .faq import NONE, as_payload, bot

    file = Path(payload["file"]) if payload.get("file") else None
    found = bot(file).ask(str(payload["question"]), date.fromisoformat(str(payload["today"])))
    made = as_payload(found)
    return {**made, "answer": "", "faq_id": made["faq_id"] if made["faq_id"] in payload["candidates"] else NONE}


def moderate(payload: Payload) -> Payload:
    from .moderation import verdict

    return {"verdicts": [verdict(int(place), str(text)) for place, text in dict(payload["comments"]).items()]}


def image_prompt(payload: Payload) -> Payload:
    from .image_words import build

    return {**build(payload["spec"]), "midjourney": "", "canva": "", "gpt_image": "", "rights": [], "size": ""}


def schedule(payload: Payload) -> Payload:
    facts, candidates = dict(payload["facts"]), dict(payload["candidates"])
    if payload["abstained"] or not candidates:
        return {"slot": "none", "explanation": f"先不選。{facts['結論']}"[:400]}
    slot, numbers = next(iter(candidates.items()))
    told = f"建議{numbers['時段']}：估計比平常{numbers['比平常']}（{facts['區間']} 區間 {numbers['區間']}，這個時段有 {numbers['貼文數']}）。{facts['結論']}"
    return {"slot": slot, "explanation": told[:400]}


def choose_kpi(payload: Payload) -> Payload:
    goal, catalogue, facts = str(payload["goal"]), dict(payload["catalogue"]), dict(payload.get("facts") or {})
    first = [name for name, row in catalogue.items() if goal in row["primary"]]
    beside = [name for name, row in catalogue.items() if goal in row["support"]]
    chosen = first[0] if first else beside[0]
    row = catalogue[chosen]
    now = f"目前{facts[chosen]}。" if chosen in facts else ""
    told = f"目標是「{payload['goal_zh']}」，先看{row['title']}，算法是「{row['formula']}」。{now}要小心：{row['beware']}。"
    return {"kpi_id": chosen, "support": [name for name in beside if name != chosen][:2], "explanation": told}
