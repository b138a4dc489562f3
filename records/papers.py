"""Papers by their content: what was issued or written, and documents, whose every opening is on record first (D46)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from models.catalogue.programme import Programme
from models.errors import NotOpen, Unknown
from models.events import DocumentOpened
from models.people.authorization import Actor
from models.people.letters import may_read_letter
from models.people.papers import may_open
from models.tables import DocumentRow, ExchangeRow, FileRow, LetterRow
from models.vocabulary import LANGUAGES
from records.keeping import today_of
from records.queries.visibility import visible_to
from records.sealed_files import SealedFiles, issued_about
from records.store.append import NoOutbox, append
from records.store.engine import Sessions, transaction
from records.transfers import require_went, shown_to

ONE_VIEW = timedelta(minutes=5)
"""A browser may ask for a file several times while one person looks at it once."""


@dataclass(frozen=True)
class Paper:
    """A document itself."""

    filename: str
    media_type: str
    data: bytes


class Papers:
    """Documents, letters and certificates by their content."""

    def __init__(self, sessions: Sessions, files: SealedFiles, programme: Programme) -> None:
        self._sessions = sessions
        self._files = files
        self._programme = programme

    async def open(self, exchange_id: str, document_id: str, actor: Actor, at: datetime) -> Paper:
        """A document for somebody who may open it, once it is on record that they did.

        Raises:
            Unknown: there is no such document, or it is not for them to know (D44).
            NotOpen: it was erased, on which day and under which rule; or it never went to the reader's university.
            Unavailable: the database is away or busy; nothing was opened.
        """
        query = (
            select(DocumentRow, FileRow, ExchangeRow)
            .join(FileRow, FileRow.hash == DocumentRow.file_hash)
            .join(ExchangeRow, ExchangeRow.id == DocumentRow.exchange_id)
            .where(DocumentRow.id == document_id, DocumentRow.exchange_id == exchange_id, visible_to(actor))
        )
        async with transaction(self._sessions) as session:
            found = (await session.execute(query)).one_or_none()
            if found is None or not may_open(actor.role, self._programme.policy.purpose(found[0].kind)):
                raise Unknown("document.unknown")
            row, kept, exchange = found
            require_went(await shown_to(session, self._programme, exchange, actor), row)
            if row.erased_at is not None:
                day = today_of(self._programme, row.erased_at)
                raise NotOpen("document.erased", day=day, rule=row.erased_under or "")
            opened = DocumentOpened(at=at, actor=actor, document_id=row.id, document=row.kind)
            view = int(at.timestamp() // ONE_VIEW.total_seconds())
            # Nobody is written to about it: the student looks it up.
            await append(session, NoOutbox(), exchange_id, f"opened:{row.id}:{actor.id}:{view}", (opened,))
            filename, media_type, file_hash = row.filename, kept.media_type, kept.hash
        return Paper(filename, media_type, await self._files.read(file_hash, document_id))

    async def certificate(self, exchange_id: str, file_hash: str) -> bytes:
        """The bytes of a version of the certificate of an exchange."""
        return await self._files.read(file_hash, issued_about(exchange_id))

    async def letter(self, exchange_id: str, number: str, version: int, language: str, actor: Actor) -> Paper:
        """A letter in a language, for somebody who may open letters of its kind.

        Raises:
            Unknown: there is no such letter, or it is not for them to know (D44).
        """
        query = (
            select(LetterRow)
            .join(ExchangeRow, ExchangeRow.id == LetterRow.exchange_id)
            .where(LetterRow.number == number, LetterRow.version == version, LetterRow.exchange_id == exchange_id)
            .where(visible_to(actor))
        )
        async with transaction(self._sessions) as session:
            row = await session.scalar(query)
            if row is None or language not in LANGUAGES or not may_read_letter(actor.role, row.letter):
                raise Unknown("letter.unknown")
            file_hash = {"en": row.file_en, "zh": row.file_zh}[language]
        filename = f"{number}-v{version}-{language}.pdf"
        return Paper(filename, "application/pdf", await self._files.read(file_hash, issued_about(exchange_id)))
