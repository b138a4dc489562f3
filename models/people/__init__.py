"""People: who acts, what they may, and who stands in for whom."""
