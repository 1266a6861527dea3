"""Google Analytics 4: report downloads (several tables under # comments) and explorations → sessions.

Only tables with a day in every row can be sessions. When several tables tell the same days, the most detailed one is
read, because adding them would count every session twice; the others stay in ``extra``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from ..errors import ReadError
from . import generic, typed, written
from .blocks import Block
from .headers import Matching, aliases
from .layout import Built, Context, Fit
from .notes import Notes, shown
from .picking import Picked, Sieve, pick
from .typed import Objects, Times

DIMENSIONS = ("source", "medium", "source_medium", "campaign", "page", "channel", "country_id", "device")
METRICS = ("sessions", "engaged_sessions", "key_events")
ERA = "重要事件（Key events）在 2024 年以前叫轉換（Conversions）；比率欄是 0–1 的小數"
ZONE_SENTENCE = "GA4 的一天照資源設定的報表時區，檔案沒有寫是哪裡；請到「管理 → 資源設定」確認是不是台北"
SECTION = "區段"
_TITLE = re.compile(r"(start date|end date|開始日期|結束日期)\s*[:：]\s*(\d{8})", re.IGNORECASE)
_RANGE = re.compile(r"(\d{8})\s*-\s*(\d{8})")
_OURS = re.compile(r"property|all users|free form|start date|資源|自由形式|開始日期", re.IGNORECASE)
_GRAND_TOTAL = ("grand total", "總計", "totals", "total")


@dataclass(frozen=True)
class Section:
    """One table of the file with the days it covers; first and last are NaT where its title does not say."""

    block: Block
    matching: Matching
    first: np.datetime64
    last: np.datetime64

    @property
    def name(self) -> str:
        dimension = next((cell.header for cell in self.matching.cells if cell.role in DIMENSIONS), "")
        return shown(dimension or "／".join(self.block.header[:2]))

    @property
    def dated(self) -> bool:
        roles = self.matching.roles()
        known = not np.isnat(self.first)
        return "date" in roles or (
            known and ("nth_day" in roles or (self.first == self.last and not self.coarse))
        )

    @property
    def coarse(self) -> bool:
        return bool(self.matching.roles() & {"nth_week", "nth_month"})

    @property
    def detail(self) -> tuple[int, int]:
        return len(self.matching.roles() & set(DIMENSIONS)), len(self.block.rows)


@dataclass(frozen=True)
class Ga4:
    """A report or an exploration, downloaded as CSV."""

    key: str = "ga4"
    platform: str = "other"
    label: str = "Google Analytics 4 報表"
    family: str = "ga4"
    stacked: Literal[True] = True

    def fit_blocks(self, blocks: Sequence[Block]) -> Fit:
        """A point for each header name of the best known table, ten for GA4's comment lines."""
        roles = [block.matching(aliases(self.family)).roles() for block in blocks]
        best = max((len(found) for found in roles), default=0)
        ours = any(_OURS.search(line) for block in blocks for line in block.title)
        if best < 2 or not any(found & {*METRICS, "active_users", "event_count"} for found in roles):
            return Fit(0)
        return Fit(best + 10 * ours + 5 * any("nth_day" in found for found in roles))

    def build_blocks(self, blocks: Sequence[Block], context: Context) -> Built:
        """The sessions table; every other table is reported and kept in ``extra`` with its section."""
        sections = _sections(blocks, context.notes)
        daily = [s for s in sections if s.dated and s.matching.roles() & set(METRICS)]
        if not daily:
            raise _no_days(sections, context.where)
        chosen = max(daily, key=lambda section: section.detail)
        built = _sessions(chosen, context)
        others = [_left_out(s, s in daily, context.notes) for s in sections if s is not chosen]
        extra = pd.concat([built.extra.assign(**{SECTION: chosen.name}), *others])
        return replace(built, extra=extra)


LAYOUTS = (Ga4(),)


def _sections(blocks: Sequence[Block], notes: Notes) -> list[Section]:
    """Every table with its dates; grand total rows are taken out and reported."""
    found = []
    first: Any = np.datetime64("NaT", "us")
    last: Any = first
    for block in blocks:
        for start, end in _ranges(block.title):
            first, last = start, end
        found.append(Section(_without_totals(block, notes), block.matching(aliases("ga4")), first, last))
    return found


def _ranges(title: Sequence[str]) -> list[tuple[np.datetime64, np.datetime64]]:
    """The first and last day that the lines above a table name."""
    days = {name.lower(): day for line in title for name, day in _TITLE.findall(line)}
    start = days.get("start date") or days.get("開始日期")
    end = days.get("end date") or days.get("結束日期")
    ranges = [(start, end)] if start and end else []
    ranges += [found.groups() for line in title if (found := _RANGE.fullmatch(line.strip()))]  # type: ignore[misc]
    made = []
    for a, b in ranges:
        read = written.read(np.array([a, b], dtype=object), "", "").local
        made.append((read[0], read[1]))
    return made


def _without_totals(block: Block, notes: Notes) -> Block:
    """Grand total rows carry the words in a cell beyond the header, or figures and no word in any dimension."""
    kinds = {*DIMENSIONS, "date", "nth_day", "nth_week", "nth_month"}
    names = [cell.index for cell in block.matching(aliases("ga4")).cells if cell.role in kinds]
    total = [
        any(cell.strip().lower() in _GRAND_TOTAL for cell in (row[:1] + row[len(block.header) :]))
        or (
            bool(names)
            and len(row) > max(names)
            and not any(row[at].strip() for at in names)
            and any(map(str.strip, row))
        )
        for row in block.rows
    ]
    if not any(total):
        return block
    keep = [n for n, out in enumerate(total) if not out]
    out = np.flatnonzero(total)
    notes.drop(np.array(block.places, np.int64)[out], np.array(block.lines, np.int64)[out], "總計列")
    return replace(
        block,
        rows=[block.rows[n] for n in keep],
        places=[block.places[n] for n in keep],
        lines=[block.lines[n] for n in keep],
    )


