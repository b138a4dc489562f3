"""Everything kept about a student in an exchange, gathered to be given out: on record first, to those who may (D46)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.programme import Programme
from models.errors import Unknown
from models.events import DataExported
from models.people.authorization import Actor
from models.people.erasing import may_export
from models.people.letters import may_read_letter
from models.people.papers import may_open
from models.tables import (
    CertificateRow,
    DocumentRow,
    EventRow,
    ExchangeRow,
    FileRow,
    IdentityRow,
    LetterRow,
    MessageRow,
    StatedFactsRow,
    identity_of_exchange,
)
from models.typed import safe_filename
from models.views.own_data import HeldPapers, OwnDataView
from models.vocabulary import LANGUAGES, Role
from records.fact_seals import Sealing
from records.own_facts import OwnFacts
from records.own_papers import is_held, papers_held
from records.particulars import parties_of
from records.queries.titles import student_of
from records.queries.visibility import visible_to
from records.sealed_files import issued_about
from records.store.append import MessageWriter, append, lock_stream
from records.store.engine import Sessions, transaction
from records.store.once import is_asked_again
from records.transfers import Going, shown_to
from texts.own_data import ArchiveTold


@dataclass(frozen=True)
class KeptFile:
    """A file that belongs into the archive."""

    path: str
    """In the archive."""
    name: str
    """As it was called when it was handed in."""
    kind: str
    """The kind of document; `letter` or `certificate`."""
    about: str
    """The document's id, or the number of what was issued."""
    stored: str
    """Its name in the store."""
    bound_to: str
    at: datetime
    size: int
    """Bytes."""
    erased: bool = False
    """Whether nobody may read it any more, though its bytes may be there still."""


@dataclass(frozen=True)
class OwnData:
    """What goes into one archive."""

    exchange_id: str
    language: str
    """The student's."""
    at: datetime
    by_student: bool
    facts: dict[str, Any]
    files: tuple[KeptFile, ...]
    papers: tuple[HeldPapers, ...]

    def told(self, files: int, unread: Sequence[tuple[str, bool]]) -> ArchiveTold:
        """What the archive says of itself; `unread` are the files that are missing, and whether they were erased."""
        return ArchiveTold(self.exchange_id, self.language, self.at, self.by_student, files, unread)


class DataExports:
    """Gives out what is kept about a student."""

    def __init__(
        self, sessions: Sessions, programme: Programme, outbox: MessageWriter, sealing: Sealing | None = None
    ) -> None:
        self._sessions = sessions
        self._programme = programme
        self._outbox = outbox
        self._facts = OwnFacts(sessions, programme, outbox, sealing)

    async def begin(self, exchange_id: str, actor: Actor, at: datetime, key: str) -> OwnData:
        """Everything that this reader may be given of the exchange's student, once it is on record that it was.

        Raises:
            Unknown: there is no such exchange, or its data is not for them (D44).
            KeyReused: the key was used for something else.
            Unavailable: the database does not answer; nothing was given out.
        """
        async with transaction(self._sessions) as session:
            exchange, person = await self._found(session, exchange_id, actor)
            await lock_stream(session, exchange_id)
            if not await is_asked_again(session, ("export", exchange_id, key), [actor.id], at):
                event = DataExported(at=at, actor=actor, export_id=f"{exchange_id}.export.{key}")
                await append(session, self._outbox, exchange_id, f"export:{exchange_id}:{key}", (event,))
            going = await shown_to(session, self._programme, exchange, actor)
            files = [*await _documents(session, self._programme, exchange_id, actor.role, going)]
            files += [*await _letters(session, exchange_id, actor.role), *await _certificates(session, exchange_id)]
            papers = await papers_held(session, self._programme, exchange_id, exchange.person_id, at)
        return OwnData(
            exchange_id=exchange_id,
            language=person.language if person.language in LANGUAGES else "en",
            at=at,
            by_student=actor.role is Role.STUDENT,
            facts=await self._facts.of(exchange_id, actor, at),
            files=tuple(files),
            papers=papers,
        )

    async def look(self, exchange_id: str, actor: Actor, at: datetime) -> OwnDataView:
        """How much is kept, and until when.

        Raises:
            Unknown: there is no such exchange, or its data is not for them (D44).
        """
        async with transaction(self._sessions) as session:
            exchange, person = await self._found(session, exchange_id, actor)
            stated = select(func.count()).select_from(StatedFactsRow).where(StatedFactsRow.exchange_id == exchange_id)
            events = select(func.count()).select_from(EventRow).where(EventRow.stream == exchange_id)
            written = (MessageRow.exchange_id == exchange_id, MessageRow.recipient_id == exchange.person_id)
            messages = select(func.count()).select_from(MessageRow).where(*written)
            return OwnDataView(
                exchange_id=exchange_id,
                student=student_of(person),
                papers=await papers_held(session, self._programme, exchange_id, exchange.person_id, at),
                stated=await session.scalar(stated) or 0,
                events=await session.scalar(events) or 0,
                messages=await session.scalar(messages) or 0,
                held=await is_held(session, exchange.person_id),
            )

    async def _found(self, session: AsyncSession, exchange_id: str, actor: Actor) -> tuple[ExchangeRow, IdentityRow]:
        query = select(ExchangeRow, IdentityRow).join(IdentityRow, identity_of_exchange())
        found = (await session.execute(query.where(ExchangeRow.id == exchange_id, visible_to(actor)))).one_or_none()
        if found is None or not may_export(actor, parties_of(found[0])):
            raise Unknown("exchange.not_seen")
        return found[0], found[1]


