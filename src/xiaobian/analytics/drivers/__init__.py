"""What hits have in common, at a held false discovery rate."""
