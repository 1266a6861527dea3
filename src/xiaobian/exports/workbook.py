"""Workbooks (.xlsx, binary .xls, SpreadsheetML .xls) → a text source a sheet, so that one pipeline reads them all."""

from __future__ import annotations

import csv
import datetime
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

from ..errors import ReadError
from . import spreadsheetml
from .containers import MOST_BYTES, RATIO, SMALL, office_kind
from .decode import HEAD, Source, Stored, open_source, other_kind

OLE, ZIP = b"\xd0\xcf\x11\xe0", b"PK"
FIFTEEN_DIGITS = 1e15
_UNCOUNTED = re.compile(rb"<f\b[^>]*(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v></v>|</c>)")
Sheet = tuple[str, list[list[str]]]


def open_sources(stored: Stored) -> list[Source]:
    """The text sources in a file: one for a text file, one for every sheet of a workbook that holds anything.

    Raises ReadError naming the file for what is damaged, protected, unsafe or no table.
    """
    with stored.open() as file:
        head = file.read(4096)
    if head.startswith(ZIP):
        found, uncounted = _xlsx(stored)
        return _sources(stored, "Excel 活頁簿（.xlsx）", found, doubt=_formulas(uncounted))
    if head.startswith(OLE):
        return _sources(stored, "舊版 Excel 活頁簿（.xls）", _xls(stored))
    if spreadsheetml.is_spreadsheetml(_text_head(head)):
        source = open_source(stored, markup=True)
        found, ended = spreadsheetml.sheets(source.text().read())
        return _sources(stored, f"XML 試算表（.xls），{source.encoding}", found, cut=not ended)
    return [open_source(stored)]


def _text_head(head: bytes) -> str:
    return head[:HEAD].replace(b"\0", b"").decode("utf-8", errors="ignore").lstrip("\ufeff \r\n\t")


def _sources(
    stored: Stored, kind: str, sheets: Iterable[Sheet], cut: bool = False, doubt: str = ""
) -> list[Source]:
    found = [
        Source(
            f"{stored.name} 工作表「{name}」",
            stored.path,
            kind,
            data=_as_csv(rows),
            cut=cut,
            sheet=name,
            doubt=doubt,
        )
        for name, rows in sheets
        if any(cell.strip() for row in rows for cell in row)
    ]
    if not found:
        raise ReadError("活頁簿裡沒有資料", where=stored.name, next_step="請確認匯出的日期範圍，再重新下載")
    return found


def _as_csv(rows: Sequence[Sequence[str]]) -> bytes:
    """A sheet as CSV: rows keep their place; a row is as wide as the widest, or one cell when it is a note."""
    filled = [_width(row) for row in rows]
    width = max(filled)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    for row, used in zip(rows, filled, strict=True):
        if used == 0:
            text.write("\n")
        elif used == 1 and width > 2:
            writer.writerow(row[:1])
        else:
            writer.writerow([*row[:width], *[""] * (width - len(row))])
    return text.getvalue().replace("\0", "").encode("utf-8", errors="replace")


def _width(row: Sequence[str]) -> int:
    return next((n for n in range(len(row), 0, -1) if row[n - 1].strip()), 0)


def _formulas(uncounted: int) -> str:
    return (
        f"有 {uncounted} 格是公式，檔案裡沒有存下計算結果，當成沒有資料；請在 Excel 開啟後存檔再讀"
        if uncounted
        else ""
    )


def _xlsx(stored: Stored) -> tuple[list[Sheet], int]:
    """The sheets, and the number of formulas whose result the file does not hold."""
    import openpyxl

    try:
        with stored.open() as file:
            with zipfile.ZipFile(file) as archive:
                _refuse_unsafe(archive, stored.name)
                names = [n for n in archive.namelist() if n.startswith("xl/worksheets/")]
                uncounted = sum(len(_UNCOUNTED.findall(archive.read(n))) for n in names if n.endswith(".xml"))
            file.seek(0)
            book = openpyxl.load_workbook(file, read_only=True, data_only=True)
            return [(sheet.title, _xlsx_rows(sheet)) for sheet in book.worksheets], uncounted
    except ReadError:
        raise
    except Exception as error:  # whatever a damaged workbook makes the parser raise
        raise _damaged(stored.name, error) from None


def _xlsx_rows(sheet: Any) -> list[list[str]]:
    sheet.reset_dimensions()
    return [
        [_cell(cell.value, getattr(cell, "number_format", "")) for cell in row] for row in sheet.iter_rows()
    ]


def _refuse_unsafe(archive: zipfile.ZipFile, name: str) -> None:
    kind = office_kind(archive)
    if kind != "xlsx":
        raise other_kind(name, kind or "zip 壓縮檔", "請回平台後台下載 CSV 或 Excel 檔")
    members = archive.infolist()
    size, packed = (sum(getattr(m, key) for m in members) for key in ("file_size", "compress_size"))
    if size > MOST_BYTES or (size > SMALL and size > RATIO * max(packed, 1)):
        raise ReadError(
            "活頁簿解壓縮後大得不像資料，沒有讀", where=name, next_step="請重新下載，或改下載 CSV"
        )


def _xls(stored: Stored) -> list[Sheet]:
    import xlrd

    try:
        with xlrd.open_workbook(file_contents=stored.read(), logfile=io.StringIO()) as book:
            return [
                (sheet.name, [[_xls_cell(cell, book.datemode) for cell in row] for row in sheet.get_rows()])
                for sheet in book.sheets()
            ]
    except Exception as error:  # whatever a damaged workbook makes the parser raise
        raise _damaged(stored.name, error) from None


def _xls_cell(cell: Any, datemode: int) -> str:
    import xlrd

    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            value = xlrd.xldate.xldate_as_datetime(cell.value, datemode)
        except (ValueError, OverflowError):
            return _cell(cell.value)
        return _cell(value, "h" if cell.value % 1 else "")
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(cell.value, "#N/A"))
    return _cell(bool(cell.value) if cell.ctype == xlrd.XL_CELL_BOOLEAN else cell.value)


def _cell(value: object, number_format: str = "") -> str:
    """A cell as the text a CSV would hold; a number beyond fifteen digits shows that its digits are lost.

    >>> _cell(12.0), _cell(0.125), _cell(1.22158e17), _cell(None), _cell(True)
    ('12', '0.125', '1.22158E+17', '', 'TRUE')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        if abs(value) >= FIFTEEN_DIGITS:
            mantissa, exponent = f"{value:.14E}".split("E")
            return f"{mantissa.rstrip('0').rstrip('.')}E{exponent}"
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime.datetime):
        clock = "h" in number_format.lower() or value.time() != datetime.time()
        return value.strftime("%Y-%m-%d %H:%M:%S" if clock else "%Y-%m-%d") if value.year >= 1900 else ""
    if isinstance(value, datetime.timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return str(value)


def _damaged(name: str, error: Exception) -> ReadError:
    locked = "password" in str(error).lower() or "encrypt" in str(error).lower()
    return ReadError(
        "活頁簿有密碼保護，打不開" if locked else "活頁簿壞了，或不是 Excel 檔，打不開",
        where=name,
        next_step="請在 Excel 取消密碼後另存" if locked else "請重新下載，或在 Excel 開啟後另存成 .xlsx",
    )
