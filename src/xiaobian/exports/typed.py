"""Text cells → typed values: numbers, times, ids and captions. What cannot be read becomes missing, never 0."""

from __future__ import annotations

import operator
import re
import unicodedata
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

MISSING = (
    "", "-", "--", "—", "–", "N/A", "n/a", "NA", "#N/A", "NAN", "NaN", "nan", "null", "NULL", "None", "undefined",
    "Undefined",
)  # fmt: skip
_MISSING = frozenset(token.casefold() for token in MISSING)
_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?")
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(?:(?:,\d{3})+|(?: \d{3})+)(\.\d+)?")
DOTTED = re.compile(r"[+-]?[1-9]\d{0,2}\.000")
_DECIMAL_COMMA = re.compile(r"[+-]?(?:\d+,(?:\d{1,2}|\d{4,})|0\d*,\d+|\d{4,},\d+)")
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DATED = re.compile(
    rf"\d{{1,4}}[-/. ]{_MONTH}(?:[-/. ]\d{{2,4}})?|{_MONTH}[-/. ]\d{{1,4}}|\d{{1,4}}[-/.]\d{{1,2}}[-/.]\d{{1,4}}(?:[ t].*)?"
    r"|\d{1,2}/\d{1,2}|[\d年]*\d{1,2}月[\d日]*|\d{1,2}[-.][а-я]{3}\.?"
)
_UNITS = {"萬": 1e4, "億": 1e8}

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Times = npt.NDArray[np.datetime64]
Objects = npt.NDArray[np.object_]


@dataclass
class Numbers:
    """Numbers read from a column.

    values: missing is NaN. unreadable: cells that hold something that is not a number. grouped, rounded: how
    many cells had thousands separators, or a rounding unit such as 萬. dated: unreadable cells that look like dates.
    dotted: cells such as ``4.000``, which is four thousand where a dot sets off thousands.
    """

    values: Floats
    unreadable: Mask
    grouped: int = 0
    rounded: int = 0
    examples: list[str] = field(default_factory=list)
    dated: Mask = field(default_factory=lambda: np.zeros(0, bool))
    dotted: Mask = field(default_factory=lambda: np.zeros(0, bool))


def numbers(column: pd.Series) -> Numbers:
    """Read a column of numbers that the C parser has left as text, or pass on one that it has read.

    Thousands may be set off by commas or blanks; where another cell shows that the comma is the decimal sign of the
    file (``0,5``), cells with a comma are unreadable.

    >>> numbers(pd.Series(["1,234", "1.2萬", "-", "abc"], dtype="string")).values.tolist()
    [1234.0, 12000.0, nan, nan]
    """
    if pd.api.types.is_float_dtype(column.dtype):
        return Numbers(column.to_numpy(dtype="float64"), np.zeros(len(column), bool))
    codes, distinct = pd.factorize(column, use_na_sentinel=True)
    read = _decided([str(text) for text in distinct])
    values = np.array([value for value, _ in read] + [np.nan], dtype="float64")[codes]
    kinds = np.array([kind for _, kind in read] + [""], dtype=object)[codes]
    dated = kinds == "date"
    unreadable = (kinds == "unreadable") | dated
    wrong = {kind: [str(t)[:20] for t, (_, k) in zip(distinct, read, strict=True) if k == kind][:3]
             for kind in ("unreadable", "date")}  # fmt: skip
    grouped, rounded = int((kinds == ",").sum()), int((kinds == "萬").sum())
    thousand = np.array([bool(DOTTED.fullmatch(str(text).strip())) for text in distinct] + [False])[codes]
    return Numbers(
        values,
        unreadable,
        grouped,
        rounded,
        wrong["unreadable"] or wrong["date"],
        dated,
        thousand & ~unreadable,
    )


def _decided(texts: list[str]) -> list[tuple[float, str]]:
    """Every distinct cell of a column as ``_number`` reads it; commas are in doubt where one of them is a decimal sign."""
    read = [_number(text) for text in texts]
    if not any(_DECIMAL_COMMA.fullmatch(text.strip()) for text in texts):
        return read
    return [
        (np.nan, "unreadable") if kind in (",", "萬") and "," in text else (value, kind)
        for text, (value, kind) in zip(texts, read, strict=True)
    ]


def _number(text: str) -> tuple[float, str]:
    """The value of one distinct cell and how it was written."""
    clean = unicodedata.normalize("NFKC", text).strip().casefold().replace("\u2212", "-")
    if clean in _MISSING:
        return np.nan, ""
    factor = _UNITS.get(clean[-1:], 1.0)
    body = clean[:-1].strip() if factor > 1 else clean
    grouped = bool(_GROUPED.fullmatch(body))
    body = body.replace(",", "").replace(" ", "") if grouped else body
    if not _PLAIN.fullmatch(body) or not np.isfinite(float(body)):
        return np.nan, "date" if _DATED.fullmatch(clean) else "unreadable"
    value = float(body) * factor
    return (round(value), "萬") if factor > 1 else (value, "," if grouped else "")


