"""Setting absences, deputies and preferences, each in one transaction with its event."""

from datetime import date, datetime
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.programme import Contact, Programme
from models.errors import BadInput, Conflict, Unknown
from models.events import AbsenceCancelled, AbsencePlanned, PreferencesSet
from models.people.absences import LONGEST_ABSENCE, Absence, Preferences, institution_of, may_set_for, standing_in
from models.people.authorization import Actor, require
from models.tables import AbsenceRow, PersonRow
from models.vocabulary import LANGUAGES, Role
from records.absences import absence_of, absences_at, preferences_of, zones_in_use
from records.roster import Roster
from records.store.append import MessageWriter, append, lock_stream
from records.store.engine import Sessions, transaction


class People:
    """Sets absences and preferences, each in one transaction with its event."""

    def __init__(self, sessions: Sessions, programme: Programme, outbox: MessageWriter) -> None:
        self._sessions = sessions
        self._programme = programme
        self._roster = Roster(programme)
        self._outbox = outbox

    async def plan_absence(self, absence: Absence, actor: Actor, at: datetime) -> bool:
        """Plan an absence; says whether it was planned before under the same id.

        Raises:
            NotAuthorised: neither the person, their coordinator or head, nor the programme office.
            BadInput: the days or the deputy cannot be.
            Conflict: the id was used for another absence, or the person is away then already.
        """
        stream = f"person:{absence.person}"
        async with transaction(self._sessions) as session:
            await self._roster.now(session)
            institution, contact = self._contact(absence.person)
            require(may_set_for(actor, contact, institution), "not_allowed.set_absence")
            zone = ZoneInfo(self._programme.institutions[institution].zone)
            self._check(absence, institution, contact, at.astimezone(zone).date())
            await lock_stream(session, stream)
            known = await session.get(AbsenceRow, absence.absence_id)
            if known is not None:
                if absence_of(known) != absence:
                    raise Conflict("absence.id_taken", "id")
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
            row = await session.get(AbsenceRow, absence_id)
            if row is None or not self._may(actor, row.person_id):
                raise Unknown("absence.unknown", absence=absence_id)
            if row.cancelled_at is not None:
                return True
            stream = f"person:{row.person_id}"
            await lock_stream(session, stream)
            event = AbsenceCancelled(at=at, actor=actor, absence_id=absence_id, person=row.person_id)
            await append(session, self._outbox, stream, f"absence-cancelled:{absence_id}", (event,))
        return False

    async def set_preferences(self, preferences: Preferences, actor: Actor, at: datetime, key: str) -> None:
        """Set how somebody is written to, once per key.

        Raises:
            NotAuthorised: neither the person, their coordinator or head, nor the programme office.
            BadInput: the language or the zone is none.
            Conflict: the key was used for other preferences.
        """
        if preferences.language not in ("", *LANGUAGES):
            raise BadInput("language.choose", "language")
        if preferences.zone and preferences.zone not in available_timezones():
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
            if told.repeated and told.events[0].model_copy(update={"at": at}) != event:
                raise Conflict("preferences.id_taken", "id")

    async def absences(self, actor: Actor, at: datetime) -> list[Absence]:
        """Absences that are not over, of the people for whom the actor may set them, by their first day."""
        async with transaction(self._sessions) as session:
            await self._roster.now(session)
            rows = await session.scalars(
                select(AbsenceRow)
                .where(AbsenceRow.cancelled_at.is_(None), AbsenceRow.last_day >= at.date())
                .order_by(AbsenceRow.first_day, AbsenceRow.id)
            )
            return [absence_of(row) for row in rows if self._may(actor, row.person_id)]

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
            return (await absences_at(session, self._programme, at)).acting(actor)

    async def require_standing_in(self, actor: Actor, at: datetime) -> None:
        """That somebody who acts for another stands in for them now, in that one's role.

        Raises:
            NotAuthorised: they do not.
        """
        async with transaction(self._sessions) as session:
            absences = await absences_at(session, await self._roster.now(session), at)
        stands = actor.on_behalf_of in absences.stood_in_for_by(actor.id)
        require(stands and actor == standing_in(actor, self._programme, actor.on_behalf_of), "not_allowed.stand_in")

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

    def _check(self, absence: Absence, institution: str, contact: Contact, today: date) -> None:
        if absence.last_day < absence.first_day:
            raise BadInput("last_day.before_first", "last_day")
        if absence.last_day < today:
            raise BadInput("last_day.over", "last_day")
        if (absence.last_day - absence.first_day).days >= LONGEST_ABSENCE:
            raise BadInput("absence.too_long", "last_day", most=LONGEST_ABSENCE)
        if absence.deputy == absence.person:
            raise BadInput("deputy.oneself", "deputy")
        if not absence.deputy:
            if not contact.deputies:
                raise BadInput("deputy.needed", "deputy")
            return
        found = institution_of(self._programme, absence.deputy)
        if found is None or found[0] not in {institution, self._programme.home}:
            raise BadInput("deputy.elsewhere", "deputy")


async def _require_free(session: AsyncSession, absence: Absence) -> None:
    other = await session.scalar(
        select(AbsenceRow).where(
            AbsenceRow.person_id == absence.person,
            AbsenceRow.cancelled_at.is_(None),
            AbsenceRow.first_day <= absence.last_day,
            AbsenceRow.last_day >= absence.first_day,
        )
    )
    if other is not None:
        raise Conflict("absence.overlaps", "first_day", first=other.first_day, last=other.last_day, absence=other.id)
