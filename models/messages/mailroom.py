"""The outbox sender's state and the names by which it is woken."""

from models.wire import Moment, Wire

MAILROOM_WORKFLOW = "Mailroom"
SWEEP_WORKFLOW = "MailroomSweep"
RING = "ring"
"""The signal: the outbox holds something."""


class MailroomState(Wire):
    """All the outbox sender knows; the one value it continues as new with."""

    rung: bool = True
    """Whether the outbox is to be looked at; a sender that starts looks at once."""
    next_at: Moment | None = None
    """When something put off comes due."""
