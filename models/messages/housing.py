"""What people ask about where a student lives."""

from datetime import date

from models.people.authorization import Actor
from models.vocabulary import Stage
from models.wire import Id, Wire

HOUSED = (Stage.PRE_ARRIVAL, Stage.ARRIVAL, Stage.ROTATIONS, Stage.DEPARTURE)
"""When a student may be moved to a bed."""


class MoveBed(Wire):
    """Have a student sleep in another bed of the host from a night on (D34)."""

    decision_id: Id
    actor: Actor
    bed_id: Id
    """The bed moved to."""
    first_night: date
    """The first night in it; nights before stay where they are."""
    note_id: Id | None = None
    """Where the reason is kept."""
