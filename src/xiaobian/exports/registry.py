"""Which modules bring layouts. A new platform is plugged in with one line here and two files.

1. ``exports/<module>.py`` with a tuple ``LAYOUTS`` of objects that satisfy ``layout.Layout`` (one table below one
   header row) or ``layout.StackedLayout`` (several tables in one file or workbook).
2. ``exports/aliases/<module>.yml`` with one or more families of header names at its top level; a layout names its
   family. See ``headers.aliases`` for what a family may hold.
3. The module's name in ``MODULES`` below, in alphabetical order, committed together with the module.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

from .layout import AnyLayout

MODULES: tuple[str, ...] = (
    "ga4",
    "generic",
    "line_oa",
    "linkedin",
    "meta",
    "meta_audience",
    "meta_charts",
    "meta_insights",
    "meta_insights_book",
    "meta_insights_page",
    "tiktok",
    "x_posts",
    "youtube",
)  # fmt: skip


@cache
def layouts() -> tuple[AnyLayout, ...]:
    """Every layout of every module.

    >>> {"facebook", "instagram"} <= {layout.platform for layout in layouts()}
    True
    """
    return tuple(layout for name in MODULES for layout in import_module(f".{name}", __package__).LAYOUTS)
