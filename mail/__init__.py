"""Mail: notices into the outbox with the event that causes them, and out of it again to people."""
