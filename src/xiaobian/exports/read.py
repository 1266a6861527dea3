"""``read_export``: decode → find the table → match headers → types → checks → report."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from ..errors import NotFound, ReadError
from ..tables import PLATFORMS, table
from . import meta
from .decode import locate, open_source
from .find import DELIMITERS, Head, find_head
from .headers import aliases, check_column_map, match, normalise
from .layout import Candidate, Context, Layout, choose
from .notes import Notes
from .records import scan
from .report import Report
from .rows import load

LAYOUTS: tuple[Layout, ...] = meta.LAYOUTS


@dataclass(frozen=True, eq=False)
class Export:
    """What a platform's file holds, in the kit's tables.

    tables: frames by table name (``xb.tables.TABLES``). extra: the columns that fit in no table, by post_id.
    platform: a name of ``xb.tables.PLATFORMS``. report: what was recognised, assumed, repaired and dropped.
    """

    tables: dict[str, pd.DataFrame]
    extra: pd.DataFrame
    platform: str
    report: Report

    @property
    def posts(self) -> pd.DataFrame:
        """One row a post, with exactly the columns of the posts table; raises NotFound when there is none."""
        if "posts" not in self.tables:
            have = "、".join(f'export.tables["{name}"]' for name in self.tables)
            raise NotFound("這個檔案裡沒有貼文", where=self.report.file, next_step=f"可用的表：{have}")
        return self.tables["posts"]

    def __repr__(self) -> str:
        return f"Export：{self._summary()}\n{self.report!r}"

    def _repr_html_(self) -> str:
        return f'<div style="font-size:16px">{self._summary()}</div>{self.report._repr_html_()}'

    def _summary(self) -> str:
        name, main = next(iter(self.tables.items()))
        if "published_at" not in main:
            return f"{PLATFORMS[self.platform]} {table(name).label} {len(main)} 列"
        first, last = (main["published_at"].agg(edge).strftime("%Y-%m-%d") for edge in ("min", "max"))
        return f"{PLATFORMS[self.platform]} {len(main)} 則貼文，{first}–{last}（台北時間）"


def read_export(
    path: str | os.PathLike[str],
    *,
    platform: str | None = None,
    timezone: str | None = None,
    column_map: Mapping[str, str] | None = None,
) -> Export:
    """Read the file that a platform lets you download, and say what was understood of it.

    The file is matched by the names of its columns, in any order and in English or 正體中文, never by position.
    Nothing is guessed in silence: look at ``export.report`` before the first chart. It names every column, the
    time zone and definition assumed, each row that was left out and why. Blank is missing, not 0; ids are text.

    path: a CSV as downloaded. Now: Meta Business Suite → Insights → Content → Export, Facebook posts, Instagram
        posts and reels.
    platform: ``"facebook"`` or ``"instagram"``; only needed when the file does not show it, refused when the
        file contradicts it.
    timezone: IANA name of the zone in which the file's times are written. Default: the platform's habit; Meta
        writes US Pacific time (America/Los_Angeles), whatever the zone of your page. Times become Asia/Taipei.
    column_map: ``{"name in the file": "our column"}`` for columns somebody has renamed.

    Returns an ``Export``: ``.posts`` (the posts table), ``.tables``, ``.extra`` (all other columns, by
    post_id), ``.platform`` and ``.report``.

    Raises ReadError, one sentence with the file and the next step, for anything that cannot be read safely.

    >>> from xiaobian import datasets
    >>> folder = datasets.path("exports/meta/instagram_zh")
    >>> export = read_export(next(folder.glob("*.csv")))
    >>> export.platform, export.report.rows_in == export.report.rows_out + len(export.report.dropped)
    ('instagram', True)
    """
    notes = Notes()
    source = open_source(locate(path))
    where = source.name
    _check_platform(platform, where)
    mapped = check_column_map(column_map, where)
    head = find_head(source, lambda row: _known(row, mapped))
    where = f"檔案 {source.name} 第 {head.line} 列"
    chosen = choose(_candidates(head, mapped, where), platform, where)
    layout, matching = chosen.layout, chosen.matching
    numeric = {cell.name for cell in matching.cells if cell.role in layout.numeric}
    names = [cell.name for cell in matching.cells]
    if source.damaged:
        notes.warn(f"有 {source.damaged} 個字元壞掉了，顯示成「\ufffd」；文案可能缺字")
    raw = load(source, head, scan(source, head.delimiter), names, numeric, notes)
    if not raw.rows_in:
        raise ReadError(
            "檔案只有欄名，沒有任何貼文", where=where, next_step="請把匯出的日期範圍拉長再下載一次"
        )
    built = layout.build(raw, matching, Context(source.name, timezone, notes))
    report = Report(
        source.name, layout.platform, layout.label, source.encoding, DELIMITERS[head.delimiter],
        matching.language(), head.line, built.zone, built.metric_era, raw.rows_in,
        len(next(iter(built.tables.values()))), notes, matching.cells, built.used, built.whole,
    )  # fmt: skip
    _nothing_left(report)
    return Export(built.tables, built.extra, layout.platform, report)


def _known(row: list[str], mapped: Mapping[str, str]) -> int:
    """How many different header names in a row of cells some layout knows."""
    names = {normalise(cell) for cell in row if len(cell) < 100}
    families = {layout.family for layout in LAYOUTS}
    return max(len({n for n in names if n in mapped or n in aliases(f).names}) for f in families)


def _candidates(head: Head, mapped: Mapping[str, str], where: str) -> list[Candidate]:
    found = []
    for layout in LAYOUTS:
        matching = match(head.names, aliases(layout.family), mapped, where)
        found.append(Candidate(layout, matching, layout.fit(matching, head.sample)))
    return found


def _check_platform(platform: str | None, where: str) -> None:
    able = sorted({layout.platform for layout in LAYOUTS})
    if platform is not None and platform not in able:
        raise ReadError(
            f"platform={platform!r} 現在讀不了",
            where=where,
            next_step=f"可用的平台：{'、'.join(able)}；不寫會自動辨識",
        )


def _nothing_left(report: Report) -> None:
    if not report.rows_out:
        reasons = "、".join(f"{reason}（{count} 列）" for reason, count in report._notes.reasons())
        raise ReadError(
            "沒有一列讀得成貼文",
            where=f"檔案 {report.file}，{report.rows_in} 列全部略過：{reasons}",
            next_step="請確認這是平台原始下載的檔案，沒有在試算表改過",
        )
