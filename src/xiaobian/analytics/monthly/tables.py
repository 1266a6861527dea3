"""The tables of the monthly report: every KPI, this month beside the months before, by one definition."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ...plotting import spaced
from ...reports import PageTable
from ...tables import PLATFORMS
from ..groups import key_text, taipei_times
from ..intervals import MIN_POSTS
from ..kpi.kpi import kpi as compute
from ..kpi.result import first_aggregate
from ..kpi.words import interval_text, value_text
from ..metrics import METRICS, metric
from .answers import BEFORE

REMINDERS = (
    "月底發的貼文，匯出時可能還在累積互動，和早發的貼文比會吃虧",
    "這份報告只說數字有沒有變、跟什麼一起變；原因要靠實驗或其他證據",
)


def compare(posts: pd.DataFrame, start: pd.Timestamp) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Every KPI by platform and month, this month and the three before; and the notes that go with them."""
    times = taipei_times(posts).dt.tz_localize(None)
    early, end = start - pd.offsets.MonthBegin(BEFORE), start + pd.offsets.MonthBegin(1)
    span = posts[(times >= early) & (times < end)]
    result = compute(span, ["platform", "month"])
    wanted = [first_aggregate(metric(name)) for name in result.table["kpi"]]
    table = result.table[result.table["aggregate"] == wanted].reset_index(drop=True)
    counted = span.groupby(
        ["platform", taipei_times(span).dt.tz_localize(None).dt.to_period("M").dt.start_time]
    ).size()
    posts_in = [int(counted.get(key, 0)) for key in zip(table["platform"], table["month"], strict=True)]
    return table.assign(posts=posts_in), result.notes


def page_tables(table: pd.DataFrame) -> Iterator[PageTable]:
    """One table a platform: KPIs down, months across, each number with its interval and n."""
    for platform, rows in table.groupby("platform", sort=False):
        months = sorted(rows["month"].unique())
        posts = rows.drop_duplicates("month").set_index("month")["posts"]
        lines = [("貼文則數", *(f"{posts[month]:,} 則" for month in months))]
        for name in METRICS:
            mine = rows[rows["kpi"] == name].set_index("month")
            if mine["value"].notna().any():
                lines.append((METRICS[name].label, *(_cell(name, mine.loc[month]) for month in months)))
        head = ("指標", *(key_text(pd.Timestamp(month), "month") for month in months))
        name = PLATFORMS.get(str(platform), str(platform))
        span = head[1] if len(months) == 1 else f"{head[1]}–{head[-1]}"
        yield PageTable(f"{name}：{span}", head, tuple(lines))


def _cell(name: str, row: pd.Series) -> str:
    what = metric(name)
    if pd.isna(row["value"]):
        return "沒有資料"
    if not what.is_ratio:
        return f"{value_text(what, row['value'])}　n = {row['n']:,}"
    span = "沒有區間" if pd.isna(row["low"]) else interval_text(what, row)
    return f"{value_text(what, row['value'])}　n = {row['n']:,}\n{span}"


def definitions(table: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """What every figure of the report means."""
    known = set(table.loc[table["value"].notna(), "kpi"])
    for name, what in METRICS.items():
        if name in known:
            how = f"{what.formula}，先各自加總再相除" if what.is_ratio else f"本月加總，單位是{what.unit}"
            yield (
                what.label,
                f"{how}；只用分子、分母都知道的貼文。{what.note}" if what.is_ratio else f"{how}。{what.note}",
            )
    yield "表格裡的每一格", "數值、n，下面一行是 95% 信賴區間"
    yield "n", "這個數字用到的貼文則數"
    yield "95% 信賴區間", spaced(f"以貼文為抽樣單位；少於{MIN_POSTS}則不給。兩個區間重疊時，不說誰高誰低")
    yield "平常的起伏範圍", "管制圖的中線 ± 3 個標準差，只用這個月以前的週來算；每週再依則數調整寬窄"
    yield "週", "從週一算起；跨月的週算在週一所在的月"
