"""What each group of readers makes of each content pillar, and the mix of pillars that follows."""
