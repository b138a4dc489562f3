"""Absence, deputies and preferences of the people who hold a role: what may be set, by whom, and who stands in."""

from collections.abc import Callable, Iterable
from datetime import date

from models.catalogue.programme import Contact, Programme
from models.people.authorization import Actor
from models.vocabulary import DigestChoice, Role
from models.wire import Id, Wire

LONGEST_ABSENCE = 366
"""Days; who is away for longer has a successor in the catalogue."""


class Absence(Wire):
    """Days on which somebody is away, both included, in the zone of their institution."""

    absence_id: Id
    person: Id
    first_day: date
    last_day: date
    deputy: str = ""
    """Who stands in; empty: the first of their standing deputies who is there."""

    def covers(self, day: date) -> bool:
        """Whether the person is away on a day."""
        return self.first_day <= day <= self.last_day


class Preferences(Wire):
    """How somebody wants to be written to; what is empty is as their institution has it."""

    person: Id
    language: str = ""
    zone: str = ""
    digest: DigestChoice = DigestChoice.DAILY


AwayOn = Callable[[str], Absence | None]
"""The absence of a person on the day in question, if they are away."""


def may_set_for(actor: Actor, contact: Contact, institution: str) -> bool:
    """Whether this person may set somebody's absence and preferences.

    Oneself; the coordinator and the head of office for their institution; the programme office.
    """
    if actor.id == contact.id or actor.role is Role.PROGRAMME_OFFICE:
        return True
    return actor.institution == institution and actor.role in {Role.COORDINATOR, Role.HEAD_OF_OFFICE}


def institution_of(programme: Programme, person: str) -> tuple[str, Contact] | None:
    """The institution of a contact, and the contact; none where the catalogue knows nobody of that id."""
    for institution in programme.institutions.values():
        for contact in institution.contacts:
            if contact.id == person:
                return institution.id, contact
    return None


def deputy_of(programme: Programme, person: str, away: AwayOn) -> str | None:
    """Who stands in for somebody who is away: the first deputy who is there, or that one's deputy; none in a circle."""
    return _present_deputy(programme, person, away, {person})


def _present_deputy(programme: Programme, person: str, away: AwayOn, asked: set[str]) -> str | None:
    for deputy in _deputies(programme, person, away(person)):
        if deputy in asked:
            continue
        asked.add(deputy)
        if away(deputy) is None:
            return deputy
        further = _present_deputy(programme, deputy, away, asked)
        if further is not None:
            return further
    return None


def _deputies(programme: Programme, person: str, absence: Absence | None) -> Iterable[str]:
    """Those named to stand in who hold a role now: whoever was removed since stands in for nobody."""
    found = institution_of(programme, person)
    standing = found[1].deputies if found is not None else ()
    named = (absence.deputy, *standing) if absence is not None and absence.deputy else standing
    return (one for one in named if institution_of(programme, one) is not None)


def stands_in_for(programme: Programme, person: str, away: AwayOn, absent: Iterable[str]) -> tuple[str, ...]:
    """Those of the absent people for whom this person stands in."""
    return tuple(one for one in absent if one != person and deputy_of(programme, one, away) == person)


def standing_in(actor: Actor, programme: Programme, person: str) -> Actor:
    """The actor as deputy of an absent person: their role, institution and unit, and the deputy's own id."""
    found = institution_of(programme, person)
    assert found is not None
    institution, contact = found
    return Actor(id=actor.id, role=contact.role, institution=institution, unit=contact.unit, on_behalf_of=person)
