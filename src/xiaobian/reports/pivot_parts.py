"""A native, refreshable Excel pivot table, put into a finished workbook as its OOXML parts.

XlsxWriter writes no pivot tables. The three parts (cache definition, cache records, pivot table) follow
ECMA-376 part 1, §18.10; the cache refreshes when the file is opened, so the data sheet is always the truth.
"""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from xml.sax.saxutils import quoteattr

Cell = str | float | datetime | None

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DOC = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_RELATION = "rIdPivot"
_VALUES = -2
"""The field number that stands for 「值」 when several data fields share an axis."""


@dataclass(frozen=True)
class Field:
    """One column of the source table: header, cells, and for an axis field its items in reading order."""

    name: str
    values: Sequence[Cell]
    items: tuple[str, ...] = ()


@dataclass(frozen=True)
class Data:
    """One number the pivot shows: its name, the source field, ``sum`` or ``countNums``, a built-in format id.

    formula: for a calculated field, e.g. ``分子/分母``; then ``field`` is its own new name.
    """

    name: str
    field: str
    subtotal: str = "sum"
    number_format: int = 3
    formula: str = ""


Combination = tuple[str, ...]


@dataclass(frozen=True)
class Pivot:
    """What the pivot table is made of.

    source: name of the Excel table with the data. sheet: number of the worksheet that shows the pivot (from 1).
    row_keys, column_keys: the combinations of items that occur, in order. top: row of its first cell (from 1).
    """

    source: str
    sheet: int
    top: int
    fields: tuple[Field, ...]
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    data: tuple[Data, ...]
    row_keys: tuple[Combination, ...]
    column_keys: tuple[Combination, ...]

    @property
    def data_on_rows(self) -> bool:
        """Several numbers stand under each other when items stand across."""
        return bool(self.columns) and len(self.data) > 1

    @property
    def first_column(self) -> int:
        """How many columns of labels stand left of the numbers."""
        return len(self.rows) + self.data_on_rows

    @property
    def head(self) -> int:
        """How many rows of labels stand above the numbers."""
        return len(self.columns) + 1 if self.columns else 1

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns, labels and totals included."""
        across = (len(self.column_keys) + 1) if self.columns else len(self.data)
        down = (len(self.row_keys) + 1) * (len(self.data) if self.data_on_rows else 1)
        return self.head + down, self.first_column + across


def add_pivot(path: str | os.PathLike[str], pivot: Pivot) -> None:
    """Put the pivot table into a finished .xlsx; the file is replaced only when all parts are written."""
    target = Path(path)
    new = target.with_name(target.name + ".part")
    try:
        with zipfile.ZipFile(target) as old, zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as out:
            known = set(old.namelist())
            for entry in old.infolist():
                out.writestr(_stamped(entry.filename), _linked(entry.filename, old.read(entry), pivot))
            for name, text in _parts(pivot, known):
                out.writestr(_stamped(name), text)
        shutil.move(new, target)
    finally:
        new.unlink(missing_ok=True)


def _stamped(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _parts(pivot: Pivot, known: set[str]) -> Iterable[tuple[str, str]]:
    yield "xl/pivotCache/pivotCacheDefinition1.xml", cache_definition(pivot)
    yield "xl/pivotCache/pivotCacheRecords1.xml", cache_records(pivot)
    yield "xl/pivotTables/pivotTable1.xml", pivot_table(pivot)
    definition = "../pivotCache/pivotCacheDefinition1.xml"
    yield (
        "xl/pivotCache/_rels/pivotCacheDefinition1.xml.rels",
        _relations(("pivotCacheRecords", "pivotCacheRecords1.xml")),
    )
    yield "xl/pivotTables/_rels/pivotTable1.xml.rels", _relations(("pivotCacheDefinition", definition))
    sheet = _sheet_relations(pivot)
    if sheet not in known:
        yield sheet, _relations(("pivotTable", "../pivotTables/pivotTable1.xml"))


def _sheet_relations(pivot: Pivot) -> str:
    return f"xl/worksheets/_rels/sheet{pivot.sheet}.xml.rels"


def _linked(name: str, content: bytes, pivot: Pivot) -> bytes:
    """The parts that must know of the pivot, with the line that says so."""
    added = {
        "[Content_Types].xml": ("</Types>", "".join(map(_override, _CONTENT))),
        "xl/workbook.xml": (
            "</workbook>",
            f'<pivotCaches><pivotCache cacheId="1" r:id="{_RELATION}"/></pivotCaches>',
        ),
        "xl/_rels/workbook.xml.rels": (
            "</Relationships>",
            _relation(_RELATION, "pivotCacheDefinition", "pivotCache/pivotCacheDefinition1.xml"),
        ),
        _sheet_relations(pivot): (
            "</Relationships>",
            _relation(_RELATION, "pivotTable", "../pivotTables/pivotTable1.xml"),
        ),
    }
    if name not in added:
        return content
    end, line = added[name]
    return content.decode("utf-8").replace(end, line + end).encode("utf-8")


_CONTENT = (
    ("pivotCache/pivotCacheDefinition1", "pivotCacheDefinition"),
    ("pivotCache/pivotCacheRecords1", "pivotCacheRecords"),
    ("pivotTables/pivotTable1", "pivotTable"),
)


def _override(part: tuple[str, str]) -> str:
    return f'<Override PartName="/xl/{part[0]}.xml" ContentType="{_TYPE}{part[1]}+xml"/>'


def _relation(name: str, kind: str, target: str) -> str:
    return f'<Relationship Id="{name}" Type="{_DOC}/{kind}" Target="{target}"/>'


def _relations(*links: tuple[str, str]) -> str:
    lines = "".join(_relation(f"rId{i}", kind, target) for i, (kind, target) in enumerate(links, 1))
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}">{lines}</Relationships>'


def cache_definition(pivot: Pivot) -> str:
    """The fields of the source, with the items of each text field and the range of each number field."""
    calculated = [data for data in pivot.data if data.formula]
    fields = [
        f'<cacheField name={quoteattr(f.name)} numFmtId="{_field_format(f)}">{_shared(f)}</cacheField>'
        for f in pivot.fields
    ] + [
        f'<cacheField name={quoteattr(d.field)} numFmtId="0" formula={quoteattr(d.formula)} databaseField="0"/>'
        for d in calculated
    ]
    rows = len(pivot.fields[0].values)
    return (
        f'{_HEAD}<pivotCacheDefinition xmlns="{_MAIN}" xmlns:r="{_DOC}" r:id="rId1" refreshOnLoad="1" '
        f'refreshedBy="xiaobian" refreshedDate="46023" createdVersion="6" refreshedVersion="6" '
        f'minRefreshableVersion="3" recordCount="{rows}"><cacheSource type="worksheet">'
        f"<worksheetSource name={quoteattr(pivot.source)}/></cacheSource>"
        f'<cacheFields count="{len(fields)}">{"".join(fields)}</cacheFields></pivotCacheDefinition>'
    )


def _field_format(field: Field) -> int:
    return 22 if any(isinstance(value, datetime) for value in field.values) else 0


def _texts(field: Field) -> list[str | None]:
    """The shared items of a text field; a missing text is an item of its own."""
    found: dict[str | None, None] = dict.fromkeys(field.items)
    found.update(dict.fromkeys(v for v in field.values if v is None or isinstance(v, str)))
    return list(found)


def _is_text(field: Field) -> bool:
    return bool(field.items) or any(isinstance(value, str) for value in field.values)


def _shared(field: Field) -> str:
    blank = ' containsBlank="1"' if None in field.values else ""
    if _is_text(field):
        texts = _texts(field)
        long = ' longText="1"' if any(len(text or "") > 255 for text in texts) else ""
        items = "".join("<m/>" if text is None else f"<s v={quoteattr(text)}/>" for text in texts)
        return f'<sharedItems{blank} count="{len(texts)}"{long}>{items}</sharedItems>'
    known = [value for value in field.values if value is not None]
    if not known:
        return '<sharedItems containsNonDate="0" containsString="0" containsBlank="1"/>'
    whole = "" if blank else ' containsSemiMixedTypes="0"'
    low, high = min(known), max(known)  # type: ignore[type-var]
    if isinstance(low, datetime) and isinstance(high, datetime):
        return (
            f'<sharedItems{whole} containsNonDate="0" containsDate="1" containsString="0"{blank} '
            f'minDate="{_moment(low)}" maxDate="{_moment(high)}"/>'
        )
    integer = ' containsInteger="1"' if all(float(v) == int(float(v)) for v in known) else ""  # type: ignore[arg-type]
    return (
        f'<sharedItems{whole} containsString="0"{blank} containsNumber="1"{integer} '
        f'minValue="{_number(low)}" maxValue="{_number(high)}"/>'
    )


def _moment(time: datetime) -> str:
    return time.replace(microsecond=0).isoformat()


def _number(value: object) -> str:
    return f"{value:.15g}"


def cache_records(pivot: Pivot) -> str:
    """The source's rows, text as item numbers."""
    columns = [_recorded(field) for field in pivot.fields]
    rows = "".join(f"<r>{''.join(cells)}</r>" for cells in zip(*columns, strict=True))
    count = len(pivot.fields[0].values)
    return f'{_HEAD}<pivotCacheRecords xmlns="{_MAIN}" xmlns:r="{_DOC}" count="{count}">{rows}</pivotCacheRecords>'


