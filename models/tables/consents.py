"""What students answered about papers that go to another jurisdiction; by purpose, and never changed."""

from datetime import date, datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.people.consents import ConsentAnswer, ConsentTo
from models.tables.base import Base, Key, words
from models.vocabulary import Role


class ConsentRow(Base):
    """One answer about one purpose, projected from its event; the last one stands."""

    __tablename__ = "consents"
    __table_args__ = (Index(None, "exchange_id", "number"),)

    consent_id: Mapped[str] = mapped_column(Key, primary_key=True)
    about: Mapped[ConsentTo] = mapped_column(words(ConsentTo), primary_key=True)
    exchange_id: Mapped[str] = mapped_column(Key)
    number: Mapped[int]
    """Its place in the ledger of the exchange, from 1."""
    answer: Mapped[ConsentAnswer] = mapped_column(words(ConsentAnswer))
    notice: Mapped[str] = mapped_column(Key)
    version: Mapped[int]
    language: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(Key)
    role: Mapped[Role] = mapped_column(words(Role))
    paper_on: Mapped[date | None]
    note_id: Mapped[str | None] = mapped_column(Key)
