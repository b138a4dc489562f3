"""What the tables say after each event, one module per subject."""
