"""Messages to many: what an office wrote, and each student it was for. The mails are in the outbox."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, Key, LongKey, words
from models.vocabulary import Role


class BroadcastRow(Base):
    """One message to many. What a person wrote is personal data: it is never in events."""

    __tablename__ = "broadcasts"
    __table_args__ = (Index(None, "institution_id", "at"),)

    id: Mapped[str] = mapped_column(Key, primary_key=True)
    institution_id: Mapped[str] = mapped_column(Key)
    """Whose office wrote it; empty for the programme office."""
    sender_id: Mapped[str] = mapped_column(Key)
    sender_role: Mapped[Role] = mapped_column(words(Role))
    audience: Mapped[dict[str, Any]]
    """`models.messages.broadcasts.Audience`."""
    subject: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    subject_zh: Mapped[str] = mapped_column(Text, default="")
    text_zh: Mapped[str] = mapped_column(Text, default="")
    recipients: Mapped[int]
    unreachable: Mapped[int]
    at: Mapped[datetime]


class BroadcastReaderRow(Base):
    """One exchange whose student a message was for."""

    __tablename__ = "broadcast_readers"

    broadcast_id: Mapped[str] = mapped_column(Key, ForeignKey("broadcasts.id"), primary_key=True)
    exchange_id: Mapped[str] = mapped_column(
        Key, ForeignKey("exchange_codes.exchange_id"), primary_key=True, index=True
    )
    message_key: Mapped[str | None] = mapped_column(LongKey)
    """Of their message in the outbox; none where no mail can go to their address."""
