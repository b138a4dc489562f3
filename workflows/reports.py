"""Reports that both an exchange and a rotation take: hours and ratings."""

from datetime import date

from temporalio import workflow

from models.errors import BadInput
from models.events import AttendanceReported
from models.messages.exchange import ReportAttendance


def attendance_event(report: ReportAttendance) -> AttendanceReported:
    """The fact behind a report of hours."""
    return AttendanceReported(
        at=workflow.now(),
        actor=report.actor,
        report_id=report.report_id,
        content=report.content,
        placement_id=report.placement_id,
        first_day=report.first_day,
        last_day=report.last_day,
        hours_planned=report.hours_planned,
        hours_attended=report.hours_attended,
    )


def check_period(report: ReportAttendance, first: date, last: date, today: date) -> None:
    """Refuse hours outside a block, in the future, or more than were planned.

    Raises:
        BadInput: naming the field.
    """
    if report.first_day > report.last_day:
        raise BadInput("last_day.before_first", "last_day")
    if report.first_day < first or report.last_day > last:
        raise BadInput("days.outside_block", "first_day", first=first, last=last)
    if report.first_day > today:
        raise BadInput("attendance.not_yet", "first_day")
    if report.hours_attended > report.hours_planned:
        raise BadInput("hours.more_than_planned", "hours_attended")


def check_ratings(ratings: dict[str, int]) -> None:
    """Refuse ratings outside 1 to 5, or none at all.

    Raises:
        BadInput: naming the rating.
    """
    if not ratings:
        raise BadInput("ratings.none", "ratings")
    for name, value in ratings.items():
        if not 1 <= value <= 5:
            raise BadInput("ratings.out_of_range", "ratings", objective=name)
