"""The cells below the header: pandas' C parser when every row has the shape of the header, csv otherwise."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

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
Mask = npt.NDArray[np.bool_]
# How a text ends: with a line end, with the quote that closes a cell, inside quotes, or just so.
Tail = Literal["ended", "closed", "open", "loose"]
_DOTTED = re.compile(rb"(?<![0-9.])[1-9][0-9]{0,2}\.000(?![0-9])")
NO_LINE_END = "檔案最後沒有換行：若下載曾中斷，最後一列的數字可能少了幾位，請核對"


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
    short: Mask
    rows_in: int


@dataclass(frozen=True)
class Triage:
    """What becomes of each record below the header; every record is in exactly one mask.

    blank: an empty line, no row at all. lone: one cell only. torn: the file breaks off in it. long: more cells
    than the header, with something in them. keep: the rest; ``short`` are those of them with too few cells.
    """

    blank: Mask
    lone: Mask
    torn: Mask
    long: Mask
    keep: Mask
    short: Mask


def triage(cells: Ints, blank: Mask, overflow: Mask, width: int, cut: bool, tail: Tail) -> Triage:
    """Sort the records below the header.

    cells: cells in each record. overflow: records whose cells beyond ``width`` are not empty. cut: the file ends
    inside a character. tail: how its last record ends.
    """
    torn = np.zeros(len(cells), bool)
    if len(cells) and not blank[-1]:
        torn[-1] = cut or tail == "open" or (tail != "ended" and cells[-1] < width)
    lone = ~blank & ~torn & (cells == 1) & (width > 1)
    long = ~blank & ~torn & overflow
    keep = ~(blank | torn | lone | long)
    return Triage(blank, lone, torn, long, keep, cells < width)


def load(
    source: Source, head: Head, records: Records, names: list[str], numeric: Collection[str], notes: Notes
) -> Raw:
    """Read the rows below the header; rows of no use are reported to ``notes``.

    numeric: names of the columns to read as numbers when possible.
    """
    below = slice(head.record + 1, None)
    agreed = head.record < len(records) and int(records.cells[head.record]) == len(head.names)
    agreed = agreed and records.plain and int(records.lines[head.record]) == head.line
    tail = _tail(source, records, head.delimiter)
    if agreed and not (records.cells[below] > len(names)).any():
        cells, blank = records.cells[below], records.empty[below]
        sorted_ = triage(cells, blank, np.zeros(len(cells), bool), len(names), source.cut, tail)
        skip = np.append(np.arange(head.record + 1), head.record + 1 + np.flatnonzero(~sorted_.keep))
        frame = _read_csv(source, head, skip, names, numeric)
        if frame is not None and len(frame) == int(sorted_.keep.sum()):
            lines = records.lines[below]
            rows = np.arange(head.record + 2, head.record + 2 + len(lines))
            return _report(frame, sorted_, rows, lines, tail, len(names), notes)
    return _with_csv_module(source, head, tail, names, notes)


def _report(
    frame: pd.DataFrame,
    found: Triage,
    rows: Ints,
    lines: Ints,
    tail: Tail,
    width: int,
    notes: Notes,
) -> Raw:
    """The kept rows with their places; all others to the notes."""
    if found.blank.any():
        notes.repair(f"略過 {int(found.blank.sum())} 個空行")
    notes.drop(rows[found.lone], lines[found.lone], "這一列只有一格，不是資料")
    notes.drop(rows[found.torn], lines[found.torn], "檔案在這一列中斷，內容不完整")
    reason = f"這一列的格數比欄名多（欄名 {width} 個），分不出哪一格屬於哪一欄"
    notes.drop(rows[found.long], lines[found.long], reason)
    if found.torn.any():
        notes.warn("檔案在最後一列中斷，可能還少了後面的貼文，請重新下載", rows[found.torn])
    elif tail == "loose" and len(rows) and found.keep[-1]:
        notes.warn(NO_LINE_END, rows[-1:])
    keep = found.keep
    return Raw(frame, rows[keep], lines[keep], found.short[keep], int((~found.blank).sum()))


def _read_csv(
    source: Source, head: Head, skip: Ints, names: list[str], numeric: Collection[str]
) -> pd.DataFrame | None:
    """The C parser's frame: numbers straight to float64, and all as text when any of them will not go."""
    figures = set[str]() if _dotted(source) else {name for name in names if name in numeric}
    for as_number in (figures, set[str]()):
        try:
            frame = pd.read_csv(
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
        if not any(np.isinf(frame[name].to_numpy()).any() for name in as_number):
            return frame
    return None


def _dotted(source: Source) -> bool:
    """Whether a text may hold ``4.000``, of which only the text shows that it could be four thousand."""
    before = b""
    for block in source.blocks():
        if b".000" in before + block and _DOTTED.search(before + block):
            return True
        before = block[-8:]
    return False


def _with_csv_module(source: Source, head: Head, tail: Tail, names: list[str], notes: Notes) -> Raw:
    """The slow road: ragged rows and odd quotes, one row at a time, same reports."""
    read = list(_csv_rows(source, head))
    lines = np.array([line for line, _ in read], dtype=np.int64)
    places = np.arange(head.record + 2, head.record + 2 + len(read))
    return frame_rows([cells for _, cells in read], places, lines, names, notes, source.cut, tail)


def frame_rows(
    cells: Sequence[Sequence[str]],
    places: Ints,
    lines: Ints,
    names: list[str],
    notes: Notes,
    cut: bool = False,
    tail: Tail = "ended",
) -> Raw:
    """Rows of text cells as a ``Raw``; those that do not have the shape of the header go to ``notes``.

    places, lines: where each row stands in a spreadsheet and in the text file. cut, tail: see ``triage``.
    """
    width = len(names)
    counted = np.array([len(row) for row in cells], dtype=np.int64)
    overflow = np.array([any(cell.strip() for cell in row[width:]) for row in cells], dtype=bool)
    found = triage(counted, counted == 0, overflow, width, cut, tail)
    kept = [
        [*row[:width], *[""] * (width - len(row))]
        for row, keep in zip(cells, found.keep, strict=True)
        if keep
    ]
    columns = zip(*kept, strict=True) if kept else [()] * width
    frame = pd.DataFrame(
        {
            name: pd.array([cell or None for cell in column], dtype="string")
            for name, column in zip(names, columns, strict=True)
        }
    )
    trimmed = int((found.keep & (counted > width)).sum())
    if trimmed:
        notes.repair(f"{trimmed} 列的結尾多了空格子，已略去")
    return _report(frame, found, places, lines, tail, width, notes)


def _tail(source: Source, records: Records, delimiter: str) -> Tail:
    """How the text of a source ends; the scan of its bytes knows when quotes are plain."""
    if not records.plain:
        return tail_of(_last_record(source, delimiter), delimiter)
    if records.ended:
        return "ended"
    last = b""
    for block in source.blocks():
        last = block[-1:]
    return "open" if records.open_quote else "closed" if last == b'"' else "loose"


def tail_of(record: str, delimiter: str) -> Tail:
    """How the text of a last record ends.

    >>> [tail_of(text, ",") for text in ('a,"1"', "a,1", 'a,"1', 'a,"', 'a,5"', 'a,"1"\\n')]
    ['closed', 'loose', 'open', 'open', 'loose', 'ended']
    """
    if _ends_inside_quotes(record, delimiter):
        return "open"
    if record.endswith(("\n", "\r")):
        return "ended"
    reopened = record.endswith('"') and _ends_inside_quotes(record + '"', delimiter)
    return "closed" if reopened else "loose"


def _ends_inside_quotes(record: str, delimiter: str) -> bool:
    """Whether what is written on the line below would still belong to the record."""
    try:
        return len(list(csv.reader(io.StringIO(f"{record}\n.", newline=""), delimiter=delimiter))) == 1
    except csv.Error:
        return False


def _last_record(source: Source, delimiter: str) -> str:
    """The text of the last record as the csv module cuts it; empty when a cell is too long for it."""
    taken: list[str] = []
    last = ""
    with source.text() as stream:
        try:
            for _ in csv.reader(kept(stream, taken), delimiter=delimiter):
                last = "".join(taken)
                taken.clear()
        except csv.Error:
            return ""
    return last


def kept(lines: Iterable[str], taken: list[str]) -> Iterator[str]:
    """The lines of a text, each put into ``taken`` as it is handed on."""
    for line in lines:
        taken.append(line)
        yield line


def _csv_rows(source: Source, head: Head) -> Iterator[tuple[int, list[str]]]:
    """(text line, cells) of each record below the header."""
    with source.text() as stream:
        reader = csv.reader(stream, delimiter=head.delimiter)
        line = 1
        try:
            for record, cells in enumerate(reader):
                if record > head.record:
                    yield line, cells
                line = reader.line_num + 1
        except csv.Error:
            raise ReadError(
                "有一格的內容長到不像資料，可能是引號沒有成對",
                where=f"{source.name} 第 {line} 行",
                next_step="請用平台原始下載的檔案，不要用試算表另存",
            ) from None
