"""Times as people, spreadsheets and tools write them: year first, or with the order of day and month proven."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import numpy as np
import pandas as pd

from ..errors import ReadError
from ..tables import TAIPEI
from . import clock, flips
from .notes import shown
from .typed import Mask, Objects, Times

Order = Literal["", "day", "month"]
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_CLOCK = (
    r"(?:[T,\s]*(?P<half>上午|下午|凌晨|中午|晚上)?\s*(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?"
    r"\s*(?P<ampm>[ap]m)?)?\s*(?P<offset>z|utc|gmt|[+-]\d{2}:?\d{2})?"
)
_YEAR_FIRST = re.compile(
    r"(?P<year>\d{4})[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?(?:\s*[((].?[))])?" + _CLOCK,
    re.IGNORECASE,
)
_COMPACT = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})" + _CLOCK, re.IGNORECASE)
_SLASHED = re.compile(r"(?P<first>\d{1,2})[-/.](?P<then>\d{1,2})[-/.](?P<year>\d{4})" + _CLOCK, re.IGNORECASE)
_NAMED = re.compile(
    r"(?:[a-z]{3,9},?\s+)?(?P<name>[a-z]{3})[a-z]*\.?\s+(?P<day>\d{1,2}),?\s+(?P<year>\d{4})" + _CLOCK,
    re.IGNORECASE,
)


@dataclass
class Written:
    """A column of times.

    texts: the cells. local: as written, NaT where unreadable. with_offset: cells that carry their own offset, in
    minutes in ``offset``. day_only: cells without a clock time. repairs: sentences on how they were read.
    """

    texts: Objects
    local: Times
    offset: np.ndarray
    with_offset: Mask
    day_only: Mask
    repairs: list[str]

    def taipei(self, zone: str) -> pd.DatetimeIndex:
        """Asia/Taipei: by their own offset where there is one, otherwise read in ``zone``."""
        placed = clock.place(np.where(self.with_offset, np.datetime64("NaT", "us"), self.local), zone).taipei
        shift = np.where(self.with_offset, self.offset, 0).astype("m8[m]")
        own = pd.DatetimeIndex(self.local - shift).tz_localize("UTC").tz_convert(TAIPEI).as_unit("us")
        return placed.where(~self.with_offset, own)


def read(texts: Objects, header: str, where: str, usual: Order = "", created: Times | None = None) -> Written:
    """Read a column of times; raises ReadError when day and month cannot be told apart.

    created: UTC times inside ids, NaT where unknown; where they prove an order for every row, it is taken. usual: the order in which this platform writes ``03/04/2026``; empty where nobody knows, and then the cells must
    prove it. Cells that contradict the usual order are refused too.

    >>> made = read(np.array(["2026/3/2 下午 08:30", "2026-03-02T12:30Z"], dtype=object), "時間", "")
    >>> made.taipei("Asia/Taipei").strftime("%m-%d %H:%M").tolist()
    ['03-02 20:30', '03-02 20:30']
    """
    codes, distinct = pd.factorize(texts)
    plain = [" ".join(unicodedata.normalize("NFKC", str(text)).split()) for text in distinct]
    slashed = any(_SLASHED.fullmatch(text) for text in plain)
    by_ids = (
        _order_by_ids(texts, codes, plain, header, where, created)
        if slashed and created is not None
        else None
    )
    order, sentence = by_ids or _order(plain, header, where, usual)
    return _written(texts, codes, plain, order, [sentence] if sentence else [])


def _written(texts: Objects, codes: Any, plain: list[str], order: str, repairs: list[str]) -> Written:
    parsed = [_parse(text, order) for text in plain]
    local = np.array([moment for moment, _, _ in parsed] + [np.datetime64("NaT", "us")], dtype="M8[us]")[
        codes
    ]
    minutes = [np.nan if offset is None else float(offset) for _, offset, _ in parsed]
    offset = np.array([*minutes, np.nan])[codes]
    day_only = np.array([day for *_, day in parsed] + [False], bool)[codes]
    return Written(texts, local, offset, ~np.isnan(offset), day_only, repairs)


def refuse_swapped_days(read: Written, header: str, where: str, usual: Order) -> None:
    """Raise ReadError when days follow each other only with day and month in each other's places."""
    order: Order = "day" if usual == "month" else "month"
    plain = [unicodedata.normalize("NFKC", str(text)) for text in read.texts]
    other = _written(read.texts, np.arange(len(plain)), plain, order, []).local
    if _in_a_row(other) and not _in_a_row(read.local):
        raise ReadError(
            f"「{shown(header)}」的月和日像是對調了：照平台的寫法，日期跳著走；對調才是連續的每一天",
            where=where,
            next_step=flips.NEXT_STEP,
        )


