"""How each event changes the tables, one module per subject."""
