"""Sessions of a host: lectures and the cultural programme with day, time, place, who is invited, and who was there."""

from enum import StrEnum

from pydantic import Field

from models.messages.broadcasts import Audience
from models.vocabulary import Content
from models.wire import Id, Moment, Wire

LONGEST_TITLE, LONGEST_PLACE, LONGEST_REASON = 150, 150, 500
"""Characters."""
MOST_INVITED = 500
"""Students of one session."""


class HostSessionStatus(StrEnum):
    """Where a session is."""

    PLANNED = "planned"
    CANCELLED = "cancelled"
    CLOSED = "closed"
    """Its attendance is recorded; what is corrected from then on is told to the exchanges."""


class Presence(StrEnum):
    """Whether an invited student was there."""

    INVITED = "invited"
    """Nothing is known yet."""
    ATTENDED = "attended"
    ABSENT = "absent"
    EXCUSED = "excused"
    """Absent for a reason that the host takes: its hours are not counted as planned."""


class MarkedBy(StrEnum):
    """How a presence was recorded."""

    SIGN_IN = "sign_in"
    OFFICE = "office"
    FILE = "file"
    CLOSING = "closing"
    """Nobody had marked them when the list was closed: absent."""


class SessionTerms(Wire):
    """What a session is, as its host says it. What people write of it is in the records alone."""

    content: Content
    title: str = Field(min_length=1, max_length=LONGEST_TITLE)
    title_zh: str = Field(default="", max_length=LONGEST_TITLE)
    place: str = Field(min_length=1, max_length=LONGEST_PLACE)
    starts_at: Moment
    ends_at: Moment
    capacity: int = Field(ge=1, le=MOST_INVITED)
    objectives: tuple[Id, ...] = Field(default=(), max_length=50)
    """Objectives that it serves besides those of its content."""

    @property
    def hours(self) -> float:
        """How long it lasts, in hours."""
        return round((self.ends_at - self.starts_at).total_seconds() / 3600, 2)


class PlanSession(Wire):
    """A session to be planned, and for whom."""

    host: Id
    terms: SessionTerms
    audience: Audience


class Mark(Wire):
    """Whether one student was there."""

    exchange_id: Id
    presence: Presence
    reason: str = Field(default="", max_length=LONGEST_REASON)
    """Why not; it is kept in the records, and stands in no event."""


class SessionAnswer(Wire):
    """What became of an act about a session."""

    session_id: Id
    version: int
    """1 as it was planned first."""
    invited: int
    left_out: tuple[str, ...] = ()
    """Exchanges that it was meant for and that it does not fit: their stay has no such content, or not that day."""
    by_hand: tuple[str, ...] = ()
    """Exchanges whose hours of the day are reported by hand already: these stand."""
    repeated: bool = False
