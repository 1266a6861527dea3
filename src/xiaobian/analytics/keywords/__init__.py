"""Search keywords worth writing for."""
