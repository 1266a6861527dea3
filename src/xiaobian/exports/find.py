"""Where the table starts: the delimiter and the header row, found by how many header names are known."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from ..errors import ReadError
from .decode import READABLE, Source
from .notes import listed

DELIMITERS = {",": "逗號", ";": "分號", "\t": "Tab"}
LOOK_AT = 40
ENOUGH = 3


@dataclass(frozen=True)
class Head:
    """The header row and what follows it.

    record: position of the header among the file's records, from 0. line: the text line it starts on, from 1.
    sample: up to 40 rows below it, for recognising content. above: the non-empty lines before it, as text.
    """

    delimiter: str
    record: int
    line: int
    names: list[str]
    sample: list[list[str]]
    above: tuple[str, ...] = ()


def find_head(source: Source, score: Callable[[list[str]], int]) -> Head:
    """The header row: the record among the first forty in which the most names are known.

    score: number of known names in a row of cells. Raises ReadError naming the file when fewer than three
    names are known in every row (two are enough when the row has no other), or when the text is no table at all.
    """
    text = source.head()
    hint = text[4:5] if text[:4].lower() == "sep=" else ""
    best: tuple[int, Head] | None = None
    widest: list[str] = []
    for delimiter in dict.fromkeys([d for d in (hint, *DELIMITERS) if d in DELIMITERS]):
        rows, lines = _rows(text, delimiter)
        scores = [score(row) for row in rows]
        top = max(range(len(rows)), key=scores.__getitem__, default=-1)
        if top >= 0 and (best is None or scores[top] > best[0]):
            above = tuple(text for row in rows[:top] if (text := _line(row)))
            best = (scores[top], Head(delimiter, top, lines[top], rows[top], rows[top + 1 :], above))
        widest = max([widest, *rows[:5]], key=lambda row: sum(bool(cell.strip()) for cell in row))
        if best is not None and best[0] >= 2 * ENOUGH:
            break
    if best is None or (best[0] < ENOUGH and not _short_header(*best)):
        raise _no_header(source.name, widest, best)
    return best[1]


def _line(cells: list[str]) -> str:
    """The filled cells of a line above the header; the ``sep=`` that spreadsheets read is none."""
    text = " ".join(cell.strip() for cell in cells if cell.strip())
    return "" if text.lower().startswith("sep=") else text


def _short_header(known: int, head: Head) -> bool:
    """Whether every cell of a row of two is a known name."""
    return known == 2 == sum(bool(cell.strip()) for cell in head.names)


def _rows(text: str, delimiter: str) -> tuple[list[list[str]], list[int]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[list[str]] = []
    lines = [1]
    try:
        for row in islice(reader, LOOK_AT):
            rows.append(row)
            lines.append(reader.line_num + 1)
    except csv.Error:
        pass
    return rows, lines


def _no_header(name: str, widest: list[str], best: tuple[int, Head] | None) -> ReadError:
    if len(widest) == 1 and widest[0].count(",") >= ENOUGH:
        return ReadError(
            "每一列都被多包了一層引號，整列變成一格",
            where=name,
            next_step="這是試算表或其他程式另存造成的，請用平台原始下載的檔案",
        )
    seen = listed(widest)
    if len(widest) < 2 or not seen:
        return ReadError("這不像資料表：看不到一列用逗號分開的欄名", where=name, next_step=READABLE)
    known = f"只認得 {best[0]} 個" if best and best[0] else "一個都不認得"
    return ReadError(
        f"檔案的欄名{known}",
        where=f"{name}，看到的是 {seen}",
        next_step=f"{READABLE}；欄名改過時，用 column_map= 指定",
    )
