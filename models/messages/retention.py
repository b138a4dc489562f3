"""What a night's look at retention says: numbers only."""

from models.wire import Wire


class RetentionAnswer(Wire):
    """How much was erased, and how much was not because a legal hold lasts."""

    erased: int = 0
    """Documents."""
    held: int = 0
    removed: int = 0
    """Files."""
