"""What a learner points at (a file, a folder, a zip, a list) → the single files in it, zip members in memory."""

from __future__ import annotations

import datetime
import difflib
import os
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from ..errors import ReadError
from .decode import READABLE, Stored, unopened
from .notes import shown

SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".xml", ".zip")
MOST_FILES = 500
MOST_BYTES = 1 << 30
RATIO = 300
SMALL = 10 << 20
Path_ = str | os.PathLike[str]


@dataclass
class Found:
    """The files to read, and those that cannot be, each with a sentence why.

    several: the learner pointed at a collection, so that one bad file need not stop the others.
    """

    files: list[Stored] = field(default_factory=list)
    unread: list[tuple[str, str]] = field(default_factory=list)
    several: bool = False


def gather(path: object) -> Found:
    """Every file behind a path: one file, the readable files of a folder (subfolders too), a zip, a list of those.

    Raises ReadError naming what is missing, empty or unsafe.
    """
    if isinstance(path, list | tuple):
        return _of_list(path)
    found = locate(path)
    if found.is_dir():
        return _of_folder(found)
    if is_archive(found):
        return _of_zip(Stored(found.name, found))
    return Found([_on_disk(found, found.name)])


def locate(path: object) -> Path:
    """The file or folder a learner means; raises ReadError for a missing path, suggesting near names."""
    if not isinstance(path, str | os.PathLike):
        raise ReadError(
            f"read_export 要的是檔案路徑，收到的是 {type(path).__name__}",
            where=repr(path)[:80],
            next_step='請寫成 xb.read_export("檔名.csv")，也可以是資料夾、zip 或檔名的清單',
        )
    try:
        found = Path(path).expanduser()
        if found.is_file() or found.is_dir():
            return found
        odd = found.exists()
    except (OSError, ValueError, RuntimeError):
        raise ReadError(
            "這個路徑不能用", where=repr(str(path))[:120], next_step="請檢查檔名裡的特殊字元"
        ) from None
    if odd:
        raise ReadError("這不是一般檔案", where=str(path), next_step=f"請指定一個檔案。{READABLE}")
    raise _missing(found, str(path))


def is_archive(path: Path) -> bool:
    """Whether a file is a zip of files, and not one of the office formats that are zips inside."""
    try:
        with path.open("rb") as file:
            if file.read(4) not in (b"PK\x03\x04", b"PK\x05\x06"):
                return False
        with zipfile.ZipFile(path) as archive:
            return not office_kind(archive)
    except zipfile.BadZipFile:
        return True
    except (OSError, ValueError, RuntimeError, NotImplementedError):
        return False


def office_kind(archive: zipfile.ZipFile) -> str:
    """``xlsx``, another office format's 正體中文 name, or an empty text for a plain zip."""
    names = set(archive.namelist())
    for name, kind in (
        ("xl/workbook.xml", "xlsx"),
        ("xl/workbook.bin", "Excel 二進位活頁簿（.xlsb）"),
        ("word/document.xml", "Word 文件"),
        ("ppt/presentation.xml", "PowerPoint 簡報"),
        ("content.xml", "OpenDocument 檔"),
        ("Index/Document.iwa", "Numbers 試算表"),
    ):
        if name in names:
            return kind
    return ""


def _on_disk(path: Path, name: str) -> Stored:
    try:
        saved = datetime.date.fromtimestamp(path.stat().st_mtime)
    except (OSError, OverflowError, ValueError):
        saved = None
    return Stored(name, path, saved=saved)


def _of_list(paths: Iterable[object]) -> Found:
    found = Found(several=True)
    for one in paths:
        try:
            inside = gather(one)
        except ReadError as error:
            found.unread.append((shown(one, 120), str(error)))
            continue
        found.files += inside.files
        found.unread += inside.unread
    _unique(found.files)
    if not found.files:
        raise _nothing("清單", found)
    return found


def _unique(files: list[Stored]) -> None:
    """Files of one name get their folder in front; the same file named twice is read once."""
    seen: dict[Path, Stored] = {}
    for file in list(files):
        if file.path is not None and seen.setdefault(file.path.resolve(), file) is not file:
            files.remove(file)
    names = [file.name for file in files]
    for n, file in enumerate(files):
        if names.count(file.name) > 1 and file.path is not None:
            files[n] = Stored(f"{file.path.parent.name}/{file.name}", file.path, file.data, file.saved)


def _of_folder(folder: Path) -> Found:
    found = Found(several=True)
    try:
        inside = sorted(path for path in folder.rglob("*") if path.is_file())
    except OSError as error:
        raise unopened(str(folder), error) from None
    for path in inside:
        name = path.relative_to(folder).as_posix()
        if _hidden(name):
            continue
        if path.suffix.lower() not in SUFFIXES:
            found.unread.append((name, "不是 CSV、Excel 或 zip 檔，沒有讀"))
        elif len(found.files) >= MOST_FILES:
            found.unread.append((name, f"一次最多讀 {MOST_FILES} 個檔案"))
        elif is_archive(path):
            _add_zip(found, Stored(name, path))
        else:
            found.files.append(_on_disk(path, name))
    if not found.files:
        raise _nothing(f"資料夾 {folder}", found)
    return found


