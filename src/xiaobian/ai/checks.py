"""Checks that need no model: named as promptfoo names them, run here, exported for there.

``python:…`` are the kit's own; promptfoo runs them as Python assertions that call ``verdict``. ``similar`` is the cosine
of character n-grams here, of embeddings in promptfoo. Any type may be turned round with ``not-``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import regex

from .. import lint
from ..errors import NotFound
from ..text import fit
from ..text.counting import EMOJI, UNITS
from ..text.retrieval import cosine
from . import guarding
from .grounding import ungrounded

DUPLICATE_AT = 0.6
"""Design choice: from this cosine of character 1–2-grams on, two posts read as the same."""


class Row(NamedTuple):
    """What one check said. passed: None when it could not be judged; detail: why, in 正體中文."""

    name: str
    passed: bool | None
    detail: str
    check: str = ""
    target: str = ""


@dataclass(frozen=True)
class Given:
    """What a check may look at beside the output.

    source: texts the output may take facts from. others: earlier posts. cost: US$, None = unknown. latency_ms: None =
    not measured.
    """

    source: tuple[str, ...] = ()
    platform: str = ""
    others: tuple[str, ...] = ()
    cost: float | None = None
    latency_ms: float | None = None
    finish_reason: str = ""


@dataclass(frozen=True)
class Check:
    """One declared check.

    type: as in ``TYPES``, maybe with ``not-`` before it. value, threshold: what it needs. name: its 正體中文 label.

    >>> Check("contains", "預購").run("中秋預購開跑").passed
    True
    >>> Check("not-regex", "最[便好]").run("最便宜的茶").detail
    '不該出現「最便」'
    """

    type: str
    value: Any = None
    threshold: float | None = None
    name: str = ""

    def __post_init__(self) -> None:
        if self.kind not in TYPES:
            raise NotFound(f"沒有「{self.type}」這種檢查", next_step=f"可用的有：{'、'.join(TYPES)}")

    @property
    def kind(self) -> str:
        return self.type.removeprefix("not-")

    @property
    def label(self) -> str:
        turned = "不可" if self.type.startswith("not-") else ""
        return self.name or turned + TYPES[self.kind].label

    def run(self, output: str, given: Given | None = None, target: str = "") -> Row:
        """Judge one output. target: which part of an answer this is."""
        passed, detail = TYPES[self.kind].judge(output, self, given or Given())
        if self.type.startswith("not-") and passed is not None:
            passed = not passed
            detail = detail if passed else f"不該{detail}"
        return Row(self.label, passed, detail, self.type, target)

    def promptfoo(self) -> dict[str, Any]:
        """The same as an assertion of a promptfoo test."""
        if self.kind.startswith("python:"):
            options = {"value": self.value, "threshold": self.threshold}
            call = f'__import__("xiaobian.ai.checks", fromlist=["x"]).verdict({self.type!r}, output, context, {options!r})'
            return {"type": "python", "value": call, "metric": self.label}
        made = {"type": self.type, "value": self.value, "threshold": self.threshold, "metric": self.label}
        if self.kind in ("cost", "latency"):
            made["threshold"], made["value"] = self.threshold if self.threshold is not None else self.value, None
        return {key: value for key, value in made.items() if value is not None}


def verdict(kind: str, output: str, context: dict[str, Any], options: dict[str, Any] | None = None) -> dict[str, Any]:
    """What promptfoo's Python assertion calls; ``context["vars"]`` may hold source, platform and others."""
    given = context.get("vars", {}) if isinstance(context, dict) else {}
    row = Check(kind, **(options or {})).run(
        output, Given(_listed(given.get("source")), str(given.get("platform", "")), _listed(given.get("others")))
    )
    return {"pass": row.passed is not False, "score": float(row.passed is not False), "reason": row.detail}


