"""What retention curves say, and what they cannot say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from ...errors import TableError
from ...plotting.wording import count_text, percent_text, range_text, spaced
from ...tables import FORMATS, PLATFORMS

if TYPE_CHECKING:
    from .retention_hazard import RetentionHazard


_SPARSE = "曲線的第一個點在第 3 秒以後，看不出開場留住多少人；"


def group_name(by: str, value: str) -> str:
    """A group as a learner reads it.

    >>> group_name("format", "short_video"), group_name("topic", "節慶")
    ('短影音', '節慶')
    """
    names = {"format": FORMATS, "platform": PLATFORMS}.get(by, {})
    return names.get(value, value)


def say(result: RetentionHazard) -> str:
    """The opening, the seconds after it, and the loss worth working on."""
    from .retention_hazard import MIN_VIEWS

    table = result.table
    if result.abstained:
        views = int(table["views"].max())
        return spaced(
            f"瀏覽最多的一組只有{views}次，不到{MIN_VIEWS}次，曲線晃得太厲害，先不判斷。請再多收一些影片。"
        )
    known = table.dropna(subset=["s3"])
    if known.empty:
        return spaced(f"{_SPARSE}平均看{table['watch_s'].iloc[0]:.1f}秒。")
    told = _one(known.iloc[0]) if len(known) == 1 else _several(result, known)
    few = len(table) - len(known)
    return spaced(
        told
        + (f"另有{few}組瀏覽看不出開場（瀏覽不到{MIN_VIEWS}次，或曲線的點太疏），不列入比較。" if few else "")
        + _cut(result, known)
    )


def title(result: RetentionHazard) -> str:
    """The finding above the chart."""
    if result.abstained:
        return "瀏覽太少，還看不出觀眾在哪裡離開"
    known = result.table.dropna(subset=["s3"])
    if known.empty:
        return "曲線的點太疏，看不出前 3 秒"
    if len(known) == 1:
        left = 1 - known["s3"].iloc[0]
        return f"開場 3 秒就走了 {left:.0%}"
    top, bottom = _ends(known)
    if _apart(top, bottom):
        return spaced(
            f"「{top['group']}」撐過 3 秒的有{top['s3']:.0%}，「{bottom['group']}」只有{bottom['s3']:.0%}"
        )
    return "各組撐過 3 秒的比例分不出高下"


def _one(row: pd.Series) -> str:
    told = (
        f"{row['videos']}支影片、{count_text(row['views'])}次瀏覽：撐過 3 秒的占{percent_text(row['s3'])}"
        f"（95% 區間{range_text(row['s3_low'], row['s3_high'])}）"
    )
    if pd.notna(row["s10_s3"]):
        told += f"，其中{row['s10_s3']:.0%}看到第 10 秒"
    return f"{told}，平均看{row['watch_s']:.1f}秒。"


def _ends(known: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    ranked = known.sort_values("s3", kind="stable")
    return ranked.iloc[-1], ranked.iloc[0]


def _apart(top: pd.Series, bottom: pd.Series) -> bool:
    return bool(top["s3_low"] > bottom["s3_high"])


def _several(result: RetentionHazard, known: pd.DataFrame) -> str:
    top, bottom = _ends(known)
    parts = "；".join(
        f"「{row['group']}」{percent_text(row['s3'])}（{range_text(row['s3_low'], row['s3_high'])}，{row['videos']}支）"
        for row in (top, bottom)
    )
    if _apart(top, bottom):
        why = "兩者的 95% 區間沒有重疊，差距不太可能只是運氣；但不是抽籤分的組，題材和長短也可能不同。"
    else:
        why = "兩者的 95% 區間重疊，光憑這些影片分不出高下。"
    return f"撐過 3 秒的占比，最高和最低的是{parts}。{why}"


def _cut(result: RetentionHazard, known: pd.DataFrame) -> str:
    largest = known.iloc[int(known["views"].argmax())]["group"]
    try:
        cut = result.cut(str(largest))
    except TableError:
        return ""
    if cut["avoidable"] < 0.01:
        return "沒有哪一段的流失明顯比表現好的影片多。"
    who = f"「{largest}」" if len(known) > 1 else ""
    advice = "先改開場。" if cut["start"] == 0 else "先看這一段能不能剪短，或換個畫面。"
    return (
        f"{who}最值得處理的是第{cut['start']}–{cut['end']}秒：做到自家較好四分之一影片的水準，"
        f"可以多留住{percent_text(cut['avoidable'])}的觀眾，{advice}"
    )
