"""One message into a version a platform, by rules anyone can read; and whether the versions still say the same."""
