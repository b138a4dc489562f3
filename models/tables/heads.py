"""What keeps workflows and records in step: facts once, how far each workflow is on record, and its policy."""

from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, Key, LongKey


class FactRow(Base):
    """A fact that can be recorded once in its stream, whoever writes: a step is closed once, a rung fires once."""

    __tablename__ = "facts"

    stream: Mapped[str] = mapped_column(Key, primary_key=True)
    fact: Mapped[str] = mapped_column(String(400), primary_key=True)
    """The natural key of the event, with the round of a reopened exchange."""


class HeadRow(Base):
    """The newest batch of one workflow; a batch that does not follow it is not recorded."""

    __tablename__ = "heads"

    writer: Mapped[str] = mapped_column(LongKey, primary_key=True)
    """The workflow; that of a reopened exchange with its round, e.g. `exchange/EX-2027-DAR-007/r1`."""
    stream: Mapped[str] = mapped_column(Key, index=True)
    revision: Mapped[int]
    policy_digest: Mapped[str | None] = mapped_column(String(64))
    """What an exchange was started with; none where it began before policies were kept, and where none is needed."""


class PolicyRow(Base):
    """A frozen policy, kept once however many exchanges run under it."""

    __tablename__ = "policies"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    body: Mapped[dict[str, Any]]
