"""Real platform files into the kit's tables, with a report of what was recognised, assumed and dropped."""

from .blocks import Block
from .layout import Built, Context, Fit, Layout, StackedLayout
from .manual import template
from .read import Export, read_export
from .report import Report

__all__ = [
    "Block",
    "Built",
    "Context",
    "Export",
    "Fit",
    "Layout",
    "Report",
    "StackedLayout",
    "blocks",
    "read_export",
    "template",
]
