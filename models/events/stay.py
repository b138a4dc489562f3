"""Beds, places and what happened during the stay. Health, residence and journeys stay inside the house."""

from datetime import date
from typing import Literal

from models.clearances import ClearanceEnds, ClearanceKind, Covers
from models.events.base import Fact, _
from models.messages.corrections import Reported
from models.people.letters import LetterKind
from models.rules.units import Unmet
from models.vocabulary import Content, Movement
from models.wire import Id, Moment


class BedAssigned(Fact):
    """A bed was taken for every night of the stay, or from a night on, in place of the one held before."""

    kind: Literal["bed_assigned"] = "bed_assigned"
    title = _("Bed reserved")
    outward = ("first_night", "last_night")
    bed_id: Id
    first_night: date
    last_night: date
    decision_id: Id | None = None
    """Set where somebody had the student moved: nights before the first one stay as they are."""
    moved_from: Id | None = None
    """The bed in which the student would have slept that night."""


class PlaceAssigned(Fact):
    """A place in a unit was taken for every week of a block."""

    kind: Literal["place_assigned"] = "place_assigned"
    title = _("Place reserved")
    outward = ("placement_id", "content", "unit_id", "start", "end")
    placement_id: Id
    content: Content
    unit_id: Id
    start: date
    end: date
    supervisor: str = ""
    """Id of the person who supervises, where the unit has several or limits."""
    unmet: tuple[Unmet, ...] = ()
    """The wishes before it that were not met, each with why."""


class PlaceReleased(Fact):
    """A place was given back from a day on (inclusive); `None`: all of it."""

    kind: Literal["place_released"] = "place_released"
    title = _("Place released")
    outward = ("placement_id", "from_day")
    once = ("placement_id", "from_day")
    placement_id: Id
    from_day: date | None = None


class HoldingsReleased(Fact):
    """Compensation: bed and places given back from a day on (inclusive); `None`: all of it (D40)."""

    kind: Literal["holdings_released"] = "holdings_released"
    title = _("Bed and places released")
    outward = ("from_day",)
    once = ()
    from_day: date | None = None


class Cleared(Fact):
    """Occupational health said yes, through a day (D36)."""

    kind: Literal["cleared"] = "cleared"
    title = _("Cleared for the clinic")
    once = ("number",)
    valid_through: date
    number: int = 1
    """Which clearance of the exchange it is, counted from 1."""


class ClearanceEnded(Fact):
    """A clearance holds no longer: occupational health revoked it, or it lapsed (D27, D36)."""

    kind: Literal["clearance_ended"] = "clearance_ended"
    title = _("Clearance for the clinic over")
    once = ("number",)
    number: int
    """The clearance that is over."""
    last_day: date
    """The last day for which it held."""
    reason: ClearanceEnds
    documents: tuple[str, ...] = ()
    """Kinds of documents that are handed in anew."""


class ClearanceEnding(Fact):
    """A clearance ends soon, and before the stay needs it no more (D18, D25, D27, D36)."""

    kind: Literal["clearance_ending"] = "clearance_ending"
    title = _("Clearance ends soon")
    once = ("clearance", "through")
    clearance: ClearanceKind
    covers: Covers
    through: date
    needed_through: date
    renews: bool = False
    """Whether a step of the exchange asks for what takes its place before it ends."""


class RenewalNotNeeded(Fact):
    """What was asked for anew is not needed any more: what there is lasts as long as the stay needs it (D36, D39)."""

    kind: Literal["renewal_not_needed"] = "renewal_not_needed"
    title = _("Renewal not needed any more")
    once = ("step_id",)
    step_id: Id
    """The step that asked for it, and is closed with this."""
    documents: tuple[str, ...]
    """The kinds of documents that it asked for."""
    needed_through: date | None = None
    """The last day for which they are needed; unset: they are not needed at all."""


class Arrived(Fact):
    """The student reached the residence (D35)."""

    kind: Literal["arrived"] = "arrived"
    title = _("Arrived")
    outward = ("arrived_at",)
    once = ("report_id",)
    report_id: Id
    arrived_at: Moment
    entered_at: Moment | None = None
    """Into the country; none where it was not said, or before it was kept."""
    permitted_until: date | None = None
    single_entry: bool = True
    days_late: int = 0
    """After the planned first day, by the days of the host; 0 where it was in time."""
    rural: bool = False


