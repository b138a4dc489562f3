"""The address somebody signs in by: what ends when it changes, who is told, and how the person undoes it."""

import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.addresses import same_mailbox
from models.catalogue.programme import Programme
from models.errors import NotOpen, Unknown
from models.events import AddressRestored, PersonCorrected
from models.notifications.door_facts import AddressFacts
from models.notifications.notices import NoticeKind
from models.people.absences import institution_of
from models.people.authorization import Actor
from models.people.deputies import in_own_right
from models.tables import (
    AddressChangeRow,
    ExchangeCodeRow,
    ExchangeRow,
    IdentityRow,
    PersonRow,
)
from models.vocabulary import Role
from records.access.entries import set_address
from records.access.leaving import end_access, end_connections
from records.access.signing import Action, Signing
from records.nominations import keep_version, nomination_of, version_of
from records.projections.common import table_of
from records.roster import Roster
from records.store.append import MessageWriter, NoOutbox, append, lock_stream
from records.store.engine import Sessions, transaction
from records.store.messages import MailTo, write_message

UNDONE_WITHIN = timedelta(days=7)
CHANGES = table_of(AddressChangeRow)


class Undo(StrEnum):
    """What a link that undoes a change of address can still do."""

    OPEN = "open"
    DONE = "done"
    """It was undone."""
    LATE = "late"
    """It is too old, or nobody holds the role any more."""


class Addressed(NamedTuple):
    """Whose address it is: a contact or a student."""

    person: str
    role: Role
    language: str


async def change_address(session: AsyncSession, holder: Addressed, old: str, new: str, by: str, at: datetime) -> None:
    """Have everything end that the old address let in, and tell it there; in the transaction that changes it."""
    if not old or same_mailbox(old, new):
        return
    change_id = secrets.token_hex(16)
    change = AddressChangeRow(
        id=change_id, person_id=holder.person, old_email=old, new_email=new, changed_by=by, changed_at=at
    )
    session.add(change)
    await end_access(session, holder.person, at)
    facts = AddressFacts(change_id=change_id, until=at + UNDONE_WITHIN)
    to = MailTo(person=holder.person, role=holder.role, language=holder.language)
    await write_message(session, f"address-changed:{change_id}", NoticeKind.ADDRESS_CHANGED, to, facts, at)


