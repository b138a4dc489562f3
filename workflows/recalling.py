"""What an exchange knows again when its story is told from the records: everything but where the story is."""

from collections.abc import Mapping

from models.authority import ENTERING, PaperKind
from models.events import (
    Arrived,
    AttendanceReported,
    Departed,
    DocumentChecked,
    DocumentReviewed,
    DocumentSubmitted,
    Evaluated,
    Event,
    LeavingBegan,
    MovementReported,
    PaperRecorded,
    ReportCorrected,
    SeatAnswered,
    StageEntered,
    StatusChanged,
    StayPermitted,
    StepClosed,
)
from models.identifiers import kind_of
from models.messages.cohorts import SeatNews
from models.messages.corrections import Reported
from models.messages.exchange import TimelineEntry
from models.rules.reviews import REVIEWS, came_of
from models.vocabulary import Movement, Stage, StepKind
from workflows.case import Case
from workflows.ending import Ending
from workflows.engine.memory import Memory
from workflows.stages.changing import remember as remember_changes
from workflows.stages.reviewing import remember_looks

TOLD: Mapping[str, tuple[str, str]] = {
    "stage_entered": ("stage", ""),
    "step_closed": ("", "outcome"),
    "document_submitted": ("document", ""),
    "document_checked": ("document", "accepted"),
    "document_returned": ("document", ""),
    "document_reviewed": ("document", ""),
    "override_asked": ("document", ""),
    "seat_answered": ("", "answer"),
    "exchange_suspended": ("suspension_id", ""),
    "exchange_resumed": ("suspension_id", ""),
    "movement_reported": ("movement", ""),
    "attendance_reported": ("content", ""),
    "report_corrected": ("reported", ""),
    "clearance_ended": ("", "reason"),
    "paper_recorded": ("paper", ""),
    "stay_permitted": ("", "until"),
    "exchange_closed": ("", "outcome"),
    "leaving_began": ("", "outcome"),
    "change_applied": ("", "version"),
    "rules_moved": ("", "to_version"),
    "change_closed": ("", "status"),
}
"""What the timeline says of events: the fields with their subject and their outcome."""
SILENT = frozenset({"step_opened", "rung_fired", "step_held", "step_resumed", "bed_assigned", "place_assigned"})
"""What the timeline leaves to the steps."""


async def recall(case: Case) -> None:
    """Read what is on record, before the story is told again."""
    earlier = case.reopening.accepted if case.reopening else {}
    memory = await case.engine.remember(accepted=earlier)
    if memory.plan is not None:
        case.plan, case.nomination_version = memory.plan, memory.nomination_version
    case.accepted, case.returned = dict(memory.accepted), set(memory.returned)
    submitted = memory.of(DocumentSubmitted)
    case.issued = {one.document_id: one.issued_on for one in submitted if one.issued_on is not None}
    case.expiring = {one.document_id: one.expires_on for one in submitted if one.expires_on is not None}
    case.clearances += [one for one in memory.of(StageEntered) if one.stage is Stage.ROTATIONS][:1]
    case.acts.remember(memory.acts)
    if memory.events:
        case.engine.nominated_at = memory.events[0].at
    _application(case, memory)
    remember_changes(case)
    remember_looks(case)
    case.engine.memory.pass_over(REVIEWS)
    _stay(case, memory)
    case.timeline = [_entry(event) for event in memory.events if event.kind not in SILENT]
    case.remembers = True
    for told in case.early:
        told()
    case.early.clear()


def _application(case: Case, memory: Memory) -> None:
    for answer in memory.of(SeatAnswered):
        case.waitlist_position = answer.position
        case.seat_news = SeatNews(answer=answer.answer, seat=answer.seat, position=answer.position)
        if answer.answer != "released":
            case.seat_answers.put_nowait(answer.answer)
    status = memory.last(StatusChanged)
    if status is not None:
        case.mobility, case.nomination = status.mobility, status.nomination
    case.nominated_by = "" if memory.events else None


def _stay(case: Case, memory: Memory) -> None:
    arrived = memory.last(Arrived)
    if arrived is not None:
        case.arrived_at = arrived.arrived_at
        case.entered_at = case.whereabouts.entered_at = arrived.entered_at or arrived.arrived_at
        case.single_entry, case.rural = arrived.single_entry, arrived.rural
    for moved in memory.events:
        if isinstance(moved, PaperRecorded) and moved.paper in ENTERING and moved.single_entry is not None:
            case.single_entry = moved.single_entry
        if isinstance(moved, ReportCorrected):
            _corrected(case, moved)
        if not isinstance(moved, MovementReported):
            continue
        case.whereabouts.move(moved.moved_at, case.moved_at)
        case.moved_at, case.rural = moved.moved_at, moved.rural
        case.abroad = moved.movement is Movement.LEFT_COUNTRY or (case.abroad and moved.movement is Movement.MOVED)
        if moved.movement is Movement.REENTERED:
            case.entered_at, case.single_entry = moved.moved_at, moved.single_entry
    case.resident = any(
        kind_of(closed.step_id) == StepKind.AWAIT_PERMIT and closed.outcome == "granted"
        for closed in memory.of(StepClosed)
    )
    for entry in memory.of(PaperRecorded):
        case.papers.pop(entry.corrects or "", None)
        case.papers[entry.paper_id] = entry.paper
        case.resident = case.resident or entry.paper is PaperKind.PERMIT
        if entry.paper is PaperKind.PASSPORT:
            case.new_passport = entry.valid_until
        elif PaperKind.PASSPORT in entry.handed_in_anew:
            case.new_passport = None
    permits = memory.of(StayPermitted)
    if permits:
        case.first_permitted_until, case.permitted_until = permits[0].until, permits[-1].until
    departed = memory.last(Departed)
    case.departed_on = departed.departed_on if departed is not None else None
    for again in memory.of(ReportCorrected):
        case.departed_on = again.on or case.departed_on
    case.hours.remember(one for one in memory.of(AttendanceReported) if one.placement_id is None)
    case.evaluated_programme = any(one.placement_id is None for one in memory.of(Evaluated))


def _corrected(case: Case, event: ReportCorrected) -> None:
    """What a correction put in the place of an arrival or a movement; later movements are known later."""
    if event.happened_at is None:
        return
    if event.reported is Reported.ARRIVAL:
        before, case.whereabouts.entered_at = case.whereabouts.entered_at, event.entered_at or event.happened_at
        case.arrived_at = event.happened_at
        if case.entered_at == before:
            case.entered_at = case.whereabouts.entered_at
    else:
        if case.entered_at == case.moved_at:
            case.entered_at = event.happened_at
        case.whereabouts.correct(case.moved_at, event.happened_at)
        case.moved_at = event.happened_at


def leaving(memory: Memory) -> Ending | None:
    """How the exchange is being ended from outside its story, if it is."""
    began = memory.last(LeavingBegan)
    if began is None:
        return None
    return Ending(
        outcome=began.outcome,
        reason=began.reason,
        actor=began.actor,
        note_id=began.note_id,
        last_day=began.last_day,
    )


def _entry(event: Event) -> TimelineEntry:
    subject, outcome = TOLD.get(event.kind, ("", ""))
    about = kind_of(event.step_id) if isinstance(event, StepClosed) else str(getattr(event, subject, ""))
    said = str(getattr(event, outcome, ""))
    if isinstance(event, DocumentChecked):
        said = came_of(event.accepted, event.review)
    if isinstance(event, DocumentReviewed):
        said = "accepted"
    return TimelineEntry(at=event.at, kind=event.kind, actor=event.actor.id, subject=about, outcome=said)
