"""What a platform's export layout must be able to do; the pipeline knows layouts only through this page.

Two kinds of layout:

- ``Layout``: one table below one header row. The pipeline finds the row, gives every header a role, reads the cells
  and calls ``build``. Each sheet of a workbook is tried as a file of its own, so a layout for one sheet is a Layout.
- ``StackedLayout`` (``stacked = True``): several tables that belong together, stacked in one file or on several
  sheets. It receives all of them as ``blocks.Block`` grids (title lines, header, rows, sheet); ``Block.matching``
  and ``Block.raw`` lead from there to the same tools (``picking.pick``, ``Sieve``) that plain layouts use.

The candidate with the highest ``Fit.score`` wins, across all layouts of all platforms. So that scores compare: one
point for every known role, ten more for what only this layout has (a link, an id, a title line), 0 for no fit.
How to plug one in: ``registry``.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import pandas as pd

from ..errors import ReadError
from ..tables import PLATFORMS
from .blocks import Block
from .clock import Zone
from .headers import Cell, Matching
from .notes import Notes, listed
from .rows import Raw


@dataclass(frozen=True)
class Fit:
    """How well a file fits a layout.

    score: 0 is not at all; the highest wins. lacks: 正體中文 names of columns without which it cannot be read.
    """

    score: int
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Context:
    """What a layout may use besides the rows.

    where: the file's name, for messages. timezone: the caller's zone. preface: non-empty text lines above the
    header (a title, a note). sheet: name of the sheet, empty for a text file. exported: when the file was
    downloaded, as far as known; exported_basis says how in 正體中文 (empty when unknown).
    """

    where: str
    timezone: object
    notes: Notes
    preface: tuple[str, ...] = ()
    sheet: str = ""
    exported: datetime.date | None = None
    exported_basis: str = ""


@dataclass
class Built:
    """What a layout makes of the rows.

    tables: frames that conform to the declared tables. extra: every column that is in no table, by post_id.
    used: what a header cell was read as (a column of a table), by unique name. whole: those whose text is in
    the table as it stands; all others are also in ``extra``. zone: None where the file holds no times.
    accounted: how many rows of the file are in the tables; default: the rows of the first table. cells: the header
    cells of a stacked layout, for the report. language: UI language, when the headers do not tell.
    """

    tables: dict[str, pd.DataFrame]
    extra: pd.DataFrame
    used: dict[str, str]
    whole: set[str]
    zone: Zone | None
    metric_era: str = ""
    accounted: int | None = None
    cells: Sequence[Cell] = ()


class _Named(Protocol):
    """What both kinds of layout are called."""

    @property
    def key(self) -> str:
        """Stable identifier, such as ``meta_content_instagram``."""

    @property
    def platform(self) -> str:
        """A name of ``tables.PLATFORMS``."""

    @property
    def label(self) -> str:
        """正體中文 name of the layout."""

    @property
    def family(self) -> str:
        """Name of its header aliases, declared in a file of ``aliases/``."""


class Layout(_Named, Protocol):
    """One layout of one platform's export, below one header row."""

    @property
    def numeric(self) -> Collection[str]:
        """Roles that hold numbers."""

    def fit(self, matching: Matching, sample: Sequence[Sequence[str]]) -> Fit:
        """How well header names and a sample of rows fit this layout."""

    def build(self, raw: Raw, matching: Matching, context: Context) -> Built:
        """Typed tables from the rows; every dropped row goes to ``context.notes``."""


class StackedLayout(_Named, Protocol):
    """A layout of several tables that are read together; every row of every block is accounted for."""

    @property
    def stacked(self) -> Literal[True]:
        """Tells this kind from the other."""

    def fit_blocks(self, blocks: Sequence[Block]) -> Fit:
        """How well the blocks fit; of a long file only the blocks of its beginning are shown."""

    def build_blocks(self, blocks: Sequence[Block], context: Context) -> Built:
        """Typed tables from all blocks; every row that is in none goes to ``context.notes`` with a reason."""


AnyLayout = Layout | StackedLayout


@dataclass(frozen=True)
class Candidate:
    """A layout with its reading of one file: its headers, or its blocks (matching is then empty)."""

    layout: AnyLayout
    matching: Matching
    fit: Fit


def choose(candidates: Sequence[Candidate], platform: str | None, where: str) -> Candidate:
    """The layout that fits best.

    Raises ReadError when nothing fits, when two platforms fit equally and ``platform`` does not decide, when
    ``platform`` contradicts the file, or when a needed column is absent.
    """
    best = max(candidates, key=lambda c: c.fit.score)
    rivals = [c for c in candidates if c.fit.score == best.fit.score]
    asked = [c for c in rivals if c.layout.platform == platform]
    if platform is not None and not asked:
        raise ReadError(
            f'你指定 platform="{platform}"，但這個檔案是 {PLATFORMS[best.layout.platform]} 的匯出',
            where=where,
            next_step=f'請改成 platform="{best.layout.platform}"（不寫也會自動辨識），或換一個檔案',
        )
    if platform is None and len({c.layout.platform for c in rivals}) > 1:
        names = "或".join(f'platform="{c.layout.platform}"' for c in rivals)
        raise ReadError("從欄名和內容看不出是哪個平台的匯出", where=where, next_step=f"請用 {names} 指定")
    chosen = asked[0] if asked else best
    if chosen.fit.lacks:
        raise _lacking(chosen, where)
    return chosen


def _lacking(chosen: Candidate, where: str) -> ReadError:
    names = "、".join(f"「{name}」" for name in chosen.fit.lacks)
    unknown = [cell.header for cell in chosen.matching.cells if cell.role is None and cell.header]
    seen = f"（不認得的欄名：{listed(unknown)}）" if unknown else ""
    return ReadError(
        f"讀不到{names}欄位",
        where=where,
        next_step=f"請確認匯出時勾選了{names}，或用 column_map= 指定欄名{seen}",
    )