def _sessions(section: Section, context: Context) -> Built:
    """The sessions table of one section; sums it cannot place in time are reported."""
    raw = section.block.raw(context.notes)
    picked = pick(raw, section.matching, {}, context.notes)
    sieve = Sieve(raw, context.notes)
    columns: dict[str, Any] = {"date": _dates(section, picked, sieve, context)}
    columns |= _sources(picked) | generic.texts(picked, ("campaign", "page"))
    columns |= generic.figures("sessions", picked, sieve)
    sessions = generic.assemble("sessions", columns, sieve.keep)
    generic.say_blanks("sessions", columns, picked, sieve)
    _look(section, columns, picked, sieve)
    numeric = {role for role, _ in aliases("ga4").names.values()} - set(DIMENSIONS) - {"date", "nth_day"}
    index = np.arange(len(raw.frame))
    extra = generic.leftovers(picked, section.matching, numeric, index, sieve.keep, "列")
    context.notes.warn(ZONE_SENTENCE)
    cells = section.matching.cells
    return Built({"sessions": sessions}, extra, picked.used, picked.whole, None, ERA, len(sessions), cells)


def _dates(section: Section, picked: Picked, sieve: Sieve, context: Context) -> Times:
    """The day of each row: written, counted from the first day (``Nth day``), or the only day of the report."""
    if "date" in picked:
        return generic.days(picked, "date", sieve, context)
    if "nth_day" not in picked:
        return np.full(len(sieve.keep), section.first)
    nth = typed.numbers(picked.column("nth_day")).values
    sieve.drop(np.isnan(nth) | (nth < 0) | (nth % 1 != 0), "「Nth day」空白或不是整數")
    days = (section.last - section.first) / np.timedelta64(1, "D")
    sieve.drop(nth > days, "「Nth day」超過報表的結束日期")
    day = section.first + np.where(sieve.keep, nth, 0).astype("m8[D]")
    picked.use("nth_day", "date", whole=False)
    context.notes.repair(f"「Nth day」從開始日期 {str(section.first)[:10]} 起算（0000 是第一天），已換成日期")
    return day.astype("M8[us]")


def _sources(picked: Picked) -> dict[str, Objects]:
    """Source and medium from their own columns, or from the one that holds both."""
    found = generic.texts(picked, ("source", "medium"))
    if "source_medium" not in picked:
        return found
    pairs = [text.partition(" / ") for text in typed.stripped(picked.text("source_medium"))]
    split = {
        "source": np.array([source for source, _, _ in pairs], dtype=object),
        "medium": np.array([medium for _, _, medium in pairs], dtype=object),
    }
    picked.use("source_medium", "source", whole=all(name not in found for name in split))
    return split | found


def _look(section: Section, columns: dict[str, Any], picked: Picked, sieve: Sieve) -> None:
    """What a careful reader would ask: finer dimensions, the (other) row, engaged above all sessions."""
    finer = [picked.header(role) for role in ("channel", "country_id", "device") if role in picked]
    if finer:
        sieve.notes.warn(
            f"同一天有好幾列，分別屬於不同的「{shown(finer[0])}」；這一欄留在 extra，列的順序和表相同"
        )
    other = sieve.keep & np.logical_or.reduce(
        [columns[name] == "(other)" for name in ("source", "campaign", "page") if name in columns]
        or [np.zeros(len(sieve.keep), bool)]
    )
    if other.any():
        sieve.notes.warn("「(other)」是 GA4 把太多種的值併成一列，不是一個來源", sieve.raw.rows[other])
    if "sessions" in columns and "engaged_sessions" in columns:
        above = np.asarray(
            pd.Series(columns["engaged_sessions"] > columns["sessions"]).fillna(False), dtype=bool
        )
        if (above & sieve.keep).any():
            sieve.notes.warn(
                "互動工作階段大於工作階段，照理不會發生，請到後台核對", sieve.raw.rows[above & sieve.keep]
            )


def _left_out(section: Section, dated: bool, notes: Notes) -> pd.DataFrame:
    """The rows of a table that is not read, as text in ``extra``, reported with the reason."""
    raw = section.block.raw(notes)
    if dated:
        reason = "另一張表已有更細的每日資料，一起算會重複"
    elif section.coarse:
        reason = "每週或每月一列，不是每天"
    elif section.matching.roles() & set(METRICS):
        reason = "整段期間的總數，沒有日期"
    else:
        reason = "沒有工作階段、互動工作階段或重要事件"
    notes.drop(raw.rows, raw.lines, f"「{section.name}」這張表沒有讀進來，原樣留在 extra：{reason}")
    return raw.frame.assign(**{SECTION: section.name}).set_axis(
        pd.Index(np.arange(len(raw.frame)), name="列"), axis=0
    )


def _no_days(sections: Sequence[Section], where: str) -> ReadError:
    spans = [s for s in sections if not np.isnat(s.first) and s.matching.roles() & set(METRICS)]
    names = "、".join(f"「{section.name}」" for section in sections[:5])
    if spans:
        what = f"這份 GA4 報表是 {str(spans[0].first)[:10]} 到 {str(spans[0].last)[:10]} 的總數，沒有每天的列"
    else:
        what = "這份 GA4 報表裡沒有每天的工作階段"
    return ReadError(
        what,
        where=f"{where}，裡面的表：{names}",
        next_step="請在 GA4「探索」加入「日期」維度和「工作階段」指標再匯出，或把報表期間改成一天",
    )
