"""Who is acting: `--as ROLE@INSTITUTION[/UNIT]` or `--as student:ID`, resolved to the contact of the catalogue.

Whoever stands in for somebody who is away adds ` for PERSON`; whether they do is the gateway's to know.
"""

from pydantic import ValidationError

from cli.misuse import Misused
from models.catalogue.programme import Contact, Institution, Programme
from models.errors import Param
from models.people.absences import institution_of, standing_in
from models.people.authorization import Actor
from models.vocabulary import Role

_NOBODYS = (Role.STUDENT, Role.CLOCK)
"""Roles that no contact of an institution has."""


def parse_actor(text: str | None, programme: Programme) -> Actor:
    """The actor that `--as` names; its id is the contact's in the catalogue, or the student's.

    Raises:
        Misused: it names nobody, or several; the text says whom it could name.
    """
    if not text or not text.strip():
        raise _names_nobody("who.nobody")
    text, instead, absent = text.strip().partition(" for ")
    if instead:
        return _deputy(parse_actor(text, programme), absent.strip(), programme)
    kind, colon, person = text.partition(":")
    if colon and kind.strip().casefold() == Role.STUDENT:
        return _student(person.strip())
    role_name, _, place = text.partition("@")
    institution_name, _, unit = place.partition("/")
    role = _role(role_name)
    if not place:
        if role is not Role.PROGRAMME_OFFICE:
            raise _names_nobody("who.where", id=role, choices=set(programme.institutions))
        institution_name = programme.home
    institution = _institution(institution_name, programme)
    contact = _contact(programme, institution, role, unit.strip())
    return Actor(id=contact.id, role=role, institution=institution.id, unit=contact.unit)


def _deputy(actor: Actor, absent: str, programme: Programme) -> Actor:
    if actor.role is Role.STUDENT or institution_of(programme, absent) is None:
        raise _names_nobody("who.absent", typed=absent)
    return standing_in(actor, programme, absent)


def _student(person: str) -> Actor:
    try:
        return Actor(id=person, role=Role.STUDENT)
    except ValidationError:
        raise _names_nobody("who.student") from None


def _role(text: str) -> Role:
    name = text.strip().casefold().replace("-", "_").replace(" ", "_")
    roles = [r for r in Role if r not in _NOBODYS]
    if name == Role.STUDENT:
        raise _names_nobody("who.student")
    if name not in roles:
        raise _names_nobody("who.role", typed=text.strip(), choices=set(roles))
    return Role(name)


def _institution(text: str, programme: Programme) -> Institution:
    name = text.strip().casefold()
    found = next((i for i in programme.institutions.values() if name in (i.id.casefold(), i.code.casefold())), None)
    if found is None:
        raise _names_nobody("who.institution", typed=text.strip(), choices=set(programme.institutions))
    return found


def _contact(programme: Programme, institution: Institution, role: Role, unit: str) -> Contact:
    if role is Role.PROGRAMME_OFFICE and institution.id != programme.home:
        raise _names_nobody("who.programme_office", id=role, place=programme.home)
    found = programme.contacts(institution.id, role, unit)
    if not found:
        roles = {c.role for c in institution.contacts}
        if role in roles:
            units = {c.unit for c in institution.contacts if c.role is role}
            raise _names_nobody("who.unit", place=institution.id, id=role, typed=unit, choices=units)
        raise _names_nobody("who.no_such_role", place=institution.id, id=role, choices=roles)
    if len({c.unit for c in found}) > 1:
        raise _names_nobody("who.several", place=institution.id, id=role, choices={c.unit for c in found})
    return found[0]


def _names_nobody(message: str, **params: Param) -> Misused:
    return Misused(message, hint="--as", **params)
