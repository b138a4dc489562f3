"""What people write about an exchange, sealed; and what became of mail that came back to it."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.messages.conversation import PostAudience
from models.tables.base import Base, Key, words
from models.vocabulary import Role


class PostRow(Base):
    """One thing that somebody wrote. Its words are personal data: never in events, logs or histories."""

    __tablename__ = "posts"
    __table_args__ = (UniqueConstraint("exchange_id", "number"), Index(None, "step_id"))

    id: Mapped[str] = mapped_column(Key, primary_key=True)
    exchange_id: Mapped[str] = mapped_column(Key, ForeignKey("exchange_codes.exchange_id"))
    number: Mapped[int]
    """Its place among those of the exchange, from 1."""
    step_id: Mapped[str | None] = mapped_column(Key)
    audience: Mapped[PostAudience] = mapped_column(words(PostAudience))
    author_id: Mapped[str] = mapped_column(Key)
    author_role: Mapped[Role] = mapped_column(words(Role))
    institution_id: Mapped[str] = mapped_column(Key)
    """Of whoever wrote it."""
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    mentions: Mapped[list[Any]]
    """Ids of people."""
    asks: Mapped[bool] = mapped_column(default=False)
    asked: Mapped[dict[str, Any] | None]
    """`models.people.authorization.Owner`: who owes an answer, where it is a question."""
    answers_id: Mapped[str | None] = mapped_column(Key)
    """What it replies to."""
    answered_at: Mapped[datetime | None]
    """Of a question, when the first answer to it came."""
    by_mail: Mapped[bool] = mapped_column(default=False)
    told: Mapped[int]
    at: Mapped[datetime]


class MailReplyRow(Base):
    """A mail that came back to a message, taken once: what became of it, without a word or an address of it."""

    __tablename__ = "mail_replies"

    id: Mapped[str] = mapped_column(Key, primary_key=True)
    """Made from its Message-ID."""
    message_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("messages.id"), index=True)
    result: Mapped[str] = mapped_column(String(80))
    """`taken`, or the id of the message that says why not."""
    post_id: Mapped[str | None] = mapped_column(Key)
    at: Mapped[datetime]
