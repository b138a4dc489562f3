"""How a due time may be moved: later, within the limit of its step, and never nearer than people were told."""

from datetime import datetime, timedelta

from models.errors import BadInput

LONGEST = 366
"""Days beyond its first due time to which a step without a limit of its own is extended."""


def check_extension(
    asked: datetime,
    *,
    now: datetime,
    due_at: datetime,
    first_due_at: datetime,
    held_since: datetime | None = None,
    most_days: int | None = None,
) -> None:
    """Whether a step that is due may be due at another time instead.

    Raises:
        BadInput: it lies in the past, before the due time that stands, or beyond what the step allows.
    """
    if asked <= now:
        raise BadInput("time.not_ahead", "due_at")
    stands = standing(due_at, now, held_since)
    if asked <= stands:
        raise BadInput("due_time.nearer", "due_at", moment=stands)
    days = LONGEST if most_days is None else most_days
    latest = first_due_at + timedelta(days=days)
    if asked > latest:
        raise BadInput("due_time.after_limit", "due_at", days=days, moment=latest)


def standing(due_at: datetime, now: datetime, held_since: datetime | None = None) -> datetime:
    """The due time as it would be if the step's pause ended now; while a step is paused its due time moves on."""
    return due_at if held_since is None or held_since >= now else due_at + (now - held_since)
