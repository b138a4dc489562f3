"""Sessions of a host as they are shown: to its office with everybody on the list, to a student their own."""

from models.messages.host_sessions import HostSessionStatus, MarkedBy, Presence
from models.views.shared import Student
from models.vocabulary import Content
from models.wire import Id, Moment, Wire


class SessionLine(Wire):
    """One session in a list."""

    session_id: Id
    institution: Id
    content: Content
    title: str
    title_zh: str = ""
    place: str
    zone: str
    """The host's, by whose clock it is told."""
    starts_at: Moment
    ends_at: Moment
    hours: float
    capacity: int
    objectives: tuple[str, ...] = ()
    status: HostSessionStatus
    version: int
    invited: int = 0
    attended: int = 0


class InvitedLine(Wire):
    """One student on the list of a session."""

    exchange_id: Id
    student: Student
    presence: Presence
    marked_by: MarkedBy | None = None
    marked_at: Moment | None = None
    reason: str = ""


class HostSessionView(Wire):
    """A session with everybody on its list."""

    line: SessionLine
    invited: tuple[InvitedLine, ...] = ()


class OwnSession(Wire):
    """A session as a student who is invited sees it."""

    line: SessionLine
    exchange_id: Id
    presence: Presence
    reason: str = ""
