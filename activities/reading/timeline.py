"""What an event is about and what came of it, in few words."""

from datetime import date

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
    HoldingsReleased,
    NominationCorrected,
    PlaceAssigned,
    PlaceReleased,
    RungFired,
    SeatAnswered,
    StageEntered,
    StatusChanged,
    StepClosed,
    StepOpened,
    StepReassigned,
)

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
        case StepOpened() | StepClosed() | RungFired() | DeadlineExtended() | StepReassigned():
            return _step(event)
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


def _step(event: StepOpened | StepClosed | RungFired | DeadlineExtended | StepReassigned) -> Words:
    kind = event.step_id.rsplit(".", 2)[1]
    match event:
        case StepOpened():
            return kind, event.subject
        case StepClosed():
            return kind, event.outcome
        case RungFired():
            to = ", ".join(event.to)
            return kind, f"{event.rung_kind} to {to}" if to else event.rung_kind
        case DeadlineExtended():
            return kind, event.due_at.isoformat(timespec="minutes")
        case StepReassigned():
            return kind, f"{event.owner.role} of {event.owner.institution}"


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
