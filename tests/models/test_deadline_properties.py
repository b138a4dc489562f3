"""Calendar arithmetic against a slow and obvious reference: day by day, and minute by minute where a clock changes."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from models.catalogue.loading import load_programme
from models.catalogue.policy import DueRule, RungRule
from models.rules.deadlines import Hold, OfficeTime, add_working_days, due_moment, rung_moment, shifted_due
from models.vocabulary import Anchor, RungKind, StepKind, Unit

ZONES = ("Asia/Shanghai", "America/New_York", "Europe/Helsinki", "Australia/Lord_Howe", "America/St_Johns", "UTC")
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
CLOCKS = st.times().map(lambda at: at.replace(microsecond=0))


@st.composite
def offices(draw: st.DrawFn) -> OfficeTime:
    """An office with weekends, holidays anywhere, and weekends that are worked."""
    free = draw(st.frozensets(DAYS, max_size=12))
    stretch = draw(st.none() | st.tuples(DAYS, st.integers(1, 30)))
    worked = draw(st.frozensets(DAYS, max_size=6))

    def works(day: date) -> bool:
        if day in worked:
            return True
        closed = stretch is not None and stretch[0] <= day < stretch[0] + timedelta(days=stretch[1])
        return day.weekday() < 5 and day not in free and not closed

    return OfficeTime(ZoneInfo(draw(st.sampled_from(ZONES))), works)


def working_day_by_counting(day: date, count: int, works: Callable[[date], bool]) -> date:
    """Lists the days one after the other and takes the one asked for."""
    step = timedelta(days=1 if count >= 0 else -1)
    if count == 0:
        while not works(day):
            day += step
        return day
    seen: list[date] = []
    while len(seen) < abs(count):
        day += step
        if works(day):
            seen.append(day)
    return seen[-1]


def wall_clock_by_search(zone: ZoneInfo, day: date, at: time) -> datetime:
    """The first moment at which the office's clock shows this time or, where it is skipped, as much later."""
    begin = datetime.combine(day, time(0), UTC) - timedelta(hours=15)
    wanted = datetime.combine(day, at)
    shown = begin
    for minute in range(60 * 44):
        moment = begin + timedelta(minutes=minute, seconds=at.second)
        if moment.astimezone(zone).replace(tzinfo=None) == wanted:
            return moment
        shown = moment
    assert shown > begin
    before = begin.astimezone(zone)
    for minute in range(60 * 44):  # skipped: count on with the clock as it stood before it was changed
        moment = begin + timedelta(minutes=minute, seconds=at.second)
        offset = moment.astimezone(zone).utcoffset()
        if offset != before.utcoffset():
            old = before.utcoffset()
            assert old is not None
            return (wanted - old).replace(tzinfo=UTC)
    raise AssertionError("no such time, and no change of the clock")


@given(offices(), DAYS, st.integers(-60, 60))
def test_working_days_are_counted_one_by_one(office: OfficeTime, day: date, count: int) -> None:
    assert add_working_days(day, count, office.is_working_day) == working_day_by_counting(
        day, count, office.is_working_day
    )


@given(offices(), DAYS, CLOCKS)
def test_a_local_time_is_what_the_clock_on_the_wall_shows(office: OfficeTime, day: date, at: time) -> None:
    assert office.moment(day, at) == wall_clock_by_search(office.zone, day, at)


@given(offices(), MOMENTS, st.integers(-100, 100), st.sampled_from((Unit.DAYS, Unit.WEEKS, Unit.WORKING_DAYS)), CLOCKS)
def test_a_due_time_keeps_its_clock_time_in_every_season(
    office: OfficeTime, opened: datetime, offset: int, unit: Unit, at: time
) -> None:
    rule = DueRule(anchor=Anchor.OPENED, offset=offset, unit=unit, at=at)
    due = due_moment(rule, office, opened, None, opened)
    today = opened.astimezone(office.zone).date()
    match unit:
        case Unit.WORKING_DAYS:
            day = working_day_by_counting(today, offset, office.is_working_day)
        case Unit.WEEKS:
            day = today + timedelta(days=7 * offset)
        case _:
            day = today + timedelta(days=offset)
    expected = wall_clock_by_search(office.zone, max(day, today), at)
    if expected < opened:
        expected = wall_clock_by_search(office.zone, max(day, today) + timedelta(days=1), at)
    assert due == expected
    assert due >= opened


def test_a_time_that_the_clock_shows_twice_is_the_first_of_both() -> None:
    office = OfficeTime(ZoneInfo("America/New_York"), lambda _: True)
    first = datetime(2026, 11, 1, 5, tzinfo=UTC)
    assert [office.moment(date(2026, 11, 1), time(1, fold=fold)) for fold in (0, 1)] == [first, first]


