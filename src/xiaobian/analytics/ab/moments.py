"""What an A/B test has to say in a few sums: people, means and co-variances by day and arm.

The sums are made by ``narwhals``, so a pandas, Polars or DuckDB table gives the same numbers; everything after
them is small and NumPy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...errors import TableError
from ..engines import fetched, with_taipei
from ..measures import Floats

_DAY, _ARM, _N = "_day", "_arm", "_n"
_CELLS = ("exposed", "clicks")
Counts = Mapping[str, tuple[int, int]]


@dataclass(frozen=True)
class Quantity:
    """What is compared: a mean, or a ratio of two sums, with what was known before the test.

    name: shown to the reader. columns: value, then denominator, covariate and the covariate's denominator, each
    empty when there is none.
    """

    name: str
    columns: tuple[str, str, str, str]

    @property
    def used(self) -> tuple[str, ...]:
        """The columns that are there, once each."""
        return tuple(dict.fromkeys(c for c in self.columns if c))


@dataclass(frozen=True)
class Moments:
    """Sums of one quantity, [day, arm]: n people used, their sums and cross products around ``shift``.

    first: [day, arm, column]. second: [day, arm, column, column]. logs: [day, arm, 3], how many values are above 0,
    the sum of their logarithms and of the squares, or None. binary: whether the values are all 0 or 1.
    """

    quantity: Quantity
    days: NDArray[Any]
    arms: tuple[str, ...]
    assigned: Floats
    n: Floats
    shift: Floats
    first: Floats
    second: Floats
    logs: Floats | None
    binary: bool

    @property
    def dated(self) -> bool:
        """Whether the test can be followed day by day."""
        return len(self.days) > 0

    def whole(self) -> Moments:
        """All days together."""
        return self._summed(lambda sums: sums.sum(axis=0, keepdims=True))

    def running(self) -> Moments:
        """The state at the end of each day."""
        return self._summed(lambda sums: sums.cumsum(axis=0))

    def pair(self, control: int, other: int) -> Moments:
        """Two arms only."""
        kept = replace(self, arms=(self.arms[control], self.arms[other]))
        return kept._summed(lambda sums: sums[:, [control, other]])

    def _summed(self, how: Any) -> Moments:
        names = ("assigned", "n", "first", "second")
        sums = {name: how(getattr(self, name)) for name in names}
        return replace(self, **sums, logs=None if self.logs is None else how(self.logs))

    def means(self) -> Floats:
        """[day, arm, column]."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return self.shift + self.first / self.n[..., None]

    def covariances(self) -> Floats:
        """Within each arm, [day, arm, column, column]."""
        return _covariances(self.n, self.first, self.second)

    def pooled_covariances(self) -> Floats:
        """Of all arms thrown together, [day, column, column]."""
        return _covariances(self.n.sum(axis=1), self.first.sum(axis=1), self.second.sum(axis=1))


