"""The same copy laid out per platform: shortened by whole sentences, lines broken, tags moved; no word is invented."""

from __future__ import annotations

import re
from typing import Any

from ... import datasets
from ...errors import NotFound
from ...text import fit
from ...text.summary import extract, sentences
from ..briefs import hashtags
from . import grammar

_TAG = re.compile(r"[#＃][^\s#＃]+")
_URL = re.compile(r"(?:https?://|www\.)[^\s\u3000-\u303f\uff00-\uffef\u4e00-\u9fff]+")
_BLANKS = re.compile(r"[ \t\u3000]+")


def platforms() -> dict[str, dict[str, Any]]:
    """Layout of each platform that copy can be rewritten for."""
    return dict(grammar.read("rewrite")["platforms"])


def tag_limit(platform: str) -> int:
    """How many hashtags a post may have: the platform's own limit or the layout's, the lower one."""
    table = datasets.reference("platform_specs")
    rows = table[(table["platform"] == platform) & table["field"].isin(["hashtags", "topic_tag"]) & table["limit"].notna()]
    own = [int(value) for value in rows["limit"]]
    return min([int(platforms()[platform]["tags"]), *own])


def fits(text: str, platform: str) -> bool:
    """Whether a text is within the platform's limit, as the platform counts; unknown limits let everything through."""
    try:
        return fit(text, platform, str(platforms()[platform]["field"])).ok
    except NotFound:
        return True


def rewrite(text: str, platform: str, cta: str = "", tags: list[str] | None = None) -> dict[str, Any]:
    """One platform's version: platform, text (tags in it), hashtags.

    >>> rewrite("新烤好的戚風上架。#戚風 #嘉義", "threads")["text"]
    '新烤好的戚風上架。\\n\\n#戚風'
    """
    layout = platforms()[platform]
    links = _URL.findall(text)
    wanted = list(dict.fromkeys([*hashtags(text), *(tag.lstrip("#＃") for tag in tags or [])]))[: tag_limit(platform)]
    body = _URL.sub("", _TAG.sub("", text))
    said = [s.text for s in sentences(body) if s.text.strip("。！？!?，, ")]
    called = cta or next((s for s in reversed(said[-2:]) if _calls(s)), "")
    rest = [s for s in said if s != called]
    tail = _tail(layout, called, links, wanted)
    return {"platform": platform, "text": _fitted(rest, tail, layout, platform), "hashtags": wanted}


def _calls(sentence: str) -> bool:
    from ..checks import _CTA

    return bool(_CTA.search(sentence)) and len(sentence) <= 40


def _tail(layout: dict[str, Any], cta: str, links: list[str], tags: list[str]) -> str:
    parts = []
    if cta:
        parts.append(cta)
    if links:
        parts.append(links[0] if layout["link"] else str(grammar.read("rewrite")["link_words"]["without"]))
    if tags and layout["tags_at"] == "end":
        parts.append(("" if layout["breaks"] == "none" else "\n") + " ".join(f"#{tag}" for tag in tags))
    return (" " if layout["breaks"] == "none" else "\n").join(parts)


def _fitted(said: list[str], tail: str, layout: dict[str, Any], platform: str) -> str:
    """As many sentences as the platform's reader and limit allow, the weightiest ones, in their order."""
    for number in range(min(len(said), int(layout["sentences"])), 0, -1):
        chosen = [s.text for s in extract("\n".join(said), number)] if number < len(said) else said
        made = _joined(chosen or said[:number], tail, str(layout["breaks"]))
        if fits(made, platform):
            return made
    return _cut(said[0] if said else "", tail, layout, platform)


def _joined(said: list[str], tail: str, breaks: str) -> str:
    gap = {"line": "\n", "none": "", "paragraph": ""}[breaks]
    if breaks == "paragraph":
        blocks = ["".join(said[i : i + 2]) for i in range(0, len(said), 2)]
        body = "\n\n".join(blocks)
    else:
        body = gap.join(said)
    body = _BLANKS.sub(" ", body).strip()
    between = ("" if body.endswith(("。", "！", "？")) and tail[:1] not in "#hw" else " ") if breaks == "none" else ("\n" if breaks == "line" else "\n\n")
    return f"{body}{between}{tail}".strip() if tail else body


def _cut(sentence: str, tail: str, layout: dict[str, Any], platform: str) -> str:
    """A sentence that alone is too long, by its clauses; the last resort is a cut with 「…」."""
    clauses = re.split(r"(?<=[，、；：])", sentence)
    for number in range(len(clauses), 0, -1):
        made = _joined(["".join(clauses[:number]).rstrip("，、；：") + "。"], tail, str(layout["breaks"]))
        if fits(made, platform):
            return made
    low, high = 0, len(sentence)
    while low < high:
        middle = (low + high + 1) // 2
        made = _joined([sentence[:middle] + "…"], tail, str(layout["breaks"]))
        low, high = (middle, high) if fits(made, platform) else (low, middle - 1)
    return _joined([sentence[:low] + "…"], tail, str(layout["breaks"])) if low else tail
