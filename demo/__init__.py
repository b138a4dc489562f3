"""A made-up cohort that lives through a whole intake in under a minute, and what must be true at its end."""
