"""Exact choices under limits. Knows nothing of platforms or posts: values, costs, limits, overlaps."""
