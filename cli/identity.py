"""Who is acting: `--as ROLE@INSTITUTION[/UNIT]` or `--as student:ID`, resolved to the contact of the catalogue.

Whoever stands in for somebody who is away adds ` for PERSON`; whether they do is the gateway's to know.
"""

from collections.abc import Iterable

import typer
from pydantic import ValidationError

from models.catalogue.programme import Contact, Institution, Programme
from models.people.absences import institution_of, standing_in
from models.people.authorization import Actor
from models.vocabulary import Role

FORM = "ROLE@INSTITUTION, ROLE@INSTITUTION/UNIT or student:ID"
_NOBODYS = (Role.STUDENT, Role.CLOCK)
"""Roles that no contact of an institution has."""


def parse_actor(text: str | None, programme: Programme) -> Actor:
    """The actor that `--as` names; its id is the contact's in the catalogue, or the student's.

    Raises:
        typer.BadParameter: it names nobody, or several; the text says whom it could name.
    """
    if not text or not text.strip():
        raise _unclear(f"say who you are with --as {FORM}, or set SOJOURN_AS.")
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
            raise _unclear(f"{role}@… needs an institution: {_listed(programme.institutions)}.")
        institution_name = programme.home
    institution = _institution(institution_name, programme)
    contact = _contact(programme, institution, role, unit.strip())
    return Actor(id=contact.id, role=role, institution=institution.id, unit=contact.unit)


def _deputy(actor: Actor, absent: str, programme: Programme) -> Actor:
    if actor.role is Role.STUDENT or institution_of(programme, absent) is None:
        raise _unclear(f"“{absent}” is nobody of the catalogue; name whom you stand in for, like cqmu.coordinator.")
    return standing_in(actor, programme, absent)


def _student(person: str) -> Actor:
    try:
        return Actor(id=person, role=Role.STUDENT)
    except ValidationError:
        raise _unclear("student: is followed by the id of the student, as `sojourn show` prints it.") from None


def _role(text: str) -> Role:
    name = text.strip().casefold().replace("-", "_").replace(" ", "_")
    roles = [r for r in Role if r not in _NOBODYS]
    if name == Role.STUDENT:
        raise _unclear("a student acts as student:ID, with the id as `sojourn show` prints it.")
    if name not in roles:
        raise _unclear(f"“{text.strip()}” is not a role; choose one of {_listed(roles)}, or student:ID.")
    return Role(name)


def _institution(text: str, programme: Programme) -> Institution:
    name = text.strip().casefold()
    found = next((i for i in programme.institutions.values() if name in (i.id.casefold(), i.code.casefold())), None)
    if found is None:
        raise _unclear(f"“{text.strip()}” is not an institution; choose one of {_listed(programme.institutions)}.")
    return found


def _contact(programme: Programme, institution: Institution, role: Role, unit: str) -> Contact:
    if role is Role.PROGRAMME_OFFICE and institution.id != programme.home:
        raise _unclear(f"the programme office is at {programme.home}; write {role}@{programme.home}.")
    found = programme.contacts(institution.id, role, unit)
    if not found:
        roles = {c.role for c in institution.contacts}
        if role in roles:
            units = [c.unit for c in institution.contacts if c.role is role]
            raise _unclear(f"{institution.id} has no {role} of unit “{unit}”; choose one of {_listed(units)}.")
        raise _unclear(f"{institution.id} has no {role} in the catalogue; it has {_listed(roles)}.")
    if len({c.unit for c in found}) > 1:
        units = [c.unit for c in found]
        raise _unclear(f"several at {institution.id} are {role}; add the unit, one of {_listed(units)}.")
    return found[0]


def _listed(words: Iterable[str]) -> str:
    return ", ".join(sorted(words))


def _unclear(message: str) -> typer.BadParameter:
    return typer.BadParameter(message, param_hint="--as")
