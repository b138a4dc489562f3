"""The people behind an addressee: contacts of the catalogue, and students by id."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.programme import Contact, Institution, Programme
from models.notifications.notices import Addressee
from models.people.absences import Preferences
from models.posting import DigestChoice
from models.tables import IdentityRow, PersonRow
from models.vocabulary import LANGUAGES, Role
from records.absences import Absences, absences_at, preferences_of
from records.roster import Roster

Nominee = PersonRow | IdentityRow
"""A student: as written to today, or as one exchange knows them."""


@dataclass(frozen=True)
class Recipient:
    """A person a message goes to."""

    id: str
    role: Role
    name: str
    email: str
    language: str
    """`en` or `zh`."""
    zone: str
    """Of their institution; a student's is the sending university's."""
    institution: str
    unit: str = ""
    """Of a supervisor."""
    on_behalf_of: str = ""
    """Id of the absent person whom they stand in for."""
    digest: DigestChoice = DigestChoice.DAILY


class Directory:
    """Finds people in the catalogue and among the students."""

    def __init__(self, programme: Programme) -> None:
        self._programme = programme
        self._roster = Roster(programme)

    @property
    def _contacts(self) -> dict[str, tuple[Institution, Contact]]:
        return {
            contact.id: (institution, contact)
            for institution in self._programme.institutions.values()
            for contact in institution.contacts
        }

    async def resolve(
        self,
        session: AsyncSession,
        addressee: Addressee,
        *,
        at: datetime | None = None,
        or_whoever_is_responsible: bool = True,
        urgent: bool = False,
    ) -> tuple[Recipient, ...]:
        """Everybody an addressee means at a moment; empty where there is nobody.

        Who is away is answered for by their deputy. What is urgent reaches the absent person besides; where no deputy
        is there, it reaches them and who answers for them. Without a moment nobody is taken to be away.

        A role that nobody holds is answered for by the coordinator of the institution and, where there is none either,
        by the programme office, unless that is not wanted: an obligation nobody hears of would be a silent gap.
        """
        await self._roster.recent(session)
        if addressee.person:
            found = await self.find(session, addressee.person, addressee.role)
            if addressee.role is Role.STUDENT:
                return (found,) if found else ()
            if found is not None:
                return await self._present(session, (found,), at, urgent=urgent)
        people = self._holding(addressee.institution, addressee.role, addressee.unit)
        if not people and or_whoever_is_responsible:
            people = self._holding(addressee.institution, Role.COORDINATOR) or self._holding("", Role.PROGRAMME_OFFICE)
        return await self._present(session, people, at, urgent=urgent)

    async def _present(
        self, session: AsyncSession, people: tuple[Recipient, ...], at: datetime | None, *, urgent: bool
    ) -> tuple[Recipient, ...]:
        """Those people, or whoever stands in for them, as they want to be written to."""
        found: dict[str, Recipient] = {}
        if at is not None and people:
            absences = await absences_at(session, self._programme, at)
            for person in people:
                for one in self._reached(person, absences, urgent=urgent):
                    found.setdefault(one.id, one)
        else:
            found = {person.id: person for person in people}
        preferences = await preferences_of(session, found)
        return tuple(_preferring(one, preferences.get(one.id)) for one in found.values())

    def _reached(self, person: Recipient, absences: Absences, *, urgent: bool) -> Iterator[Recipient]:
        if absences.of(person.id) is None:
            yield person
            return
        deputy = absences.deputy_of(person.id)
        if deputy is not None:
            yield replace(_contact(*self._contacts[deputy]), on_behalf_of=person.id)
            if urgent:
                yield person
            return
        yield person
        yield from self._responsible_for(person, absences)

    def _responsible_for(self, person: Recipient, absences: Absences) -> Iterator[Recipient]:
        """Whoever answers for somebody who is away without a deputy: the next above them who is there."""
        for role in (Role.COORDINATOR, Role.HEAD_OF_OFFICE, Role.PROGRAMME_OFFICE):
            there = [one for one in self._holding(person.institution, role) if one.id != person.id]
            there = [one for one in there if absences.of(one.id) is None]
            if there:
                yield from (replace(one, on_behalf_of=person.id) for one in there)
                return

    async def find(
        self, session: AsyncSession, recipient_id: str, role: Role, identity: IdentityRow | None = None
    ) -> Recipient | None:
        """One person by id, as they are known today; a student as their exchange knows them, where it is about one."""
        await self._roster.recent(session)
        if role is Role.STUDENT:
            mine = identity is not None and identity.person_id == recipient_id
            row = identity if mine else await session.get(PersonRow, recipient_id)
            if row is None:
                return None
            preferences = await preferences_of(session, [recipient_id])
            return _preferring(self._student(recipient_id, row), preferences.get(recipient_id))
        known = self._contacts.get(recipient_id)
        if known is None:
            return None
        preferences = await preferences_of(session, [recipient_id])
        return _preferring(_contact(*known), preferences.get(recipient_id))

    async def contacts(self, session: AsyncSession) -> list[Recipient]:
        """Everybody of the catalogue, as they want to be written to: one query."""
        await self._roster.recent(session)
        preferences = await preferences_of(session, self._contacts)
        return [_preferring(_contact(*known), preferences.get(who)) for who, known in self._contacts.items()]

    def first_moment(self, contact_id: str, day: date) -> datetime:
        """The beginning of a day where a contact is."""
        known = self._contacts.get(contact_id)
        zone = ZoneInfo(known[0].zone) if known else UTC
        return datetime.combine(day, time(0), zone).astimezone(UTC)

    def knows(self, contact_id: str) -> bool:
        """Whether the catalogue has a contact with this id."""
        return contact_id in self._contacts

    def programme_office(self) -> Recipient | None:
        """Whom to ask when a message came to the wrong person."""
        return next(iter(self._holding("", Role.PROGRAMME_OFFICE)), None)

    def _holding(self, institution_id: str, role: Role, unit: str = "") -> tuple[Recipient, ...]:
        where = self._programme.home if role is Role.PROGRAMME_OFFICE else institution_id
        institution = self._programme.institution(where)
        if institution is None:
            return ()
        return tuple(_contact(institution, c) for c in self._programme.contacts(where, role, unit))

    def _student(self, person: str, row: Nominee) -> Recipient:
        institution = self._programme.institution(row.sending_id)
        return Recipient(
            id=person,
            role=Role.STUDENT,
            name=greeting_name(row),
            email=row.email,
            language=language_of(row.language),
            zone=institution.zone if institution else "UTC",
            institution=row.sending_id,
        )


def greeting_name(row: Nominee) -> str:
    """How a student is addressed: in their own script where they read in it, else given name first."""
    if language_of(row.language) == "zh" and row.native_name:
        return row.native_name
    return f"{row.given_name} {row.family_name}".strip()


def full_name(row: Nominee) -> str:
    """A student's name in both scripts, the family name marked: `LI Na 李娜`."""
    return name_of(row.family_name, row.given_name, row.native_name)


def name_of(family_name: str, given_name: str, native_name: str) -> str:
    """The parts of a name as `full_name` joins them."""
    return " ".join(part for part in (family_name.upper(), given_name, native_name) if part)


def language_of(tag: str) -> str:
    """The language of the templates for a language tag; English where there is none."""
    primary = tag.replace("_", "-").split("-")[0].lower()
    return primary if primary in LANGUAGES else "en"


def _preferring(recipient: Recipient, preferences: Preferences | None) -> Recipient:
    """A person as they want to be written to."""
    if preferences is None:
        return recipient
    return replace(
        recipient,
        language=preferences.language or recipient.language,
        zone=preferences.zone or recipient.zone,
        digest=preferences.digest,
    )


def _contact(institution: Institution, contact: Contact) -> Recipient:
    return Recipient(
        id=contact.id,
        role=contact.role,
        name=contact.name,
        email=contact.email,
        language=language_of(contact.language),
        zone=institution.zone,
        institution=institution.id,
        unit=contact.unit,
    )
