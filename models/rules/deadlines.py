"""When a step is due and when its rungs fire: pure arithmetic over an office's zone and working days (D15, D16).

How moments are placed:

- Days, weeks and working days are counted on the calendar of the owner's zone and end at the rule's local time, so a
  change between winter and summer time moves no deadline. Hours are exact and run through nights, holidays and changes
  of the clock (D29).
- A local time that a clock change skips is taken as much later as the clock jumps; one that happens twice is the first.
- Reminders and later escalations counted in days arrive at 09:00 in the owner's zone, when somebody reads them. An
  escalation `0` days after the due time comes at the due time itself. The end of a ladder keeps the due time's clock
  time: nobody loses hours of the days they were promised.
- Reminders that would come before the step opens, or not before it is due, are left out. What is overdue when it opens
  keeps its escalations: they are late, not forgotten.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.catalogue.policy import DueRule, LadderRule, RungRule
from models.errors import Broken
from models.messages.exchange import RungAt, StepPlan
from models.vocabulary import EndAction, RungKind, Unit
from models.wire import Moment, Wire

OFFICE_OPENS = time(9, 0)
LONGEST_CLOSURE = 366
"""Days without a single working day after which a calendar is taken to be wrong."""


class Hold(Wire):
    """A time in which a step was paused."""

    since: Moment
    until: Moment


@dataclass(frozen=True)
class OfficeTime:
    """The zone and the working days of an owner's institution."""

    zone: ZoneInfo
    is_working_day: Callable[[date], bool]

    def day_of(self, moment: datetime) -> date:
        """The local day of a moment."""
        return moment.astimezone(self.zone).date()

    def moment(self, day: date, at: time) -> datetime:
        """A local day and clock time as a moment in UTC: the first of two where the clock shows it twice."""
        return datetime.combine(day, at.replace(fold=0), tzinfo=self.zone).astimezone(UTC)

    def later(self, day: date, offset: int, unit: Unit) -> date:
        """The day `offset` days, weeks or working days after (negative: before) a day.

        Raises:
            Broken: for hours, which are no days, or a calendar without working days.
        """
        match unit:
            case Unit.DAYS:
                return day + timedelta(days=offset)
            case Unit.WEEKS:
                return day + timedelta(weeks=offset)
            case Unit.WORKING_DAYS:
                return add_working_days(day, offset, self.is_working_day)
            case Unit.HOURS:
                raise Broken("hours.from_a_day")


def add_working_days(day: date, count: int, is_working_day: Callable[[date], bool]) -> date:
    """The `count`-th working day after a day (negative: before); `0` is the day itself or the next working day.

    Raises:
        Broken: if the calendar has no working day within a year.
    """
    step = timedelta(days=-1 if count < 0 else 1)
    left = abs(count)
    if left == 0:
        day -= step
        left = 1
    idle = 0
    while left:
        day += step
        if is_working_day(day):
            left -= 1
            idle = 0
        elif (idle := idle + 1) > LONGEST_CLOSURE:
            raise Broken("calendar.no_working_day", day=day)
    return day


def due_moment(
    rule: DueRule,
    office: OfficeTime,
    opened_at: datetime,
    anchor_on: date | None = None,
    anchor_at: datetime | None = None,
) -> datetime:
    """When a step is due (D15), in UTC. Without an anchor the rule counts from the opening.

    A rule in days, weeks or working days leaves at least `floor_days` calendar days after the opening (D12), and is
    never over before the step opens. A rule in hours without a floor may be: a legal deadline waits for no report.
    """
    if rule.unit is Unit.HOURS:
        anchor = _anchor_moment(office, opened_at, anchor_on, anchor_at)
        due = _exactly(anchor, rule.offset)
        return max(due, _exactly(opened_at, 24 * rule.floor_days)) if rule.floor_days else due
    anchor_day = anchor_on if anchor_on is not None else office.day_of(anchor_at or opened_at)
    earliest = office.day_of(opened_at) + timedelta(days=rule.floor_days)
    day = max(office.later(anchor_day, rule.offset, rule.unit), earliest)
    due = office.moment(day, rule.at)
    return due if due >= opened_at else office.moment(day + timedelta(days=1), rule.at)


def shifted_due(rule: DueRule, office: OfficeTime, due_at: datetime, hold: Hold) -> datetime:
    """A due time moved by a time in which the step was paused, in UTC: never earlier than before.

    Hours move exactly. Days and weeks move by the calendar days of the hold, working days by its working days; the
    local time of day stays. Days count by the midnights that the hold passed, in the owner's zone, so a hold in two
    pieces that meet moves as much as the whole.
    """
    if hold.until <= hold.since:
        return due_at
    if rule.unit is Unit.HOURS:
        return due_at + (hold.until - hold.since)
    first, last = office.day_of(hold.since), office.day_of(hold.until)
    days = [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
    unit = Unit.DAYS
    if rule.unit is Unit.WORKING_DAYS:
        unit, days = Unit.WORKING_DAYS, [day for day in days if office.is_working_day(day)]
    if not days:
        return due_at
    local = due_at.astimezone(office.zone)
    return office.moment(office.later(local.date(), len(days), unit), local.time())


def rung_moment(rung: RungRule, office: OfficeTime, due_at: datetime) -> datetime:
    """When one rung of a ladder fires, in UTC."""
    if rung.unit is Unit.HOURS:
        return _exactly(due_at, rung.offset)
    if rung.offset == 0 and rung.kind is not RungKind.REMINDER:
        return due_at.astimezone(UTC)
    day = office.later(office.day_of(due_at), rung.offset, rung.unit)
    at = due_at.astimezone(office.zone).time() if rung.kind is RungKind.END else OFFICE_OPENS
    return office.moment(day, at)


def plan_step(step_id: str, ladder: LadderRule, office: OfficeTime, due_at: datetime, opened_at: datetime) -> StepPlan:
    """The due time with the ladder's rungs, earliest first.

    `ends_at` is the end rung's moment, or the due time where an expiring ladder has none; a ladder that holds has no
    `ends_at`, and its end rung is one more escalation if it is addressed to somebody. Nothing fires after the end, not
    even working days that a long holiday pushes behind it.
    """
    rungs: list[RungAt] = []
    ends: list[datetime] = []
    for index, rung in enumerate(ladder.rungs):
        at = rung_moment(rung, office, due_at)
        if rung.kind is RungKind.END and ladder.end_action is not EndAction.HOLD:
            ends.append(at)
        elif rung.kind is RungKind.REMINDER:
            if opened_at < at < due_at:
                rungs.append(RungAt(index=index, at=at))
        elif rung.kind is RungKind.ESCALATION or rung.to or rung.copy_to:
            rungs.append(RungAt(index=index, at=at))
    due_at = due_at.astimezone(UTC)
    ends_at = min(ends, default=due_at) if ladder.end_action is not EndAction.HOLD else None
    return StepPlan(
        step_id=step_id,
        due_at=due_at,
        zone=office.zone.key,
        rungs=tuple(sorted((r for r in rungs if ends_at is None or r.at <= ends_at), key=lambda r: (r.at, r.index))),
        ends_at=ends_at,
    )


def _anchor_moment(
    office: OfficeTime, opened_at: datetime, anchor_on: date | None, anchor_at: datetime | None
) -> datetime:
    if anchor_at is not None:
        return anchor_at
    return opened_at if anchor_on is None else office.moment(anchor_on, time(0, 0))


def _exactly(moment: datetime, hours: int) -> datetime:
    """Hours later by the clock of physics: arithmetic on local times would skip or repeat an hour."""
    return moment.astimezone(UTC) + timedelta(hours=hours)
