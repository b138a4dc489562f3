"""Sessions of a host, and who is invited to each."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.messages.host_sessions import HostSessionStatus, MarkedBy, Presence
from models.tables.base import Base, Key, words
from models.vocabulary import Content


class HostSessionRow(Base):
    """One session. What a person wrote is never in events: rows are kept beside them."""

    __tablename__ = "host_sessions"
    __table_args__ = (Index(None, "institution_id", "starts_at"),)

    id: Mapped[str] = mapped_column(Key, primary_key=True)
    institution_id: Mapped[str] = mapped_column(Key)
    content: Mapped[Content] = mapped_column(words(Content))
    title: Mapped[str] = mapped_column(Text)
    title_zh: Mapped[str] = mapped_column(Text, default="")
    place: Mapped[str] = mapped_column(Text)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    capacity: Mapped[int]
    objectives: Mapped[list[Any]]
    status: Mapped[HostSessionStatus] = mapped_column(words(HostSessionStatus))
    version: Mapped[int]
    created_by: Mapped[str] = mapped_column(Key)
    at: Mapped[datetime]


class SessionInvitationRow(Base):
    """One exchange that is invited to a session, and whether its student was there."""

    __tablename__ = "session_invitations"

    session_id: Mapped[str] = mapped_column(Key, ForeignKey("host_sessions.id"), primary_key=True)
    exchange_id: Mapped[str] = mapped_column(
        Key, ForeignKey("exchange_codes.exchange_id"), primary_key=True, index=True
    )
    presence: Mapped[Presence] = mapped_column(words(Presence))
    marked_by: Mapped[MarkedBy | None] = mapped_column(words(MarkedBy))
    marked_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    """Why the student was not there, in their words or the office's."""
