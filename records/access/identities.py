"""Who somebody is: the person of an id with the role they hold, and everybody who has a mailbox."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.addresses import NotAnAddress, mailbox
from models.errors import Unknown
from models.people.absences import institution_of
from models.people.access import Identity, RoleToChoose
from models.people.authorization import Actor
from models.tables import ExchangeCodeRow, ExchangeRow, PersonRow
from models.vocabulary import Role
from records.absences import preferences_of
from records.roster import Roster

FORMER_STUDENTS = timedelta(days=400)
"""How long after the end a student may still come in, for the certificate and what is theirs."""


async def identity_of(session: AsyncSession, roster: Roster, person: str) -> Identity | None:
    """A person with the role they hold now; `None` where nobody has the id."""
    programme = await roster.now(session)
    preferences = (await preferences_of(session, [person])).get(person)
    found = institution_of(programme, person)
    if found is not None:
        institution, contact = programme.institutions[found[0]], found[1]
        actor = Actor(id=contact.id, role=contact.role, institution=institution.id, unit=contact.unit)
        name, email, language, zone = contact.name, contact.email, contact.language, institution.zone
    else:
        row = await session.get(PersonRow, person)
        if row is None:
            return None
        actor = Actor(id=person, role=Role.STUDENT, institution=row.sending_id)
        sending = programme.institution(row.sending_id)
        name, email, language = f"{row.given_name} {row.family_name}".strip(), row.email, row.language
        zone = sending.zone if sending else "UTC"
    return Identity(
        person=person,
        name=name,
        email=email,
        capacities=(actor,),
        language=(preferences.language if preferences else "") or language,
        zone=(preferences.zone if preferences else "") or zone,
    )


async def identities_at(session: AsyncSession, roster: Roster, address: str, at: datetime) -> tuple[Identity, ...]:
    """Everybody who comes in by a mailbox now: one human, as a rule, in every role they hold."""
    if not address:
        return ()
    programme = await roster.now(session)
    contacts = [
        contact.id
        for institution in programme.institutions.values()
        for contact in institution.contacts
        if mailbox_of(contact.email) == address
    ]
    living = (
        select(ExchangeCodeRow.person_id)
        .outerjoin(ExchangeRow, ExchangeRow.id == ExchangeCodeRow.exchange_id)
        .where(ExchangeRow.closed_at.is_(None) | (ExchangeRow.closed_at > at - FORMER_STUDENTS))
    )
    # ASCII only, so that `lower` of every database is Python's.
    students = select(PersonRow.id).where(func.lower(PersonRow.email) == address, PersonRow.id.in_(living))
    people = [*contacts, *(await session.scalars(students.order_by(PersonRow.id)))]
    found = [await identity_of(session, roster, person) for person in people]
    return tuple(one for one in found if one is not None and one.capacities)


async def everybody_of(session: AsyncSession, roster: Roster) -> tuple[Identity, ...]:
    """Everybody who holds a role now, with name and role alone; students of open exchanges last."""
    programme = await roster.now(session)
    staff = [
        _named(contact.id, contact.name, Actor(id=contact.id, role=contact.role, institution=at.id, unit=contact.unit))
        for at in programme.institutions.values()
        for contact in at.contacts
    ]
    open_now = select(ExchangeRow.person_id).where(ExchangeRow.closed_at.is_(None))
    rows = await session.scalars(select(PersonRow).where(PersonRow.id.in_(open_now)).order_by(PersonRow.id))
    students = [
        _named(
            row.id,
            f"{row.given_name} {row.family_name}".strip(),
            Actor(id=row.id, role=Role.STUDENT, institution=row.sending_id),
        )
        for row in rows
    ]
    return (*staff, *students)


def _named(person: str, name: str, actor: Actor) -> Identity:
    return Identity(person=person, name=name, email="", capacities=(actor,))


def chosen_of(found: tuple[Identity, ...], person: str) -> Identity:
    """The role in which somebody comes in: the only one, or the one they chose.

    Raises:
        Unknown: they hold no such role, or none any more.
        RoleToChoose: they hold several and have not chosen.
    """
    if person:
        found = tuple(one for one in found if one.person == person)
    if not found:
        raise Unknown("sign_in.nobody")
    if len(found) > 1:
        raise RoleToChoose(found)
    return found[0]


def mailbox_of(email: str) -> str:
    """What spellings of one address have in common; empty where it is no address."""
    try:
        return mailbox(email)
    except NotAnAddress:
        return ""
