"""The registry of exchanges: who is nominated where, and each version of a nomination."""

import secrets
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.programme import Institution, Programme
from models.comparing import number_key
from models.errors import BadInput, Differs, Param, Unknown
from models.identifiers import CohortKey
from models.messages.acts import Act
from models.messages.exchange import Reopening
from models.messages.onward import Continues
from models.people.authorization import CLOCK, Actor
from models.people.roles import STUDENT
from models.rules.again import PERSONAL, UNANSWERED, Answers, another_person, differences, one_tells
from models.rules.nomination import Nomination
from models.rules.nomination_timing import WantedTime, require_timely
from models.tables import ExchangeCodeRow, ExchangeRow, NominationRow, NoteRow, PersonRow
from models.vocabulary import NominationStatus, Stage
from models.wire import Id, Moment, Wire
from records.acts import put
from records.alike import require_nobody_alike
from records.codes import continued, known_in, lock_registry, new_code
from records.nominations import form_of, keep_version, nomination_of, reopenings_of, version_id, version_of
from records.store.engine import Sessions, transaction


class Registered(Wire):
    """A nominated student's exchange. `new` where this call gave it its code."""

    exchange_id: Id
    person_id: Id
    new: bool
    nomination_version: int
    """The version that holds."""
    closed: bool = False
    """Whether the records say that the exchange has ended; Temporal forgets closed workflows after a while."""
    nominated_at: Moment
    """When its first version was taken."""
    nomination: Nomination
    """As it holds; never crosses into a workflow, its plan does."""
    note_id: str | None = None
    """Why somebody who looks like another is none."""
    reopening: Reopening | None = None
    """The last reopening, where there was one: its run goes on from there."""
    continues: Continues | None = None
    """The stay at another host that it goes on from."""


Asks = Callable[[Registered], tuple[Act, datetime]]
"""What is asked of an exchange once it is registered, and from when somebody else may send it."""