def _in_a_row(days: Times) -> bool:
    """Whether three or more days follow each other without a gap."""
    found = np.unique(days[~np.isnat(days)].astype("M8[D]"))
    return len(found) >= 3 and bool((np.diff(found) == np.timedelta64(1, "D")).all())


def _order_by_ids(
    texts: Objects, codes: Any, plain: list[str], header: str, where: str, created: Times
) -> tuple[str, str] | None:
    """The order that the times inside all ids prove; None when they say nothing. Raises ReadError when they disagree."""
    days, months = (_written(texts, codes, plain, order, []).local for order in ("day", "month"))
    verdicts = {"day": flips.proven(months, days, created), "month": flips.proven(days, months, created)}
    for order, words in (("day", "日/月/年"), ("month", "月/日/年")):
        if verdicts[order]:
            return order, f"「{shown(header)}」照「{words}」讀：每一列都由貼文編號裡的時間證實"
    if None in verdicts.values():
        raise ReadError(
            f"「{shown(header)}」的月和日有些對調了（和貼文編號裡的時間對不上），但不是每一列都能證實",
            where=where,
            next_step=flips.NEXT_STEP,
        )
    return None


def _order(plain: list[str], header: str, where: str, usual: Order) -> tuple[str, str]:
    """Whether ``03/04/2026`` is day or month first, by the cells that only make sense one way."""
    slashed = [(text, m) for text in plain if (m := _SLASHED.fullmatch(text))]
    day = [text for text, m in slashed if int(m["first"]) > 12]
    month = [text for text, m in slashed if int(m["then"]) > 12]
    if usual and not (day if usual == "month" else month):
        return usual, ""
    if not usual and (not slashed or bool(day) != bool(month)):
        first, proof = ("day", day) if day else ("month", month)
        words = {"day": "日/月/年", "month": "月/日/年"}[first]
        return (
            first,
            f"「{shown(header)}」照「{words}」讀，因為有「{shown(proof[0])}」這種值" if proof else "",
        )
    seen = [f"「{shown(found[0])}」" for found in (day, month) if found] or [f"「{shown(slashed[0][0])}」"]
    both = "例如" + "、".join(seen)
    raise ReadError(
        f"「{shown(header)}」分不出哪個是月、哪個是日（{both}）",
        where=where,
        next_step="請改寫成年在前面的日期，例如 2026-03-04 12:30",
    )


def _parse(text: str, order: str) -> tuple[np.datetime64, int | None, bool]:
    """The moment of one cell, its offset in minutes, and whether it is only a day; NaT when unreadable."""
    nothing = (np.datetime64("NaT", "us"), None, False)
    found = next((m for p in (_YEAR_FIRST, _COMPACT, _SLASHED, _NAMED) if (m := p.fullmatch(text))), None)
    if found is None:
        return nothing
    part = found.groupdict()
    if part.get("first"):
        part["day"], part["month"] = (
            (part["first"], part["then"]) if order == "day" else (part["then"], part["first"])
        )
    month = _MONTHS.get(str(part["name"]).lower(), 0) if part.get("name") else int(part["month"])
    hour = _hour(int(part["hour"] or 0), (part["half"] or part["ampm"] or "").lower())
    try:
        moment = datetime(
            int(part["year"]),
            month,
            int(part["day"]),
            hour,
            int(part["minute"] or 0),
            int(part["second"] or 0),
        )
    except ValueError:
        return nothing
    if not 2004 <= moment.year < 2100:
        return nothing
    return np.datetime64(moment, "us"), _offset(part["offset"]), part["hour"] is None


def _hour(hour: int, half: str) -> int:
    """24-hour hour; ``half`` is 上午, 下午, am, pm … or empty. 25 (unreadable) for 13 pm and the like."""
    if not half:
        return hour
    if not 1 <= hour <= 12:
        return 25
    afternoon = half in ("下午", "晚上", "中午", "pm")
    if half == "中午" and hour in (10, 11):
        return hour
    return hour % 12 + 12 * afternoon


def _offset(text: str | None) -> int | None:
    """Minutes east of UTC of ``+0800``, ``+08:00``, ``Z`` or ``UTC``."""
    if not text:
        return None
    if text[0] not in "+-":
        return 0
    digits = text[1:].replace(":", "")
    return (-1 if text[0] == "-" else 1) * (int(digits[:2]) * 60 + int(digits[2:]))
