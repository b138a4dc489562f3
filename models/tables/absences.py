"""Absences and preferences of the people of the catalogue: projected from events."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.posting import DigestChoice
from models.tables.base import Base, Key, words


class AbsenceRow(Base):
    """Days on which somebody is away, both included."""

    __tablename__ = "absences"
    __table_args__ = (Index(None, "person_id", "last_day"),)

    id: Mapped[str] = mapped_column(Key, primary_key=True)
    person_id: Mapped[str] = mapped_column(Key)
    first_day: Mapped[date]
    last_day: Mapped[date]
    deputy_id: Mapped[str] = mapped_column(Key)
    given_by: Mapped[dict[str, Any] | None]
    """Who planned it: the deputy gets no more than this one could give."""
    cancelled_at: Mapped[datetime | None]


class PreferenceRow(Base):
    """How somebody wants to be written to."""

    __tablename__ = "preferences"

    person_id: Mapped[str] = mapped_column(Key, primary_key=True)
    language: Mapped[str] = mapped_column(String(10))
    zone: Mapped[str] = mapped_column(String(60))
    digest: Mapped[DigestChoice] = mapped_column(words(DigestChoice))
