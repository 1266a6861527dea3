"""Real platform files into the kit's tables, with a report of what was recognised, assumed and dropped."""

from .layout import Built, Context, Fit, Layout
from .read import Export, read_export
from .report import Report

__all__ = ["Built", "Context", "Export", "Fit", "Layout", "Report", "read_export"]
