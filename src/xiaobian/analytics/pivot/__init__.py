"""Pivot tables and a workbook that refreshes."""
