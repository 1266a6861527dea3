"""The limits that subtitles are written and judged by, from ``datasets/reference/subtitles.csv``."""

from __future__ import annotations

from functools import cache

from ... import datasets


@cache
def limits() -> dict[str, float]:
    """Value of every rule by its id: min_seconds, max_seconds, max_lines, gap_frames, zh_chars_per_line, zh_chars_per_second.

    >>> limits()["max_lines"]
    2.0
    """
    rows = datasets.reference("subtitles").set_index("id")
    return {str(name): float(value) for name, value in rows["value"].items()}


@cache
def doubtful() -> frozenset[str]:
    """Rules that have only been seen second hand.

    >>> sorted(doubtful())
    ['zh_chars_per_line', 'zh_chars_per_second']
    """
    rows = datasets.reference("subtitles").set_index("id")
    return frozenset(str(name) for name in rows.index[rows["verification"] != "verified"])
