"""A/B tests: plan one, read one, and when to stop."""
