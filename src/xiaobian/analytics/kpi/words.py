"""The sentences of a KPI: what the numbers allow one to say, and what they do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from ...plotting.wording import count_text, percent_text, range_text, spaced
from ..groups import GROUP_LABELS, PERIODS
from ..intervals import MIN_POSTS
from ..metrics import Metric

if TYPE_CHECKING:
    from .result import KPIResult

SHORT = {"ratio_of_sums": "整體", "sum": "合計", "median_of_posts": "典型一則"}
_LONG = {"ratio_of_sums": "整體（先加總再相除）", "sum": "合計", "median_of_posts": "典型一則（中位數）"}
_DIFFERENT_SUMS = "各平台加總的互動不是同一種，這個高低不能直接解讀。"
_TOTALS = "合計會跟著則數走，要比效果請看典型一則（median_of_posts）。"


def value_text(what: Metric, value: float) -> str:
    """A value of this KPI with its unit."""
    return percent_text(value) if what.is_ratio else spaced(f"{count_text(value)}{what.unit}")


def interval_text(what: Metric, row: pd.Series) -> str:
    """The row's interval in the KPI's unit, or a dash."""
    return range_text(row["low"], row["high"], what.is_ratio)


def axis_text(what: Metric, aggregate: str) -> str:
    """Quantity, denominator and unit for the value axis."""
    inside = f"{what.formula}，%" if what.is_ratio else what.unit
    name = {"ratio_of_sums": f"整體{what.title}", "sum": f"{what.title}合計"}.get(
        aggregate, f"典型一則的{what.title}"
    )
    return f"{name}（{inside}）"


def say(result: KPIResult, what: Metric, rows: pd.DataFrame) -> str:
    """One KPI in a sentence or two."""
    aggregate = rows["aggregate"].iloc[0]
    if rows["value"].isna().all():
        return f"{what.label}算不出來：沒有一則貼文同時知道分子和分母。"
    told = f"{what.label}，{_LONG[aggregate]}："
    if len(rows) == 1:
        return spaced(told + _one(what, rows.iloc[0]))
    told += _several(what, rows)
    if _along_time(result) and what.is_ratio:
        told += "要分辨訊號和雜訊，請看 xb.analytics.control_chart()。"
    told += _TOTALS if aggregate == "sum" else ""
    return spaced(told + (_DIFFERENT_SUMS if result.misleading(what) else ""))


def title(result: KPIResult, what: Metric, rows: pd.DataFrame) -> str:
    """The finding above the chart."""
    known = rows.dropna(subset=["value"])
    if known.empty:
        return f"{what.title}算不出來：沒有同時知道分子和分母的貼文"
    if len(known) == 1:
        only = known.iloc[0]
        who = f"{only['group']}的" if len(rows) > 1 else ""
        return spaced(f"{who}{what.title}，{SHORT[only['aggregate']]}是{value_text(what, only['value'])}")
    if _along_time(result):
        span = range_text(known["value"].min(), known["value"].max(), what.is_ratio)
        return spaced(f"每{GROUP_LABELS[result.by[0]]}的{what.title}在{span}之間起伏")
    warning = "；但加總的互動不同，不能直接排名" if result.misleading(what) else ""
    return spaced(_title_of_groups(what, known) + warning)


def _along_time(result: KPIResult) -> bool:
    return len(result.by) == 1 and result.by[0] in PERIODS


def _title_of_groups(what: Metric, known: pd.DataFrame) -> str:
    if known["aggregate"].iloc[0] == "sum":
        return f"{what.title}合計最多的是{_ends(known)[0]['group']}，合計會跟著則數走"
    judged = known.dropna(subset=["low"])
    if len(judged) < 2:
        return f"{what.title}的貼文太少，還不能比較"
    top, bottom = _ends(judged)
    if apart(top, bottom):
        return f"{what.title}最高的是{top['group']}，最低的是{bottom['group']}"
    return f"{what.title}看起來{top['group']}最高，但區間互相重疊，還分不出高下"


def _one(what: Metric, row: pd.Series) -> str:
    told, number = f"{row['n']:,}則貼文", value_text(what, row["value"])
    if row["aggregate"] == "sum":
        return f"{told}共{number}。"
    if pd.isna(row["low"]):
        return f"{told}是{number}，但{_why(row)}，說不準真正的水準。"
    return f"{told}是{number}，真正的水準大約在{interval_text(what, row)}之間（95% 信賴區間）。"


def _why(row: pd.Series) -> str:
    if row["n"] < MIN_POSTS:
        return f"不到{MIN_POSTS}則"
    if row["aggregate"] == "median_of_posts":
        return "貼文太多，沒有逐則排名，給不出區間"
    return "分子是 0" if row["numerator"] == 0 else "一則貼文就占了大半的分母"


def _unranked(rows: pd.DataFrame) -> bool:
    """Whether these are medians of an engine that did not rank the posts."""
    missing = rows["low"].isna() & (rows["n"] >= MIN_POSTS)
    return rows["aggregate"].iloc[0] == "median_of_posts" and bool(missing.any())


def _several(what: Metric, rows: pd.DataFrame) -> str:
    exact = rows["aggregate"].iloc[0] == "sum"
    judged = rows.dropna(subset=["value"] if exact else ["low"])
    silent = len(rows) - len(judged)
    if _unranked(rows):
        return "貼文太多，沒有逐則排名，給不出區間，先不比較。"
    if len(judged) < 2:
        return f"能給區間的不到兩組（每組至少要{MIN_POSTS}則），先不比較。"
    top, bottom = _ends(judged)
    told = f"{_end(what, top, '最高')}；{_end(what, bottom, '最低')}。"
    told += "" if exact else _verdict(top, bottom, len(judged))
    return told + (f"另有{silent}組貼文太少或沒有數字，不列入比較。" if silent else "")


def _ends(judged: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    ranked = judged.sort_values("value", kind="stable")
    return ranked.iloc[-1], ranked.iloc[0]


def _end(what: Metric, row: pd.Series, word: str) -> str:
    span = "" if pd.isna(row["low"]) else f"{interval_text(what, row)}，"
    return f"{row['group']}{word}，{value_text(what, row['value'])}（{span}n = {row['n']:,}）"


def apart(top: pd.Series, bottom: pd.Series) -> bool:
    """Whether two intervals do not touch."""
    return bool(top["low"] > bottom["high"])


def _verdict(top: pd.Series, bottom: pd.Series, groups: int) -> str:
    if not apart(top, bottom):
        return "兩者的 95% 信賴區間重疊，光憑這些貼文分不出高下。"
    if groups == 2:
        return "兩者的 95% 信賴區間沒有重疊，差距不太可能只是運氣。"
    return f"兩者的 95% 信賴區間沒有重疊；不過這是從{groups}組裡挑出來的兩端，運氣會把差距放大，先當線索。"