class Registry:
    """Registers nominations and keeps their versions; every method is one transaction and safe to repeat."""

    def __init__(self, sessions: Sessions, programme: Programme) -> None:
        self._sessions = sessions
        self._programme = programme

    async def register(
        self,
        nomination: Nomination,
        at: datetime,
        answers: Answers = UNANSWERED,
        actor: Actor = CLOCK,
        *,
        asks: Asks | None = None,
    ) -> Registered:
        """The person, the exchange code and the first version of a nomination, or those there are (D9).

        The same student in the same cohort always gets the same code. Before anything starts, whatever differs from
        what is on record is asked. What it `asks` of the exchange's workflow is put on record with it.

        Raises:
            BadInput: the sending university is not in the catalogue, or the number is another person's.
            Differs: the student is nominated there with other cells, or known with other personal ones.
            Conflict: somebody who looks like the same person is nominated there.
            Unavailable: the database is away or busy.
        """
        sending = self._programme.institution(nomination.sending)
        if sending is None:
            raise BadInput("university.unknown", "sending")
        async with transaction(self._sessions) as session:
            registered = await self._register(session, sending, nomination, at, answers, actor)
            if asks is not None and not registered.closed:
                act, next_try_at = asks(registered)
                await put(session, act, at, next_try_at)
            return registered

    async def _register(
        self,
        session: AsyncSession,
        sending: Institution,
        nomination: Nomination,
        at: datetime,
        answers: Answers,
        actor: Actor,
    ) -> Registered:
        cohort = cohort_of(self._programme, nomination)
        await lock_registry(session, cohort.sending, cohort.host, cohort.year)
        person = await person_with_number(session, nomination)
        known = await known_in(session, cohort, person.id) if person is not None else None
        if known is not None:
            return await self._again(session, known, nomination, answers, actor, at)
        self._require_timely(nomination, at)
        if person is not None:
            nomination = _of_person(person, nomination, answers)
        same = await require_nobody_alike(session, cohort, nomination, answers, actor)
        if same is not None:
            return await self._registered(session, same)
        # One who is known stays as they are until the exchange opens: only its event changes that.
        person = person or await _keep_person(session, None, nomination)
        row = await new_code(session, self._programme, sending, cohort, person.id, at)
        code = row.exchange_id
        await keep_version(session, row, 1, nomination, person, at)
        await _keep_reason(session, code, answers, actor, at)
        return await self._registered(session, code, new=True)

    async def registered(self, exchange_id: str) -> Registered:
        """A nomination as it was registered and holds now.

        Raises:
            Unknown: there is no such exchange.
        """
        async with transaction(self._sessions) as session:
            return await self._registered(session, exchange_id)

    async def revise(
        self,
        exchange_id: str,
        nomination: Nomination,
        at: datetime,
        answers: Answers = UNANSWERED,
        actor: Actor = CLOCK,
    ) -> int:
        """Keep a corrected nomination; answers its version, the one that holds where nothing changed (D11).

        Nothing changes by it yet: the version holds once an event of the exchange says so.

        Raises:
            Unknown: there is no such exchange.
            BadInput: it names another student, host, sending university or intake (D9); the text names the column.
            Conflict: it says what makes the student look like another one.
        """
        async with transaction(self._sessions) as session:
            code = await code_of(session, exchange_id)
            await lock_registry(session, code.sending_id, code.host_id, code.year)
            person = await session.get_one(PersonRow, code.person_id)
            _require_same(code, person, nomination)
            holds = await version_of(session, exchange_id)
            if holds.form == form_of(nomination):
                return holds.version
            if another_person(nomination_of(holds), nomination):
                raise BadInput("nomination.another_person", "student_number")
            newest = await version_of(session, exchange_id, newest=True)
            if newest.form == form_of(nomination):
                return newest.version
            await require_nobody_alike(
                session, cohort_of(self._programme, nomination), nomination, answers, actor, person.id
            )
            await keep_version(session, code, newest.version + 1, nomination, person, at)
            return newest.version + 1

    async def person_of(self, exchange_id: str) -> str:
        """The id of the student of an exchange.

        Raises:
            Unknown: there is no such exchange.
        """
        async with transaction(self._sessions) as session:
            return (await code_of(session, exchange_id)).person_id

    async def _again(
        self,
        session: AsyncSession,
        code: ExchangeCodeRow,
        nomination: Nomination,
        answers: Answers,
        actor: Actor,
        at: datetime,
    ) -> Registered:
        """The exchange there is, where the nomination says the same."""
        holds = await version_of(session, code.exchange_id)
        nomination = one_tells(before := nomination_of(holds), nomination)
        told = differences(before, nomination)
        if not told:
            return await self._registered(session, code.exchange_id)
        if another_person(before, nomination):
            raise BadInput("nomination.another_person", "student_number")
        exchange = await session.get(ExchangeRow, code.exchange_id)
        if exchange is None:
            # Its workflow never began: the row was corrected in the file before it was sent again.
            cohort = cohort_of(self._programme, nomination)
            await require_nobody_alike(session, cohort, nomination, answers, actor, code.person_id)
            person = await _keep_person(session, await session.get_one(PersonRow, code.person_id), nomination)
            newest = await version_of(session, code.exchange_id, newest=True)
            await keep_version(session, code, newest.version + 1, nomination, person, at)
            return await self._registered(session, code.exchange_id)
        where: dict[str, Param] = {
            "exchange": code.exchange_id,
            "host": code.host_id,
            "cells": [one.column for one in told],
        }
        if exchange.stage is Stage.CLOSED:
            raise Differs("nomination.differs_closed", told[0].column, told, **where)
        if exchange.nomination is NominationStatus.PENDING:
            raise Differs("nomination.differs", told[0].column, told, **where)
        raise Differs("nomination.differs_verified", told[0].column, told, **where)

    def _require_timely(self, nomination: Nomination, at: datetime) -> None:
        """Only what is new is looked at: an old file run again finds its students, whatever day it is."""
        require_timely(time_of(nomination), self._programme, at)

    async def _registered(self, session: AsyncSession, exchange_id: str, *, new: bool = False) -> Registered:
        code = await code_of(session, exchange_id)
        exchange = await session.get(ExchangeRow, exchange_id)
        holds = await version_of(session, exchange_id)
        first = await session.get_one(NominationRow, version_id(exchange_id, 1))
        note = await session.get(NoteRow, _note_id(exchange_id))
        return Registered(
            exchange_id=exchange_id,
            person_id=code.person_id,
            new=new,
            nomination_version=holds.version,
            closed=exchange is not None and exchange.outcome is not None,
            nominated_at=first.created_at,
            nomination=nomination_of(holds),
            note_id=note.id if note is not None else None,
            continues=continued(code),
            reopening=next((one.reopening for one in reversed(await reopenings_of(session, exchange_id))), None),
        )


