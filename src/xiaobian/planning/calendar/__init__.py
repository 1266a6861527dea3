"""The content calendar: planned posts, approval, conflicts, and files for other programs."""
