"""The events: appended once, numbered per stream without gaps, never changed. Triggers refuse every other use."""

from datetime import datetime
from typing import Any

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, Key, LongKey, Serial, words
from models.vocabulary import Role


class EventRow(Base):
    """One fact of one stream."""

    __tablename__ = "events"
    __table_args__ = (
        UniqueConstraint("stream", "seq"),
        UniqueConstraint("batch_key", "batch_index"),
    )

    position: Mapped[int] = mapped_column(Serial, primary_key=True)
    """Order over all streams, with gaps; replaying in this order rebuilds the projection."""
    stream: Mapped[str] = mapped_column(Key)
    seq: Mapped[int]
    """From 1, without gaps."""
    batch_key: Mapped[str] = mapped_column(LongKey)
    batch_index: Mapped[int]
    kind: Mapped[str] = mapped_column(String(60), index=True)
    at: Mapped[datetime]
    actor_id: Mapped[str] = mapped_column(Key)
    actor_role: Mapped[Role] = mapped_column(words(Role))
    actor_institution: Mapped[str] = mapped_column(Key)
    note_id: Mapped[str | None] = mapped_column(Key)
    payload: Mapped[dict[str, Any]]
    """The whole event, as `models.events.EVENT` writes it."""
