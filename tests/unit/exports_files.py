"""What the tests of several platforms' exports do with a file: read its cells, write it, look at its report."""

from __future__ import annotations

import csv
import io
from pathlib import Path


def cells(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def save(path: Path, rows: list[list[str]], *, delimiter=",", encoding="utf-8-sig") -> Path:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def account(export) -> None:
    """Every row of the file is in the table or in the report."""
    report = export.report
    assert report.rows_in == report.rows_out + len(report.dropped)


def said(export, part: str) -> list[str]:
    return [text for text in (*export.report.warnings, *export.report.repairs) if part in text]
