"""The pivot workbook: a native pivot table, live results with native charts, typed data, definitions."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from .flat import Written
from .pivot_parts import Combination, Data, Field, Pivot, add_pivot
from .workbook import HAIRLINE, SEA, SECONDARY, TEXT, Styles, check_fits, kind_of, new_book, write_table

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

TABLE = "貼文資料"
SHEETS = ("樞紐分析表", "結果與圖表", "資料", "定義與附註")
ALL: Combination = ()
"""Stands for the total over an axis."""
FEW = 5
_PIVOT_TOP = 6
_MOST_SERIES, _MOST_BARS, _CHART_ROWS = 6, 24, 17
Place = tuple[Combination, Combination]


@dataclass(frozen=True)
class Block:
    """One value: its label, the headers it is computed from, and what is known of each cell at writing time.

    top, under: headers of the data sheet; without ``under`` the value is a sum. numbers: value, n of posts, and
    the 95 % interval (missing for none), by row and column combination; ``ALL`` is a total. kind: cell format.
    """

    label: str
    top: str
    under: str
    kind: str
    numbers: Mapping[Place, tuple[float, int, float, float]]


@dataclass(frozen=True)
class PivotBook:
    """Everything the workbook shows. data: the typed data sheet with its headers; items: the order of a field."""

    title: str
    subtitle: str
    data: pd.DataFrame
    items: Mapping[str, tuple[str, ...]]
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    row_keys: tuple[Combination, ...]
    column_keys: tuple[Combination, ...]
    shown: tuple[Data, ...]
    cells: Mapping[Place, Sequence[float]]
    blocks: tuple[Block, ...]
    definitions: tuple[tuple[str, str], ...]
    notes: tuple[str, ...] = field(default=())


def write_pivot(book: PivotBook, path: str | os.PathLike[str]) -> Written:
    """Write the workbook; raises TableError, before writing, for data that Excel cannot hold."""
    names = [str(name) for name in book.data.columns]
    check_fits(book.data, names)
    workbook, styles = new_book(path)
    pivot = _pivot(book)
    with workbook:
        sheets = [workbook.add_worksheet(name) for name in SHEETS]
        _pivot_sheet(sheets[0], styles, book, pivot)
        _results_sheet(workbook, sheets[1], styles, book)
        write_table(sheets[2], styles, book.data, names, TABLE)
        _definitions_sheet(sheets[3], styles, book)
        for sheet in sheets:
            sheet.hide_gridlines(2)
            sheet.set_landscape()
            sheet.set_paper(9)
            sheet.fit_to_pages(1, 0)
    add_pivot(path, pivot)
    return Written(Path(path), len(book.data))


def _pivot(book: PivotBook) -> Pivot:
    fields = tuple(
        Field(str(name), _cells(book.data[name]), book.items.get(str(name), ())) for name in book.data.columns
    )
    return Pivot(
        TABLE, 1, _PIVOT_TOP, fields, book.rows, book.columns, book.shown, book.row_keys, book.column_keys
    )  # fmt: skip


def _cells(values: pd.Series) -> list:
    kind = kind_of(values)
    if kind in ("time", "date"):
        clock = values.dt.tz_localize(None)
        return [None if pd.isna(v) else v.to_pydatetime(warn=False) for v in clock]
    if kind == "text":
        return [None if pd.isna(v) else str(v) for v in values]
    return [None if pd.isna(v) else float(v) for v in values]


def _heading(sheet: Worksheet, styles: Styles, lines: Sequence[str]) -> None:
    sheet.write_string(0, 0, lines[0], styles.get(bold=True, font_size=14))
    for row, line in enumerate(lines[1:], 1):
        sheet.write_string(row, 0, line, styles.get(font_color=SECONDARY, font_size=10))


def _pivot_sheet(sheet: Worksheet, styles: Styles, book: PivotBook, pivot: Pivot) -> None:
    """What the pivot shows before anybody refreshes it, cell by cell where Excel puts it."""
    how = "資料改了以後：在下面的表上按右鍵 →「重新整理」。想換欄位：點一下表，右邊會出現欄位清單。"
    _heading(sheet, styles, [book.title, book.subtitle, how])
    top, left = pivot.top - 1, pivot.first_column
    head = styles.get(bold=True, bottom=1, bottom_color=HAIRLINE, text_wrap=True)
    row_heads = [*book.rows, *(["值"] if pivot.data_on_rows else [])]
    for place, name in enumerate(row_heads):
        sheet.write_string(top + pivot.head - 1, place, name, head)
    for place, name in enumerate(book.columns):
        sheet.write_string(top, left + place, name, head)
    if len(book.shown) == 1 and book.columns:
        sheet.write_string(top, 0, book.shown[0].name, head)
    across: list[Combination] = [*book.column_keys, ALL] if book.columns else [ALL]
    if book.columns:
        for place, key in enumerate(across):
            for depth, text in enumerate(key or ("總計",)):
                sheet.write_string(top + 1 + depth, left + place, text, head)
    else:
        for place, data in enumerate(book.shown):
            sheet.write_string(top, left + place, data.name, head)
    row = top + pivot.head
    for key in [*book.row_keys, ALL]:
        row = _pivot_rows(sheet, styles, book, pivot, row, key, across)
    sheet.set_column(0, len(book.rows) - 1, 18)
    sheet.set_column(
        len(book.rows), left - 1 if pivot.data_on_rows else left, 30 if pivot.data_on_rows else 16
    )
    sheet.set_column(left, left + pivot.size[1], 16)


def _pivot_rows(
    sheet: Worksheet, styles: Styles, book: PivotBook, pivot: Pivot, row: int, key: Combination, across: list
) -> int:
    bold = key == ALL
    groups = (
        [[data] for data in range(len(book.shown))] if pivot.data_on_rows else [list(range(len(book.shown)))]
    )
    for line, data in enumerate(groups):
        if line == 0:
            for place, text in enumerate(key or ("總計",)):
                sheet.write_string(row, place, text, styles.get(bold=bold))
        if pivot.data_on_rows:
            sheet.write_string(row, len(book.rows), book.shown[data[0]].name, styles.get(bold=bold))
        for place, (column, number) in enumerate(product(across, data)):
            value = book.cells.get((key, column), [float("nan")] * len(book.shown))[number]
            kind = "share" if book.shown[number].formula else "count"
            if not pd.isna(value):
                sheet.write_number(row, pivot.first_column + place, value, styles.get(kind, bold=bold))
        row += 1
    return row


def _results_sheet(workbook: Workbook, sheet: Worksheet, styles: Styles, book: PivotBook) -> None:
    few = f"灰底斜體的格子不到 {FEW} 則，先別解讀。值和則數是公式，資料改了會跟著變；圖上的誤差線是匯出當時的 95% 信賴區間。"
    _heading(sheet, styles, ["各組的結果與則數", book.subtitle, few])
    row = 4
    for block in book.blocks:
        row = _block(workbook, sheet, styles, book, block, row) + 2
    sheet.set_column(0, len(book.rows) - 1, 18)
    sheet.set_column(len(book.rows), len(book.rows) + 4 * (len(book.column_keys) + 2), 11)


def _block(
    workbook: Workbook, sheet: Worksheet, styles: Styles, book: PivotBook, block: Block, row: int
) -> int:
    """Values on the left, their n on the right, the chart under them; the row after it."""
    left = len(book.rows)
    across: list[Combination] = [*book.column_keys, ALL]
    n_left = left + len(across) + 1
    sheet.write_string(row, 0, block.label, styles.get(bold=True, font_color=SEA, font_size=12))
    sheet.write_string(row, n_left, "則數", styles.get(bold=True, font_color=SEA, font_size=12))
    head, right = (styles.get(bold=True, bottom=1, bottom_color=HAIRLINE, align=a) for a in ("left", "right"))
    for place, name in enumerate(book.rows):
        sheet.write_string(row + 1, place, name, head)
    for place, key in enumerate(across):
        for start in (left, n_left):
            sheet.write_string(row + 1, start + place, "・".join(key) or "全部", right)
    first = row + 2
    for down, key in enumerate([*book.row_keys, ALL]):
        at = first + down
        for place, text in enumerate(key or ("全部",)):
            sheet.write_string(at, place, text, styles.get(bold=key == ALL))
        for place, column in enumerate(across):
            _live(sheet, styles, book, block, (key, column), (at, left + place, n_left + place))
    last = first + len(book.row_keys)
    _mark_few(workbook, sheet, (first, left, last, left + len(across) - 1), n_left)
    return (
        _chart(workbook, sheet, styles, book, block, (row + 1, first, last))
        if len(book.row_keys) <= _MOST_BARS
        else last + 1
    )


def _live(
    sheet: Worksheet, styles: Styles, book: PivotBook, block: Block, place: Place, at: tuple[int, int, int]
) -> None:
    """One value and its n as formulas over the data sheet, with the numbers they have now."""
    keys, columns = place
    pairs = [*zip(book.rows, keys, strict=False), *zip(book.columns, columns, strict=False)]
    where = "".join(f"({_column(name)}={_quoted(text)})*" for name, text in pairs)
    base = _column(block.under or block.top)
    value, n, _, _ = block.numbers.get(place, (float("nan"), 0, float("nan"), float("nan")))
    chosen = f"{where}(ROW({base})>0)"
    top, under = (f"SUMPRODUCT({chosen}*1,{_column(c)})" if c else "1" for c in (block.top, block.under))
    count = f"SUMPRODUCT({chosen}*ISNUMBER({base}))"
    row, left, n_left = at
    bold = {"bold": ALL in place}
    told = "" if pd.isna(value) else value
    sheet.write_formula(row, left, f'=IF({count}=0,"",{top}/{under})', styles.get(block.kind, **bold), told)
    sheet.write_formula(row, n_left, f"={count}", styles.get("count", font_color=SECONDARY), n)


def _column(header: str) -> str:
    """A structured reference; brackets, # and apostrophes in a header are escaped."""
    safe = "".join(f"'{letter}" if letter in "[]#'@" else letter for letter in header)
    return f"{TABLE}[{safe}]"


