"""What an advertising budget says, and what it cannot say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...plotting.wording import spaced
from ...tables import PLATFORMS

if TYPE_CHECKING:
    import pandas as pd

    from .ads_budget import AdsBudget

_LIMITS = (
    "這是照過去花費和成果的關係推的；旺季本來就多花，曲線會看起來太好，真要知道，得故意輪流多花少花來試。"
)


def channel_text(channel: str) -> str:
    """A channel as a learner reads it; one that is no platform keeps its own name.

    >>> channel_text("facebook"), channel_text("電子報")
    ('Facebook', '電子報')
    """
    return PLATFORMS.get(channel, channel)


def amount(number: float) -> str:
    """Results with a decimal below 100.

    >>> amount(3.14159), amount(-1234.5)
    ('3.1', '−1,234')
    """
    return (f"{number:,.1f}" if abs(number) < 100 else f"{number:,.0f}").replace("-", "−")


def best(result: AdsBudget) -> pd.Series:
    """The channel where another NT$1,000 brings most."""
    return result.table.iloc[int(np.nanargmax(result.table["more"].to_numpy(dtype=float)))]


def say(result: AdsBudget) -> str:
    """The best next NT$1,000 with its interval, whether the order is sure, the gain of the plan, and limits."""
    table = result.table
    silent = table[table["abstained"] != ""]
    left_out = "".join(
        f"{channel_text(str(row.channel))}：{row.abstained}，先不判斷。" for row in silent.itertuples()
    )
    if result.abstained:
        return spaced(f"{left_out}請先讓花費有高有低，例如隔週加倍再減半，再回來看。")
    top = best(result)
    head = (
        f"每期多花1,000元，{channel_text(top['channel'])}大約多換到{amount(top['more'])}次成果"
        f"（90%區間{amount(top['more_low'])}–{amount(top['more_high'])}），"
        f"每次約NT${top['more_cost']:,.0f}；到目前為止的平均是NT${top['cost']:,.0f}，{_gap(top)}。"
    )
    rivals = table[(table["channel"] != top["channel"]) & (table["more_high"] > top["more_low"])]["channel"]
    close = f"{'、'.join(map(channel_text, rivals))}的區間和它重疊，先後還不能說死。" if len(rivals) else ""
    return spaced(head + close + _gain(result) + left_out + _LIMITS)


def _gap(top: pd.Series) -> str:
    ratio = top["more_cost"] / top["cost"]
    return "多花的錢比較沒效率" if ratio > 1.05 else "多花的錢還沒變沒效率"


def _gain(result: AdsBudget) -> str:
    if len(result.plan) < 2:
        return ""
    middle, low, high = result.gain
    if not np.isfinite(middle):
        return ""
    rest = f"另有{result.unspent:,.0f}元超出試過的範圍，沒有分配。" if result.unspent > 1 else ""
    if low <= 0:
        return f"重新分配預算看不出會更好（{amount(low)}到{amount(high)}），維持現在的比例就好。{rest}"
    return (
        f"同一筆預算重新分配，每期大約多{amount(middle)}次成果（90%區間{amount(low)}–{amount(high)}）。{rest}"
    )


def title(result: AdsBudget) -> str:
    """The finding above the chart."""
    if result.abstained:
        return "花費變得太少，還看不出多花會換到什麼"
    top = best(result)
    return spaced(
        f"再多 1,000 元，放在 {channel_text(top['channel'])} 換到最多：{amount(top['more_low'])}–{amount(top['more_high'])} 次成果"
    )
