"""Data keys, wrapped: without its row nothing that was sealed for a person and purpose can be read again."""

from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, Key


class DataKeyRow(Base):
    """One key per subject and purpose. An erased one stays without its key, so that none is made in its place."""

    __tablename__ = "data_keys"

    subject: Mapped[str] = mapped_column(Key, primary_key=True)
    """The id of a person, or of what the service keeps for itself."""
    purpose: Mapped[str] = mapped_column(String(40), primary_key=True)
    key_id: Mapped[str] = mapped_column(String(40), index=True)
    """Which key of the settings wrapped it."""
    wrapped: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]
