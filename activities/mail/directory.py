"""Who stands behind an addressee: contacts of the catalogue, and students by id."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from models.notices import Addressee
from models.programme import Contact, Institution, Programme
from models.tables import PersonRow
from models.vocabulary import Role

LANGUAGES = ("en", "zh")


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


class Directory:
    """Finds people in the catalogue and among the students."""

    def __init__(self, programme: Programme) -> None:
        self._programme = programme
        self._contacts = {
            contact.id: (institution, contact)
            for institution in programme.institutions.values()
            for contact in institution.contacts
        }

    async def resolve(
        self, session: AsyncSession, addressee: Addressee, *, or_whoever_is_responsible: bool = True
    ) -> tuple[Recipient, ...]:
        """Everybody an addressee means; empty where there is nobody.

        A role that nobody holds is answered for by the coordinator of the institution and, where there is none either,
        by the programme office, unless that is not wanted: an obligation nobody hears of would be a silent gap.
        """
        if addressee.person:
            found = await self.find(session, addressee.person, addressee.role)
            if found is not None or addressee.role is Role.STUDENT:
                return (found,) if found else ()
        people = self._holding(addressee.institution, addressee.role, addressee.unit)
        if not people and or_whoever_is_responsible:
            people = self._holding(addressee.institution, Role.COORDINATOR) or self._holding("", Role.PROGRAMME_OFFICE)
        return people

    async def find(self, session: AsyncSession, recipient_id: str, role: Role) -> Recipient | None:
        """One person by id, as they are known today."""
        if role is Role.STUDENT:
            row = await session.get(PersonRow, recipient_id)
            return self._student(row) if row else None
        known = self._contacts.get(recipient_id)
        return _contact(*known) if known else None

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

    def _student(self, row: PersonRow) -> Recipient:
        institution = self._programme.institution(row.sending_id)
        return Recipient(
            id=row.id,
            role=Role.STUDENT,
            name=greeting_name(row),
            email=row.email,
            language=language_of(row.language),
            zone=institution.zone if institution else "UTC",
            institution=row.sending_id,
        )


def greeting_name(row: PersonRow) -> str:
    """How a student is addressed: in their own script where they read in it, else given name first."""
    if language_of(row.language) == "zh" and row.native_name:
        return row.native_name
    return f"{row.given_name} {row.family_name}".strip()


def full_name(row: PersonRow) -> str:
    """A student's name in both scripts, the family name marked: `LI Na 李娜`."""
    return " ".join(part for part in (row.family_name.upper(), row.given_name, row.native_name) if part)


def language_of(tag: str) -> str:
    """The language of the templates for a language tag; English where there is none."""
    primary = tag.replace("_", "-").split("-")[0].lower()
    return primary if primary in LANGUAGES else "en"


def _contact(institution: Institution, contact: Contact) -> Recipient:
    return Recipient(
        id=contact.id,
        role=contact.role,
        name=contact.name,
        email=contact.email,
        language=language_of(contact.language),
        zone=institution.zone,
        institution=institution.id,
    )
