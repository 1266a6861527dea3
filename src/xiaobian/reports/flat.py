"""CSV files that a spreadsheet opens with the right characters and without running anything."""

from __future__ import annotations

import html
import os
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from .cells import GUARD, as_frame, headers, risky

_SHOWN = 5


@dataclass(frozen=True)
class Written:
    """A file that was written, and which text cells in it needed care.

    rows: data rows. guarded: (row in the file, column, original text) of each cell that got an apostrophe;
    left: the same for cells that a spreadsheet would run and that were written unchanged on request.
    """

    path: Path
    rows: int
    guarded: tuple[tuple[int, str, str], ...] = ()
    left: tuple[tuple[int, str, str], ...] = ()

    def say(self) -> str:
        """What was written and what was changed, in 正體中文."""
        told = f"寫好 {self.path.name}：{self.rows:,} 列。"
        if self.guarded:
            told += f"{len(self.guarded):,} 格的開頭像公式，前面加了一個半形單引號：{_places(self.guarded)}。"
        if self.left:
            told += f"{len(self.left):,} 格的開頭像公式，照你的要求原樣寫出，請不要用試算表打開：{_places(self.left)}。"
        return told

    def __repr__(self) -> str:
        return self.say()

    def _repr_html_(self) -> str:
        return f'<div style="font-size:14px;color:#22303C;background:#FFFFFF">{html.escape(self.say())}</div>'


def _places(cells: tuple[tuple[int, str, str], ...]) -> str:
    told = "；".join(f"第 {row} 列「{column}」{_short(text)}" for row, column, text in cells[:_SHOWN])
    return told + (f"；還有 {len(cells) - _SHOWN:,} 格" if len(cells) > _SHOWN else "")


def _short(text: str) -> str:
    visible = text.replace("\t", "⇥").replace("\r", "⏎").replace("\n", "⏎")
    return f"「{visible if len(visible) <= 20 else visible[:19] + '…'}」"


def write_csv(
    frame: pd.DataFrame, path: str | os.PathLike[str], *, table: str = "posts", spreadsheet: bool = True
) -> Written:
    """Write a table as CSV for people: UTF-8 with BOM, 正體中文 headers, times in their zone as ISO 8601.

    table: which declaration gives the headers. spreadsheet: whether Excel or LibreOffice will open it; then a
    text cell or header that begins with = + - @, a tab or a line break gets an apostrophe in front, and the
    result lists each. With False, for tools that would publish the apostrophe, nothing is added and there is
    no BOM.

    Raises TableError for what is no table or for two columns with one name, NotFound for an unknown ``table``.

    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp(), "posts.csv")
    >>> write_csv(pd.DataFrame({"caption": ["=1+1", "茶"], "reach": [-1, 5]}), file)
    寫好 posts.csv：2 列。1 格的開頭像公式，前面加了一個半形單引號：第 2 列「文案」「=1+1」。
    """
    frame = as_frame(frame)
    names = headers(frame, table)
    found = [(1, name, name) for name in names if risky(name)]
    columns = []
    for place, name in enumerate(names):
        values = frame.iloc[:, place]
        flags = _risky_cells(values)
        found += [(int(row) + 2, name, str(values.iloc[row])) for row in flags.to_numpy().nonzero()[0]]
        columns.append(
            values.mask(flags, GUARD + values.astype("string")) if spreadsheet and flags.any() else values
        )
    shown = [GUARD + name if spreadsheet and risky(name) else name for name in names]
    content = pd.concat(columns, axis=1) if columns else pd.DataFrame(index=frame.index)
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    content.set_axis(shown, axis=1).to_csv(
        file, index=False, encoding="utf-8-sig" if spreadsheet else "utf-8", lineterminator="\r\n"
    )
    cells = tuple(sorted(found, key=lambda cell: cell[0]))
    return Written(file, len(frame), **{"guarded" if spreadsheet else "left": cells})


def _risky_cells(values: pd.Series) -> pd.Series:
    if pd.api.types.is_numeric_dtype(values) or pd.api.types.is_datetime64_any_dtype(values):
        return pd.Series(False, index=values.index)
    return values.astype("object").map(risky).astype("bool")
