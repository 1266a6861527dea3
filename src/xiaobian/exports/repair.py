"""Damage to a text as a whole, undone only where the result proves itself; what was done goes to the report."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from .decode import Source

CUT = 3
_WIDE = re.compile(rb"[\xe1\xe3-\xf4]")


def _bytes_of() -> dict[int, int]:
    """Character → byte of CP1252, its five undefined bytes as in Latin-1, which is how browsers and Excel read."""
    table = {}
    for byte in range(256):
        try:
            table[ord(bytes([byte]).decode("cp1252"))] = byte
        except UnicodeDecodeError:
            table[byte] = byte
    return table


_TO_BYTE = _bytes_of()


def undo_mojibake(source: Source) -> Source:
    """UTF-8 that was read as CP1252 and saved again, read back, if every character comes back exactly."""
    if (source.data is None and source.path is None) or source.damaged:
        return source
    sample = source.head()
    raw = sample.encode("utf-8")
    if raw.isascii() or _WIDE.search(raw) or not _looks_misread(sample):
        return source
    whole = _undone(b"".join(source.blocks()).decode("utf-8", errors="ignore"))
    if not whole:
        return replace(
            source, doubt="文字像是亂碼（UTF-8 被當成西歐編碼存過），但無法完整還原；請用平台原始下載的檔案"
        )
    sentence = "文字原本是亂碼（UTF-8 被當成西歐編碼 CP1252 存過），已逐字還原"
    return replace(
        source,
        data=whole.removeprefix("\ufeff").encode("utf-8"),
        start=0,
        encoding=f"{source.encoding}，還原自 CP1252",
        repairs=(*source.repairs, sentence),
    )


def _looks_misread(sample: str) -> bool:
    """Whether most characters beyond ASCII are the bytes of UTF-8, read one by one."""
    try:
        raw, _ = codecs.charmap_encode(sample.removeprefix("\ufeff"), "strict", _TO_BYTE)
    except UnicodeEncodeError:
        return False
    valid = raw.decode("utf-8", errors="ignore").encode("utf-8")
    return _high(valid) >= 0.8 * _high(raw)


def _high(raw: bytes) -> int:
    return len(raw) - len(raw.decode("ascii", errors="ignore"))


def _undone(text: str) -> str:
    """The text behind mojibake; empty when it does not come back exactly."""
    try:
        raw, _ = codecs.charmap_encode(text.removeprefix("\ufeff"), "strict", _TO_BYTE)
        return raw.decode("utf-8")
    except UnicodeError:
        return ""


def unwrap(source: Source, delimiter: str = ",", width: int = 0) -> Source | None:
    """Rows that a program has put into one quoted cell, taken apart again; None when there is no such row.

    width: cells of the header; 0 when the header itself is wrapped, the first row then says it.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    mended, last = 0, b""
    try:
        with source.text() as stream:
            for cells in csv.reader(stream, delimiter=delimiter):
                inner = _inside(cells)
                width = width or len(inner)
                if width < CUT:
                    return None
                take = inner if len(inner) == width >= CUT else cells
                mended += take is inner
                writer.writerow(take)
    except csv.Error:
        return None
    if not mended:
        return None
    for block in source.blocks():
        last = block[-1:]
    data = text.getvalue().encode("utf-8", errors="replace")
    sentence = f"{mended} 列被多包了一層引號，整列變成一格；已拆回 {width} 格"
    return replace(
        source,
        data=data if last in (b"\n", b"\r") else data.removesuffix(b"\n"),
        repairs=(*source.repairs, sentence),
    )


def wrapped_head(source: Source, delimiter: str) -> list[list[str]]:
    """The cells inside those of the first rows that are wrapped, for seeing whether the header is among them."""
    try:
        rows = list(islice(csv.reader(io.StringIO(source.head(), newline=""), delimiter=delimiter), 5))
        return [inner for cells in rows if (inner := _inside(cells))]
    except csv.Error:
        return []


def wrapped(source: Source, delimiter: str, lines: Sequence[int], width: int) -> bool:
    """Whether one of the records that begin on these text lines holds a whole row of ``width`` cells in one."""
    looked = {line - 1 for line in lines}
    with source.text() as stream:
        for text in (text for n, text in enumerate(islice(stream, max(looked) + 1)) if n in looked):
            try:
                cells = next(csv.reader([text], delimiter=delimiter), [])
                if len(_inside(cells)) == width >= CUT:
                    return True
            except csv.Error:
                continue
    return False


def _inside(cells: list[str]) -> list[str]:
    """The cells inside a row whose first cell is the only one filled."""
    if not cells or any(cell.strip() for cell in cells[1:]) or "," not in cells[0]:
        return []
    records = list(csv.reader(io.StringIO(cells[0].rstrip("; "), newline="")))
    return records[0] if len(records) == 1 else []
