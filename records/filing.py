"""What is written before a person's act reaches a workflow: personal data, comments and files never cross Temporal."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.programme import Programme
from models.errors import BadInput, Conflict, Unknown
from models.identifiers import CohortKey, exchange_code
from models.people.roles import STUDENT
from models.rules.nomination import Nomination
from models.rules.nomination_timing import require_timely
from models.tables import (
    DecisionRow,
    ExchangeCodeRow,
    ExchangeRow,
    NominationRow,
    NoteRow,
    PersonRow,
    SuspensionWordsRow,
)
from models.typed import clean_text
from models.vocabulary import Role
from models.wire import Id, Wire
from records.access.addresses import Addressed, change_address
from records.files import Bytes, Files
from records.projections.common import insert_once
from records.store.append import lock_stream
from records.store.engine import Sessions, transaction
from records.uploads import LARGEST_FILE, Uploads

LONGEST_NOTE = 10_000
LONGEST_ID = 120

_PERSON = (
    "family_name",
    "given_name",
    "native_name",
    "email",
    "birth_date",
    "gender",
    "nationality",
    "language",
)
"""What a later nomination may say anew of the same student; university and number stay (D9)."""


class Registered(Wire):
    """A nominated student's exchange. `new` where this call gave it its code."""

    exchange_id: Id
    person_id: Id
    new: bool
    nomination_version: int
    """The newest version kept."""
    unchanged: bool = True
    """Whether the nomination says what the newest version says."""
    closed: bool = False
    """Whether the records say that the exchange has ended; Temporal forgets closed workflows after a while."""