def _listed(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(map(str, value))


def run(output: str, checks: Iterable[Check], given: Given | None = None, target: str = "") -> list[Row]:
    """One row a check."""
    return [check.run(output, given, target) for check in checks]


# ── judges ──

Verdict = tuple[bool | None, str]
Judge = Callable[[str, Check, Given], Verdict]


@dataclass(frozen=True)
class Type:
    """A kind of check: its 正體中文 label and how it judges."""

    label: str
    judge: Judge = field(repr=False)


def _words(check: Check) -> list[str]:
    return [check.value] if isinstance(check.value, str) else [str(word) for word in check.value or ()]


def _all(fold: bool) -> Judge:
    def judge(output: str, check: Check, given: Given) -> Verdict:
        text = output.casefold() if fold else output
        gone = [word for word in _words(check) if (word.casefold() if fold else word) not in text]
        told = "、".join(f"「{word}」" for word in (gone or _words(check)))
        return not gone, f"出現{told}" if not gone else f"沒有出現{told}"

    return judge


def _any(fold: bool) -> Judge:
    def judge(output: str, check: Check, given: Given) -> Verdict:
        text = output.casefold() if fold else output
        there = [word for word in _words(check) if (word.casefold() if fold else word) in text]
        told = "、".join(f"「{word}」" for word in (there or _words(check)))
        return bool(there), f"出現{told}" if there else f"沒有出現{told}"

    return judge


def _regex(output: str, check: Check, given: Given) -> Verdict:
    found = re.search(str(check.value), output)
    return bool(found), f"出現「{found[0]}」" if found else f"沒有出現 {check.value}"


def _equals(output: str, check: Check, given: Given) -> Verdict:
    same = output.strip() == str(check.value).strip()
    return same, "完全相同" if same else "和期望的文字不同"


def _starts(output: str, check: Check, given: Given) -> Verdict:
    starts = output.startswith(str(check.value))
    return starts, f"以「{check.value}」開頭" if starts else f"開頭不是「{check.value}」"


def _json(output: str, check: Check, given: Given) -> Verdict:
    try:
        json.loads(output)
    except ValueError as problem:
        return False, f"不是 JSON（{str(problem)[:60]}）"
    return True, "是 JSON"


def _cost(output: str, check: Check, given: Given) -> Verdict:
    cap = float(check.threshold if check.threshold is not None else check.value)
    if given.cost is None:
        return None, "價格未知，無法判定"
    return given.cost <= cap, f"費用 US${given.cost:g}，上限 US${cap:g}"


def _latency(output: str, check: Check, given: Given) -> Verdict:
    cap = float(check.threshold if check.threshold is not None else check.value)
    if given.latency_ms is None:
        return None, "沒有量時間，無法判定"
    return given.latency_ms <= cap, f"花了 {given.latency_ms:,.0f} 毫秒，上限 {cap:,.0f} 毫秒"


def _finish(output: str, check: Check, given: Given) -> Verdict:
    if not given.finish_reason:
        return None, "沒有結束原因，無法判定"
    return given.finish_reason == check.value, f"結束原因是 {given.finish_reason}"


def _similar(output: str, check: Check, given: Given) -> Verdict:
    least = 0.75 if check.threshold is None else check.threshold
    found = max((cosine(output, wanted) for wanted in _words(check)), default=0.0)
    return found >= least, f"字元 n-gram 相似度 {found:.2f}，門檻 {least:g}"


def _grounded(output: str, check: Check, given: Given) -> Verdict:
    if not given.source:
        return None, "沒有來源可以對照"
    loose = ungrounded(output, *given.source)
    told = "、".join(map(str, loose[:5]))
    return not loose, "數字、價格、日期、網址、@、# 都在來源裡" if not loose else f"來源裡沒有{told}"


def _tw_words(output: str, check: Check, given: Given) -> Verdict:
    found = lint.check(output)
    told = "、".join(f"「{hit.text}」" + (f"→「{hit.fix}」" if hit.fix else "") for hit in found[:5])
    return not found, "用字是台灣的說法" if not found else f"建議改 {told}"


def _no_pii(output: str, check: Check, given: Given) -> Verdict:
    found = [one for one in guarding.personal(output) if not any(one in text for text in given.source)]
    return not found, "沒有看到個人資料" if not found else f"有 {len(found)} 處像個人資料，請先遮住"


_CTA = regex.compile(
    "留言|私訊|分享|儲存|收藏|按讚|追蹤|標記|點(?:開|擊|連結|選|進)|下單|預[購約訂]|報名|訂位|加入|試[吃喝用聽看]|來店|到店|來[坐逛看]|到門市|"
    "看完整|往下滑|滑到|告訴我們|說說看|投票|選一個|快來|帶走|下載|訂閱|索取|填(?:表|寫)|登記|買|逛逛|來一|試試|問我們|寫信|打電話|"
    "存起來|收進|先看|去看|看看|排進|約"  # lint: off
)  # fmt: skip


def _cta(output: str, check: Check, given: Given) -> Verdict:
    if check.value:
        there = str(check.value) in output
        return there, "有簡報要的行動呼籲" if there else f"沒有出現「{check.value}」"
    found = _CTA.search(output)
    return bool(found), f"有行動呼籲「{found[0]}」" if found else "看不到要讀者做什麼"


def _duplicate(output: str, check: Check, given: Given) -> Verdict:
    least = DUPLICATE_AT if check.threshold is None else check.threshold
    if not given.others:
        return None, "沒有以前的貼文可以比"
    score, nearest = max((cosine(output, other), other) for other in given.others)
    close = score >= least
    return not close, f"和「{nearest[:20]}」相似度 {score:.2f}" + ("，太像了" if close else "")


def _length(output: str, check: Check, given: Given) -> Verdict:
    platform, part = given.platform, "caption"
    if isinstance(check.value, int):
        used = len(regex.findall(r"\X", output))
        return used <= check.value, f"{used} 字，上限 {check.value} 字"
    if isinstance(check.value, str) and check.value:
        platform, _, named = check.value.partition("/")
        part = named or part
    try:
        found = fit(output, platform, part)
    except NotFound:
        return None, f"沒有 {platform or '這個平台'} 的字數上限資料"
    return found.ok, f"{found.used:,}／{found.limit:,} {UNITS[found.unit]}（{found.source}，查核 {found.checked}）"


def _hashtags(output: str, check: Check, given: Given) -> Verdict:
    cap = int(check.value if check.value is not None else check.threshold or 0)
    used = len(re.findall(r"[#＃][^\s#＃]", output))
    return used <= cap, f"{used} 個標籤，上限 {cap} 個"


def _emoji(output: str, check: Check, given: Given) -> Verdict:
    cap = int(check.value if check.value is not None else check.threshold or 0)
    used = sum(bool(EMOJI.match(sign)) for sign in regex.findall(r"\X", output))
    return used <= cap, f"{used} 個表情符號，上限 {cap} 個"


def _traditional(output: str, check: Check, given: Given) -> Verdict:
    found = sorted(set(_SIMPLIFIED.findall(output)))
    return not found, "沒有簡體字" if not found else f"有簡體字 {'、'.join(found[:8])}"


_SIMPLIFIED = re.compile(
    "[们这说为对过还没让给吗应该发时间东车见长门问题页马鱼鸟龙风飞书买卖头实现处备变边达运进远连选适单双号员团园圆图国学"
    "习乡亲亿众优传伤伦价体儿兰关兴养军农冲决况净凉减几凤凭击创别剂动务劳势区医华协卫却厂厅历压厌县参]"  # lint: off
)  # fmt: skip

TYPES: dict[str, Type] = {
    "contains": Type("包含", _all(False)),
    "icontains": Type("包含（不分大小寫）", _all(True)),
    "contains-all": Type("全部包含", _all(False)),
    "icontains-all": Type("全部包含（不分大小寫）", _all(True)),
    "contains-any": Type("包含其一", _any(False)),
    "icontains-any": Type("包含其一（不分大小寫）", _any(True)),
    "equals": Type("完全相同", _equals),
    "starts-with": Type("開頭", _starts),
    "regex": Type("符合樣式", _regex),
    "is-json": Type("是 JSON", _json),
    "cost": Type("費用", _cost),
    "latency": Type("時間", _latency),
    "finish-reason": Type("結束原因", _finish),
    "similar": Type("意思接近", _similar),
    "python:grounded": Type("事實有來源", _grounded),
    "python:length": Type("字數", _length),
    "python:hashtags": Type("標籤數", _hashtags),
    "python:emoji": Type("表情符號數", _emoji),
    "python:tw-words": Type("台灣用語", _tw_words),
    "python:traditional": Type("正體字", _traditional),
    "python:no-pii": Type("沒有個資", _no_pii),
    "python:cta": Type("行動呼籲", _cta),
    "python:duplicate": Type("不重複", _duplicate),
}


def standard(must_include: Sequence[str] = (), must_avoid: Sequence[str] = ()) -> list[Check]:
    """The checks that every piece of copy goes through."""
    made = [Check("python:grounded"), Check("python:tw-words"), Check("python:traditional"), Check("python:no-pii")]
    if must_include:
        made.append(Check("contains-all", list(must_include), name="必須出現"))
    if must_avoid:
        made.append(Check("not-contains-any", list(must_avoid), name="避免出現"))
    return made
