"""The register of acts: what was asked of a workflow, on record before it is sent, and what it answered."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.messages.acts import ActStatus
from models.tables.base import Base, Key, LongKey, words
from models.vocabulary import Role

_WAITING = text("status = 'asked'")


class ActRow(Base):
    """One act, asked under a key of its own: done once, however often it is sent. Ids only, no personal data."""

    __tablename__ = "acts"
    __table_args__ = (Index(None, "next_try_at", sqlite_where=_WAITING, postgresql_where=_WAITING),)

    workflow_id: Mapped[str] = mapped_column(LongKey, primary_key=True)
    key: Mapped[str] = mapped_column(Key, primary_key=True, index=True)
    """Whoever asks chooses it; asking again under it is the same act."""
    kind: Mapped[str] = mapped_column(String(60))
    """The name of the update, or what else is asked of a workflow."""
    exchange_id: Mapped[str | None] = mapped_column(Key, index=True)
    """What it is about: an exchange, a cohort, a suspension, a review of late answers."""
    step_id: Mapped[str | None] = mapped_column(Key, index=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    """Of what is asked and by whom: another request under the same key is a conflict."""
    actor_id: Mapped[str] = mapped_column(Key)
    actor_role: Mapped[Role] = mapped_column(words(Role))
    actor_institution: Mapped[str] = mapped_column(Key)
    request: Mapped[dict[str, Any]]
    """As it is sent."""
    asked_at: Mapped[datetime]
    status: Mapped[ActStatus] = mapped_column(words(ActStatus), default=ActStatus.ASKED)
    taken_at: Mapped[datetime | None]
    """When its facts were recorded, in the same transaction."""
    answered_at: Mapped[datetime | None]
    answer: Mapped[dict[str, Any] | None]
    error: Mapped[dict[str, Any] | None]
    """Why it was refused: message id, parameters and field."""
    tries: Mapped[int] = mapped_column(default=0)
    """How often it was left without an answer, or taken up by the relay."""
    next_try_at: Mapped[datetime | None]
    """From when the relay may take it up, by the wall clock; whoever does moves it on first."""
    told_at: Mapped[datetime | None]
    """When who asked was told that it was refused after they had gone."""
