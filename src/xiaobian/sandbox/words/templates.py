"""The authored comment templates: one YAML file a topic in ``template_texts/``, one template a line::

    - {id: taste_001, text: "{cake}吃起來不會死甜", intent: praise, stance: support, arousal: low, target: product,
       sarcasm: false, action: like, held_out: false}

``{slots}`` are filled from the file's own ``slots:`` or from ``slots.yml``. A held-out template never shows up in
training data, so that a classifier cannot memorise it. ``medium`` (video or image) keeps a remark on a film from a
photo; ``kind`` belongs to the crises, whose files hold the same templates under ``injects:``.
Everything in them is invented.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

from ...datasets import yaml_of
from ...errors import NotFound, ReadError

INTENTS: dict[str, str] = {
    "praise": "稱讚",
    "question": "詢問",
    "complaint": "抱怨",
    "wish": "許願建議",
    "tag": "標記朋友",
    "banter": "聊天玩笑",
    "order": "下單意願",
    "answer": "幫忙回答",
    "troll": "酸言挑釁",
    "scam": "詐騙導流",
    "legal": "法律威脅",
    "selfharm": "自傷求助",
    "personal_data": "洩漏個資",
    "rumor": "傳播未證實",
}
STANCES: dict[str, str] = {"support": "支持", "neutral": "中立", "oppose": "反對"}
AROUSALS: dict[str, str] = {"low": "低", "mid": "中", "high": "高"}
TARGETS: dict[str, str] = {
    "product": "商品",
    "service": "服務",
    "price": "價格",
    "brand": "品牌",
    "person": "個人",
    "platform": "平台",
    "none": "無",
}
ACTIONS: dict[str, str] = {
    "none": "不用處理",
    "like": "按讚就好",
    "reply": "公開回覆",
    "private": "請對方私訊",
    "hide": "隱藏",
    "report": "檢舉並封鎖",
    "escalate": "上報主管",
    "care": "啟動關懷流程",
}
KINDS: dict[str, str] = {"valid": "有用且屬實", "misleading": "誤導", "irrelevant": "無關"}
MEDIA = ("any", "video", "image")

FOLDER = Path(__file__).parent / "template_texts"
WORDS = ("slots", "registers")
SLOT = re.compile(r"\{(\w+)\}")

_CLOSED: dict[str, Mapping[str, str] | tuple[str, ...]] = {
    "intent": INTENTS,
    "stance": STANCES,
    "arousal": AROUSALS,
    "target": TARGETS,
    "action": ACTIONS,
    "kind": {"": "", **KINDS},
    "medium": MEDIA,
}
_NEEDED = ("id", "text", "intent", "stance", "arousal", "target", "action")


@dataclass(frozen=True)
class Template:
    """One authored comment with its labels; ``slots`` holds the values of each brace of ``text``."""

    id: str
    text: str
    topic: str
    intent: str
    stance: str
    arousal: str
    target: str
    action: str
    sarcasm: bool = False
    held_out: bool = False
    kind: str = ""
    medium: str = "any"
    slots: tuple[tuple[str, tuple[str, ...]], ...] = ()


_FIELDS = {field.name for field in fields(Template)} - {"topic", "slots"}


def _bad(file: Path, row: str, what: str, next_step: str) -> NoReturn:
    raise ReadError(what, where=f"檔案 {file.name} 的留言模板 {row}", next_step=next_step)


def _document(file: Path) -> dict[str, Any]:
    document = yaml_of(file)
    if not isinstance(document, dict):
        raise ReadError(
            "內容不是欄位與值", where=f"檔案 {file.name}", next_step="請照其他主題檔的寫法補上 templates"
        )
    return document


@cache
def slots() -> dict[str, tuple[str, ...]]:
    """The values of every slot that all templates share.

    >>> "嘉義老店" in slots()["branch"]
    True
    """
    return {name: tuple(map(str, values)) for name, values in _document(FOLDER / "slots.yml").items()}


def _template(file: Path, topic: str, row: dict[str, Any], words: Mapping[str, tuple[str, ...]]) -> Template:
    name = str(row.get("id", "（沒有 id）"))
    if lacking := [field for field in _NEEDED if field not in row]:
        _bad(file, name, f"少了 {'、'.join(lacking)}", "請補上這些欄位")
    for field, allowed in _CLOSED.items():
        if field in row and row[field] not in allowed:
            _bad(
                file, name, f"{field} 不能是「{row[field]}」", f"可用的值：{'、'.join(filter(None, allowed))}"
            )
    for flag in ("sarcasm", "held_out"):
        if not isinstance(row.get(flag, False), bool):
            _bad(file, name, f"{flag} 不能是「{row[flag]}」", "請寫 true 或 false")
    used = dict.fromkeys(SLOT.findall(str(row["text"])))
    if unknown := [slot for slot in used if not words.get(slot)]:
        _bad(file, name, f"沒有「{'、'.join(unknown)}」可以填的詞", "請寫進這個檔案的 slots，或 slots.yml")
    known = {key: value for key, value in row.items() if key in _FIELDS}
    return Template(topic=topic, slots=tuple((slot, words[slot]) for slot in used), **known)


def read(file: str | Path) -> tuple[Template, ...]:
    """The templates of one file: ``templates:`` of a topic or ``injects:`` of a crisis.

    The topic is the file's stem. Fields that only a crisis knows (from_hour, after …) are left to the crisis.
    Raises ReadError with file and template for a missing field, a label that does not exist or an empty slot.

    >>> read(FOLDER / "taste.yml")[0].intent
    'praise'
    """
    path = Path(file)
    document = _document(path)
    rows = document.get("templates", document.get("injects"))
    if not isinstance(rows, list) or not rows:
        raise ReadError("沒有留言模板", where=f"檔案 {path.name}", next_step="請補上 templates 或 injects")
    own = {str(name): tuple(map(str, values)) for name, values in (document.get("slots") or {}).items()}
    return tuple(_template(path, path.stem, row, {**slots(), **own}) for row in rows)


@cache
def topics() -> dict[str, str]:
    """The everyday topics and their 正體中文 names.

    >>> topics()["taste"]
    '口味'
    """
    files = (file for file in sorted(FOLDER.glob("*.yml")) if file.stem not in WORDS)
    return {file.stem: str(_document(file)["title"]) for file in files}


@cache
def _everyday() -> tuple[Template, ...]:
    return tuple(template for topic in topics() for template in read(FOLDER / f"{topic}.yml"))


def templates(*, held_out: bool | None = None, topic: str | None = None) -> tuple[Template, ...]:
    """The everyday templates; ``held_out``: True the ones kept for testing, False the others, None all.

    Raises NotFound for an unknown topic.

    >>> {t.held_out for t in templates(held_out=True, topic="taste")}
    {True}
    """
    if topic is not None and topic not in topics():
        raise NotFound(f"沒有「{topic}」這個留言主題", next_step=f"可用的主題：{'、'.join(topics())}")
    return tuple(_wanted(held_out, topic))


def _wanted(held_out: bool | None, topic: str | None) -> Iterator[Template]:
    for template in _everyday():
        if topic in (None, template.topic) and held_out in (None, template.held_out):
            yield template
