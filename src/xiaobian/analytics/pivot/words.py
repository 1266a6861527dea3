"""A pivot as a sentence, as text and as an HTML table: every cell with its n, thin cells marked."""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from ...errors import NotFound
from ...plotting.wording import spaced
from ...tables import table as declared
from ..groups import GROUP_LABELS, day_text, taipei_times
from ..kpi.words import apart, interval_text, value_text

if TYPE_CHECKING:
    from ..metrics import Metric
    from .pivot import Key, PivotResult

TOTAL = "全部"
_FEW = 5
_MAX_LINES = 60
_QUIET = "color:#5B6875;font-size:13px"
_CELL = "text-align:left;vertical-align:top;white-space:nowrap;padding:6px 16px 6px 8px;border:0;border-bottom:1px solid #E3E8EC"
_PLAIN = "background:#FFFFFF"
_HATCH = "background:repeating-linear-gradient(135deg,#FFFFFF 0 6px,#E3E8EC 6px 8px)"


def header(column: str) -> str:
    """What a grouping column is called.

    >>> header("weekday"), header("account"), header("我的欄")
    ('星期', '帳號', '我的欄')
    """
    if column in GROUP_LABELS:
        return GROUP_LABELS[column]
    try:
        return declared("posts").column(column).label
    except NotFound:
        return column


def headers(columns: tuple[str, ...]) -> dict[str, str]:
    """One header a grouping column; those that would read the same keep their own names behind.

    >>> headers(("format", "格式", "account"))
    {'format': '格式［format］', '格式': '格式［格式］', 'account': '帳號'}
    """
    found = {column: header(column) for column in columns}
    folded = [name.casefold() for name in found.values()]
    return {
        column: name if folded.count(name.casefold()) == 1 else f"{name}［{column}］"
        for column, name in found.items()
    }


def data_line(posts: pd.DataFrame) -> str:
    """How many posts, and from when to when."""
    if "published_at" not in posts or posts["published_at"].isna().all():
        return data_told(len(posts), "")
    times = taipei_times(posts)
    return data_told(len(posts), f"{day_text(times.min())}–{day_text(times.max())}")


def data_told(posts: int, period: str) -> str:
    """How many posts, and from when to when if that is known.

    >>> data_told(1200, "")
    '貼文 1,200 則'
    """
    return f"貼文 {posts:,} 則" + (f"，{period}" if period else "")


def say(result: PivotResult) -> str:
    """The first value by rows, then how many cells are too thin to read."""
    what = result.metrics[0]
    mine = result.long[result.long["kpi"] == what.name]
    totals = mine[mine["column"].map(len).eq(0) & mine["row"].map(len).gt(0)]
    return spaced(f"{what.label}：{_by_rows(what, totals)}{_thin(result)}")


def _by_rows(what: Metric, totals: pd.DataFrame) -> str:
    judged = totals.dropna(subset=["low" if what.is_ratio else "value"]).sort_values("value", kind="stable")
    if len(judged) < 2:
        return "能比較的不到兩組，先不比。"
    top, bottom = judged.iloc[-1], judged.iloc[0]
    told = f"{_end(what, top, '最高')}；{_end(what, bottom, '最低')}。"
    if not what.is_ratio:
        return told + "合計會跟著則數走，多發就會多。"
    if not apart(top, bottom):
        return told + "兩者的 95% 信賴區間重疊，光憑這些貼文分不出高下。"
    picked = (
        f"；不過這是從{len(judged)}組裡挑出來的兩端，運氣會把差距放大，先當線索" if len(judged) > 2 else ""
    )
    return told + f"兩者的 95% 信賴區間沒有重疊{picked}。"


def _end(what: Metric, row: pd.Series, word: str) -> str:
    span = f"{interval_text(what, row)}，" if what.is_ratio else ""
    return f"{'・'.join(row['row'])}{word}，{value_text(what, row['value'])}（{span}n = {row['n']:,}）"


def _thin(result: PivotResult) -> str:
    inside = result.long[result.long["row"].map(len).gt(0)]
    if result.columns:
        inside = inside[inside["column"].map(len).gt(0)]
    filled = inside[inside["n"] > 0]
    few = int(filled["few"].sum())
    if not few:
        return ""
    return f"有數字的{len(filled)}格裡，{few}格不到{_FEW}則貼文，先別解讀。"