async def _documents(
    session: AsyncSession, programme: Programme, exchange_id: str, role: Role, going: Going
) -> Iterator[KeptFile]:
    """Every document that the reader may open, replaced and erased ones too, in the order of handing in."""
    query = (
        select(DocumentRow, FileRow.size)
        .join(FileRow, FileRow.hash == DocumentRow.file_hash)
        .where(DocumentRow.exchange_id == exchange_id)
        .order_by(DocumentRow.filed_at, DocumentRow.id)
    )
    rows = (await session.execute(query)).all()
    return (
        KeptFile(
            path=f"documents/{number:03}-{row.kind}/{safe_filename(row.filename)}",
            name=row.filename,
            kind=row.kind,
            about=row.id,
            stored=row.file_hash,
            bound_to=row.id,
            at=row.filed_at,
            size=size,
            erased=row.erased_at is not None,
        )
        for number, (row, size) in enumerate(rows, 1)
        if may_open(role, programme.policy.purpose(row.kind)) and not going.stays_here(row.kind, row.filed_at)
    )


async def _letters(session: AsyncSession, exchange_id: str, role: Role) -> list[KeptFile]:
    """The letters that both the student and the reader may open, in both languages."""
    query = select(LetterRow).where(LetterRow.exchange_id == exchange_id)
    rows = list(await session.scalars(query.order_by(LetterRow.issued_at, LetterRow.number, LetterRow.version)))
    readable = [row for row in rows if all(may_read_letter(one, row.letter) for one in (role, Role.STUDENT))]
    made = [
        (f"{row.number}-v{row.version}-{language}.pdf", row, stored)
        for row in readable
        for language, stored in (("en", row.file_en), ("zh", row.file_zh))
    ]
    sizes = await _sizes(session, [stored for _, _, stored in made])
    return [
        KeptFile(
            path=f"letters/{safe_filename(name.replace('/', '-'))}",
            name=name,
            kind="letter",
            about=row.number,
            stored=stored,
            bound_to=issued_about(exchange_id),
            at=row.issued_at,
            size=sizes.get(stored, 0),
        )
        for name, row, stored in made
    ]


async def _certificates(session: AsyncSession, exchange_id: str) -> list[KeptFile]:
    query = select(CertificateRow).where(CertificateRow.exchange_id == exchange_id).order_by(CertificateRow.version)
    rows = list(await session.scalars(query))
    sizes = await _sizes(session, [row.file_hash for row in rows])
    return [
        KeptFile(
            path=f"certificates/{safe_filename(name)}",
            name=name,
            kind="certificate",
            about=row.number,
            stored=row.file_hash,
            bound_to=issued_about(exchange_id),
            at=row.issued_at,
            size=sizes.get(row.file_hash, 0),
        )
        for row in rows
        for name in (f"{row.number.replace('/', '-')}-v{row.version}.pdf",)
    ]


async def _sizes(session: AsyncSession, stored: list[str]) -> dict[str, int]:
    query = select(FileRow.hash, FileRow.size).where(FileRow.hash.in_(stored))
    return dict((await session.execute(query)).all())
