"""Blind comparison: two texts side by side, no names, order drawn by lot; who wins, and was it only the left side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ...analytics.result import Result
from ...errors import AnswerError, TableError
from ...sandbox.streams import generator

if TYPE_CHECKING:
    from ...plotting import Chart

LEFT, RIGHT, TIE = "left", "right", "tie"
VOTES = {LEFT: "左邊好", RIGHT: "右邊好", TIE: "差不多"}


@dataclass(frozen=True)
class Pair:
    """Two texts to compare; ``left_by`` and ``right_by`` stay hidden until the votes are in."""

    pair_id: str
    left: str
    right: str
    left_by: str
    right_by: str

    def __repr__(self) -> str:
        return f"{self.pair_id}\n左：{self.left}\n右：{self.right}"


def pairs(texts: Mapping[str, Sequence[str]], seed: int = 0, most: int = 30) -> list[Pair]:
    """Pairs of texts by different authors on the same item, in an order and on sides drawn by lot.

    texts: author → one text an item, the same items in the same order.
    Raises TableError when authors have different numbers of texts, or there are fewer than two.

    >>> made = pairs({"阿洛": ["a", "b"], "離線規則": ["c", "d"]}, seed=1)
    >>> len(made), "阿洛" in repr(made[0])
    (2, False)
    """
    lengths = {name: len(own) for name, own in texts.items()}
    if len(texts) < 2 or len(set(lengths.values())) != 1:
        told = "、".join(f"{name} {n} 則" for name, n in lengths.items())
        raise TableError(
            f"每位作者要有一樣多則，而且至少兩位：{told}", next_step="同一題每位作者各寫一則再來比"
        )
    rng = generator(seed, "blind pairs")
    drawn = [
        (item, *(two if rng.random() < 0.5 else two[::-1]))
        for item in range(next(iter(lengths.values())))
        for two in combinations(texts, 2)
    ]
    order = rng.permutation(len(drawn))[:most]
    return [
        Pair(
            f"第 {place} 組",
            texts[drawn[i][1]][drawn[i][0]],
            texts[drawn[i][2]][drawn[i][0]],
            drawn[i][1],
            drawn[i][2],
        )
        for place, i in enumerate(order, 1)
    ]


@dataclass(frozen=True, repr=False)
class Comparison(Result):
    """What the votes say.

    table: a row an author: author, wins, losses, ties, share (wins ÷ decided) and its 95 % interval low, high (Wilson).
    left: share of decided votes for the left side, with its interval; n: votes.
    """

    table: pd.DataFrame
    left: tuple[float, float, float]
    n: int
    notes: tuple[str, ...] = ()

    @property
    def lopsided(self) -> bool:
        """Whether one side was chosen more often than luck explains."""
        return self.left[1] > 0.5 or self.left[2] < 0.5

    def headline(self) -> str:
        """The finding in a line: who is ahead beyond luck, and whether the side was."""
        if not int(self.table["wins"].sum()):
            return f"{self.n} 組都是「差不多」"
        best = self.table.iloc[0]
        ahead = f"「{best['author']}」贏得超出運氣" if best["low"] > 0.5 else "兩邊還分不出高下"
        return ahead + ("，可是位置也被選得超出運氣" if self.lopsided else "，位置沒有明顯的偏好")

    def plot(self) -> Chart:
        """Each author's share with its interval, and the left side's."""
        from .plot import votes

        return votes(self)

    def say(self) -> str:
        """Who won more often, whether that could be luck, and whether the side mattered."""
        decided = int(self.table["wins"].sum())
        if not decided:
            return f"{self.n} 組都是「差不多」，看不出誰比較好。"
        best = self.table.iloc[0]
        sure = "不像是運氣" if best["low"] > 0.5 else "區間跨過一半，還分不出高下"
        share = self.left[0]
        side = "左邊被選的比例超出運氣，位置可能影響了判斷" if self.lopsided else "左右邊沒有明顯的偏好"
        return (
            f"{self.n} 組裡有 {decided} 組分出勝負：「{best['author']}」贏了 {best['share']:.0%}"
            f"（95% 區間 {best['low']:.0%} 到 {best['high']:.0%}），{sure}；{side}（選左邊 {share:.0%}）。"
        )


def compare(asked: Sequence[Pair], votes: Mapping[str, str]) -> Comparison:
    """Open the names once the votes are in.

    votes: pair_id → left, right or tie; pairs without a vote are left out, and a note says how many.
    Raises AnswerError for a vote that is none of the three, TableError when nothing was voted on.

    >>> asked = pairs({"甲": ["a"], "乙": ["b"]}, seed=2)
    >>> compare(asked, {"第 1 組": "left"}).table["wins"].tolist()
    [1, 0]
    """
    if odd := {v for v in votes.values() if v not in VOTES}:
        raise AnswerError(f"看不懂的選擇：{'、'.join(map(str, odd))}", next_step=f"只能是 {'、'.join(VOTES)}")
    seen = [pair for pair in asked if pair.pair_id in votes]
    if not seen:
        raise TableError("還沒有任何一組投票", next_step="先在面板上選幾組，再看結果")
    names = sorted({name for pair in seen for name in (pair.left_by, pair.right_by)})
    counted = {name: {"wins": 0, "losses": 0, "ties": 0} for name in names}
    for pair in seen:
        for name, side in ((pair.left_by, LEFT), (pair.right_by, RIGHT)):
            vote = votes[pair.pair_id]
            counted[name]["ties" if vote == TIE else "wins" if vote == side else "losses"] += 1
    count = pd.DataFrame.from_dict(counted, orient="index")
    decided = count["wins"] + count["losses"]
    table = count.rename_axis("author").reset_index()
    table["share"] = (count["wins"] / decided.replace(0, np.nan)).to_numpy()
    spans = [_wilson(w, d) for w, d in zip(count["wins"], decided, strict=True)]
    table["low"], table["high"] = [s[0] for s in spans], [s[1] for s in spans]
    table = table.sort_values(["share", "wins"], ascending=False, kind="stable", ignore_index=True)
    lefts = sum(votes[pair.pair_id] == LEFT for pair in seen)
    total = sum(votes[pair.pair_id] != TIE for pair in seen)
    left = (lefts / total if total else float("nan"), *_wilson(lefts, total))
    notes = (f"{len(asked) - len(seen)} 組還沒投票，沒有計入",) if len(seen) < len(asked) else ()
    return Comparison(table, left, len(seen), notes)


def _wilson(wins: int, decided: int) -> tuple[float, float]:
    from statsmodels.stats.proportion import proportion_confint

    if not decided:
        return float("nan"), float("nan")
    low, high = proportion_confint(wins, decided, method="wilson")
    return float(low), float(high)
