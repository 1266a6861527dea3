"""Bytes on disk → text we may trust: which encoding, and a refusal of what is not text at all."""

from __future__ import annotations

import codecs
import datetime
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from ..errors import ReadError
from .legacy import legacy_encoding

BLOCK = 1 << 20
HEAD = 120_000
READABLE = "能讀的是平台後台原始下載的 CSV、Excel 或 zip 檔"

BINARY: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", "PDF 文件", "請回平台後台下載 CSV"),
    (b"\x89PNG", "PNG 圖片", "請回平台後台下載 CSV"),
    (b"\xff\xd8\xff", "JPEG 圖片", "請回平台後台下載 CSV"),
    (b"GIF8", "GIF 圖片", "請回平台後台下載 CSV"),
    (b"RIFF", "影音或圖片檔", "請回平台後台下載 CSV"),
    (b"\x1f\x8b", "gzip 壓縮檔", "請先解壓縮，再讀裡面的 CSV"),
    (b"Rar!", "RAR 壓縮檔", "請先解壓縮，再讀裡面的 CSV"),
    (b"7z\xbc\xaf", "7z 壓縮檔", "請先解壓縮，再讀裡面的 CSV"),
    (b"SQLite format 3", "SQLite 資料庫", "請回平台後台下載 CSV"),
    (b"{\\rtf", "RTF 文件", "請回平台後台下載 CSV"),
)

MARKUP: tuple[tuple[str, str, str], ...] = (
    ("<?xml", "XML 檔", "請回平台後台下載 CSV 或 Excel 檔"),
    ("<!doctype", "網頁", "請在平台後台按「匯出」下載，不要用瀏覽器另存網頁"),
    ("<html", "網頁", "請在平台後台按「匯出」下載，不要用瀏覽器另存網頁"),
    ("{", "JSON 檔", "請在平台後台改選 CSV 格式匯出"),
    ("[", "JSON 檔", "請在平台後台改選 CSV 格式匯出"),
)

BOMS: tuple[tuple[bytes, str, str], ...] = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8（有 BOM）"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16 LE（有 BOM）"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16 BE（有 BOM）"),
)


@dataclass(frozen=True)
class Stored:
    """One file as it lies on the disk (``path``) or in memory (``data``: a member of a zip).

    name: what messages call it. saved: the day it was last written, where the disk or the zip tells.
    """

    name: str
    path: Path | None = None
    data: bytes | None = None
    saved: datetime.date | None = None

    def open(self) -> BinaryIO:
        return io.BytesIO(self.data or b"") if self.path is None else self.path.open("rb")

    def read(self) -> bytes:
        with self.open() as file:
            return file.read()


@dataclass(frozen=True)
class Source:
    """A text whose encoding is settled: a file, or one sheet of a workbook.

    data: the text as UTF-8 without byte order mark, when the file is small, in another encoding or in memory;
    otherwise None and the file is read where it lies (``path``). start: bytes of the byte order mark to skip.
    damaged: characters that could not be decoded and stand as U+FFFD. cut: the file ends inside a character.
    sheet: name of the sheet. doubt: what to tell the reader about the encoding. repairs: what was
    mended in the text as a whole.
    """

    name: str
    path: Path | None
    encoding: str
    start: int = 0
    data: bytes | None = None
    damaged: int = 0
    cut: bool = False
    sheet: str = ""
    doubt: str = ""
    repairs: tuple[str, ...] = ()

    def blocks(self) -> Iterator[bytes]:
        """The UTF-8 bytes after the byte order mark, a few MB at a time."""
        if self.data is not None:
            for at in range(0, len(self.data), BLOCK):
                yield self.data[at : at + BLOCK]
            return
        assert self.path is not None
        with self.path.open("rb") as file:
            file.seek(self.start)
            while block := file.read(BLOCK):
                yield block

    def head(self) -> str:
        """The first characters, for guessing the delimiter and the header."""
        first = next(self.blocks(), b"")[:HEAD]
        return first.decode("utf-8", errors="ignore")

    def handle(self) -> str | io.BytesIO:
        """What pandas reads: the path itself (its C parser then skips the byte order mark) or the bytes."""
        return str(self.path) if self.data is None else io.BytesIO(self.data)

    def text(self) -> io.TextIOBase:
        """A text stream with line ends as they are, for the csv module."""
        if self.data is not None or self.path is None:
            raw: BinaryIO = io.BytesIO(self.data or b"")
        else:
            raw = self.path.open("rb")
            raw.seek(self.start)
        return io.TextIOWrapper(raw, encoding="utf-8", errors="replace", newline="")


