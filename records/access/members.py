"""People and roles: entered, changed and removed in the portal, each in one transaction with its event."""

import re
from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.programme import Contact, Programme
from models.errors import BadInput, Conflict, NotOpen, Unknown
from models.events import MemberAdded, MemberChanged, MemberRemoved
from models.idempotency import fingerprint, is_repeated
from models.notifications.door_facts import ProposalFacts
from models.people.absences import institution_of
from models.people.access import Connection, Member, Proposal, ProposedAct, may_manage, may_second, needs_second
from models.people.authorization import Actor, require
from models.people.deputies import Post, in_own_right, require_may_stand_in
from models.people.roster import contact_of, readable_id
from models.tables import MemberProposalRow, MemberRow, PersonRow, StepRow
from models.vocabulary import Role, StepStatus
from records.access.addresses import Addressed, change_address
from records.access.entries import end_entry, entry_exists, write_entry
from records.access.leaving import connections_of, end_access, end_connections
from records.access.proposals import decline, found_proposal, is_waiting, propose, proposed, tell_seconders, waiting
from records.roster import Roster
from records.store.append import MessageWriter, Waker, append, lock_stream, recorded
from records.store.engine import Sessions, transaction
from records.store.once import is_asked_again

ID = re.compile(r"[a-z0-9][a-z0-9._-]{2,80}")
_STREAM = "people"


class _Order(NamedTuple):
    """By whose right something is done, who did it at last, and when."""

    authority: Actor
    actor: Actor
    at: datetime
    key: str
    proposed_by: str = ""


class _Change(NamedTuple):
    """What an entry makes of somebody."""

    known: Contact | None
    contact: Contact
    fields: tuple[str, ...]
    """What becomes other; of somebody new everything."""


