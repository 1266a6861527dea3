"""A whole table of posts against a voice: where it holds, where guide and practice disagree."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from ...datasets import SIMULATED, is_simulated
from ...errors import TableError
from ...plotting import SEA, Chart, chart, percent_axis, source_note, spaced, titled
from ...tables import PLATFORMS

if TYPE_CHECKING:
    from .guide import Voice


@dataclass(frozen=True, repr=False)
class VoiceAudit:
    """Posts and their scores. table: a row a post (platform, caption, score, on, first); expressions: a row a rule and
    words with how many posts hold them."""

    brand: str
    table: pd.DataFrame = field(compare=False)
    expressions: pd.DataFrame = field(compare=False)
    simulated: bool = False

    @property
    def by_platform(self) -> pd.DataFrame:
        """Posts, and the share of them that is on voice, by platform, lowest share first."""
        grouped = self.table.groupby("platform", observed=True)["on"]
        return pd.DataFrame({"posts": grouped.size(), "on": grouped.mean()}).sort_values("on")

    def say(self) -> str:
        share = self.table["on"].mean()
        low = self.by_platform.iloc[0]
        name = PLATFORMS[str(self.by_platform.index[0])]
        text = f"{len(self.table):,}則貼文，{share:.0%}像{self.brand}。最低的是 {name}，{low['posts']:.0f}則裡{low['on']:.0%}。"
        return spaced(text) + (f"\n附註：{SIMULATED}" if self.simulated else "")

    def plot(self) -> Chart:
        """Share on voice by platform; all posts, no sample."""
        shares = self.by_platform.iloc[::-1]
        figure, ax = chart(9, 3.6)
        names = [spaced(f"{PLATFORMS[str(p)]}（{n:,.0f}則）") for p, n in shares["posts"].items()]
        ax.barh(names, shares["on"], color=SEA, height=0.55)
        for place, share in enumerate(shares["on"]):
            ax.text(share + 0.01, place, f"{share:.0%}", va="center")
        ax.set_xlim(0, 1.08)
        percent_axis(ax, "x")
        ax.set_xlabel("像品牌的貼文 ÷ 全部貼文")
        low = PLATFORMS[str(self.by_platform.index[0])]
        titled(
            ax,
            spaced(f"{low} 最不像：只有 {self.by_platform['on'].iloc[0]:.0%}"),
            f"全部 {len(self.table):,} 則，沒有抽樣；{'島嶼沙盒模擬資料' if self.simulated else '你的資料'}",
        )
        source_note(ax)
        return figure

    def __repr__(self) -> str:
        return self.say()


def audit(voice: Voice, posts: pd.DataFrame) -> VoiceAudit:
    """Score every post of a table with ``platform`` and ``caption``; posts without a caption are left out.

    Raises TableError when a column is missing or no caption is there.
    """
    missing = [name for name in ("platform", "caption") if name not in posts]
    if missing:
        raise TableError(
            f"沒有「{missing[0]}」欄",
            where="貼文表",
            next_step="請給有 platform 和 caption 的表，或用 xb.read_export() 讀",
        )
    kept = posts.loc[posts["caption"].fillna("").astype(str).str.strip() != "", ["platform", "caption"]]
    if kept.empty:
        raise TableError("沒有一則有文字", where="caption", next_step="請確認 caption 欄裡有貼文的文字")
    seen = [voice.score(str(c), str(p)) for p, c in kept.itertuples(index=False)]
    table = kept.assign(
        score=[s.score for s in seen], on=[s.on for s in seen], first=[s.advice() for s in seen]
    )
    used = [pair for s in seen for pair in {(f.rule.split(".")[-1], f.text) for f in s.findings}]
    counted = pd.DataFrame(used, columns=["規則", "說法"]).value_counts().rename("貼文數").reset_index()
    simulated = "account" in posts and is_simulated(posts["account"])
    return VoiceAudit(voice.brand, table, counted, simulated)
