"""Rules of a floor, comments to their desks, what hiding takes away, and how a community fares."""
