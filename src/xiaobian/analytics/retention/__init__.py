"""Where viewers leave a video."""
