"""One header cell a role, and the rows that are still in: what every layout starts from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from . import typed
from .headers import Cell, Matching
from .notes import Notes, shown
from .rows import Raw
from .typed import Mask, Objects


@dataclass
class Picked:
    """The cells chosen for each role.

    used: what a column was read as, by its unique name. whole: the used columns whose text is in the table as it
    stands; every other column stays in ``extra``.
    """

    raw: Raw
    cells: dict[str, Cell]
    used: dict[str, str] = field(default_factory=dict)
    whole: set[str] = field(default_factory=set)

    def __contains__(self, role: str) -> bool:
        return role in self.cells

    def header(self, role: str) -> str:
        return self.cells[role].header

    def column(self, role: str) -> pd.Series:
        return self.raw.frame[self.cells[role].name]

    def text(self, role: str) -> Objects:
        """The cells of a role as strings; empty where missing or where the file lacks the role."""
        if role not in self.cells:
            return np.full(len(self.raw.frame), "", dtype=object)
        return typed.objects(self.column(role))

    def use(self, role: str, column: str, *, whole: bool = True) -> None:
        if role in self.cells:
            name = self.cells[role].name
            self.used[name] = column
            if whole:
                self.whole.add(name)

    def release(self) -> None:
        """Let go of the columns whose text is in the table as it stands: what is left is ``extra``."""
        done = [name for name in self.raw.frame.columns if name in self.whole]
        self.raw.frame = self.raw.frame.drop(columns=done)


def pick(raw: Raw, matching: Matching, sources: Mapping[str, Sequence[str]], notes: Notes) -> Picked:
    """Choose a column for every role of a file.

    sources: roles that may stand for another one, best first. Of several columns with one role the one with
    most values is taken; the choice, and any contradiction between them, is noted.
    """
    cells = {}
    for role in sorted(matching.roles()):
        rivals = matching.of(role)
        cells[role] = rivals[0] if len(rivals) == 1 else _fullest(raw, rivals, notes)
    for role, candidates in sources.items():
        present = [candidate for candidate in candidates if candidate in cells]
        if present:
            cells[role] = cells[present[0]]
    return Picked(raw, cells)


def _fullest(raw: Raw, rivals: list[Cell], notes: Notes) -> Cell:
    filled = [int(raw.frame[cell.name].notna().sum()) for cell in rivals]
    best = rivals[filled.index(max(filled))]
    listed = "、".join(
        f"第 {cell.index + 1} 欄「{shown(cell.header)}」（有值 {count} 列）"
        for cell, count in zip(rivals, filled, strict=True)
    )
    notes.repair(f"{len(rivals)} 欄說的是同一件事：{listed}；採用第 {best.index + 1} 欄，其餘留在 extra")
    kept = raw.frame[best.name].astype("string")
    for cell in rivals:
        differ = (kept != raw.frame[cell.name].astype("string")).fillna(False).to_numpy(dtype=bool)
        if differ.any():
            notes.warn(
                f"第 {best.index + 1} 欄「{shown(best.header)}」和第 {cell.index + 1} 欄「{shown(cell.header)}」的值不同，"
                f"採用第 {best.index + 1} 欄，請核對",
                raw.rows[differ],
            )
    return best


class Sieve:
    """Which rows are still in; every row taken out is reported with its reason, once."""

    def __init__(self, raw: Raw, notes: Notes) -> None:
        self.raw, self.notes = raw, notes
        self.keep: Mask = np.ones(len(raw.frame), bool)

    def drop(self, rows: Mask, reason: str) -> None:
        out = rows & self.keep
        self.notes.drop(self.raw.rows[out], self.raw.lines[out], reason)
        self.keep &= ~out
