"""The outbox and the operator's tasks: written with the event that causes them, sent after the commit."""

from datetime import datetime
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import BigInteger, ForeignKey, Index, SmallInteger, String, Text, UniqueConstraint
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column

from models.notifications.notices import NoticeKind
from models.posting import BounceAction
from models.tables.base import Base, Key, LongKey, Serial, words
from models.vocabulary import Role


class MessageStatus(StrEnum):
    """What became of a message."""

    QUEUED = "queued"
    SENT = "sent"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    """There was nothing left to say."""


URGENT, PLAIN = 0, 1
"""What goes first, and what takes its turn."""
GOES_FIRST = frozenset({NoticeKind.SIGN_IN})
"""Kinds of message that somebody sits waiting for."""


def _priority(context: DefaultExecutionContext) -> int:
    values: dict[str, Any] = cast(Any, context).get_current_parameters()
    return URGENT if values["kind"] in GOES_FIRST else PLAIN


class MessageRow(Base):
    """One message to one person, about one event. Ids only; names and addresses are looked up when it is sent."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("key"),
        Index(None, "status", "not_before"),
        Index(None, "status", "priority", "created_at", "id"),
        Index(None, "recipient_id", "kind"),
    )

    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    key: Mapped[str] = mapped_column(LongKey)
    """Derived from what causes it; the mail's Message-ID comes from it, so sending again is no second mail."""
    kind: Mapped[str] = mapped_column(String(60))
    exchange_id: Mapped[str | None] = mapped_column(Key, index=True)
    stream: Mapped[str] = mapped_column(Key)
    step_id: Mapped[str | None] = mapped_column(Key)
    recipient_id: Mapped[str] = mapped_column(Key)
    recipient_role: Mapped[Role] = mapped_column(words(Role))
    on_behalf_of: Mapped[str] = mapped_column(Key, default="")
    """Whom the recipient stands in for; empty where they are meant themselves."""
    language: Mapped[str] = mapped_column(String(10))
    params: Mapped[dict[str, Any]]
    status: Mapped[MessageStatus] = mapped_column(words(MessageStatus), default=MessageStatus.QUEUED)
    priority: Mapped[int] = mapped_column(SmallInteger, default=_priority, server_default=str(PLAIN))
    attempts: Mapped[int] = mapped_column(default=0)
    claim: Mapped[str | None] = mapped_column(String(40))
    """Of the batch that is handing it over; it ends with `not_before`, which that batch keeps moving."""
    in_doubt: Mapped[int] = mapped_column(default=0, server_default="0")
    """After how many attempts nobody knew whether the host had taken it: it may have come so many times more."""
    created_at: Mapped[datetime]
    not_before: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    sent_to: Mapped[str | None] = mapped_column(String(320))
    message_id: Mapped[str | None] = mapped_column(LongKey)
    last_error: Mapped[str | None] = mapped_column(Text)


class BounceRow(Base):
    """What a mail host reported later about a message that was taken: once for each report, in codes only."""

    __tablename__ = "bounces"

    id: Mapped[str] = mapped_column(Key, primary_key=True)
    """Made from the message and the report, so that the same report is noted once."""
    message_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("messages.id"), index=True)
    action: Mapped[BounceAction] = mapped_column(words(BounceAction))
    status: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]


class OperatorTaskRow(Base):
    """Something an operator must look at; open until `closed_at`. No personal data in it."""

    __tablename__ = "operator_tasks"

    key: Mapped[str] = mapped_column(LongKey, primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(Key)
    detail: Mapped[str] = mapped_column(Text, default="")
    """In words, as it was kept before there were message ids."""
    message: Mapped[str | None] = mapped_column(String(80))
    params: Mapped[dict[str, Any] | None] = mapped_column()
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
