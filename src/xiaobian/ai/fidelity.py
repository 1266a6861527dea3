"""A summary beside its source: facts kept, numbers that stand there, and words whose loss changes the meaning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd
import yaml

from .. import datasets
from ..analytics.result import Result
from ..errors import NotFound, TableError
from ..text.retrieval import cosine
from ..text.summary import sentences
from .grounding import ungrounded
from .tasks.summarize import COVERED, overlap

if TYPE_CHECKING:
    from ..plotting import Chart

FAR = 0.25
"""Below this cosine of 2-grams to every source sentence, a sentence of the summary rests on none (設計參數)."""

OK, NUMBER, HEDGE, NEGATION, NOWHERE = "ok", "number", "hedge", "negation", "nowhere"
WORDS = {
    OK: "沒看到問題", NUMBER: "數字不在原文那一句", HEDGE: "少了保留的字", NEGATION: "否定不一樣", NOWHERE: "找不到出處",
}  # fmt: skip


@dataclass(frozen=True)
class Article:
    """A long text with the facts a summary must keep; ``lines`` are ready summary sentences with their known error."""

    id: str
    title: str
    text: str
    facts: Mapping[str, str]
    lines: pd.DataFrame

    def __repr__(self) -> str:
        return f"{self.title}（{len(self.text)} 字、{len(self.facts)} 件必須留下的事）\n{self.text.strip()}"


def article(name: str) -> Article:
    """One of the kit's invented long texts; raises NotFound with the names there are.

    >>> len(article("rice_report").facts)
    6
    """
    if name not in (found := _articles()):
        raise NotFound(f"沒有叫做 {name} 的長文", next_step=f"現有：{'、'.join(found)}")
    row = found[name]
    return Article(
        name, row["title"], row["text"], {f["id"]: f["text"] for f in row["facts"]}, pd.DataFrame(row["lines"])
    )


@cache
def _articles() -> dict[str, Any]:
    text = datasets.path("ai/articles.yml").read_text(encoding="utf-8")
    return {row["id"]: row for row in yaml.safe_load(text)["articles"]}


@cache
def _signs() -> dict[str, tuple[str, ...]]:
    text = datasets.path("ai/hedges.yml").read_text(encoding="utf-8")
    return {kind: tuple(words) for kind, words in yaml.safe_load(text).items()}


@dataclass(frozen=True, repr=False)
class FactCheck(Result):
    """What ``factcheck()`` found.

    facts: a row a fact: fact, text, kept, share (of its 2-grams that are in the summary, 0–1), missing (numbers that are
    not). lines: a row a sentence of the summary: line, source (the nearest source sentence), near (cosine, 0–1), verdict
    (a key of WORDS), why. length: share of the source's characters.
    """

    facts: pd.DataFrame
    lines: pd.DataFrame
    length: float
    notes: tuple[str, ...] = ()

    @property
    def coverage(self) -> float:
        """Share of the facts that are kept (0–1)."""
        return float(self.facts["kept"].mean()) if len(self.facts) else float("nan")

    @property
    def flagged(self) -> pd.DataFrame:
        """The sentences a person should look at."""
        return self.lines[self.lines["verdict"] != OK].reset_index(drop=True)

    def say(self) -> str:
        """What was kept, what a person must look at, and what the rules cannot see."""
        kept = "" if self.facts.empty else f"{len(self.facts)} 件必須留下的事留了 {int(self.facts['kept'].sum())} 件；"
        return (
            f"{kept}{len(self.lines)} 句裡有 {len(self.flagged)} 句要對原文（篇幅是原文的 {self.length:.0%}）。"
            "規則看得到數字、否定和保留的字，看不到張冠李戴和斷章取義。"
        )

    def plot(self) -> Chart:
        """How much of each fact stands in the summary."""
        from .fidelity_plot import draw

        return self.captioned(draw(self))


def factcheck(source: str, summary: str | Sequence[str], facts: Mapping[str, str] | None = None) -> FactCheck:
    """Compare a summary with its source, sentence by sentence, by rules anyone can read.

    A fact is kept when at least 60 % of its 2-grams and all of its numbers stand in the summary. A sentence is flagged when a
    number, price or date of it does not stand in the source sentences it is nearest to, when it or that sentence
    has a negation that the other lacks, when it drops a word like 預計 or 初步, or when nothing in the source is near.
    Word lists: ``datasets/ai/hedges.yml``; thresholds are design parameters.

    Raises TableError when source or summary is empty.

    >>> found = factcheck("明年預計擴大到 60 公頃。今年產量少 12%。", "明年擴大到 60 公頃。今年產量少 21%。")
    >>> found.lines["verdict"].tolist()
    ['hedge', 'number']
    """
    lines = [s.text for s in sentences(summary)] if isinstance(summary, str) else [str(s) for s in summary]
    there = [s.text for s in sentences(source)]
    if not there or not lines:
        raise TableError("原文和摘要都要有字才能比", where="factcheck", next_step="請把兩段文字貼進來")
    whole = "\n".join(lines)
    kept = [_fact(name, text, whole) for name, text in (facts or {}).items()]
    checked = pd.DataFrame([_line(line, there) for line in lines])
    return FactCheck(
        pd.DataFrame(kept, columns=["fact", "text", "kept", "share", "missing"]), checked, len(whole) / len(source)
    )


def cover(source: str, facts: Mapping[str, str], k: int = 4) -> list[str]:
    """At most k sentences of a source that keep as many of the facts as possible, in the order of the text.

    Chosen one after another, each for the facts it adds; stops early when nothing is added. A person lists the facts.

    >>> cover("早安。預購到 3/8。運費 160 元。謝謝。", {"a": "運費 160 元"}, 2)
    ['運費 160 元。']
    """
    there = [s.text for s in sentences(source)]
    chosen: list[int] = []
    for _ in range(k):
        kept = {i: _kept([there[j] for j in [*chosen, i]], facts) for i in range(len(there)) if i not in chosen}
        best = max(kept, key=lambda i: (kept[i], -len(there[i])), default=None)
        if best is None or kept[best] <= _kept([there[j] for j in chosen], facts):
            break
        chosen.append(best)
    return [there[i] for i in sorted(chosen)]


def _kept(lines: list[str], facts: Mapping[str, str]) -> int:
    whole = "\n".join(lines)
    return sum(bool(_fact(name, text, whole)["kept"]) for name, text in facts.items())


def _fact(name: str, text: str, whole: str) -> dict[str, object]:
    share, loose = overlap(text, whole), ungrounded(text, whole)
    return {
        "fact": name, "text": text, "kept": share >= COVERED and not loose, "share": share,
        "missing": "、".join(claim.text.strip() for claim in loose),
    }  # fmt: skip


def _line(line: str, there: list[str]) -> dict[str, object]:
    near = [cosine(line, sentence) for sentence in there]
    order = sorted(range(len(there)), key=lambda i: -near[i])
    backing = [there[i] for i in order[:3] if near[i] >= FAR] or [there[order[0]]]
    best = backing[0]
    verdict, why = OK, ""
    if near[order[0]] < FAR:
        verdict, why = NOWHERE, "原文沒有一句和它相近"
    elif loose := ungrounded(line, *backing):
        verdict, why = NUMBER, f"原文那一句沒有 {loose[0].text.strip()}"
    elif _turned(line, best):
        verdict, why = NEGATION, "一邊有否定，另一邊沒有"
    elif lost := _lost(line, best):
        verdict, why = HEDGE, f"原文有「{lost}」"
    return {"line": line, "source": best, "near": near[order[0]], "verdict": verdict, "why": why}


def _clause(line: str, sentence: str) -> str:
    """The clause of a source sentence that a line is about, with what follows it up to a full stop left out."""
    clauses = [c for c in sentence.replace("；", "，").replace("。", "，").split("，") if c]
    reached = [c for c in clauses if overlap(c, line) >= 0.34]
    return "，".join(reached) or max(clauses, key=lambda c: cosine(c, line))


def _has(text: str, kind: str) -> str:
    return next((word for word in _signs()[kind] if word in text), "")


def _turned(line: str, sentence: str) -> bool:
    return bool(_has(line, "negation")) != bool(_has(_clause(line, sentence), "negation"))


def _lost(line: str, sentence: str) -> str:
    found = _has(sentence, "hedge")
    return found if found and not _has(line, "hedge") else ""
