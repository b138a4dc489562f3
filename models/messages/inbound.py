"""What events of other systems say: a type of event and its data, for each that means an act here."""

from datetime import date
from typing import Annotated, Any, ClassVar, get_args

from pydantic import BeforeValidator, Field, StringConstraints

from models.identifiers import EXCHANGE_CODE
from models.vocabulary import Content
from models.wire import Moment, Wire

PREFIX = "sojourn.inbound."
Exchange = Annotated[str, StringConstraints(pattern=EXCHANGE_CODE)]


def _given(value: Any) -> Any:
    """What some systems send for a day that they do not know."""
    return value or None


class AboutExchange(Wire):
    """Data of an event about one exchange."""

    type: ClassVar[str]
    """The type of its events."""

    exchange_id: Exchange


class CheckedIn(AboutExchange):
    """A dormitory's system saw the student arrive."""

    type = f"{PREFIX}dormitory.checked_in.v1"
    at: Moment


class CheckedOut(AboutExchange):
    """A dormitory's system saw the student leave for good."""

    type = f"{PREFIX}dormitory.checked_out.v1"
    on: date


class BadgeAttendance(AboutExchange):
    """A badge reader counted hours over a period, both days included."""

    type = f"{PREFIX}badge.attendance.v1"
    content: Content
    placement_id: str | None = None
    first_day: date
    last_day: date
    hours_planned: float = Field(gt=0, le=2000)
    hours_attended: float = Field(ge=0, le=2000)


class FlightConfirmed(AboutExchange):
    """The student's flight is booked."""

    type = f"{PREFIX}flight.confirmed.v1"


class ResidenceRegistered(AboutExchange):
    """The authority registered the student's residence (D29)."""

    type = f"{PREFIX}residence.registered.v1"


class BorderLeft(AboutExchange):
    """The student left the country (D33)."""

    type = f"{PREFIX}border.left.v1"
    at: Moment


class BorderEntered(AboutExchange):
    """The student came back (D33)."""

    type = f"{PREFIX}border.entered.v1"
    at: Moment
    permitted_until: Annotated[date | None, BeforeValidator(_given)] = None


Meant = CheckedIn | CheckedOut | BadgeAttendance | FlightConfirmed | ResidenceRegistered | BorderLeft | BorderEntered
MEANT: dict[str, type[Meant]] = {one.type: one for one in get_args(Meant)}
"""The data of each type of event that means an act."""
