"""People and roles: entered, changed and removed in the portal, each in one transaction with its event."""

import re
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.addresses import entered
from models.catalogue.programme import Contact, Programme
from models.errors import BadInput, Conflict, Unknown
from models.events import MemberAdded, MemberChanged, MemberRemoved
from models.people.absences import institution_of
from models.people.access import Member, may_manage
from models.people.authorization import Actor, require
from models.tables import MemberRow, SessionRow, StepRow
from models.vocabulary import LANGUAGES, Role, StepStatus
from records.projections.common import table_of
from records.roster import Roster
from records.store.append import MessageWriter, append, lock_stream, recorded
from records.store.engine import Sessions, transaction

ROLES = frozenset(Role) - {Role.STUDENT, Role.CLOCK}
_STREAM = "people"


class Members:
    """Who holds which role."""

    def __init__(self, sessions: Sessions, programme: Programme, outbox: MessageWriter) -> None:
        self._sessions = sessions
        self._catalogue = programme
        self._roster = Roster(programme)
        self._outbox = outbox

    async def members(self, actor: Actor) -> list[Member]:
        """Everybody whom the actor may manage, by institution and role."""
        async with transaction(self._sessions) as session:
            programme = await self._roster.now(session)
            entered = {row.person_id for row in await session.scalars(select(MemberRow))}
        found = [
            _member(institution.id, contact, by_portal=contact.id in entered)
            for institution in programme.institutions.values()
            for contact in institution.contacts
        ]
        found = [one for one in found if may_manage(actor, one.role, one.institution)]
        order = list(Role)
        return sorted(found, key=lambda one: (one.institution, order.index(one.role), one.person))

    async def save(self, member: Member, actor: Actor, at: datetime, key: str, *, new: bool) -> None:
        """Enter somebody new, or change what is known of somebody; once per key.

        Raises:
            NotAuthorised: they do not manage people of this role there.
            BadInput: a field cannot be; the text names it.
            Conflict: the id of somebody new is taken, or the key was used for something else.
        """
        require(may_manage(actor, member.role, member.institution), "not_allowed.manage")
        self._check(member)
        member = member.model_copy(update={"email": entered(member.email)})
        async with transaction(self._sessions) as session:
            await lock_stream(session, _STREAM)
            if await self._done(session, key, MemberAdded if new else MemberChanged, member.person):
                return
            programme = await self._roster.now(session)
            known = institution_of(programme, member.person)
            if new and await self._taken(session, member.person):
                raise Conflict("person.id_taken", "person")
            if not new and known is None:
                raise Unknown("person.unknown")
            if known is not None:
                require(may_manage(actor, known[1].role, known[0]), "not_allowed.manage")
                if (known[0], known[1].role, known[1].unit) != (member.institution, member.role, member.unit):
                    raise BadInput("role.kept", "role")
            changed = self._changed(known[1] if known else None, member)
            if not new and not changed:
                return
            await self._write(session, member)
            event: MemberAdded | MemberChanged
            if new:
                event = MemberAdded(
                    at=at, actor=actor, person=member.person, role=member.role, institution=member.institution,
                    unit=member.unit,
                )  # fmt: skip
            else:
                event = MemberChanged(at=at, actor=actor, person=member.person, fields=changed)
            await append(session, self._outbox, f"person:{member.person}", f"member:{key}", (event,))

    async def remove(self, person: str, actor: Actor, at: datetime, key: str) -> None:
        """Take somebody's role away; their sessions end. Once per key.

        Raises:
            NotAuthorised: they do not manage them.
            BadInput: it is themself, or the only one who answers for open steps.
            Conflict: the key was used for something else.
        """
        async with transaction(self._sessions) as session:
            await lock_stream(session, _STREAM)
            if await self._done(session, key, MemberRemoved, person):
                return
            programme = await self._roster.now(session)
            known = institution_of(programme, person)
            if known is None:
                raise Unknown("person.unknown")
            institution, contact = known
            require(may_manage(actor, contact.role, institution), "not_allowed.manage")
            if person == actor.id:
                raise BadInput("person.oneself", "person")
            others = [c for c in programme.contacts(institution, contact.role, contact.unit) if c.id != person]
            if not others and await _owes(session, institution, contact.role, contact.unit):
                raise BadInput("person.steps_wait", "person")
            await self._write(
                session, _member(institution, contact, by_portal=True).model_copy(update={"ended_at": at})
            )
            sessions = table_of(SessionRow)
            living = (sessions.c.person_id == person) & sessions.c.ended_at.is_(None)
            await session.execute(update(sessions).where(living).values(ended_at=at))
            event = MemberRemoved(at=at, actor=actor, person=person, role=contact.role, institution=institution)
            await append(session, self._outbox, f"person:{person}", f"member:{key}", (event,))

    async def _done(
        self, session: AsyncSession, key: str, act: type[MemberAdded | MemberChanged | MemberRemoved], person: str
    ) -> bool:
        """Whether this was done under the key before.

        Raises:
            Conflict: something else was.
        """
        known = await recorded(session, f"member:{key}")
        if not known:
            return False
        if not isinstance(known[0], act) or known[0].person != person:
            raise Conflict("key.used", "key")
        return True

    async def _taken(self, session: AsyncSession, person: str) -> bool:
        if institution_of(self._roster.programme, person) is not None:
            return True
        return await session.get(MemberRow, person) is not None

    def _check(self, member: Member) -> None:
        institution = self._catalogue.institution(member.institution)
        if institution is None:
            raise BadInput("institution.unknown", "institution")
        if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{2,80}", member.person):
            raise BadInput("person.id_form", "person")
        if not member.name.strip() or len(member.name) > 200:
            raise BadInput("name.needed", "name")
        if member.language not in LANGUAGES:
            raise BadInput("language.choose", "language")
        if member.role not in ROLES:
            raise BadInput("role.not_entered", "role")
        if member.role is Role.SUPERVISOR and institution.unit(member.unit) is None:
            raise BadInput("unit.of_supervisor", "unit")
        if member.role is Role.PROGRAMME_OFFICE and member.institution != self._catalogue.home:
            raise BadInput("institution.of_office", "institution")

    def _changed(self, known: Contact | None, member: Member) -> tuple[str, ...]:
        fields = ("name", "email", "language", "deputies")
        return tuple(name for name in fields if getattr(known, name, None) != getattr(member, name))

    async def _write(self, session: AsyncSession, member: Member) -> None:
        highest = await session.scalar(select(func.coalesce(func.max(MemberRow.revision), 0))) or 0
        row = await session.get(MemberRow, member.person)
        if row is None:
            row = MemberRow(person_id=member.person)
            session.add(row)
        row.role, row.institution_id, row.unit_id = member.role, member.institution, member.unit
        row.name, row.email, row.language = member.name.strip(), member.email, member.language
        row.deputies, row.ended_at, row.revision = list(member.deputies), member.ended_at, highest + 1


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
