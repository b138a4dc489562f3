"""Reports of a stay: arrival, evaluation, departure."""

from temporalio import workflow

from models.errors import BadInput, Conflict, NotOpen
from models.events import Arrived, Departed, Evaluated
from models.messages.exchange import Evaluate, ReportArrival, ReportDeparture
from models.people.authorization import may_act_for_host, may_decide, require
from models.rules.objectives import asked_of
from models.rules.stay import is_far_from_start
from models.vocabulary import StepKind
from workflows.case import Case
from workflows.engine.open_step import StepAnswer
from workflows.reports import check_ratings
from workflows.stages import law, settling


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
    arrived_on, planned = case.day_of(report.arrived_at), case.plan.start
    if not report.confirmed and is_far_from_start(planned, arrived_on, case.policy):
        raise Conflict("arrival.far_from_start", "confirmed", arrived=arrived_on, planned=planned)


async def arrive(case: Case, report: ReportArrival) -> None:
    """Record the arrival at the residence and close the check-in."""
    step = case.engine.find(StepKind.CHECK_IN)
    assert step is not None
    case.arrived_at = report.arrived_at
    case.entered_at = case.whereabouts.entered_at = report.entered_at or report.arrived_at
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
            days_late=max(0, (case.day_of(report.arrived_at) - case.plan.start).days),
            rural=report.rural,
        )
    )
    case.engine.close(step, StepAnswer(outcome="arrived", actor=report.actor))
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
    asked = asked_of(case.policy.objectives, step.subject)
    missing = [key for key in asked if key not in evaluation.ratings]
    if missing:
        raise BadInput("ratings.missing", "ratings", objectives=missing)
    if step.subject and (others := [key for key in evaluation.ratings if key not in asked]):
        raise BadInput("ratings.not_served", "ratings", objectives=others)


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
        Departed(
            at=workflow.now(),
            actor=report.actor,
            report_id=report.report_id,
            departed_on=report.departed_on,
            unsettled=report.unsettled,
        )
    )
    settling.begin(case, report.unsettled)
    case.engine.close(step, StepAnswer(outcome="departed", actor=report.actor))
    law.depart(case, StepAnswer(outcome="left", actor=report.actor))
    await case.engine.recorder.settled()
