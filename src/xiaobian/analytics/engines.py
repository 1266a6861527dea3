"""Tables of other engines (Polars, DuckDB, PyArrow, Dask, Spark …): asked through narwhals, answered as pandas.

Only small results cross over. What an engine calls Sunday, and in which zone it keeps its times, is settled here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import narwhals.stable.v2 as nw
import pandas as pd

from ..errors import TableError
from ..tables import TAIPEI

_NOT_TABLES = (pd.DataFrame, pd.Series, str, bytes, dict, list, tuple)


def opened(table: Any) -> nw.LazyFrame[Any] | None:
    """The table as a lazy narwhals frame when an engine other than pandas holds it, else None.

    >>> opened(pd.DataFrame({"a": [1]})) is None, opened(3) is None
    (True, True)
    """
    if table is None or isinstance(table, _NOT_TABLES):
        return None
    try:
        return nw.from_native(table).lazy()
    except TypeError:
        return None


def engine_name(frame: nw.LazyFrame[Any]) -> str:
    """What the engine is called, for a note."""
    known = {"duckdb": "DuckDB", "polars": "Polars", "pyarrow": "PyArrow", "dask": "Dask", "pyspark": "Spark"}
    name = frame.implementation.name.lower()
    return known.get(name.removesuffix("_connect"), name)


def exact_median(frame: nw.LazyFrame[Any]) -> bool:
    """Whether the engine has a median by group that is exact; PyArrow's is an approximation."""
    return not frame.implementation.is_pyarrow()


def adds_expressions(frame: nw.LazyFrame[Any]) -> bool:
    """Whether a group-by may add up expressions; PyArrow's and Dask's take only columns.

    Polars must not be given columns made before: what it cannot stream it would hold in memory, all of them.
    """
    engine = frame.implementation
    return bool(engine.is_polars() or engine.is_duckdb() or engine.is_spark_like())


def fetched(frame: nw.LazyFrame[Any]) -> pd.DataFrame:
    """The rows as pandas, with no package beyond pandas and the engine itself.

    Dates become ``datetime64``, whole numbers with gaps floats, as the engines' own conversions make them.
    """
    engine = frame.implementation
    if engine.is_polars():
        found = nw.to_native(frame).collect(engine="streaming")
        return pd.DataFrame({name: _plain(found[name]) for name in found.columns})
    rows: pd.DataFrame = frame.collect("pandas").to_native()
    if engine.is_spark_like():
        for name, kind in frame.collect_schema().items():
            if isinstance(kind, nw.Datetime) and kind.time_zone:
                rows[name] = rows[name].dt.tz_localize(kind.time_zone, ambiguous="NaT", nonexistent="NaT")
    return rows


def _plain(column: Any) -> Any:
    """A Polars column as a pandas one, without PyArrow."""
    kind = str(column.dtype)
    if kind.startswith("Datetime"):
        zone = column.dtype.time_zone
        if zone is None:
            return pd.Series(column.to_numpy())
        utc = column.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
        return pd.Series(utc.to_numpy()).dt.tz_localize("UTC").dt.tz_convert(zone)
    if kind == "Date":
        return pd.Series(column.to_numpy()).astype("datetime64[us]")
    if column.dtype.is_numeric() and not kind.startswith("Decimal"):
        return column.to_numpy()
    return column.to_list()


def weekday(time: nw.Expr) -> nw.Expr:
    """1 (Monday) to 7 (Sunday) on every engine: Spark's own answer for Sunday is 0, all others' is 7."""
    return monday_first(time.dt.weekday())


def monday_first(day: Any) -> Any:
    """Days counted with Sunday as 0 or as 7, both as 1 (Monday) to 7 (Sunday); for numbers and expressions.

    >>> [monday_first(day) for day in (0, 1, 6, 7)]
    [7, 1, 6, 7]
    """
    return (day + 6) % 7 + 1


def ordinal(time: nw.Expr) -> nw.Expr:
    """The day as ``date.toordinal()`` counts it, so that weeks can be formed where no engine's calendar is asked."""
    before = time.dt.year() - 1
    return 365 * before + before // 4 - before // 100 + before // 400 + time.dt.ordinal_day()


def with_taipei(frame: nw.LazyFrame[Any], names: Mapping[str, str]) -> nw.LazyFrame[Any]:
    """Add the Taipei clock times, without zone, of columns that have one; names: column by column, what to call it.

    DuckDB and Spark keep one zone a session, so there the engine's own function does it.

    Raises TableError for a column that is no time with a zone.
    """
    schema = frame.collect_schema()
    zones = {column: _zone_of(column, schema[column]) for column in names}
    native, engine = nw.to_native(frame), frame.implementation
    if engine.is_duckdb():
        told = (f"timezone('{TAIPEI}', {_quoted(c)}) AS {_quoted(name)}" for c, name in names.items())
        return nw.from_native(native.project(", ".join(["*", *told])))
    if engine.is_spark_like():
        return nw.from_native(
            native.withColumns({name: _spark_clock(native, c) for c, name in names.items()})
        )
    made = []
    for column, name in names.items():
        time = nw.col(column)
        time = time if zones[column] == TAIPEI else time.dt.convert_time_zone(TAIPEI)
        made.append(time.dt.replace_time_zone(None).alias(name))
    return frame.with_columns(*made)


def _zone_of(column: str, kind: Any) -> str:
    if isinstance(kind, nw.Datetime) and kind.time_zone is not None:
        return kind.time_zone
    raise TableError(
        "「發佈時間」沒有時區，分不出是哪一天",
        where=f"欄位 {column} 的型別是 {kind}",
        next_step="請先標上時區：Polars 用 .dt.replace_time_zone，DuckDB 用 timezone('Asia/Taipei', 欄位)，"
        "或用 xb.read_export() 讀檔",
    )


def _quoted(column: str) -> str:
    """A column's name for DuckDB's SQL."""
    return '"' + column.replace('"', '""') + '"'


def _spark_clock(native: Any, column: str) -> Any:
    from pyspark.sql import functions

    session = native.sparkSession.conf.get("spark.sql.session.timeZone")
    plain = native[column].cast("timestamp_ntz")
    return functions.convert_timezone(functions.lit(session), functions.lit(TAIPEI), plain)
