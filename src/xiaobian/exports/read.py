"""``read_export``: gather → decode → find the table → match headers → types → checks → report → join."""

from __future__ import annotations

import datetime
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

import pandas as pd

from ..errors import ReadError
from .blocks import blocks
from .combine import dates_in, join_tables, latest_day, warn_eras
from .combined import MIXED, CombinedReport
from .containers import Found, gather
from .decode import Source, Stored
from .export import Export
from .find import DELIMITERS, ENOUGH, Head, find_head
from .headers import Matching, aliases, check_column_map, match, normalise
from .layout import Built, Candidate, Context, Layout, StackedLayout, choose
from .notes import Notes, shown
from .records import scan
from .registry import layouts
from .repair import undo_mojibake, unwrap, wrapped, wrapped_head
from .report import Report
from .rows import load
from .workbook import open_sources

LAYOUTS = layouts()


@dataclass(frozen=True)
class Ask:
    """What the caller said, for every file; used: the names of ``column_map`` that some file has."""

    platform: str | None
    timezone: object
    mapped: Mapping[str, str]
    exported: datetime.date | None
    several: bool
    used: set[str] = field(default_factory=set)


def read_export(
    path: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    *,
    platform: str | None = None,
    timezone: str | None = None,
    column_map: Mapping[str, str] | None = None,
    exported_on: str | datetime.date | None = None,
) -> Export:
    """Read what a platform lets you download, and say what was understood of it.

    A file is matched by the names of its columns, in any order and in English or 正體中文, never by position.
    Nothing is guessed in silence: look at ``export.report`` before the first chart. It names every column, the
    time zone and definition assumed, each row that was left out and why. Blank is missing, not 0; ids are text.

    path: a CSV or workbook as downloaded, a zip or folder of them, or a list. Several files become one set of
        tables: a post that is in two of them is taken from the later export, never added up; a file that cannot be
        read is named in the report.
    platform: a name such as ``"facebook"``; only needed where a file does not show it. A file that is clearly of
        another platform is refused; of several files such a one is left out and named in the report.
    timezone: IANA name of the zone in which the file's times are written. Default: the platform's habit; Meta
        writes US Pacific time (America/Los_Angeles), whatever the zone of your page. Times become Asia/Taipei.
    column_map: ``{"name in the file": "our column"}`` for columns somebody has renamed.
    exported_on: the day you downloaded it (``"2026-09-01"``), where dates in the file lack their year. Default: the
        file's name, else the day it was saved.

    Returns an ``Export``: ``.posts`` (the posts table), ``.tables``, ``.extra`` (all other columns, by
    post_id), ``.platform``, ``.report`` and ``.parts``.

    Raises ReadError, one sentence with the file and the next step, for anything that cannot be read safely.

    >>> from xiaobian import datasets
    >>> folder = datasets.path("exports/meta/instagram_zh")
    >>> export = read_export(next(folder.glob("*.csv")))
    >>> export.platform, export.report.rows_in == export.report.rows_out + len(export.report.dropped)
    ('instagram', True)
    """
    found = gather(path)
    name = found.files[0].name if len(found.files) == 1 else _asked(path)
    _check_platform(platform, name)
    mapped = check_column_map(column_map, name)
    ask = Ask(platform, timezone, mapped, _day(exported_on, name), found.several)
    if not found.several:
        return _single(found.files[0], ask)
    exports = _each(found, ask)
    _all_mapped(ask, name)
    return _combined(exports, name, found.unread)


def _asked(path: object) -> str:
    if isinstance(path, list | tuple):
        return f"{len(path)} 個路徑"
    return os.path.basename(os.path.normpath(os.fspath(path))) or str(path)  # type: ignore[call-overload]


def _day(given: object, where: str) -> datetime.date | None:
    if given is None or isinstance(given, datetime.date):
        return given
    try:
        return datetime.date.fromisoformat(str(given))
    except ValueError:
        raise ReadError(
            f"exported_on={shown(given)!r} 不是日期",
            where=where,
            next_step='請寫成 exported_on="2026-09-01"（你下載這個檔案的那一天）',
        ) from None


