"""Tables of a learner's own engine as pandas frames."""

from __future__ import annotations

from typing import Any

from .engines import fetched, opened


def collected(table: Any) -> Any:
    """The table as pandas when narwhals reads it (Polars, DuckDB, PyArrow …); pandas and anything else as it is.

    For tables that are small, and for fits that need every post.

    >>> collected(3)
    3
    """
    frame = opened(table)
    return table if frame is None else fetched(frame)
