"""What is said of sessions of a host in lists: where one is, and whether somebody was there."""

from models.messages.host_sessions import HostSessionStatus, MarkedBy, Presence
from texts.i18n import _p

SESSION_STATES: dict[str, str] = {
    HostSessionStatus.PLANNED: _p("session", "planned"),
    HostSessionStatus.CANCELLED: _p("session", "cancelled"),
    HostSessionStatus.CLOSED: _p("session", "attendance recorded"),
}
PRESENCES: dict[str, str] = {
    Presence.INVITED: _p("session", "not marked"),
    Presence.ATTENDED: _p("session", "attended"),
    Presence.ABSENT: _p("session", "absent"),
    Presence.EXCUSED: _p("session", "excused"),
}
MARKED_BY: dict[str, str] = {
    MarkedBy.SIGN_IN: _p("session", "signed in"),
    MarkedBy.OFFICE: _p("session", "marked by the office"),
    MarkedBy.FILE: _p("session", "from a file"),
    MarkedBy.CLOSING: _p("session", "not marked when the list was closed"),
}
