"""What a reader should know about a file that was read: recognised, assumed, repaired, dropped, doubtful."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from ..tables import TABLES, table
from .clock import Zone
from .headers import Cell
from .notes import Note, Notes, listed

SEA, BRICK, GRAIN, INK, GREY, LINE = "#0A4A78", "#A63F16", "#B08A10", "#22303C", "#5B6875", "#E3E8EC"
MOST = 50
VERDICTS = {"agrees": "✓ 相符", "contradicts": "✗ 不符", "unknown": "– 無法驗證"}


@dataclass(frozen=True, eq=False)
class Report:
    """The account of one reading; ``rows_in == rows_out + len(dropped)`` always holds.

    file: name. platform: a name of ``tables.PLATFORMS``. layout, encoding, delimiter, language: 正體中文
    phrases. header_line: text line of the header, from 1. zone: time zone assumed and what the ids say of it.
    metric_era: which definition the display counts follow. rows_in: rows below the header; rows_out: those that
    are in the tables. table_name: the main table.
    """

    file: str
    platform: str
    layout: str
    encoding: str
    delimiter: str
    language: str
    header_line: int
    zone: Zone | None
    metric_era: str
    rows_in: int
    rows_out: int
    _notes: Notes
    _cells: Sequence[Cell]
    _used: dict[str, str]
    _whole: set[str]
    table_name: str = "posts"

    @property
    def time_zone(self) -> str:
        """IANA name of the zone in which the file's times were read; empty where it holds no times."""
        return self.zone.assumed if self.zone else ""

    @property
    def repairs(self) -> list[str]:
        """What was mended, a sentence each."""
        return [str(note) for note in self._notes.repairs]

    @property
    def warnings(self) -> list[str]:
        """What to look at before trusting the figures, a sentence each."""
        return [str(note) for note in self._notes.warnings]

    @property
    def dropped(self) -> pd.DataFrame:
        """Rows that are not in the table: 列 (row in a spreadsheet), 行 (line in a text editor), 原因."""
        return self._notes.dropped()

    @property
    def columns(self) -> pd.DataFrame:
        """Every column of the file: 檔案欄名, 讀成 (our column, or ``extra``), 名稱, 說明."""
        taken = set(self._used.values())
        rows = [_column(cell, self._used.get(cell.name, "extra"), taken, cell.name in self._whole, self.table_name)
                for cell in self._cells]  # fmt: skip
        return pd.DataFrame(rows, columns=["檔案欄名", "讀成", "名稱", "說明"])

    @property
    def unknown(self) -> list[str]:
        """Header names that no alias knows; their columns are kept in ``Export.extra``."""
        return [cell.header or cell.name for cell in self._cells if cell.role is None]

    @property
    def table(self) -> pd.DataFrame:
        """The whole report as one table: 類別, 項目, 內容."""
        rows = [("檔案", name, value) for name, value in self._facts()]
        rows += [
            ("欄位", header, _reading(read, label, why))
            for header, read, label, why in self.columns.astype(str).to_numpy().tolist()
        ]
        rows += [("不在表裡", f"第 {row} 列", f"{reason}（文字檔第 {line} 行）")
                 for row, line, reason in self.dropped.to_numpy().tolist()]  # fmt: skip
        rows += [("修補", str(n), text) for n, text in enumerate(self.repairs, 1)]
        rows += [("提醒", str(n), text) for n, text in enumerate(self.warnings, 1)]
        return pd.DataFrame(rows, columns=["類別", "項目", "內容"])

    def _facts(self) -> list[tuple[str, str]]:
        facts = [
            ("檔案", self.file),
            ("格式", self.layout),
            ("文字編碼", f"{self.encoding}，以{self.delimiter}分隔，欄名在第 {self.header_line} 行"),
            ("介面語言", self.language),
        ]
        if self.zone:
            when = "發佈時間" if self.table_name == "posts" else "日期與時間"
            facts += [
                (when, f"檔案時間當作 {self.zone.label()}，已換算成台北時間"),
                ("時區驗證", f"{VERDICTS[self.zone.verdict]}：{self.zone.sentence}"),
            ]
        if self.metric_era:
            facts.append(("指標定義", self.metric_era))
        return [*facts, ("列數", self._rows())]

    def _rows(self) -> str:
        out = self.rows_in - self.rows_out
        counted = "、".join(f"{reason} {count} 列" for reason, count in self._notes.reasons())
        return f"檔案 {self.rows_in} 列 → 表 {self.rows_out} 列" + (
            f"；{out} 列不在表裡：{counted}" if out else "，一列不少"
        )

    def __repr__(self) -> str:
        lines = [f"讀取報告｜{self.file}", *(f"  {name}：{value}" for name, value in self._facts()[1:])]
        lines.append(f"  欄位：{self._column_summary()}")
        lines += [f"  修補：{text}" for text in self.repairs]
        lines += [f"  提醒：{text}" for text in self.warnings]
        return "\n".join(lines)

    def _column_summary(self) -> str:
        columns = self.columns
        read = int((columns["讀成"] != "extra").sum())
        summary = f"{len(columns)} 欄，{read} 欄讀進表裡，{len(columns) - read} 欄留在 extra"
        return summary + (f"（不認得的：{listed(self.unknown)}）" if self.unknown else "")

    def _repr_html_(self) -> str:
        facts = "".join(fact_row(name, html.escape(value)) for name, value in self._facts()[1:])
        facts += fact_row("欄位", html.escape(self._column_summary()))
        return (
            f'<div style="border:1px solid {LINE};border-left:4px solid {SEA};padding:8px 16px;max-width:960px;'
            f'font-size:16px;color:{INK};background:#FFFFFF;margin:8px 0">'
            f'<div style="color:{SEA};font-size:14px">讀取報告</div>'
            f'<div style="margin:4px 0 8px;overflow-wrap:anywhere">{html.escape(self.file)}</div>'
            f'<table style="border-collapse:collapse;font-size:14px;margin:0">{facts}</table>'
            f"{note_list('▲ 提醒', BRICK, self._notes.warnings)}{note_list('◐ 修補', GRAIN, self._notes.repairs)}"
            f"{self._dropped_html()}{self._columns_html()}</div>"
        )

    def _dropped_html(self) -> str:
        dropped = self.dropped
        if dropped.empty:
            return ""
        more = f"，列出前 {MOST} 列" if len(dropped) > MOST else ""
        return details(f"不在表裡的列（{len(dropped)} 列{more}）", dropped.head(MOST))

    def _columns_html(self) -> str:
        return details(f"每一欄讀成什麼（{len(self._cells)} 欄）", self.columns)


