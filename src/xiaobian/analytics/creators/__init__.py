"""Creators scored by what a dollar brings and how real their audience is."""
