"""The report of several files read as one: each file's own report, what could not be read, what overlaps."""

from __future__ import annotations

import html
from dataclasses import dataclass, field

import pandas as pd

from ..tables import PLATFORMS
from .notes import Notes, listed
from .report import BRICK, GRAIN, GREY, INK, LINE, SEA, Report, details, fact_row, note_list

MIXED = "多平台"


@dataclass(frozen=True, eq=False)
class CombinedReport:
    """The account of reading several files (or sheets) as one set of tables.

    file: what was asked for. reports: the single reports, earliest export first. unread: (file, reason) of each
    that could not be read. overlaps: (file, reason, rows) that a later file replaces.
    ``rows_in == rows_out + len(dropped)`` holds over all files read.
    """

    file: str
    platform: str
    reports: tuple[Report, ...]
    unread: tuple[tuple[str, str], ...]
    overlaps: tuple[tuple[str, str, int], ...]
    _notes: Notes = field(default_factory=Notes)

    @property
    def rows_in(self) -> int:
        return sum(report.rows_in for report in self.reports)

    @property
    def rows_out(self) -> int:
        return sum(report.rows_out for report in self.reports) - sum(rows for *_, rows in self.overlaps)

    @property
    def repairs(self) -> list[str]:
        """What was mended, with the file's name in front."""
        return [f"{report.file}：{text}" for report in self.reports for text in report.repairs]

    @property
    def warnings(self) -> list[str]:
        """What could not be read, what the files do to each other, then the warnings of each file."""
        own = [f"沒有讀到 {name}：{reason}" for name, reason in self.unread]
        own += [str(note) for note in self._notes.warnings]
        return own + [f"{report.file}：{text}" for report in self.reports for text in report.warnings]

    @property
    def dropped(self) -> pd.DataFrame:
        """Rows that are not in the tables: 檔案, 列, 行 (missing for rows that a later file replaces), 原因."""
        parts = [report.dropped.assign(檔案=report.file) for report in self.reports]
        parts += [
            pd.DataFrame({"檔案": [name] * rows, "原因": reason}) for name, reason, rows in self.overlaps
        ]
        columns = ["檔案", "列", "行", "原因"]
        filled = [part for part in parts if len(part)]
        whole = pd.concat(filled, ignore_index=True) if filled else pd.DataFrame()
        return whole.reindex(columns=columns).astype(
            {"檔案": "string", "列": "Int64", "行": "Int64", "原因": "string"}
        )

    @property
    def columns(self) -> pd.DataFrame:
        """Every column of every file: 檔案, 檔案欄名, 讀成, 名稱, 說明."""
        parts = [report.columns for report in self.reports]
        for report, part in zip(self.reports, parts, strict=True):
            part.insert(0, "檔案", report.file)
        return pd.concat(parts, ignore_index=True)

    @property
    def unknown(self) -> list[str]:
        """Header names that no alias knows, of all files, once each."""
        return list(dict.fromkeys(name for report in self.reports for name in report.unknown))

    @property
    def table(self) -> pd.DataFrame:
        """All reports as one table: 檔案, 類別, 項目, 內容."""
        own = [("沒有讀到", name, reason) for name, reason in self.unread]
        own += [("提醒", str(n), str(note)) for n, note in enumerate(self._notes.warnings, 1)]
        parts = [
            pd.DataFrame(own, columns=["類別", "項目", "內容"]),
            *(report.table for report in self.reports),
        ]
        for name, part in zip([self.file, *(report.file for report in self.reports)], parts, strict=True):
            part.insert(0, "檔案", name)
        return pd.concat([part for part in parts if len(part)], ignore_index=True)

    def _facts(self) -> list[tuple[str, str]]:
        kind = PLATFORMS.get(self.platform, self.platform)
        out = self.rows_in - self.rows_out
        rows = f"{len(self.reports)} 份共 {self.rows_in} 列，{self.rows_out} 列在表裡，{out} 列不在"
        return [("平台", kind), ("讀到", rows)]

    def __repr__(self) -> str:
        lines = [f"讀取報告｜{self.file}", *(f"  {name}：{value}" for name, value in self._facts())]
        lines += [f"  ▲ 沒有讀到 {name}：{reason}" for name, reason in self.unread]
        lines += [f"  ▲ {note}" for note in self._notes.warnings]
        lines += ["  " + line for report in self.reports for line in repr(report).splitlines()]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        facts = "".join(fact_row(name, html.escape(value)) for name, value in self._facts())
        single = pd.DataFrame(
            [
                (
                    r.file,
                    r.layout,
                    f"{r.rows_in} → {r.rows_out}",
                    len(r.repairs),
                    len(r.warnings),
                    listed(r.unknown, 4),
                )
                for r in self.reports
            ],
            columns=["檔案", "格式", "列數", "修補", "提醒", "不認得的欄名"],
        )
        unread = note_list("▲ 沒有讀到", BRICK, [f"{name}：{reason}" for name, reason in self.unread])
        between = note_list("▲ 檔案之間", GRAIN, [str(note) for note in self._notes.warnings])
        each = "".join(
            f'<details style="margin-top:8px"><summary style="cursor:pointer;color:{SEA};font-size:14px">'
            f"{html.escape(report.file)}</summary>{report._repr_html_()}</details>"
            for report in self.reports
        )
        return (
            f'<div style="border:1px solid {LINE};border-left:4px solid {SEA};padding:8px 16px;max-width:960px;'
            f'font-size:16px;color:{INK};background:#FFFFFF;margin:8px 0">'
            f'<div style="color:{SEA};font-size:14px">讀取報告</div>'
            f'<div style="margin:4px 0 8px;overflow-wrap:anywhere">{html.escape(self.file)}</div>'
            f'<table style="border-collapse:collapse;font-size:14px;margin:0">{facts}</table>{unread}{between}'
            f"{details(f'每一份檔案（{len(single)} 份）', single)}"
            f'<div style="margin-top:8px;font-size:14px;color:{GREY}">各檔案自己的報告</div>{each}</div>'
        )
