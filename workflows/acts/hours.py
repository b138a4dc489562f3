"""Reports of hours: of lectures and the cultural programme, and of rotations once these are over (D42).

While a rotation runs it takes its own hours; what is missing or wrong when it is over is told to the exchange.
"""

from datetime import date
from typing import NamedTuple

from temporalio import workflow

from models.errors import BadInput, NotOpen
from models.messages.exchange import ReportAttendance
from models.people.authorization import Owner, may_act_for_host, may_decide, require
from models.rules.clearance import check_cleared, cleared_days
from models.rules.stay import limit
from models.vocabulary import PROGRAMME_CONTENTS, Content, Role, Side, StepKind
from workflows.case import Case
from workflows.engine.open_step import StepAnswer
from workflows.reports import Hours, check_period, check_suspended


class Open(NamedTuple):
    """Days of which hours may be reported, both included, and what is reported of them."""

    first: date
    last: date
    hours: Hours


def check_attendance(case: Case, report: ReportAttendance) -> None:
    """Whether hours of this content may be reported to the exchange, by this person, for these days."""
    if case.seen(report.report_id, report):
        return
    taken = _of_a_rotation(case, report) if report.placement_id in case.worked else _of_the_programme(case, report)
    check_period(report, taken.first, taken.last, case.today(), limit(case.policy, "D42", "most_hours_a_day"))
    taken.hours.require_new(report)
    check_suspended(report, case.engine.pauses.suspended(workflow.now()), case.zone)


def _of_the_programme(case: Case, report: ReportAttendance) -> Open:
    require(may_act_for_host(report.actor, case.parties), "not_allowed.report_attendance")
    if report.content not in PROGRAMME_CONTENTS or report.placement_id is not None:
        raise BadInput("placement.of_rotation", "placement_id")
    block = case.plan.block(report.content)
    if block is None:
        raise BadInput("content.not_of_stay", "content", content=report.content)
    if case.arrived_at is None:
        raise NotOpen("student.not_arrived")
    return Open(block.start, block.end, case.hours)


def _of_a_rotation(case: Case, report: ReportAttendance) -> Open:
    worked = case.worked[report.placement_id or ""]
    supervisor = Owner(side=Side.UNIT, role=Role.SUPERVISOR, institution=case.plan.host, unit=worked.unit_id)
    allowed = may_decide(report.actor, supervisor) or may_act_for_host(report.actor, case.parties)
    require(allowed, "not_allowed.report_hours")
    if report.content is not worked.content:
        raise BadInput("content.of_another_rotation", "content", content=worked.content, other_content=report.content)
    if worked.first_day is None:
        raise NotOpen("clinic.not_cleared")
    if worked.content is Content.CLINICAL:
        check_cleared(report, cleared_days(case.clearances, case.zone))
    return Open(worked.first_day, worked.last_day, worked.hours)


async def attend(case: Case, report: ReportAttendance) -> None:
    """Record hours; what closes the step for missing attendance is the last content it waited for."""
    worked = case.worked.get(report.placement_id or "")
    hours = worked.hours if worked is not None else case.hours
    event = hours.event(report)
    hours.take(event)
    case.note(event, subject=report.content)
    step = case.engine.find(StepKind.RECORD_ATTENDANCE)
    if step is not None and case.hours.contents.issuperset(step.subject.split(",")):
        case.engine.close(step, StepAnswer(outcome="recorded", actor=report.actor))
    await case.engine.recorder.settled()
