"""What is written before a person's act reaches a workflow: personal data, comments and files never cross Temporal."""

import hashlib
import re
from datetime import datetime

from models.catalogue.programme import Programme
from models.errors import BadInput, Conflict
from models.tables import (
    DocumentRow,
    FileRow,
    NoteRow,
    SuspensionWordsRow,
)
from models.typed import clean_text, safe_filename
from models.vocabulary import DocumentStatus
from records.file_types import sniff
from records.files import Files
from records.projections.common import insert_once
from records.registry import Registry, code_of
from records.store.engine import Sessions, transaction

LARGEST_FILE = 64 * 1024 * 1024
"""Bytes; what a kind of document may have is a check's matter, this only protects the store."""
LONGEST_NOTE = 10_000
LONGEST_ID = 120
UNKNOWN_TYPE = "application/octet-stream"

_KIND = re.compile(r"^[a-z][a-z0-9_]{0,59}$")


class Filing(Registry):
    """The gateway's way of writing; every method is one transaction and safe to repeat."""

    def __init__(self, sessions: Sessions, files: Files, programme: Programme) -> None:
        super().__init__(sessions, programme)
        self._files = files

    async def file_document(
        self, exchange_id: str, kind: str, filename: str, data: bytes, uploaded_by: str, at: datetime
    ) -> str:
        """Keep a file and the row that says what it is; the same file of the same kind is the same document.

        Raises:
            Unknown: there is no such exchange.
            BadInput: the kind is no kind of document, or the file is larger than any may be.
            Broken, Unavailable: the file store or the database does not answer.
        """
        if not _KIND.match(kind):
            raise BadInput("kind.unknown", "kind")
        async with transaction(self._sessions) as session:
            await code_of(session, exchange_id)
        # The bytes are safe before the row is; a crash in between leaves a file that nobody points to.
        stored = await self._files.put(data, max_bytes=LARGEST_FILE)
        document_id = f"{exchange_id}.{kind}.{stored.hash[:16]}"
        async with transaction(self._sessions) as session:
            await insert_once(
                session,
                FileRow,
                hash=stored.hash,
                size=stored.size,
                media_type=sniff(data) or UNKNOWN_TYPE,
                created_at=at,
            )
            await insert_once(
                session,
                DocumentRow,
                id=document_id,
                exchange_id=exchange_id,
                kind=kind,
                file_hash=stored.hash,
                filename=safe_filename(filename),
                uploaded_by=uploaded_by,
                filed_at=at,
            )
        return document_id

    async def note(self, exchange_id: str, text: str, author_id: str, at: datetime, note_id: str) -> str:
        """Keep a comment; answers the id under which events may refer to it, which is scoped to the exchange.

        Raises:
            Unknown: there is no such exchange.
            BadInput: the text is empty or too long.
            Conflict: the same id was used for another text.
        """
        text = clean_text(text)
        if not text or len(text) > LONGEST_NOTE:
            raise BadInput("note.length", "note", most=LONGEST_NOTE)
        kept = _scoped(exchange_id, note_id)
        async with transaction(self._sessions) as session:
            await code_of(session, exchange_id)
            await insert_once(
                session, NoteRow, id=kept, exchange_id=exchange_id, text=text, author_id=author_id, created_at=at
            )
            row = await session.get_one(NoteRow, kept)
            if (row.text, row.author_id) != (text, author_id):
                raise Conflict("note.another", "note")
        return kept

    @property
    def sessions(self) -> Sessions:
        """Where it files."""
        return self._sessions

    @property
    def files(self) -> Files:
        """Where it keeps what it files."""
        return self._files

    async def keep_words(self, suspension_id: str, text: str, author_id: str) -> None:
        """Keep what the programme office writes to the people whom a suspension concerns; the first words stand.

        Raises:
            BadInput: the text is empty or too long.
        """
        text = clean_text(text)
        if not text or len(text) > LONGEST_NOTE:
            raise BadInput("note.length", "note", most=LONGEST_NOTE)
        async with transaction(self._sessions) as session:
            await insert_once(session, SuspensionWordsRow, suspension_id=suspension_id, text=text, author_id=author_id)

    async def discard(self, document_id: str) -> None:
        """Forget a filed document whose handing in was refused; one that was ever handed in stays."""
        async with transaction(self._sessions) as session:
            row = await session.get(DocumentRow, document_id)
            if row is not None and row.status is DocumentStatus.FILED:
                await session.delete(row)


def _scoped(exchange_id: str, note_id: str) -> str:
    """People choose ids of acts, unique per exchange only; a long one is shortened to a digest."""
    scoped = f"{exchange_id}.{note_id}"
    if len(scoped) <= LONGEST_ID:
        return scoped
    return f"{exchange_id}.note-{hashlib.sha256(note_id.encode()).hexdigest()[:40]}"
