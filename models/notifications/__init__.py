"""Who is told what, as values."""