def as_text(result: PivotResult) -> str:
    """One line a cell that has posts."""
    lines = [
        f"{_where(row['row'], row['column'])}｜{row['label']}　{value_text(_named(result, row['kpi']), row['value'])}"
        f"　n = {row['n']:,}{'（則數太少）' if row['few'] else ''}"
        for _, row in result.long[result.long["n"] > 0].iterrows()
    ]
    more = [f"……還有 {len(lines) - _MAX_LINES} 行，見 .long"] if len(lines) > _MAX_LINES else []
    notes = [f"附註：{note}" for note in result.notes]
    return "\n".join([f"樞紐分析表｜{result.data}", *lines[:_MAX_LINES], *more, *notes])


def _where(row: Key, column: Key) -> str:
    return "・".join((*row, *column)) or TOTAL


def _named(result: PivotResult, kpi: str) -> Metric:
    return next(what for what in result.metrics if what.name == kpi)


def as_html(result: PivotResult) -> str:
    """Rows down, items across, values side by side; the total last on both."""
    across = [(key, what) for key in result.keys("column") for what in result.metrics]
    titles = "".join(
        f'<th scope="col" style="{_CELL};{_PLAIN};font-weight:400;color:#5B6875">{_head(result, key, what)}</th>'
        for key, what in across
    )
    cells = result.long.set_index(["kpi", "row", "column"])[["value", "n", "few"]].to_dict("index")
    keys = result.keys("row")
    shown = keys if len(keys) <= _MAX_LINES else [*keys[: _MAX_LINES - 1], keys[-1]]
    body = "".join(
        f'<tr><th scope="row" style="{_CELL};{_PLAIN};font-weight:{700 if not key else 400}">'
        f"{html.escape('・'.join(key) or TOTAL)}</th>"
        + "".join(_cell(what, cells[(what.name, key, column)]) for column, what in across)
        + "</tr>"
        for key in shown
    )
    corner = html.escape("・".join(axis.header for axis in result.rows))
    notes = "".join(f"<li>{html.escape(note)}</li>" for note in _notes(result, len(keys) - len(shown)))
    return (
        '<div style="max-width:960px;overflow-x:auto;color:#22303C;background:#FFFFFF;font-size:14px">'
        f'<div style="{_QUIET}">{html.escape(result.data)}</div>'
        '<table style="border-collapse:collapse;margin:4px 0 8px;font-size:14px"><thead><tr>'
        f'<th scope="col" style="{_CELL};{_PLAIN};font-weight:400;color:#5B6875">{corner}</th>{titles}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
        f'<ul style="{_QUIET};margin:0;padding-left:20px">{notes}</ul></div>'
    )


def _head(result: PivotResult, key: Key, what: Metric) -> str:
    if not result.columns:
        return html.escape(what.label)
    name = html.escape("・".join(key) or TOTAL)
    inside = what.label if len(result.metrics) > 1 else ""
    return name + (f'<br><span style="{_QUIET}">{html.escape(inside)}</span>' if inside else "")


def _cell(what: Metric, cell: dict) -> str:
    if not cell["n"]:
        return f'<td style="{_CELL};{_PLAIN};color:#5B6875">—</td>'
    few = "　少" if cell["few"] else ""
    return (
        f'<td style="{_CELL};{_HATCH if few else _PLAIN};font-variant-numeric:tabular-nums">'
        f'{value_text(what, cell["value"])}<br><span style="{_QUIET}">n = {cell["n"]:,}{few}</span></td>'
    )


def _notes(result: PivotResult, hidden: int) -> Iterator[str]:
    if len(result.metrics) == 1 and result.columns:
        yield f"每格是{result.metrics[0].label}"
    if any(what.is_ratio for what in result.metrics):
        yield "比率是先加總再相除；「全部」用同一個算法重算，不是各格的平均"
    if bool((result.long["few"] & (result.long["n"] > 0)).any()):
        yield f"斜線的格子不到 {_FEW} 則貼文，一則就能左右結果，先別解讀"
    if hidden:
        yield f"還有 {hidden} 列，見 .table"
    yield from result.notes
