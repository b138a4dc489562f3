"""What people of both sides write to each other about an exchange, as it is kept and read."""
