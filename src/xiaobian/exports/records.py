"""Where every record of a CSV begins and how many cells it has, found by a vectorised pass over the bytes.

This is the count that the report's invariant rests on: it does not depend on the parser that reads the cells.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..errors import ReadError
from .decode import Source

Ints = npt.NDArray[np.int64]

_DELIMITER, _QUOTE, _LF, _CR, _NUL = 1, 2, 3, 4, 5


@dataclass(frozen=True)
class Records:
    """One entry a record, the header and anything above it included.

    cells: number of cells. lines: 1-based line of the text file on which the record begins.
    empty: nothing between two line ends. ended: the last record has its line end.
    open_quote: the file ends inside quotes. plain: every quote opens or closes a whole cell, so that all
    parsers agree on where cells end.
    """

    cells: Ints
    lines: Ints
    empty: npt.NDArray[np.bool_]
    ended: bool
    open_quote: bool
    plain: bool

    def __len__(self) -> int:
        return len(self.cells)


@dataclass
class _State:
    """What one block hands to the next."""

    offset: int = 0
    start: int = 0
    line: int = 1
    start_line: int = 1
    delimiters: int = 0
    in_quotes: int = 0
    plain: bool = True
    ended: bool = True


def scan(source: Source, delimiter: str) -> Records:
    """Count records, cells and lines of a whole file without reading its cells.

    delimiter: one ASCII character. Raises ReadError when the text holds NUL bytes (a broken download).
    """
    classes = np.zeros(256, np.uint8)
    for character, kind in ((delimiter, _DELIMITER), ('"', _QUOTE), ("\n", _LF), ("\r", _CR), ("\0", _NUL)):
        classes[ord(character)] = kind
    state = _State()
    parts = [_scan_block(*block, classes, state, source.name) for block in _with_neighbours(source)]
    cells, lines, empty = (np.concatenate(column) for column in zip(*parts, strict=True))
    if state.offset > state.start:
        cells = np.append(cells, state.delimiters + 1)
        lines, empty = np.append(lines, state.start_line), np.append(empty, False)
        state.ended = False
    return Records(cells, lines, empty, state.ended, bool(state.in_quotes), state.plain)


def _with_neighbours(source: Source) -> Iterator[tuple[int, bytes, int]]:
    """Each block with the byte before and after it; a line end stands at both ends of the file."""
    before, pending = ord("\n"), b""
    for block in source.blocks():
        if pending:
            yield before, pending, block[0]
            before = pending[-1]
        pending = block
    yield before, pending, ord("\n")


def _scan_block(
    before: int, block: bytes, after: int, classes: npt.NDArray[np.uint8], state: _State, name: str
) -> tuple[Ints, Ints, npt.NDArray[np.bool_]]:
    """Cells, first line and emptiness of the records that end in this block."""
    raw = np.frombuffer(block, np.uint8)
    at = np.flatnonzero((classes > 0)[raw])
    kind = classes[raw[at]]
    if (kind == _NUL).any():
        raise ReadError(
            "檔案裡夾著空位元組（NUL），內容不完整",
            where=f"{name} 第 {state.line + block[: block.index(0)].count(10)} 行",
            next_step="這通常是下載中斷或磁碟出錯，請重新下載",
        )
    following = np.append(raw, np.uint8(after))[at + 1]
    quote = kind == _QUOTE
    inside = (np.cumsum(quote, dtype=np.int32) + state.in_quotes) & 1
    state.plain &= _quotes_are_plain(raw, at, quote, inside, following, before, classes)

    line_end = (kind == _LF) | ((kind == _CR) & (following != 10))
    ends = np.flatnonzero(line_end & (inside == 0))
    lines_before = np.cumsum(line_end, dtype=np.int64) + state.line
    delimiters_before = np.cumsum((kind == _DELIMITER) & (inside == 0), dtype=np.int64) + state.delimiters
    at_ends = at[ends] + state.offset
    previous = np.append(np.int64(state.start), at_ends[:-1] + 1)[: len(ends)]
    carriage = np.append(np.uint8(before), raw)[at[ends]] == 13
    cells = np.diff(delimiters_before[ends], prepend=0) + 1
    lines = np.append(np.int64(state.start_line), lines_before[ends][:-1])[: len(ends)]
    empty = (at_ends - previous) <= (carriage & (raw[at[ends]] == 10))
    _carry(state, len(raw), at_ends, lines_before, delimiters_before, ends, inside)
    return cells, lines, empty


def _carry(
    state: _State, size: int, at_ends: Ints, lines: Ints, delimiters: Ints, ends: Ints, inside: Ints
) -> None:
    if len(lines):
        state.line, state.in_quotes = int(lines[-1]), int(inside[-1])
        state.delimiters = int(delimiters[-1])
    if len(ends):
        state.start, state.start_line = int(at_ends[-1]) + 1, int(lines[ends[-1]])
        state.delimiters -= int(delimiters[ends[-1]])
    state.offset += size


def _quotes_are_plain(
    raw: npt.NDArray[np.uint8],
    at: Ints,
    quote: npt.NDArray[np.bool_],
    inside: Ints,
    following: npt.NDArray[np.uint8],
    before: int,
    classes: npt.NDArray[np.uint8],
) -> bool:
    """Whether every opening quote follows, and every closing quote precedes, a delimiter, line end or quote."""
    if not quote.any():
        return True
    previous = np.append(np.uint8(before), raw[:-1])[at[quote]]
    opens = inside[quote] == 1
    neighbour = np.where(opens, previous, following[quote])
    return bool((classes[neighbour] > 0).all())
