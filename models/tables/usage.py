"""How often somebody did what can be done again and again: counted for a day, so that nobody does it without end."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, Key


class UsageRow(Base):
    """One time that somebody did something; `bytes` of what they sent."""

    __tablename__ = "usage"
    __table_args__ = (Index(None, "person_id", "act", "at"),)

    id: Mapped[str] = mapped_column(Key, primary_key=True)
    person_id: Mapped[str] = mapped_column(Key)
    act: Mapped[str] = mapped_column(String(60))
    exchange_id: Mapped[str] = mapped_column(Key)
    about: Mapped[str] = mapped_column(String(60))
    bytes: Mapped[int]
    at: Mapped[datetime]
