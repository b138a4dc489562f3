"""Files by their content, documents filed for an exchange, and what checks found. The paper itself is in a folder."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, Json, Key, words
from models.vocabulary import DocumentStatus, Severity


class FileRow(Base):
    """A stored file; `hash` is the name that documents and events have for it.

    It is sealed with the key of its person and purpose. One of an earlier release is in clear, named by its SHA-256.
    """

    __tablename__ = "files"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int]
    """Bytes."""
    media_type: Mapped[str] = mapped_column(String(100))
    """The real type, from the content."""
    created_at: Mapped[datetime]
    person_id: Mapped[str | None] = mapped_column(Key)
    """Whose key seals it, and for which purpose; none of one that is in clear."""
    purpose: Mapped[str | None] = mapped_column(String(40))
    bound_to: Mapped[str | None] = mapped_column(Key)
    """The document, or what was issued about an exchange."""
    address: Mapped[str | None] = mapped_column(String(64))
    """Under which it is kept, where events name it by what it was called in clear."""
    fingerprint: Mapped[str | None] = mapped_column(String(64), index=True)
    """The same for the same bytes, whoever handed them in; made under a key of the service."""
    removed_at: Mapped[datetime | None]
    """Since when the bytes are gone: nothing had to keep them any more."""


class DocumentRow(Base):
    """A document of an exchange. `status` to `expires_on` and `accepted` to `accepted_by` are projected from events."""

    __tablename__ = "documents"
    __table_args__ = (Index(None, "exchange_id", "kind"),)

    id: Mapped[str] = mapped_column(Key, primary_key=True)
    exchange_id: Mapped[str] = mapped_column(Key, ForeignKey("exchange_codes.exchange_id"))
    kind: Mapped[str] = mapped_column(String(60))
    file_hash: Mapped[str] = mapped_column(String(64), ForeignKey("files.hash"), index=True)
    filename: Mapped[str] = mapped_column(String(255))
    status: Mapped[DocumentStatus] = mapped_column(words(DocumentStatus), default=DocumentStatus.FILED)
    submitted_at: Mapped[datetime | None]
    issued_on: Mapped[date | None]
    expires_on: Mapped[date | None]
    accepted: Mapped[bool | None]
    read: Mapped[bool | None]
    """Whether what is on it was read and agrees with what is known."""
    accepted_by: Mapped[str | None] = mapped_column(Key)
    """Who looked at it and accepted it; nobody where the checks alone did."""
    pages: Mapped[int | None]
    uploaded_by: Mapped[str] = mapped_column(Key)
    filed_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]
    """Since when nobody may read it any more, and under which rule of retention; from events as well."""
    erased_under: Mapped[str | None] = mapped_column(Key)


class FindingRow(Base):
    """What a check said about a document: the rule, the field it looked at (or empty) and what it said."""

    __tablename__ = "findings"

    document_id: Mapped[str] = mapped_column(Key, ForeignKey("documents.id"), primary_key=True)
    rule_id: Mapped[str] = mapped_column(Key, primary_key=True)
    field: Mapped[str] = mapped_column(String(60), primary_key=True, default="")
    severity: Mapped[Severity] = mapped_column(words(Severity))
    reason: Mapped[str] = mapped_column(Text)
    """In words, as findings were written before they had message ids; empty since."""
    message: Mapped[str | None] = mapped_column(String(80))
    params: Mapped[dict[str, Any] | None] = mapped_column(Json)
