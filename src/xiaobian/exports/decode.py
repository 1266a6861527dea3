"""Bytes on disk → text we may trust: which encoding, and a refusal of what is not text at all."""

from __future__ import annotations

import codecs
import difflib
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import ReadError

BLOCK = 1 << 20
HEAD = 120_000
READABLE = "現在能讀的是 Meta Business Suite「內容」匯出的 CSV（Facebook 貼文、Instagram 貼文與 Reels）"

BINARY: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", "PDF 文件", "請回平台後台下載 CSV"),
    (b"PK\x03\x04", "zip 壓縮檔", "請先解壓縮，再讀裡面的 CSV"),
    (b"PK\x05\x06", "空的 zip 壓縮檔", "請重新下載"),
    (b"\xd0\xcf\x11\xe0", "舊版 Excel 檔（.xls）", "請用 Excel 開啟後另存成「CSV UTF-8」"),
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
    ("<?xml", "XML 檔（舊版 Facebook Insights 的 .xls 就是這種檔）", "請在 Excel 開啟後另存成「CSV UTF-8」"),
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
class Source:
    """A text file whose encoding is settled.

    data: the text as UTF-8 without byte order mark, when the file is small or in another encoding; otherwise
    None and the file is read where it lies. start: bytes of the byte order mark to skip. damaged: characters that could not be
    decoded and stand as U+FFFD. cut: the file ends inside a character.
    """

    name: str
    path: Path
    encoding: str
    start: int = 0
    data: bytes | None = None
    damaged: int = 0
    cut: bool = False

    def blocks(self) -> Iterator[bytes]:
        """The UTF-8 bytes after the byte order mark, a few MB at a time."""
        if self.data is not None:
            for at in range(0, len(self.data), BLOCK):
                yield self.data[at : at + BLOCK]
            return
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
        raw = io.BytesIO(self.data) if self.data is not None else self.path.open("rb")
        raw.seek(self.start if self.data is None else 0)
        return io.TextIOWrapper(raw, encoding="utf-8", errors="replace", newline="")


def locate(path: str | os.PathLike[str]) -> Path:
    """The file a learner means; raises ReadError for a folder or a missing path, suggesting near names."""
    if not isinstance(path, str | os.PathLike):
        raise ReadError(
            f"read_export 要的是檔案路徑，收到的是 {type(path).__name__}",
            where=repr(path)[:80],
            next_step='請寫成 xb.read_export("檔名.csv")',
        )
    try:
        found = Path(path).expanduser()
        if found.is_file():
            return found
        is_folder = found.is_dir()
    except (OSError, ValueError, RuntimeError):
        raise ReadError(
            "這個路徑不能用", where=repr(str(path))[:120], next_step="請檢查檔名裡的特殊字元"
        ) from None
    if is_folder:
        raise _folder(found)
    if found.exists():
        raise ReadError("這不是一般檔案", where=str(path), next_step=f"請指定一個檔案。{READABLE}")
    raise _missing(found, str(path))


def _folder(folder: Path) -> ReadError:
    inside = (
        sorted(p.name for p in folder.iterdir() if p.suffix.lower() == ".csv") if _listable(folder) else []
    )
    choices = f"裡面的 CSV：{'、'.join(inside[:8])}" if inside else "裡面沒有 CSV"
    return ReadError(
        "這是一個資料夾，不是檔案",
        where=str(folder),
        next_step=f"請在路徑後面加上檔名（{choices}）",
    )


def _missing(path: Path, asked: str) -> ReadError:
    folder = path.parent
    names = sorted(p.name for p in folder.iterdir()) if folder.is_dir() and _listable(folder) else []
    near = (
        difflib.get_close_matches(path.name, names, n=3, cutoff=0.5)
        or [n for n in names if n.lower().endswith(".csv")][:5]
    )
    if not folder.is_dir():
        hint = f"資料夾 {folder} 也不存在，請先確認路徑"
    elif near:
        hint = f"你是不是要找：{'、'.join(near)}"
    else:
        hint = "這個資料夾裡沒有 CSV，請確認檔案下載到哪裡"
    return ReadError("找不到這個檔案", where=asked, next_step=hint)


def _listable(folder: Path) -> bool:
    return os.access(folder, os.R_OK | os.X_OK)


