"""Movements that students report during the stay: a new address, leaving the country, coming back."""

from temporalio import workflow

from models.catalogue.jurisdiction import Cause
from models.errors import BadInput, NotOpen
from models.events import MovementReported
from models.messages.exchange import ReportMovement
from models.people.authorization import may_report_movement, require
from models.vocabulary import Movement, StepKind
from workflows.case import Case
from workflows.stages import law


def check_move(case: Case, report: ReportMovement) -> None:
    """Whether the student can have gone this way now."""
    if case.seen(report.report_id, report):
        return
    require(may_report_movement(report.actor, case.parties), "not_allowed.report_movement")
    if case.arrived_at is None:
        raise NotOpen("student.not_arrived")
    if case.departed_on is not None:
        raise NotOpen("student.left")
    if report.moved_at > workflow.now():
        raise BadInput("movement.not_yet", "moved_at")
    if report.moved_at < (case.moved_at or case.arrived_at):
        raise BadInput("movement.before_last", "moved_at")
    if case.abroad and report.movement is not Movement.REENTERED:
        raise BadInput("movement.abroad", "movement")
    if not case.abroad and report.movement is Movement.REENTERED:
        raise BadInput("movement.not_abroad", "movement")
    if report.permitted_until is not None and report.permitted_until < case.day_of(report.moved_at):
        raise BadInput("permit.before_movement", "permitted_until")


async def move(case: Case, report: ReportMovement) -> None:
    """Record the movement and let the legal deadlines follow it (D26, D29, D33)."""
    case.whereabouts.move(report.moved_at, case.moved_at)
    case.moved_at, case.rural = report.moved_at, report.rural
    case.note(
        MovementReported(
            at=workflow.now(),
            actor=report.actor,
            report_id=report.report_id,
            movement=report.movement,
            moved_at=report.moved_at,
            permitted_until=report.permitted_until,
            single_entry=report.single_entry,
            rural=report.rural,
        ),
        subject=report.movement,
    )
    match report.movement:
        case Movement.LEFT_COUNTRY:
            case.abroad = True
            law.left_the_country(case, report.moved_at)
        case Movement.REENTERED:
            case.abroad = False
            case.entered_at = report.moved_at
            case.single_entry = report.single_entry
            _settle_return(case)
            law.begin_duties(case, Cause.REENTERED, report.moved_at)
            if report.permitted_until is not None:
                law.permit(case, report.permitted_until)
        case Movement.MOVED:
            law.begin_duties(case, Cause.MOVED, report.moved_at)
    await case.engine.recorder.settled()


def _settle_return(case: Case) -> None:
    step = case.engine.find(StepKind.CONFIRM_REENTRY)
    if step is not None:
        case.engine.cancel(step.id)
