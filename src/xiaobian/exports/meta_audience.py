"""The Audience page of Meta Business Suite: stacked blocks of shares → the audience table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from ..tables import PLATFORMS, conform
from . import typed
from .blocks import Block
from .headers import Cell, aliases, normalise
from .layout import Built, Context, Fit
from .meta_charts import FAMILY, chart_of, chart_score, drop_block, read_charts, title_of
from .notes import Notes, listed, shown
from .rows import NO_LINE_END
from .typed import Floats

SURE = ("由 exported_on= 指定", "檔名裡的日期")


def dimension_of(block: Block) -> str:
    """What a block divides the audience by, from the title above it; empty when it is no such block."""
    title = normalise(title_of(block))
    for known in aliases(FAMILY).words["audience"]:
        if title in {normalise(text) for text in known["titles"]}:
            return str(known["dimension"])
    return ""


@dataclass(frozen=True)
class MetaAudience:
    """Age and gender, cities, countries and pages of one platform's followers, in any order."""

    platform: str
    family: str = FAMILY
    stacked: Literal[True] = True

    @property
    def key(self) -> str:
        return f"meta_audience_{self.platform}"

    @property
    def label(self) -> str:
        return f"Meta Business Suite「受眾」下載：{PLATFORMS[self.platform]}"

    def fit_blocks(self, blocks: Sequence[Block]) -> Fit:
        """Ten points for every block that divides an audience; a series of days may say whose audience it is."""
        known = sum(bool(dimension_of(block)) for block in blocks)
        charts = any(map(chart_of, blocks))
        series = chart_score(blocks, self.platform)
        return Fit(0 if not known or (charts and not series) else 10 * known + series)

    def build_blocks(self, blocks: Sequence[Block], context: Context) -> Built:
        """Shares 0–1 by group; an embedded series of days becomes account_days."""
        notes = context.notes
        percent = _in_percent(blocks)
        rows: list[tuple[str, str, float]] = []
        read = 0
        cells: list[Cell] = []
        for block in blocks:
            if block.title[:-1]:
                notes.warn(f"略過單獨的文字行：{listed(block.title[:-1])}")
            dimension = dimension_of(block)
            if not dimension:
                if chart_of(block) is None:
                    drop_block(block, f"不認得「{shown(title_of(block))}」這一段，沒有讀", notes)
                continue
            if any(name == dimension for name, *_ in rows):
                drop_block(block, f"「{shown(title_of(block))}」重複，只讀第一段", notes)
                continue
            found = _shares(block, dimension, percent, notes)
            rows += [(dimension, group, share) for group, share in found]
            read += len(block.rows) if found else 0
            if found and (block.cut or block.tail in ("open", "loose")):
                notes.warn(NO_LINE_END, np.array(block.places, np.int64)[-1:])
            cells.append(Cell(len(cells), title_of(block), dimension, "audience", _language(title_of(block))))
        days = read_charts(blocks, self.platform, notes)
        tables = {"audience": self._table(rows, context)}
        if days.rows:
            tables["account_days"] = days.table(self.platform)
        used = {cell.name: "share" for cell in cells} | days.used
        return Built(
            tables,
            days.extra(),
            used,
            set(used),
            None,
            accounted=read + days.rows,
            cells=[*cells, *days.cells],
        )

    def _table(self, rows: Sequence[tuple[str, str, float]], context: Context) -> pd.DataFrame:
        frame = pd.DataFrame(rows, columns=["dimension", "group", "share"])
        if context.exported and context.exported_basis in SURE:
            frame["as_of"] = pd.Timestamp(context.exported)
            context.notes.repair(f"資料日期 {context.exported:%Y-%m-%d} 取自{context.exported_basis}")
        else:
            context.notes.warn("檔案沒有寫是哪一天的受眾，資料日期留空；請用 exported_on= 指定下載日期")
        return conform(frame.assign(platform=self.platform), "audience")


def _language(title: str) -> str:
    return "en" if title.isascii() else "zh-TW"


def _grid(block: Block) -> list[list[str]]:
    return [[cell.strip() for cell in row] for row in block.rows]


def _in_percent(blocks: Sequence[Block]) -> bool | None:
    """Whether plain numbers of a file are percent: by a % sign anywhere, or by what its largest block adds up to."""
    totals = [0.0]
    for block in blocks:
        if dimension_of(block):
            texts = [cell for row in _grid(block) for cell in row]
            if any(cell.endswith(("%", "％")) for cell in texts):
                return True
            totals.append(float(np.nansum(_values(texts))))
    top = max(totals)
    return True if top > 1.5 else False if top > 0.8 else None


def _values(texts: Sequence[str]) -> Floats:
    plain = [cell.rstrip("%％").strip() for cell in texts]
    return typed.numbers(pd.Series(plain, dtype="string")).values


def _shares(block: Block, dimension: str, percent: bool | None, notes: Notes) -> list[tuple[str, float]]:
    """(group, share 0–1) of a block; a block that cannot be read with certainty is reported row by row."""
    title = shown(title_of(block))
    if percent is None:
        drop_block(block, f"「{title}」沒有 % 符號，分不出是比例還是百分比", notes)
        return []
    pairs = _matrix(block) if dimension == "age_gender" else _line(block)
    if not pairs:
        drop_block(block, f"「{title}」的排法不認得，沒有讀", notes)
        return []
    values = _values([text for _, text in pairs]) / (100 if percent else 1)
    odd = np.array([bool(text) for _, text in pairs]) & np.isnan(values) | (values > 1) | (values < 0)
    if odd.any():
        groups = listed(np.array([group for group, _ in pairs], dtype=object)[odd])
        notes.warn(f"「{title}」有不是 0–100% 的值（{groups}），當成沒有資料")
    if np.nansum(values) > 1.02:
        notes.warn(f"「{title}」加起來是 {np.nansum(values):.0%}，超過 100%，請核對")
    return [
        (group, np.nan if bad else value) for (group, _), value, bad in zip(pairs, values, odd, strict=True)
    ]


def _line(block: Block) -> list[tuple[str, str]]:
    """Labels in the header, values in the only row."""
    grid = _grid(block)
    labels = [cell.strip() for cell in block.header]
    if len(grid) != 1 or len(grid[0]) != len(labels):
        return []
    return [(label, cell) for label, cell in zip(labels, grid[0], strict=True) if label]


def _matrix(block: Block) -> list[tuple[str, str]]:
    """Ages down and genders across, or the other way round: groups are ``female 25-34``."""
    across, grid = block.header[1:], _grid(block)
    down = [row[0] for row in grid if row]
    genders = [_gender(cell) for cell in across]
    turned = not all(genders)
    if turned:
        genders = [_gender(cell) for cell in down]
    if not all(genders) or any(len(row) != len(block.header) for row in grid):
        return []
    pairs = []
    for at, row in enumerate(grid):
        for to, cell in enumerate(row[1:]):
            gender, age = (genders[at], across[to].strip()) if turned else (genders[to], down[at])
            pairs.append((f"{gender} {age}", cell))
    return sorted(pairs, key=lambda pair: pair[0])


def _gender(text: str) -> str:
    words: dict[str, Any] = aliases(FAMILY).words["genders"]
    return next((name for name, known in words.items() if normalise(text) in known), "")


LAYOUTS: tuple[Any, ...] = (MetaAudience("facebook"), MetaAudience("instagram"))
