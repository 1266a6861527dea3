"""What happened while a file was read: repairs, warnings and dropped rows, collected on the way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd


def shown(text: object, width: int = 30) -> str:
    """Text from a file made fit for a sentence: one line, no control characters, cut to ``width``.

    >>> shown("第一行\\n第二行", 5)
    '第一行 第…'
    """
    line = " ".join("".join(c if c.isprintable() else " " for c in str(text)[: 4 * width]).split())
    return line if len(line) <= width else line[:width].rstrip() + "…"


def listed(texts: Iterable[object], most: int = 8, width: int = 30) -> str:
    """The first few texts of a list that are not empty, for a sentence."""
    named = [line for text in texts if (line := shown(text, width))]
    return "、".join(named[:most]) + (f" 等 {len(named)} 個" if len(named) > most else "")


@dataclass(frozen=True)
class Note:
    """One sentence, and the spreadsheet rows it speaks of (the header is row 1)."""

    message: str
    rows: tuple[int, ...] = ()
    total: int = 0

    def __str__(self) -> str:
        if not self.total:
            return self.message
        shown = "、".join(map(str, self.rows[:5]))
        return f"{self.message}（第 {shown} 列{f'等 {self.total} 列' if self.total > 5 else ''}）"


@dataclass
class Notes:
    """The collector that every step of the pipeline writes to."""

    repairs: list[Note] = field(default_factory=list)
    warnings: list[Note] = field(default_factory=list)
    _dropped: list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], str]] = field(default_factory=list)

    def repair(self, message: str, rows: npt.NDArray[np.int64] | None = None) -> None:
        self.repairs.append(_note(message, rows))

    def warn(self, message: str, rows: npt.NDArray[np.int64] | None = None) -> None:
        self.warnings.append(_note(message, rows))

    def drop(self, rows: npt.NDArray[np.int64], lines: npt.NDArray[np.int64], reason: str) -> None:
        if len(rows):
            self._dropped.append((rows, lines, reason))

    def dropped_count(self) -> int:
        return sum(len(rows) for rows, _, _ in self._dropped)

    def reasons(self) -> list[tuple[str, int]]:
        counts: dict[str, int] = {}
        for rows, _, reason in self._dropped:
            counts[reason] = counts.get(reason, 0) + len(rows)
        return list(counts.items())

    def dropped(self) -> pd.DataFrame:
        """列 (spreadsheet row), 行 (text line), 原因; in file order."""
        rows, lines = (np.concatenate([part[i] for part in self._dropped] or [_NO_ROWS]) for i in (0, 1))
        reasons = [reason for part, _, reason in self._dropped for _ in range(len(part))]
        table = pd.DataFrame({"列": rows, "行": lines, "原因": pd.array(reasons, dtype="string")})
        return table.sort_values("列", ignore_index=True)


_NO_ROWS = np.zeros(0, np.int64)


def _note(message: str, rows: npt.NDArray[np.int64] | None) -> Note:
    if rows is None:
        return Note(message)
    return Note(message, tuple(int(row) for row in rows[:50]), len(rows))