def _each(found: Found, ask: Ask) -> list[Export]:
    """Every file that can be read; the others are added to ``found.unread``. Raises the reason when there is none."""
    exports = []
    for stored in found.files:
        try:
            exports.append(_single(stored, ask))
        except ReadError as error:
            if len(found.files) == 1 and not found.unread:
                raise
            found.unread.append((stored.name, str(error)))
    if not exports:
        reasons = "；".join(
            f"{shown(name, 60)}：{shown(reason, 120).rstrip('。')}" for name, reason in found.unread[:3]
        )
        raise ReadError(
            f"{len(found.unread)} 個檔案都讀不了",
            where=reasons,
            next_step="請確認這些是平台後台原始下載的檔案",
        )
    return exports


def _all_mapped(ask: Ask, where: str) -> None:
    for header in ask.mapped.keys() - ask.used:
        raise ReadError(
            f"column_map 寫的「{shown(header)}」不在任何一個檔案的欄名裡",
            where=where,
            next_step="請對照 export.report.columns 的檔案欄名",
        )


def _single(stored: Stored, ask: Ask) -> Export:
    """One file: a table, stacked tables, or a workbook whose sheets are read one by one or together."""
    try:
        sources = open_sources(stored)
    except OSError as error:
        raise ReadError(
            "檔案打不開",
            where=stored.name,
            next_step=f"請確認檔案沒有被其他程式鎖住（{error.strerror}）",
        ) from None
    if len(sources) == 1:
        return _one(sources, stored, ask)
    try:
        return _one(sources, stored, ask)
    except _NoStack:
        pass
    found, unread = [], []
    for source in sources:
        try:
            found.append(_one([source], stored, replace(ask, several=True)))
        except ReadError as error:
            unread.append((source.name, str(error)))
    if not found:
        raise ReadError(
            f"{len(unread)} 張工作表都讀不了",
            where=f"{stored.name}（{shown(unread[0][1], 200).rstrip('。')}）",
            next_step="請確認這是平台後台原始下載的檔案",
        )
    if not ask.several:
        _all_mapped(ask, stored.name)
    return found[0] if len(found) == 1 and not unread else _combined(found, stored.name, unread)


class _NoStack(Exception):
    """No stacked layout fits the sheets of a workbook."""


def _one(sources: list[Source], stored: Stored, ask: Ask) -> Export:
    """One table, or several that one layout reads together."""
    sources = [undo_mojibake(source) for source in sources]
    stacked = _stacked(sources)
    if len(sources) > 1:
        if not stacked:
            raise _NoStack
        return _build_stack(choose(stacked, ask.platform, stored.name), sources, stored, ask)
    source, head = _headed(sources[0], ask, needed=not stacked)
    where = f"檔案 {source.name} 第 {head.line} 列" if head else source.name
    plain = _candidates(head, ask, where) if head else []
    chosen = choose([*plain, *stacked], ask.platform, where)
    if hasattr(chosen.layout, "stacked"):
        return _build_stack(chosen, sources, stored, ask)
    assert head is not None
    return _build(chosen, source, head, stored, ask)


def _headed(source: Source, ask: Ask, needed: bool) -> tuple[Source, Head | None]:
    """The source with its header row; a source whose rows are wrapped in quotes is unwrapped first."""

    def known(row: list[str]) -> int:
        return _known(row, ask.mapped)

    try:
        return source, find_head(source, known)
    except ReadError:
        for delimiter in (",", ";"):
            seen = any(known(inner) >= ENOUGH for inner in wrapped_head(source, delimiter))
            mended = unwrap(source, delimiter) if seen else None
            if mended:
                return mended, find_head(mended, known)
        if needed:
            raise
        return source, None


