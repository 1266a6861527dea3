"""Steps that Meta's layouts share: ids, figures, formats, the finished table and what is left over."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..tables import FORMATS, table
from . import checks, typed
from .headers import Matching, normalise
from .notes import listed
from .picking import Picked, Sieve
from .typed import Mask, Objects

COUNTS = (
    "views", "impressions", "reach", "likes", "comments", "shares", "saves", "clicks", "link_clicks", "follows",
    "followers_at_post",
)  # fmt: skip
SECONDS = ("duration_s", "watch_time_s", "avg_watch_s")
_TOTAL = ("total", "grand total", "總計", "合計")


def ids(picked: Picked, sieve: Sieve) -> Objects:
    """Post ids as text; totals and rows without one are reported, damaged ones repaired."""
    found = picked.text("post_id")
    picked.use("post_id", "post_id")
    if not typed.all_digits(found):
        found = typed.stripped(found)
        total = pd.Series(found, dtype="string").str.casefold().isin(_TOTAL).to_numpy(dtype=bool)
        sieve.drop(total, "總計列，不是貼文")
        sieve.drop(found == "", "沒有貼文編號")
        found = checks.repaired_ids(found, picked.text("permalink"), sieve.raw.rows, sieve.notes)
    checks.rounded_ids(found, sieve.notes)
    return found


def figures(picked: Picked, sieve: Sieve) -> tuple[dict[str, Any], Mask]:
    """Counts and seconds, and the rows in which a figure could not be read."""
    read: dict[str, Any] = {}
    broken = np.zeros(len(sieve.keep), bool)
    for name in (*COUNTS, *SECONDS):
        if name in picked:
            how: Any = checks.read_counts if name in COUNTS else checks.read_seconds
            read[name], bad = how(picked.column(name), picked.header(name), sieve.raw.rows, sieve.notes)
            picked.use(name, name, whole=not bad.any())
            broken |= bad
    return read, broken


def formats(picked: Picked, words: Sequence[tuple[str, Sequence[str]]], sieve: Sieve) -> Objects:
    """Post types in our words; an unknown one stays missing and is noted."""
    role = "format" if "format" in picked else "post_type"
    text = picked.text(role)
    picked.use(role, "format", whole=False)
    codes, distinct = pd.factorize(text)
    known = [_one_format(str(value), words) for value in distinct]
    strange = [str(v) for v, k in zip(distinct, known, strict=True) if str(v).strip() and not k]
    if strange:
        sieve.notes.warn(f"不認得的貼文類型：{listed(strange)}；格式留空")
    return np.array([*known, ""], dtype=object)[codes]


def _one_format(text: str, words: Sequence[tuple[str, Sequence[str]]]) -> str:
    folded = normalise(text)
    if folded in FORMATS:
        return folded
    return next((name for name, parts in words if any(part in folded for part in parts)), "")


def assemble(name: str, columns: Mapping[str, Any], keep: Mask) -> pd.DataFrame:
    """Table ``name`` of the kept rows: declared columns in order and dtype; absent ones are missing."""
    n = len(keep)
    everything = bool(keep.all())
    data: dict[str, Any] = {}
    for column in table(name).columns:
        values = columns.get(column.name)
        if values is None:
            values = _missing(column.dtype, n)
        elif column.dtype == "string":
            values = typed.strings(values).array
        data[column.name] = values if everything else values[keep]
    return pd.DataFrame(data, copy=False)


def _missing(dtype: str, n: int) -> Any:
    if dtype == "Int64":
        return pd.arrays.IntegerArray(np.zeros(n, np.int64), np.ones(n, bool))
    return np.full(n, np.nan) if dtype == "float64" else pd.Series([None] * n, dtype=dtype).array  # type: ignore[call-overload]


def extra(
    picked: Picked,
    matching: Matching,
    numeric: Collection[str],
    index: Any,
    keep: Mask,
    name: str = "post_id",
) -> pd.DataFrame:
    """Every column that did not go into the table as it stands, by ``name``: known figures as numbers."""
    left = picked.raw.frame if keep.all() else picked.raw.frame[keep]
    known = {}
    for cell in matching.cells:
        figure = (cell.role or "").partition(":")[0] in numeric
        if figure and cell.name in left and left[cell.name].dtype == "string":
            read = typed.numbers(left[cell.name])
            if not read.unreadable.any():
                known[cell.name] = read.values
    return left.assign(**known).set_axis(pd.Index(index[keep], name=name), axis=0)