def open_source(stored: Stored, markup: bool = False) -> Source:
    """Settle the encoding of a file and refuse what is not text, or (unless ``markup``) is a page or a program's data.

    Raises ReadError naming the file: empty, all zero bytes, a binary format, an unreadable encoding.
    """
    try:
        with stored.open() as file:
            content = file.read(BLOCK)
            whole = stored.path is None or not file.read(1)
        refuse_binary(stored.name, content[:4096], markup)
        content = stored.data if stored.data is not None else content
        for bom, encoding, _ in BOMS:
            if content.startswith(bom):
                return _settle(stored, encoding, len(bom), content if whole else None)
        if b"\0" in content[:4096]:
            return _transcoded(stored, _utf16_without_bom(stored.name, content[:4096]), 0)
        return _settle(stored, "utf-8", 0, content if whole else None)
    except OSError as error:
        raise unopened(stored.name, error) from None


def unopened(name: str, error: OSError) -> ReadError:
    """The refusal of a file that the system does not let us read."""
    return ReadError("檔案打不開", where=name, next_step=f"請確認檔案沒有被其他程式鎖住（{error.strerror}）")


def refuse_binary(name: str, head: bytes, markup: bool = False) -> None:
    """Raise ReadError when the first bytes are those of nothing, of zeros, or of another kind of file."""
    if not head.removeprefix(codecs.BOM_UTF8).strip():
        raise ReadError("檔案是空的", where=name, next_step="請重新下載；下載中斷時常留下空檔")
    if not head.strip(b"\0"):
        raise ReadError(
            "檔案內容全是 0，沒有文字", where=name, next_step="這通常是下載或磁碟出錯，請重新下載"
        )
    for magic, kind, hint in BINARY:
        if head.startswith(magic):
            raise other_kind(name, kind, hint)
    text = head.removeprefix(codecs.BOM_UTF8).lstrip()[:64].decode("utf-8", errors="ignore").lower()
    for start, kind, hint in () if markup else MARKUP:
        if text.startswith(start):
            raise other_kind(name, kind, hint)


def other_kind(name: str, kind: str, hint: str) -> ReadError:
    """The refusal of a file that is something else than a table."""
    space = " " if kind[0].isascii() else ""
    return ReadError(f"這不是資料表，是{space}{kind}", where=name, next_step=f"{hint}。{READABLE}")


def _settle(stored: Stored, encoding: str, start: int, content: bytes | None) -> Source:
    """A UTF-8 source, unless the bytes say that it is something else.

    content: the whole file, when it is small; it then stays in memory.
    """
    if encoding != "utf-8":
        return _transcoded(stored, encoding, start)
    data = None if content is None else content[start:]
    label = "UTF-8（有 BOM）" if start else "UTF-8"
    source = Source(stored.name, stored.path, label, start, data)
    damaged, wide, cut = _invalid_utf8(source)
    if damaged and not start and damaged * 20 > wide:
        legacy = legacy_encoding(next(source.blocks()))
        if legacy or damaged > wide:
            return _transcoded(stored, legacy or "cp950", 0)
    return replace(source, damaged=damaged, cut=cut)


def _invalid_utf8(source: Source) -> tuple[int, int, bool]:
    """Characters that cannot be decoded, characters beyond ASCII, and whether the text ends inside one."""
    damaged = wide = 0
    for errors in ("strict", "replace"):
        decoder = codecs.getincrementaldecoder("utf-8")(errors)
        try:
            for block in source.blocks():
                text = decoder.decode(block)
                if errors == "replace":
                    damaged += max(text.count("\ufffd") - block.count(b"\xef\xbf\xbd"), 0)
                    wide += len(text) - len(text.encode("ascii", "ignore"))
            break
        except UnicodeDecodeError:
            continue
    return damaged, wide - damaged, bool(decoder.getstate()[0])


def _utf16_without_bom(name: str, head: bytes) -> str:
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) < 8 or min(even, odd) > max(even, odd) // 4:
        raise _not_text(name)
    return "utf-16-le" if odd > even else "utf-16-be"


def _not_text(name: str) -> ReadError:
    return ReadError("這不是資料表：檔案裡有文字檔不會有的位元組", where=name, next_step=READABLE)


LABELS = {
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
    "cp950": "Big5（CP950，常見於繁體中文 Excel 另存的 CSV）",
    "cp1251": "CP1251（斯拉夫語系的 Windows）",
    "cp1252": "CP1252（西歐語系的 Windows）",
}
GUESSED = "文字編碼是從內容推斷的，文案若有怪字，請用平台原始下載的檔案"


def _transcoded(stored: Stored, encoding: str, start: int) -> Source:
    """Read the whole file in another encoding into UTF-8 bytes, a block at a time."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    data = bytearray()
    try:
        with stored.open() as file:
            file.seek(start)
            while block := file.read(BLOCK):
                data += decoder.decode(block).encode("utf-8")
    except (UnicodeDecodeError, UnicodeEncodeError):
        raise ReadError(
            "認不出這個檔案的文字編碼",
            where=stored.name,
            next_step="請用平台原始下載的檔案，或在 Excel／Google 試算表另存成「CSV UTF-8」",
        ) from None
    label = LABELS[encoding] + ("（有 BOM）" if start else "")
    return Source(stored.name, stored.path, label, data=bytes(data), cut=bool(decoder.getstate()[0]),
                  doubt=GUESSED if encoding.startswith("cp125") else "")  # fmt: skip
