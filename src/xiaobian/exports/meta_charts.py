"""Page-level charts of Meta Business Suite: a title, ``Date``/``Primary``, a row a day → the account_days table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd

from ..errors import ReadError
from ..tables import PLATFORMS, conform, table
from . import checks, meta_days
from .blocks import Block
from .headers import Cell, aliases, normalise
from .layout import Built, Context, Fit
from .notes import Notes, shown
from .picking import Sieve, pick

FAMILY = "meta_charts"
ERA_LABEL = "Meta Business Suite 圖表：以下載當時的定義計算，和舊版 Insights 的曝光不能接成同一條時間序列"


@dataclass(frozen=True)
class Chart:
    """What a title says: column of account_days (empty when unknown), and the platform (empty when not said)."""

    column: str = ""
    platform: str = ""


def title_of(block: Block) -> str:
    """The text line right above the header."""
    return block.title[-1] if block.title else ""


def chart_of(block: Block) -> Chart | None:
    """What a block shows when it is a chart by days, else None."""
    if block.matching(aliases(FAMILY)).roles() != {"date", "primary"}:
        return None
    title = normalise(title_of(block))
    for known in aliases(FAMILY).words["charts"]:
        if title in {normalise(text) for text in known["titles"]}:
            return Chart(known["column"], known.get("platform", ""))
    return Chart(platform=next((name for name in ("facebook", "instagram") if title.startswith(name)), ""))


def chart_score(blocks: Sequence[Block], platform: str) -> int:
    """Points for the charts that are, or may be, of a platform; 0 when another platform has more of them."""
    charts = [chart for block in blocks if (chart := chart_of(block))]
    own = sum(chart.platform == platform for chart in charts)
    other = sum(chart.platform not in ("", platform) for chart in charts)
    return 0 if other > own else 2 * len(charts) + 10 * own + 5 * (len(charts) > own + other)


@dataclass
class Days:
    """The days of several charts: figures by date, rows read, and what each header was read as."""

    columns: dict[str, pd.Series] = field(default_factory=dict)
    others: dict[str, pd.Series] = field(default_factory=dict)
    rows: int = 0
    cells: list[Cell] = field(default_factory=list)
    used: dict[str, str] = field(default_factory=dict)

    def table(self, platform: str) -> pd.DataFrame:
        dates = sorted(
            {date for part in (*self.columns.values(), *self.others.values()) for date in part.index}
        )
        frame = pd.DataFrame({"date": pd.DatetimeIndex(dates).as_unit("us")})
        for name, part in self.columns.items():
            frame[name] = part.reindex(dates).array
        return conform(frame.assign(platform=platform), "account_days")

    def extra(self) -> pd.DataFrame:
        return pd.DataFrame(self.others).rename_axis("date")


def read_charts(blocks: Sequence[Block], platform: str, notes: Notes) -> Days:
    """All charts of a platform; rows of another platform's charts are reported as not read."""
    days = Days()
    for block in blocks:
        chart, title = chart_of(block), title_of(block)
        if chart is None:
            continue
        if chart.platform not in ("", platform):
            drop_block(
                block,
                f"「{shown(title)}」是 {PLATFORMS[chart.platform]} 的圖表，請用 platform= 指定後另外讀",
                notes,
            )
        elif chart.column in days.columns or title in days.others:
            drop_block(block, f"「{shown(title)}」和前面的圖表是同一個指標，沒有採用", notes)
        else:
            _read_chart(block, chart, title, days, notes)
    if days.rows:
        notes.warn(meta_days.SAID)
    return days


def drop_block(block: Block, reason: str, notes: Notes) -> None:
    """Report every row of a block that is not read, and a block that has none."""
    if not block.rows:
        notes.warn(f"「{shown(title_of(block))}」只有欄名，下面沒有資料，請確認下載完整")
    notes.drop(np.array(block.places, np.int64), np.array(block.lines, np.int64), reason)


def _read_chart(block: Block, chart: Chart, title: str, days: Days, notes: Notes) -> None:
    matching = block.matching(aliases(FAMILY))
    sieve = Sieve(block.raw(notes), notes)
    picked = pick(sieve.raw, matching, {}, notes)
    dates = meta_days.days(picked.text("date"), sieve)
    meta_days.drop_repeats(dates, sieve)
    meta_days.say_gaps(dates, sieve)
    values, _ = checks.read_counts(picked.column("primary"), title or "Primary", sieve.raw.rows, notes)
    part = pd.Series(values[sieve.keep], index=dates[sieve.keep])
    days.rows += len(part)
    name = f"{title or '（沒有標題）'}：{picked.header('primary')}"
    days.cells += (
        [Cell(0, picked.header("date"), "date", "date", matching.cells[0].language)] if not days.cells else []
    )
    days.cells.append(Cell(1, name, name, "primary", matching.cells[1].language))
    days.used["date"] = "date"
    if chart.column:
        days.columns[chart.column] = part
        days.used[name] = chart.column
        label = table("account_days").column(chart.column).label
        notes.repair(f"標題「{shown(title)}」讀成 {chart.column}（{label}）")
    else:
        days.others[title] = part
        notes.warn(f"帳號每日表沒有「{shown(title)}」這個指標，數字留在 extra")


@dataclass(frozen=True)
class MetaCharts:
    """One or more charts of one platform."""

    platform: str
    family: str = FAMILY
    stacked: Literal[True] = True

    @property
    def key(self) -> str:
        return f"{self.family}_{self.platform}"

    @property
    def label(self) -> str:
        return f"Meta Business Suite「成果」圖表：{PLATFORMS[self.platform]}"

    def fit_blocks(self, blocks: Sequence[Block]) -> Fit:
        """Charts by their titles; a file of figures by format only is taken in order to refuse it clearly."""
        refused = self.platform == "facebook" and formats_only(blocks) and not any(map(chart_of, blocks))
        return Fit(11 if refused else chart_score(blocks, self.platform))

    def build_blocks(self, blocks: Sequence[Block], context: Context) -> Built:
        """The account_days table of all charts, joined by day."""
        if not any(map(chart_of, blocks)):
            raise ReadError(
                "這是「Top content formats」摘要：只有各格式的合計，沒有日期，也沒有貼文",
                where=context.where,
                next_step="要比較格式，請改下載「內容」匯出（一列一則貼文），再用 xb.kpi(posts, by=\"format\")",
            )  # fmt: skip
        days = read_charts(blocks, self.platform, context.notes)
        for block in blocks:
            if chart_of(block) is None:
                drop_block(block, f"「{shown(title_of(block))}」不是每日圖表，沒有讀", context.notes)
        tables = {"account_days": days.table(self.platform)}
        return Built(
            tables,
            days.extra(),
            days.used,
            set(days.used),
            None,
            ERA_LABEL,
            accounted=days.rows,
            cells=days.cells,
        )


def formats_only(blocks: Sequence[Block]) -> bool:
    """Whether a block has the title that only "Top content formats.csv" has."""
    titles = {normalise(text) for text in aliases(FAMILY).words["formats_only"]}
    return any(normalise(title) in titles for block in blocks for title in block.title)


LAYOUTS: tuple[Any, ...] = (MetaCharts("facebook"), MetaCharts("instagram"))
