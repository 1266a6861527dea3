"""Several tables stacked in one file or spread over sheets, as a list of grids of text cells."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ..errors import ReadError
from .decode import Source
from .find import DELIMITERS
from .headers import Aliases, Matching, match, unique_names
from .notes import Notes
from .rows import Raw, frame_rows

Ints = npt.NDArray[np.int64]


@dataclass
class Block:
    """One table of a file that holds several.

    title: text lines above the header, comment signs and empty ones left out. header, rows: text cells; a row may
    be shorter or longer than the header. places, lines: where each row stands in a spreadsheet and in the text
    file, from 1. line: text line of the header. sheet: name of its sheet, empty for a text file.
    """

    title: list[str]
    header: list[str]
    line: int
    sheet: str = ""
    rows: list[list[str]] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)

    def matching(self, known: Aliases, column_map: Mapping[str, str] | None = None) -> Matching:
        """The roles of the header cells."""
        return match(self.header, known, column_map or {}, self.sheet)

    def raw(self, notes: Notes) -> Raw:
        """The rows as a frame of text columns named by unique header; those of another shape go to ``notes``."""
        places, lines = np.array(self.places, np.int64), np.array(self.lines, np.int64)
        return frame_rows(self.rows, places, lines, unique_names(self.header), notes)


def blocks(sources: Iterable[Source], head: bool = False) -> list[Block]:
    """The tables in text sources (the sheets of a workbook, or one file), in order.

    A block ends at a blank line, at a comment line (``#``) or at a line of a single cell; such lines above a
    header are its title. head: only the first 120,000 characters of each source, for recognising it.

    Raises ReadError when a cell is too long to be data.
    """
    found: list[Block] = []
    for source in sources:
        text = source.head() if head else source.text().read()
        try:
            found += _split(text, source.sheet)
        except csv.Error:
            if not head:
                raise ReadError(
                    "有一格的內容長到不像資料，可能是引號沒有成對",
                    where=source.name,
                    next_step="請用平台原始下載的檔案，不要用試算表另存",
                ) from None
    return found


def _split(text: str, sheet: str) -> list[Block]:
    found: list[Block] = []
    title: list[str] = []
    current: Block | None = None
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    line = 1
    for place, cells in enumerate(reader, 1):
        filled = [cell.strip() for cell in cells if cell.strip()]
        comment = bool(filled) and cells[0].lstrip().startswith("#")
        if not filled or comment or len(cells) == 1:
            current = None
            heading = " ".join(filled).lstrip("#- ").strip() if comment else "".join(filled)
            if heading and not (place == 1 and heading.lower().startswith("sep=")):
                title.append(heading)
        elif current is None:
            current = Block(title, cells, line, sheet)
            found.append(current)
            title = []
        else:
            current.rows.append(cells)
            current.places.append(place)
            current.lines.append(line)
        line = reader.line_num + 1
    return found


def _delimiter(text: str) -> str:
    """The declared delimiter, or the one that cuts the first lines into most cells."""
    if text[:4].lower() == "sep=" and text[4:5] in DELIMITERS:
        return text[4]
    lines = text[:20_000].splitlines()[:60]
    return max(DELIMITERS, key=lambda sign: sum(line.count(sign) for line in lines))
