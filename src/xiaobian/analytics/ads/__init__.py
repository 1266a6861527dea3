"""An ad budget split by what the next dollar brings."""