def counts(read: Numbers) -> tuple[pd.arrays.IntegerArray, Mask]:
    """Whole numbers ≥ 0 as Int64, and a mask of the numbers that are neither (they become missing)."""
    values = read.values
    known = ~np.isnan(values)
    whole = known & (values >= 0) & (values < 2.0**53)
    whole[whole] &= values[whole] == np.floor(values[whole])
    filled = np.where(whole, values, 0).astype("int64")
    return pd.arrays.IntegerArray(filled, ~whole), known & ~whole


def objects(column: pd.Series) -> Objects:
    """The cells of a text column as Python strings, missing as an empty string."""
    values = column.to_numpy(dtype=object)
    absent = column.isna().to_numpy()
    return np.where(absent, "", values) if absent.any() else values


def strings(values: Objects) -> pd.Series:
    """A ``string`` column in which an empty text is missing."""
    empty = values == ""
    return pd.Series(np.where(empty, _NOTHING, values) if empty.any() else values, dtype="string")


def stripped(values: Objects) -> Objects:
    """Texts without blanks, tabs or line ends around them."""
    return np.asarray(_STRIP(values), dtype=object)


def lengths(values: Objects) -> npt.NDArray[np.int64]:
    """Characters in each text."""
    return np.asarray(_LENGTH(values), dtype=np.int64)


def having(values: Objects, part: str) -> Mask:
    """Which texts contain ``part``."""
    return np.asarray(_HAVING(values, part), dtype=bool)


def all_digits(values: Objects) -> bool:
    """Whether every text is made of 1–31 ASCII digits, a whole column at once.

    >>> all_digits(np.array(["123", "45"], dtype=object)), all_digits(np.array(["123", "4 5"], dtype=object))
    (True, False)
    """
    try:
        raw = np.asarray(values, dtype="S32").view(np.uint8).reshape(len(values), 32)
    except (UnicodeEncodeError, ValueError):
        return False
    digit = (raw >= 48) & (raw <= 57)
    return bool((digit | (raw == 0)).all() and digit[:, 0].all() and not digit[:, 31].any())


_NOTHING = np.array(None, dtype=object)
_STRIP = np.frompyfunc(str.strip, 1, 1)
_LENGTH = np.frompyfunc(len, 1, 1)
_HAVING = np.frompyfunc(operator.contains, 2, 1)
_DAYS_BEFORE = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
_DIGITS = [0, 1, 3, 4, 6, 7, 8, 9, 11, 12, 14, 15]
_OTHER_FORMATS = (
    "%m/%d/%Y %H:%M", "%m/%d/%Y %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M",
    "%Y/%m/%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S",
)  # fmt: skip
_DAY_FIRST_FORMATS = tuple(
    f"{day} %H:%M{seconds}"
    for day in ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%d-%m", "%Y/%d/%m")
    for seconds in ("", ":%S")
)
_DAY_FIRST = r"^\s*(?:1[3-9]|2\d|3[01])[/.\-](?:0?[1-9]|1[0-2])[/.\-]\d{4}\b"


@dataclass
class Moments:
    """Local times without a zone.

    values: datetime64[us], NaT where unreadable. year_first: cells written year first (re-saved by a
    spreadsheet). day_first: cells that only make sense as day/month/year, which is never assumed.
    """

    values: Times
    year_first: int
    day_first: Mask


def moments(values: Objects) -> Moments:
    """Read ``MM/DD/YYYY HH:MM``; year-first forms are accepted too, day-first never.

    >>> moments(np.array(["03/04/2026 08:15", "31/12/2026 08:15"], dtype=object)).values.astype(str).tolist()
    ['2026-03-04T08:15:00.000000', 'NaT']
    """
    times = _fixed_width(values)
    left = np.isnat(times) & (values != "")
    year_first, day_first = 0, np.zeros(len(values), bool)
    if not left.any():
        return Moments(times, year_first, day_first)
    rest = pd.Series(stripped(values[left]), dtype="string")
    for pattern in _OTHER_FORMATS:
        read = _in_range(pd.to_datetime(rest, format=pattern, errors="coerce").to_numpy().astype("M8[us]"))
        found = np.isnat(times[left]) & ~np.isnat(read)
        times[np.flatnonzero(left)[found]] = read[found]
        year_first += int(found.sum()) if pattern.startswith("%Y") else 0
    day_first[left] = rest.str.match(_DAY_FIRST).fillna(False).to_numpy(dtype=bool)
    return Moments(times, year_first, day_first)


