"""Reports that both an exchange and a rotation take: hours and ratings."""

from collections.abc import Iterable
from datetime import date

from temporalio import workflow

from models.errors import BadInput, Conflict
from models.events import AttendanceReported
from models.messages.exchange import ReportAttendance
from models.rules.deadlines import Hold
from models.rules.hours import Period, most_hours
from models.rules.local import day_at
from models.rules.stay import days_of
from models.vocabulary import Content


class Hours:
    """The hours reported to one workflow: each day of a content once, a corrected report not any more (D42)."""

    def __init__(self) -> None:
        self._reports: dict[str, AttendanceReported] = {}

    def remember(self, reports: Iterable[AttendanceReported]) -> None:
        """Know what is on record."""
        for report in reports:
            self.take(report)

    def take(self, report: AttendanceReported) -> None:
        """Count a report, in the place of the one that it corrects."""
        if report.corrects is not None:
            self._reports.pop(report.corrects, None)
        self._reports[report.report_id] = report

    @property
    def reports(self) -> tuple[AttendanceReported, ...]:
        """The reports that hold, in the order in which they came."""
        return tuple(self._reports.values())

    @property
    def attended(self) -> float:
        """All hours attended."""
        return sum(report.hours_attended for report in self._reports.values())

    @property
    def contents(self) -> set[Content]:
        """The contents of which something is reported."""
        return {report.content for report in self._reports.values()}

    def event(self, report: ReportAttendance) -> AttendanceReported:
        """The fact behind a report of hours, with what it corrects."""
        before = self._reports.get(report.corrects or "")
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
            corrects=report.corrects,
            planned_before=before.hours_planned if before else None,
            attended_before=before.hours_attended if before else None,
            objectives=report.objectives,
        )

    def require_new(self, report: ReportAttendance) -> None:
        """That a report says something of days of which nothing is reported, or corrects what is.

        Raises:
            BadInput: it corrects a report that is none of this content, or was corrected already.
            Conflict: hours of a day are reported already; its parameters name the report to correct.
        """
        if report.corrects is not None:
            before = self._reports.get(report.corrects)
            if before is None or before.content is not report.content:
                raise BadInput("attendance.nothing_to_correct", "corrects", report=report.corrects)
        mine = Period(report.first_day, report.last_day)
        for other in self._reports.values():
            if other.report_id == report.corrects or other.content is not report.content:
                continue
            if mine.overlaps(Period(other.first_day, other.last_day)):
                first, last = other.first_day, other.last_day
                raise Conflict(
                    "attendance.reported_already", "first_day", first=first, last=last, report=other.report_id
                )


def check_period(report: ReportAttendance, first: date, last: date, today: date, most_hours_a_day: int) -> None:
    """Refuse hours outside a block, in the future, more than were planned, or more than the days hold (D42).

    Raises:
        BadInput: naming the field.
    """
    if report.first_day > report.last_day:
        raise BadInput("last_day.before_first", "last_day")
    if report.first_day < first or report.last_day > last:
        raise BadInput("days.outside_block", "first_day", first=first, last=last)
    if report.first_day > today:
        raise BadInput("attendance.not_yet", "first_day")
    if not report.hours_planned and report.corrects is None:
        raise BadInput("hours.none_planned", "hours_planned")
    if report.hours_attended > report.hours_planned:
        raise BadInput("hours.more_than_planned", "hours_attended")
    most = most_hours(Period(report.first_day, report.last_day), most_hours_a_day)
    if report.hours_planned > most:
        days = days_of(report.first_day, report.last_day)
        raise BadInput("hours.more_than_period", "hours_planned", most=most, days=days, a_day=most_hours_a_day)


def check_suspended(report: ReportAttendance, suspended: Iterable[Hold], zone: str) -> None:
    """Ask about hours of days on which the exchange was suspended; who confirms them has been asked.

    Raises:
        Conflict: somebody must confirm; its parameters say which days.
    """
    if report.confirmed:
        return
    mine = Period(report.first_day, report.last_day)
    for held in suspended:
        still = Period(day_at(zone, held.since), day_at(zone, held.until))
        if mine.overlaps(still):
            first, last = max(mine.first, still.first), min(mine.last, still.last)
            raise Conflict("attendance.while_suspended", "confirmed", first=first, last=last)


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
