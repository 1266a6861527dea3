"""What happened while a file was read: repairs, warnings and dropped rows, collected on the way."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd


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
        parts = [pd.DataFrame({"列": r, "行": n, "原因": reason}) for r, n, reason in self._dropped]
        empty = pd.DataFrame(
            {"列": pd.array([], "int64"), "行": pd.array([], "int64"), "原因": pd.array([], "string")}
        )
        if not parts:
            return empty
        return pd.concat(parts).astype(empty.dtypes.to_dict()).sort_values("列", ignore_index=True)


def _note(message: str, rows: npt.NDArray[np.int64] | None) -> Note:
    if rows is None:
        return Note(message)
    return Note(message, tuple(int(row) for row in rows[:50]), len(rows))
