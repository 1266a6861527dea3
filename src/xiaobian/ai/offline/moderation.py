"""Comments by rule: which label, why, and what an editor may do. Only what the rules cover is said to be judged."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from ... import datasets
from .grammar import LOADER

GRAVITY = ("none", "like", "reply", "private", "hide", "report", "escalate", "care")
"""Actions from light to grave; of several labels the gravest decides."""

_BETWEEN_HAN = re.compile(r"(?<=[\u4e00-\u9fff])[\s.．·・*_\-~^|/\\]+(?=[\u4e00-\u9fff])")
_BETWEEN_LETTERS = re.compile(r"(?<=\b[a-z])[\s.．·・*_\-]+(?=[a-z]\b)")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe0f\ufeff]")
_VARIANTS = str.maketrans({"幹": "幹", "尛": "麼", "妳": "你", "賴": "賴", "ℓ": "l", "０": "0", "Ｏ": "o", "ㄞ": "唉"})


@dataclass(frozen=True)
class Found:
    """One label that a rule gave. span: the folded words that struck."""

    label: str
    title: str
    action: str
    category: str
    words: str


@cache
def _rules() -> tuple[tuple[dict[str, Any], re.Pattern[str], re.Pattern[str] | None], ...]:
    declared = yaml.load(datasets.path("ai/moderation.yml").read_text(encoding="utf-8"), Loader=LOADER)["labels"]
    return tuple(
        (
            rule, re.compile("|".join(f"(?:{p.replace('(.{2,8})', '(?P<again>.{2,8})').replace(chr(92) + '1', '(?P=again)')})" for p in rule["patterns"])),
            re.compile("|".join(f"(?:{p})" for p in rule["except"])) if rule["except"] else None,
        )
        for rule in declared
    )  # fmt: skip


def labels() -> dict[str, str]:
    """正體中文 name of each label."""
    return {rule["id"]: rule["label"] for rule, _, _ in _rules()}


def folded(text: str) -> str:
    """A text as the rules read it: one width, one case, nothing hidden between the signs.

    >>> folded("加 Ｌ.I.N.E　領\u200b獎")
    '加 line 領獎'
    """
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).casefold().translate(_VARIANTS)
    return _BETWEEN_LETTERS.sub("", _BETWEEN_HAN.sub("", plain))


def judge(text: str) -> list[Found]:
    """Every label of one comment, the gravest first.

    >>> [found.label for found in judge("恭喜中獎，加 LINE 付運費就能領")]
    ['scam']
    """
    plain, found = folded(text), []
    for rule, pattern, excused in _rules():
        spans = [m.span() for m in excused.finditer(plain)] if excused else []
        hit = next((m for m in pattern.finditer(plain) if not any(a <= m.start() and m.end() <= b for a, b in spans)), None)
        if hit:
            found.append(Found(rule["id"], rule["label"], rule["action"], rule["category"] or "", hit[0]))
    return sorted(found, key=lambda one: -GRAVITY.index(one.action))


def verdict(index: int, text: str) -> dict[str, Any]:
    """One comment in the form of the moderation task."""
    found = judge(text)
    if not found:
        return {"index": index, "labels": [], "action": "none", "reason": "規則沒有抓到；諷刺和影射規則看不出來，請真人瀏覽"}
    told = "；".join(f"{one.title}：出現「{one.words}」" for one in found)
    return {"index": index, "labels": [one.label for one in found], "action": found[0].action, "reason": told[:160]}


def openai_form(text: str) -> dict[str, Any]:
    """The same in the form of the moderations endpoint; only the kinds the rules cover are ever true."""
    kinds = {one.category for one in judge(text) if one.category}
    return {"categories": dict.fromkeys(kinds, True), "category_scores": dict.fromkeys(kinds, 1.0)}
