"""A stand-in for what wakes the outbox sender and the webhooks."""


class CountingWaker:
    """Wakes nobody, and counts how often it was asked to."""

    def __init__(self) -> None:
        self.woken = 0

    def wake(self) -> None:
        """Count."""
        self.woken += 1
