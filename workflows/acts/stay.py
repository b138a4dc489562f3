"""Reports of a stay: arrival, hours, evaluation, departure."""

from temporalio import workflow

from models.errors import BadInput, NotOpen
from models.events import Arrived, Departed, Evaluated
from models.messages.exchange import Evaluate, ReportArrival, ReportAttendance, ReportDeparture
from models.people.authorization import may_act_for_host, may_decide, require
from models.vocabulary import PROGRAMME_CONTENTS, StepKind
from workflows.case import Case
from workflows.engine.open_step import StepAnswer
from workflows.reports import attendance_event, check_period, check_ratings
from workflows.stages import law


def check_arrival(case: Case, report: ReportArrival) -> None:
    """Whether the host expects this arrival now."""
    if case.seen(report.report_id, report):
        return
    require(may_act_for_host(report.actor, case.parties), "not_allowed.report_arrival")
    if case.engine.find(StepKind.CHECK_IN) is None:
        raise NotOpen("arrival.not_awaited")
    if report.arrived_at > workflow.now():
        raise BadInput("arrival.not_yet", "arrived_at")
    if report.entered_at is not None and report.entered_at > report.arrived_at:
        raise BadInput("entry.after_arrival", "entered_at")
    if report.permitted_until is not None and report.permitted_until < case.day_of(report.arrived_at):
        raise BadInput("permit.before_arrival", "permitted_until")


async def arrive(case: Case, report: ReportArrival) -> None:
    """Record the arrival at the residence and close the check-in."""
    step = case.engine.find(StepKind.CHECK_IN)
    assert step is not None
    case.arrived_at = report.arrived_at
    case.entered_at = report.entered_at or report.arrived_at
    case.permitted_until = report.permitted_until
    case.single_entry = report.single_entry
    case.rural = report.rural
    case.note(
        Arrived(
            at=workflow.now(),
            actor=report.actor,
            report_id=report.report_id,
            arrived_at=report.arrived_at,
            entered_at=report.entered_at,
            permitted_until=report.permitted_until,
            single_entry=report.single_entry,
            rural=report.rural,
        )
    )
    case.engine.close(step, StepAnswer(outcome="arrived", actor=report.actor))
    await case.engine.recorder.settled()


def check_attendance(case: Case, report: ReportAttendance) -> None:
    """Whether hours of a programme content may be reported here; rotations take their own."""
    if case.seen(report.report_id, report):
        return
    require(may_act_for_host(report.actor, case.parties), "not_allowed.report_attendance")
    if report.content not in PROGRAMME_CONTENTS:
        raise BadInput("placement.of_rotation", "placement_id")
    block = case.plan.block(report.content)
    if block is None:
        raise BadInput("content.not_of_stay", "content", content=report.content)
    if case.arrived_at is None:
        raise NotOpen("student.not_arrived")
    check_period(report, block.start, block.end, case.today())


async def attend(case: Case, report: ReportAttendance) -> None:
    """Record hours; what closes the step for missing attendance is the last content it waited for."""
    case.attended.add(report.content)
    case.note(attendance_event(report), subject=report.content)
    step = case.engine.find(StepKind.RECORD_ATTENDANCE)
    if step is not None and case.attended.issuperset(step.subject.split(",")):
        case.engine.close(step, StepAnswer(outcome="recorded", actor=report.actor))
    await case.engine.recorder.settled()


def check_evaluate(case: Case, evaluation: Evaluate) -> None:
    """Whether the student may evaluate the programme now, objective by objective (D41)."""
    if case.seen(evaluation.decision_id, evaluation):
        return
    step = case.engine.require_open(evaluation.step_id)
    require(may_decide(evaluation.actor, step.owner), "not_allowed.evaluate_programme")
    if step.policy.kind is not StepKind.EVALUATE_PROGRAMME:
        raise BadInput("step.not_evaluation", "step_id")
    check_ratings(evaluation.ratings)
    missing = [key for key in case.policy.objectives if key not in evaluation.ratings]
    if missing:
        raise BadInput("ratings.missing", "ratings", objectives=missing)


async def evaluate(case: Case, evaluation: Evaluate) -> None:
    """Record the student's evaluation."""
    step = case.engine.require_open(evaluation.step_id)
    case.evaluated_programme = True
    case.note(
        Evaluated(
            at=workflow.now(),
            actor=evaluation.actor,
            note_id=evaluation.note_id,
            decision_id=evaluation.decision_id,
            step_id=step.id,
            ratings=evaluation.ratings,
        )
    )
    answer = StepAnswer(outcome="evaluated", actor=evaluation.actor)
    case.engine.close(step, answer, decision_id=evaluation.decision_id, note_id=evaluation.note_id)
    await case.engine.recorder.settled()


def check_departure(case: Case, report: ReportDeparture) -> None:
    """Whether the student is here and may leave."""
    if case.seen(report.report_id, report):
        return
    require(may_act_for_host(report.actor, case.parties), "not_allowed.report_departure")
    if case.arrived_at is None:
        raise NotOpen("student.not_arrived")
    if case.engine.find(StepKind.DEPART) is None:
        raise NotOpen("departure.not_open")
    if report.departed_on > case.today():
        raise BadInput("departure.not_yet", "departed_on")


async def depart(case: Case, report: ReportDeparture) -> None:
    """Record the actual departure."""
    step = case.engine.find(StepKind.DEPART)
    assert step is not None
    case.departed_on = report.departed_on
    case.note(
        Departed(at=workflow.now(), actor=report.actor, report_id=report.report_id, departed_on=report.departed_on)
    )
    case.engine.close(step, StepAnswer(outcome="departed", actor=report.actor))
    law.depart(case, StepAnswer(outcome="left", actor=report.actor))
    await case.engine.recorder.settled()
