"""What can be said of elements that go with more engagement, and what cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from ...plotting.wording import percent_text, range_text, spaced
from ..metrics import metric

if TYPE_CHECKING:
    from .drivers import Drivers

_TOLD = 4


def say(result: Drivers) -> str:
    """The elements that stand, the ones that would have been announced, and why this is no proof."""
    what = metric(result.kpi)
    if result.abstained:
        return spaced(
            f"能用的貼文有{result.posts:,}則，和要估的東西比起來太少，看不出哪個元素有用，先不判斷。"
            "請多收幾個月的貼文，或用 features= 少看幾個元素。"
        )
    tried, loud = int(result.table["p"].notna().sum()), len(result.uncorrected)
    head = f"{result.posts:,}則貼文、{tried}個元素，比的是{'、'.join(result.held[:2])}裡的{what.title}。"
    without = f"一個一個看 p ≤ 0.05 會報出{loud}個；但就算全都沒有作用，平均也會冒出{0.05 * tried:.1f}個。"
    found = result.found
    if found.empty:
        return spaced(f"{head}校正多重檢定後，沒有一個站得住。{without}")
    told = "；".join(one(row) for _, row in found.head(_TOLD).iterrows())
    more = f"；另外還有{len(found) - _TOLD}個" if len(found) > _TOLD else ""
    limit = f"這份名單預計最多{percent_text(result.fdr)}是運氣；"
    return spaced(
        f"{head}校正後站得住的有{len(found)}個：{told}{more}。{limit}"
        f"它們和{what.title}一起變動，不等於加上去就會變，要確定請做 A/B 測試。{without}"
    )


def one(row: pd.Series) -> str:
    """One element with its interval."""
    return f"{row['label']}{signed(row['effect'])}（{signed(row['low'])} 到 {signed(row['high'])}）"


def signed(share: float) -> str:
    """A change with its sign.

    >>> signed(0.123), signed(-0.05)
    ('+12.3%', '−5.0%')
    """
    return ("+" if share >= 0 else "") + (
        percent_text(share) if abs(share) >= 0.01 else f"{share * 100:.1f}%".replace("-", "−")
    )


def trap(row: pd.Series) -> str:
    """How an element looks to someone who studies hits only."""
    return spaced(
        f"最好的一成裡有{range_text(row['share_top'], row['share_top']).split('–')[0]}%是「{row['label']}」，"
        f"但所有貼文裡也有{percent_text(row['share_all'])}；只看爆文會以為它有用。"
    )


def title(result: Drivers) -> str:
    """The finding above the chart."""
    if result.abstained:
        return "貼文太少，還看不出哪個元素有用"
    found = result.found
    if found.empty:
        return "校正多重檢定後，沒有一個元素站得住"
    best = found.iloc[0]
    tried = int(result.table["p"].notna().sum())
    return spaced(
        f"{tried}個元素裡有{len(found)}個站得住，差最多的是{best['label']}，{signed(best['effect'])}"
    )
