"""Tables of a learner's own engine as pandas frames."""

from __future__ import annotations

from typing import Any

import pandas as pd


def collected(table: Any) -> Any:
    """The table as pandas when narwhals reads it (Polars, DuckDB, PyArrow …); pandas and anything else as it is.

    For tables that are small, and for fits that need every post.

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
