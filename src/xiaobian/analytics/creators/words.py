"""What creator scores say, and their picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from ...plotting import (
    BRICK,
    SEA,
    Chart,
    chart,
    count_axis,
    count_text,
    range_text,
    source_note,
    spaced,
    titled,
)
from ...plotting.marks import value_word

if TYPE_CHECKING:
    from .creator_scores import CreatorScores

SIGNALS = {
    "duplicate_comments": "重複留言占比",
    "top_commenters": "前 10 位留言者占比",
    "early_comments": "10 分鐘內留言占比",
    "growth_spike": "單日粉絲成長最大值",
    "likes_per_comment": "每則留言的按讚數",
    "engagement_rate": "互動率（互動 ÷ 粉絲）",
}
ODD = 0.5


def money(amount: float) -> str:
    """NT$ with a decimal below 100.

    >>> money(12.34), money(1234.5)
    ('NT$12.3', 'NT$1,234')
    """
    return f"NT${amount:,.1f}" if amount < 100 else f"NT${amount:,.0f}"


def chance_text(share: float) -> str:
    """A chance in whole percent; near 0 and 1 in words.

    >>> chance_text(0.001), chance_text(0.426), chance_text(0.999)
    ('不到 1%', '43%', '超過 99%')
    """
    return "不到 1%" if share < 0.01 else "超過 99%" if share > 0.99 else f"{share:.0%}"


def say(result: CreatorScores) -> str:
    """The first of the list with its range, how sure the order is, and how many look odd."""
    table = result.table
    best = table.iloc[0]
    head = (
        f"{len(table)}位創作者裡，每次真實互動的成本，上限最低的是{best['creator_id']}：約{money(best['cost'])}，"
        f"八成機率不超過{money(best['cost_high'])}。"
    )
    close = int((table["cost_low"] < best["cost_high"]).sum()) - 1
    near = f"有{close}位的範圍和第 1 名重疊，名次差幾名不要當真。" if close > 0 else ""
    if not result.judged:
        return spaced(
            head + near + "名單太短，這裡沒有判斷真假，成本是照看得到的互動算的；請另外看留言和粉絲。"
        )
    odd = int((table["p_odd"] > ODD).sum())
    told = f"{odd}位的訊號不尋常（機率過半），這是線索，不是證據，先看留言再談。" if odd else ""
    raw = table.iloc[int(table["raw_cost"].to_numpy().argmin())]
    trap = (
        f"只看原始成本會先選{raw['creator_id']}，它看得到的貼文只有{raw['posts_seen']}則，不尋常的機率是{chance_text(raw['p_odd'])}。"
        if raw["creator_id"] != best["creator_id"]
        else ""
    )
    return spaced(head + near + trap + told)


def say_one(result: CreatorScores, row: pd.Series) -> str:
    """One creator, component by component."""
    tier = "" if pd.isna(row["tier"]) else f"{row['tier']} 級距，"
    head = (
        f"{row['creator_id']}（{tier}粉絲{count_text(row['followers'])}人，看得到{row['posts_seen']}則貼文）："
        f"每則約{count_text(row['engagements'])}次互動"
        f"（{range_text(row['engagements_low'], row['engagements_high'], percent=False)}）；"
    )
    parts = [
        f"{name}在同級距第{row[f'pct_{key}'] * 100:.0f}百分位"
        for key, name in SIGNALS.items()
        if pd.notna(row[f"pct_{key}"])
    ]
    odd = (
        f"買粉的機率{chance_text(row['p_bought'])}、互助團{chance_text(row['p_pod'])}；"
        if pd.notna(row["p_odd"])
        else "名單太短，沒有判斷真假；"
    )
    cost = f"每次真實互動約{money(row['cost'])}，低於{money(row['cost_low'])}和高於{money(row['cost_high'])}的機率各兩成。"
    return spaced(head + "；".join(parts) + "；" + odd + cost)


def title(result: CreatorScores, rows: pd.DataFrame) -> str:
    """The finding above the chart."""
    best = rows.iloc[0]
    return spaced(
        f"每次真實互動，{best['creator_id']} 的上限最低（{money(best['cost_high'])}），和後面幾名的範圍重疊"
        if (rows["cost_low"] < best["cost_high"]).sum() > 1
        else f"每次真實互動，{best['creator_id']} 的上限最低（{money(best['cost_high'])}）"
    )


def draw(result: CreatorScores, number: int) -> Chart:
    """A row a creator: median, 80 % range, and ▲ with the chance of being odd where it is over half."""
    rows = result.table.head(number).reset_index(drop=True)
    figure, ax = chart(9, 1.7 + 0.42 * max(len(rows), 2))
    for place, row in enumerate(rows.to_dict("records")):
        odd = pd.notna(row["p_odd"]) and row["p_odd"] > ODD
        colour = BRICK if odd else SEA
        ax.plot([row["cost_low"], row["cost_high"]], [place] * 2, color=colour, linewidth=4, alpha=0.35)
        ax.plot(
            [row["cost"]], [place], "^" if odd else "o", color=colour, markersize=9, markeredgecolor="white"
        )
        text = money(row["cost_high"]) + (f"　▲ 不尋常 {chance_text(row['p_odd'])}" if odd else "")
        value_word(ax, text, row["cost_high"], place)
    names = [f"{r.creator_id}（{r.posts_seen} 則）" for r in rows.itertuples()]
    ax.set_yticks(range(len(rows)), names)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_xlim(0, rows["cost_high"].max() * 1.2)
    count_axis(ax, "x")
    ax.set_xlabel("每次真實互動的成本（單則報價 ÷ 真實互動，NT$）")
    data = f"{len(result.table)} 位裡的前 {len(rows)} 位；線段是扣掉兩端各 20% 的範圍，數字是上限；括號是看得到的貼文則數"
    titled(ax, title(result, rows), data)
    if result.simulated:
        source_note(ax)
    return figure
