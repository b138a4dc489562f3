"""What an exchange is, which moves are legal, what the rules say. No I/O, no clock."""
