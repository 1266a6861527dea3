"""The CSV text of a sample file, as every platform but TikTok Studio writes it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Literal


def csv_text(rows: Iterable[Sequence[object]], quoting: Literal[0, 1, 2, 3] = csv.QUOTE_MINIMAL) -> str:
    """Rows with commas and LF; cells are quoted where needed unless ``quoting`` says otherwise.

    >>> csv_text([["a", "b"], [1, "x,y"]])
    'a,b\\n1,"x,y"\\n'
    """
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n", quoting=quoting).writerows(rows)
    return text.getvalue()
