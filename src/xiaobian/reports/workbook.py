"""Excel workbooks with typed cells: numbers are numbers, days are days, and text is always text, unchanged."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from ..errors import TableError
from .cells import as_frame, headers
from .flat import Written

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

FONT = "Noto Sans TC"
TEXT, SECONDARY, SEA, HAIRLINE = "#22303C", "#5B6875", "#0A4A78", "#E3E8EC"
MAX_ROWS, MAX_TEXT = 1_048_575, 32_767
_WIDEST = 44
_KINDS = {
    "text": {}, "count": {"num_format": "#,##0"}, "number": {"num_format": "#,##0.0"},
    "share": {"num_format": "0.0%"}, "time": {"num_format": "yyyy/mm/dd hh:mm"}, "date": {"num_format": "yyyy/mm/dd"},
    "flag": {},
}  # fmt: skip


class Styles:
    """The few cell formats of a workbook, each made once."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[tuple, Format] = {}

    def get(self, kind: str = "text", **look: object) -> Format:
        key = (kind, *sorted(look.items()))
        if key not in self._made:
            base = {"font_name": FONT, "font_size": 11, "font_color": TEXT, "valign": "vcenter"}
            self._made[key] = self._book.add_format(base | _KINDS[kind] | look)
        return self._made[key]


def new_book(path: str | os.PathLike[str]) -> tuple[Workbook, Styles]:
    """An empty workbook that never turns a text into a formula, link or number; same input, same bytes."""
    import xlsxwriter

    Path(path).parent.mkdir(parents=True, exist_ok=True)
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(str(path), {**options, "nan_inf_to_errors": False})
    book.set_properties({"title": "小編實驗室", "created": datetime(2026, 1, 1)})
    book.set_size(2400, 1500)
    return book, Styles(book)


def write_xlsx(
    frame: pd.DataFrame, path: str | os.PathLike[str], *, table: str = "posts", sheet: str = "資料"
) -> Written:
    """Write a table as an Excel workbook: 正體中文 headers, a filterable table, typed cells.

    Text cells keep every character and are never formulas, whatever they begin with; ids stay text; counts,
    seconds, days and times get their number formats; missing stays empty. Times are written as the clock of
    their own time zone, since Excel knows none.

    Raises TableError for what is no table, more rows than a sheet holds (1,048,575), a text longer than a cell
    holds (32,767 characters) or two columns with one name.

    >>> import tempfile
    >>> write_xlsx(pd.DataFrame({"caption": ["=1+1"], "reach": [5]}), Path(tempfile.mkdtemp(), "posts.xlsx"))
    寫好 posts.xlsx：1 列。
    """
    frame = as_frame(frame)
    names = headers(frame, table)
    check_fits(frame, names)
    book, styles = new_book(path)
    with book:
        write_table(book.add_worksheet(sheet), styles, frame, names, "資料表")
    return Written(Path(path), len(frame))


def check_fits(frame: pd.DataFrame, names: list[str]) -> None:
    """Raise TableError for more rows or longer texts than Excel can hold, before anything is written."""
    if len(frame) > MAX_ROWS:
        raise TableError(
            f"Excel 一張工作表放不下 {len(frame):,} 列",
            where=f"上限 {MAX_ROWS:,} 列",
            next_step="請先篩選，或改用 xb.reports.write_csv()",
        )
    for place, name in enumerate(names):
        if kind_of(frame.iloc[:, place]) == "text":
            lengths = frame.iloc[:, place].astype("string").str.len()
            if (lengths > MAX_TEXT).any():
                row = int((lengths > MAX_TEXT).to_numpy(dtype=bool, na_value=False).argmax())
                raise TableError(
                    f"這一格有 {int(lengths.iloc[row]):,} 字，Excel 一格最多 {MAX_TEXT:,} 字",
                    where=f"「{name}」第 {row + 1} 筆",
                    next_step="請先截短，或改用 xb.reports.write_csv()",
                )


def kind_of(values: pd.Series) -> str:
    """What the cells of a column are: text, count, number, share, time, date or flag.

    >>> kind_of(pd.Series([1, 2])), kind_of(pd.Series(["1"])), kind_of(pd.Series([True]))
    ('count', 'text', 'flag')
    """
    kinds = pd.api.types
    if kinds.is_bool_dtype(values.dtype):
        return "flag"
    if kinds.is_integer_dtype(values.dtype):
        return "count"
    if kinds.is_numeric_dtype(values.dtype):
        return "number"
    if kinds.is_datetime64_any_dtype(values.dtype):
        days = values.dropna()
        return "time" if (days != days.dt.normalize()).any() else "date"
    return "text"


def write_table(
    sheet: Worksheet, styles: Styles, frame: pd.DataFrame, names: list[str], name: str, top: int = 0
) -> None:
    """Fill a sheet with one filterable, frozen Excel table."""
    kinds = [kind_of(frame.iloc[:, place]) for place in range(len(names))]
    head = styles.get(bold=True, font_color="#FFFFFF", bg_color=SEA, text_wrap=True, valign="top")
    bottom = top + max(len(frame), 1)
    columns = [{"header": name, "header_format": head} for name in names]
    if names:
        sheet.add_table(
            top, 0, bottom, len(names) - 1, {"name": name, "columns": columns, "style": "Table Style Light 1"}
        )
    for place, kind in enumerate(kinds):
        values = list(frame.iloc[:, place])
        write_column(sheet, styles.get(kind), top + 1, place, values, kind)
        sheet.set_column(place, place, _width(names[place], values, kind))
    sheet.set_row(top, 32)
    sheet.freeze_panes(top + 1, 1)


def write_column(
    sheet: Worksheet, look: Format, first: int, place: int, values: Iterable[object], kind: str
) -> None:
    """Write the known values of one column downwards; missing ones stay empty."""
    for row, value in enumerate(values, first):
        if pd.isna(value):  # type: ignore[call-overload]
            continue
        if kind == "flag":
            sheet.write_boolean(row, place, bool(value), look)
        elif kind in ("time", "date"):
            moment = pd.Timestamp(value)  # type: ignore[arg-type]
            sheet.write_datetime(row, place, moment.tz_localize(None).to_pydatetime(warn=False), look)
        elif kind == "text" and not isinstance(value, (int, float)):
            sheet.write_string(row, place, str(value), look)
        else:
            sheet.write_number(row, place, float(value), look)  # type: ignore[arg-type]


def _width(name: str, values: list, kind: str) -> float:
    """Columns wide enough for header and most values; a Han character counts twice."""
    shown = [_cells(str(v).split("\n")[0]) for v in values[:200] if not pd.isna(v)] if kind == "text" else []
    typical = {"time": 17, "date": 12}.get(kind, 10)
    return min(
        _WIDEST, max([typical, _cells(name) / 1.4 + 3, *sorted(shown)[: max(1, len(shown) * 9 // 10)]]) + 2
    )


def _cells(text: str) -> int:
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)
