"""Erasing what documents say once no rule keeps it: file and facts go, that they existed stays on record (D46).

First a document is marked, in one transaction with its event and after the ledger; then its bytes are deleted. A crash
in between leaves what is marked and there still, which the next run deletes.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import groupby

from sqlalchemy import CompoundSelect, Select, delete, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.programme import Programme
from models.events import DocumentErased, DocumentSubmitted
from models.messages.retention import RetentionAnswer
from models.tables import (
    CertificateRow,
    DocumentRow,
    EventRow,
    ExchangeCodeRow,
    FileRow,
    LetterRow,
    ReadingRow,
    StatedFactsRow,
)
from records.audit.looking import pages
from records.erasure_ledger import ErasedDocument, ErasureLedger
from records.keeping import PAGE, judged, kept_documents, of_ended_exchanges, today_of
from records.own_papers import is_held
from records.sealed_files import SealedFiles
from records.store.append import MessageWriter, append, lock_stream
from records.store.engine import Sessions, transaction

Beat = Callable[[], object]


class Retention:
    """Erases documents whose time has passed; may be stopped anywhere, and run twice at once."""

    def __init__(
        self, sessions: Sessions, programme: Programme, outbox: MessageWriter, files: SealedFiles, ledger: ErasureLedger
    ) -> None:
        self._sessions = sessions
        self._programme = programme
        self._outbox = outbox
        self._files = files
        self._ledger = ledger

    async def erase_due(self, at: datetime, beat: Beat = lambda: None) -> RetentionAnswer:
        """Erase everything that no rule keeps any more, with a beat after each exchange; says how much that was.

        Raises:
            Unavailable: the database, the ledger or the store does not answer; what was done is done.
        """
        erased = held = 0
        today = today_of(self._programme, at)
        async for page in of_ended_exchanges(self._sessions, self._programme, at, today):
            for exchange_id, _ in groupby(page, key=lambda one: one.exchange_id):
                done, kept = await self._of_exchange(exchange_id, at)
                erased, held = erased + done, held + kept
                beat()
        return RetentionAnswer(erased=erased, held=held, removed=await self._remove_marked(at, beat))

    async def apply_again(self, at: datetime) -> int:
        """Erase what the ledger says and restored copies of database or files have still; says how many those were.

        Raises:
            Unavailable: the ledger, the database or the store does not answer.
            Broken: the ledger cannot be read.
        """
        entries = {one.document: one for one in await self._ledger.read() if isinstance(one, ErasedDocument)}
        if not entries:
            return 0
        marked = 0
        for some in pages(entries.values(), PAGE):
            marked += await self._mark_again(some)
        await self._came_back()
        return max(marked, await self._remove_marked(at))

    async def _of_exchange(self, exchange_id: str, at: datetime) -> tuple[int, int]:
        """How many of its documents were marked, and how many a hold keeps: judged anew, with nobody in between."""
        async with transaction(self._sessions) as session:
            person = (await session.execute(_person(exchange_id))).scalar_one()
            await lock_stream(session, f"person/{person}")
            await lock_stream(session, exchange_id)
            rows = (await session.execute(kept_documents(DocumentRow.exchange_id == exchange_id))).all()
            today = today_of(self._programme, at)
            due = [one for one in judged(self._programme, rows, at) if one.through is not None and one.through < today]
            if await is_held(session, person):
                return 0, len(due)
            marks = [ErasedDocument(document=one.id, rule=one.rule.id, at=at) for one in due if one.rule is not None]
            await self._ledger.write(marks)
            for mark in marks:
                await self._mark(session, exchange_id, mark)
        return len(marks), 0

    async def _mark(self, session: AsyncSession, exchange_id: str, mark: ErasedDocument) -> None:
        row = await session.get_one(DocumentRow, mark.document)
        event = DocumentErased(
            at=mark.at,
            document_id=row.id,
            document=row.kind,
            rule=mark.rule,
            received_at=row.submitted_at or row.filed_at,
            received_from=await _received_from(session, exchange_id, row.id),
            file=row.file_hash,
            accepted=row.accepted,
            accepted_by=row.accepted_by,
        )
        row.filename = ""  # people write names into it
        await session.flush()
        for said in (StatedFactsRow, ReadingRow):
            await session.execute(delete(said).where(said.document_id == row.id))
        await append(session, self._outbox, exchange_id, f"retention:{row.id}", (event,))

    async def _mark_again(self, entries: Iterable[ErasedDocument]) -> int:
        by_id, again = {one.document: one for one in entries}, 0
        kept = select(DocumentRow.id, DocumentRow.exchange_id)
        async with transaction(self._sessions) as session:
            rows = await session.execute(kept.where(DocumentRow.id.in_(by_id), DocumentRow.erased_at.is_(None)))
            for document, exchange_id in rows.all():
                await lock_stream(session, exchange_id)
                await self._mark(session, exchange_id, by_id[document])
                again += 1
        return again

    async def _came_back(self) -> None:
        """Note which files are there again that were removed: their folder was restored."""
        there = await self._files.store.kept()
        gone = select(FileRow).where(FileRow.removed_at.is_not(None)).order_by(FileRow.hash).limit(PAGE)
        last = ""
        while True:
            async with transaction(self._sessions) as session:
                rows = list(await session.scalars(gone.where(FileRow.hash > last)))
                for row in rows:
                    if (row.address or row.hash) in there:
                        row.removed_at = None
                if not rows:
                    return
                last = rows[-1].hash

    async def _remove_marked(self, at: datetime, beat: Beat = lambda: None) -> int:
        """Delete the bytes of what is marked; says how many files those were."""
        removed, last = 0, ""
        marked = (
            select(FileRow.hash)
            .join(DocumentRow, DocumentRow.file_hash == FileRow.hash)
            .where(DocumentRow.erased_at.is_not(None), FileRow.removed_at.is_(None))
            .distinct()
            .order_by(FileRow.hash)
            .limit(PAGE)
        )
        while True:
            async with transaction(self._sessions) as session:
                names = list(await session.scalars(marked.where(FileRow.hash > last)))
            if not names:
                return removed
            for name in names:
                removed += await self._remove(name, at)
                beat()
            last = names[-1]

    async def _remove(self, name: str, at: datetime) -> int:
        """Delete the bytes under a name, unless another document or paper has them; its row stays, as a proof."""
        async with transaction(self._sessions) as session:
            await lock_stream(session, f"file/{name}")
            row = await session.get(FileRow, name)
            if row is None or row.removed_at is not None or await session.scalar(_needed_by(name)) is not None:
                return 0
            await self._files.remove(row.address or name)
            row.removed_at = at
        return 1


def _person(exchange_id: str) -> Select[str]:
    return select(ExchangeCodeRow.person_id).where(ExchangeCodeRow.exchange_id == exchange_id)


def _needed_by(name: str) -> CompoundSelect[str]:
    """What a file is kept for besides: files of earlier releases may be those of several."""
    return union_all(
        select(DocumentRow.id).where(DocumentRow.file_hash == name, DocumentRow.erased_at.is_(None)),
        select(CertificateRow.number).where(CertificateRow.file_hash == name),
        select(LetterRow.number).where(or_(LetterRow.file_en == name, LetterRow.file_zh == name)),
    ).limit(1)


async def _received_from(session: AsyncSession, exchange_id: str, document_id: str) -> str:
    """The role that handed a document in, by the log."""
    kind = DocumentSubmitted.model_fields["kind"].default
    about = EventRow.payload["document_id"].as_string() == document_id
    query = select(EventRow.actor_role).where(EventRow.stream == exchange_id, EventRow.kind == kind, about)
    return await session.scalar(query.order_by(EventRow.seq.desc()).limit(1)) or ""