def _stacked(sources: list[Source]) -> list[Candidate]:
    """The stacked layouts that fit at all."""
    several = [cast(StackedLayout, layout) for layout in LAYOUTS if hasattr(layout, "stacked")]
    if not several:
        return []
    seen = blocks(sources, head=True)
    fits = [Candidate(layout, Matching(()), layout.fit_blocks(seen)) for layout in several]
    return [candidate for candidate in fits if candidate.fit.score > 0]


def _build(chosen: Candidate, source: Source, head: Head, stored: Stored, ask: Ask) -> Export:
    layout, matching, notes = cast(Layout, chosen.layout), chosen.matching, Notes()
    numeric = {
        cell.name for cell in matching.cells if cell.role and cell.role.split(":")[0] in layout.numeric
    }
    names = [cell.name for cell in matching.cells]
    records = scan(source, head.delimiter)
    alone = records.lines[(records.cells == 1) & ~records.empty & (records.lines > head.line)][:50]
    if len(alone) and wrapped(source, head.delimiter, alone.tolist(), len(names)):
        mended = unwrap(source, head.delimiter, len(names))
        if mended:
            source, head = mended, replace(head, delimiter=",")
            records = scan(source, ",")
    _say_encoding(source, notes)
    raw = load(source, head, records, names, numeric, notes)
    if not raw.rows_in:
        where = f"檔案 {source.name} 第 {head.line} 列"
        raise ReadError(
            "檔案只有欄名，沒有任何資料", where=where, next_step="請把匯出的日期範圍拉長再下載一次"
        )
    context = _context(source, stored, ask, notes, head.above)
    try:
        built = layout.build(raw, matching, context)
    except ReadError as error:
        raise _naming(error, source.name) from None
    return _export(chosen, built, source, head.delimiter, head.line, matching, raw.rows_in, notes)


def _build_stack(chosen: Candidate, sources: list[Source], stored: Stored, ask: Ask) -> Export:
    layout, notes = cast(StackedLayout, chosen.layout), Notes()
    for source in sources:
        _say_encoding(source, notes)
    whole = blocks(sources)
    rows_in = sum(len(block.rows) for block in whole)
    if not rows_in:
        raise ReadError(
            "檔案只有欄名，沒有任何資料", where=stored.name, next_step="請把匯出的日期範圍拉長再下載一次"
        )
    for line in (line for block in whole for line in block.below):
        notes.warn(f"「{shown(line, 60)}」是單獨的文字行，不屬於任何一張表，沒有讀")
    file = replace(sources[0], name=stored.name, sheet="")
    try:
        built = layout.build_blocks(whole, _context(file, stored, ask, notes, ()))
    except ReadError as error:
        raise _naming(error, stored.name) from None
    delimiter = next((sign for sign in DELIMITERS if len(sources) == 1 and sign in file.head()), ",")
    return _export(
        chosen, built, file, delimiter, whole[0].line, Matching(tuple(built.cells)), rows_in, notes
    )


def _naming(error: ReadError, name: str) -> ReadError:
    """The same refusal with the file's name in it."""
    if name in str(error):
        return error
    where = f"檔案 {name}，{error.where}" if error.where else f"檔案 {name}"
    return ReadError(error.what, where=where, next_step=error.next_step)


def _say_encoding(source: Source, notes: Notes) -> None:
    if source.damaged:
        notes.warn(f"有 {source.damaged} 個字元壞掉了，顯示成「\ufffd」；文案可能缺字")
    for sentence in source.repairs:
        notes.repair(sentence)
    if source.doubt:
        notes.warn(source.doubt)


def _context(source: Source, stored: Stored, ask: Ask, notes: Notes, preface: Sequence[str]) -> Context:
    named = dates_in(stored.name)
    day, basis = (
        (ask.exported, "由 exported_on= 指定")
        if ask.exported
        else (named[-1], "檔名裡的日期")
        if named
        else (stored.saved, "檔案存檔的日期")
    )
    return Context(source.name, ask.timezone, notes, tuple(preface), source.sheet, day, basis if day else "")


