"""What a control chart says, and what it cannot say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from ...plotting.wording import percent_text, range_text, spaced
from ..groups import GROUP_LABELS, key_text
from ..metrics import metric

if TYPE_CHECKING:
    from .control_chart import ControlChart

MIN_PERIODS = 8
_TOLD = 3


def say(chart: ControlChart) -> str:
    """Signals first, then how large a fall would have to be to show."""
    what, unit, table = metric(chart.kpi), GROUP_LABELS[chart.period], chart.table
    if chart.abstained:
        return spaced(_abstain(chart, unit))
    head = f"{what.label}，{len(table)}{_counted(unit)}，中線{percent_text(table['centre'].iloc[0])}。"
    found = chart.signals
    if found.empty:
        told = f"每{unit}的起伏都在平常的範圍裡，不需要為任何一{_counted(unit)}另外找原因。"
        return spaced(head + told + _blind(table, unit))
    told = "；".join(_one(row, chart.period) for _, row in found.head(_TOLD).iterrows())
    more = f"；另外還有{len(found) - _TOLD}個訊號" if len(found) > _TOLD else ""
    why = "這不像平常的起伏，值得去找原因；圖只說有事，不說為什麼。"
    return spaced(f"{head}{told}{more}。{why}{_blind(table, unit)}")


def title(chart: ControlChart) -> str:
    """The finding above the chart."""
    what, unit, found = metric(chart.kpi), GROUP_LABELS[chart.period], chart.signals
    if chart.abstained:
        return f"{unit}數太少，還看不出什麼叫平常的起伏"
    if found.empty:
        return f"{what.title}每{unit}上上下下，都在平常的起伏範圍裡"
    first = key_text(found["period"].iloc[0], chart.period)
    if len(found) == 1:
        return spaced(f"{first}的{what.title}{found['signal'].iloc[0]}，不像平常的起伏")
    many = f"{len(chart.table)}{_counted(unit)}裡有{len(found)}{_counted(unit)}"
    return spaced(f"{many}的{what.title}不像平常的起伏，第一個是{first}")


def _counted(unit: str) -> str:
    return "個月" if unit == "月" else unit


def _abstain(chart: ControlChart, unit: str) -> str:
    usable = int((chart.table["baseline"] & (chart.table["value"] > 0)).sum())
    return (
        f"能當基準的只有{usable}{_counted(unit)}，不到{MIN_PERIODS}{_counted(unit)}，還看不出什麼叫平常的起伏，"
        f"先不判斷。請再多收{MIN_PERIODS - usable}{_counted(unit)}的資料。"
    )


def _one(row: pd.Series, period: str) -> str:
    limits = range_text(row["lower"], row["upper"])
    who = key_text(row["period"], period)
    return f"{who}是{percent_text(row['value'])}，{row['signal']}（平常在{limits}）"


def _blind(table: pd.DataFrame, unit: str) -> str:
    typical = (1 - table["lower"] / table["centre"]).median()
    return f"以典型的一{_counted(unit)}來說，要跌超過{typical:.0%}才會低於下限，更小的變化這張圖看不到。"
