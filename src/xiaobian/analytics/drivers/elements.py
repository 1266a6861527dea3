"""The elements of a post that can be counted: its labels, its numbers, and what stands in its caption."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from ...errors import TableError
from ...tables import CTAS, EMOTIONS, FORMATS, PILLARS, TABLES
from ..measures import Floats

LABELLED: dict[str, dict[str, str]] = {"format": FORMATS, "pillar": PILLARS, "emotion": EMOTIONS, "cta": CTAS}
USUAL = (
    "format", "pillar", "emotion", "cta", "hook", "price_line", "personality", "negative_words", "positive_words",
    "caption_length", "hashtag_count", "question", "exclamation", "digit", "emoji",
)  # fmt: skip
MIN_WITH = 10
"""Posts that must have an element, and posts that must lack it."""
_MOST_LEVELS = 12
_EMOJI = "[\U0001f300-\U0001faff\u2600-\u27bf\u2b50\u2b55]"

FROM_TEXT: dict[str, tuple[str, str, Callable[[pd.Series], pd.Series]]] = {
    "caption_length": ("caption", "文案長度", lambda text: text.map(len, na_action="ignore")),
    "hashtag_count": ("hashtags", "主題標籤數", lambda text: text.str.count(r"\S+")),
    "question": ("caption", "文案有問號", lambda text: text.str.contains("[？?]")),
    "exclamation": ("caption", "文案有驚嘆號", lambda text: text.str.contains("[！!]")),
    "digit": ("caption", "文案有數字", lambda text: text.str.contains("[0-9０-９]")),
    "emoji": ("caption", "文案有表情符號", lambda text: text.str.contains(_EMOJI)),
}


@dataclass(frozen=True)
class Element:
    """One thing a post has or has not (values 0 and 1), or has more or less of (per standard deviation).

    reference: level of the same feature it is compared with; empty when it is compared with not having it.
    """

    feature: str
    level: str
    label: str
    values: Floats
    reference: str = ""

    @property
    def counted(self) -> bool:
        """Whether it is there or not, rather than more or less."""
        return not self.level.startswith("sd")


def known_features(posts: pd.DataFrame) -> list[str]:
    """The usual features that this table can give: there for at least half of the posts and not all alike."""
    return [name for name in USUAL if _possible(posts, name) and (v := column(posts, name)).notna().mean() >= 0.5
            and v.nunique() > 1]  # fmt: skip


def _possible(posts: pd.DataFrame, name: str) -> bool:
    return name in posts or (name in FROM_TEXT and FROM_TEXT[name][0] in posts)


def column(posts: pd.DataFrame, name: str) -> pd.Series:
    """A feature as a column, taken from the caption when the table has none of that name; raises TableError."""
    if name in posts:
        return posts[name]
    if _possible(posts, name):
        source, _, make = FROM_TEXT[name]
        return make(posts[source].astype("string"))
    raise TableError(
        f"貼文表沒有「{name}」這個元素",
        where="參數 features",
        next_step="企劃表的欄位請先併進來，例如 "
        'past.posts.merge(past.plan[["post_id", "pillar", "cta", "hook"]], on="post_id")；'
        f"可以從文案算的有 {'、'.join(FROM_TEXT)}",
    )


def word_columns(posts: pd.DataFrame, words: Sequence[str]) -> dict[str, pd.Series]:
    """Whether each caption has each word; raises TableError without captions."""
    if words and "caption" not in posts:
        raise TableError("貼文表沒有文案，看不出有沒有用到這些詞", where="參數 words")
    return {
        f"「{word}」": posts["caption"].astype("string").str.contains(word, regex=False) for word in words
    }


def elements(name: str, values: pd.Series) -> tuple[list[Element], list[str]]:
    """The elements of one feature without missing values, and the levels too rare to judge.

    >>> found, rare = elements("cta", pd.Series(["none"] * 30 + ["ask"] * 12 + ["tag"] * 2))
    >>> [e.label for e in found], rare
    (['行動呼籲：提問（和「沒有」比）'], ['行動呼籲：標記朋友'])
    """
    title = _title(name)
    if pd.api.types.is_bool_dtype(values.dtype) or set(values.unique()) <= {0, 1}:
        flags = values.to_numpy(dtype=float)
        if min(flags.sum(), len(flags) - flags.sum()) < MIN_WITH:
            return [], [title]
        return [Element(name, "", title, flags)], []
    if pd.api.types.is_numeric_dtype(values.dtype):
        numbers = values.to_numpy(dtype=float)
        spread = numbers.std()
        if len(numbers) < 2 * MIN_WITH or spread == 0:
            return [], [title]
        return [Element(name, "sd", f"{title}（每多 1 個標準差）", (numbers - numbers.mean()) / spread)], []
    return _levels(name, title, values.astype("string"))


def _levels(name: str, title: str, values: pd.Series) -> tuple[list[Element], list[str]]:
    counts = values.value_counts()
    if len(counts) > _MOST_LEVELS:
        raise TableError(
            f"「{title}」有 {len(counts)} 種不同的內容，不像元素",
            where="參數 features",
            next_step=f"請先歸成 {_MOST_LEVELS} 類以內；要看文案裡的詞，請用 words=",
        )
    words = LABELLED.get(name, {})
    order = [*words, *sorted(set(counts.index) - set(words))]
    base = "none" if name == "cta" and counts.get("none", 0) >= MIN_WITH else str(counts.index[0])
    others = [level for level in order if level in counts.index and level != base]
    compared = f"（和「{words.get(base, base)}」比）"
    found = [
        Element(
            name,
            level,
            f"{title}：{words.get(level, level)}{compared}",
            (values == level).to_numpy(dtype=float),
            base,
        )
        for level in others
        if counts[level] >= MIN_WITH
    ]
    return found, [f"{title}：{words.get(level, level)}" for level in others if counts[level] < MIN_WITH]


def _title(name: str) -> str:
    if name in FROM_TEXT:
        return FROM_TEXT[name][1]
    if name.startswith("「"):
        return f"文案有{name}"
    labels = {c.name: c.label for t in ("plan", "posts") for c in TABLES[t].columns}
    return labels.get(name, name)
