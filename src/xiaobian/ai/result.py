"""What every AI task returns: the text with who wrote it, what it cost, and what was checked."""

from __future__ import annotations

import html
from dataclasses import dataclass, field
from typing import Any

UNKNOWN_PRICE = "價格未知"


@dataclass(frozen=True)
class Result:
    """An answer and everything a careful editor asks about it.

    engine: offline, local, openai, custom or recorded; ``is_ai`` is False only for offline.
    usage: tokens in and out, and whether the server counted them (``real``) or the kit did (``estimated``).
    cost: US$; None = unknown, which is not 0. checks: rows of name, passed, detail.
    masked: what was hidden before sending. recorded_on: the date of a replayed answer.
    """

    text: str
    data: Any = None
    engine: str = "offline"
    model_asked: str = ""
    model_answered: str = ""
    is_ai: bool = True
    usage: dict[str, Any] = field(default_factory=dict)
    cost: float | None = None
    checks: tuple[Any, ...] = ()
    masked: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    request_id: str = ""
    host: str = ""
    recorded_on: str = ""

    @property
    def badge(self) -> str:
        """The one line that says where the words come from; stands beside the copy, never inside it."""
        return badge(self.engine, self.model_answered or self.model_asked, self.host, self.recorded_on)

    def say_cost(self) -> str:
        """The cost in words.

        >>> Result("", engine="custom").say_cost()
        '價格未知'
        """
        if self.cost is None:
            return UNKNOWN_PRICE
        return "0（沒有呼叫收費的服務）" if self.cost == 0 else f"US${self.cost:.6f}"

    def __repr__(self) -> str:
        notes = "".join(f"\n注意：{warning}" for warning in self.warnings)
        return f"{self.text}\n──\n{self.badge}｜費用：{self.say_cost()}{notes}"

    def _repr_html_(self) -> str:
        notes = "".join(f"<div>注意：{html.escape(warning)}</div>" for warning in self.warnings)
        return (
            '<div style="max-width:960px;font-size:16px;color:#22303C;background:#FFFFFF">'
            f'<div style="white-space:pre-wrap">{html.escape(self.text)}</div>'
            '<div style="color:#5B6875;font-size:14px;border-top:1px solid #E3E8EC;margin-top:8px;padding-top:4px">'
            f"{html.escape(self.badge)}｜費用：{html.escape(self.say_cost())}{notes}</div></div>"
        )


def badge(engine: str, model: str = "", host: str = "", recorded_on: str = "") -> str:
    """The badge of an engine.

    >>> badge("offline")
    '離線規則引擎，不是 AI 生成'
    >>> badge("local", "qwen", "127.0.0.1:8080")
    '本地模型 AI 生成：qwen（127.0.0.1:8080）'
    """
    if engine == "offline":
        return "離線規則引擎，不是 AI 生成"
    of = f"：{model}" if model else ""
    at = f"（{host}）" if host else ""
    day = f"，錄製於 {recorded_on[:10]}" if recorded_on else ""
    if engine == "recorded":
        return f"錄製的 AI 回答{of}{day}，不是現在生成"
    if engine == "local":
        return f"本地模型 AI 生成{of}{at}{day}"
    return f"AI 生成{of}{at}{day}"
