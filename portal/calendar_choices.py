"""Which calendars somebody may have: every kind in every capacity of their own, named for a list."""

from dataclasses import dataclass

from models.people.authorization import Actor
from models.people.calendar_feeds import CalendarKind, may_have_calendar
from models.vocabulary import Role
from portal.context import RequestContext
from portal.visitor import Visitor, capacity_key


@dataclass(frozen=True)
class CalendarChoice:
    """One calendar to choose."""

    actor: Actor
    kind: CalendarKind
    about: str = ""
    """The unit; which exchange is typed."""

    @property
    def value(self) -> str:
        """How it is chosen by."""
        return ":".join((self.kind, capacity_key(self.actor), self.about))


def calendar_choices(context: RequestContext, visitor: Visitor) -> list[CalendarChoice]:
    """The calendars that a visitor may have."""
    assert visitor.identity is not None
    found = list[CalendarChoice]()
    for actor in visitor.identity.capacities:
        for kind in CalendarKind:
            if not may_have_calendar(actor, kind):
                continue
            abouts = _units(context, actor) if kind is CalendarKind.UNIT else [""]
            found += [CalendarChoice(actor, kind, about) for about in abouts]
    return found


def _units(context: RequestContext, actor: Actor) -> list[str]:
    if actor.role is Role.SUPERVISOR:
        return [actor.unit]
    institution = context.services.programme.institution(actor.institution)
    return [unit.id for unit in institution.units] if institution else []
