"""Calendar feeds: what somebody's calendar program fetches by a secret address, and who may have which."""

from enum import StrEnum

from models.people.authorization import Actor
from models.people.particulars import may_see_directory
from models.people.roles import LEADING, STAFF
from models.vocabulary import Role
from models.wire import Id, Moment, Wire


class CalendarKind(StrEnum):
    """What a feed tells."""

    MINE = "mine"
    """The steps that the person has to answer, at their due times."""
    EXCHANGE = "exchange"
    """One exchange: its stay, its places, and what is open in it."""
    ARRIVALS = "arrivals"
    """First and last days of the students whom one looks after."""
    UNIT = "unit"
    """Who works in a unit, and when."""


class CalendarFeed(Wire):
    """One address: in which capacity it was made, what it tells, and how it is used."""

    feed_id: Id
    owner: Actor
    """The person in the one capacity in which the feed looks."""
    kind: CalendarKind
    about: str = ""
    """The exchange or the unit; empty where the kind says all."""
    created_at: Moment
    last_fetched_at: Moment | None = None


class NewCalendarFeed(Wire):
    """A feed with its secret, which is told this once."""

    feed: CalendarFeed
    secret: str


def may_have_calendar(actor: Actor, kind: CalendarKind) -> bool:
    """Whether somebody in this capacity may have a feed of a kind; what stands in it is what their pages show."""
    match kind:
        case CalendarKind.MINE:
            return actor.role in STAFF or actor.role is Role.STUDENT
        case CalendarKind.EXCHANGE:
            return actor.role is not Role.CLOCK
        case CalendarKind.ARRIVALS:
            return may_see_directory(actor.role)
        case CalendarKind.UNIT:
            return actor.role in LEADING or actor.role is Role.SUPERVISOR
