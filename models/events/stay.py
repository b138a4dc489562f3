"""Beds, places and what happened during the stay."""

from datetime import date
from typing import Literal

from models.events.base import Fact
from models.vocabulary import Content, Movement
from models.wire import Id, Moment


class BedAssigned(Fact):
    """A bed was taken for every night of the stay."""

    kind: Literal["bed_assigned"] = "bed_assigned"
    bed_id: Id
    first_night: date
    last_night: date


class PlaceAssigned(Fact):
    """A place in a unit was taken for every week of a block."""

    kind: Literal["place_assigned"] = "place_assigned"
    placement_id: Id
    content: Content
    unit_id: Id
    start: date
    end: date


class PlaceReleased(Fact):
    """A place was given back from a day on (inclusive); `None`: all of it."""

    kind: Literal["place_released"] = "place_released"
    placement_id: Id
    from_day: date | None = None


class HoldingsReleased(Fact):
    """Compensation: bed and places given back from a day on (inclusive); `None`: all of it (D40)."""

    kind: Literal["holdings_released"] = "holdings_released"
    from_day: date | None = None


class Cleared(Fact):
    """Occupational health said yes, through a day (D36)."""

    kind: Literal["cleared"] = "cleared"
    valid_through: date


class Arrived(Fact):
    """The student reached the residence (D35)."""

    kind: Literal["arrived"] = "arrived"
    report_id: Id
    arrived_at: Moment


class AttendanceReported(Fact):
    """Hours of one content over a period."""

    kind: Literal["attendance_reported"] = "attendance_reported"
    report_id: Id
    content: Content
    placement_id: Id | None = None
    first_day: date
    last_day: date
    hours_planned: float
    hours_attended: float


class Evaluated(Fact):
    """A supervisor evaluated a rotation, or the student the programme (D41)."""

    kind: Literal["evaluated"] = "evaluated"
    decision_id: Id
    step_id: Id
    placement_id: Id | None = None
    ratings: dict[str, int]
    passed: bool | None = None


class Departed(Fact):
    """The student left the residence (D35)."""

    kind: Literal["departed"] = "departed"
    report_id: Id
    departed_on: date


class CertificateIssued(Fact):
    """A certificate was issued (version 1) or reissued (D42)."""

    kind: Literal["certificate_issued"] = "certificate_issued"
    number: Id
    version: int
    verification: str
    file_hash: str
    issued_on: date


class MovementReported(Fact):
    """The student moved, left the country or came back: legal deadlines follow."""

    kind: Literal["movement_reported"] = "movement_reported"
    report_id: Id
    movement: Movement
    moved_at: Moment


class StayPermitted(Fact):
    """Through which day the student may stay."""

    kind: Literal["stay_permitted"] = "stay_permitted"
    until: date