@given(offices(), MOMENTS, st.integers(0, 300))
def test_hours_run_through_everything(office: OfficeTime, anchor: datetime, hours: int) -> None:
    rule = DueRule(anchor=Anchor.ARRIVAL, offset=hours, unit=Unit.HOURS)
    assert due_moment(rule, office, anchor, None, anchor) - anchor == timedelta(hours=hours)


@given(offices(), MOMENTS, st.integers(-20, 20), st.sampled_from((Unit.DAYS, Unit.WORKING_DAYS)))
def test_rungs_lie_on_their_side_of_the_due_time(office: OfficeTime, due: datetime, offset: int, unit: Unit) -> None:
    kind = RungKind.REMINDER if offset < 0 else RungKind.ESCALATION
    at = rung_moment(RungRule(kind=kind, offset=offset, unit=unit), office, due)
    local, day = at.astimezone(office.zone), due.astimezone(office.zone).date()
    if offset == 0:
        assert at == due
        return
    counted = (
        working_day_by_counting(day, offset, office.is_working_day)
        if unit is Unit.WORKING_DAYS
        else day + timedelta(days=offset)
    )
    assert local.date() == counted
    assert at == wall_clock_by_search(office.zone, counted, time(9))


def shifted_by_counting(rule: DueRule, office: OfficeTime, due: datetime, hold: Hold) -> datetime:
    """Walks through the hold midnight by midnight and moves the due day once for each that counts."""
    local, at = due.astimezone(office.zone), due.astimezone(office.zone).time()
    first, last = (moment.astimezone(office.zone).date() for moment in (hold.since, hold.until))
    due_day, day, moved = local.date(), first, False
    while day < last:
        day += timedelta(days=1)
        if rule.unit is not Unit.WORKING_DAYS:
            due_day += timedelta(days=1)
            moved = True
        elif office.is_working_day(day):
            due_day = working_day_by_counting(due_day, 1, office.is_working_day)
            moved = True
    return wall_clock_by_search(office.zone, due_day, at) if moved else due


HELD = st.tuples(MOMENTS, st.integers(0, 60 * 24 * 90)).map(
    lambda held: Hold(since=held[0], until=held[0] + timedelta(minutes=held[1]))
)
COUNTED = st.sampled_from((Unit.DAYS, Unit.WEEKS, Unit.WORKING_DAYS))


@given(offices(), DAYS, HELD, COUNTED)
def test_a_hold_moves_the_due_time_day_by_day(office: OfficeTime, due_on: date, hold: Hold, unit: Unit) -> None:
    rule = DueRule(anchor=Anchor.OPENED, offset=5, unit=unit)
    due = office.moment(due_on, rule.at)
    shifted = shifted_due(rule, office, due, hold)
    assert shifted == shifted_by_counting(rule, office, due, hold)
    assert shifted >= due


@given(offices(), DAYS, HELD, COUNTED, st.floats(0, 1))
def test_two_holds_that_meet_move_as_much_as_one(
    office: OfficeTime, due_on: date, hold: Hold, unit: Unit, share: float
) -> None:
    rule = DueRule(anchor=Anchor.OPENED, offset=5, unit=unit)
    due = office.moment(due_on, rule.at)
    between = hold.since + (hold.until - hold.since) * share
    once = shifted_due(rule, office, due, hold)
    first = shifted_due(rule, office, due, Hold(since=hold.since, until=between))
    assert shifted_due(rule, office, first, Hold(since=between, until=hold.until)) == once


@given(offices(), MOMENTS, HELD)
def test_hours_move_by_exactly_what_was_held(office: OfficeTime, due: datetime, hold: Hold) -> None:
    rule = DueRule(anchor=Anchor.ARRIVAL, offset=24, unit=Unit.HOURS)
    assert shifted_due(rule, office, due, hold) - due == hold.until - hold.since


STEPS = load_programme().policy.steps


@given(st.sampled_from(sorted(STEPS)), offices(), MOMENTS, st.integers(-400, 400))
def test_no_step_is_due_before_it_opens_however_late_the_nomination(
    kind: StepKind, office: OfficeTime, opened_at: datetime, ahead: int
) -> None:
    """A clock of the law in hours alone runs from what happened, whenever it is reported."""
    step = STEPS[kind]
    anchor = office.day_of(opened_at) + timedelta(days=ahead)
    due = due_moment(step.due, office, opened_at, anchor_on=anchor)
    if step.due.unit is Unit.HOURS:
        assert step.legal
        assert due == office.moment(anchor, time(0)) + timedelta(hours=step.due.offset)
        return
    assert due >= opened_at
    assert due >= office.moment(office.day_of(opened_at) + timedelta(days=step.due.floor_days), step.due.at)
