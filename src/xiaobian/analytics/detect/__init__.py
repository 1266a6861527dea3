"""Noticing a crisis while it begins."""
