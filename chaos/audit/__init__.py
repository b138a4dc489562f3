"""What must hold whatever died, asked of the database and of Temporal directly: no code of the service is used here."""