def _recorded(field: Field) -> list[str]:
    if _is_text(field):
        place = {text: number for number, text in enumerate(_texts(field))}
        return [f'<x v="{place[value]}"/>' for value in field.values]  # type: ignore[index]
    return [
        "<m/>"
        if value is None
        else f'<d v="{_moment(value)}"/>'
        if isinstance(value, datetime)
        else f'<n v="{_number(value)}"/>'
        for value in field.values
    ]


def pivot_table(pivot: Pivot) -> str:
    """Which fields stand where, in tabular form with totals."""
    names = [f.name for f in pivot.fields] + [d.field for d in pivot.data if d.formula]
    place = {name: number for number, name in enumerate(names)}
    axes = [
        (pivot.rows, pivot.row_keys, pivot.data_on_rows, "row"),
        (pivot.columns, pivot.column_keys, not pivot.data_on_rows and len(pivot.data) > 1, "col"),
    ]
    told = "".join(_axis(pivot, place, *axis) for axis in axes)
    shown = "".join(
        f'<dataField name={quoteattr(d.name)} fld="{place[d.field]}"'
        + (f' subtotal="{d.subtotal}"' if d.subtotal != "sum" else "")
        + f' baseField="0" baseItem="0" numFmtId="{d.number_format}"/>'
        for d in pivot.data
    )
    on_rows = ' dataOnRows="1"' if pivot.data_on_rows else ""
    return (
        f'{_HEAD}<pivotTableDefinition xmlns="{_MAIN}" name="樞紐分析表" cacheId="1"{on_rows} applyNumberFormats="0" '
        'applyBorderFormats="0" applyFontFormats="0" applyPatternFormats="0" applyAlignmentFormats="0" '
        'applyWidthHeightFormats="1" dataCaption="值" errorCaption="" showError="1" updatedVersion="6" '
        'minRefreshableVersion="3" useAutoFormatting="1" itemPrintTitles="1" createdVersion="6" indent="0" '
        f'compact="0" compactData="0" multipleFieldFilters="0">{_location(pivot)}'
        f'<pivotFields count="{len(names)}">{"".join(_field(pivot, name) for name in names)}</pivotFields>{told}'
        f'<dataFields count="{len(pivot.data)}">{shown}</dataFields>'
        '<pivotTableStyleInfo name="PivotStyleLight16" showRowHeaders="1" showColHeaders="1" showRowStripes="0" '
        'showColStripes="0" showLastColumn="1"/></pivotTableDefinition>'
    )