class Filing:
    """The gateway's way of writing; every method is one transaction and safe to repeat."""

    def __init__(self, sessions: Sessions, files: Files, programme: Programme) -> None:
        self._sessions = sessions
        self._files = files
        self._uploads = Uploads(sessions, files)
        self._programme = programme

    async def register(self, nomination: Nomination, at: datetime) -> Registered:
        """The person, the exchange code and the first version of a nomination, or those there are (D9).

        The same student in the same cohort always gets the same code. What a repeated nomination says anew is taken
        over only while nothing of the exchange is recorded yet; after that a correction is needed (`revise`).

        Raises:
            BadInput: the sending university is not in the catalogue, or a stay nobody knew of yet has begun.
            Unavailable: the database is away or busy.
        """
        sending = self._programme.institution(nomination.sending)
        if sending is None:
            raise BadInput("university.unknown", "sending")
        cohort = self._cohort(nomination)
        async with transaction(self._sessions) as session:
            # One registration per university at a time: numbers without gaps, and no student twice.
            await lock_stream(session, f"registry/{nomination.sending}")
            person = await _person(session, nomination)
            if person is not None:
                known = await _known(session, cohort, person)
                if known is not None:
                    return await _again(session, known, person, nomination, at)
            self._require_timely(nomination, at)
            person = await _keep_person(session, person, nomination)
            number = await _next_number(session, cohort)
            code = exchange_code(cohort.year, sending.code, number)
            row = ExchangeCodeRow(exchange_id=code, cohort_id=cohort.id, person_id=person.id, number=number)
            row.year, row.sending_id, row.host_id = cohort.year, cohort.sending, cohort.host
            session.add(row)
            await session.flush()
            session.add(_version(code, 1, nomination, at))
        return Registered(exchange_id=code, person_id=person.id, new=True, nomination_version=1)

    async def revise(self, exchange_id: str, nomination: Nomination, at: datetime) -> int:
        """Keep a corrected nomination; answers its version, the newest one's where nothing changed (D11).

        Raises:
            Unknown: there is no such exchange.
            BadInput: it names another student, host, sending university or intake (D9); the text names the column.
        """
        async with transaction(self._sessions) as session:
            code = await _code(session, exchange_id)
            await lock_stream(session, f"registry/{code.sending_id}")
            person = await session.get_one(PersonRow, code.person_id)
            self._require_same(code, person, nomination)
            newest = await _newest(session, exchange_id)
            if newest.form == _form(nomination):
                return newest.version
            holder, before = Addressed(person.id, Role.STUDENT, person.language), person.email
            for field in _PERSON:
                setattr(person, field, getattr(nomination, field))
            await change_address(session, holder, before, person.email, nomination.sending, at)
            session.add(_version(exchange_id, newest.version + 1, nomination, at))
            return newest.version + 1

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
            Conflict: the same id was used for another text.
        """
        text = clean_text(text)
        if not text or len(text) > LONGEST_NOTE:
            raise BadInput("note.length", "note", most=LONGEST_NOTE)
        kept = _scoped(exchange_id, note_id)
        async with transaction(self._sessions) as session:
            await _code(session, exchange_id)
            await insert_once(
                session, NoteRow, id=kept, exchange_id=exchange_id, text=text, author_id=author_id, created_at=at
            )
            row = await session.get_one(NoteRow, kept)
            if (row.text, row.author_id) != (text, author_id):
                raise Conflict("note.another", "note")
        return kept

    async def forget_note(self, note_id: str, created_at: datetime) -> None:
        """Forget a comment that was kept then, on an act that was refused; what a decision refers to stays."""
        refers = select(DecisionRow.id).where(DecisionRow.note_id == note_id).limit(1)
        async with transaction(self._sessions) as session:
            if await session.scalar(refers) is None:
                await session.execute(delete(NoteRow).where(NoteRow.id == note_id, NoteRow.created_at == created_at))

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

    async def discard(self, document_id: str, filed_at: datetime) -> None:
        """Forget a filed document whose handing in was refused; see `Uploads.discard`."""
        await self._uploads.discard(document_id, filed_at)

    async def person_of(self, exchange_id: str) -> str:
        """The id of the student of an exchange.

        Raises:
            Unknown: there is no such exchange.
        """
        async with transaction(self._sessions) as session:
            return (await _code(session, exchange_id)).person_id

    def _cohort(self, nomination: Nomination) -> CohortKey:
        return CohortKey(
            sending=nomination.sending,
            host=nomination.host,
            year=nomination.intake_year,
            direction=self._programme.direction(nomination.host),
        )

    def _require_timely(self, nomination: Nomination, at: datetime) -> None:
        """Only what is new is looked at: an old file run again finds its students, whatever day it is."""
        stay = (nomination.host, nomination.start, nomination.end, nomination.late_reason)
        require_timely(*stay, self._programme, at)

    def _require_same(self, code: ExchangeCodeRow, person: PersonRow, nomination: Nomination) -> None:
        """What never changes of an exchange (D9)."""
        never = {
            "sending": (code.sending_id, nomination.sending),
            "host": (code.host_id, nomination.host),
            "intake_year": (code.year, nomination.intake_year),
            "student_number": (_number_key(person.student_number), _number_key(nomination.student_number)),
        }
        for field, (was, told) in never.items():
            if was != told:
                raise BadInput("nomination.field_fixed", field)


def _scoped(exchange_id: str, note_id: str) -> str:
    """People choose ids of acts, unique per exchange only; a long one is shortened to a digest."""
    scoped = f"{exchange_id}.{note_id}"
    if len(scoped) <= LONGEST_ID:
        return scoped
    return f"{exchange_id}.note-{hashlib.sha256(note_id.encode()).hexdigest()[:40]}"


def _number_key(student_number: str) -> str:
    return student_number.strip().lower()


def _form(nomination: Nomination) -> Mapping[str, Any]:
    return nomination.model_dump(mode="json")


def _version(exchange_id: str, version: int, nomination: Nomination, at: datetime) -> NominationRow:
    return NominationRow(
        id=f"{exchange_id}.nomination.{version}",
        exchange_id=exchange_id,
        version=version,
        form=dict(_form(nomination)),
        created_at=at,
    )


async def _code(session: AsyncSession, exchange_id: str) -> ExchangeCodeRow:
    row = await session.get(ExchangeCodeRow, exchange_id)
    if row is None:
        raise Unknown("exchange.unknown", exchange=exchange_id)
    return row


async def _newest(session: AsyncSession, exchange_id: str) -> NominationRow:
    versions = select(NominationRow).where(NominationRow.exchange_id == exchange_id)
    return (await session.scalars(versions.order_by(NominationRow.version.desc()).limit(1))).one()


async def _person(session: AsyncSession, nomination: Nomination) -> PersonRow | None:
    return await session.scalar(
        select(PersonRow).where(
            PersonRow.sending_id == nomination.sending,
            func.lower(PersonRow.student_number) == _number_key(nomination.student_number),
        )
    )


async def _keep_person(session: AsyncSession, person: PersonRow | None, nomination: Nomination) -> PersonRow:
    if person is None:
        person = PersonRow(
            id=f"{STUDENT}{secrets.token_hex(8)}",
            sending_id=nomination.sending,
            student_number=nomination.student_number.strip(),
        )
        session.add(person)
    for field in _PERSON:
        setattr(person, field, getattr(nomination, field))
    await session.flush()
    return person


async def _known(session: AsyncSession, cohort: CohortKey, person: PersonRow) -> ExchangeCodeRow | None:
    return await session.scalar(
        select(ExchangeCodeRow).where(ExchangeCodeRow.cohort_id == cohort.id, ExchangeCodeRow.person_id == person.id)
    )


async def _again(
    session: AsyncSession, code: ExchangeCodeRow, person: PersonRow, nomination: Nomination, at: datetime
) -> Registered:
    newest = await _newest(session, code.exchange_id)
    version, unchanged = newest.version, newest.form == _form(nomination)
    exchange = await session.get(ExchangeRow, code.exchange_id)
    if not unchanged and exchange is None:
        # Its workflow never began: the row was corrected in the file before it was sent again.
        await _keep_person(session, person, nomination)
        version, unchanged = version + 1, True
        session.add(_version(code.exchange_id, version, nomination, at))
    return Registered(
        exchange_id=code.exchange_id,
        person_id=code.person_id,
        new=False,
        nomination_version=version,
        unchanged=unchanged,
        closed=exchange is not None and exchange.outcome is not None,
    )


async def _next_number(session: AsyncSession, cohort: CohortKey) -> int:
    numbers = select(func.max(ExchangeCodeRow.number)).where(
        ExchangeCodeRow.year == cohort.year, ExchangeCodeRow.sending_id == cohort.sending
    )
    return (await session.scalar(numbers) or 0) + 1
