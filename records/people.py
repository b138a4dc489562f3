"""Setting absences, deputies and preferences, each in one transaction with its event."""

import time
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.programme import Contact, Programme
from models.errors import BadInput, Conflict, Unknown
from models.events import AbsenceCancelled, AbsencePlanned, Event, PreferencesSet
from models.idempotency import Fingerprint, fingerprint, is_repeated
from models.people.absences import LONGEST_ABSENCE, Absence, Preferences, institution_of, may_set_for, standing_in
from models.people.access import TOKEN
from models.people.authorization import Actor, require
from models.people.deputies import Post, require_may_stand_in
from models.tables import PersonRow
from models.vocabulary import LANGUAGES, Role
from records.absences import (
    ABSENCES,
    Absences,
    absence_of,
    absences_at,
    is_zone,
    planned,
    preferences_of,
    unread_preferences,
    zones_in_use,
)
from records.roster import Roster
from records.store.append import MessageWriter, append, lock_stream
from records.store.engine import Sessions, transaction
from records.store.once import is_asked_again
from records.store.text import as_text
from records.tasks import tell_unread

LOOK_AGAIN = 60.0
"""Seconds after which it is looked again whether every row about people can be read."""


class People:
    """Sets absences and preferences, each in one transaction with its event."""

    def __init__(self, sessions: Sessions, programme: Programme, outbox: MessageWriter) -> None:
        self._sessions = sessions
        self._programme = programme
        self._roster = Roster(programme)
        self._outbox = outbox
        self._told: tuple[tuple[str, str], ...] | None = None
        self._looked = float("-inf")

    async def plan_absence(self, absence: Absence, actor: Actor, at: datetime) -> bool:
        """Plan an absence; says whether it was planned before under the same id.

        Raises:
            NotAuthorised: neither the person nor anybody who manages them; or the deputy would get what they may not
                give.
            BadInput: the days or the deputy cannot be.
            KeyReused: the id was used for another absence.
            Conflict: the person is away then already.
        """
        stream = f"person:{absence.person}"
        async with transaction(self._sessions) as session:
            await self._roster.now(session)
            institution, contact = self._contact(absence.person)
            require(may_set_for(actor, contact, institution), "not_allowed.set_absence")
            zone = ZoneInfo(self._programme.institutions[institution].zone)
            self._check(absence, contact, at.astimezone(zone).date())
            self._check_deputy(absence, (institution, contact), actor)
            await lock_stream(session, stream)
            again = await is_asked_again(session, ("absence", absence.absence_id), [actor.id, absence], at)
            if again or await _planned_before(session, absence):
                return True
            await _require_free(session, absence)
            event = AbsencePlanned(
                at=at,
                actor=actor,
                absence_id=absence.absence_id,
                person=absence.person,
                first_day=absence.first_day,
                last_day=absence.last_day,
                deputy=absence.deputy,
            )
            await append(session, self._outbox, stream, f"absence:{absence.absence_id}", (event,))
        return False

    async def cancel_absence(self, absence_id: str, actor: Actor, at: datetime) -> bool:
        """Cancel an absence; says whether it was cancelled before.

        Raises:
            Unknown: there is no such absence, or the person may not know of it.
        """
        async with transaction(self._sessions) as session:
            await self._roster.now(session)
            columns = ABSENCES.c.person_id, ABSENCES.c.cancelled_at.is_not(None)
            row = (await session.execute(select(*columns).where(ABSENCES.c.id == absence_id))).one_or_none()
            if row is None or not self._may(actor, row[0]):
                raise Unknown("absence.unknown", absence=absence_id)
            person, cancelled = row
            if cancelled:
                return True
            stream = f"person:{person}"
            await lock_stream(session, stream)
            event = AbsenceCancelled(at=at, actor=actor, absence_id=absence_id, person=person)
            await append(session, self._outbox, stream, f"absence-cancelled:{absence_id}", (event,))
        return False

    async def set_preferences(self, preferences: Preferences, actor: Actor, at: datetime, key: str) -> None:
        """Set how somebody is written to, once per key.

        Raises:
            NotAuthorised: neither the person nor anybody who manages them.
            BadInput: the language or the zone is none.
            KeyReused: the key was used for other preferences.
        """
        if preferences.language not in ("", *LANGUAGES):
            raise BadInput("language.choose", "language")
        if preferences.zone and not is_zone(preferences.zone):
            raise BadInput("zone.unknown", "zone")
        event = PreferencesSet(
            at=at,
            actor=actor,
            person=preferences.person,
            language=preferences.language,
            zone=preferences.zone,
            digest=preferences.digest,
        )
        async with transaction(self._sessions) as session:
            await self._require_may_prefer(session, preferences.person, actor)
            stream = f"person:{preferences.person}"
            told = await append(session, self._outbox, stream, f"preferences:{stream}:{key}", (event,))
            if told.repeated:
                is_repeated(_set(told.events[0]).value, _set(event))

    async def absences(self, actor: Actor, at: datetime) -> list[Absence]:
        """Absences that are not over, of the people for whom the actor may set them, by their first day."""
        async with transaction(self._sessions) as session:
            await self._roster.now(session)
            query = planned().where(ABSENCES.c.last_day >= at.date()).order_by(ABSENCES.c.first_day, ABSENCES.c.id)
            found = (absence_of(row) for row in (await session.execute(query)).mappings())
            return [one.asked for one in found if not isinstance(one, str) and self._may(actor, one.person)]

    async def preferences(self, person: str) -> Preferences:
        """What somebody has set."""
        async with transaction(self._sessions) as session:
            return (await preferences_of(session, [person])).get(person, Preferences(person=person))

    async def zones(self) -> tuple[str, ...]:
        """The zones in which somebody may read a digest."""
        async with transaction(self._sessions) as session:
            return await zones_in_use(session, self._programme)

    async def acting(self, actor: Actor, at: datetime) -> tuple[Actor, ...]:
        """A person in every capacity they act in now: their own, and those they stand in for.

        Asked for every page, after sign-in has looked who holds which role.
        """
        async with transaction(self._sessions) as session:
            absences = await absences_at(session, self._programme, at)
            await self._tell_unread(session, absences, at)
            return absences.acting(actor)

    async def _tell_unread(self, session: AsyncSession, absences: Absences, at: datetime) -> None:
        """Tell the operator of rows that are left out, when they are others than before and now and then."""
        seen = (*self._programme.unread, *absences.unread)
        now = time.monotonic()
        if seen == self._told and now - self._looked < LOOK_AGAIN:
            return
        self._told, self._looked = seen, now
        tables = {
            "members": self._programme.unread,
            "absences": absences.unread,
            "preferences": await unread_preferences(session),
        }
        await tell_unread(session, [(table, *row) for table, rows in tables.items() for row in rows], at)

    async def require_standing_in(self, actor: Actor, at: datetime) -> None:
        """That somebody who acts for another stands in for them now, in that one's role.

        Raises:
            NotAuthorised: they do not.
        """
        async with transaction(self._sessions) as session:
            absences = await absences_at(session, await self._roster.now(session), at)
        stands = actor.on_behalf_of in absences.stood_in_for_by(actor.id)
        require(stands and actor == standing_in(actor, self._programme, actor.on_behalf_of), "not_allowed.stand_in")

    async def require_in_office(self, actor: Actor) -> None:
        """That somebody of an office still holds it; systems and students are known by themselves.

        Raises:
            NotAuthorised: they do not.
        """
        if actor.on_behalf_of or actor.role in (Role.STUDENT, Role.CLOCK) or actor.id.startswith(TOKEN):
            return
        async with transaction(self._sessions) as session:
            found = institution_of(await self._roster.now(session), actor.id)
        require(found is not None and found[1].role is actor.role, "not_allowed.left_office")

    async def _require_may_prefer(self, session: AsyncSession, person: str, actor: Actor) -> None:
        """That the actor may say how somebody is written to; students say it for themselves alone."""
        found = institution_of(await self._roster.now(session), person)
        if found is not None:
            require(may_set_for(actor, found[1], found[0]), "not_allowed.set_preferences")
            return
        require(actor.role is Role.STUDENT and actor.id == person, "not_allowed.set_preferences")
        if await session.get(PersonRow, person) is None:
            raise Unknown("person.nobody", person=person)

    def _contact(self, person: str) -> tuple[str, Contact]:
        found = institution_of(self._programme, person)
        if found is None:
            raise Unknown("person.nobody", person=person)
        return found

    def _may(self, actor: Actor, person: str) -> bool:
        found = institution_of(self._programme, person)
        return found is not None and may_set_for(actor, found[1], found[0])

    def _check(self, absence: Absence, contact: Contact, today: date) -> None:
        if absence.last_day < absence.first_day:
            raise BadInput("last_day.before_first", "last_day")
        if absence.last_day < today:
            raise BadInput("last_day.over", "last_day")
        if (absence.last_day - absence.first_day).days >= LONGEST_ABSENCE:
            raise BadInput("absence.too_long", "last_day", most=LONGEST_ABSENCE)
        if not absence.deputy and not contact.deputies:
            raise BadInput("deputy.needed", "deputy")

    def _check_deputy(self, absence: Absence, post: Post, actor: Actor) -> None:
        if not absence.deputy:
            return
        if absence.deputy == absence.person:
            raise BadInput("deputy.oneself", "deputy")
        found = institution_of(self._programme, absence.deputy)
        if found is None or found[0] not in {post[0], self._programme.home}:
            raise BadInput("deputy.elsewhere", "deputy")
        require_may_stand_in(found, post, actor, "deputy")


async def _planned_before(session: AsyncSession, absence: Absence) -> bool:
    """Whether this very absence is on record.

    Raises:
        KeyReused: another one is, under its id.
    """
    rows = await session.execute(as_text(ABSENCES).where(ABSENCES.c.id == absence.absence_id))
    row = rows.mappings().one_or_none()
    if row is None:
        return False
    known = absence_of(row)
    return is_repeated(fingerprint(known if isinstance(known, str) else known.asked).value, fingerprint(absence))


async def _require_free(session: AsyncSession, absence: Absence) -> None:
    query = planned().where(
        ABSENCES.c.person_id == absence.person,
        ABSENCES.c.first_day <= absence.last_day,
        ABSENCES.c.last_day >= absence.first_day,
    )
    for row in (await session.execute(query)).mappings():
        other = absence_of(row)
        if not isinstance(other, str):
            days = {"first": other.first_day, "last": other.last_day}
            raise Conflict("absence.overlaps", "first_day", **days, absence=other.absence_id)


def _set(event: Event) -> Fingerprint:
    """What was set, whenever that was."""
    return fingerprint([event.actor.id, event.model_dump(mode="json", exclude={"at", "actor"})])
