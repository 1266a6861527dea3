"""Control charts: which week is a signal."""
