"""What a control chart says, and what it cannot say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from ..plotting.wording import percent_text, range_text
from .groups import GROUP_LABELS, key_text
from .metrics import metric

if TYPE_CHECKING:
    from .control_chart import ControlChart

MIN_PERIODS = 8
_TOLD = 3


def say(chart: ControlChart) -> str:
    """Signals first, then how large a fall would have to be to show."""
    what, unit, table = metric(chart.kpi), GROUP_LABELS[chart.period], chart.table
    if chart.abstained:
        return _abstain(chart, unit)
    head = f"{what.label}，{len(table)} {unit}，中線 {percent_text(table['centre'].iloc[0])}。"
    found = chart.signals
    if found.empty:
        return f"{head}每一{unit}都在平常的起伏範圍裡，沒有哪一{unit}需要另外找原因。{_blind(table, unit)}"
    told = "；".join(_one(row, chart.period) for _, row in found.head(_TOLD).iterrows())
    more = f"；另外還有 {len(found) - _TOLD} 個訊號" if len(found) > _TOLD else ""
    return (
        f"{head}{told}{more}。這不像平常的起伏，值得去找原因；圖只說有事，不說為什麼。{_blind(table, unit)}"
    )


def title(chart: ControlChart) -> str:
    """The finding above the chart."""
    what, unit, found = metric(chart.kpi), GROUP_LABELS[chart.period], chart.signals
    if chart.abstained:
        return f"{unit}數太少，還看不出什麼叫平常的起伏"
    if found.empty:
        return f"{what.title}每{unit}上上下下，都在平常的起伏範圍裡"
    first = key_text(found["period"].iloc[0], chart.period)
    if len(found) == 1:
        return f"{first}的{what.title}{found['signal'].iloc[0]}，不像平常的起伏"
    return f"{len(chart.table)} {unit}裡有 {len(found)} {unit}不像平常的起伏，第一個是 {first}"


def _abstain(chart: ControlChart, unit: str) -> str:
    usable = int((chart.table["baseline"] & (chart.table["value"] > 0)).sum())
    return (
        f"能當基準的只有 {usable} {unit}，不到 {MIN_PERIODS} {unit}，"
        f"還看不出什麼叫平常的起伏，先不判斷；再多收 {MIN_PERIODS - usable} {unit}的資料。"
    )


def _one(row: pd.Series, period: str) -> str:
    limits = range_text(row["lower"], row["upper"])
    return (
        f"{key_text(row['period'], period)} {percent_text(row['value'])}，{row['signal']}（平常在 {limits}）"
    )


def _blind(table: pd.DataFrame, unit: str) -> str:
    typical = (1 - table["lower"] / table["centre"]).median()
    return f"以典型的一{unit}來說，要跌超過 {percent_text(typical)} 才會低於下限，小的變化這張圖看不到。"
