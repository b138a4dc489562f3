"""What a stay leaves behind: attendance, evaluations, certificates (D41, D42), and the letters about it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.people.letters import LetterKind
from models.tables.base import Base, Key, words
from models.vocabulary import Content


class AttendanceRow(Base):
    """Hours of one content over a reported period, both days included; `id` is the report's."""

    __tablename__ = "attendance"

    exchange_id: Mapped[str] = mapped_column(Key, ForeignKey("exchanges.id"), primary_key=True)
    id: Mapped[str] = mapped_column(Key, primary_key=True)
    content: Mapped[Content] = mapped_column(words(Content))
    placement_id: Mapped[str | None] = mapped_column(Key)
    first_day: Mapped[date]
    last_day: Mapped[date]
    hours_planned: Mapped[float]
    hours_attended: Mapped[float]
    actor_id: Mapped[str] = mapped_column(Key)
    at: Mapped[datetime]


class EvaluationRow(Base):
    """A supervisor's evaluation of a rotation, or the student's of the programme; `id` is the decision's."""

    __tablename__ = "evaluations"

    exchange_id: Mapped[str] = mapped_column(Key, ForeignKey("exchanges.id"), primary_key=True)
    id: Mapped[str] = mapped_column(Key, primary_key=True)
    step_id: Mapped[str] = mapped_column(Key)
    placement_id: Mapped[str | None] = mapped_column(Key)
    """The rotation evaluated; `None` for the student's evaluation of the programme."""
    ratings: Mapped[dict[str, Any]]
    passed: Mapped[bool | None]
    actor_id: Mapped[str] = mapped_column(Key)
    at: Mapped[datetime]
    note_id: Mapped[str | None] = mapped_column(Key)


class CertificateRow(Base):
    """A version of a certificate; earlier versions stay, revoked by the next."""

    __tablename__ = "certificates"
    __table_args__ = (UniqueConstraint("verification"), Index(None, "exchange_id"))

    number: Mapped[str] = mapped_column(Key, primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    exchange_id: Mapped[str] = mapped_column(Key, ForeignKey("exchanges.id"))
    verification: Mapped[str] = mapped_column(Key)
    file_hash: Mapped[str] = mapped_column(String(64))
    issued_on: Mapped[date]
    issued_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    nomination_version: Mapped[int | None]
    """The version of the nomination whose names it prints; none for those issued before versions were kept."""


class LetterRow(Base):
    """A version of a letter, one PDF in each language; of one kind an exchange has one number, and its versions."""

    __tablename__ = "letters"
    __table_args__ = (UniqueConstraint("exchange_id", "letter", "version"),)

    number: Mapped[str] = mapped_column(Key, primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    exchange_id: Mapped[str] = mapped_column(Key, ForeignKey("exchanges.id"))
    letter: Mapped[LetterKind] = mapped_column(words(LetterKind))
    issuer_id: Mapped[str] = mapped_column(Key)
    file_en: Mapped[str] = mapped_column(String(64))
    file_zh: Mapped[str] = mapped_column(String(64))
    issued_on: Mapped[date]
    issued_at: Mapped[datetime]
    issued_by: Mapped[str] = mapped_column(Key)
    nomination_version: Mapped[int]
    """The version of the nomination whose names it prints."""
