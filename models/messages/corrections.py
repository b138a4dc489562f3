"""What was reported of a stay is corrected: an arrival, a departure, the last movement."""

from datetime import date
from enum import StrEnum

from models.people.authorization import Actor
from models.wire import Id, Moment, Wire


class Reported(StrEnum):
    """A report of the stay that may be corrected."""

    ARRIVAL = "arrival"
    DEPARTURE = "departure"
    MOVEMENT = "movement"
    """The last one."""


class CorrectReport(Wire):
    """Something was otherwise than reported: when the student came, entered the country, moved or left."""

    decision_id: Id
    actor: Actor
    reported: Reported
    happened_at: Moment | None = None
    """Of an arrival or a movement: when it was."""
    entered_at: Moment | None = None
    """Of an arrival: when the student entered the country; none: at the arrival."""
    on: date | None = None
    """Of a departure: the last day at the residence."""
    confirmed: bool = False
    """Whether the person confirms an arrival far from the first day of the stay (D35)."""
    note_id: Id | None = None
    """Why; needed."""