def _quoted(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def _mark_few(workbook: Workbook, sheet: Worksheet, cells: tuple[int, int, int, int], n_left: int) -> None:
    from xlsxwriter.utility import xl_rowcol_to_cell

    n = xl_rowcol_to_cell(cells[0], n_left)
    look = workbook.add_format({"italic": True, "font_color": SECONDARY, "bg_color": HAIRLINE})
    sheet.conditional_format(*cells, {"type": "formula", "criteria": f"={n}<{FEW}", "format": look})


def _series(book: PivotBook) -> tuple[Combination, ...]:
    """The columns a chart shows side by side: all of them, or only the total when there are too many to tell apart."""
    across = book.column_keys or (ALL,)
    return (
        across if len(across) <= _MOST_SERIES and len(across) * len(book.row_keys) <= _MOST_BARS else (ALL,)
    )


_VALUE_AXIS = {
    "min": 0,
    "major_gridlines": {"visible": True, "line": {"color": HAIRLINE}},
    "line": {"none": True},
}
_COLOURS = ("#0A4A78", "#A63F16", "#4C9CCB", "#8A35C0", "#B08A10", "#2A1F2A")


def _chart(
    workbook: Workbook,
    sheet: Worksheet,
    styles: Styles,
    book: PivotBook,
    block: Block,
    rows: tuple[int, int, int],
) -> int:
    """Columns from zero with error bars where there are intervals, each group of rows a cluster."""
    head, first, last = rows
    chart = workbook.add_chart({"type": "column"})
    left = len(book.rows)
    spans = _spans(sheet, styles, book, block, rows, left + 2 * (len(book.column_keys) + 2))
    font = {"name": "Noto Sans TC", "color": "#22303C", "size": 10}
    shown = _series(book)
    places = {key: left + number for number, key in enumerate([*book.column_keys, ALL])}
    for key, colour in zip(shown, _COLOURS, strict=False):
        place = places[key]
        chart.add_series(
            {
                "name": [SHEETS[1], head, place],
                "categories": [SHEETS[1], first, 0, last - 1, left - 1],
                "values": [SHEETS[1], first, place, last - 1, place],
                "fill": {"color": colour},
                "gap": 80,
                **({"y_error_bars": spans[key]} if key in spans else {}),
            }
        )
    name = (
        block.label if shown != (ALL,) or not book.columns else f"{block.label}，全部{book.columns[0]}合起來"
    )
    chart.set_title({"name": name, "overlay": False, "name_font": {**font, "size": 12, "bold": False}})
    number_format = "0.0%" if block.kind == "share" else "#,##0"
    chart.set_y_axis({**_VALUE_AXIS, "num_font": font, "num_format": number_format})
    chart.set_x_axis({"num_font": font})
    chart.set_legend({"position": "bottom", "font": font} if len(shown) > 1 else {"none": True})
    chart.set_size({"width": 760, "height": 320})
    sheet.insert_chart(last + 2, 0, chart, {"description": f"{block.label}，各組的長條圖；數字在上面的表"})
    return last + 2 + _CHART_ROWS


def _spans(
    sheet: Worksheet, styles: Styles, book: PivotBook, block: Block, rows: tuple[int, int, int], left: int
) -> dict[Combination, dict]:
    """Half widths of the intervals beside the table, and for each series the error bars that point at them."""
    head, first, last = rows
    from xlsxwriter.utility import xl_range_abs

    across = _series(book)
    if not any(not pd.isna(low) for _, _, low, _ in block.numbers.values()):
        return {}
    found: dict[Combination, dict] = {key: {} for key in across}
    for side, name in (("minus", "95% 區間往下（匯出當時）"), ("plus", "95% 區間往上（匯出當時）")):
        sheet.write_string(head - 1, left, name, styles.get(bold=True, font_color=SEA, font_size=12))
        for place, key in enumerate(across, left):
            look = styles.get(bold=True, bottom=1, bottom_color=HAIRLINE, align="right")
            sheet.write_string(head, place, "・".join(key) or "全部", look)
            for row, down in enumerate(book.row_keys, first):
                value, _, low, high = block.numbers[(down, key)]
                width = value - low if side == "minus" else high - value
                quiet = styles.get(block.kind, font_color=SECONDARY)
                if not pd.isna(width):
                    sheet.write_number(row, place, width, quiet)
            found[key][f"{side}_values"] = f"='{SHEETS[1]}'!{xl_range_abs(first, place, last - 1, place)}"
        left += len(across) + 1
    return {
        key: {"type": "custom", "line": {"color": TEXT, "width": 1.25}, **spans}
        for key, spans in found.items()
    }


def _definitions_sheet(sheet: Worksheet, styles: Styles, book: PivotBook) -> None:
    _heading(sheet, styles, ["定義與附註", book.subtitle])
    head = styles.get(bold=True, bottom=1, bottom_color=HAIRLINE)
    sheet.write_string(3, 0, "名稱", head)
    sheet.write_string(3, 1, "定義", head)
    wrapped = styles.get(text_wrap=True, valign="top")
    row = 4
    for name, text in [*book.definitions, *(("附註", note) for note in book.notes)]:
        sheet.write_string(row, 0, name, styles.get(valign="top", text_wrap=True))
        sheet.write_string(row, 1, text, wrapped)
        row += 1
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 90)