class ReportCorrected(Fact):
    """An arrival, a departure or the last movement was otherwise than reported; both stay on record."""

    kind: Literal["report_corrected"] = "report_corrected"
    title = _("Report corrected")
    outward = ("reported",)
    once = ("decision_id",)
    decision_id: Id
    reported: Reported
    happened_at: Moment | None = None
    """When the student arrived or moved."""
    entered_at: Moment | None = None
    """Of an arrival: when the student entered the country."""
    on: date | None = None
    """Of a departure: the last day at the residence."""
    happened_before: Moment | None = None
    entered_before: Moment | None = None
    on_before: date | None = None
    days_late: int = 0
    """Of an arrival: after the planned first day, by the days of the host."""


class ExtensionFiledLate(Fact):
    """The extension of a stay was filed later than the law wants it (D31)."""

    kind: Literal["extension_filed_late"] = "extension_filed_late"
    title = _("Extension filed late")
    once = ("until",)
    filed_on: date
    due_on: date
    until: date
    """The last day of the permitted stay."""


class AttendanceReported(Fact):
    """Hours of one content over a period."""

    kind: Literal["attendance_reported"] = "attendance_reported"
    title = _("Hours reported")
    outward = ("content", "placement_id", "first_day", "last_day")
    once = ("placement_id", "report_id")
    report_id: Id
    content: Content
    placement_id: Id | None = None
    first_day: date
    last_day: date
    hours_planned: float
    hours_attended: float
    corrects: Id | None = None
    """The report that it replaces."""
    planned_before: float | None = None
    """What that report said, in hours."""
    attended_before: float | None = None
    objectives: tuple[Id, ...] = ()
    """Of the sessions attended, besides those of the content."""


class Evaluated(Fact):
    """A supervisor evaluated a rotation, or the student the programme (D41)."""

    kind: Literal["evaluated"] = "evaluated"
    title = _("Evaluated")
    outward = ("step_id", "placement_id")
    once = ("step_id", "decision_id")
    decision_id: Id
    step_id: Id
    placement_id: Id | None = None
    ratings: dict[str, int]
    passed: bool | None = None


class Departed(Fact):
    """The student left the residence (D35)."""

    kind: Literal["departed"] = "departed"
    title = _("Departed")
    outward = ("departed_on",)
    once = ("report_id",)
    report_id: Id
    departed_on: date
    unsettled: tuple[str, ...] = ()
    """What was open then of keys and deposit: `keys`, `deposit` (D34)."""


class RotationEnded(Fact):
    """A rotation is over: its days are worked or it was ended, and what was owed about it is done."""

    kind: Literal["rotation_ended"] = "rotation_ended"
    title = _("Rotation over")
    once = ("placement_id",)
    placement_id: Id
    last_day: date


class CertificateIssued(Fact):
    """A certificate was issued (version 1) or reissued (D42)."""

    kind: Literal["certificate_issued"] = "certificate_issued"
    title = _("Certificate issued")
    outward = ("number", "version")
    once = ("number", "version")
    number: Id
    version: int
    verification: str
    file_hash: str
    issued_on: date
    nomination_version: int | None = None
    """Whose names it prints."""


class LetterWritten(Fact):
    """A letter about the exchange was written (version 1) or written anew; a PDF in each language."""

    kind: Literal["letter_written"] = "letter_written"
    title = _("Letter written")
    outward = ("letter", "number", "version")
    once = ("number", "version")
    letter: LetterKind
    number: Id
    version: int
    issuer: Id
    """The university whose letter it is."""
    file_en: str
    file_zh: str
    issued_on: date
    nomination_version: int
    """Whose names it prints."""


class MovementReported(Fact):
    """The student moved, left the country or came back: legal deadlines follow."""

    kind: Literal["movement_reported"] = "movement_reported"
    title = _("Movement reported")
    once = ("report_id",)
    report_id: Id
    movement: Movement
    moved_at: Moment
    permitted_until: date | None = None
    single_entry: bool = True
    rural: bool = False


class StayPermitted(Fact):
    """Through which day the student may stay."""

    kind: Literal["stay_permitted"] = "stay_permitted"
    title = _("Permitted stay recorded")
    until: date
