"""What a platform's export layout must be able to do; the pipeline knows layouts only through this page.

A new platform is a module with objects that satisfy ``Layout``, listed in ``read.LAYOUTS``, and a family of
header names in ``aliases.yml``.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

import pandas as pd

from ..errors import ReadError
from ..tables import PLATFORMS
from .clock import Zone
from .headers import Matching
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
    """What a layout may use besides the rows: the file's name for messages, the caller's zone, the notes."""

    where: str
    timezone: object
    notes: Notes


@dataclass
class Built:
    """What a layout makes of the rows.

    tables: frames that conform to the declared tables; the rows of the file are accounted for in the first. extra: every column that is in no table, by post_id.
    used: what a header cell was read as (a column of a table), by unique name. whole: those whose text is in
    the table as it stands; all others are also in ``extra``.
    """

    tables: dict[str, pd.DataFrame]
    extra: pd.DataFrame
    used: dict[str, str]
    whole: set[str]
    zone: Zone
    metric_era: str = ""


class Layout(Protocol):
    """One layout of one platform's export."""

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
        """Name of its header aliases in ``aliases.yml``."""

    @property
    def numeric(self) -> Collection[str]:
        """Roles that hold numbers."""

    def fit(self, matching: Matching, sample: Sequence[Sequence[str]]) -> Fit:
        """How well header names and a sample of rows fit this layout."""

    def build(self, raw: Raw, matching: Matching, context: Context) -> Built:
        """Typed tables from the rows; every dropped row goes to ``context.notes``."""


@dataclass(frozen=True)
class Candidate:
    """A layout with its reading of one file's headers."""

    layout: Layout
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
