"""Followers who will be back, and how sure that is."""
