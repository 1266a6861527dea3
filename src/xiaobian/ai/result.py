"""What every AI task returns: the text with who wrote it, what it cost, and what was checked."""

from __future__ import annotations

import html
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import KitError

if TYPE_CHECKING:
    import pandas as pd

    from ..reports import Written
    from .safety.approval import Draft

UNKNOWN_PRICE = "價格未知"


@dataclass(frozen=True)
class Result:
    """An answer and everything a careful editor asks about it.

    engine: offline, local, openai, custom or recorded; ``is_ai`` is False only for offline.
    usage: tokens in and out, and whether the server counted them (``real``) or the kit did (``estimated``).
    cost: US$; None = unknown, which is not 0. checks: rows of name, passed, detail.
    masked: what was hidden before sending. recorded_on: the date of a replayed answer. violations: of the exit rules.
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
    task: str = ""
    violations: tuple[Any, ...] = ()

    def draft(self, text: str | None = None) -> Draft:
        """This text (or one part of it) as a draft that waits for a person's approval."""
        from .safety.approval import Draft

        return Draft(self.text if text is None else text, self.task, self.engine, self.violations, self.badge)

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

    def say_checks(self) -> list[str]:
        """The checks in words: one line for all, then one for each that failed or waits for a person.

        >>> rows = (("字數", True, "12 字"), ("正體字", False, "有簡體字 们"))
        >>> Result("", checks=rows).say_checks()
        ['檢查：1 項通過、1 項沒過', '✗ 正體字：有簡體字 们']
        """  # lint: off
        rows = [tuple(row) for row in self.checks]
        if not rows:
            return []
        counted = [("項通過", True), ("項沒過", False), ("項請人看", None)]
        numbers = [(sum(row[1] is state for row in rows), words) for words, state in counted]
        lines = ["檢查：" + "、".join(f"{number} {words}" for number, words in numbers if number)]
        for name, passed, detail, *rest in rows:
            if passed is not True:
                place = f"（{rest[1]}）" if len(rest) > 1 and rest[1] else ""
                lines.append(f"{'✗' if passed is False else '○'} {name}{place}：{detail}")
        return lines

    def _notes(self) -> list[str]:
        masked = [f"送出前遮住了：{'、'.join(self.masked)}"] if self.masked else []
        return [*self.say_checks(), *masked, *(f"注意：{warning}" for warning in self.warnings)]

    def __repr__(self) -> str:
        return "\n".join([self.text, "──", f"{self.badge}｜費用：{self.say_cost()}", *self._notes()])

    def _repr_html_(self) -> str:
        notes = "".join(f"<div>{html.escape(note)}</div>" for note in self._notes())
        return (
            '<div style="max-width:960px;font-size:16px;color:#22303C;background:#FFFFFF">'
            f'<div style="white-space:pre-wrap">{html.escape(self.text)}</div>'
            '<div style="color:#5B6875;font-size:14px;border-top:1px solid #E3E8EC;margin-top:8px;padding-top:4px">'
            f"{html.escape(self.badge)}｜費用：{html.escape(self.say_cost())}{notes}</div></div>"
        )

    # ── tables and files ──

    def table(self) -> pd.DataFrame:
        """A row for each part of the answer (variant, idea, point, version, verdict), with who wrote it in 來源.

        >>> Result("好茶", engine="offline", is_ai=False).table().columns.tolist()
        ['內容', '引擎', '來源']
        """
        import pandas as pd

        dumped = self.data.model_dump() if hasattr(self.data, "model_dump") else {"text": self.text}
        parts = next((value for value in dumped.values() if isinstance(value, list) and value and isinstance(value[0], dict)), [dumped])
        rows = [{COLUMNS.get(key, key): _cell(value) for key, value in part.items()} for part in parts]
        return pd.DataFrame(rows).assign(引擎=self.engine, 來源=self.badge)

    def check_table(self) -> pd.DataFrame:
        """A row a check: where, name, verdict in words, why, and the type as promptfoo names it."""
        import pandas as pd

        words = {True: "✓ 通過", False: "✗ 沒過", None: "○ 請人看"}
        rows = [(*tuple(row), "", "")[:5] for row in self.checks]
        return pd.DataFrame(
            [(target, name, words[passed], detail, kind) for name, passed, detail, kind, target in rows],
            columns=["位置", "檢查", "結果", "說明", "類型"],
        )

    def export(self, path: str | os.PathLike[str]) -> Written:
        """Write ``table()`` as .xlsx or .csv; raises KitError for another ending."""
        from ..reports import write_csv, write_xlsx

        ending = Path(path).suffix.lower()
        if ending not in (".xlsx", ".csv"):
            raise KitError(f"不會寫 {ending or '沒有副檔名的'} 檔", where="export", next_step="請用 .xlsx 或 .csv 結尾的檔名")
        return write_csv(self.table(), path) if ending == ".csv" else write_xlsx(self.table(), path)


COLUMNS = {
    "text": "內容", "technique": "技巧代號", "label": "技巧", "angle": "角度", "title": "標題", "hook": "開頭", "pain": "痛點",
    "benefit": "好處", "evidence_id": "證據編號", "evidence": "證據", "action": "行動", "format": "形式", "intent": "意圖",
    "template_id": "模板", "reply": "回覆", "escalate": "轉真人", "reason": "理由", "missing": "請填", "sources": "依據句",
    "platform": "平台", "hashtags": "標籤", "faq_id": "題目", "answer": "答案", "index": "第幾則", "labels": "標籤", "slot": "時段",
    "explanation": "說明", "kpi_id": "主要指標", "support": "輔助指標", "prompt": "提示詞", "negative": "不要出現",
    "caption_zh": "替代文字", "rights": "使用前確認", "size": "尺寸",
}  # fmt: skip
"""Headers of the fields of the tasks' answers."""


def _cell(value: Any) -> Any:
    return "、".join(map(str, value)) if isinstance(value, list) else value


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
