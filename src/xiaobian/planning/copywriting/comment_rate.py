"""Which of several posts will draw more comments per person reached, learned from the brand's own posts.

It reads what is known before a post goes out: platform, format, the caption, and the editor's own score (``hook``) and
pillar where there are any. It says how likely each order is; it does not promise a number of comments, and what goes
with comments in the past need not cause them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...analytics.measures import simulated
from ...analytics.result import Result
from ...errors import TableError
from ...tables import FORMATS, PILLARS, PLATFORMS, require
from ..poisson import Fit, fit
from .asks import KINDS
from .features import LABELS, feature_table

if TYPE_CHECKING:
    from ...plotting import Chart

Floats = NDArray[np.float64]

LEAST_POSTS, LEAST_COMMENTS = 60, 150
"""Below these nothing is said (design parameters)."""

RARE = 10
"""A yes or no that fewer posts show (or lack) is left out: too few to say anything about."""

PRIOR_SD = 0.25
"""Standard deviation of an effect, log rate for one standard deviation of a feature: most effects are small (design)."""

PLAIN = ("hook_question", "hook_number", "price")
COUNTED = (
    "second_person",
    "first_person",
    "commands",
    "numbers",
    "hook_chars",
    "han",
    "exclamations",
    "particles",
    "emoji",
    "hashtags",
    "links",
    "positive",
    "negative",
)
ASKED = {
    "ask": ("ask", "choose", "comment"),
    "tag": ("tag",),
    "save": ("save",),
    "share": ("share",),
    "link": ("link", "buy"),
}
Z90 = 1.6449


def _floats(column: pd.Series) -> Floats:
    return np.asarray(column, dtype=np.float64)


def design(
    posts: pd.DataFrame, platforms: tuple[str, ...], with_hook: bool, with_pillar: bool
) -> pd.DataFrame:
    """The columns of the model for posts, unscaled; names say what they are (``platform:…``, ``format:…``, ``ask:…``)."""
    read = feature_table(posts["caption"])
    columns: dict[str, Floats] = {
        f"platform:{name}": _floats(posts["platform"] == name) for name in platforms[1:]
    }
    columns |= {f"format:{name}": _floats(posts["format"] == name) for name in list(FORMATS)[1:]}
    columns |= {f"ask:{name}": _floats(read["kind"].isin(kinds)) for name, kinds in ASKED.items()}
    columns |= {name: _floats(read[name]) for name in PLAIN}
    columns |= {name: np.log1p(_floats(read[name])) for name in COUNTED}
    if with_hook:
        columns["hook"] = _floats(posts["hook"].astype("Float64").fillna(0.5))
    if with_pillar:
        columns |= {f"pillar:{name}": _floats(posts["pillar"] == name) for name in list(PILLARS)[1:]}
    return pd.DataFrame(columns, index=posts.index)


@dataclass(frozen=True, repr=False)
class CommentRate(Result):
    """What the past says about comments per person reached. posts: how many it learned from; comments: under them.

    platforms: in the past; the first is the base. centre, scale: of each column; notes: what to keep in mind.
    """

    found: Fit
    names: tuple[str, ...]
    centre: Floats
    scale: Floats
    platforms: tuple[str, ...]
    posts: int
    comments: int
    notes: tuple[str, ...] = ()

    @property
    def enough(self) -> bool:
        return self.posts >= LEAST_POSTS and self.comments >= LEAST_COMMENTS

    def _matrix(self, posts: pd.DataFrame) -> Floats:
        require(posts, ["platform", "format", "caption"], "posts")
        if unknown := sorted(set(posts["platform"].astype(str)) - set(self.platforms)):
            raise TableError(
                f"過去的貼文裡沒有 {'、'.join(unknown)}，估不出它的留言率",
                where="欄位 platform", next_step=f"學過的平台：{'、'.join(self.platforms)}",
            )  # fmt: skip
        for name in ("hook", "pillar"):
            if any(n.split(":")[0] == name for n in self.names) and name not in posts:
                raise TableError(
                    f"過去的貼文有 {name}，這一批沒有",
                    where=f"欄位 {name}",
                    next_step=f"補上 {name}，或從過去的貼文拿掉它再學一次",
                )
        raw = design(posts, self.platforms, "hook" in self.names, "pillar:story" in self.names)
        scaled = (raw[list(self.names)].to_numpy(float) - self.centre) / self.scale
        return np.column_stack([np.ones(len(posts)), scaled])

    def rate(self, posts: pd.DataFrame) -> pd.Series:
        """Expected comments ÷ reach (0–1) of each post, by the index of ``posts``."""
        return pd.Series(
            np.exp(self._matrix(posts) @ self.found.beta), index=posts.index, name="comment_rate"
        )

    def order(self, posts: pd.DataFrame) -> pd.DataFrame:
        """The posts from the highest expected comment rate to the lowest.

        Columns: place (1 is the highest), post_id (where given), platform, caption, rate, low, high (90 % interval of the
        expected rate, 0–1), over_next (probability 0–1 that it is truly above the next one).
        """
        x = self._matrix(posts)
        log = x @ self.found.beta
        spread = np.sqrt(np.einsum("ij,jk,ik->i", x, self.found.covariance, x))
        by = np.argsort(-log, kind="stable")
        gap = x[by[:-1]] - x[by[1:]]
        sd = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", gap, self.found.covariance, gap), 1e-12))
        over = np.append(_normal((gap @ self.found.beta) / sd), np.nan)
        table = posts.iloc[by][[c for c in ("post_id", "platform", "caption") if c in posts]].copy()
        table.insert(0, "place", range(1, len(by) + 1))
        table["rate"] = np.exp(log[by])
        table["low"], table["high"] = np.exp(log[by] - Z90 * spread[by]), np.exp(log[by] + Z90 * spread[by])
        table["over_next"] = over
        return table.reset_index(drop=True)

    @cached_property
    def effects(self) -> pd.DataFrame:
        """Change of the comment rate that goes with each thing, others held equal: name, label, change, low, high (relative,
        0.1 is 10 % more), unit, clear. For a yes or no: yes against no; for a number: the usual spread (one standard
        deviation). clear: away from 0 even though this many things were looked at (Bonferroni, one false alarm in ten runs)."""
        rows, enough = [], bar(len(self.own))
        for place, name in enumerate(self.names):
            plain = name.split(":")[0] in ("ask", "format", "platform", "pillar") or name in PLAIN
            times = 1 / self.scale[place] if plain else 1.0
            middle = self.found.beta[place + 1] * times
            sd = np.sqrt(self.found.covariance[place + 1, place + 1]) * times
            rows.append({
                "name": name, "label": label_of(name), "change": np.expm1(middle), "low": np.expm1(middle - Z90 * sd),
                "high": np.expm1(middle + Z90 * sd), "unit": "有和沒有比" if plain else "多一個標準差",
                "clear": bool(abs(middle) > enough * sd),
            })  # fmt: skip
        return pd.DataFrame(rows)

    @property
    def own(self) -> list[str]:
        """The columns that say something of the caption, not of platform, format or pillar."""
        return [name for name in self.names if not name.startswith(("platform:", "format:", "pillar:"))]

    def clear(self) -> pd.DataFrame:
        """The clear effects of the caption, the largest first."""
        sure = self.effects[self.effects["name"].isin(self.own) & self.effects["clear"]]
        return sure.reindex(sure["change"].abs().sort_values(ascending=False).index)

    def say(self) -> str:
        """What goes with comments, and how far it can be trusted."""
        head = f"從 {self.posts:,} 則貼文、{self.comments:,} 則留言學到的"
        if not self.enough:
            missing = f"至少要 {LEAST_POSTS} 則貼文、{LEAST_COMMENTS} 則留言"
            return f"{head}太少，先不排序：{missing}。"
        sure = self.clear().head(4)
        if sure.empty:
            return f"{head}：看不出文案裡哪一件事和留言有關，排序只比隨便排好一點。"
        told = "、".join(
            f"{row['label']}（{_signed(float(row['change']))}）" for row in sure.to_dict("records")
        )
        return f"{head}：其他條件一樣時，留言率差最多的是{told}。這是一起出現，不一定是它造成的。"

    def plot(self) -> Chart:
        """The clear effects of the caption with their 90 % intervals."""
        from .comment_rate_plot import draw

        return self.captioned(draw(self))


def bar(number: int) -> float:
    """Standard errors that an effect must be away from 0 when this many are looked at (two-sided, 10 % in all).

    >>> round(bar(1), 2), round(bar(20), 2)
    (1.64, 2.81)
    """
    from scipy.special import ndtri

    return float(ndtri(1 - 0.05 / max(number, 1)))


def label_of(name: str) -> str:
    """A column of the model in words.

    >>> label_of("ask:tag"), label_of("format:image")
    ('請人標記朋友', '圖片')
    """
    kind, _, value = name.partition(":")
    if kind == "ask":
        return {"ask": "問一個問題", "tag": "請人標記朋友"}.get(value, KINDS[value][0])
    words: Mapping[str, str] = {"platform": PLATFORMS, "format": FORMATS, "pillar": PILLARS}.get(kind, {})
    return words.get(value) or {"hook": "發文前的內容強度"}.get(name) or LABELS[name]


def _signed(share: float) -> str:
    return f"{share:+.0%}".replace("-", "−")


def _normal(z: Floats) -> Floats:
    from scipy.special import ndtr

    return np.asarray(ndtr(z))


def comment_rate(posts: pd.DataFrame, plan: pd.DataFrame | None = None) -> CommentRate:
    """Learn from past posts what goes with comments per person reached.

    posts: platform, format, caption, reach, comments. plan: the table ``plan`` with ``hook`` and ``pillar`` by post_id, if
    the editor kept them; they may also be columns of ``posts``. Where no post has reach (some platforms export none), views
    are counted instead, and ``notes`` says so. Posts without one of these are left out and told in ``notes``.

    Raises TableError when a column is missing or nothing is left.

    >>> from xiaobian.sandbox import World
    >>> past = World(3).history(weeks=20)
    >>> comment_rate(past.posts).enough
    True
    """
    require(posts, ["platform", "format", "caption", "comments"], "posts")
    table, exposed = posts, _exposure(posts)
    if plan is not None:
        own = [c for c in ("hook", "pillar") if c in plan and c not in posts]
        table = posts.merge(plan[["post_id", *own]], on="post_id", how="left")
    whole = table[exposed].fillna(0).gt(0) & table["comments"].notna() & table["caption"].notna()
    kept = table[whole].reset_index(drop=True)
    if kept.empty:
        raise TableError(
            "沒有一則貼文同時有文案、觸及（或瀏覽）和留言數",
            where="comment_rate",
            next_step="匯出時勾選這三欄",
        )
    notes = [f"沒有算 {int((~whole).sum()):,} 則：少了文案、觸及或留言數"] if (~whole).any() else []
    if exposed == "views":
        notes.append("資料裡沒有觸及，改用瀏覽次數當分母：同一個人看兩次算兩次")
    with_hook = "hook" in kept and bool(kept["hook"].notna().any())
    if not with_hook:
        notes.append("資料裡沒有發文前的內容強度（hook），開頭寫得好不好只能從字面猜")
    platforms = tuple(sorted(kept["platform"].astype(str).unique()))
    raw = design(kept, platforms, with_hook, "pillar" in kept)
    values = raw.to_numpy(float)
    yes = np.isin(values, (0.0, 1.0)).all(axis=0)
    seen = np.minimum(values.sum(axis=0), (1 - values).sum(axis=0))
    used = np.where(yes, seen >= RARE, values.std(axis=0) > 1e-9)
    centre, scale = values[:, used].mean(axis=0), values[:, used].std(axis=0)
    names = tuple(str(name) for name in raw.columns[used])
    looked = sum(not name.startswith(("platform:", "format:", "pillar:")) for name in names)
    notes.append(f"文案一次看了 {looked} 件事，只說門檻拉高之後還離開 0 的；區間是 90%")
    x = np.column_stack([np.ones(len(kept)), (values[:, used] - centre) / scale])
    sd = np.array([np.inf, *(1.0 if name.startswith("platform:") else PRIOR_SD for name in names)])
    count, exposure = kept["comments"].to_numpy(float), kept[exposed].to_numpy(float)
    return CommentRate(
        fit(x, count, exposure, sd),
        names,
        centre,
        scale,
        platforms,
        len(kept),
        int(count.sum()),
        (*notes, *simulated(posts)),
    )


def _exposure(posts: pd.DataFrame) -> str:
    """The column that comments are divided by: reach, or views where no post has reach."""
    has = {name: name in posts and bool(posts[name].fillna(0).gt(0).any()) for name in ("reach", "views")}
    if not has["reach"] and has["views"]:
        return "views"
    require(posts, ["reach"], "posts")
    return "reach"
