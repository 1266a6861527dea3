"""KPIs as text and as an HTML table: every number with its definition, its interval and its n."""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from .kpi_words import SHORT, interval_text, value_text
from .metrics import METRICS, Metric

if TYPE_CHECKING:
    from .kpi_result import KPIResult

_SIDE_BY_SIDE = 4
_MAX_LINES = 40
_QUIET = "color:#5B6875;font-size:13px"
_CELL = "text-align:left;vertical-align:top;padding:6px 16px 6px 0;background:#FFFFFF;border:0;border-bottom:1px solid #E3E8EC"


def as_text(result: KPIResult) -> str:
    """One line a KPI and group."""
    lines = []
    for what, rows in _known(result):
        for _, pair in rows.groupby("group", sort=False):
            who = f"{pair['group'].iloc[0]}｜" if result.by else ""
            told = "　".join(f"{SHORT[row['aggregate']]} {_plain(what, row)}" for _, row in pair.iterrows())
            lines.append(f"{who}{what.label}　{told}　n = {pair['n'].iloc[0]:,}")
    more = len(lines) - _MAX_LINES
    if more > 0:
        lines[_MAX_LINES:] = [f"……還有 {more} 行，見 .table"]
    return "\n".join([f"KPI｜{result.data}", *lines, *(f"附註：{note}" for note in result.notes)])


def as_html(result: KPIResult) -> str:
    """KPIs down and groups across; many groups the other way round."""
    found = dict(_known(result))
    groups = list(next(iter(found.values()))["group"].drop_duplicates()) if found else []
    if len(groups) <= _SIDE_BY_SIDE:
        head = ["指標", *(groups if result.by else ["數值（95% 信賴區間）"])]
        body = [
            [_name(what), *(_cell(what, rows, group) for group in groups)] for what, rows in found.items()
        ]
    else:
        head = ["", *(_name(what) for what in found)]
        body = [
            [html.escape(g), *(_cell(what, rows, g, short=True) for what, rows in found.items())]
            for g in groups
        ]
    more = len(body) - _MAX_LINES
    tail = [f"還有 {more} 組，見 .table"] if more > 0 else []
    short = ["每格是整體或合計；典型一則（中位數）見 .table"] if len(groups) > _SIDE_BY_SIDE else []
    return _frame(result.data, head, body[:_MAX_LINES], [*tail, *short, *result.notes])


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
    return f'{html.escape(what.title)}<br><span style="{_QUIET}">{html.escape(what.formula)}</span>'


def _cell(what: Metric, rows: pd.DataFrame, group: str, short: bool = False) -> str:
    lines = []
    pair = rows[rows["group"] == group]
    for _, row in pair.head(1 if short else 2).iterrows():
        span = "" if pd.isna(row["low"]) else f"（{interval_text(what, row)}）"
        name = "" if short else f'<span style="{_QUIET}">{SHORT[row["aggregate"]]}</span> '
        lines.append(f'{name}{value_text(what, row["value"])}<span style="{_QUIET}">{span}</span>')
    return "<br>".join([*lines, f'<span style="{_QUIET}">n = {pair["n"].iloc[0]:,}</span>'])


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
