"""Taiwan's year: which day is what, how long before one starts, and where one keeps quiet."""
