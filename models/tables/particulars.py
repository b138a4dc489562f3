"""Forms about a student's daily life, by version. Personal data: never in events or logs."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from models.people.particulars import ParticularKind
from models.tables.base import Base, Key, words
from models.vocabulary import Role


class ParticularRow(Base):
    """One version of a form; the newest one holds. Empty where the student took it back."""

    __tablename__ = "particulars"

    exchange_id: Mapped[str] = mapped_column(Key, ForeignKey("exchange_codes.exchange_id"), primary_key=True)
    kind: Mapped[ParticularKind] = mapped_column(words(ParticularKind), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    form: Mapped[dict[str, Any]]
    """As `models.people.particulars` reads it."""
    kept_by: Mapped[str] = mapped_column(Key)
    kept_role: Mapped[Role] = mapped_column(words(Role))
    at: Mapped[datetime]
