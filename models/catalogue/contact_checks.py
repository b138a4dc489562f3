"""Checks of the people of the catalogue: their ids are nothing else's, and who stands in may."""

from collections.abc import Iterable

from models.catalogue.programme import Contact, Institution
from models.people.roles import RESERVED, STUDENT
from models.vocabulary import Role


def id_fault(id: str, institutions: Iterable[Institution]) -> str:
    """What else the id of a person means; empty where it means nothing else. Whatever the case of its letters."""
    wanted = id.casefold()
    if wanted in RESERVED or wanted.startswith(STUDENT):
        return "is kept for students and the service itself"
    things = (
        thing.casefold()
        for institution in institutions
        for thing in (institution.id, *(u.id for u in institution.units), *(b.id for b in institution.beds))
    )
    return "is the id of an institution, a unit or a bed too" if wanted in things else ""


def deputies_of(
    contact: Contact, institution: Institution, home: str, institutions: Iterable[Institution]
) -> Iterable[tuple[str, str]]:
    """Who stands in is somebody of the same institution or of the home one; for occupational health of the same."""
    near = {c.id: (i.id, c) for i in institutions if i.id in (institution.id, home) for c in i.contacts}
    for deputy in contact.deputies:
        key = f"contacts[{contact.id}].deputies[{deputy}]"
        if deputy not in near or deputy == contact.id:
            yield key, f"is nobody else of {institution.id} or of {home}"
        elif contact.role is Role.OCCUPATIONAL_HEALTH:
            place, other = near[deputy]
            if place != institution.id or other.role is not contact.role:
                yield key, "must be of occupational health of the same institution"
