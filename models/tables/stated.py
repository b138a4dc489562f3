"""What documents say, typed with them or read of them: sealed. Personal data: never in events or logs."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, Key, words
from models.vocabulary import Role


class StatedFactsRow(Base):
    """One version of the facts of a document; the newest one counts, and every earlier one stays."""

    __tablename__ = "stated_facts"

    document_id: Mapped[str] = mapped_column(Key, ForeignKey("documents.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    exchange_id: Mapped[str] = mapped_column(Key, ForeignKey("exchange_codes.exchange_id"), index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """JSON as `models.facts` reads it, as `records.fact_seals` seals it."""
    stated_by: Mapped[str] = mapped_column(Key)
    stated_role: Mapped[Role] = mapped_column(words(Role))
    at: Mapped[datetime]


class ReadingRow(Base):
    """What a machine read of a document at its last check."""

    __tablename__ = "readings"

    document_id: Mapped[str] = mapped_column(Key, ForeignKey("documents.id"), primary_key=True)
    exchange_id: Mapped[str] = mapped_column(Key, ForeignKey("exchange_codes.exchange_id"), index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """JSON of `models.kept_reading`, as `records.fact_seals` seals it."""
