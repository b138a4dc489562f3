"""What is written before a person's act reaches a workflow: personal data, comments and files never cross Temporal."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select

from models.catalogue.programme import Programme
from models.errors import BadInput
from models.idempotency import fingerprint, hashed
from models.tables import DecisionRow, NoteRow, SuspensionWordsRow
from models.typed import clean_text
from records.fact_seals import Sealing
from records.files import Bytes
from records.registry import Registry, code_of
from records.sealed_files import SealedFiles
from records.store.engine import Sessions, transaction
from records.store.once import KeyTable
from records.uploads import LARGEST_FILE, Uploads

LONGEST_NOTE = 10_000
LONGEST_ID = 120


def _its_words(row: Row[Any]) -> str:
    return fingerprint([row.text, row.author_id]).value


_NOTES = KeyTable(NoteRow, ("id",), kept=_its_words)
_WORDS = KeyTable(SuspensionWordsRow, ("suspension_id",), kept=_its_words)


class Filing(Registry):
    """The gateway's way of writing; every method is one transaction and safe to repeat."""

    def __init__(
        self, sessions: Sessions, files: SealedFiles, programme: Programme, sealing: Sealing | None = None
    ) -> None:
        """`sealing` seals what documents say; without it nothing of that is written or read."""
        super().__init__(sessions, programme)
        self.sealing = sealing
        self._files = files
        self._uploads = Uploads(sessions, files, programme)

    async def file_document(
        self,
        exchange_id: str,
        kind: str,
        filename: str,
        data: Bytes,
        uploaded_by: str,
        at: datetime,
        *,
        max_bytes: int = LARGEST_FILE,
    ) -> str:
        """Keep a file and the row that says what it is; see `Uploads.file`."""
        return await self._uploads.file(exchange_id, kind, filename, data, uploaded_by, at, max_bytes=max_bytes)

    async def note(self, exchange_id: str, text: str, author_id: str, at: datetime, note_id: str) -> str:
        """Keep a comment; answers the id under which events may refer to it, which is scoped to the exchange.

        Raises:
            Unknown: there is no such exchange.
            BadInput: the text is empty or too long.
            KeyReused: the same id was used for another text.
        """
        text = clean_text(text)
        if not text or len(text) > LONGEST_NOTE:
            raise BadInput("note.length", "note", most=LONGEST_NOTE)
        kept = _scoped(exchange_id, note_id)
        async with transaction(self._sessions) as session:
            await code_of(session, exchange_id)
            row = {"id": kept, "exchange_id": exchange_id, "text": text, "author_id": author_id, "created_at": at}
            await _NOTES.claim(session, fingerprint([text, author_id]), row)
        return kept

    async def forget_note(self, note_id: str, created_at: datetime | None = None) -> None:
        """Forget a comment on an act that was refused, if it was kept then; what a decision refers to stays."""
        refers = select(DecisionRow.id).where(DecisionRow.note_id == note_id).limit(1)
        forgotten = delete(NoteRow).where(NoteRow.id == note_id)
        if created_at is not None:
            forgotten = forgotten.where(NoteRow.created_at == created_at)
        async with transaction(self._sessions) as session:
            if await session.scalar(refers) is None:
                await session.execute(forgotten)

    @property
    def sessions(self) -> Sessions:
        """Where it files."""
        return self._sessions

    @property
    def files(self) -> SealedFiles:
        """Where it keeps what it files."""
        return self._files

    async def keep_words(self, suspension_id: str, text: str, author_id: str) -> None:
        """Keep what the programme office writes to the people whom a suspension concerns.

        Raises:
            BadInput: the text is empty or too long.
            KeyReused: other words were kept for the suspension.
        """
        text = clean_text(text)
        if not text or len(text) > LONGEST_NOTE:
            raise BadInput("note.length", "note", most=LONGEST_NOTE)
        async with transaction(self._sessions) as session:
            row = {"suspension_id": suspension_id, "text": text, "author_id": author_id}
            await _WORDS.claim(session, fingerprint([text, author_id]), row)

    async def discard(self, document_id: str, filed_at: datetime | None = None) -> None:
        """Forget a filed document whose handing in was refused; see `Uploads.discard`."""
        await self._uploads.discard(document_id, filed_at)


def _scoped(exchange_id: str, note_id: str) -> str:
    """People choose ids of acts, unique per exchange only; a long one is shortened to a digest."""
    scoped = f"{exchange_id}.{note_id}"
    if len(scoped) <= LONGEST_ID:
        return scoped
    return f"{exchange_id}.note-{hashed(note_id)[:40]}"
