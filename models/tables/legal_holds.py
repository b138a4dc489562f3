"""Legal holds: as long as one of a person's lasts, nothing of theirs is erased."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, Key


class LegalHoldRow(Base):
    """A hold on the papers of one person; it stays on record when it is lifted."""

    __tablename__ = "legal_holds"

    id: Mapped[str] = mapped_column(Key, primary_key=True)
    exchange_id: Mapped[str] = mapped_column(Key)
    """The exchange on whose page it was set."""
    person_id: Mapped[str] = mapped_column(Key, index=True)
    reason: Mapped[str] = mapped_column(String(500))
    set_by: Mapped[str] = mapped_column(Key)
    set_at: Mapped[datetime]
    lifted_by: Mapped[str | None] = mapped_column(Key)
    lifted_at: Mapped[datetime | None]