def _hidden(name: str) -> bool:
    """Files that systems leave behind: ``.DS_Store``, ``__MACOSX``, a lock file of an open workbook."""
    parts = [part for part in PurePosixPath(name).parts if part not in (".", "..")]
    return any(part.startswith((".", "~$", "__MACOSX")) for part in parts)


def _add_zip(found: Found, stored: Stored) -> None:
    try:
        inside = _of_zip(stored)
    except ReadError as error:
        found.unread.append((stored.name, str(error)))
        return
    found.files += inside.files
    found.unread += inside.unread


def _of_zip(stored: Stored) -> Found:
    found = Found(several=True)
    try:
        with stored.open() as file, zipfile.ZipFile(file) as archive:
            _members(archive, stored.name, found)
    except OSError as error:
        raise unopened(stored.name, error) from None
    except (zipfile.BadZipFile, ValueError, RuntimeError, NotImplementedError, EOFError, zlib.error):
        raise ReadError(
            "這個 zip 檔壞了，打不開", where=stored.name, next_step="多半是下載中斷，請重新下載"
        ) from None
    if not found.files:
        raise _nothing(stored.name, found)
    return found


def _members(archive: zipfile.ZipFile, name: str, found: Found) -> None:
    room = MOST_BYTES
    for member in archive.infolist():
        inner = _member_name(member)
        if member.is_dir() or _hidden(inner):
            continue
        label = f"{name}/{PurePosixPath(inner).name}"
        reason = _refused(member, inner, room, len(found.files))
        data = b""
        if not reason:
            try:
                with archive.open(member) as file:
                    data = file.read(member.file_size + 1)
            except (
                zipfile.BadZipFile,
                zlib.error,
                EOFError,
                RuntimeError,
                NotImplementedError,
                ValueError,
                OSError,
            ):
                reason = "壓縮內容壞了"
            if len(data) > member.file_size:
                reason = "實際大小和 zip 目錄寫的不同，不安全"
        if reason:
            found.unread.append((label, reason))
            continue
        room -= len(data)
        found.files.append(Stored(label, None, data, _stamp(member)))


def _refused(member: zipfile.ZipInfo, inner: str, room: int, taken: int) -> str:
    """Why a member is not unpacked; empty when it is."""
    if member.flag_bits & 1:
        return "有密碼保護，請先解壓縮"
    suffix = PurePosixPath(inner).suffix.lower()
    if suffix == ".zip":
        return "zip 裡面還有 zip，請先解壓縮"
    if suffix not in SUFFIXES:
        return "不是 CSV 或 Excel 檔，沒有讀"
    if taken >= MOST_FILES:
        return f"一次最多讀 {MOST_FILES} 個檔案"
    if member.file_size > room:
        return "解壓縮後太大，沒有讀"
    if member.file_size > SMALL and member.file_size > RATIO * max(member.compress_size, 1):
        return "壓縮比高得不像資料（可能是壓縮炸彈），沒有讀"
    return ""


def _member_name(member: zipfile.ZipInfo) -> str:
    """The name as people know it: Windows in Chinese writes Big5 where the standard says CP437."""
    if member.flag_bits & 0x800:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("cp950")
    except UnicodeError:
        return member.filename


def _stamp(member: zipfile.ZipInfo) -> datetime.date | None:
    try:
        stamp = datetime.date(*member.date_time[:3])
    except ValueError:
        return None
    return stamp if stamp.year > 1980 else None


def _nothing(what: str, found: Found) -> ReadError:
    reasons = "；".join(f"{name}：{reason.rstrip('。')}" for name, reason in found.unread[:3])
    return ReadError(
        "裡面沒有讀得了的檔案",
        where=what + (f"（{reasons[:300]}）" if reasons else "，是空的"),
        next_step=f"請把平台下載的檔案放進去再讀一次；{READABLE}",
    )


def _missing(path: Path, asked: str) -> ReadError:
    folder = path.parent
    names = sorted(p.name for p in folder.iterdir()) if folder.is_dir() and _listable(folder) else []
    near = (
        difflib.get_close_matches(path.name, names, n=3, cutoff=0.5)
        or [n for n in names if n.lower().endswith(SUFFIXES)][:5]
    )
    if not folder.is_dir():
        hint = f"資料夾 {folder} 也不存在，請先確認路徑"
    elif near:
        hint = f"你是不是要找：{'、'.join(near)}"
    else:
        hint = "這個資料夾裡沒有匯出檔，請確認檔案下載到哪裡"
    return ReadError("找不到這個檔案", where=asked, next_step=hint)


def _listable(folder: Path) -> bool:
    return os.access(folder, os.R_OK | os.X_OK)
