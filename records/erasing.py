"""Erasing what a person's papers say, by deleting their keys; and the holds that forbid it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.programme import Programme
from models.errors import BadInput, NotOpen, Unknown
from models.events import Event, HoldLifted, HoldSet, PapersErased
from models.people.authorization import Actor, require
from models.people.erasing import may_erase
from models.tables import ExchangeRow, IdentityRow, LegalHoldRow, NoteRow, identity_of_exchange
from models.typed import clean_text
from models.views.own_data import ErasureView, HoldLine
from models.views.shared import Student
from records.erasure_ledger import Erased, ErasureLedger
from records.own_papers import erased, is_held, papers_held, readable, until_of
from records.queries.titles import Titles, student_of
from records.queries.visibility import visible_to
from records.store.append import MessageWriter, append, lock_stream, recorded
from records.store.engine import Sessions, transaction
from records.store.once import is_asked_again
from records.vault import DataVault

LONGEST_REASON = 500


class Erasures:
    """Holds and erasures, each in one transaction with its event."""

    def __init__(
        self, sessions: Sessions, programme: Programme, outbox: MessageWriter, vault: DataVault, ledger: ErasureLedger
    ) -> None:
        self._sessions = sessions
        self._programme = programme
        self._titles = Titles(programme)
        self._outbox = outbox
        self._vault = vault
        self._ledger = ledger

    async def look(self, exchange_id: str, actor: Actor, at: datetime) -> ErasureView:
        """What would be erased now, and what stands against it; raises as `erase` does of who may not."""
        async with transaction(self._sessions) as session:
            exchange, identity = await self._found(session, exchange_id, actor)
            student = student_of(identity)
            until = await until_of(session, self._programme, exchange.person_id, at)
            lasting = select(LegalHoldRow).where(
                LegalHoldRow.person_id == exchange.person_id, LegalHoldRow.lifted_at.is_(None)
            )
            holds = list(await session.scalars(lasting.order_by(LegalHoldRow.set_at, LegalHoldRow.id)))
            papers = await papers_held(session, self._programme, exchange_id, exchange.person_id, at)
            sealed = await readable(session, exchange.person_id)
        return ErasureView(
            exchange_id=exchange_id,
            student=student,
            papers=papers,
            due=tuple(one for one, day in (until or {}).items() if day <= at and one in sealed),
            holds=tuple(self._line(row, student) for row in holds),
            goes_on=until is None,
        )

    def _line(self, row: LegalHoldRow, student: Student) -> HoldLine:
        return HoldLine(
            hold_id=row.id,
            exchange_id=row.exchange_id,
            reason=row.reason,
            set_by=self._titles.who(row.set_by, student),
            set_at=row.set_at,
        )

    async def hold(self, exchange_id: str, reason: str, actor: Actor, at: datetime, key: str) -> str:
        """Forbid that anything of the exchange's student is erased; answers the id of the hold.

        Raises:
            Unknown: there is no such exchange, or it is not for them to know (D44).
            NotAuthorised: it is not theirs to say.
            BadInput: the reason is missing or too long.
            KeyReused: the key was used for something else.
        """
        reason = clean_text(reason)
        if not reason or len(reason) > LONGEST_REASON:
            raise BadInput("hold.reason", "reason", most=LONGEST_REASON)
        hold_id = f"{exchange_id}.hold.{key}"
        async with transaction(self._sessions) as session:
            person = await self._person(session, exchange_id, actor)
            if not await is_asked_again(session, ("hold", exchange_id, key), [actor.id, reason], at):
                session.add(
                    LegalHoldRow(
                        id=hold_id, exchange_id=exchange_id, person_id=person, reason=reason, set_by=actor.id, set_at=at
                    )
                )
                await self._say(
                    session, exchange_id, HoldSet(at=at, actor=actor, hold_id=hold_id), f"hold:{exchange_id}:{key}"
                )
        return hold_id

    async def lift(self, exchange_id: str, hold_id: str, actor: Actor, at: datetime) -> None:
        """End a hold; that it is over already is no fault.

        Raises:
            Unknown: there is no such exchange or hold, or it is not for them to know (D44).
            NotAuthorised: it is not theirs to say.
        """
        async with transaction(self._sessions) as session:
            await self._person(session, exchange_id, actor)
            row = await session.get(LegalHoldRow, hold_id)
            if row is None or row.exchange_id != exchange_id:
                raise Unknown("hold.unknown")
            if row.lifted_at is None:
                row.lifted_at, row.lifted_by = at, actor.id
                await self._say(
                    session, exchange_id, HoldLifted(at=at, actor=actor, hold_id=hold_id), f"lift:{hold_id}"
                )

    async def erase(self, exchange_id: str, actor: Actor, at: datetime, key: str, reason: str = "") -> tuple[str, ...]:
        """Delete the keys of the papers of the exchange's student that need not be kept any more; answers for what.

        What was erased before is not put on record again, under whatever key.
        The reason is kept as a comment on it, where one is given.
        What was erased is on the ledger before the database has it: a crash in between erases, and never the reverse.

        Raises:
            Unknown: there is no such exchange, or it is not for them to know (D44).
            NotAuthorised: it is not theirs to say.
            BadInput: the reason is too long.
            KeyReused: the key was used for something else.
            NotOpen: an exchange of the student goes on, a hold lasts, or everything must be kept still.
            Unavailable: the ledger cannot be written.
        """
        reason = clean_text(reason)
        if len(reason) > LONGEST_REASON:
            raise BadInput("hold.reason", "reason", most=LONGEST_REASON)
        async with transaction(self._sessions) as session:
            person = await self._person(session, exchange_id, actor)
            asked = [actor.id, reason] if reason else [actor.id]
            if await is_asked_again(session, ("erase", exchange_id, key), asked, at):
                before = await recorded(session, f"erase:{exchange_id}:{key}")
                return tuple(one for event in before if isinstance(event, PapersErased) for one in event.purposes)
            purposes = await self._due(session, person, at)
            if not purposes:
                return ()
            await self._ledger.write([Erased(person_id=person, purpose=one, at=at) for one in purposes])
            for purpose in purposes:
                await self._vault.erase(session, person, purpose, at)
            note_id = f"{exchange_id}.erasure-{key}" if reason else None
            if note_id is not None:
                note = {"text": reason, "author_id": actor.id, "created_at": at}
                session.add(NoteRow(id=note_id, exchange_id=exchange_id, **note))
            event = PapersErased(at=at, actor=actor, note_id=note_id, purposes=purposes)
            await self._say(session, exchange_id, event, f"erase:{exchange_id}:{key}")
        return purposes

    async def apply_again(self) -> int:
        """Erase what the ledger says and a restored copy of the database has still; answers how many keys those were.

        Raises:
            Unavailable: the ledger or the database does not answer.
            Broken: the ledger cannot be read.
        """
        entries = [one for one in await self._ledger.read() if isinstance(one, Erased)]
        async with transaction(self._sessions) as session:
            done = [await self._vault.erase(session, one.person_id, one.purpose, one.at) for one in entries]
        return sum(done)

    async def _due(self, session: AsyncSession, person: str, at: datetime) -> tuple[str, ...]:
        """Purposes whose papers need not be kept any more, without those that were erased before."""
        if await is_held(session, person):
            raise NotOpen("erasure.held")
        until = await until_of(session, self._programme, person, at)
        if until is None:
            raise NotOpen("erasure.goes_on")
        due = tuple(sorted(purpose for purpose, day in until.items() if day <= at))
        if not due:
            raise NotOpen("erasure.retained", moment=min(until.values()))
        done = await erased(session, person)
        return tuple(purpose for purpose in due if purpose not in done)

    async def _person(self, session: AsyncSession, exchange_id: str, actor: Actor) -> str:
        """Whose exchange it is; what is asked of one person is asked one after the other."""
        exchange, _ = await self._found(session, exchange_id, actor)
        await lock_stream(session, f"person/{exchange.person_id}")
        await lock_stream(session, exchange_id)
        return exchange.person_id

    async def _found(self, session: AsyncSession, exchange_id: str, actor: Actor) -> tuple[ExchangeRow, IdentityRow]:
        query = select(ExchangeRow, IdentityRow).join(IdentityRow, identity_of_exchange())
        found = (await session.execute(query.where(ExchangeRow.id == exchange_id, visible_to(actor)))).one_or_none()
        if found is None:
            raise Unknown("exchange.not_seen")
        require(may_erase(actor), "not_allowed.erase")
        return found[0], found[1]

    async def _say(self, session: AsyncSession, exchange_id: str, event: Event, key: str) -> None:
        await append(session, self._outbox, exchange_id, key, (event,))
