"""CSV files that a program reads, not a spreadsheet: exact headers, UTF-8 without BOM, every text as it is."""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from pathlib import Path

from ..errors import TableError
from .cells import risky
from .flat import Written


def write_tool_csv(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    path: str | os.PathLike[str],
    *,
    header: bool = True,
) -> Written:
    """Write rows of texts for an import form, with the header of that tool to the letter, or with none.

    Nothing is put in front of a text that begins like a formula, since the tool would publish it; the result lists such
    cells, so that nobody opens the file in a spreadsheet unwarned. Lines end in CR LF.

    Raises TableError for a row of another length or a column named twice.

    >>> import tempfile
    >>> write_tool_csv(["Text"], [["+1 一起喝茶"]], Path(tempfile.mkdtemp(), "buffer.csv"))
    寫好 buffer.csv：1 列。1 格的開頭像公式，照你的要求原樣寫出，請不要用試算表打開：第 2 列「Text」「+1 一起喝茶」。
    """
    if len(set(columns)) < len(columns):
        raise TableError("有兩欄的名稱相同", where=f"欄位 {'、'.join(columns)}", next_step="每欄用不同的名稱")
    uneven = next((number for number, row in enumerate(rows, 1) if len(row) != len(columns)), None)
    if uneven:
        raise TableError(
            f"第 {uneven} 列的格數和欄數不同", where=str(path), next_step=f"每列要有 {len(columns)} 格"
        )
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    first = 2 if header else 1
    left = tuple(
        (number, column, text)
        for number, row in enumerate(rows, first) for column, text in zip(columns, row, strict=True) if risky(text)
    )  # fmt: skip
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\r\n")
        writer.writerows([columns, *rows] if header else rows)
    return Written(file, len(rows), left=left)
