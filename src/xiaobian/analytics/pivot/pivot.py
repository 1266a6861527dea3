"""A pivot of posts whose rates are ratios of sums, with n in every cell, and as a native Excel pivot table."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...errors import NotFound, TableError
from ...tables import table as declared
from ..collected import collected
from ..engine_tally import from_engine
from ..engines import opened
from ..groups import DERIVED, group, key_text
from ..intervals import ratio_interval
from ..measures import NOTES, Pair, check_posts, engagement_sums, pair, parts_of, simulated
from ..metrics import ENGAGEMENT_PARTS, METRICS, Metric
from ..tally import Sums
from . import words

if TYPE_CHECKING:
    from ...reports import Written

FEW = 5
"""Cells with fewer posts are marked: one post decides what they show."""
Key = tuple[str, ...]
_SUMMABLE = ("次", "人", "則", "秒")
_STOCKS = ("followers_at_post", "avg_watch_s", "duration_s")


@dataclass(frozen=True)
class Axis:
    """The text of one grouping column for each post, and its items in reading order."""

    column: str
    header: str
    texts: tuple[str, ...]
    items: tuple[str, ...]


@dataclass(frozen=True)
class PivotResult:
    """What ``pivot()`` found.

    long: a row a cell: kpi, label, row and column (tuples of texts; an empty one is the total over that axis),
    value (share 0–1 or sum), low, high (95 %, rates only), n (posts used), numerator, denominator, few (fewer
    than 5 posts). metrics, axes: what was asked for. notes: what the reader must know. gathered: the same from the
    posts themselves, of a table that another engine added up.
    """

    long: pd.DataFrame
    metrics: tuple[Metric, ...]
    rows: tuple[Axis, ...]
    columns: tuple[Axis, ...]
    data: str
    notes: tuple[str, ...]
    posts: pd.DataFrame
    pairs: Mapping[str, Pair]
    gathered: Callable[[], PivotResult] | None = None

    @property
    def table(self) -> pd.DataFrame:
        """The values, rows and columns named as a learner reads them, totals last (全部)."""
        return self._wide("value")

    @property
    def n(self) -> pd.DataFrame:
        """How many posts each value of ``table`` comes from."""
        return self._wide("n")

    def _wide(self, what: str) -> pd.DataFrame:
        cells = self.long.set_index(["kpi", "row", "column"])[what].to_dict()
        across = [(m, key) for m in self.metrics for key in self.keys("column")]
        found = [[cells.get((m.name, row, key)) for m, key in across] for row in self.keys("row")]
        names = [(m.label, "・".join(key) or words.TOTAL) for m, key in across]
        columns: pd.Index = (
            pd.MultiIndex.from_tuples(names, names=["值", "・".join(a.header for a in self.columns)])
            if self.columns
            else pd.Index([name for name, _ in names])
        )
        index = pd.Index(["・".join(key) or words.TOTAL for key in self.keys("row")])
        index.name = "・".join(axis.header for axis in self.rows)
        wide = pd.DataFrame(found, index=index, columns=columns, dtype="float64")
        return wide.fillna(0).astype("int64") if what == "n" else wide

    def keys(self, axis: str) -> list[Key]:
        """The combinations that occur on ``row`` or ``column``, in order, the total last."""
        return list(dict.fromkeys(self.long[axis]))

    def say(self) -> str:
        """What the first value says across its rows, and how thin the cells are, in 正體中文."""
        return words.say(self)

    def to_excel(self, path: str | os.PathLike[str]) -> Written:
        """Write an .xlsx with a native, refreshable pivot table, charts, typed data and definitions.

        Raises TableError for a path that does not end in .xlsx, too many items for a pivot table, or data that
        Excel cannot hold. The workbook holds every post, so a table of another engine is fetched for it.
        """
        from .book import write

        return write(self.gathered() if self.gathered else self, path)

    def __repr__(self) -> str:
        return words.as_text(self)

    def _repr_html_(self) -> str:
        return words.as_html(self)


def pivot(
    posts: Any,
    rows: str | Sequence[str],
    columns: str | Sequence[str] | None = None,
    values: str | Sequence[str] = "er_reach",
    *,
    engagement: str | Sequence[str] = ENGAGEMENT_PARTS,
) -> PivotResult:
    """Posts by rows and columns; rates are ratios of sums by their KPI definition, counts are sums.

    posts: a posts table of pandas or any engine (added up there). rows, columns: its columns, or ``week``, ``month``, ``weekday`` (Taipei). values: KPIs of
    ``METRICS`` or counts of the posts table such as ``likes``. engagement: the columns summed as 互動. A cell
    uses only posts whose numerator and denominator are known; n says how many; fewer than 5 are marked.

    Raises TableError for an empty table, an unknown or repeated column, or a value that cannot be summed.

    >>> posts = pd.DataFrame({"platform": ["line", "line", "x"], "reach": [100, 300, 50], "likes": [4, 8, 5]})
    >>> found = pivot(posts, "platform", values="er_reach", engagement="likes")
    >>> found.table["互動率（互動 ÷ 觸及）"].round(3).to_dict()
    {'LINE': 0.03, 'X': 0.1, '全部': 0.038}
    """
    parts = parts_of(engagement)
    if (frame := opened(posts)) is not None:
        again = partial(pivot, rows=rows, columns=columns, values=values, engagement=engagement)
        asked = _asked(rows, columns, values)
        return _on_engine(frame, *asked, parts, lambda: again(collected(posts)))
    check_posts(posts, parts)
    down, across, metrics = _asked(rows, columns, values)
    sums = engagement_sums(posts, parts)
    headers = words.headers((*down, *across))
    grouped = {name: group(posts, [name]) for name in (*down, *across)}
    axes = [
        tuple(
            _axis(name, headers[name], found.keys[name], found.codes)
            for name, found in grouped.items()
            if name in names
        )
        for names in (down, across)
    ]
    pairs = {what.name: pair(what, posts, sums.total) for what in metrics}
    long = pd.concat(
        [_cells(what, _one_by_one(pairs[what.name]), *axes) for what in metrics], ignore_index=True
    )
    notes = (
        *posts.attrs.get(NOTES, ()),
        *_notes(metrics, sums.notes),
        *simulated(posts),
    )
    return PivotResult(
        long, metrics, axes[0], axes[1], words.data_line(posts), tuple(dict.fromkeys(notes)), posts, pairs
    )  # fmt: skip


def _asked(
    rows: str | Sequence[str], columns: str | Sequence[str] | None, values: str | Sequence[str]
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[Metric, ...]]:
    down, across = (_names(names) for names in (rows, columns))
    _check_axes(down, across)
    return down, across, _metrics(_names(values))


def _on_engine(
    frame: Any,
    down: tuple[str, ...],
    across: tuple[str, ...],
    metrics: tuple[Metric, ...],
    parts: tuple[str, ...],
    again: Callable[[], PivotResult],
) -> PivotResult:
    """The pivot from sums that the engine made, a row a combination of all axes."""
    found = from_engine(frame, (*down, *across), parts, metrics, medians=False)
    headers = words.headers((*down, *across))
    axes = []
    for names in (down, across):
        grouped = {name: group(found.keys, [name]) for name in names}
        axes.append(tuple(_axis(n, headers[n], g.keys[n], g.codes) for n, g in grouped.items()))
    long = pd.concat([_cells(what, found.sums[what.name], *axes) for what in metrics], ignore_index=True)
    notes = tuple(dict.fromkeys((*_notes(metrics, found.summed), *found.simulated)))
    data = words.data_told(found.posts, found.period)
    return PivotResult(long, metrics, axes[0], axes[1], data, notes, pd.DataFrame(), {}, again)


def _notes(metrics: tuple[Metric, ...], summed: tuple[str, ...]) -> tuple[str, ...]:
    return (
        *(summed if any(what.sums_engagements for what in metrics) else ()),
        *(f"{what.title}：{what.note}" for what in metrics if what.note),
    )


def _names(names: str | Sequence[str] | None) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names or ())


def _check_axes(rows: tuple[str, ...], columns: tuple[str, ...]) -> None:
    if not rows:
        raise TableError("沒有指定要用什麼分列", where="參數 rows", next_step='例如 rows="format"')
    names = [*rows, *columns]
    if repeated := {name for name in names if names.count(name) > 1}:
        raise TableError(
            f"同一個欄位用了兩次：{'、'.join(sorted(repeated))}",
            where="參數 rows、columns",
            next_step="每個欄位只能放在列或欄其中一邊",
        )


def _metrics(names: tuple[str, ...]) -> tuple[Metric, ...]:
    if not names:
        raise TableError("沒有指定要算什麼", where="參數 values", next_step='例如 values="er_reach"')
    return tuple(_metric(name) for name in dict.fromkeys(names))


def _metric(name: str) -> Metric:
    if name in METRICS:
        return METRICS[name]
    try:
        column = declared("posts").column(name)
    except NotFound:
        raise NotFound(f"沒有「{name}」這個值", where="參數 values", next_step=f"可用的指標：{'、'.join(METRICS)}，或 likes、saves 這類次數欄位") from None  # fmt: skip
    if column.unit not in _SUMMABLE or name in _STOCKS:
        raise TableError(
            f"「{column.label}」加總起來沒有意義",
            where="參數 values",
            next_step=f"可用的指標：{'、'.join(METRICS)}，或 likes、saves 這類次數欄位",
        )
    return Metric(name, column.label, column.unit, name, "", column.unit)


def _axis(name: str, header: str, keys: pd.Series, codes: np.ndarray) -> Axis:
    """The text of each row on this axis; two keys that a spreadsheet could not tell apart get a number."""
    texts: list[str] = []
    for key in keys:
        text, seen = _text(key, name), {t.casefold() for t in texts}
        while text.casefold() in seen:
            text += "（另一個）"
        texts.append(text)
    return Axis(name, header, tuple(texts[code] for code in codes), tuple(texts))


def _text(key: object, column: str) -> str:
    if isinstance(key, (bool, np.bool_)):
        return "是" if key else "否"
    if isinstance(key, pd.Timestamp) and column in DERIVED:
        return key.strftime("%Y-%m" if column == "month" else "%Y-%m-%d 那週")
    text = key_text(key, column).strip()
    return text or "（空白）"


def _one_by_one(found: Pair) -> Sums:
    """Each post as a group of its own, zero where it cannot be used."""
    y, x, used = found
    y, x = np.where(used, y, 0.0), np.where(used, x, 0.0)
    return Sums(used.astype("float64"), x, y, x * x, y * y, x * y)


def _cells(what: Metric, found: Sums, rows: tuple[Axis, ...], columns: tuple[Axis, ...]) -> pd.DataFrame:
    """Every cell and every total of one value."""
    down, row_keys = _codes(rows, len(found.n))
    across, column_keys = _codes(columns, len(found.n))
    flat_down, flat_across = np.zeros_like(down), np.zeros_like(across)
    parts = []
    if columns:
        parts.append(_grid(what, found, (down, row_keys), (across, column_keys)))
        parts.append(_grid(what, found, (flat_down, [()]), (across, column_keys)))
    parts.append(_grid(what, found, (down, row_keys), (flat_across, [()])))
    parts.append(_grid(what, found, (flat_down, [()]), (flat_across, [()])))
    cells = pd.concat(parts, ignore_index=True)
    order = {key: place for place, key in enumerate([*row_keys, ()])}
    order_across = {key: place for place, key in enumerate([*column_keys, ()])}
    places = [
        (order[row], order_across[column]) for row, column in zip(cells["row"], cells["column"], strict=True)
    ]
    return cells.iloc[sorted(range(len(places)), key=places.__getitem__)]


def _codes(axes: tuple[Axis, ...], n: int) -> tuple[np.ndarray, list[Key]]:
    """The combination of each post, and the combinations that occur, in reading order."""
    if not axes:
        return np.zeros(n, dtype=np.intp), []
    place = [{text: number for number, text in enumerate(axis.items)} for axis in axes]
    texts = list(zip(*(axis.texts for axis in axes), strict=True))
    keys = sorted(set(texts), key=lambda key: [p[t] for p, t in zip(place, key, strict=True)])
    number = {key: i for i, key in enumerate(keys)}
    return np.array([number[key] for key in texts], dtype=np.intp), keys


def _grid(
    what: Metric, found: Sums, rows: tuple[np.ndarray, list[Key]], columns: tuple[np.ndarray, list[Key]]
) -> pd.DataFrame:
    size = len(rows[1]) * len(columns[1])
    sums = found.again(rows[0] * len(columns[1]) + columns[0], size)
    nothing = np.full(size, np.nan)
    numerator = np.where(sums.n > 0, sums.y, np.nan)
    value, low, high = numerator, nothing, nothing
    if what.is_ratio:
        value, low, high = ratio_interval(sums.n, sums.x, sums.y, sums.xx, sums.yy, sums.xy)
    return pd.DataFrame(
        {
            "kpi": what.name, "label": what.label,
            "row": [key for key in rows[1] for _ in columns[1]],
            "column": [key for _ in rows[1] for key in columns[1]],
            "value": value, "low": low, "high": high, "n": sums.n.astype("int64"),
            "numerator": numerator,
            "denominator": np.where(sums.n > 0, sums.x, np.nan) if what.is_ratio else nothing,
            "few": sums.n < FEW,
        }
    )  # fmt: skip
