"""What can be said of rivals seen from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from ...plotting.wording import count_text, percent_text, range_text, spaced
from ...tables import PLATFORMS
from ..groups import day_text

if TYPE_CHECKING:
    from .rivals import Rivals

_TOLD = 4


def say(result: Rivals) -> str:
    """Shares with their denominator, then the changes."""
    return spaced(_shares(result) + _changes(result))


def denominator(result: Rivals) -> str:
    """What the shares are shares of."""
    places = "、".join(PLATFORMS.get(p, p) for p in result.platforms)
    total = count_text(result.table["total"].iloc[0]) if len(result.table) else "0"
    return f"這{len(result.table)}家在 {places} 的公開互動合計{total}次"


def change_text(row: pd.Series) -> str:
    """One change with its date and how sure both are."""
    word = "升高" if row["change"] > 0 else "下降"
    size = percent_text(abs(row["change"]))
    return f"{row['rival']}從{_when(row)}起{word}{size}（95% 信賴區間 {_span(row)}）"


def title(result: Rivals) -> str:
    """The finding above the chart."""
    if result.abstained:
        return "競品的天數太少，還看不出轉折"
    if result.changes.empty:
        return spaced(f"{len(result.judged)}家競品都沒有換過水準，起伏都在平常範圍")
    who = result.changes["rival"].nunique()
    biggest = result.changes.iloc[int(result.changes["change"].map(_times).to_numpy().argmax())]
    word = "升高" if biggest["change"] > 0 else "下降"
    return spaced(
        f"{who}家競品換過水準，最大的一次是{biggest['rival']}在{day_text(biggest['date'])}"
        f"{word}{percent_text(abs(biggest['change']))}"
    )


def _times(change: float) -> float:
    """How many times up or down, whichever way it went."""
    return 1 + change if change >= 0 else 1 / max(1 + change, 1e-9)


def _shares(result: Rivals) -> str:
    if len(result.table) < 2:
        return (
            "只有一家，沒有占比可比。" if len(result.table) else "沒有一天是每一家都有數字的，占比算不出來。"
        )
    first = result.table.iloc[0]
    told = "、".join(
        f"{row['rival']}{percent_text(row['share'])}" for _, row in result.table.head(_TOLD).iterrows()
    )
    sure = (
        f"，第一名的 95% 信賴區間是 {range_text(first['low'], first['high'])}"
        if first["low"] == first["low"]
        else ""
    )
    return f"聲量占比（互動 ÷ {denominator(result)}）：{told}{sure}。分母只有這幾家，不是整個市場。"


def _changes(result: Rivals) -> str:
    if result.abstained:
        return "每家都不到 42 天，先不找轉折。"
    if result.changes.empty:
        return "扣掉星期、節慶和發文多寡後，沒有一家的水準換過；平常的起伏不必追原因。"
    told = "；".join(change_text(row) for _, row in result.changes.head(_TOLD).iterrows())
    more = f"；另外還有{len(result.changes) - _TOLD}次" if len(result.changes) > _TOLD else ""
    return (
        f"扣掉星期、節慶和發文多寡後，水準換過{len(result.changes)}次：{told}{more}。"
        "日期有寫範圍的，真正那天九成落在裡面；資料只說什麼時候變，不說為什麼。"
    )


def _when(row: pd.Series) -> str:
    if row["earliest"] == row["latest"]:
        return day_text(row["date"])
    return f"{day_text(row['date'])}（{_short(row['earliest'])}–{_short(row['latest'])}）"


def _short(day: pd.Timestamp) -> str:
    return f"{day.month}/{day.day}"


def _span(row: pd.Series) -> str:
    ends = sorted(abs(row[end]) for end in ("low", "high"))
    return range_text(ends[0], ends[1])
