"""A month of posts placed under hours, dates and limits."""
