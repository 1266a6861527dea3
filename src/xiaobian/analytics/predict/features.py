"""What is known of a post before it is out, as one column a feature."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...errors import TableError
from ...tables import TABLES
from ..drivers.elements import FROM_TEXT
from ..groups import taipei_times
from ..measures import Floats
from .leaks import known_after, rank_correlation

Ints = NDArray[np.intp]

FROM_TIME = ("hour", "weekday", "posts_24h")
FROM_PLAN = (
    "pillar", "hook", "emotion", "cta", "negative_words", "positive_words", "price_line", "personality",
    "boost_ntd", "trend_age_h",
)  # fmt: skip
USUAL = (
    "platform", "account", "format", *FROM_TIME, "is_paid", "duration_s", "followers_at_post", *FROM_TEXT,
    *FROM_PLAN,
)  # fmt: skip
LABELS = {"hour": "發佈時刻", "weekday": "星期", "posts_24h": "前 24 小時的則數"}
CLOCK = 0.8
"""Rank correlation with the order of posts from which a number tells the date rather than the post."""
_MOST_LEVELS = 12
_KNOWN = re.compile(
    r"\b(type|category|format|platform|channel|month|week ?day|day of week|hour|daypart|paid|topic|language)\b|"
    r"^page\b.*likes|followers|hashtags?_|caption_|title_|類型|類別|格式|平台|月|星期|時段|小時|付費|主題|粉絲|字數",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Kind:
    """How a feature is read: category, number, hour (0–24, around the clock) or clock (it tells the date)."""

    name: str
    kind: str
    levels: tuple[str, ...] = ()


def feature_names(posts: pd.DataFrame, target: str, timed: bool) -> tuple[list[str], list[str]]:
    """Features that a table offers of itself, and columns that were not used because nobody knows when they are known."""
    if timed:
        return [name for name in USUAL if _offered(posts, name)], []
    names = [str(c) for c in posts.columns if str(c) != target]
    late = set(known_after(names))
    chosen = [
        n
        for n in names
        if n not in late and (n in USUAL or _KNOWN.search(n.replace("_", " ")) or _KNOWN.search(n))
    ]
    return chosen, [n for n in names if n not in chosen and n not in late]


def _offered(posts: pd.DataFrame, name: str) -> bool:
    if name in FROM_TIME:
        return True
    return name in posts or (name in FROM_TEXT and FROM_TEXT[name][0] in posts)


def features(posts: pd.DataFrame, names: Sequence[str], earlier: pd.DataFrame | None = None) -> pd.DataFrame:
    """The named features of each post, flags as 0 and 1, texts as they stand.

    earlier: posts already out, which count for ``posts_24h``. Raises TableError for a feature the table cannot give.
    """
    return pd.DataFrame({name: _feature(posts, name, earlier) for name in names}, index=posts.index)


def _feature(posts: pd.DataFrame, name: str, earlier: pd.DataFrame | None) -> pd.Series:
    if name in posts:
        return _plain(posts[name])
    if name in FROM_TEXT and FROM_TEXT[name][0] in posts:
        source, _, make = FROM_TEXT[name]
        return _plain(make(posts[source].astype("string")))
    if name in FROM_TIME and "published_at" in posts:
        times = taipei_times(posts)
        if name == "hour":
            return times.dt.hour + times.dt.minute / 60
        if name == "weekday":
            return times.dt.day_of_week.astype("string")
        return _recent(posts, times, earlier)
    raise TableError(
        f"這張表沒有「{feature_label(name)}」（{name}），算不出這個特徵",
        where=f"現有欄位：{'、'.join(map(str, posts.columns))}",
        next_step="企劃表的欄位請用 plan= 併進來，或從 features= 拿掉它",
    )


def _plain(values: pd.Series) -> pd.Series:
    if pd.api.types.is_numeric_dtype(values.dtype) or pd.api.types.is_bool_dtype(values.dtype):
        numbers = values.to_numpy(dtype=float, na_value=np.nan)
        return pd.Series(np.where(np.isfinite(numbers), numbers, np.nan), index=values.index)
    return values.astype("string")


def accounts(posts: pd.DataFrame) -> pd.Series:
    """Whose post it is: platform and account, as far as the table tells."""
    whose = pd.Series("", index=posts.index, dtype="string")
    for name in ("platform", "account"):
        if name in posts:
            whose = whose + "\n" + posts[name].astype("string").fillna("")
    return whose


def _recent(posts: pd.DataFrame, times: pd.Series, earlier: pd.DataFrame | None) -> pd.Series:
    """Posts of the same account in the 24 hours before each."""
    own = accounts(posts)
    when = [times] if earlier is None else [times, taipei_times(earlier)]
    who = [own] if earlier is None else [own, accounts(earlier)]
    all_times, all_own = pd.concat(when), pd.concat(who)
    ticks = all_times.dt.as_unit("us").astype("int64").to_numpy(dtype=np.int64)
    found = np.zeros(len(posts))
    for name in own.unique():
        mine = np.sort(ticks[(all_own == name).to_numpy() & all_times.notna().to_numpy()])
        here = (own == name).to_numpy()
        at = ticks[: len(posts)][here]
        found[here] = np.searchsorted(mine, at) - np.searchsorted(mine, at - 86_400_000_000)
    return pd.Series(found, index=posts.index)


def kinds(table: pd.DataFrame, order: Floats) -> list[Kind]:
    """How to read each feature; those that never vary, or are nearly always missing, are left out.

    >>> table = pd.DataFrame({"Type": ["Photo", "Link"] * 20, "Post Hour": [3.0, 10.0] * 20, "one": 1.0})
    >>> [(kind.name, kind.kind) for kind in kinds(table, np.arange(40.0))]
    [('Type', 'category'), ('Post Hour', 'hour')]
    """
    found = [_kind(str(name), table[name], order) for name in table]
    return [kind for kind in found if kind is not None]


def _kind(name: str, values: pd.Series, order: Floats) -> Kind | None:
    known = values.notna().to_numpy()
    if known.sum() < max(5, 0.03 * len(values)) or values.nunique(dropna=False) < 2:
        return None
    if not pd.api.types.is_numeric_dtype(values.dtype):
        levels = values.value_counts()
        often = tuple(str(level) for level in levels.index[levels >= 5][:_MOST_LEVELS])
        return Kind(name, "category", often) if often else None
    numbers = values.to_numpy(dtype=float)[known]
    if abs(rank_correlation(numbers, order[known])) >= CLOCK:
        return Kind(name, "clock")
    if re.search(r"hour$|小時|時刻", name, re.IGNORECASE) and numbers.min() >= 0 and numbers.max() <= 24:
        return Kind(name, "hour")
    if 2 < len(np.unique(numbers)) <= _MOST_LEVELS and np.all(numbers == numbers.round()) and _names(name):
        return Kind(name, "category", tuple(f"{value:g}" for value in np.unique(numbers)))
    return Kind(name, "number")


def _names(name: str) -> bool:
    """Whether whole numbers under this name are names of groups, not amounts."""
    return bool(
        re.search(r"week ?day|month|category|type|topic|星期|月|類", name.replace("_", " "), re.IGNORECASE)
    )


def feature_label(name: str) -> str:
    """A feature as a learner reads it.

    >>> feature_label("format"), feature_label("hour"), feature_label("Category")
    ('格式', '發佈時刻', 'Category')
    """
    if name in FROM_TEXT:
        return FROM_TEXT[name][1]
    declared = {c.name: c.label for table in ("plan", "posts") for c in TABLES[table].columns}
    return LABELS.get(name) or declared.get(name, name)
