"""Corrections of what was reported of a stay; what counts from it counts anew, what it said before stays on record."""

from datetime import date, datetime

from temporalio import workflow

from models.errors import BadInput, Conflict, NotOpen
from models.events import ReportCorrected
from models.messages.corrections import CorrectReport, Reported
from models.people.authorization import may_act_for_host, may_report_movement, require
from models.rules.stay import is_far_from_start
from workflows.case import Case
from workflows.stages import law


def check_correct(case: Case, correction: CorrectReport) -> None:
    """Whether this was reported, may be corrected by this person, and can have been so."""
    if case.seen(correction.decision_id, correction):
        return
    may = may_report_movement if correction.reported is Reported.MOVEMENT else may_act_for_host
    require(may(correction.actor, case.parties), "not_allowed.correct_report")
    if case.outcome is not None:
        raise NotOpen("exchange.ending")
    if correction.note_id is None:
        raise BadInput("field.missing", "note")
    match correction.reported:
        case Reported.ARRIVAL:
            _check_arrival(case, correction)
        case Reported.DEPARTURE:
            _check_departure(case, correction)
        case Reported.MOVEMENT:
            _check_movement(case, correction)


def _check_arrival(case: Case, correction: CorrectReport) -> None:
    at, entered_at, before = correction.happened_at, correction.entered_at, case.arrived_at
    if before is None:
        raise NotOpen("student.not_arrived")
    if at is None:
        raise BadInput("field.missing", "happened_at")
    if at > workflow.now():
        raise BadInput("arrival.not_yet", "happened_at")
    if entered_at is not None and entered_at > at:
        raise BadInput("entry.after_arrival", "entered_at")
    if (at, entered_at or at) == (before, case.whereabouts.entered_at):
        raise BadInput("correction.nothing", "happened_at")
    moved = case.whereabouts.first_moved_at
    if moved is not None and moved < at:
        raise BadInput("correction.after_movement", "happened_at", moment=moved)
    arrived_on = case.day_of(at)
    if case.departed_on is not None and arrived_on > case.departed_on:
        raise BadInput("correction.after_departure", "happened_at", day=case.departed_on)
    _within_hours(case, arrived_on, date.max, "happened_at")
    if not correction.confirmed and is_far_from_start(case.plan.start, arrived_on, case.policy):
        raise Conflict("arrival.far_from_start", "confirmed", arrived=arrived_on, planned=case.plan.start)


def _check_departure(case: Case, correction: CorrectReport) -> None:
    on = correction.on
    if case.departed_on is None or case.arrived_at is None:
        raise NotOpen("student.not_left")
    if on is None:
        raise BadInput("field.missing", "on")
    if on > case.today():
        raise BadInput("departure.not_yet", "on")
    if on < case.day_of(case.arrived_at):
        raise BadInput("correction.before_arrival", "on", day=case.day_of(case.arrived_at))
    if on == case.departed_on:
        raise BadInput("correction.nothing", "on")
    _within_hours(case, date.min, on, "on")


def _check_movement(case: Case, correction: CorrectReport) -> None:
    at, earliest = correction.happened_at, case.whereabouts.moved_before or case.arrived_at
    if case.moved_at is None or earliest is None:
        raise NotOpen("movement.none")
    if case.departed_on is not None:
        raise NotOpen("student.left")
    if at is None:
        raise BadInput("field.missing", "happened_at")
    if at > workflow.now():
        raise BadInput("movement.not_yet", "happened_at")
    if at < earliest:
        raise BadInput("movement.before_last", "happened_at")
    if at == case.moved_at:
        raise BadInput("correction.nothing", "happened_at")


def _within_hours(case: Case, first: date, last: date, field: str) -> None:
    """Hours that are on record were worked while the student was there: those are corrected first (D42).

    Raises:
        BadInput: naming the first day of such a report.
    """
    reports = [report for worked in case.worked.values() for report in worked.hours.reports]
    for report in (*case.hours.reports, *reports):
        if report.hours_attended and (report.last_day < first or report.first_day > last):
            raise BadInput("correction.hours_reported", field, first=report.first_day, last=report.last_day)


async def correct(case: Case, correction: CorrectReport) -> None:
    """Take what is right in the place of what was reported, and let the clocks follow it."""
    match correction.reported:
        case Reported.ARRIVAL:
            _correct_arrival(case, correction)
        case Reported.DEPARTURE:
            case.note(_event(case, correction, on_before=case.departed_on))
            case.departed_on = correction.on
        case Reported.MOVEMENT:
            assert case.moved_at is not None
            assert correction.happened_at is not None
            before, case.moved_at = case.moved_at, correction.happened_at
            case.whereabouts.correct(before, correction.happened_at)
            case.note(_event(case, correction, happened_before=before))
            law.moved_otherwise(case, before, correction.happened_at, correction.decision_id)
            if case.entered_at == before:
                case.entered_at = correction.happened_at
    await case.engine.recorder.settled()


def _correct_arrival(case: Case, correction: CorrectReport) -> None:
    arrived, at = case.arrived_at, correction.happened_at
    assert arrived is not None
    assert at is not None
    entered, entered_at = case.whereabouts.entered_at or arrived, correction.entered_at or at
    late = max(0, (case.day_of(at) - case.plan.start).days)
    case.note(_event(case, correction, happened_before=arrived, entered_before=entered, days_late=late))
    case.arrived_at, case.whereabouts.entered_at = at, entered_at
    if case.entered_at == entered:  # who came back meanwhile has entered anew
        case.entered_at = entered_at
    law.arrived_otherwise(case, (arrived, entered), (at, entered_at), correction.decision_id)


def _event(
    case: Case,
    correction: CorrectReport,
    *,
    happened_before: datetime | None = None,
    entered_before: datetime | None = None,
    on_before: date | None = None,
    days_late: int = 0,
) -> ReportCorrected:
    return ReportCorrected(
        at=workflow.now(),
        actor=correction.actor,
        note_id=correction.note_id,
        decision_id=correction.decision_id,
        reported=correction.reported,
        happened_at=correction.happened_at,
        entered_at=correction.entered_at,
        on=correction.on,
        happened_before=happened_before,
        entered_before=entered_before,
        on_before=on_before,
        days_late=days_late,
    )
