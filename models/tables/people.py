"""Persons and what was nominated: the only tables, with notes and documents, that hold personal data."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, Key


class PersonRow(Base):
    """A nominee; one person per sending university and student number."""

    __tablename__ = "persons"
    __table_args__ = (UniqueConstraint("sending_id", "student_number"),)

    id: Mapped[str] = mapped_column(Key, primary_key=True)
    sending_id: Mapped[str] = mapped_column(Key)
    student_number: Mapped[str] = mapped_column(String(60))
    family_name: Mapped[str] = mapped_column(String(200))
    given_name: Mapped[str] = mapped_column(String(200))
    native_name: Mapped[str] = mapped_column(String(200), default="")
    email: Mapped[str] = mapped_column(String(320))
    birth_date: Mapped[date]
    gender: Mapped[str] = mapped_column(String(20))
    nationality: Mapped[str] = mapped_column(String(2))
    language: Mapped[str] = mapped_column(String(10), default="en")


class ExchangeCodeRow(Base):
    """The registry of exchanges: one per student and cohort, numbered per sending university and year (D9)."""

    __tablename__ = "exchange_codes"
    __table_args__ = (
        UniqueConstraint("cohort_id", "person_id"),
        UniqueConstraint("year", "sending_id", "number"),
    )

    exchange_id: Mapped[str] = mapped_column(Key, primary_key=True)
    cohort_id: Mapped[str] = mapped_column(Key)
    year: Mapped[int]
    sending_id: Mapped[str] = mapped_column(Key)
    host_id: Mapped[str] = mapped_column(Key)
    person_id: Mapped[str] = mapped_column(Key, ForeignKey("persons.id"), index=True)
    number: Mapped[int]


class NominationRow(Base):
    """One version of what the sending university typed (D11); earlier versions stay."""

    __tablename__ = "nominations"
    __table_args__ = (UniqueConstraint("exchange_id", "version"),)

    id: Mapped[str] = mapped_column(Key, primary_key=True)
    exchange_id: Mapped[str] = mapped_column(Key, ForeignKey("exchange_codes.exchange_id"))
    version: Mapped[int]
    form: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
