"""The simulated world of the brand: its posts, its people, its truth."""

from .world import World as World
