"""What there is to tell of a session of a host."""

from enum import StrEnum

from models.wire import Id, Moment, Wire


class SessionNews(StrEnum):
    """Why those invited to a session are written to."""

    INVITED = "invited"
    MOVED = "moved"
    """Another time or place."""
    CANCELLED = "cancelled"


class SessionFacts(Wire):
    """One piece of news; title and place are kept beside it."""

    session_id: Id
    news: SessionNews
    starts_at: Moment
    ends_at: Moment
    starts_before: Moment | None = None
    """When it was to begin, where it was moved."""
