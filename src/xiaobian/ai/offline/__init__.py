"""The rules engine: what the offline profile answers with. It is no AI, and says so to whoever asks freely.

``answer`` gets a task's name and inputs and gives JSON text, or a free prompt (task "") and gives plain text.
NotFound means that the engine cannot do it: the client sees 501 with code ``offline_unsupported``; any other
KitError is a bad input: 400 with code ``offline_bad_input``.
"""

from __future__ import annotations

import hashlib
import math
from typing import Any

from ...errors import NotFound

MODEL = "offline-rules-zh"
EMBED_MODEL = "offline-ngram-256"
_WIDTH = 256


def answer(task: str, payload: dict[str, Any], schema: dict[str, Any] | None) -> str:
    """Text of a task's JSON, or an honest plain text for a free prompt; raises NotFound for an unknown task."""
    if task:
        raise NotFound(f"離線規則引擎沒有「{task}」這個任務")
    return "我是離線規則引擎，不是 AI，看不懂隨意的提問，也不會自己寫文章。課程的任務（標題、回覆、摘要、常見問答等）我會照規則做。"


def embed(texts: list[str]) -> list[list[float]]:
    """Hashed character 1–2-grams of each text, 256 numbers of length 1; not comparable with a model's vectors.

    >>> len(embed(["茶"])[0])
    256
    """
    return [_vector(text) for text in texts]


def _vector(text: str) -> list[float]:
    counts = [0.0] * _WIDTH
    for gram in [*text, *(text[i : i + 2] for i in range(len(text) - 1))]:
        digest = hashlib.blake2b(gram.encode("utf-8", "replace"), digest_size=8).digest()
        counts[int.from_bytes(digest[:4], "big") % _WIDTH] += 1.0 if digest[4] & 1 else -1.0
    length = math.sqrt(sum(c * c for c in counts)) or 1.0
    return [c / length for c in counts]


def moderate(texts: list[str]) -> list[dict[str, Any]]:
    """What the rules found in each text: ``categories`` and ``category_scores`` of the kinds they look for."""
    raise NotFound("離線規則引擎還沒有內容審核")


def image(prompt: str, size: str) -> bytes:
    """A PNG that stands in for a picture and says so."""
    raise NotFound("離線規則引擎還不會畫示意圖")


def models() -> list[str]:
    """Ids the offline profile answers to."""
    return [MODEL, EMBED_MODEL]
