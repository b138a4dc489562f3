"""Due times and ladders: zones, clock changes, working days, floors; checked against a slow day-by-day reference."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalogue.policy import END_OF_DAY, DueRule, LadderRule, RungRule
from models.errors import Broken
from models.rules.deadlines import OfficeTime, add_working_days, due_moment, plan_step
from models.vocabulary import Anchor, EndAction, RungKind, Target, Unit

NEW_YORK = ZoneInfo("America/New_York")
CHONGQING = ZoneInfo("Asia/Shanghai")


def weekdays(day: date) -> bool:
    return day.weekday() < 5


HANOVER = OfficeTime(NEW_YORK, weekdays)
CQMU = OfficeTime(CHONGQING, weekdays)
MOMENTS = st.integers(0, 2 * 365 * 24 * 60).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=n))


def local(zone: ZoneInfo, *parts: int) -> datetime:
    return datetime(*parts, tzinfo=zone)  # type: ignore[arg-type,misc]


def rule(offset: int, unit: Unit, *, at: time = END_OF_DAY, floor: int = 0, anchor: Anchor = Anchor.OPENED) -> DueRule:
    return DueRule(anchor=anchor, offset=offset, unit=unit, at=at, floor_days=floor)


def rung(kind: RungKind, offset: int, unit: Unit = Unit.DAYS, to: tuple[Target, ...] = (Target.OWNER,)) -> RungRule:
    return RungRule(kind=kind, offset=offset, unit=unit, to=to)


LADDER = LadderRule(
    name="usual",
    rungs=(
        rung(RungKind.ESCALATION, 5, Unit.WORKING_DAYS),
        rung(RungKind.ESCALATION, 2, Unit.WORKING_DAYS),
        rung(RungKind.ESCALATION, 0),
        rung(RungKind.REMINDER, -1),
        rung(RungKind.REMINDER, -7),
        rung(RungKind.REMINDER, -10),
    ),
)


class TestWorkingDays:
    def test_counts_forward_and_back_over_a_weekend(self) -> None:
        friday = date(2026, 1, 16)
        assert add_working_days(friday, 1, weekdays) == date(2026, 1, 19)
        assert add_working_days(date(2026, 1, 19), -1, weekdays) == friday

    def test_zero_is_the_day_itself_or_the_next_working_day(self) -> None:
        assert add_working_days(date(2026, 1, 16), 0, weekdays) == date(2026, 1, 16)
        assert add_working_days(date(2026, 1, 17), 0, weekdays) == date(2026, 1, 19)

    def test_crosses_the_end_of_february(self) -> None:
        assert add_working_days(date(2027, 2, 26), 1, weekdays) == date(2027, 3, 1)
        assert add_working_days(date(2028, 2, 28), 1, weekdays) == date(2028, 2, 29)

    def test_a_calendar_without_working_days_is_refused(self) -> None:
        with pytest.raises(Broken):
            add_working_days(date(2026, 1, 1), 1, lambda _: False)

    @given(
        start=st.dates(date(2025, 1, 1), date(2028, 1, 1)),
        count=st.integers(-40, 40),
        closed=st.sets(st.dates(date(2024, 10, 1), date(2028, 4, 1)), max_size=60),
        made_up=st.sets(st.dates(date(2024, 10, 1), date(2028, 4, 1)), max_size=20),
    )
    def test_agrees_with_a_slow_reference(self, start: date, count: int, closed: set[date], made_up: set[date]) -> None:
        def works(day: date) -> bool:
            return day in made_up or (day.weekday() < 5 and day not in closed)

        around = [start + timedelta(days=n) for n in range(-300, 301)]
        after = [d for d in around if d > start and works(d)]
        before = [d for d in around if d < start and works(d)]
        if count == 0:
            expected = start if works(start) else after[0]
        else:
            expected = after[count - 1] if count > 0 else before[count]
        assert add_working_days(start, count, works) == expected


class TestDue:
    def test_days_end_at_the_end_of_the_day_where_the_owner_is(self) -> None:
        opened = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)  # already 3 March in Chongqing
        assert due_moment(rule(5, Unit.DAYS), CQMU, opened) == local(CHONGQING, 2026, 3, 8, 23, 59, 59)
        assert due_moment(rule(5, Unit.DAYS), HANOVER, opened) == local(NEW_YORK, 2026, 3, 7, 23, 59, 59)

    def test_answers_in_utc(self) -> None:
        due = due_moment(rule(1, Unit.DAYS), HANOVER, local(NEW_YORK, 2026, 3, 2, 10))
        assert due.utcoffset() == timedelta(0)

    @pytest.mark.parametrize(
        ("opened", "hours"),
        [((2026, 3, 7, 12), 35), ((2026, 10, 31, 12), 37), ((2026, 6, 1, 12), 36)],
        ids=["spring forward", "fall back", "no change"],
    )
    def test_a_clock_change_moves_no_local_deadline(self, opened: tuple[int, ...], hours: int) -> None:
        start = local(NEW_YORK, *opened)
        due = due_moment(rule(2, Unit.DAYS, at=time(0, 0)), HANOVER, start)
        assert due.astimezone(NEW_YORK).time() == time(0, 0)
        assert due - start.astimezone(UTC) == timedelta(hours=hours)

    @pytest.mark.parametrize("opened", [(2026, 3, 7, 12), (2026, 10, 31, 12)])
    def test_hours_are_exact_over_a_clock_change(self, opened: tuple[int, ...]) -> None:
        start = local(NEW_YORK, *opened)
        due = due_moment(rule(24, Unit.HOURS, at=time(17, 0)), HANOVER, start)
        assert due - start.astimezone(UTC) == timedelta(hours=24)
        assert due.astimezone(NEW_YORK).hour == (13 if opened[1] == 3 else 11)

    def test_a_skipped_local_time_comes_later_and_a_repeated_one_first(self) -> None:
        before = local(NEW_YORK, 2026, 3, 7, 12)
        skipped = due_moment(rule(1, Unit.DAYS, at=time(2, 30)), HANOVER, before)
        assert skipped.astimezone(NEW_YORK).time() == time(3, 30)
        before = local(NEW_YORK, 2026, 10, 31, 12)
        repeated = due_moment(rule(1, Unit.DAYS, at=time(1, 30)), HANOVER, before)
        assert repeated == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)

    def test_residence_registration_runs_over_night_and_holiday(self) -> None:
        arrived = local(CHONGQING, 2026, 9, 30, 22, 15)
        due = due_moment(rule(24, Unit.HOURS, anchor=Anchor.ARRIVAL), CQMU, arrived, anchor_at=arrived)
        assert due == local(CHONGQING, 2026, 10, 1, 22, 15)

    def test_counts_back_from_a_day_of_the_stay(self) -> None:
        due = due_moment(
            rule(-8, Unit.WEEKS, anchor=Anchor.START),
            CQMU,
            local(CHONGQING, 2026, 10, 1, 9),
            anchor_on=date(2027, 3, 1),
        )
        assert due == local(CHONGQING, 2027, 1, 4, 23, 59, 59)

    def test_a_floor_leaves_days_to_a_late_start(self) -> None:
        opened = local(CHONGQING, 2027, 1, 20, 9)
        due = due_moment(rule(-8, Unit.WEEKS, floor=5, anchor=Anchor.START), CQMU, opened, anchor_on=date(2027, 3, 1))
        assert due == local(CHONGQING, 2027, 1, 25, 23, 59, 59)

    def test_a_floor_does_not_shorten_what_is_longer(self) -> None:
        opened = local(CHONGQING, 2026, 12, 30, 9)
        due = due_moment(rule(-8, Unit.WEEKS, floor=5, anchor=Anchor.START), CQMU, opened, anchor_on=date(2027, 3, 1))
        assert due == local(CHONGQING, 2027, 1, 4, 23, 59, 59)

    def test_a_day_rule_is_never_over_before_the_step_opens(self) -> None:
        opened = local(CHONGQING, 2027, 2, 20, 18)
        anchored = rule(-8, Unit.WEEKS, anchor=Anchor.START, at=time(17, 0))
        due = due_moment(anchored, CQMU, opened, anchor_on=date(2027, 3, 1))
        assert due == local(CHONGQING, 2027, 2, 21, 17)

    def test_a_legal_clock_may_be_over_when_it_is_reported(self) -> None:
        arrived = local(CHONGQING, 2026, 9, 1, 8)
        reported = arrived + timedelta(days=3)
        due = due_moment(rule(24, Unit.HOURS), CQMU, reported, anchor_at=arrived)
        assert due < reported

    def test_hours_from_a_day_count_from_its_first_moment(self) -> None:
        due = due_moment(rule(24, Unit.HOURS), CQMU, local(CHONGQING, 2026, 9, 1, 8), anchor_on=date(2026, 9, 5))
        assert due == local(CHONGQING, 2026, 9, 6)

    @given(
        opened=MOMENTS,
        offset=st.integers(0, 40),
        floor=st.integers(0, 40),
        unit=st.sampled_from([Unit.DAYS, Unit.WEEKS, Unit.WORKING_DAYS]),
        at=st.times(),
        zone=st.sampled_from([NEW_YORK, CHONGQING]),
    )
    def test_agrees_with_walking_the_calendar(
        self, opened: datetime, offset: int, floor: int, unit: Unit, at: time, zone: ZoneInfo
    ) -> None:
        office = OfficeTime(zone, weekdays)
        today = opened.astimezone(zone).date()
        day, left = today, offset * 7 if unit is Unit.WEEKS else offset
        while left or (unit is Unit.WORKING_DAYS and not weekdays(day)):
            day += timedelta(days=1)
            if left and (unit is not Unit.WORKING_DAYS or weekdays(day)):
                left -= 1
        day = max(day, today + timedelta(days=floor))
        expected = datetime.combine(day, at, tzinfo=zone).astimezone(UTC)
        if expected < opened:
            expected = datetime.combine(day + timedelta(days=1), at, tzinfo=zone).astimezone(UTC)
        assert due_moment(rule(offset, unit, at=at, floor=floor), office, opened) == expected


class TestLadder:
    def test_speaks_in_order_in_office_hours_and_escalates_when_time_is_up(self) -> None:
        due = local(NEW_YORK, 2026, 3, 12, 23, 59, 59)  # a Thursday, days after the clocks went forward
        plan = plan_step("s", LADDER, HANOVER, due, local(NEW_YORK, 2026, 2, 1, 12))
        assert [(r.index, r.at.astimezone(NEW_YORK)) for r in plan.rungs] == [
            (5, local(NEW_YORK, 2026, 3, 2, 9)),
            (4, local(NEW_YORK, 2026, 3, 5, 9)),
            (3, local(NEW_YORK, 2026, 3, 11, 9)),
            (2, due),
            (1, local(NEW_YORK, 2026, 3, 16, 9)),
            (0, local(NEW_YORK, 2026, 3, 19, 9)),
        ]
        assert plan.zone == "America/New_York"
        assert plan.ends_at is None

    def test_leaves_out_reminders_from_before_the_opening(self) -> None:
        due = local(CHONGQING, 2026, 3, 12, 23, 59, 59)
        plan = plan_step("s", LADDER, CQMU, due, local(CHONGQING, 2026, 3, 5, 9))
        assert [r.index for r in plan.rungs] == [3, 2, 1, 0]

    def test_keeps_the_escalations_of_what_is_overdue_when_it_opens(self) -> None:
        due = local(CHONGQING, 2026, 3, 2, 12)
        plan = plan_step("s", LADDER, CQMU, due, local(CHONGQING, 2026, 3, 5, 9))
        assert [r.index for r in plan.rungs] == [2, 1, 0]

    def test_a_reminder_on_the_last_day_comes_only_before_the_due_time(self) -> None:
        ladder = LadderRule(name="today", rungs=(rung(RungKind.REMINDER, 0),))
        opened = local(CHONGQING, 2026, 3, 1, 9)
        assert plan_step("s", ladder, CQMU, local(CHONGQING, 2026, 3, 5, 17), opened).rungs[0].at == local(
            CHONGQING, 2026, 3, 5, 9
        )
        assert plan_step("s", ladder, CQMU, local(CHONGQING, 2026, 3, 5, 8), opened).rungs == ()

    def test_hours_around_a_legal_clock_are_exact(self) -> None:
        ladder = LadderRule(
            name="legal",
            rungs=(rung(RungKind.REMINDER, -6, Unit.HOURS), rung(RungKind.ESCALATION, 1, Unit.HOURS)),
        )
        due = local(NEW_YORK, 2026, 3, 8, 5)  # three hours after the clocks went forward
        plan = plan_step("s", ladder, HANOVER, due, local(NEW_YORK, 2026, 3, 7, 5))
        assert [r.at.astimezone(NEW_YORK).hour for r in plan.rungs] == [22, 6]

    def test_an_expiring_ladder_ends_at_its_end_rung_which_keeps_the_clock_time(self) -> None:
        ladder = LadderRule(
            name="offer",
            rungs=(rung(RungKind.END, 1), rung(RungKind.ESCALATION, 0)),
            end_action=EndAction.EXPIRE,
        )
        due = local(NEW_YORK, 2026, 3, 7, 17)
        plan = plan_step("s", ladder, HANOVER, due, local(NEW_YORK, 2026, 3, 1, 9))
        assert plan.ends_at == local(NEW_YORK, 2026, 3, 8, 17)
        assert [r.index for r in plan.rungs] == [1]

    def test_an_expiring_ladder_without_end_rung_ends_when_time_is_up(self) -> None:
        ladder = LadderRule(name="offer", rungs=(), end_action=EndAction.EXPIRE)
        due = local(NEW_YORK, 2026, 3, 7, 17)
        assert plan_step("s", ladder, HANOVER, due, due - timedelta(days=5)).ends_at == due

    def test_nothing_speaks_after_the_end(self) -> None:
        ladder = LadderRule(
            name="correction",
            rungs=(rung(RungKind.ESCALATION, 2, Unit.WORKING_DAYS), rung(RungKind.END, 7)),
            end_action=EndAction.EXPIRE,
        )
        closed = OfficeTime(CHONGQING, lambda day: weekdays(day) and not date(2027, 2, 5) <= day <= date(2027, 2, 14))
        due = local(CHONGQING, 2027, 2, 4, 17)
        plan = plan_step("s", ladder, closed, due, local(CHONGQING, 2027, 2, 1, 9))
        assert plan.ends_at == local(CHONGQING, 2027, 2, 11, 17)
        assert plan.rungs == ()

    def test_the_end_of_a_holding_ladder_is_one_more_escalation_if_addressed(self) -> None:
        silent = LadderRule(name="a", rungs=(rung(RungKind.END, 5, Unit.WORKING_DAYS, to=()),))
        heard = LadderRule(name="b", rungs=(rung(RungKind.END, 5, Unit.WORKING_DAYS, to=(Target.PROGRAMME_OFFICE,)),))
        due = local(CHONGQING, 2026, 3, 6, 17)
        opened = due - timedelta(days=5)
        assert plan_step("s", silent, CQMU, due, opened).rungs == ()
        plan = plan_step("s", heard, CQMU, due, opened)
        assert [r.at for r in plan.rungs] == [local(CHONGQING, 2026, 3, 13, 17)]
        assert plan.ends_at is None

    @given(
        due=MOMENTS,
        open_for=st.integers(0, 30 * 24),
        zone=st.sampled_from([NEW_YORK, CHONGQING]),
    )
    def test_is_ordered_and_reminds_only_between_opening_and_due(
        self, due: datetime, open_for: int, zone: ZoneInfo
    ) -> None:
        opened = due - timedelta(hours=open_for)
        plan = plan_step("s", LADDER, OfficeTime(zone, weekdays), due, opened)
        assert [r.at for r in plan.rungs] == sorted(r.at for r in plan.rungs)
        for r in plan.rungs:
            reminder = LADDER.rungs[r.index].kind is RungKind.REMINDER
            assert (opened < r.at < due) if reminder else r.at >= due
