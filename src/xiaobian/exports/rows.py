"""The cells below the header: pandas' C parser when every row has the shape of the header, csv otherwise."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..errors import ReadError
from .decode import Source
from .find import Head
from .notes import Notes
from .records import Records
from .typed import MISSING

Ints = npt.NDArray[np.int64]


@dataclass
class Raw:
    """The rows that have the shape of the header.

    frame: one column a header cell (named by its unique name), text as ``string``, numbers as float64 where
    the C parser could read the whole column. rows, lines: where each row stands in a spreadsheet and in the
    text file, from 1. short: rows with fewer cells than the header; the absent ones are missing.
    rows_in: all rows below the header, those already dropped included.
    """

    frame: pd.DataFrame
    rows: Ints
    lines: Ints
    short: npt.NDArray[np.bool_]
    rows_in: int


def load(
    source: Source, head: Head, records: Records, names: list[str], numeric: Collection[str], notes: Notes
) -> Raw:
    """Read the rows below the header; rows of no use are reported to ``notes``.

    numeric: names of the columns to read as numbers when possible.
    """
    long_rows = bool((records.cells[head.record + 1 :] > len(names)).any())
    agreed = head.record < len(records) and int(records.cells[head.record]) == len(head.names)
    if records.plain and agreed and not long_rows and int(records.lines[head.record]) == head.line:
        raw = _with_c_parser(source, head, records, names, numeric, notes)
        if raw is not None:
            return raw
    return _with_csv_module(source, head, names, notes)


def _with_c_parser(
    source: Source, head: Head, records: Records, names: list[str], numeric: Collection[str], notes: Notes
) -> Raw | None:
    below = np.arange(len(records)) > head.record
    blank = below & records.empty
    torn = _torn(records, source, len(names), below)
    lone = below & ~blank & ~torn & (records.cells == 1) & (len(names) > 1)
    keep = below & ~blank & ~lone & ~torn
    frame = _read_csv(source, head, np.flatnonzero(~keep), names, numeric)
    if frame is None or len(frame) != int(keep.sum()):
        return None
    rows, lines = np.arange(1, len(records) + 1), records.lines
    _report(notes, int(blank.sum()), (rows[lone], lines[lone]), (rows[torn], lines[torn]))
    if not records.ended and not torn.any() and not source.cut:
        notes.warn("檔案最後沒有換行：若下載曾中斷，最後一列的數字可能少了幾位，請核對", rows[-1:])
    return Raw(frame, rows[keep], lines[keep], records.cells[keep] < len(names), int((below & ~blank).sum()))


def _torn(
    records: Records, source: Source, width: int, below: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """The last record, when the file stops in the middle of it."""
    torn = np.zeros(len(records), bool)
    if not records.ended and (records.open_quote or source.cut or records.cells[-1] < width):
        torn[-1] = below[-1]
    return torn


def _report(notes: Notes, blank: int, lone: tuple[Ints, Ints], torn: tuple[Ints, Ints]) -> None:
    if blank:
        notes.repair(f"略過 {blank} 個空行")
    notes.drop(*lone, "這一列只有一格，不是貼文")
    notes.drop(*torn, "檔案在這一列中斷，內容不完整")
    if len(torn[0]):
        notes.warn("檔案在最後一列中斷，可能還少了後面的貼文，請重新下載", torn[0])


def _read_csv(
    source: Source, head: Head, skip: Ints, names: list[str], numeric: Collection[str]
) -> pd.DataFrame | None:
    """The C parser's frame: numbers straight to float64, and to text when any of them will not go."""
    for as_number in ({name for name in names if name in numeric}, set[str]()):
        try:
            return pd.read_csv(
                source.handle(),
                sep=head.delimiter,
                header=None,
                names=names,
                index_col=False,
                skiprows=skip.tolist(),
                skip_blank_lines=False,
                dtype={name: "float64" if name in as_number else "string" for name in names},
                keep_default_na=False,
                na_values={name: list(MISSING) if name in as_number else [""] for name in names},
                encoding="utf-8",
                encoding_errors="replace" if source.damaged else "strict",
            )
        except (ValueError, OverflowError):
            continue
    return None


def _with_csv_module(source: Source, head: Head, names: list[str], notes: Notes) -> Raw:
    """The slow road: ragged rows and odd quotes, one row at a time, same reports."""
    width = len(names)
    columns: list[list[str | None]] = [[] for _ in names]
    kept: list[tuple[int, int, bool]] = []
    lone: list[tuple[int, int]] = []
    long: list[tuple[int, int]] = []
    blank = trimmed = 0
    for row, line, cells in _csv_rows(source, head):
        if not cells:
            blank += 1
        elif len(cells) == 1 and width > 1:
            lone.append((row, line))
        elif len(cells) > width and any(cell.strip() for cell in cells[width:]):
            long.append((row, line))
        else:
            trimmed += len(cells) > width
            kept.append((row, line, len(cells) < width))
            for column, cell in zip(columns, cells + [""] * (width - len(cells)), strict=False):
                column.append(cell or None)
    torn = _torn_tail(source, kept, columns)
    _report(notes, blank, _pairs(lone), _pairs(torn))
    notes.drop(*_pairs(long), f"這一列的格數比欄名多（欄名 {width} 個），分不出哪一格屬於哪一欄")
    if trimmed:
        notes.repair(f"{trimmed} 列的結尾多了空格子，已略去")
    frame = pd.DataFrame({n: pd.array(c, dtype="string") for n, c in zip(names, columns, strict=True)})
    rows, lines = _pairs([(row, line) for row, line, _ in kept])
    short = np.array([is_short for _, _, is_short in kept], dtype=bool)
    return Raw(frame, rows, lines, short, len(kept) + len(lone) + len(torn) + len(long))


def _csv_rows(source: Source, head: Head) -> Iterator[tuple[int, int, list[str]]]:
    """(spreadsheet row, text line, cells) of each record below the header."""
    with source.text() as stream:
        reader = csv.reader(stream, delimiter=head.delimiter)
        line = 1
        try:
            for row, cells in enumerate(reader, 1):
                if row > head.record + 1:
                    yield row, line, cells
                line = reader.line_num + 1
        except csv.Error:
            raise ReadError(
                "有一格的內容長到不像資料，可能是引號沒有成對",
                where=f"{source.name} 第 {line} 行",
                next_step="請用平台原始下載的檔案，不要用試算表另存",
            ) from None


def _torn_tail(
    source: Source, kept: list[tuple[int, int, bool]], columns: list[list[str | None]]
) -> list[tuple[int, int]]:
    """Take the last row out again when it is short and the file has no line end after it."""
    last = b""
    for block in source.blocks():
        last = block[-1:]
    if not kept or last in (b"\n", b"\r") or not (kept[-1][2] or source.cut):
        return []
    row, line, _ = kept.pop()
    for column in columns:
        column.pop()
    return [(row, line)]


def _pairs(found: list[tuple[int, int]]) -> tuple[Ints, Ints]:
    table = np.array(found, dtype=np.int64).reshape(len(found), 2)
    return table[:, 0], table[:, 1]
