"""Cohorts with their seats and waitlist (D4, D14). There are as many seat rows as seats, so none can be sold twice."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, Key, words
from models.vocabulary import Direction


class CohortRow(Base):
    """One sending university's students at one host in one intake and direction."""

    __tablename__ = "cohorts"

    id: Mapped[str] = mapped_column(Key, primary_key=True)
    sending_id: Mapped[str] = mapped_column(Key)
    host_id: Mapped[str] = mapped_column(Key)
    year: Mapped[int]
    direction: Mapped[Direction] = mapped_column(words(Direction))
    cap: Mapped[int]
    minimum: Mapped[int]
    closes_at: Mapped[datetime]
    closed_below_minimum: Mapped[bool]
    revision: Mapped[int]
    """Number of the last event of this stream."""


class SeatRow(Base):
    """One seat, free while it has no exchange; a trigger keeps a taken seat from going to another exchange."""

    __tablename__ = "seats"
    __table_args__ = (
        UniqueConstraint("exchange_id"),
        CheckConstraint("number >= 1", name="number"),
    )

    cohort_id: Mapped[str] = mapped_column(Key, ForeignKey("cohorts.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    exchange_id: Mapped[str | None] = mapped_column(Key)
    held: Mapped[bool] = mapped_column(default=False)
    """Held for an offer that is not answered yet (D13)."""
    taken_at: Mapped[datetime | None]


class WaitlistRow(Base):
    """Who waits for a seat; position 1 is next."""

    __tablename__ = "waitlist"
    __table_args__ = (UniqueConstraint("cohort_id", "position"),)

    cohort_id: Mapped[str] = mapped_column(Key, ForeignKey("cohorts.id"), primary_key=True)
    exchange_id: Mapped[str] = mapped_column(Key, primary_key=True)
    position: Mapped[int]
