"""What the authority wrote: entries projected from events, and their numbers, which are personal data."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.authority import PaperKind
from models.tables.base import Base, Key, words


class AuthorityPaperRow(Base):
    """One entry of the register; `id` is that of the act. A corrected one stays."""

    __tablename__ = "authority_papers"

    exchange_id: Mapped[str] = mapped_column(Key, ForeignKey("exchanges.id"), primary_key=True)
    id: Mapped[str] = mapped_column(Key, primary_key=True)
    paper: Mapped[PaperKind] = mapped_column(words(PaperKind))
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    single_entry: Mapped[bool | None]
    actor_id: Mapped[str] = mapped_column(Key)
    at: Mapped[datetime]
    corrects: Mapped[str | None] = mapped_column(Key)
    number_id: Mapped[str | None] = mapped_column(Key)


class AuthorityNumberRow(Base):
    """The number and the type that stand on a paper. Personal data: never in events."""

    __tablename__ = "authority_numbers"
    __table_args__ = (Index(None, "exchange_id"),)

    id: Mapped[str] = mapped_column(Key, primary_key=True)
    exchange_id: Mapped[str] = mapped_column(Key, ForeignKey("exchange_codes.exchange_id"))
    number: Mapped[str] = mapped_column(String(60))
    visa_type: Mapped[str] = mapped_column(String(60))
    author_id: Mapped[str] = mapped_column(Key)
    created_at: Mapped[datetime]
