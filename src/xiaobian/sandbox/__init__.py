"""The simulated world of the brand: its posts, its people, its truth."""
