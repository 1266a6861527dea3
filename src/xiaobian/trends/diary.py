"""A learner's own time diary: a template to fill in, and a reader that refuses what it cannot trust."""

from __future__ import annotations

import csv
import os
import re
import unicodedata
from pathlib import Path

import pandas as pd

from ..errors import ReadError, TableError
from ..exports.containers import locate
from ..exports.decode import Stored
from ..exports.workbook import open_sources
from ..reports import Written, write_csv, write_xlsx

COLUMNS = {
    "date": ("日期", "date", "day"),
    "task": ("工作", "工作項目", "任務", "task"),
    "minutes": ("分鐘", "花費分鐘", "時間（分）", "minutes", "min"),
}
"""What each column may be called; the first is what the template says."""

LONGEST = 24 * 60
EXAMPLE = "（範例，請刪掉）"
_PERSON = re.compile(r"[^\s@]+@[^\s@]+\.\w+|(?<!\d)09\d{2}[- ]?\d{3}[- ]?\d{3}(?!\d)")
_ROWS_SHOWN = 3


def diary_template(path: str | os.PathLike[str]) -> Written:
    """Write an empty diary to fill in, .xlsx or .csv, with two example rows; an existing file is never overwritten.

    Raises TableError for another ending or a file that is there already.

    >>> import tempfile
    >>> diary_template(Path(tempfile.mkdtemp(), "日記.csv"))
    寫好 日記.csv：2 列。
    """
    file = Path(path)
    if file.suffix.lower() not in (".xlsx", ".csv"):
        raise TableError(
            "日記的範本只寫 .xlsx 或 .csv", where=file.name, next_step='例如 diary_template("我的一週.xlsx")'
        )
    if file.exists():
        raise TableError("這個檔案已經在了，不覆蓋", where=file.name, next_step="請換一個檔名")
    names = [known[0] for known in COLUMNS.values()]
    rows = [["2026-03-02", f"貼文文案{EXAMPLE}", 35], ["2026-03-02", f"回留言{EXAMPLE}", 12]]
    write = write_csv if file.suffix.lower() == ".csv" else write_xlsx
    return write(pd.DataFrame(rows, columns=names), file)


def read_diary(path: str | os.PathLike[str]) -> pd.DataFrame:
    """A diary as ``audit()`` takes it: date, task, minutes; ``.attrs["notes"]`` says what was left out.

    path: .csv (UTF-8 or Big5) or .xlsx with columns 日期、工作、分鐘 in any order. Empty rows and the template's examples
    are left out and counted.

    Raises ReadError for a file that is no table or lacks a column, TableError for a row with no task, a date that cannot
    be read, minutes that are no number above 0 and at most a day, or what looks like a person's e-mail or phone.
    """
    file = locate(path)
    source = open_sources(Stored(file.name, file))[0]
    lines = [[_plain(cell) for cell in row] for row in csv.reader(source.text().read().splitlines())]
    top = next((i for i, row in enumerate(lines) if _places(row)), None)
    if top is None:
        first = "、".join(cell for cell in next((row for row in lines if any(row)), []) if cell)
        raise ReadError(
            "找不到「日期、工作、分鐘」三個欄位",
            where=f"{file.name} 第一列是「{first[:60]}」",
            next_step="請用 diary_template() 產生範本，或把欄名改成這三個",
        )
    places = _places(lines[top])
    rows, empty, examples = [], 0, 0
    for number, row in enumerate(lines[top + 1 :], top + 2):
        cells = {name: row[at] if at < len(row) else "" for name, at in places.items()}
        if not any(cells.values()):
            empty += 1
        elif _plain(EXAMPLE) in cells["task"]:
            examples += 1
        else:
            rows.append(_entry(cells, f"{file.name} 第 {number} 列"))
    if not rows:
        raise TableError(
            "日記裡還沒有任何一筆", where=file.name, next_step="每做完一件事寫一列：日期、工作、分鐘"
        )
    diary = pd.DataFrame(rows)
    left = [f"略過 {empty} 列空白"] * bool(empty) + [f"略過 {examples} 列範例"] * bool(examples)
    diary.attrs["notes"] = (f"{file.name}：讀到 {len(diary):,} 筆、{diary['task'].nunique()} 種工作", *left)
    return diary


def _plain(cell: str) -> str:
    return unicodedata.normalize("NFKC", cell).strip().lstrip("'").strip()


def _places(row: list[str]) -> dict[str, int]:
    """Column → place in a header row; empty unless all are there."""
    names = [cell.casefold() for cell in row]
    found = {}
    for column, known in COLUMNS.items():
        allowed = {unicodedata.normalize("NFKC", name).casefold() for name in known}
        at = [i for i, name in enumerate(names) if name in allowed]
        if len(at) != 1:
            return {}
        found[column] = at[0]
    return found


def _entry(cells: dict[str, str], where: str) -> dict[str, object]:
    task = cells["task"]
    if not task:
        raise TableError(
            "這一筆沒有寫是什麼工作", where=where, next_step="請補上工作名稱，不知道就寫「其他」"
        )
    if _PERSON.search(task):
        raise TableError(
            "工作名稱像是有電子郵件或手機號碼，時間稽核用不到個資",
            where=where,
            next_step="請改成工作的種類，例如「客訴與道歉」",
        )
    date = pd.to_datetime(cells["date"], errors="coerce")
    if not cells["date"] or pd.isna(date):
        raise TableError(
            f"「{cells['date']}」看不出是哪一天", where=where, next_step="請寫成 2026-03-02 的樣子"
        )
    return {"date": date.normalize(), "task": task, "minutes": _minutes(cells["minutes"], where)}


def _minutes(text: str, where: str) -> float:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(?:分鐘?|min(?:utes)?)?", text.replace(",", ""))
    if not found:
        raise TableError(
            f"「{text}」看不出是幾分鐘", where=where, next_step="請只寫數字，例如 25；一小時半寫 90"
        )
    minutes = float(found[1])
    if not 0 < minutes <= LONGEST:
        raise TableError(
            f"{minutes:g} 分鐘不合理",
            where=where,
            next_step="一筆要大於 0、不超過一天（1440 分鐘）；確認沒有把秒當成分",
        )
    return minutes
