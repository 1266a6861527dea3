"""The effect of the time of posting."""
