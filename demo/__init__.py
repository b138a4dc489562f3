"""A made-up cohort that lives through a whole intake in about two minutes, and what must be true at its end."""
