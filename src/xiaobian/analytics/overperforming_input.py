"""Posts from any engine, as the frame that a fit post by post needs."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw


def collected(posts: Any) -> Any:
    """The table as pandas when narwhals reads it (Polars, DuckDB, PyArrow …); anything else as it is.

    >>> collected(3)
    3
    """
    try:
        return nw.from_native(posts).lazy().collect("pandas").to_native()
    except TypeError:
        return posts
