"""Persons and what was nominated: the only tables, with notes and documents, that hold personal data."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, String, Text, UniqueConstraint, and_, false
from sqlalchemy.orm import Mapped, mapped_column

from models.comparing import number_key
from models.tables.base import Base, Key, LongKey
from models.tables.exchanges import ExchangeRow


def _number_key(context: Any) -> str:
    return number_key(str(context.get_current_parameters()["student_number"]))


class PersonRow(Base):
    """A nominee; one person per sending university and student number.

    The cells are those of the newest exchange: how the person is written to and signs in. What identifies somebody in
    an exchange is that exchange's own (`IdentityRow`).
    """

    __tablename__ = "persons"
    __table_args__ = (
        UniqueConstraint("sending_id", "student_number"),
        Index(None, "sending_id", "number_key", unique=True),
    )

    id: Mapped[str] = mapped_column(Key, primary_key=True)
    sending_id: Mapped[str] = mapped_column(Key)
    student_number: Mapped[str] = mapped_column(String(60))
    number_key: Mapped[str] = mapped_column(LongKey, default=_number_key)
    """The number as it is compared, on every database the same."""
    family_name: Mapped[str] = mapped_column(String(200))
    given_name: Mapped[str] = mapped_column(String(200))
    native_name: Mapped[str] = mapped_column(String(200), default="")
    email: Mapped[str] = mapped_column(String(320))
    birth_date: Mapped[date]
    gender: Mapped[str] = mapped_column(String(20))
    nationality: Mapped[str] = mapped_column(String(3))
    passport_number: Mapped[str] = mapped_column(String(20), default="")
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
    asks_consent: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether papers go abroad and the student is asked; not of those nominated before students were."""
    continues: Mapped[str | None] = mapped_column(Key, index=True)
    """The exchange at another host that it goes on from (D38)."""
    continues_change: Mapped[str | None] = mapped_column(Key)
    """The change of that one that asks for it."""


class NominationRow(Base):
    """One version of what the sending university typed (D11); earlier versions stay."""

    __tablename__ = "nominations"
    __table_args__ = (UniqueConstraint("exchange_id", "version"),)

    id: Mapped[str] = mapped_column(Key, primary_key=True)
    exchange_id: Mapped[str] = mapped_column(Key, ForeignKey("exchange_codes.exchange_id"))
    version: Mapped[int]
    form: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class IdentityRow(Base):
    """Who was nominated, as one version of a nomination says it; never changed.

    An exchange refers to the version that holds for it, which only an event of that exchange changes.
    """

    __tablename__ = "identities"
    __table_args__ = (Index(None, "address_key"),)

    exchange_id: Mapped[str] = mapped_column(Key, ForeignKey("exchange_codes.exchange_id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(Key, ForeignKey("persons.id"), index=True)
    sending_id: Mapped[str] = mapped_column(Key)
    student_number: Mapped[str] = mapped_column(String(60))
    family_name: Mapped[str] = mapped_column(String(200))
    given_name: Mapped[str] = mapped_column(String(200))
    native_name: Mapped[str] = mapped_column(String(200), default="")
    email: Mapped[str] = mapped_column(String(320))
    birth_date: Mapped[date]
    gender: Mapped[str] = mapped_column(String(20))
    nationality: Mapped[str] = mapped_column(String(3))
    passport_number: Mapped[str] = mapped_column(String(20), default="")
    language: Mapped[str] = mapped_column(String(10), default="en")
    address_key: Mapped[str] = mapped_column(String(320))
    """The address as it is compared."""
    search_text: Mapped[str] = mapped_column(Text)
    """What a search looks through."""


def identity_of_exchange() -> ColumnElement[bool]:
    """Joins an exchange with who was nominated, as it holds for this exchange now."""
    return and_(IdentityRow.exchange_id == ExchangeRow.id, IdentityRow.version == ExchangeRow.nomination_version)
