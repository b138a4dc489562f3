"""Who must do what by when, and what follows. Deterministic; every effect goes through an activity."""