def time_of(nomination: Nomination) -> WantedTime:
    """When a nomination wants the stay."""
    stay = nomination.sending, nomination.host, nomination.start, nomination.end
    return WantedTime(*stay, nomination.late_reason)


def cohort_of(programme: Programme, nomination: Nomination) -> CohortKey:
    """The cohort whose seats a nomination asks for."""
    return CohortKey(
        sending=nomination.sending,
        host=nomination.host,
        year=nomination.intake_year,
        direction=programme.direction(nomination.host),
    )


def _of_person(person: PersonRow, nomination: Nomination, answers: Answers) -> Nomination:
    """The nomination of a student who is known from another exchange, which keeps what it has."""
    before = nomination.model_copy(update={name: getattr(person, name) for name in PERSONAL})
    nomination, before = one_tells(before, nomination), one_tells(nomination, before)
    told = differences(before, nomination, PERSONAL)
    if not told:
        return nomination
    if another_person(before, nomination):
        raise BadInput("nomination.another_person", "student_number")
    if answers.person == "keep":
        return before
    if answers.person == "correct":
        return nomination
    raise Differs("nomination.person_differs", told[0].column, told, cells=[one.column for one in told])


def _require_same(code: ExchangeCodeRow, person: PersonRow, nomination: Nomination) -> None:
    """What never changes of an exchange (D9)."""
    never = {
        "sending": (code.sending_id, nomination.sending),
        "host": (code.host_id, nomination.host),
        "intake_year": (code.year, nomination.intake_year),
        "student_number": (number_key(person.student_number), number_key(nomination.student_number)),
    }
    for field, (was, told) in never.items():
        if was != told:
            raise BadInput("nomination.field_fixed", field)


async def code_of(session: AsyncSession, exchange_id: str) -> ExchangeCodeRow:
    """The registration of an exchange.

    Raises:
        Unknown: there is none.
    """
    row = await session.get(ExchangeCodeRow, exchange_id)
    if row is None:
        raise Unknown("exchange.unknown", exchange=exchange_id)
    return row


async def person_with_number(session: AsyncSession, nomination: Nomination) -> PersonRow | None:
    """Who has the student number of a nomination at its sending university."""
    return await session.scalar(
        select(PersonRow).where(
            PersonRow.sending_id == nomination.sending,
            PersonRow.number_key == number_key(nomination.student_number),
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
    for field in PERSONAL:
        setattr(person, field, getattr(nomination, field))
    await session.flush()
    return person


def _note_id(exchange_id: str) -> str:
    return f"{exchange_id}.nominated"


async def _keep_reason(session: AsyncSession, exchange_id: str, answers: Answers, actor: Actor, at: datetime) -> None:
    """Keep why somebody who looks like another is none; the event that opens the exchange refers to it."""
    if answers.same == "no" and answers.reason:
        note = NoteRow(id=_note_id(exchange_id), exchange_id=exchange_id, text=answers.reason, author_id=actor.id)
        note.created_at = at
        session.add(note)
        await session.flush()