def day_first(values: Objects) -> Times:
    """Cells with day and month in each other's places: ``DD/MM/YYYY HH:MM`` or year, day, month; NaT elsewhere.

    >>> day_first(np.array(["03/04/2026 08:15", "03/25/2026 08:15"], dtype=object)).astype("M8[D]").astype(str).tolist()
    ['2026-04-03', 'NaT']
    """
    codes, distinct = pd.factorize(stripped(values))
    cells = pd.Series(distinct, dtype="string")
    times = np.full(len(cells), np.datetime64("NaT", "us"))
    for pattern in _DAY_FIRST_FORMATS:
        read = _in_range(pd.to_datetime(cells, format=pattern, errors="coerce").to_numpy().astype("M8[us]"))
        times = np.where(np.isnat(times), read, times)
    return times[codes]


def _fixed_width(values: Objects) -> Times:
    """``MM/DD/YYYY HH:MM`` read by position, a whole column at once."""
    nothing = np.full(len(values), np.datetime64("NaT", "us"))
    try:
        raw = np.asarray(values, dtype="S17").view(np.uint8).reshape(len(values), 17)
    except (UnicodeEncodeError, ValueError):
        return nothing
    digits = raw[:, _DIGITS].astype(np.int64) - 48
    shape = (
        (raw[:, 2] == 47) & (raw[:, 5] == 47) & (raw[:, 10] == 32) & (raw[:, 13] == 58) & (raw[:, 16] == 0)
    )
    shape &= ((digits >= 0) & (digits <= 9)).all(axis=1)
    pair = digits[:, 0::2] * 10 + digits[:, 1::2]
    month, day, year, hour, minute = (
        pair[:, 0],
        pair[:, 1],
        pair[:, 2] * 100 + pair[:, 3],
        pair[:, 4],
        pair[:, 5],
    )
    shape &= (month >= 1) & (month <= 12) & (day >= 1) & (hour < 24) & (minute < 60)
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    longest = _DAYS_BEFORE[np.where(shape, month, 1) - 1] + (leap & (month == 2))
    shape &= (day <= longest) & (year >= 2004) & (year < 2100)
    months = ((np.where(shape, year, 2004) - 1970) * 12 + np.where(shape, month, 1) - 1).astype("M8[M]")
    minutes = (np.where(shape, day, 1) - 1) * 1440 + hour * 60 + minute
    return np.where(shape, months.astype("M8[us]") + (minutes * 60_000_000).astype("m8[us]"), nothing)


def _in_range(times: Times) -> Times:
    """Years outside 2004–2099 (before social platforms, or damaged) count as unreadable."""
    inside = (times >= np.datetime64("2004-01-01")) & (times < np.datetime64("2100-01-01"))
    return np.where(inside, times, np.datetime64("NaT", "us"))


_MENTION = re.compile(r"@\[\d+:\d+:([^\]\n]+)\]")
_HASHTAG = re.compile(r"#(?<![\w&/]#)(\w*[^\W\d]\w*)")


def without_mentions(values: Objects) -> Objects:
    """Captions with Facebook's mention markup reduced to the name that readers see.

    >>> without_mentions(np.array(["謝謝 @[1000:2048:嶼穗茶食] 的茶"], dtype=object)).tolist()
    ['謝謝 嶼穗茶食 的茶']
    """
    marked = having(values, "@[")
    if marked.any():
        values = values.copy()
        values[marked] = [_MENTION.sub(r"\1", text) for text in values[marked]]
    return values


def hashtags(captions: Objects) -> Objects:
    """Hashtags of each caption without #, separated by blanks, letters of fancy fonts made plain (NFKC).

    >>> hashtags(np.array(["冷泡茶 #金萱 ＃嘉義小旅行", "第 #1 名", "#𝗧𝗲𝗮"], dtype=object)).tolist()
    ['金萱 嘉義小旅行', '', 'Tea']
    """
    wide = having(captions, "＃")
    if wide.any():
        captions = captions.copy()
        captions[wide] = [text.replace("＃", "#") for text in captions[wide]]
    tagged = having(captions, "#")
    found = np.full(len(captions), "", dtype=object)
    find, same = _HASHTAG.findall, dict[str, str]()
    listed = (unicodedata.normalize("NFKC", " ".join(find(text))) for text in captions[tagged])
    found[tagged] = [same.setdefault(tags, tags) for tags in listed]
    return found


def damaged_ids(ids: Objects) -> Mask:
    """Ids that a spreadsheet has turned into ``1.22E+17``: their digits are lost for good."""
    return pd.Series(ids, dtype="string").str.fullmatch(r"\d(?:\.\d+)?[eE]\+?\d+").to_numpy(dtype=bool)
