"""Whose fault it is in the eyes of the public, what to say, and whether a statement says it."""
