"""Due dates checked by hand against the printed calendars of both universities: holidays, made-up days, clocks."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from models.catalogue.loading import load_programme
from models.catalogue.policy import END_OF_DAY, DueRule, LadderRule
from models.catalogue.programme import Closure, WorkedDay
from models.messages.exchange import StepPlan
from models.vocabulary import Anchor, Unit
from records.calendars import Calendars

ZONES = {"cqmu": ZoneInfo("Asia/Shanghai"), "dartmouth": ZoneInfo("America/New_York")}


def plan(where: str, start: str, offset: int, unit: Unit, at: time = END_OF_DAY) -> StepPlan:
    """A step that counts from a day, opened on that day at noon."""
    day = date.fromisoformat(start)
    opened = datetime.combine(day, time(12), ZONES[where])
    rule = DueRule(anchor=Anchor.START, offset=offset, unit=unit, at=at)
    early = opened.replace(year=2020) if offset < 0 else opened
    return Calendars(load_programme()).plan("s.1", rule, LadderRule(name="none", rungs=()), where, early, day)


@pytest.mark.parametrize(
    ("where", "start", "count", "due", "unknown"),
    [
        # Spring Festival 2026: 15 to 23 February free; Saturdays 14 and 28 February are worked.
        ("cqmu", "2026-02-13", 1, "2026-02-14", ()),
        ("cqmu", "2026-02-13", 2, "2026-02-24", ()),
        ("cqmu", "2026-02-13", 6, "2026-02-28", ()),
        ("cqmu", "2026-02-13", 7, "2026-03-02", ()),
        ("cqmu", "2026-02-24", -1, "2026-02-14", ()),
        # National Day 2026: 1 to 7 October free; Sunday 20 September and Saturday 10 October are worked.
        ("cqmu", "2026-09-18", 1, "2026-09-20", ()),
        ("cqmu", "2026-09-30", 1, "2026-10-08", ()),
        ("cqmu", "2026-09-30", 3, "2026-10-10", ()),
        ("cqmu", "2026-09-30", 4, "2026-10-12", ()),
        ("cqmu", "2026-10-08", -2, "2026-09-29", ()),
        # Spring Festival 2027: 5 to 7 February by law, the university is closed through 14 February; moved days are
        # not announced yet, and the plan says so.
        ("cqmu", "2027-02-04", 1, "2027-02-15", (2027,)),
        # National Day 2027: 1 to 3 October by law, with the weekend days made up on 4 and 5 October; not announced yet.
        ("cqmu", "2027-09-30", 1, "2027-10-06", (2027,)),
        # Thanksgiving 2026: Thursday 26 November and, in New Hampshire, the Friday after it.
        ("dartmouth", "2026-11-25", 1, "2026-11-30", ()),
        ("dartmouth", "2026-11-25", 2, "2026-12-01", ()),
        ("dartmouth", "2026-11-30", -1, "2026-11-25", ()),
        # The college is closed from 24 December to 1 January; 2 and 3 January are a weekend.
        ("dartmouth", "2026-12-23", 1, "2027-01-04", ()),
    ],
)
def test_working_days(where: str, start: str, count: int, due: str, unknown: tuple[int, ...]) -> None:
    found = plan(where, start, count, Unit.WORKING_DAYS)
    assert found.due_at.astimezone(ZONES[where]).date().isoformat() == due
    assert found.due_at.astimezone(ZONES[where]).time() == END_OF_DAY
    assert found.unknown_years == unknown


@pytest.mark.parametrize(
    ("start", "offset", "unit", "due"),
    [
        ("2027-01-31", 28, Unit.DAYS, "2027-02-28"),
        ("2027-02-28", 1, Unit.DAYS, "2027-03-01"),
        ("2028-02-28", 1, Unit.DAYS, "2028-02-29"),
        ("2028-02-29", 1, Unit.WEEKS, "2028-03-07"),
        ("2027-03-28", -4, Unit.WEEKS, "2027-02-28"),
        ("2026-02-27", 1, Unit.WORKING_DAYS, "2026-02-28"),  # a Saturday that is worked in China
        ("2028-02-28", 1, Unit.WORKING_DAYS, "2028-02-29"),
    ],
)
def test_the_end_of_february(start: str, offset: int, unit: Unit, due: str) -> None:
    assert plan("cqmu", start, offset, unit).due_at.astimezone(ZONES["cqmu"]).date().isoformat() == due


@pytest.mark.parametrize(
    ("start", "at", "due"),
    [
        ("2027-03-12", END_OF_DAY, "2027-03-14T04:59:59"),  # Saturday, still winter time
        ("2027-03-13", END_OF_DAY, "2027-03-15T03:59:59"),  # Sunday of the change, summer time by now
        ("2027-03-13", time(2, 30), "2027-03-14T07:30:00"),  # skipped: an hour later by the clock
        ("2027-11-05", END_OF_DAY, "2027-11-07T03:59:59"),  # Saturday, still summer time
        ("2027-11-06", END_OF_DAY, "2027-11-08T04:59:59"),  # Sunday of the change, winter time by now
        ("2027-11-06", time(1, 30), "2027-11-07T05:30:00"),  # happens twice: the first
    ],
)
def test_both_changes_of_the_clock_in_new_hampshire(start: str, at: time, due: str) -> None:
    found = plan("dartmouth", start, 1, Unit.DAYS, at)
    assert found.due_at == datetime.fromisoformat(due).replace(tzinfo=UTC)


def test_what_the_catalogue_enters_beats_the_source() -> None:
    programme = load_programme()
    cqmu = programme.institutions["cqmu"].model_copy(
        update={
            "worked_days": (WorkedDay(day=date(2027, 2, 20), reason="made up", reason_zh="补班"),),
            "closures": (
                Closure(first_day=date(2027, 2, 8), last_day=date(2027, 2, 18), reason="vacation", reason_zh="寒假"),
            ),
            "confirmed_years": (2027,),
        }
    )
    calendars = Calendars(programme.model_copy(update={"institutions": {"cqmu": cqmu}}))
    rule = DueRule(anchor=Anchor.OPENED, offset=2, unit=Unit.WORKING_DAYS)
    opened = datetime(2027, 2, 4, 12, tzinfo=ZONES["cqmu"])
    found = calendars.plan("s.1", rule, LadderRule(name="none", rungs=()), "cqmu", opened, anchor_at=opened)
    assert found.due_at.astimezone(ZONES["cqmu"]).date() == date(2027, 2, 20)  # Friday the 19th, then that Saturday
    assert found.unknown_years == ()
    told = {day.day.day: (day.works, day.why) for day in calendars.days("cqmu", date(2027, 2, 7), date(2027, 2, 21))}
    assert told[7] == (False, "Chinese New Year (Spring Festival)")
    assert told[8] == told[18] == (False, "vacation")
    assert (told[20], told[21], 19 in told) == ((True, "made up"), (False, "weekend"), False)