def _covariances(n: Floats, first: Floats, second: Floats) -> Floats:
    n = n[..., None, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        return (second - first[..., :, None] * first[..., None, :] / n) / (n - 1)


def from_counts(counts: Counts, name: str) -> Moments:
    """Moments of people and clicks by arm.

    Raises TableError for counts that cannot be.

    >>> from_counts({"A": (10, 2), "B": (10, 4)}, "點擊率").means().ravel().tolist()
    [0.2, 0.4]
    """
    pairs = np.array([counts[arm] for arm in counts], dtype=float)
    return _binomial(name, np.array([]), tuple(map(str, counts)), pairs[None, :, 0], pairs[None, :, 1])


def from_trials(trials: Any, name: str) -> Moments:
    """Moments of table ``trials``: people and clicks by day and arm. One trial only.

    Raises TableError for columns it lacks, empty cells and more clicks than people.
    """
    frame = nw.from_native(trials)
    _need(frame, ("date", "arm", "exposed", "clicks"))
    cells = _with_day(frame, "date").select(
        _DAY,
        nw.col("arm").cast(nw.String).alias(_ARM),
        *(nw.col(c).cast(nw.Float64) for c in _CELLS),
    )
    empty = _columns(cells.select(*(nw.col(c).is_null().cast(nw.Int64).sum() for c in (_ARM, *_CELLS))))
    if blank := [c for c, count in zip(("arm", *_CELLS), empty.values(), strict=True) if count[0]]:
        raise TableError(f"「{'、'.join(blank)}」有空白", next_step="缺的不是 0；請補上，或拿掉那幾天")
    sums = _sums(cells, [_DAY, _ARM], _CELLS)
    days, arms, place = _grid(sums)
    people, clicks = (_placed(sums[c], place, (len(days), len(arms))) for c in _CELLS)
    return _binomial(name, days, arms, people, clicks)


def _binomial(
    name: str, days: NDArray[Any], arms: tuple[str, ...], people: Floats, clicks: Floats
) -> Moments:
    if not (np.isfinite(people).all() and (clicks >= 0).all() and (clicks <= people).all()):
        raise TableError(
            "點擊人數要在 0 和送達人數之間", where="送達人數、點擊人數", next_step="請檢查每一組的兩個數字"
        )
    shaped = clicks[..., None]
    return Moments(
        Quantity(name, ("clicks", "", "", "")), days, arms, people, people, np.zeros(1), shaped,
        shaped[..., None], None, True,
    )  # fmt: skip


def from_people(
    people: Any, quantities: Sequence[Quantity], arm: str, date: str | None
) -> tuple[list[Moments], int]:
    """Moments of a table with a row a person, one a quantity, and how many rows had no arm.

    A person whose value is missing counts as assigned and not as used. Raises TableError for columns it lacks or
    that hold no numbers.
    """
    frame = nw.from_native(people)
    columns = tuple(dict.fromkeys(c for q in quantities for c in q.used))
    _need(frame, (arm, *columns, *([date] if date else [])))
    schema = frame.collect_schema()
    if wrong := [c for c in columns if not (schema[c].is_numeric() or schema[c] == nw.Boolean)]:
        raise TableError(f"「{'、'.join(wrong)}」不是數字", next_step="請先轉成數字，再讀一次")
    keys = [nw.col(arm).cast(nw.String).alias(_ARM), *([nw.col(_DAY)] if date else [])]
    frame = _with_day(frame, date) if date else frame
    lost = _columns(frame.select(nw.col(arm).is_null().cast(nw.Int64).sum().alias(_N)))[_N][0]
    known = frame.filter(~nw.col(arm).is_null()) if lost else frame
    known = known.select(*keys, *(nw.col(c).cast(nw.Float64) for c in columns))
    by = [_DAY, _ARM] if date else [_ARM]
    assigned = _sums(known, by, ())
    days, arms, place = _grid(assigned)
    shape = (max(len(days), 1), len(arms))
    everyone = _placed(assigned[_N], place, shape)
    return [_moments(known, q, by, days, arms, everyone) for q in quantities], int(lost)


def _moments(
    known: Any, quantity: Quantity, by: list[str], days: NDArray[Any], arms: tuple[str, ...], everyone: Floats
) -> Moments:
    used = quantity.used
    rows = known.filter(*(nw.col(c).is_finite() for c in used))
    about = _about(rows, used)
    shift = np.array([about[f"mean{i}"] for i in range(len(used))], dtype=float)
    pairs = [(i, j) for i in range(len(used)) for j in range(i, len(used))]
    centred = {f"f{i}": nw.col(c) - float(shift[i]) for i, c in enumerate(used)}
    products = {f"s{i}{j}": nw.col(f"f{i}") * nw.col(f"f{j}") for i, j in pairs}
    rows = rows.with_columns(**centred).with_columns(**products)
    logs = about["least"] >= 0 and about["most"] > 1 and not quantity.columns[1]
    if logs:
        value = nw.col(used[0])
        rows = rows.with_columns(l1=nw.when(value > 0).then(value).otherwise(1.0).log())
        rows = rows.with_columns(l0=(value > 0).cast(nw.Float64), l2=nw.col("l1") * nw.col("l1"))
    sums = _sums(rows, by, (*centred, *products, *(("l0", "l1", "l2") if logs else ())))
    place, shape = _places(sums, days, arms), (max(len(days), 1), len(arms))
    second = np.zeros((*shape, len(used), len(used)))
    for i, j in pairs:
        second[..., i, j] = second[..., j, i] = _placed(sums[f"s{i}{j}"], place, shape)
    first = np.stack([_placed(sums[f"f{i}"], place, shape) for i in range(len(used))], axis=-1)
    n = _placed(sums[_N], place, shape)
    kept = np.stack([_placed(sums[f"l{k}"], place, shape) for k in range(3)], axis=-1) if logs else None
    binary = bool(about["binary"]) and not quantity.columns[1]
    return Moments(quantity, days, arms, everyone, n, shift, first, second, kept, binary)


def _about(rows: Any, used: tuple[str, ...]) -> dict[str, float]:
    value = nw.col(used[0])
    found = _columns(
        rows.select(
            *(nw.col(c).mean().alias(f"mean{i}") for i, c in enumerate(used)),
            value.min().alias("least"),
            value.max().alias("most"),
            (value * (1 - value)).abs().max().alias("binary"),
        )
    )
    about = {name: np.nan if pd.isna(values[0]) else values[0] for name, values in found.items()}
    if np.isnan(about["least"]):
        raise TableError("沒有一個人有數字可以比", where=f"欄位 {'、'.join(used)}")
    return about | {"binary": about["binary"] == 0}


def _sums(table: Any, by: list[str], columns: Sequence[str]) -> dict[str, list[Any]]:
    return _columns(table.group_by(by).agg(nw.len().alias(_N), *(nw.col(c).sum() for c in columns)))


def _columns(table: Any) -> dict[str, list[Any]]:
    return {str(name): list(values) for name, values in fetched(table.lazy()).items()}


def _grid(sums: dict[str, list[Any]]) -> tuple[NDArray[Any], tuple[str, ...], Any]:
    days = np.sort(np.unique(_days_of(sums))) if _DAY in sums else np.array([])
    arms = tuple(sorted({str(arm) for arm in sums[_ARM]}))
    if len(arms) < 2:
        raise TableError(
            f"要有兩組以上才能比，現在有 {len(arms)} 組", where="組別欄", next_step="請確認組別欄名"
        )
    return days, arms, _places(sums, days, arms)


def _days_of(sums: dict[str, list[Any]]) -> NDArray[Any]:
    days = np.array(sums[_DAY], dtype="datetime64[D]")
    if np.isnat(days).any():
        raise TableError("日期有空白", where="日期欄", next_step="請補上日期，或用 date=None 不分日期")
    return days


def _places(sums: dict[str, list[Any]], days: NDArray[Any], arms: tuple[str, ...]) -> Any:
    rows = np.searchsorted(days, _days_of(sums)) if len(days) else np.zeros(len(sums[_ARM]), dtype=int)
    return rows, np.array([arms.index(str(arm)) for arm in sums[_ARM]], dtype=int)


def _placed(values: list[Any], place: Any, shape: tuple[int, ...]) -> Floats:
    grid = np.zeros(shape)
    np.add.at(grid, place, np.asarray(values, dtype=float))
    return grid


def _with_day(frame: Any, date: str) -> Any:
    """The frame with the day in Taipei of a column of dates or times."""
    kind = frame.collect_schema()[date]
    if kind == nw.Date:
        return frame.with_columns(nw.col(date).cast(nw.Datetime("us")).alias(_DAY))
    if not isinstance(kind, nw.Datetime):
        raise TableError(
            f"「{date}」不是日期", where=f"欄位 {date}", next_step="請先用 pd.to_datetime() 轉成日期"
        )
    if kind.time_zone:
        frame, date = with_taipei(frame, {date: _DAY}), _DAY
    return frame.with_columns(nw.col(date).dt.truncate("1d").alias(_DAY))


def _need(frame: Any, columns: Sequence[str]) -> None:
    names = frame.collect_schema().names()
    if missing := [c for c in columns if c not in names]:
        raise TableError(
            f"這個表缺少欄位 {'、'.join(missing)}",
            where=f"現有的欄位：{'、'.join(map(str, names))}",
            next_step="請確認欄名，或用 value=、arm= 指定",
        )
