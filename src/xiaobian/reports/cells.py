"""What a cell may hold: which texts a spreadsheet would run as a formula, and what a column is called."""

from __future__ import annotations

import pandas as pd

from ..errors import NotFound, TableError
from ..tables import TABLES, label

STARTERS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A text that begins so is run as a formula when a CSV is opened (OWASP, CSV Injection)."""
GUARD = "'"


def risky(value: object) -> bool:
    """Whether a spreadsheet would take this text from a CSV as a formula; numbers never.

    >>> risky("=1+1"), risky("-1"), risky(-1), risky("1-1")
    (True, True, False, False)
    """
    return isinstance(value, str) and value.startswith(STARTERS)


def header(column: object, table: str = "posts") -> str:
    """正體中文 header of a declared column; any other name stays as it is.

    >>> header("reach"), header("我的備註")
    ('觸及人數（人）', '我的備註')
    """
    try:
        return label(str(column), table)
    except NotFound:
        return str(column)


def headers(frame: pd.DataFrame, table: str) -> list[str]:
    """One header a column; two columns that would read the same keep their own names behind it."""
    if table not in TABLES:
        raise NotFound(
            f"沒有「{table}」這張表", where="參數 table", next_step=f"可用的表：{'、'.join(TABLES)}"
        )
    found = [header(column, table) for column in frame.columns]
    folded = [name.casefold() for name in found]
    names = [
        name if folded.count(fold) == 1 else f"{name}［{column}］"
        for name, fold, column in zip(found, folded, frame.columns, strict=True)
    ]
    if len({name.casefold() for name in names}) < len(names):
        raise TableError(
            "有兩欄的名稱相同，寫成檔案後分不出來",
            where=f"欄位 {'、'.join(map(str, frame.columns))}",
            next_step="請先用 .rename(columns=...) 改名",
        )
    return names


def as_frame(frame: object) -> pd.DataFrame:
    """The table itself; raises TableError for what is none, and keeps a named index as columns."""
    if not isinstance(frame, pd.DataFrame):
        raise TableError(
            f"要寫出的不是表格，而是 {type(frame).__name__}",
            where="參數 frame",
            next_step="請給 DataFrame；xb.read_export() 的結果請用它的 .posts",
        )
    return frame.reset_index() if any(name is not None for name in frame.index.names) else frame
