"""Which rule answers which task."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ...errors import KitError, NotFound

MODEL = "offline-rules-zh"
EMBED_MODEL = "offline-ngram-256"

Payload = dict[str, Any]

NAMES = (
    "headlines", "ideas", "reply", "image_prompt", "summarize", "rewrite", "faq", "moderate", "schedule", "choose_kpi",
)  # fmt: skip
"""Tasks that the rules can answer; each is a function of ``from_payload``."""


def answer(task: str, payload: Payload, schema: Payload | None) -> str:
    """Text of a task's JSON, or an honest plain text for a free prompt; raises NotFound for an unknown task."""
    if not task:
        from .free import reply

        return reply(payload.get("messages") or [])
    if task not in NAMES:
        raise NotFound(f"離線規則引擎沒有「{task}」這個任務", next_step=f"會做的任務：{'、'.join(NAMES)}")
    from . import from_payload

    function: Callable[[Payload], Payload] = getattr(from_payload, task)
    try:
        found = function(payload)
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise KitError(f"「{task}」的輸入不完整", where=type(problem).__name__, next_step="請照任務函式的參數給資料") from problem
    return json.dumps(found, ensure_ascii=False)


def embed(texts: list[str]) -> list[list[float]]:
    """Hashed character 1–2-grams of each text, 256 numbers of length 1; not comparable with a model's vectors.

    >>> len(embed(["茶"])[0])
    256
    """
    from .embedding import vector

    return [vector(text) for text in texts]


def moderate(texts: list[str]) -> list[Payload]:
    """What the rules found in each text: ``categories`` and ``category_scores`` of the kinds they look for."""
    from .moderation import openai_form

    return [openai_form(text) for text in texts]


def image(prompt: str, size: str) -> bytes:
    """A PNG that stands in for a picture and says so."""
    from .pictures import picture

    return picture(prompt, size)


def models() -> list[str]:
    """Ids the offline profile answers to."""
    return [MODEL, EMBED_MODEL]
