"""Files on their way into the records: looked at before they are kept, and gone again where they are refused."""

import re
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, exists, not_, or_, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from models.catalogue.programme import Programme
from models.errors import BadInput, Unknown
from models.messages.acts import ActStatus
from models.tables import ActRow, CertificateRow, DocumentRow, ExchangeCodeRow, FileRow, LetterRow
from models.typed import safe_filename
from models.vocabulary import DocumentStatus
from records.file_types import sniff
from records.files import Bytes
from records.hazards import Gate
from records.projections.common import insert_once
from records.sealed_files import FileOwner, SealedFiles
from records.store.append import lock_stream
from records.store.engine import Sessions, transaction

LARGEST_FILE = 64 * 1024 * 1024
"""Bytes that protect the store where no kind of document says less."""
UNKNOWN_TYPE = "application/octet-stream"
LEFT_BEHIND = timedelta(days=1)
"""After so long nobody hands in any more what was filed."""

_KIND = re.compile(r"[a-z][a-z0-9_]{0,59}\Z")


class Uploads:
    """Files documents, and forgets those that were refused."""

    def __init__(self, sessions: Sessions, files: SealedFiles, programme: Programme) -> None:
        self._sessions = sessions
        self._files = files
        self._policy = programme.policy
        self._gate = Gate()

    async def file(
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
        """Keep a file and the row that says what it is; the same file of the same kind is the same document.

        Raises:
            Unknown: there is no such exchange.
            BadInput: the kind is no kind of document, or the file is too large, or may do harm; nothing is kept.
            Broken, Unavailable: the file store or the database does not answer.
        """
        if not _KIND.match(kind):
            raise BadInput("kind.unknown", "kind")
        async with transaction(self._sessions) as session:
            code = await session.get(ExchangeCodeRow, exchange_id)
            if code is None:
                raise Unknown("exchange.unknown", exchange=exchange_id)
            person, purpose = code.person_id, self._policy.purpose(kind)
        async with self._files.incoming(data, max_bytes=max_bytes) as file:
            media_type = sniff(file.head)
            await self._gate.check(file, media_type)
            tag = await self._files.tag(exchange_id, kind, person, purpose, file.hash, at)
            document_id = await self._known_as(f"{exchange_id}.{kind}", tag, file.hash)
            owner = FileOwner(person_id=person, purpose=purpose, bound_to=document_id)
            async with self._files.sealed(file, owner, at) as sealed, transaction(self._sessions) as session:
                # Who forgets a file and who keeps the same one take turns.
                await lock_stream(session, f"file/{sealed.stored.hash}")
                # The bytes are safe before the row is; a crash in between leaves a file that nobody points to.
                await self._files.keep(session, sealed, media_type or UNKNOWN_TYPE, at)
                await insert_once(
                    session,
                    DocumentRow,
                    id=document_id,
                    exchange_id=exchange_id,
                    kind=kind,
                    file_hash=sealed.stored.hash,
                    filename=safe_filename(filename),
                    uploaded_by=uploaded_by,
                    filed_at=at,
                )
                # One of an earlier release may be in clear still.
                its = update(DocumentRow).where(DocumentRow.id == document_id)
                await session.execute(its.values(file_hash=sealed.stored.hash))
        await self._clear(exchange_id, at)
        return document_id

    async def _known_as(self, prefix: str, tag: str, file_hash: str) -> str:
        """The document's id; one that an earlier release filed keeps the id it has, by the file's own hash.

        What was erased stays so: where the exchange was reopened, the same file is another document.
        """
        before = f"{prefix}.{file_hash[:16]}"
        since = [f"{prefix}.{tag[n : n + 16]}" for n in range(0, len(tag), 16)]
        query = select(DocumentRow.id, DocumentRow.erased_at).where(DocumentRow.id.in_([before, *since]))
        async with transaction(self._sessions) as session:
            known = {id: erased is None for id, erased in (await session.execute(query)).all()}
        if known.get(before):
            return before
        return next((one for one in since if known.get(one, True)), since[-1])

    async def discard(self, document_id: str, filed_at: datetime | None = None) -> None:
        """Forget a document, if it was filed then, with its file: its handing in was refused.

        What was ever handed in stays, and so does what somebody else filed and is handing in just now.
        """
        async with transaction(self._sessions) as session:
            row = await session.get(DocumentRow, document_id)
            if row is not None and row.status is DocumentStatus.FILED and filed_at in (None, row.filed_at):
                if filed_at is None and await session.scalar(select(_is_asked_for(document_id))):
                    return
                await self._forget(session, row)

    async def _clear(self, exchange_id: str, at: datetime) -> None:
        """Forget what crashes left filed and not handed in."""
        left = (
            select(DocumentRow)
            .where(
                DocumentRow.exchange_id == exchange_id,
                DocumentRow.status == DocumentStatus.FILED,
                DocumentRow.filed_at < at - LEFT_BEHIND,
                not_(_is_asked_for(DocumentRow.id)),
            )
            .limit(10)
        )
        async with transaction(self._sessions) as session:
            for row in await session.scalars(left):
                await self._forget(session, row)

    async def _forget(self, session: AsyncSession, row: DocumentRow) -> None:
        await lock_stream(session, f"file/{row.file_hash}")
        await session.execute(delete(DocumentRow).where(DocumentRow.id == row.id))
        documents = select(DocumentRow.id).where(DocumentRow.file_hash == row.file_hash)
        issued = union_all(
            select(CertificateRow.number).where(CertificateRow.file_hash == row.file_hash),
            select(LetterRow.number).where(or_(LetterRow.file_en == row.file_hash, LetterRow.file_zh == row.file_hash)),
        )
        if await session.scalar(documents.limit(1)) is None and await session.scalar(issued.limit(1)) is None:
            address = await session.scalar(select(FileRow.address).where(FileRow.hash == row.file_hash))
            await session.execute(delete(FileRow).where(FileRow.hash == row.file_hash))
            await self._files.remove(address or row.file_hash)


def _is_asked_for(document_id: str | InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Whether an act that hands a document in is kept and not yet taken."""
    return exists().where(
        ActRow.status == ActStatus.ASKED,
        ActRow.kind == "submit_document",
        ActRow.request["document_id"].as_string() == document_id,
    )