def _location(pivot: Pivot) -> str:
    from xlsxwriter.utility import xl_range

    height, width = pivot.size
    across = not pivot.columns and len(pivot.data) > 1
    return (
        f'<location ref="{xl_range(pivot.top - 1, 0, pivot.top + height - 2, width - 1)}" '
        f'firstHeaderRow="{0 if across else 1}" firstDataRow="{pivot.head}" firstDataCol="{pivot.first_column}"/>'
    )


def _field(pivot: Pivot, name: str) -> str:
    plain = ' compact="0" outline="0" showAll="0"'
    data = ' dataField="1"' if any(d.field == name for d in pivot.data) else ""
    if any(d.field == name and d.formula for d in pivot.data):
        return f'<pivotField{data}{plain} dragToRow="0" dragToCol="0" dragToPage="0" defaultSubtotal="0"/>'
    if name not in (*pivot.rows, *pivot.columns):
        return f"<pivotField{data}{plain}/>"
    axis = "axisRow" if name in pivot.rows else "axisCol"
    count = len(_texts(next(f for f in pivot.fields if f.name == name)))
    items = "".join(f'<item x="{i}"/>' for i in range(count))
    return f'<pivotField axis="{axis}"{data}{plain} defaultSubtotal="0"><items count="{count}">{items}</items></pivotField>'


def _axis(
    pivot: Pivot,
    place: dict[str, int],
    fields: Combination,
    keys: Sequence[Combination],
    values: bool,
    axis: str,
) -> str:
    """``rowFields`` and ``rowItems``, or the same for columns; an axis without fields has one empty item."""
    numbers = [place[name] for name in fields] + [_VALUES] * values
    repeated = len(pivot.data) if values else 1
    if not fields:
        lines = [_item([], number, "", values) for number in range(repeated)]
    else:
        items = {name: _items(pivot, name) for name in fields}
        codes = [[items[name][text] for name, text in zip(fields, key, strict=True)] for key in keys]
        lines = [_item(code, number, "", values) for code in codes for number in range(repeated)]
        lines += [_item([0], number, ' t="grand"', False) for number in range(repeated)]
    head = (
        f'<{axis}Fields count="{len(numbers)}">{"".join(f"<field x={quoteattr(str(n))}/>" for n in numbers)}</{axis}Fields>'
        if numbers
        else ""
    )
    return f'{head}<{axis}Items count="{len(lines)}">{"".join(lines)}</{axis}Items>'


def _items(pivot: Pivot, name: str) -> dict[str, int]:
    texts = _texts(next(f for f in pivot.fields if f.name == name))
    return {text: number for number, text in enumerate(texts) if text is not None}


def _item(code: Sequence[int], number: int, kind: str, values: bool) -> str:
    shown = [*code, number] if values else list(code)
    which = f' i="{number}"' if number else ""
    if not shown:
        return f"<i{kind}{which}/>"
    return f"<i{kind}{which}>{''.join(_x(one) for one in shown)}</i>"


def _x(number: int) -> str:
    return f'<x v="{number}"/>' if number else "<x/>"
