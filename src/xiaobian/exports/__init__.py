"""Real platform files into the kit's tables, with a report of what was recognised, assumed and dropped."""

from .blocks import Block
from .export import Export
from .layout import Built, Context, Fit, Layout, StackedLayout
from .manual import template
from .read import read_export
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
    "read_export",
    "template",
]
