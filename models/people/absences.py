"""Absence, deputies and preferences of the people who hold a role: what may be set, by whom, and who stands in."""

from collections.abc import Callable, Iterable
from datetime import date

from models.catalogue.programme import Contact, Programme
from models.people.access import may_manage
from models.people.authorization import Actor
from models.people.deputies import Post, in_own_right, may_stand_in
from models.posting import DigestChoice
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


class PlannedAbsence(Absence):
    """An absence on record, with who planned it."""

    given_by: Actor | None = None
    """Whoever named the deputy; nobody where that is not known."""

    @property
    def asked(self) -> Absence:
        """What was asked for."""
        return Absence.model_validate(self.model_dump(exclude={"given_by"}))


class Preferences(Wire):
    """How somebody wants to be written to; what is empty is as their institution has it."""

    person: Id
    language: str = ""
    zone: str = ""
    digest: DigestChoice = DigestChoice.DAILY


AwayOn = Callable[[str], PlannedAbsence | None]
"""The absence of a person on the day in question, if they are away."""


def may_set_for(actor: Actor, contact: Contact, institution: str) -> bool:
    """Whether this person may set somebody's absence and preferences: oneself, and whoever may manage them.

    In their own right alone: who stands in for somebody does their steps and does not manage people.
    """
    own = actor.id == contact.id and not actor.on_behalf_of
    return own or may_manage(actor, contact.role, institution)


def institution_of(programme: Programme, person: str) -> Post | None:
    """The institution of a contact, and the contact; none where the catalogue knows nobody of that id."""
    for institution in programme.institutions.values():
        for contact in institution.contacts:
            if contact.id == person:
                return institution.id, contact
    return None


def deputy_of(programme: Programme, person: str, away: AwayOn) -> str | None:
    """Who stands in for somebody who is away: the first deputy who is there, or that one's deputy; none in a circle.

    Nobody is reached whose standing in would lift them (`may_stand_in`), whatever is on record.
    """
    absent = institution_of(programme, person)
    return None if absent is None else _present_deputy(programme, absent, absent, away, {person})


def _present_deputy(programme: Programme, absent: Post, via: Post, away: AwayOn, asked: set[str]) -> str | None:
    """Who stands in for `absent`, by the deputies of `via`: the absent person, or a deputy who is away too."""
    for deputy, giver in _named(via, away(via[1].id)):
        post = institution_of(programme, deputy)
        if deputy in asked or post is None:
            continue
        if not (may_stand_in(post, via, giver) and may_stand_in(post, absent, giver)):
            continue
        asked.add(deputy)
        if away(deputy) is None:
            return deputy
        further = _present_deputy(programme, absent, post, away, asked)
        if further is not None:
            return further
    return None


def _named(post: Post, absence: PlannedAbsence | None) -> Iterable[tuple[str, Actor | None]]:
    """The deputies of somebody, each with who named them: that of the absence first, then the standing ones."""
    if absence is not None and absence.deputy:
        yield absence.deputy, absence.given_by
    for deputy in post[1].deputies:
        yield deputy, in_own_right(post)


def stands_in_for(programme: Programme, person: str, away: AwayOn, absent: Iterable[str]) -> tuple[str, ...]:
    """Those of the absent people for whom this person stands in."""
    return tuple(one for one in absent if one != person and deputy_of(programme, one, away) == person)


def standing_in(actor: Actor, programme: Programme, person: str) -> Actor:
    """The actor as deputy of an absent person: their role, institution and unit, and the deputy's own id."""
    found = institution_of(programme, person)
    assert found is not None
    institution, contact = found
    return Actor(id=actor.id, role=contact.role, institution=institution, unit=contact.unit, on_behalf_of=person)
