"""What goes into the pivot workbook: typed posts, the columns behind each value, cells, definitions."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ...datasets import SIMULATED
from ...errors import TableError
from ...plotting.wording import spaced
from ...reports import Written
from ...reports.pivot_book import Block, PivotBook, write_pivot
from ...reports.pivot_parts import Data
from ...tables import label
from ...tables import table as declared
from ..groups import taipei_times

if TYPE_CHECKING:
    from ..metrics import Metric
    from .pivot import PivotResult

MAX_ITEMS, MAX_ITEM_CHARS, MAX_CELLS = 500, 255, 20_000
_PERCENT, _COUNT = 10, 3
_CARRIED = (
    "account", "views", "impressions", "reach", "likes", "comments", "shares", "saves", "clicks", "link_clicks",
    "follows", "followers_at_post",
)  # fmt: skip


def write(result: PivotResult, path: str | os.PathLike[str]) -> Written:
    """Write the workbook of a pivot."""
    if Path(path).suffix.lower() != ".xlsx":
        raise TableError(
            f"樞紐活頁簿要存成 .xlsx，收到的是「{Path(path).name}」",
            where="參數 path",
            next_step='例如 .to_excel("樞紐.xlsx")',
        )
    _check_items(result)
    return write_pivot(book(result), path)


def _check_items(result: PivotResult) -> None:
    cells = len(result.keys("row")) * len(result.keys("column")) * len(result.metrics)
    for axis in (*result.rows, *result.columns):
        longest = max(map(len, axis.items))
        if len(axis.items) > MAX_ITEMS or longest > MAX_ITEM_CHARS or cells > MAX_CELLS:
            raise TableError(
                f"「{axis.header}」有 {len(axis.items):,} 種值、最長 {longest} 字，做成樞紐分析表沒有人讀得完",
                where=f"欄位 {axis.column}",
                next_step=f"請改用種類較少的欄位（{MAX_ITEMS} 種以內、每個 {MAX_ITEM_CHARS} 字以內）",
            )


def book(result: PivotResult) -> PivotBook:
    """Everything the workbook shows, as plain columns and numbers."""
    sources = {what.name: _sources(what) for what in result.metrics}
    axes = (*result.rows, *result.columns)
    blocks = tuple(_block(result, what, *sources[what.name]) for what in result.metrics)
    cells: dict = {}
    for row in result.keys("row"):
        for column in result.keys("column"):
            cells[(row, column)] = [n for what in result.metrics for n in _numbers(result, what, row, column)]
    return PivotBook(
        title=_title(result),
        subtitle="；".join([result.data, *(note for note in result.notes if note == SIMULATED)]),
        data=_data(result, sources),
        items={axis.header: axis.items for axis in axes},
        rows=tuple(axis.header for axis in result.rows),
        columns=tuple(axis.header for axis in result.columns),
        row_keys=tuple(key for key in result.keys("row") if key),
        column_keys=tuple(key for key in result.keys("column") if key),
        shown=tuple(data for what in result.metrics for data in _shown(what, *sources[what.name])),
        cells=cells,
        blocks=blocks,
        definitions=tuple(_definitions(result, sources)),
        notes=result.notes,
    )


def _title(result: PivotResult) -> str:
    values = "、".join(what.title for what in result.metrics)
    names = [axis.header for axis in (*result.rows, *result.columns)]
    return spaced(f"{values}，依{'和'.join(names)}")


def _sources(what: Metric) -> tuple[str, str]:
    """Headers of the columns a value is summed from: numerator and denominator, or the count alone."""
    stem = f"{what.title}_{what.name}" if what.is_ratio else what.title
    return (f"{stem}_分子", f"{stem}_分母") if what.is_ratio else (f"{stem}_可加總", "")


def _total(what: Metric) -> str:
    return f"{what.title}合計（{what.unit}）"


def _shown(what: Metric, top: str, under: str) -> list[Data]:
    """The data fields of one value in the pivot."""
    if not what.is_ratio:
        return [
            Data(_total(what), top, number_format=_COUNT),
            Data(f"則數［{what.title}］", top, "countNums"),
        ]
    upper, lower = what.formula.split(" ÷ ")
    return [
        Data(what.label, f"{what.title}_{what.name}", number_format=_PERCENT, formula=f"{top}/{under}"),
        Data(f"{upper}合計［{what.title}，除以{lower}］", top, number_format=_COUNT),
        Data(f"{lower}合計［{what.title}的分母］", under, number_format=_COUNT),
        Data(f"則數［{what.title}，除以{lower}］", under, "countNums"),
    ]


def _numbers(result: PivotResult, what: Metric, row: tuple, column: tuple) -> list[float]:
    value, n, top, under, _, _ = _cell(result, what, row, column)
    counted = float(n) if n else np.nan
    return [value, top, under, counted] if what.is_ratio else [value, counted]


def _cell(result: PivotResult, what: Metric, row: tuple, column: tuple) -> tuple:
    found = _index(result)[(what.name, row, column)]
    return tuple(found[name] for name in ("value", "n", "numerator", "denominator", "low", "high"))


def _index(result: PivotResult) -> dict:
    made = result.long.attrs.get("_by_place")
    if made is None:
        made = result.long.set_index(["kpi", "row", "column"]).to_dict("index")
        result.long.attrs["_by_place"] = made
    return made


def _block(result: PivotResult, what: Metric, top: str, under: str) -> Block:
    numbers = {}
    for row in result.keys("row"):
        for column in result.keys("column"):
            value, n, _, _, low, high = _cell(result, what, row, column)
            numbers[(row, column)] = (value, n, low, high)
    name = what.label if what.is_ratio else _total(what)
    return Block(name, top, under, "share" if what.is_ratio else "count", numbers)


def _data(result: PivotResult, sources: dict[str, tuple[str, str]]) -> pd.DataFrame:
    """Axes first, then who, when and the counts, then the columns the values are summed from."""
    posts = result.posts
    columns: dict[str, object] = {
        axis.header: pd.array(axis.texts, dtype="string") for axis in (*result.rows, *result.columns)
    }
    carried: dict[str, object] = {}
    if "post_id" in posts:
        carried[label("post_id")] = posts["post_id"].astype("string").to_numpy()
    if "published_at" in posts:
        carried[label("published_at")] = taipei_times(posts).dt.tz_localize(None).array
    for name in _CARRIED:
        if name in posts and posts[name].notna().any():
            carried[_carried_header(name)] = posts[name].array
    taken = {name.casefold() for name in columns}
    columns |= {name: values for name, values in carried.items() if name.casefold() not in taken}
    for what in result.metrics:
        y, x, used = result.pairs[what.name]
        for header, values in zip(sources[what.name], (y, x), strict=True):
            if header and header in columns:
                raise TableError(
                    f"欄位名稱「{header}」要留給樞紐計算用",
                    where="貼文表的欄位",
                    next_step="請先用 .rename(columns=...) 換一個名字",
                )
            if header:
                columns[header] = _whole(np.where(used, values, np.nan))
    return pd.DataFrame(columns, index=range(len(posts)))


def _whole(values: np.ndarray) -> pd.Series:
    """Counts as counts, so that they are shown without decimals; seconds keep theirs."""
    floats = pd.Series(pd.array(values, dtype="Float64"))
    return floats.astype("Int64") if np.all(np.isnan(values) | (values % 1 == 0)) else floats


def _carried_header(name: str) -> str:
    return declared("posts").column(name).label if name == "account" else label(name)


def _definitions(result: PivotResult, sources: dict[str, tuple[str, str]]):
    for what in result.metrics:
        told = f"{what.formula}，先各自加總再相除" if what.is_ratio else f"加總（{what.unit}）"
        yield (
            what.label,
            f"{told}；只用分子、分母都知道的貼文。{what.note}" if what.is_ratio else f"{told}。{what.note}",
        )
        top, under = sources[what.name]
        if under:
            yield f"{top}、{under}", "資料表裡供樞紐加總用的欄位；算不出來的貼文留空，不當成 0"
        else:
            yield top, "資料表裡供樞紐加總用的欄位；沒有數字的貼文留空，不當成 0"
    if any(what.is_ratio for what in result.metrics):
        yield (
            "樞紐裡的比率",
            "是計算欄位（分子合計 ÷ 分母合計），總計也照同一個公式；LibreOffice 不支援計算欄位，請看分子、分母合計或「結果與圖表」",
        )
    yield "則數", "這一格用到幾則貼文；不到 5 則的先別解讀"
    yield "95% 信賴區間", "以貼文為抽樣單位；少於 6 則不給區間"
    yield "資料", result.data
