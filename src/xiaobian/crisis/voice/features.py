"""The space a voice is measured in: six features anyone can count, four axes made from counts, and forbidden expressions.

The word lists are ``voice_words.yml``; lists, weights and middles are design choices (設計參數) that hold for Taiwan
Mandarin in general. What one brand wants of them is its own ``voice.yml``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

from ...datasets import yaml_of
from ...lint.measures import LIMITS, measure

SHORT = 0.5
"""Sentences without any sign that are added to a text before its axes are read (設計參數)."""
_TAGS = re.compile(r"(?<![\w/&])[#＃]\w+|https?://\S+")
_WORDS = Path(__file__).with_name("words.yml")


@dataclass(frozen=True)
class Feature:
    """A count of a text. words: what counts, for people; scale: how far out of a band weighs 1."""

    label: str
    unit: str
    words: str
    scale: float


FEATURES: dict[str, Feature] = {
    "sentence_chars": Feature("句長", "字，平均一句", "不計空白和標籤", 20.0),
    "particles": Feature("語氣詞", "個，平均一句", "句尾的吧、呢、啊、喔、啦、耶", 0.6),
    "exclamations": Feature("驚嘆號", "個，平均一句", "全形和半形都算", 0.5),
    "emoji": Feature("表情符號", "個，平均一句", "一串組合算一個", 0.6),
    "second_person": Feature("第二人稱", "個，平均一句", "你、妳、您", 1.2),
    "hedges": Feature("保留語", "個，平均一句", "可能、大概、似乎、據說", 0.5),
}
"""The six features that a guide may set a low and a high for."""


@dataclass(frozen=True)
class Axis:
    """One axis from 0 (left word) to 100 (right word). middle: where a text without any sign stands, as a logit.
    weights: push to the right per count a sentence."""

    ends: tuple[str, str]
    middle: float
    weights: Mapping[str, float]


AXES: dict[str, Axis] = {
    "warm": Axis(("親切", "專業"), 0.25, {"care": -1.3, "second_person": -0.7, "particles": -0.5, "casual": -0.5,
                                         "emoji": -0.4, "formal": 0.9, "jargon": 0.9}),
    "formal": Axis(("輕鬆", "莊重"), -0.1, {"particles": -1.0, "casual": -0.9, "emoji": -0.8, "jokes": -1.2,
                                           "exclamations": -0.5, "formal": 1.1, "jargon": 0.4}),
    "calm": Axis(("熱情", "冷靜"), 1.5, {"exclamations": -1.6, "emoji": -0.7, "intensity": -1.6, "particles": -0.2}),
    "plain": Axis(("直白", "修飾"), -0.2, {"concrete": -0.6, "care": -0.3, "ornate": 1.5, "intensity": 0.7, "formal": 0.6}),
}  # fmt: skip


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    own = {name: re.compile(words) for name, words in yaml_of(_WORDS)["words"].items()}
    return own | {name: found for name, (_, found, _) in LIMITS.items()}


@dataclass(frozen=True)
class Counted:
    """counts: of a text by name; sentences: at least 1; chars: of the mean sentence; empty: nothing to read."""

    counts: Mapping[str, int]
    sentences: int
    chars: float
    empty: bool

    def rate(self, name: str) -> float:
        return self.counts[name] / self.sentences

    @property
    def features(self) -> dict[str, float]:
        """The six features."""
        return {name: self.chars if name == "sentence_chars" else self.rate(name) for name in FEATURES}

    @property
    def axes(self) -> dict[str, float]:
        """Position on each axis, 0–100."""
        return {name: 100 / (1 + math.exp(-self._push(axis))) for name, axis in AXES.items()}

    def _push(self, axis: Axis) -> float:
        """Signs are counted a sentence, with SHORT more sentences, so that a short text says little; three a sentence is most."""
        rates = {name: self.counts[name] / (self.sentences + SHORT) for name in axis.weights}
        return axis.middle + sum(weight * min(rates[name], 3) for name, weight in axis.weights.items())


def counted(text: str) -> Counted:
    """Count one text; hashtags and links are left out.

    >>> counted("今天下午兩點出爐，一條切八片！").features["exclamations"]
    1.0
    """
    prose = _TAGS.sub("", text).strip()
    sizes = measure(prose)
    counts = {name: len(found.findall(prose)) for name, found in _patterns().items()}
    sentences = max(int(sizes["sentences"]), 1)
    return Counted(counts, sentences, float(sizes["sentence_chars"]), not sizes["sentences"])


def voice_features() -> pd.DataFrame:
    """The named features and axes of the space: a row each with label, unit and what counts.

    >>> list(voice_features().index)[:2]
    ['sentence_chars', 'particles']
    """
    rows = {name: (f.label, f.unit, f.words) for name, f in FEATURES.items()}
    for name, axis in AXES.items():
        rows[name] = (f"{axis.ends[0]}–{axis.ends[1]}", "0–100", _signs(axis))
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["名稱", "單位", "數什麼"])
    return table.rename_axis("代號")


SIGNS = {
    "care": "體貼的話", "second_person": "第二人稱", "particles": "語氣詞", "casual": "口語", "emoji": "表情符號", "formal": "書面語",
    "jargon": "行話", "jokes": "玩笑", "exclamations": "驚嘆號", "intensity": "強調詞", "concrete": "具體的時間、數字和做法", "ornate": "修飾詞",
}  # fmt: skip


def _signs(axis: Axis) -> str:
    left = "、".join(SIGNS[name] for name, weight in axis.weights.items() if weight < 0)
    right = "、".join(SIGNS[name] for name, weight in axis.weights.items() if weight > 0)
    return f"往左：{left}" + (f"；往右：{right}" if right else "")
