"""A long text as a few points, each with the sentences it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from ...errors import TableError
from ...text.retrieval import grams
from ...text.summary import sentences
from ..checks import Check, Given, Row
from ..grounding import ungrounded
from ..result import Result
from .flow import run
from .prompts import PROMPTS

if TYPE_CHECKING:
    from ..client import Assistant

COPIED, COVERED = 0.9, 0.6
"""From this share of shared 2-grams on a point counts as an extract, or a fact as covered (設計參數)."""


class Point(BaseModel):
    """One point; sources: numbers of sentences, from 0."""

    model_config = ConfigDict(extra="ignore")

    text: str = Field(min_length=2, max_length=200)
    sources: list[int] = Field(min_length=1, max_length=8)


class Summary(BaseModel):
    """What the task answers."""

    model_config = ConfigDict(extra="ignore")

    points: list[Point] = Field(min_length=1, max_length=12)


def summarize(assistant: Assistant, text: str, k: int = 3, *, facts: Sequence[str] = ()) -> Result:
    """At most k points. facts: what the summary must keep, for the check of coverage.

    Offline the points are sentences taken out whole (摘句), and a note says so. Raises TableError for an empty text.

    >>> import xiaobian as xb
    >>> result = summarize(xb.ai.connect(), "十月五日盤點。當天六家門市不營業。六日照常。", 2)
    >>> result.data.points[0].sources
    [0]
    """
    found = sentences(text)
    if not found:
        raise TableError("沒有可以整理的文字", where="summarize", next_step="請給一段至少一句的文字")
    k = max(1, min(12, k))
    payload = {"sentences": {str(s.place): s.text for s in found}, "k": k}
    own = ("離線引擎只會摘句：照抄原文裡最要緊的句子，沒有改寫",) if not assistant.is_ai else ()

    def checks(data: Summary) -> list[Row]:
        rows = [row for place, point in enumerate(data.points, 1) for row in _point(point, place, [s.text for s in found])]
        whole = "\n".join(point.text for point in data.points)
        rows.append(Row("數量", len(data.points) <= k, f"{len(data.points)} 點，最多 {k} 點", "python:count", "整份"))
        rows += [_kept(fact, whole) for fact in facts]
        rows.append(_copied(data, text))
        return rows

    return run(
        assistant, "summarize", PROMPTS["summarize"], payload, Summary,
        lambda data: "\n".join(f"・{point.text}（第 {'、'.join(str(s + 1) for s in point.sources)} 句）" for point in data.points),
        checks, foreign=("sentences",), max_tokens=300 + 200 * k, notes=own,
    )  # fmt: skip


def _point(point: Point, place: int, found: list[str]) -> list[Row]:
    name = f"第 {place} 點"
    wrong = [s for s in point.sources if not 0 <= s < len(found)]
    backed = "\n".join(found[s] for s in point.sources if s not in wrong)
    loose = ungrounded(point.text, backed)
    return [
        Row("依據", not wrong, "句子編號都在" if not wrong else f"沒有第 {wrong[0] + 1} 句", "python:sources", name),
        Row("數字忠實", not loose, "數字都在所引的句子裡" if not loose else f"所引的句子裡沒有{loose[0]}", "python:grounded", name),
        *(check.run(point.text, Given(source=(backed,)), name) for check in (Check("python:tw-words"), Check("python:no-pii"))),
    ]


def overlap(part: str, whole: str) -> float:
    """Share of a part's 2-grams that stand in the whole, 0–1.

    >>> overlap("門市不營業", "當天六家門市不營業")
    1.0
    """
    mine, there = set(grams(part, (2,))), set(grams(whole, (2,)))
    return len(mine & there) / len(mine) if mine else 1.0


def _kept(fact: str, whole: str) -> Row:
    share, loose = overlap(fact, whole), ungrounded(fact, whole)
    told = f"「{fact[:16]}」有 {share:.0%} 的字在摘要裡" + (f"，少了{loose[0]}" if loose else "")
    return Row("事實有留", share >= COVERED and not loose, told, "python:coverage", "整份")


def _copied(data: Summary, text: str) -> Row:
    share = sum(overlap(p.text, text) for p in data.points) / len(data.points)
    return Row("照抄程度", True, f"{share:.0%} 的字詞來自原文，" + ("是摘句" if share >= COPIED else "是改寫"), "python:copied", "整份")
