"""What an event is about and what came of it, in few words."""

from datetime import date, datetime

from models.events import (
    Arrived,
    AttendanceReported,
    BedAssigned,
    CertificateIssued,
    Cleared,
    DeadlineExtended,
    Departed,
    DocumentChecked,
    DocumentReturned,
    DocumentSubmitted,
    Evaluated,
    Event,
    ExchangeClosed,
    ExchangeOpened,
    ExchangeResumed,
    ExchangeSuspended,
    HoldingsReleased,
    MovementReported,
    NominationCorrected,
    PlaceAssigned,
    PlaceReleased,
    RungFired,
    SeatAnswered,
    StageEntered,
    StatusChanged,
    StayPermitted,
    StepClosed,
    StepHeld,
    StepOpened,
    StepReassigned,
    StepResumed,
    StepSnoozed,
)
from models.identifiers import kind_of
from models.people.authorization import Owner
from models.vocabulary import HoldCause, Missed

Words = tuple[str, str]
"""What it is about, and what came of it."""


def words_of(event: Event) -> Words:
    """Subject and outcome of an event of an exchange."""
    match event:
        case ExchangeOpened() | NominationCorrected():
            return f"nomination {event.nomination_version}", ""
        case StageEntered():
            return event.stage, ""
        case StatusChanged():
            return f"mobility {event.mobility}", f"nomination {event.nomination}"
        case StepOpened() | StepClosed() | RungFired() | StepHeld() | StepResumed():
            return _step(event)
        case DeadlineExtended() | StepReassigned() | StepSnoozed():
            return _change(event)
        case ExchangeSuspended() | ExchangeResumed():
            return event.suspension_id, event.reason if isinstance(event, ExchangeSuspended) else ""
        case DocumentSubmitted() | DocumentChecked() | DocumentReturned():
            return _document(event)
        case SeatAnswered() | BedAssigned() | PlaceAssigned() | PlaceReleased() | HoldingsReleased():
            return _holding(event)
        case ExchangeClosed():
            return event.reason, event.outcome
        case _:
            return _stay(event)


def step_of(event: Event) -> str | None:
    """The step an event is about."""
    return getattr(event, "step_id", None)


def _step(event: StepOpened | StepClosed | RungFired | StepHeld | StepResumed) -> Words:
    kind = kind_of(event.step_id)
    match event:
        case StepOpened():
            return kind, event.subject
        case StepClosed():
            return kind, f"{event.outcome} by default ({event.rule})" if event.rule else event.outcome
        case RungFired():
            return kind, _rung(event)
        case StepHeld(because=HoldCause.OTHER_SIDE):
            return kind, f"waits for {kind_of(event.cause)}"
        case StepHeld():
            return kind, "its clock stands still"
        case StepResumed():
            return kind, _before_and_after(event.before, event.plan.due_at if event.plan else None)


def _rung(event: RungFired) -> str:
    to = ", ".join(event.to)
    words = f"{event.rung_kind} to {to}" if to else str(event.rung_kind)
    if event.missed:
        # Rungs are numbered from 1 where people read them.
        missed = ", ".join(str(rung + 1) for rung in event.missed)
        words += f"; missed: {missed} ({event.why_missed or Missed.LATE})"
    return words


def _change(event: DeadlineExtended | StepReassigned | StepSnoozed) -> Words:
    kind = kind_of(event.step_id)
    match event:
        case DeadlineExtended():
            return kind, _before_and_after(event.before, event.due_at)
        case StepSnoozed():
            return kind, f"until {_moment(event.until)}"
        case StepReassigned():
            return kind, " → ".join(_owner(owner) for owner in (event.before, event.owner) if owner)


def _owner(owner: Owner) -> str:
    return f"{owner.role} of {owner.institution}" if owner.institution else str(owner.role)


def _before_and_after(before: datetime | None, after: datetime | None) -> str:
    return " → ".join(_moment(moment) for moment in (before, after) if moment)


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes")


def _document(event: DocumentSubmitted | DocumentChecked | DocumentReturned) -> Words:
    match event:
        case DocumentSubmitted():
            return event.document, ""
        case DocumentReturned():
            return event.document, "returned"
        case DocumentChecked():
            if event.accepted:
                return event.document, "accepted"
            return event.document, f"rejected: {', '.join(event.findings)}"


def _holding(event: SeatAnswered | BedAssigned | PlaceAssigned | PlaceReleased | HoldingsReleased) -> Words:
    match event:
        case SeatAnswered():
            if event.seat is not None:
                return f"seat {event.seat}", event.answer
            return (f"position {event.position}" if event.position else ""), event.answer
        case BedAssigned():
            return event.bed_id, f"{event.first_night} to {event.last_night}"
        case PlaceAssigned():
            return event.unit_id, f"{event.start} to {event.end}"
        case PlaceReleased():
            return event.placement_id, _from(event.from_day)
        case HoldingsReleased():
            return "bed and places", _from(event.from_day)


def _stay(event: Event) -> Words:
    match event:
        case Cleared():
            return "clinic", f"through {event.valid_through}"
        case Arrived():
            return "", event.arrived_at.isoformat(timespec="minutes")
        case AttendanceReported():
            return event.content, f"{event.hours_attended:g} of {event.hours_planned:g} hours"
        case MovementReported():
            return event.movement.replace("_", " "), _moment(event.moved_at)
        case StayPermitted():
            return "permitted stay", f"until {event.until}"
        case Evaluated():
            result = {True: "passed", False: "not passed", None: ""}[event.passed]
            return event.placement_id or "the programme", result
        case Departed():
            return "", event.departed_on.isoformat()
        case CertificateIssued():
            return event.number, f"version {event.version}"
        case _:
            return "", ""


def _from(day: date | None) -> str:
    return f"from {day}" if day else "all of it"