class Addresses:
    """Undoes changes of address, and looks whether links to answer are older than one."""

    def __init__(self, sessions: Sessions, programme: Programme, outbox: MessageWriter, signing: Signing) -> None:
        self._sessions = sessions
        self._roster = Roster(programme)
        self._outbox = outbox
        self._signing = signing

    async def action(self, token: str, at: datetime) -> Action:
        """What a link to answer a step lets its holder do.

        Raises:
            NotOpen: it is too old, or was sent before the person's address became another one.
            Unknown: nobody here made it.
        """
        action = self._signing.action_of(token, at)
        await self._require_same_address(action.person, action.made)
        return action

    async def rhythm(self, token: str, at: datetime) -> str:
        """Whose digests a link of a mail is about; raises as `action`."""
        link = self._signing.rhythm_of(token, at)
        await self._require_same_address(link.person, link.made)
        return link.person

    async def _require_same_address(self, person: str, made: datetime) -> None:
        """That a link went to the address that somebody still has."""
        query = select(CHANGES.c.changed_at, CHANGES.c.undone_at).where(CHANGES.c.person_id == person)
        async with transaction(self._sessions) as session:
            moments = [moment for row in await session.execute(query) for moment in row if moment is not None]
        if any(moment > made for moment in moments):
            raise NotOpen("link.address_changed")

    async def undo_is(self, token: str, at: datetime) -> Undo:
        """Whether a change can still be undone; looking changes nothing.

        Raises:
            Unknown: nobody here made this link.
        """
        async with transaction(self._sessions) as session:
            return await self._state(session, await self._change(session, token), at)

    async def restore(self, token: str, at: datetime) -> None:
        """Give somebody their address back, and end whatever was opened under the new one; once.

        Sessions and links of the new address end, and tokens and endpoints made since, by whoever came in by it. Later
        changes of the same person are undone with it. Undone again, it stays undone.

        Raises:
            Unknown: nobody here made this link.
            NotOpen: it is too old, or nobody holds the role any more.
        """
        async with transaction(self._sessions) as session:
            await lock_stream(session, "people")
            change = await self._change(session, token)
            state = await self._state(session, change, at)
            if state is Undo.DONE:
                return
            actor = await self._holder(session, change.person_id)
            if state is Undo.LATE or actor is None:
                raise NotOpen("link.undo_late")
            if actor.role is Role.STUDENT:
                await self._back_in_exchanges(session, change, actor, at)
            else:
                await set_address(session, change.person_id, change.old_email)
            await end_access(session, change.person_id, at)
            await end_connections(session, self._outbox, change.person_id, actor, at, since=change.changed_at)
            undone = (CHANGES.c.person_id == change.person_id) & (CHANGES.c.changed_at >= change.changed_at)
            await session.execute(update(CHANGES).where(undone, CHANGES.c.undone_at.is_(None)).values(undone_at=at))
            event = AddressRestored(at=at, actor=actor, change_id=change.id, person=change.person_id)
            stream = f"person:{change.person_id}"
            await append(session, self._outbox, stream, f"address-restored:{change.id}", (event,))

    async def _back_in_exchanges(
        self, session: AsyncSession, change: AddressChangeRow, actor: Actor, at: datetime
    ) -> None:
        """Every exchange that has the new address, or one of later still, goes back; each by an event of its own."""
        since = select(CHANGES.c.new_email).where(
            CHANGES.c.person_id == change.person_id,
            CHANGES.c.changed_at >= change.changed_at,
            CHANGES.c.undone_at.is_(None),
        )
        known = (
            select(IdentityRow)
            .join(
                ExchangeRow,
                (ExchangeRow.id == IdentityRow.exchange_id) & (ExchangeRow.nomination_version == IdentityRow.version),
            )
            .where(IdentityRow.person_id == change.person_id, IdentityRow.email.in_(since))
            .order_by(ExchangeRow.year, ExchangeRow.id)
        )
        person = await session.get_one(PersonRow, change.person_id)
        for identity in tuple(await session.scalars(known)):
            code = await session.get_one(ExchangeCodeRow, identity.exchange_id)
            await lock_stream(session, code.exchange_id)
            holds = await version_of(session, code.exchange_id)
            newest = (await version_of(session, code.exchange_id, newest=True)).version + 1
            restored = nomination_of(holds).model_copy(update={"email": change.old_email})
            await keep_version(session, code, newest, restored, person, at)
            event = PersonCorrected(
                at=at, actor=actor, columns=("email",), nomination_version=newest, nomination_before=holds.version
            )
            batch = f"address-restored:{change.id}:{code.exchange_id}"
            # Whoever has the mail that undoes it knows: nobody is told that the address became another one again.
            await append(session, NoOutbox(), code.exchange_id, batch, (event,))
        person.email = change.old_email

    async def _change(self, session: AsyncSession, token: str) -> AddressChangeRow:
        change = await session.get(AddressChangeRow, self._signing.change_of(token), populate_existing=True)
        if change is None:
            raise Unknown("link.incomplete")
        return change

    async def _state(self, session: AsyncSession, change: AddressChangeRow, at: datetime) -> Undo:
        if change.undone_at is not None:
            return Undo.DONE
        gone = await self._holder(session, change.person_id) is None
        return Undo.LATE if gone or at >= change.changed_at + UNDONE_WITHIN else Undo.OPEN

    async def _holder(self, session: AsyncSession, person: str) -> Actor | None:
        """Whose address it is, acting in their own right: who holds a role, or a student."""
        post = institution_of(await self._roster.now(session), person)
        if post is not None:
            return in_own_right(post)
        student = await session.get(PersonRow, person)
        return Actor(id=person, role=Role.STUDENT, institution=student.sending_id) if student is not None else None