_CELL = "text-align:left;padding:4px 16px 4px 0;background:#FFFFFF;vertical-align:top"


def _cell(text: str) -> str:
    return f'<td style="{_CELL}">{html.escape(text)}</td>'


def fact_row(name: str, value: str) -> str:
    return (
        f'<tr style="background:#FFFFFF"><th scope="row" style="{_CELL};white-space:nowrap;color:{GREY};'
        f'font-weight:400">{name}</th><td style="{_CELL}">{value}</td></tr>'
    )


def details(title: str, table: pd.DataFrame) -> str:
    """A table that opens on a click."""
    heads = "".join(
        f'<th scope="col" style="{_CELL};color:{GREY};font-weight:400">{name}</th>' for name in table.columns
    )
    body = "".join(
        f'<tr style="background:#FFFFFF">{"".join(_cell(str(value)) for value in row)}</tr>'
        for row in table.to_numpy().tolist()
    )
    return (
        f'<details style="margin-top:8px;font-size:14px"><summary style="cursor:pointer;color:{SEA}">{title}</summary>'
        f'<table style="border-collapse:collapse;margin:8px 0;font-size:14px"><thead><tr style="background:#FFFFFF">'
        f"{heads}</tr></thead><tbody>{body}</tbody></table></details>"
    )


def note_list(title: str, colour: str, notes: Sequence[Note | str]) -> str:
    if not notes:
        return ""
    items = "".join(f'<li style="margin:4px 0">{html.escape(str(note))}</li>' for note in notes)
    return (
        f'<div style="margin-top:8px;font-size:14px;color:{colour}">{title}（{len(notes)}）</div>'
        f'<ul style="margin:4px 0 0;padding-left:24px;font-size:14px">{items}</ul>'
    )


def _column(cell: Cell, used: str, taken: set[str], whole: bool, name: str) -> tuple[str, str, str, str]:
    if used != "extra":
        return cell.header, used, _label(used, name), "" if whole else "原文也留在 extra"
    if cell.role is None:
        why = "不認得這個欄名，原樣保留"
    elif cell.role == "data_comment":
        why = "這是資料備註，不是留言數"
    elif cell.role in taken:
        why = "重複的欄，沒有採用，原樣保留"
    else:
        why = f"認得，但{table(name).label}表沒有這一欄，原樣保留"
    return cell.header or cell.name, "extra", "", why


def _label(column: str, name: str) -> str:
    """正體中文 label of a column of the main table, or else of any table that has it."""
    for each in (name, *TABLES):
        for declared in table(each).columns:
            if declared.name == column:
                return declared.label
    return ""


def _reading(read: str, label: str, why: str) -> str:
    return (f"{read}（{label}）" if label else read) + (f"：{why}" if why else "")
