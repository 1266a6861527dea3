"""KPIs as text and as an HTML table: every number with its definition, its interval and its n."""

from __future__ import annotations

import html
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

import pandas as pd

from ..metrics import METRICS, Metric
from .words import SHORT, interval_text, value_text

if TYPE_CHECKING:
    from .result import KPIResult

_SIDE_BY_SIDE = 4
_MAX_LINES = 40
_QUIET = "color:#5B6875;font-size:13px"
_CELL = "text-align:left;vertical-align:top;white-space:nowrap;padding:6px 16px 6px 0;background:#FFFFFF;border:0;border-bottom:1px solid #E3E8EC"


def as_text(result: KPIResult) -> str:
    """One line a KPI and group."""
    found = dict(_known(result))
    lines = list(islice(_lines(result, found), _MAX_LINES))
    more = sum(len(rows) for rows in found.values()) // 2 - len(lines)
    lines += [f"……還有 {more} 行，見 .table"] if more else []
    return "\n".join([f"KPI｜{result.data}", *lines, *(f"附註：{note}" for note in result.notes)])


def _lines(result: KPIResult, found: dict[Metric, pd.DataFrame]) -> Iterator[str]:
    for what, rows in found.items():
        for _, pair in rows.groupby("group", sort=False):
            who = f"{pair['group'].iloc[0]}｜" if result.by else ""
            told = "　".join(f"{SHORT[row['aggregate']]} {_plain(what, row)}" for _, row in pair.iterrows())
            yield f"{who}{what.label}　{told}　n = {pair['n'].iloc[0]:,}"


def as_html(result: KPIResult) -> str:
    """KPIs down; across, both aggregates of all posts, or up to four groups; more groups go down instead."""
    found = dict(_known(result))
    groups = list(next(iter(found.values()))["group"].drop_duplicates()) if found else []
    shown, notes = groups[:_MAX_LINES], list(result.notes)
    if not result.by:
        head = ["指標", "整體／合計", "典型一則（中位數）", "則數"]
        body = [_line(what, rows) for what, rows in found.items()]
    elif len(groups) <= _SIDE_BY_SIDE:
        head = ["指標", *map(html.escape, groups)]
        body = [[_name(what), *(_cell(what, rows, g) for g in groups)] for what, rows in found.items()]
    else:
        head = ["", *map(_name, found)]
        body = [[html.escape(g), *(_short(w, rows, g) for w, rows in found.items())] for g in shown]
        notes.insert(0, "每格是整體或合計、95% 信賴區間、則數；典型一則（中位數）見 .table")
    if len(groups) > len(shown):
        notes.insert(0, f"還有 {len(groups) - len(shown)} 組，見 .table")
    return _frame(f"{result.data}；括號裡是 95% 信賴區間", head, body, notes)


def _known(result: KPIResult) -> Iterator[tuple[Metric, pd.DataFrame]]:
    """KPIs that at least one group could compute, with both aggregates and the groups' names."""
    for name, what in METRICS.items():
        aggregates = result.table.loc[result.table["kpi"] == name, "aggregate"].unique()
        rows = pd.concat([result.rows(name, aggregate) for aggregate in aggregates])
        if rows["value"].notna().any():
            yield what, rows


def _plain(what: Metric, row: pd.Series) -> str:
    span = "" if pd.isna(row["low"]) else f"（{interval_text(what, row)}）"
    return value_text(what, row["value"]) + span


def _name(what: Metric) -> str:
    if not what.is_ratio:
        return html.escape(what.title)
    return f"{html.escape(what.title)}<br>{_quiet(html.escape(what.formula))}"


def _quiet(text: str) -> str:
    return f'<span style="{_QUIET}">{text}</span>'


def _told(what: Metric, row: pd.Series) -> str:
    """A value and its interval, or why there is none."""
    if pd.isna(row["value"]):
        return _quiet("沒有資料")
    if row["aggregate"] == "sum":
        return value_text(what, row["value"])
    span = "沒有區間" if pd.isna(row["low"]) else interval_text(what, row)
    return value_text(what, row["value"]) + _quiet(f"（{span}）")


def _line(what: Metric, rows: pd.DataFrame) -> list[str]:
    return [_name(what), *(_told(what, row) for _, row in rows.iterrows()), f"{rows['n'].iloc[0]:,}"]


def _cell(what: Metric, rows: pd.DataFrame, group: str) -> str:
    pair = rows[rows["group"] == group]
    if pair["value"].isna().all():
        return _quiet("沒有資料")
    lines = [f"{_quiet(SHORT[row['aggregate']])} {_told(what, row)}" for _, row in pair.iterrows()]
    return "<br>".join(lines) + _quiet(f"　n = {pair['n'].iloc[0]:,}")


def _short(what: Metric, rows: pd.DataFrame, group: str) -> str:
    row = rows[rows["group"] == group].iloc[0]
    if pd.isna(row["value"]):
        return _quiet("沒有資料")
    span = "" if row["aggregate"] == "sum" else "<br>" + _quiet(interval_text(what, row))
    return f"{value_text(what, row['value'])}{span}<br>{_quiet(f'n = {row.n:,}')}"


def _frame(data: str, head: list[str], body: list[list[str]], notes: list[str]) -> str:
    titles = "".join(
        f'<th scope="col" style="{_CELL};font-weight:400;color:#5B6875">{cell}</th>' for cell in head
    )
    rows = "".join(
        f'<tr><th scope="row" style="{_CELL};font-weight:400">{row[0]}</th>'
        + "".join(f'<td style="{_CELL};font-variant-numeric:tabular-nums">{cell}</td>' for cell in row[1:])
        + "</tr>"
        for row in body
    )
    said = "".join(f"<li>{html.escape(note)}</li>" for note in notes)
    return (
        f'<div style="max-width:960px;overflow-x:auto;color:#22303C;background:#FFFFFF;font-size:14px">'
        f'<div style="{_QUIET}">{html.escape(data)}</div>'
        f'<table style="border-collapse:collapse;margin:4px 0 8px;font-size:14px"><thead><tr>{titles}</tr></thead>'
        f"<tbody>{rows}</tbody></table>"
        f'<ul style="{_QUIET};margin:0;padding-left:20px">{said}</ul></div>'
    )