def open_source(path: Path) -> Source:
    """Settle the encoding of a file and refuse what is not text.

    Raises ReadError naming the file: empty, all zero bytes, a binary format, an unreadable encoding.
    """
    try:
        with path.open("rb") as file:
            content = file.read(BLOCK)
            whole = not file.read(1)
        refuse_binary(path, content[:4096])
        for bom, encoding, _ in BOMS:
            if content.startswith(bom):
                return _settle(path, encoding, len(bom), content if whole else None)
        if b"\0" in content[:4096]:
            return _transcoded(path, _utf16_without_bom(path, content[:4096]), 0)
        return _settle(path, "utf-8", 0, content if whole else None)
    except OSError as error:
        raise ReadError(
            "檔案打不開", where=path.name, next_step=f"請確認檔案沒有被其他程式鎖住（{error.strerror}）"
        ) from None


def refuse_binary(path: Path, head: bytes) -> None:
    """Raise ReadError when the first bytes are those of nothing, of zeros, or of another kind of file."""
    if not head.removeprefix(codecs.BOM_UTF8).strip():
        raise ReadError("檔案是空的", where=path.name, next_step="請重新下載；下載中斷時常留下空檔")
    if not head.strip(b"\0"):
        raise ReadError(
            "檔案內容全是 0，沒有文字", where=path.name, next_step="這通常是下載或磁碟出錯，請重新下載"
        )
    for magic, kind, hint in BINARY:
        if head.startswith(magic):
            kind, hint = _inside_zip(path, kind, hint) if magic == b"PK\x03\x04" else (kind, hint)
            raise _other_kind(path, kind, hint)
    text = head.removeprefix(codecs.BOM_UTF8).lstrip()[:64].decode("utf-8", errors="ignore").lower()
    for start, kind, hint in MARKUP:
        if text.startswith(start):
            raise _other_kind(path, kind, hint)


def _other_kind(path: Path, kind: str, hint: str) -> ReadError:
    space = " " if kind[0].isascii() else ""
    return ReadError(f"這不是 CSV，是{space}{kind}", where=path.name, next_step=f"{hint}。{READABLE}")


def _inside_zip(path: Path, kind: str, hint: str) -> tuple[str, str]:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 65_536))
        directory = file.read()
    if b"xl/" in directory:
        return "Excel 活頁簿（.xlsx）", "請用 Excel 開啟後另存成「CSV UTF-8」"
    return kind, hint


def _settle(path: Path, encoding: str, start: int, content: bytes | None) -> Source:
    """A UTF-8 source, unless the bytes say that it is something else.

    content: the whole file, when it is small; it then stays in memory.
    """
    if encoding != "utf-8":
        return _transcoded(path, encoding, start)
    data = None if content is None else content[start:]
    label = "UTF-8（有 BOM）" if start else "UTF-8"
    source = Source(path.name, path, label, start, data)
    damaged, wide, cut = _invalid_utf8(source)
    if damaged and not start and damaged * 20 > wide:
        return _transcoded(path, "cp950", 0)
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


def _utf16_without_bom(path: Path, head: bytes) -> str:
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) < 8 or min(even, odd) > max(even, odd) // 4:
        raise _not_text(path)
    return "utf-16-le" if odd > even else "utf-16-be"


def _not_text(path: Path) -> ReadError:
    return ReadError("這不是 CSV：檔案裡有文字檔不會有的位元組", where=path.name, next_step=READABLE)


LABELS = {
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
    "cp950": "Big5（CP950，常見於繁體中文 Excel 另存的 CSV）",
}


def _transcoded(path: Path, encoding: str, start: int) -> Source:
    """Read the whole file in another encoding into UTF-8 bytes, a block at a time."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    data = bytearray()
    try:
        with path.open("rb") as file:
            file.seek(start)
            while block := file.read(BLOCK):
                data += decoder.decode(block).encode("utf-8")
    except (UnicodeDecodeError, UnicodeEncodeError):
        raise ReadError(
            "認不出這個檔案的文字編碼",
            where=path.name,
            next_step="請用平台原始下載的檔案，或在 Excel／Google 試算表另存成「CSV UTF-8」",
        ) from None
    label = LABELS[encoding] + ("（有 BOM）" if start else "")
    return Source(path.name, path, label, data=bytes(data), cut=bool(decoder.getstate()[0]))
