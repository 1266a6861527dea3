"""Old Facebook ``.xls``: SpreadsheetML 2003, read tolerantly because real files are not always well-formed."""

from __future__ import annotations

import html
import re

NAMESPACE = "urn:schemas-microsoft-com:office:spreadsheet"
MOST_COLUMNS = 16_384
_TOKEN = re.compile(r"<(/?)(?:[A-Za-z]+:)?(Worksheet|Row|Cell|Data)\b((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>")
_ATTRIBUTE = re.compile(r"(?:\w+:)?(\w+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_TAG = re.compile(r"</?(?:html:)?(?:B|I|U|S|Font|Span|Sub|Sup)\b[^>]*>", re.IGNORECASE)
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d:\d\d)(?:\.\d+)?)?")


def is_spreadsheetml(head: str) -> bool:
    """Whether the first characters are those of such a workbook."""
    return NAMESPACE in head and "<" in head[:3]


def sheets(text: str) -> tuple[list[tuple[str, list[list[str]]]], bool]:
    """(name, rows of cells) of each worksheet, and whether the workbook ends as it should.

    >>> sheets('<Worksheet ss:Name="A"><Row><Cell ss:Index="2"><Data ss:Type="Number">5</Data></Cell></Row>')
    ([('A', [['', '5']])], False)
    """
    found: list[tuple[str, list[list[str]]]] = []
    row: list[str] = []
    at = 0
    tokens = list(_TOKEN.finditer(text))
    for n, token in enumerate(tokens):
        closing, kind, attributes = token.groups()
        known = {} if closing else {k: html.unescape(a or b) for k, a, b in _ATTRIBUTE.findall(attributes)}
        if closing:
            continue
        if kind == "Worksheet":
            name = " ".join(known.get("Name", "").split())
            found.append((name or f"工作表 {len(found) + 1}", []))
        elif not found:
            found.append(("工作表 1", []))
        if kind == "Row":
            row = []
            _pad(found[-1][1], _index(known, 1_048_576))
            found[-1][1].append(row)
        elif kind == "Cell":
            place = _index(known, MOST_COLUMNS)
            row += [""] * (place - 1 - len(row))
            row.append("")
            at = len(row) - 1
            across = known.get("MergeAcross", "")
            row += [""] * (int(across) if across.isdigit() and int(across) < MOST_COLUMNS else 0)
        elif kind == "Data" and row and not attributes.endswith("/"):
            end = tokens[n + 1].start() if n + 1 < len(tokens) else len(text)
            row[at] = _value(text[token.end() : end], known.get("Type", ""))
    return found, "</Workbook" in text[-200:] or text.rstrip().endswith("Workbook>")


def _index(known: dict[str, str], most: int) -> int:
    text = known.get("Index", "")
    return int(text) if text.isdigit() and len(text) < 8 and int(text) <= most else 0


def _pad(rows: list[list[str]], index: int) -> None:
    """Rows left out of the file (``ss:Index``) are blank rows of the sheet; a gap of thousands is damage."""
    if 0 < index - 1 - len(rows) < 1_000:
        rows.extend([] for _ in range(index - 1 - len(rows)))


def _value(raw: str, kind: str) -> str:
    plain = _CDATA.sub(lambda found: html.escape(found[1]), raw)
    text = html.unescape(_TAG.sub("", plain) if "<" in plain else plain)
    moment = _MOMENT.fullmatch(text) if kind == "DateTime" else None
    if moment:
        return f"{moment[1]} {moment[2]}" if moment[2] else moment[1]
    if kind == "Boolean":
        return {"1": "TRUE", "0": "FALSE"}.get(text, text)
    return text
