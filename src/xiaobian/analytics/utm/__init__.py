"""UTM links: built, read, checked."""
