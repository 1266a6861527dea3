"""Tables of a learner's own engine as the pandas frames that small daily tables need."""

from __future__ import annotations

from typing import Any

import pandas as pd


def collected(table: Any) -> Any:
    """The table as pandas when narwhals reads it (Polars, DuckDB, PyArrow …); pandas and anything else as it is.

    These tables are small (a row a day, a creator, a source), so they are gathered before anything is computed.

    >>> collected(3)
    3
    """
    if table is None or isinstance(table, (pd.DataFrame, pd.Series, str, list, tuple)):
        return table
    import narwhals.stable.v2 as nw

    try:
        return nw.from_native(table).lazy().collect("pandas").to_native()
    except TypeError:
        return table
