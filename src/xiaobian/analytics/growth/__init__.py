"""Followers by where they came from and whether they stay."""
