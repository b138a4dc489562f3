"""Endpoints with their secrets (encrypted), deliveries, and events from other systems as they came."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.messages.webhooks import DeliveryStatus, InboundStatus
from models.tables.base import Base, Key, LongKey, Serial, words
from models.vocabulary import Role


class EndpointRow(Base):
    """Where an institution wants its events delivered."""

    __tablename__ = "webhook_endpoints"

    id: Mapped[str] = mapped_column(Key, primary_key=True)
    institution_id: Mapped[str] = mapped_column(Key, index=True)
    url: Mapped[str] = mapped_column(String(1000))
    description: Mapped[str] = mapped_column(String(200))
    kinds: Mapped[list[Any]]
    secret: Mapped[str] = mapped_column(Text)
    previous_secret: Mapped[str | None] = mapped_column(Text)
    rotated_at: Mapped[datetime | None]
    active: Mapped[bool]
    why_inactive: Mapped[str] = mapped_column(String(200), default="")
    removed_at: Mapped[datetime | None]
    created_by: Mapped[str] = mapped_column(Key)
    """Who answers for it: whoever added it, or switched it on after they had left."""
    office: Mapped[Role | None] = mapped_column(words(Role))
    """The office with whose rights it was added; empty for those of before, which have their owner's of now."""
    created_at: Mapped[datetime]
    position: Mapped[int]
    """The last event that was looked at for this endpoint."""


class DeliveryRow(Base):
    """One event for one endpoint; made once."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        UniqueConstraint("endpoint_id", "position"),
        Index(None, "endpoint_id", "status", "next_at"),
    )

    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    endpoint_id: Mapped[str] = mapped_column(Key, ForeignKey("webhook_endpoints.id"))
    position: Mapped[int]
    stream: Mapped[str] = mapped_column(Key)
    event_id: Mapped[str] = mapped_column(LongKey)
    type: Mapped[str] = mapped_column(Key)
    status: Mapped[DeliveryStatus] = mapped_column(words(DeliveryStatus))
    attempts: Mapped[int] = mapped_column(default=0)
    answer: Mapped[str] = mapped_column(String(100), default="")
    next_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]


class InboundRow(Base):
    """An event that another system sent; kept as it came, whatever became of it. Its id is its institution's own."""

    __tablename__ = "inbound_events"
    __table_args__ = (
        UniqueConstraint("institution_id", "source", "event_id"),
        Index(None, "institution_id", "status"),
    )

    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    source: Mapped[str] = mapped_column(LongKey)
    event_id: Mapped[str] = mapped_column(LongKey)
    type: Mapped[str] = mapped_column(Key)
    body_hash: Mapped[str] = mapped_column(String(64))
    act_id: Mapped[str] = mapped_column(Key)
    """The id of the act that it means: applied again, it is done once."""
    payload: Mapped[dict[str, Any]]
    institution_id: Mapped[str] = mapped_column(Key)
    actor_id: Mapped[str] = mapped_column(Key)
    received_at: Mapped[datetime]
    status: Mapped[InboundStatus] = mapped_column(words(InboundStatus))
    why: Mapped[str] = mapped_column(Text, default="")
    """In words, as it was kept before there were message ids."""
    message: Mapped[str | None] = mapped_column(String(80))
    params: Mapped[dict[str, Any] | None] = mapped_column()
    exchange_id: Mapped[str] = mapped_column(Key, default="")