class Members:
    """Who holds which role."""

    def __init__(
        self, sessions: Sessions, programme: Programme, outbox: MessageWriter, waker: Waker | None = None
    ) -> None:
        self._sessions = sessions
        self._roster = Roster(programme)
        self._outbox = outbox
        self._waker = waker

    async def members(self, actor: Actor) -> list[Member]:
        """Everybody whom the actor may manage, by institution and role."""
        async with transaction(self._sessions) as session:
            programme = await self._roster.now(session)
            entered = set(await session.scalars(select(MemberRow.person_id)))
        found = [
            _member(institution.id, contact, by_portal=contact.id in entered)
            for institution in programme.institutions.values()
            for contact in institution.contacts
        ]
        found = [one for one in found if may_manage(actor, one.role, one.institution)]
        order = list(Role)
        return sorted(found, key=lambda one: (one.institution, order.index(one.role), one.person))

    async def unread(self, actor: Actor) -> list[str]:
        """The ids of those whose record cannot be read and who hold no role until it is entered again.

        What is no id, and may be anybody's name, is in the operator's tasks alone.
        """
        if actor.role is not Role.PROGRAMME_OFFICE or actor.on_behalf_of:
            return []
        async with transaction(self._sessions) as session:
            unread = (await self._roster.now(session)).unread
        return [person for person, _ in unread if readable_id(person) == person]

    async def save(self, member: Member, actor: Actor, at: datetime, key: str, *, new: bool) -> bool:
        """Enter somebody new, or change what is known of somebody; once per key.

        Returns:
            Whether it waits for a second person.

        Raises:
            NotAuthorised: they do not manage people of this role there, or cannot give a deputy what it would get.
            BadInput: a field cannot be; the text names it.
            Conflict: the id of somebody new is taken.
            KeyReused: the key was used for something else.
        """
        require(may_manage(actor, member.role, member.institution), "not_allowed.manage")
        order = _Order(actor, actor, at, key)
        async with transaction(self._sessions) as session:
            await lock_stream(session, _STREAM)
            if await self._done(session, order, MemberAdded if new else MemberChanged, member.person, member):
                return await is_waiting(session, key)
            change = await self._change(session, member, actor, new=new)
            waits = needs_second(member.role) and bool(change.fields)
            if waits:
                act = ProposedAct.ADD if new else ProposedAct.CHANGE
                await propose(session, self._outbox, key, act, member, actor, at)
                await self._tell_seconders(session, key, member.person, actor, at)
            else:
                await self._write(session, member, change, order, new=new)
        self._wake()
        return waits

    async def _change(self, session: AsyncSession, member: Member, actor: Actor, *, new: bool) -> _Change:
        """What an entry would change, if it may be made."""
        programme = await self._roster.now(session)
        known = institution_of(programme, member.person)
        contact = self._checked(member, actor, known[1] if known else None)
        if new and await self._taken(session, member.person):
            raise Conflict("person.id_taken", "person")
        if not new and known is None and member.person not in dict(programme.unread):
            raise Unknown("person.unknown")
        self._require_kept(known, member, actor)
        return _Change(known[1] if known else None, contact, _changed(known[1] if known else None, contact))

    async def _write(self, session: AsyncSession, member: Member, change: _Change, order: _Order, *, new: bool) -> None:
        if not change.fields:
            return
        await write_entry(session, member, change.contact, order.authority)
        about = {"at": order.at, "actor": order.actor, "person": member.person, "proposed_by": order.proposed_by}
        event: MemberAdded | MemberChanged
        if new:
            post = {"role": member.role, "institution": member.institution, "unit": member.unit}
            event = MemberAdded.model_validate(about | post)
        else:
            event = MemberChanged.model_validate(about | {"fields": change.fields})
        await append(session, self._outbox, f"person:{member.person}", f"member:{order.key}", (event,))
        if change.known is not None and "email" in change.fields:
            holder = Addressed(change.contact.id, change.contact.role, change.known.language)
            old, new_one = change.known.email, change.contact.email
            await change_address(session, holder, old, new_one, order.actor.id, order.at)

    async def connections(self, person: str, actor: Actor, at: datetime) -> list[Connection]:
        """The tokens and endpoints that somebody made, for whoever may remove them and has to decide about these."""
        async with transaction(self._sessions) as session:
            found = institution_of(await self._roster.now(session), person)
            if found is None or not may_manage(actor, found[1].role, found[0]):
                return []
            return await connections_of(session, person, at)

    async def remove(self, person: str, actor: Actor, at: datetime, key: str, keep: Collection[str] = ()) -> bool:
        """Take somebody's role away. Once per key.

        Their sessions, links and university's sign-in end, and the tokens and endpoints that they made, but those to
        `keep`.

        Returns:
            Whether it waits for a second person.

        Raises:
            NotAuthorised: they do not manage them.
            BadInput: it is themself, or the only one who answers for open steps.
            KeyReused: the key was used for something else.
        """
        async with transaction(self._sessions) as session:
            await lock_stream(session, _STREAM)
            if await self._done(session, _Order(actor, actor, at, key), MemberRemoved, person, sorted(keep)):
                return await is_waiting(session, key)
            post = await self._removable(session, person, actor)
            waits = needs_second(post[1].role)
            if waits:
                entry = _member(*post, by_portal=True)
                await propose(session, self._outbox, key, ProposedAct.REMOVE, entry, actor, at, tuple(keep))
                await self._tell_seconders(session, key, person, actor, at)
            else:
                await self._remove(session, post, _Order(actor, actor, at, key), keep)
        self._wake()
        return waits

    async def _tell_seconders(self, session: AsyncSession, key: str, person: str, actor: Actor, at: datetime) -> None:
        programme = self._roster.programme
        everybody = programme.institutions[programme.home].contacts
        seconders = [c for c in everybody if may_second(in_own_right((programme.home, c)), actor.id, programme.home)]
        facts = ProposalFacts(proposal_id=key, proposed_by=actor.id, member=person)
        await tell_seconders(session, facts, seconders, at)

    async def _removable(self, session: AsyncSession, person: str, actor: Actor) -> Post:
        programme = await self._roster.now(session)
        known = institution_of(programme, person)
        if known is None:
            raise Unknown("person.unknown")
        institution, contact = known
        require(may_manage(actor, contact.role, institution), "not_allowed.manage")
        if person == actor.id:
            raise BadInput("person.oneself", "person")
        others = [c for c in programme.contacts(institution, contact.role, contact.unit) if c.id != person]
        if not others and needs_second(contact.role):
            raise BadInput("person.last_office", "person")
        if not others and await _owes(session, institution, contact.role, contact.unit):
            raise BadInput("person.steps_wait", "person")
        return known

    async def _remove(self, session: AsyncSession, post: Post, order: _Order, keep: Collection[str]) -> None:
        person = post[1].id
        await end_entry(session, post, order.at)
        await end_access(session, person, order.at)
        await end_connections(session, self._outbox, person, order.actor, order.at, keep=keep)
        event = MemberRemoved(
            at=order.at, actor=order.actor, person=person, role=post[1].role, institution=post[0],
            proposed_by=order.proposed_by,
        )  # fmt: skip
        await append(session, self._outbox, f"person:{person}", f"member:{order.key}", (event,))

    async def proposals(self, actor: Actor) -> list[Proposal]:
        """The proposals that wait, for whoever may agree to them and for those who made them."""
        async with transaction(self._sessions) as session:
            found, home = await waiting(session), self._roster.programme.home
        return [one for one in found if actor.id == one.proposed_by or may_second(actor, one.proposed_by, home)]

    async def settle(self, proposal_id: str, actor: Actor, at: datetime, *, agree: bool) -> None:
        """Agree to a proposal of somebody else, so that it is done, or decline it; one's own is taken back.

        Raises:
            Unknown: there is none, or it is not theirs to settle.
            NotOpen: it was settled otherwise before, or whoever proposed it holds the role no more.
        """
        async with transaction(self._sessions) as session:
            await lock_stream(session, _STREAM)
            row = await found_proposal(session, proposal_id)
            programme = await self._roster.now(session)
            seconds = may_second(actor, row.proposed_by, programme.home)
            if not (seconds or (actor.id == row.proposed_by and not agree)):
                raise Unknown("proposal.unknown")
            if row.settled_at is not None:
                if bool(await recorded(session, f"member:{row.id}")) is not agree:
                    raise NotOpen("proposal.settled")
                return
            if not agree:
                await decline(session, self._outbox, row, actor, at)
                return
            proposer = institution_of(programme, row.proposed_by)
            if proposer is None:
                raise NotOpen("proposal.settled")
            await self._agreed(session, row, _Order(in_own_right(proposer), actor, at, row.id, row.proposed_by))
        self._wake()

    async def _agreed(self, session: AsyncSession, row: MemberProposalRow, order: _Order) -> None:
        member, keep = proposed(row)
        if row.act is ProposedAct.REMOVE:
            await self._remove(session, await self._removable(session, member.person, order.authority), order, keep)
        else:
            new = row.act is ProposedAct.ADD
            change = await self._change(session, member, order.authority, new=new)
            await self._write(session, member, change, order, new=new)
        row.settled_by, row.settled_at = order.actor.id, order.at

    def _wake(self) -> None:
        if self._waker is not None:
            self._waker.wake()

    async def _done(
        self,
        session: AsyncSession,
        order: _Order,
        act: type[MemberAdded | MemberChanged | MemberRemoved],
        person: str,
        entry: Member | list[str],
    ) -> bool:
        """Whether this was done or proposed under the key before.

        Raises:
            KeyReused: something else was.
        """
        asked = [act.__name__, person, order.actor.id, entry]
        if await is_asked_again(session, ("member", order.key), asked, order.at):
            return True
        done = await recorded(session, f"member:{order.key}")  # by a version that kept no more than the event
        kept = [fingerprint([type(one).__name__, getattr(one, "person", "")]).value for one in done[:1]]
        return is_repeated(next(iter(kept), None), fingerprint([act.__name__, person]))

    async def _taken(self, session: AsyncSession, person: str) -> bool:
        """Whether an id is somebody's: holds or held a role, or is a student's; whatever the case of its letters."""
        institutions = self._roster.programme.institutions.values()
        known = {contact.id.casefold() for institution in institutions for contact in institution.contacts}
        if person.casefold() in known or await entry_exists(session, person):
            return True
        query = select(PersonRow.id).where(func.lower(PersonRow.id) == person.casefold()).limit(1)
        return await session.scalar(query) is not None

    def _checked(self, member: Member, actor: Actor, known: Contact | None) -> Contact:
        """The contact that everybody will read."""
        programme = self._roster.programme
        if known is None and not ID.fullmatch(member.person):
            raise BadInput("person.id_form", "person")
        contact = contact_of(programme, member)
        for number, deputy in enumerate(contact.deputies, start=1):
            if deputy == contact.id:
                raise BadInput("deputy.oneself", "deputies")
            post = institution_of(programme, deputy)
            if post is None or post[0] not in {member.institution, programme.home}:
                raise BadInput("deputies.nobody", "deputies", number=number)
            require_may_stand_in(post, (member.institution, contact), actor, "deputies")
        return contact

    def _require_kept(self, known: tuple[str, Contact] | None, member: Member, actor: Actor) -> None:
        """That whoever holds a role keeps it, and is managed by the actor."""
        if known is None:
            return
        require(may_manage(actor, known[1].role, known[0]), "not_allowed.manage")
        if (known[0], known[1].role, known[1].unit) != (member.institution, member.role, member.unit):
            raise BadInput("role.kept", "role")


def _changed(known: Contact | None, contact: Contact) -> tuple[str, ...]:
    fields = ("name", "email", "language", "deputies")
    return tuple(name for name in fields if getattr(known, name, None) != getattr(contact, name))


async def _owes(session: AsyncSession, institution: str, role: Role, unit: str) -> bool:
    query = select(StepRow.id).where(
        StepRow.status == StepStatus.OPEN, StepRow.institution_id == institution, StepRow.role == role
    )
    if unit:
        query = query.where(StepRow.unit_id == unit)
    return await session.scalar(query.limit(1)) is not None


def _member(institution: str, contact: Contact, *, by_portal: bool) -> Member:
    return Member(
        person=contact.id,
        role=contact.role,
        institution=institution,
        unit=contact.unit,
        name=contact.name,
        email=contact.email,
        language=contact.language,
        deputies=contact.deputies,
        by_portal=by_portal,
    )
