"""Sessions of a host; the stream is `session:` and the session's id. What people write of one is in the records."""

from typing import Literal

from models.events.base import Fact, _
from models.messages.host_sessions import MarkedBy, Presence
from models.vocabulary import Content
from models.wire import Id, Moment, Wire


class HostSessionPlanned(Fact):
    """A session was planned, and students were invited."""

    kind: Literal["host_session_planned"] = "host_session_planned"
    title = _("Session planned")
    session_id: Id
    institution: Id
    content: Content
    starts_at: Moment
    ends_at: Moment
    invited: tuple[Id, ...] = ()


class HostSessionChanged(Fact):
    """A session has another time, place, title or number of places, or more students are invited."""

    kind: Literal["host_session_changed"] = "host_session_changed"
    title = _("Session changed")
    session_id: Id
    version: int
    starts_before: Moment
    ends_before: Moment
    starts_at: Moment
    ends_at: Moment
    invited: tuple[Id, ...] = ()
    """Exchanges that came to it."""
    left: tuple[Id, ...] = ()
    """Exchanges that it does not fit any more."""


class HostSessionCancelled(Fact):
    """A session does not take place."""

    kind: Literal["host_session_cancelled"] = "host_session_cancelled"
    title = _("Session cancelled")
    session_id: Id


class MarkedPresence(Wire):
    """One student's presence, before and after."""

    exchange_id: Id
    before: Presence
    after: Presence


class PresenceMarked(Fact):
    """Who was there, and who not."""

    kind: Literal["presence_marked"] = "presence_marked"
    title = _("Attendance marked")
    session_id: Id
    by: MarkedBy
    marks: tuple[MarkedPresence, ...]


class AbsenceAnnounced(Fact):
    """A student said beforehand that they cannot come; the reason is in the records."""

    kind: Literal["absence_announced"] = "absence_announced"
    title = _("Absence announced")
    session_id: Id
    exchange_id: Id


class HostSessionClosed(Fact):
    """The attendance of a session is complete, and its hours are told to the exchanges."""

    kind: Literal["host_session_closed"] = "host_session_closed"
    title = _("Attendance list closed")
    session_id: Id
    reported: tuple[Id, ...] = ()
    """Exchanges to whom hours are told."""
