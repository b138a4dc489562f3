"""Suspensions, and the exchanges they pause: projected from events."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.messages.suspensions import SuspensionReason
from models.tables.base import Base, Key, words
from models.vocabulary import Scope


class SuspensionRow(Base):
    """One suspension; it lasts while `until` is not set."""

    __tablename__ = "suspensions"

    id: Mapped[str] = mapped_column(Key, primary_key=True)
    scope: Mapped[Scope] = mapped_column(words(Scope))
    target: Mapped[str] = mapped_column(Key)
    reason: Mapped[SuspensionReason] = mapped_column(words(SuspensionReason))
    exempt: Mapped[list[Any]]
    actor_id: Mapped[str] = mapped_column(Key)
    since: Mapped[datetime]
    until: Mapped[datetime | None]


class ExchangeSuspensionRow(Base):
    """An exchange that a suspension reached."""

    __tablename__ = "exchange_suspensions"
    __table_args__ = (Index(None, "suspension_id", "until"),)

    exchange_id: Mapped[str] = mapped_column(Key, ForeignKey("exchanges.id"), primary_key=True)
    suspension_id: Mapped[str] = mapped_column(Key, primary_key=True)
    reason: Mapped[str] = mapped_column(String(40))
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    """When it went on."""


class SuspensionWordsRow(Base):
    """What the programme office wrote to the people concerned. Kept here: never in events."""

    __tablename__ = "suspension_words"

    suspension_id: Mapped[str] = mapped_column(Key, primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    author_id: Mapped[str] = mapped_column(Key)
