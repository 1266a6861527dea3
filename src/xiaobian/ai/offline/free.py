"""What the rules engine says to a free prompt: honest about what it is, helpful where a rule fits."""

from __future__ import annotations

from typing import Any

WHAT_I_AM = "我是離線規則引擎，不是 AI，看不懂隨意的提問，也不會自己寫文章。課程的任務（標題、回覆、摘要、常見問答等）我會照規則做。"


def reply(messages: list[dict[str, Any]]) -> str:
    """An answer to the last thing the user said."""
    return WHAT_I_AM
