"""Posts above what their account expects."""
