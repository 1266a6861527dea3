"""What keywords say, and their picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...datasets import SIMULATED
from ...plotting import (
    BRICK,
    SEA,
    Chart,
    chart,
    count_text,
    percent_axis,
    percent_text,
    range_text,
    source_note,
    spaced,
    titled,
)
from ...plotting.marks import value_word

if TYPE_CHECKING:
    from .keywords import Keywords

_LIMITS = "分組看的是字形，不懂意思：同一件事換個說法會分成兩組，動手前請先讀例句。"


def say(result: Keywords) -> str:
    """The most asked with its interval, the biggest gap, seeds nobody asked, and limits."""
    top = result.table.iloc[0]
    head = (
        f"{count_text(result.total)}次提問或搜尋，整理成{len(result.table)}組；最多的是「{top['keyword']}」，{count_text(top['asked'])}次，"
        f"占{percent_text(top['share'])}（95%區間{range_text(top['low'], top['high'])}）。"
    )
    return spaced(head + _gap(result) + _unseen(result) + _LIMITS)


def _gap(result: Keywords) -> str:
    if result.captions is None:
        return "沒有給貼文文案，不知道哪些已經回答過。"
    gaps = result.gaps
    if gaps.empty:
        return f"問了3次以上的，{result.captions:,}則文案裡都提到過。"
    told = "、".join(
        f"「{row['keyword']}」（{count_text(row['asked'])}次）" for row in gaps.head(3).to_dict("records")
    )
    return f"{result.captions:,}則文案裡沒有提到、卻有人問的有{len(gaps)}組：{told}。"


def _unseen(result: Keywords) -> str:
    if not result.unseen:
        return ""
    return f"你列的{'、'.join(f'「{seed}」' for seed in result.unseen[:5])}沒有人這樣問。"


def title(result: Keywords) -> str:
    """The finding above the chart."""
    gaps = result.gaps if result.captions is not None else result.table.iloc[:0]
    if len(gaps):
        return spaced(
            f"「{gaps.iloc[0]['keyword']}」問了{count_text(gaps.iloc[0]['asked'])}次，貼文還沒回答過"
        )
    return spaced(f"最多人問的是「{result.table.iloc[0]['keyword']}」")


def draw(result: Keywords, number: int) -> Chart:
    """A row a group: share of everything asked with its interval; ▲ for what no caption answers."""
    rows = result.table.head(number).reset_index(drop=True)
    figure, ax = chart(9, 1.7 + 0.42 * max(len(rows), 2))
    for place, row in enumerate(rows.to_dict("records")):
        gap = result.captions is not None and bool(row["gap"])
        colour = BRICK if gap else SEA
        ax.plot([row["low"], row["high"]], [place] * 2, color=colour, linewidth=4, alpha=0.35)
        ax.plot(
            [row["share"]], [place], "^" if gap else "o", color=colour, markersize=9, markeredgecolor="white"
        )
        told = (
            "" if result.captions is None else "　▲ 沒有貼文提到" if gap else f"　{row['posts']} 則貼文提到"
        )
        value_word(ax, f"{count_text(row['asked'])} 次{told}", row["high"], place)
    ax.set_yticks(
        range(len(rows)), [name if len(name) <= 14 else f"{name[:13]}…" for name in rows["keyword"]]
    )
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_xlim(0, float(rows["high"].max()) * 1.35)
    percent_axis(ax, "x")
    ax.set_xlabel("占全部提問或搜尋（次 ÷ 總次數，%）")
    titled(ax, title(result), f"提問或搜尋 n = {result.total:,.0f} 次，前 {len(rows)} 組；線段是 95% 區間")
    if SIMULATED in result.notes:
        source_note(ax)
    return figure
