"""A made-up cohort that lives through a whole intake in about a minute, and what must be true at its end."""
