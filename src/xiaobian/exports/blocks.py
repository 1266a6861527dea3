"""Several tables stacked in one file or spread over sheets, as a list of grids of text cells."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ..errors import ReadError
from .decode import Source
from .find import DELIMITERS
from .headers import Aliases, Matching, match, unique_names
from .notes import Notes
from .rows import Raw, Tail, frame_rows, kept, tail_of

Ints = npt.NDArray[np.int64]
_FIGURE = re.compile(r"[+-]?[\d.,]*\d[\d.,]*\s*[%％]?")


@dataclass
class Block:
    """One table of a file that holds several.

    title: text lines above the header, comment signs and empty ones left out. header, rows: text cells; a row may
    be shorter or longer than the header. places, lines: where each row stands in a spreadsheet and in the text
    file, from 1. line: text line of the header. sheet: name of its sheet, empty for a text file. below: text lines
    under it that belong to no table. cut, tail: how the source ends, for its last table; see ``rows.triage``.
    """

    title: list[str]
    header: list[str]
    line: int
    sheet: str = ""
    rows: list[list[str]] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    below: list[str] = field(default_factory=list)
    cut: bool = False
    tail: Tail = "ended"

    def matching(self, known: Aliases, column_map: Mapping[str, str] | None = None) -> Matching:
        """The roles of the header cells."""
        return match(self.header, known, column_map or {}, self.sheet)

    def raw(self, notes: Notes) -> Raw:
        """The rows as a frame of text columns named by unique header; those of another shape go to ``notes``."""
        places, lines = np.array(self.places, np.int64), np.array(self.lines, np.int64)
        return frame_rows(self.rows, places, lines, unique_names(self.header), notes, self.cut, self.tail)


def blocks(sources: Iterable[Source], head: bool = False) -> list[Block]:
    """The tables in text sources (the sheets of a workbook, or one file), in order.

    A block ends at a blank line, at a comment line (``#``) or at a line of a single cell; such lines above a
    header are its title. Three such lines in a row, the last of them a number, are a block of one group. head: only the first 120,000 characters of each source, for recognising it.

    Raises ReadError when a cell is too long to be data.
    """
    found: list[Block] = []
    for source in sources:
        text = source.head() if head else source.text().read()
        try:
            found += _split(text, source.sheet, source.cut and not head)
        except csv.Error:
            if not head:
                raise ReadError(
                    "有一格的內容長到不像資料，可能是引號沒有成對",
                    where=source.name,
                    next_step="請用平台原始下載的檔案，不要用試算表另存",
                ) from None
    return found


def _split(text: str, sheet: str, cut: bool) -> list[Block]:
    found: list[Block] = []
    title: list[_Line] = []
    current: Block | None = None
    delimiter, taken = _delimiter(text), list[str]()
    reader = csv.reader(kept(io.StringIO(text, newline=""), taken), delimiter=delimiter)
    line = 1
    for place, cells in enumerate(reader, 1):
        filled = [cell.strip() for cell in cells if cell.strip()]
        comment = bool(filled) and cells[0].lstrip().startswith("#")
        if not filled or comment or len(cells) == 1:
            current = None
            heading = " ".join(filled).lstrip("#- ").strip() if comment else "".join(filled)
            if heading and not (place == 1 and heading.lower().startswith("sep=")):
                title.append(_Line(heading, place, line, comment))
            if made := _single(title, sheet):
                found.append(made)
                title = []
        elif current is None:
            current = Block([above.text for above in title], cells, line, sheet)
            found.append(current)
            title = []
        else:
            current.rows.append(cells)
            current.places.append(place)
            current.lines.append(line)
        record, taken[:] = "".join(taken), []
        line = reader.line_num + 1
    if found and not title:
        found[-1].cut, found[-1].tail = cut, tail_of(record, delimiter)
    elif found:
        found[-1].below = [below.text for below in title if not below.comment]
    return found


@dataclass(frozen=True)
class _Line:
    """A line of one cell, or a comment: where it stands in a spreadsheet and in the text file."""

    text: str
    place: int
    line: int
    comment: bool


def _single(above: Sequence[_Line], sheet: str) -> Block | None:
    """The block of one group that the last three lines are: its title, the group, a number."""
    if len(above) < 3 or any(line.comment for line in above[-3:]):
        return None
    if [line.place for line in above[-3:]] != list(range(above[-3].place, above[-3].place + 3)):
        return None
    *_, group, value = above
    if not _FIGURE.fullmatch(value.text) or _FIGURE.fullmatch(group.text):
        return None
    titles = [line.text for line in above[:-2]]
    return Block(titles, [group.text], group.line, sheet, [[value.text]], [value.place], [value.line])


def _delimiter(text: str) -> str:
    """The declared delimiter, or the one that cuts the first lines into most cells."""
    if text[:4].lower() == "sep=" and text[4:5] in DELIMITERS:
        return text[4]
    lines = text[:20_000].splitlines()[:60]
    return max(DELIMITERS, key=lambda sign: sum(line.count(sign) for line in lines))
