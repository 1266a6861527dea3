"""Noticing a crisis while it begins, its level, and the procedure that follows."""
