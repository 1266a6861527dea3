"""What the change of followers says, and what it cannot say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ...errors import TableError
from ...plotting.wording import count_text, percent_text, range_text, spaced
from ...tables import PLATFORMS
from ..groups import day_text
from .waves import BOUGHT

if TYPE_CHECKING:
    from .growth import Growth

STAY_DAYS = 30
_MONTH_LEAST = 14


def row_of(result: Growth, platform: str | None, month: str | None) -> pd.Series:
    """The row to tell about."""
    rows = result.table
    if platform is None:
        platform = str(rows["platform"].iloc[int(rows["end"].fillna(0).to_numpy().argmax())])
    rows = rows[rows["platform"] == platform]
    if rows.empty:
        known = "、".join(result.table["platform"].unique())
        raise TableError(
            f"沒有 {platform} 的粉絲紀錄", where="參數 platform", next_step=f"可用的平台：{known}"
        )
    if month is not None:
        chosen = rows[rows["month"].dt.strftime("%Y-%m") == month]
        if chosen.empty:
            known = "、".join(rows["month"].dt.strftime("%Y-%m"))
            raise TableError(f"沒有 {month} 的資料", where="參數 month", next_step=f"可用的月份：{known}")
        return chosen.iloc[-1]
    full = rows[rows["days"] >= _MONTH_LEAST]
    return (full if len(full) else rows).iloc[-1]


def month_text(month: pd.Timestamp) -> str:
    """A month as a learner reads it.

    >>> month_text(pd.Timestamp("2026-03-01"))
    '2026/3'
    """
    return f"{month.year}/{month.month}"


def say(result: Growth, row: pd.Series, chosen: bool = True) -> str:
    """The month's flows, its sources, what looks bought, and what stays; chosen: whether the reader named the month."""
    who = PLATFORMS.get(row["platform"], row["platform"])
    if pd.isna(row["gained"]):
        return spaced(
            f"{who} 在{month_text(row['month'])}沒有新增和流失的數字，看不出粉絲從哪裡來，先不判斷。"
        )
    when = month_text(row["month"])
    several = (result.table["platform"] == row["platform"]).sum() > 1
    if several and not chosen and row["days"] >= _MONTH_LEAST:
        when += f"（最近一個滿{_MONTH_LEAST}天的月份）"
    head = (
        f"{who} 在{when}新增{count_text(row['gained'])}人、流失{count_text(row['lost'])}人，"
        f"淨{'增' if row['net'] >= 0 else '減'}{count_text(abs(row['net']))}人。"
    )
    return spaced(
        head
        + _purged(row)
        + _sources(row)
        + _bought(result, row)
        + _stay(result, row)
        + _quality(result, row)
    )


def title(result: Growth, row: pd.Series) -> str:
    """The finding above the chart."""
    who = PLATFORMS.get(row["platform"], row["platform"])
    waves = result.bought[result.bought["platform"] == row["platform"]]
    if len(waves):
        biggest = waves.loc[waves["number"].idxmax()]
        return spaced(
            f"{who} 在{day_text(biggest['first'])}突然多{count_text(biggest['number'])}人，貼文解釋不了"
        )
    rows = result.table[result.table["platform"] == row["platform"]]
    net = rows["net"].sum()
    return spaced(
        f"{who}{len(rows)}個月淨{'增' if net >= 0 else '減'}{count_text(abs(net))}人，沒有看到像灌粉的日子"
    )


def _sources(row: pd.Series) -> str:
    if pd.isna(row["from_posts"]) or not row["gained"]:
        return "" if row["gained"] else "這個月沒有新粉絲。"
    parts = [
        ("貼文", "from_posts"),
        ("付費貼文", "from_paid"),
        ("不經貼文", "background"),
        ("像灌粉", "bought"),
    ]
    told = "、".join(
        f"{name}{percent_text(max(row[c], 0) / row['gained'])}" for name, c in parts if row[c] > 0
    )
    return f"新增的人裡，{told}。" if told else ""


def _purged(row: pd.Series) -> str:
    if not row["purged"]:
        return ""
    return (
        f"流失裡有{count_text(row['purged'])}人是同一波大量退追蹤，多半是平台清掉的假粉，沒有算進流失速度。"
    )


def _bought(result: Growth, row: pd.Series) -> str:
    mine = _waves(result, row)
    if mine.empty:
        return ""
    one = mine.iloc[0]
    gone = (
        f"，{day_text(one['purge_date'])}又少掉{count_text(one['purged'])}人"
        if pd.notna(one["purge_date"])
        else "，還沒看到平台清掉"
    )
    return (
        f"{day_text(one['first'])}起有{count_text(one['number'])}人（95%區間{range_text(one['low'], one['high'], percent=False)}）"
        f"貼文解釋不了{gone}，{BOUGHT}；也可能是站外報導或抽獎，請先查那天做了什麼。"
    )


def _waves(result: Growth, row: pd.Series) -> pd.DataFrame:
    """What looks bought and began in the row's month."""
    waves = result.bought
    month = waves["first"].dt.to_period("M") == row["month"].to_period("M")
    return waves[(waves["platform"] == row["platform"]) & month]


def _stay(result: Growth, row: pd.Series) -> str:
    if pd.isna(row["stay"]):
        return "天數太少，還不能說留得住多少。"
    span, when = range_text(row["stay_low"], row["stay_high"]), ""
    if row["bought"]:
        when = "（灌進來的算到清掉之後）"
        if _waves(result, row)["purge_date"].isna().any():
            real = (
                max(row["gained"] - row["bought"], 0.0)
                / row["gained"]
                * np.exp(-STAY_DAYS * row["daily_loss"])
            )
            when = f"（灌進來的還沒清掉，先算他們都還在；全被清掉的話，剩{percent_text(real)}）"
    least = row["stay_least"]
    worst = f"最少留下{percent_text(least)}" if least > 0 else "可能一個也沒留下"
    return (
        f"照目前的流失速度，這個月新增的人30天後約留下{percent_text(row['stay'])}（{span}）{when}，"
        f"前提是新粉絲和老粉絲一樣容易離開；如果走的全是這個月才來的，{worst}。"
    )


def _quality(result: Growth, row: pd.Series) -> str:
    """Engagements a follower beside those of the months before; a month of few days is no comparison."""
    rows = result.table[
        (result.table["platform"] == row["platform"]) & (result.table["month"] < row["month"])
    ]
    before = rows.loc[rows["days"] >= _MONTH_LEAST, "engagement_rate"].dropna()
    if pd.isna(row["engagement_rate"]) or len(before) < 3:
        return ""
    now, low, high = (1000 * v for v in (row["engagement_rate"], before.min(), before.max()))
    where = "比之前每個月都低" if now < low else "比之前每個月都高" if now > high else "在之前的起伏裡"
    return f"每千位粉絲每天{now:.1f}次互動（之前{len(before)}個月是{low:.1f}–{high:.1f}次），{where}。"
