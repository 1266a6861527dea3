"""The manual-entry template for platforms that let nobody download figures: Threads, PTT, Dcard."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ReadError
from ..reports.workbook import new_book
from ..tables import FORMATS, PLATFORMS
from .generic import EXAMPLE

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

ROWS = 500
TOP = 3


@dataclass(frozen=True)
class Entry:
    """One column of a template: header, what to type, the example, and what the cell may hold."""

    header: str
    note: str
    example: str | int = ""
    kind: str = "text"


_LINK = Entry("貼文網址", "從瀏覽器複製整段網址；沒有就空白", "https://example.com/post/1")
_TIME = Entry("發佈時間（台北時間）", "寫成 2026-03-02 12:30；沒有時刻可以只寫日期", "2026-03-02 12:30")
_KIND = Entry("格式", f"從清單選：{'、'.join(FORMATS.values())}", "圖片", "format")
_NOTE = Entry("備註", "給自己看的，讀進來後留在 extra")


def _count(header: str, note: str, example: int) -> Entry:
    return Entry(header, f"{note}；看不到就空白，不要填 0", example, "count")


COLUMNS: dict[str, tuple[Entry, ...]] = {
    "threads": (
        _LINK, _TIME, _KIND, Entry("文案", "貼文的文字", "今天的米穀戚風出爐了"),
        _count("瀏覽次數", "洞察報告的「瀏覽次數」，不是瀏覽人數", 1280), _count("按讚數", "愛心的數字", 86),
        _count("回覆數", "第一層回覆，不含回覆的回覆", 12), _count("轉發數", "只算轉發，引用另外填", 5),
        _count("引用數", "引用這則貼文的次數，讀進來後留在 extra", 2), _NOTE,
    ),
    "ptt": (
        _LINK, Entry("看板", "例如 Food", "Food"), _TIME, Entry("文案", "標題加內文的第一段", "[食記] 嘉義 米穀戚風"),
        _count("推文數", "「推」的則數，讀成按讚數", 34), _count("噓文數", "「噓」的則數，讀進來後留在 extra", 2),
        _count("留言數", "推、噓、→ 全部加起來", 51), _NOTE,
    ),
    "dcard": (
        _LINK, Entry("看板", "例如 美食", "美食"), _TIME, _KIND, Entry("文案", "標題加內文的第一段", "嘉義這家米蛋糕值得排嗎"),
        _count("心情數", "所有心情的總數，讀成按讚數", 210), _count("留言數", "頁面上的留言數", 45),
        _count("收藏數", "收藏的人數", 18), _NOTE,
    ),
}  # fmt: skip


def template(path: str | os.PathLike[str], platform: str) -> Path:
    """Write an empty Excel table in which to keep the figures of a platform that has no download.

    The first sheet has notes above the headers, one example row that ``read_export`` leaves out and 500 checked
    rows to fill in. Blank means "not known"; 0 means zero.

    path: the .xlsx file to write. platform: ``"threads"``, ``"ptt"`` or ``"dcard"``. Returns the path.

    Raises ReadError for another platform, another file type, or a file that is there already, so that no figures
    that somebody has typed are ever overwritten.

    >>> import tempfile
    >>> template(Path(tempfile.mkdtemp(), "threads.xlsx"), platform="threads").name
    'threads.xlsx'
    """
    if platform not in COLUMNS:
        raise ReadError(
            f"沒有 {platform} 的手動登錄表",
            where="參數 platform",
            next_step=f"可用的平台：{'、'.join(COLUMNS)}；其他平台可以自己做表，再用 column_map= 讀",
        )
    file = Path(path).expanduser()
    if file.suffix.lower() != ".xlsx":
        raise ReadError("手動登錄表是 Excel 檔", where=file.name, next_step="請把檔名改成 .xlsx 結尾")
    if file.exists():
        raise ReadError(
            "這個檔案已經在了，不會蓋掉", where=file.name, next_step="請換一個檔名，或先把舊檔移走"
        )
    write(file, platform, [])
    return file


def write(file: Path, platform: str, rows: list[list[str | int | None]]) -> None:
    """The template with some rows already filled in: 平台, then ``COLUMNS`` of the platform in order."""
    entries = (
        Entry("平台", "從清單選；空白的列當成和範例列同一個平台", PLATFORMS[platform]),
        *COLUMNS[platform],
    )
    book, styles = new_book(file)
    with book:
        sheet = book.add_worksheet("登錄表")
        sheet.write_string(0, 0, f"小編實驗室手動登錄表：{PLATFORMS[platform]}", styles.get(bold=True))
        hint = (
            "第 5 列是範例，讀取時會略過；從第 6 列開始，一則貼文一列。看不到的數字請空白，0 代表真的是零。"
        )
        sheet.write_string(1, 0, hint)
        head = styles.get(bold=True, font_color="#FFFFFF", bg_color="#0A4A78", text_wrap=True, valign="top")
        for place, entry in enumerate(entries):
            sheet.write_string(TOP, place, entry.header, head)
            sheet.write_comment(TOP, place, entry.note, {"author": "小編實驗室"})
            sheet.set_column(place, place, 40 if entry.header in ("文案", "貼文網址") else 18, styles.get())
            _check(sheet, place, entry, platform)
            example = f"{EXAMPLE}{entry.example}" if entry.header == "文案" else entry.example
            _put(sheet, TOP + 1, place, example, styles.get(font_color="#5B6875", italic=True))
            for row, values in enumerate(rows, TOP + 2):
                _put(sheet, row, place, values[place], styles.get())
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.freeze_panes(TOP + 1, 1)


def _check(sheet: Worksheet, place: int, entry: Entry, platform: str) -> None:
    """What the rows of a column may hold; Excel says so when a cell is chosen and when it is wrong."""
    rules: dict[str, dict[str, object]] = {
        "平台": {"validate": "list", "source": [PLATFORMS[platform]]},
        "format": {"validate": "list", "source": list(FORMATS.values())},
        "count": {"validate": "integer", "criteria": ">=", "value": 0},
    }
    rule = rules.get(entry.header, rules.get(entry.kind, {"validate": "any"}))
    stop = {"error_title": "請再看一次", "error_message": entry.note[:255]}
    shown = {"input_title": entry.header[:32], "input_message": entry.note[:255]}
    sheet.data_validation(TOP + 1, place, TOP + ROWS, place, rule | shown | stop)


def _put(sheet: Worksheet, row: int, place: int, value: str | int | None, look: Format) -> None:
    if isinstance(value, int):
        sheet.write_number(row, place, value, look)
    elif value:
        sheet.write_string(row, place, value, look)