def _export(
    chosen: Candidate, built: Built, source: Source, delimiter: str, line: int, matching: Matching, rows_in: int,
    notes: Notes,
) -> Export:  # fmt: skip
    layout = chosen.layout
    name, main = next(iter(built.tables.items()))
    rows_out = len(main) if built.accounted is None else built.accounted
    report = Report(
        source.name, layout.platform, layout.label, source.encoding, DELIMITERS[delimiter], matching.language(),
        line, built.zone, built.metric_era, rows_in, rows_out, notes, matching.cells, built.used, built.whole, name,
    )  # fmt: skip
    _nothing_left(report)
    return Export(built.tables, built.extra, layout.platform, report)


def _combined(exports: list[Export], name: str, unread: Sequence[tuple[str, str]]) -> Export:
    """Several exports as one, earliest first."""
    single = [part for export in exports for part in (export.parts or (export,))]
    unread = [
        *unread,
        *(line for e in exports if isinstance(e.report, CombinedReport) for line in e.report.unread),
    ]
    order = sorted(range(len(single)), key=lambda n: (_exported(single[n]), n))
    single = [single[n] for n in order]
    notes = Notes()
    tables, left_out = join_tables([e.tables for e in single], [e.report.file for e in single], notes)
    warn_eras(tables, notes)
    overlaps = []
    extras = [e.extra for e in single]
    for n, rows, table_name in left_out:
        if table_name == next(iter(single[n].tables)):
            overlaps.append((single[n].report.file, "較晚的檔案裡也有，採用較晚的那一列", len(rows)))
        if table_name == "posts":
            gone = single[n].tables["posts"]["post_id"].iloc[rows.to_numpy()]
            extras[n] = extras[n][~extras[n].index.isin(gone)]
    platforms = {e.platform for e in single}
    platform = platforms.pop() if len(platforms) == 1 else MIXED
    reports = tuple(e.report for e in single if isinstance(e.report, Report))
    report = CombinedReport(name, platform, reports, tuple(unread), tuple(overlaps), notes)
    filled = [extra for extra in extras if extra.index.name == "post_id" and len(extra.columns)]
    extra = _stacked_extras(filled) if filled else single[0].extra
    return Export(tables, extra, platform, report, tuple(single))


def _stacked_extras(extras: list[pd.DataFrame]) -> pd.DataFrame:
    """Extras below each other; a column that is blank throughout one file lends the whole no dtype."""
    return pd.concat([extra.dropna(axis=1, how="all") for extra in extras], sort=False).reindex(
        columns=list(dict.fromkeys(column for extra in extras for column in extra.columns))
    )


def _exported(export: Export) -> datetime.date:
    """About when an export was made: the last date in its name, else the last day in its data."""
    named = dates_in(export.report.file)
    return named[-1] if named else latest_day(export.tables) or datetime.date.min


def _known(row: list[str], mapped: Mapping[str, str]) -> int:
    """How many different header names in a row of cells some layout knows."""
    names = {normalise(cell) for cell in row if len(cell) < 200} - {""}
    families = {layout.family: aliases(layout.family) for layout in LAYOUTS}
    return max(
        sum(n in mapped or known.reading(n)[0] is not None for n in names) for known in families.values()
    )


def _candidates(head: Head, ask: Ask, where: str) -> list[Candidate]:
    present = {normalise(name) for name in head.names}
    mapped = {k: v for k, v in ask.mapped.items() if k in present} if ask.several else ask.mapped
    ask.used.update(mapped)
    plain = [cast(Layout, layout) for layout in LAYOUTS if not hasattr(layout, "stacked")]
    families = {layout.family for layout in plain}
    read = {family: match(head.names, aliases(family), mapped, where) for family in families}
    found = []
    for layout in plain:
        matching = read[layout.family]
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
            "沒有一列讀得成資料",
            where=f"檔案 {report.file}，{report.rows_in} 列全部略過：{reasons}",
            next_step="請確認這是平台原始下載的檔案，沒有在試算表改過",
        )
