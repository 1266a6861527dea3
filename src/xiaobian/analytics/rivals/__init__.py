"""Share of voice and the day a rival changed."""
