"""What is said of a platform or a topic in Taiwan: every figure with its denominator, and why figures disagree."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from .. import datasets
from ..analytics.result import Result
from ..errors import KitError, NotFound
from ..tables import PLATFORMS

if TYPE_CHECKING:
    from ..plotting import Chart

TABLES = ("tw_facts", "trend_facts")

MEASURES = {
    "most_used": "最常用（只能選一個）",
    "often": "常用（可複選）",
    "use": "有在用",
    "daily": "每天用",
    "account": "有帳號",
    "watch": "影音觀眾裡看過的",
    "monthly": "每月使用",
    "traffic": "全球網頁流量裡的台灣",
    "ad_reach": "廣告可觸及",
    "identities": "帳號數",
    "users": "使用者數",
    "time": "使用時間",
}
"""What a figure measures: code in the reference tables → words."""

SHOWN = {
    "figure": "數字", "measure": "量的是什麼", "denominator": "分母", "population": "母體", "segment": "年齡層", "period": "期間",
    "source": "來源", "checked": "查核日", "confidence": "可信度",
}  # fmt: skip
COLUMNS = ("id", "topic", "measure", "segment", "claim", "figure", "value", "unit", "denominator", "population", "n",
           "period", "source", "via", "checked", "confidence", "conflict_with", "note")  # fmt: skip
CONFLICT_COLUMNS = ("one", "other", "figure_one", "figure_other", "times", "same_question", "why")
_N = r"n\s*(?:=|約)\s*([\d,]+)(?!.*一部分)"


@dataclass(frozen=True, repr=False)
class Facts(Result):
    """What ``facts()`` found.

    table: a row a figure: id (of its evidence card), topic, measure (code of ``MEASURES``), segment (age group; empty is
    everybody), claim, figure (as printed), value, unit, denominator, population, n (respondents, where the source says
    so), period, source, via, checked, confidence (H, M, L), conflict_with, note.
    conflicts: a row a pair of figures of one topic and unit that differ: one, other (ids), figure_one, figure_other,
    times (the larger ÷ the smaller), same_question (one of the two must be wrong), why.
    """

    topic: str
    table: pd.DataFrame
    conflicts: pd.DataFrame
    notes: tuple[str, ...] = ()

    @property
    def shown(self) -> pd.DataFrame:
        """The table with the columns a reader asks for, named in 正體中文.

        >>> facts("threads").shown.columns[0]
        '數字'
        """
        table = self.table.assign(
            measure=self.table["measure"].map(MEASURES).fillna(self.table["claim"]),
            confidence=self.table["confidence"].map(datasets.CONFIDENCE),
        )
        return table.set_index("id")[list(SHOWN)].rename(columns=SHOWN).fillna("")

    @property
    def percentages(self) -> pd.DataFrame:
        """The rows in percent, largest first.

        >>> facts("threads").percentages["unit"].unique().tolist()
        ['%']
        """
        rows = self.table[self.table["unit"] == "%"]
        return rows.sort_values("value", ascending=False, kind="stable")

    def say(self) -> str:
        """How far the figures lie apart, and which differences can both be true."""
        from ..plotting import spaced

        rows = self.percentages
        others = len(self.table) - len(rows)
        also = f"另有{others}個不是百分比的數字。" if others and len(rows) else ""
        if not len(rows):
            return spaced(f"{self.topic}有{len(self.table)}個數字，沒有百分比，每一個的分母在表裡。{self._why()}")
        if len(rows) == 1:
            only = rows.iloc[0]
            return spaced(f"{self.topic}只有一個百分比：{only['figure']}，分母是{only['denominator']}。{also}{self._why()}")
        if len(rows[["measure", "segment"]].drop_duplicates()) == 1 and not self.conflicts["same_question"].any():
            return spaced(self._over_time(rows.sort_values("period")) + also)
        top, bottom = rows.iloc[0], rows.iloc[-1]
        return spaced(
            f"{self.topic}有{len(rows)}個百分比，從「{_asked(bottom)}」的{bottom['figure']}到「{_asked(top)}」的{top['figure']}。"
            f"{self._why()}{also}"
        )

    def _over_time(self, rows: pd.DataFrame) -> str:
        first, last = rows.iloc[0], rows.iloc[-1]
        return (
            f"{self.topic}「{_asked(first)}」有{len(rows)}個數字，從{first['period']}的{first['figure']}到{last['period']}的{last['figure']}。"
            "題目相同，可以比前後，但先算抽樣誤差再說升或降。"
        )

    def _why(self) -> str:
        alike = self.conflicts[self.conflicts["same_question"]]
        different = self.conflicts[~self.conflicts["same_question"] & (self.conflicts["why"] != f"期間{_DIFFER}")]
        named = {part for why in different["why"] for part in why.removesuffix(_DIFFER).split("、")}
        reasons = "、".join(reason for reason in _REASONS if reason in named)
        words = f"{reasons}不同的數字可以同時成立，但不能互相比。" if reasons else ""
        for row in alike.to_dict("records"):
            words += f"{row['figure_one']}和{row['figure_other']}說的是同一件事，引用前先找原始報告。"
        return words

    def plot(self) -> Chart:
        """The percentages, each with what it measures and its denominator; raises KitError when there is none."""
        from .facts_plot import draw

        if not len(self.percentages):
            raise KitError(
                f"{self.topic}沒有百分比可以畫", where="plot()", next_step="請看 .shown，每個數字的單位不同"
            )
        return self.captioned(draw(self))


def _asked(row: Any) -> str:
    label = MEASURES.get(row["measure"], str(row["claim"]))
    return f"{label}，{segment_text(row['segment'])}" if pd.notna(row["segment"]) else label


def segment_text(segment: Any) -> str:
    """An age group in words.

    >>> segment_text("18-24")
    '18–24 歲'
    """
    return f"{str(segment).replace('-', '–')} 歲" if pd.notna(segment) else "全體"


def every_fact() -> pd.DataFrame:
    """All rows of the fact tables, with ``n`` read from the population.

    >>> int(every_fact().set_index("id").loc["twnic_2025_internet", "n"])
    2142
    """
    rows = pd.concat([datasets.reference(name) for name in TABLES], ignore_index=True)
    n = pd.to_numeric(rows["population"].str.extract(_N)[0].str.replace(",", "")).astype("Float64")
    return rows.assign(n=n)[list(COLUMNS)]


def topic_text(topic: str) -> str:
    """A topic of the tables in words.

    >>> topic_text("tiktok")
    'TikTok'
    """
    return PLATFORMS.get(topic, topic)


def facts(topic: str, measure: str | None = None) -> Facts:
    """Every figure of the reference tables about a topic, and the pairs that disagree.

    topic: a platform (``"threads"``, ``"小紅書"``), a theme of the tables (``"短影音"``), or words that stand in a
    claim, denominator or source (``"NCC"``). measure: a code of ``MEASURES``, to keep one question only.

    Raises NotFound with the nearest names for an unknown topic or measure, KitError when the topic is not text.

    >>> facts("threads").percentages["figure"].tolist()[:2]
    ['44%', '21.83%']
    """
    if not isinstance(topic, str) or not topic.strip():
        raise KitError("主題要寫成文字", where=f"收到的是 {topic!r}", next_step='例如 facts("threads")')
    rows = every_fact()
    found = rows[_about(rows, topic.strip())]
    if not len(found):
        raise NotFound(f"沒有「{topic}」的數字", next_step=_nearest(rows, topic))
    if measure is not None:
        kinds = [code for code in MEASURES if (found["measure"] == code).any()]
        if measure not in kinds:
            raise NotFound(
                f"「{topic}」沒有量「{measure}」的數字", next_step=f"這個主題有 {'、'.join(kinds) or '別種數字，不用加 measure='}"
            )
        found = found[found["measure"] == measure]
    found = found.reset_index(drop=True)
    topics = found["topic"].unique()
    name = topic_text(topics[0]) if len(topics) == 1 and _same(topic, topics[0]) else f"「{topic.strip()}」"
    return Facts(name, found, conflicts(found), _notes(found))


def _same(asked: str, topic: str) -> bool:
    asked = asked.strip().casefold()
    return asked in (topic.casefold(), topic_text(topic).casefold())


def _about(rows: pd.DataFrame, topic: str) -> pd.Series:
    exactly = rows["topic"].map(lambda known: _same(topic, known)).astype(bool)
    if exactly.any():
        return exactly
    text = rows[["claim", "denominator", "population", "source"]].fillna("").agg(" ".join, axis=1)
    return text.str.casefold().str.contains(topic.casefold(), regex=False).astype(bool)


def _nearest(rows: pd.DataFrame, topic: str) -> str:
    names = list(dict.fromkeys(rows["topic"]))
    labels = {word.casefold(): topic_text(name) for name in names for word in (name, topic_text(name))}
    near = difflib.get_close_matches(topic.casefold(), labels, n=4, cutoff=0.6)
    if near:
        return f"最接近的是 {'、'.join(dict.fromkeys(labels[word] for word in near))}"
    return f"有數字的主題：{'、'.join(map(topic_text, names))}"


def _notes(found: pd.DataFrame) -> tuple[str, ...]:
    weak = int((found["confidence"] == "L").sum())
    return (f"{weak} 個數字可信度低，只能當線索",) if weak else ()


# ── why two figures disagree ──

_REASONS = {
    "題目": "measure", "年齡層": "segment", "分母": "denominator", "母體": "population", "期間": "period", "來源": "source",
}  # fmt: skip
_DIFFER = "不同"
_ONE_WRONG = "同一題印成兩個數字，至少一個是錯的"


def conflicts(rows: pd.DataFrame) -> pd.DataFrame:
    """Pairs of figures of one topic and unit that differ, and why; rows: as ``Facts.table``.

    Only figures that say what they measure are paired, and those that the tables themselves set against each other.

    >>> pairs = conflicts(every_fact().query("topic == '社群媒體'"))
    >>> pairs[pairs["same_question"]][["figure_one", "figure_other"]].to_numpy().tolist()
    [['76.86%', '78.86%']]
    """
    return pd.DataFrame(list(_pairs(rows)), columns=list(CONFLICT_COLUMNS)).astype({"same_question": bool})


def _pairs(rows: pd.DataFrame) -> Iterator[dict[Any, Any]]:
    for _, part in rows.groupby(["topic", "unit"], sort=False):
        for one, other in combinations(part.to_dict("records"), 2):
            declared = other["id"] in str(one["conflict_with"]).split()
            asked = pd.notna(one["measure"]) and pd.notna(other["measure"])
            if one["value"] == other["value"] or not (declared or asked):
                continue
            low, high = sorted((float(one["value"]), float(other["value"])))
            reasons = [] if declared else _reasons(one, other)
            yield {
                "one": one["id"], "other": other["id"], "figure_one": one["figure"], "figure_other": other["figure"],
                "times": high / low if low else np.inf, "same_question": declared or not reasons,
                "why": "、".join(reasons) + _DIFFER if reasons else _ONE_WRONG,
            }  # fmt: skip


def _reasons(one: dict[Any, Any], other: dict[Any, Any]) -> list[str]:
    return [reason for reason, column in _REASONS.items() if _text(one[column]) != _text(other[column])]


def _text(cell: Any) -> str:
    """A cell as it is compared: the year of a survey is its period, not another population."""
    return "" if pd.isna(cell) else re.sub(r"20\d\d 年(?=調查)", "", str(cell))  # lint: off
