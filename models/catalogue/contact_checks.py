"""Checks of the people of the catalogue: their ids are nothing else's, and who stands in may."""

from collections.abc import Iterable

from models.catalogue.faults import Wrong, wrong
from models.catalogue.programme import Contact, Institution
from models.people.roles import RESERVED, STUDENT
from models.vocabulary import Role


def id_fault(id: str, institutions: Iterable[Institution]) -> str:
    """The message of what else the id of a person means; empty where it means nothing else. Case does not count."""
    wanted = id.casefold()
    if wanted in RESERVED or wanted.startswith(STUDENT):
        return "catalogue.id_reserved"
    things = (
        thing.casefold()
        for institution in institutions
        for thing in (institution.id, *(u.id for u in institution.units), *(b.id for b in institution.beds))
    )
    return "catalogue.id_of_a_thing" if wanted in things else ""


def deputies_of(
    contact: Contact, institution: Institution, home: str, institutions: Iterable[Institution]
) -> Iterable[Wrong]:
    """Who stands in is somebody of the same institution or of the home one; for occupational health of the same."""
    near = {c.id: (i.id, c) for i in institutions if i.id in (institution.id, home) for c in i.contacts}
    for deputy in contact.deputies:
        key = f"contacts[{contact.id}].deputies[{deputy}]"
        if deputy not in near or deputy == contact.id:
            yield wrong(key, "catalogue.deputy_elsewhere", id=institution.id, other=home)
        elif contact.role is Role.OCCUPATIONAL_HEALTH:
            place, other = near[deputy]
            if place != institution.id or other.role is not contact.role:
                yield wrong(key, "catalogue.deputy_not_of_health")
