"""What can be said of chances that followers come back, and what cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from ...plotting.wording import percent_text, spaced
from ..groups import day_text
from .snapshots import WINDOW

if TYPE_CHECKING:
    from .churn import Churn

GROUPS = ("多半不會來", "說不準", "多半會來")


def say(result: Churn) -> str:
    """How many are likely to come, the Brier score beside what needs no model, reliability, and the limit."""
    if result.abstained:
        return spaced(f"還不能預測誰會回來：{result.reason}。在那之前，用上一期的回來比例當估計最誠實。")
    ours, base, recency = (_brier(result, name) for name in ("churn", "base", "recency"))
    counts = result.table["group"].value_counts().reindex(GROUPS, fill_value=0)
    return spaced(
        f"近{WINDOW * result.horizon_days}天互動過的{len(result.table):,}位，{period(result)}預估有"
        f"{percent_text(result.table['chance'].mean())}會再互動：多半會來{counts['多半會來']:,}位、"
        f"說不準{counts['說不準']:,}位、多半不會來{counts['多半不會來']:,}位。"
        f"拿最後{result.horizon_days}天考試（{result.reliability['n'].sum():,}位，模型沒看過）："
        f"Brier 分數{ours:.3f}，每個人都猜平均是{base:.3f}，"
        f"只看多久沒來是{recency:.3f}，越低越好。"
        f"{_verdict(result)}這是會不會來的機率，不是為什麼來；做了什麼能留人，要用實驗回答。"
    )


def _brier(result: Churn, method: str) -> float:
    return float(result.scores.loc[result.scores["method"] == method, "brier"].iloc[0])


def _verdict(result: Churn) -> str:
    if not result.beats_base:
        return "沒有比猜平均好，所以每個人的機率都是平均，別拿來分組。"
    bins = result.reliability
    top = bins.iloc[-1]
    return (
        f"照機率分成{len(bins)}組，{len(bins) - missed(result)}組說的和實際相符（在 95% 區間內）；"
        f"說 {percent_text(top['told'])}會來的那組，實際來了{percent_text(top['came'])}。"
    )


def missed(result: Churn) -> int:
    """Groups whose told chance lies outside the 95 % interval of the share that came."""
    bins = result.reliability
    return int(((bins["told"] < bins["low"]) | (bins["told"] > bins["high"])).sum())


def period(result: Churn) -> str:
    """The days the chances are about."""
    last = result.as_of + pd.Timedelta(days=result.horizon_days - 1)
    return f"{day_text(result.as_of)}–{day_text(last)}"


def title(result: Churn) -> str:
    """The finding above the chart."""
    if result.abstained:
        return "紀錄太少，還不能預測誰會回來"
    if not result.beats_base:
        return "沒有比每個人都猜平均好"
    few = missed(result) <= 1
    kept = "說的機率和實際相符" if few else f"{len(result.reliability)}組裡有{missed(result)}組說的和實際不符"
    return spaced(
        f"{kept}；平方誤差比猜平均少{percent_text(1 - _brier(result, 'churn') / _brier(result, 'base'))}"
    )
