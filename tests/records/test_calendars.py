"""The calendars of both countries: festivals, make-up working days, clock changes, years not announced yet."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from models.catalogue.loading import load_programme
from models.catalogue.policy import DueRule, LadderRule, Policy, RungRule
from models.catalogue.programme import HousingOffer, Institution, Programme
from models.errors import Broken
from models.vocabulary import Anchor, RungKind, Unit
from records.calendars import Calendars

CHONGQING = ZoneInfo("Asia/Shanghai")
NEW_YORK = ZoneInfo("America/New_York")
QUIET = LadderRule(name="quiet", rungs=())
ESCALATING = LadderRule(
    name="usual",
    rungs=(
        RungRule(kind=RungKind.REMINDER, offset=-1, unit=Unit.DAYS),
        RungRule(kind=RungKind.ESCALATION, offset=2, unit=Unit.WORKING_DAYS),
    ),
)


def institution(name: str, country: str, zone: str, subdivision: str | None = None) -> Institution:
    return Institution(
        id=name,
        code=name[:3].upper(),
        name=name,
        name_zh=name,
        country=country,
        zone=zone,
        holidays_country=country,
        holidays_subdivision=subdivision,
        hosts=(),
        housing=HousingOffer(kind="free", terms="", terms_zh=""),
        contacts=(),
    )


@pytest.fixture(scope="module")
def calendars() -> Calendars:
    found = [
        institution("cqmu", "CN", "Asia/Shanghai"),
        institution("dartmouth", "US", "America/New_York", "NH"),
        institution("nowhere", "ZZ", "UTC"),
    ]
    policy = Policy(version="1", steps={}, ladders={}, documents=(), rules={}, objectives={})
    return Calendars(
        Programme(home="cqmu", institutions={i.id: i for i in found}, disciplines=(), policy=policy, fees=())
    )


def working(count: int) -> DueRule:
    return DueRule(anchor=Anchor.OPENED, offset=count, unit=Unit.WORKING_DAYS, at=time(17, 0))


def cn(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=CHONGQING)  # type: ignore[arg-type,misc]


def us(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=NEW_YORK)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("where", "day", "works"),
    [
        ("cqmu", date(2026, 2, 14), True),  # Saturday made up for Spring Festival
        ("cqmu", date(2026, 2, 16), False),
        ("cqmu", date(2026, 2, 23), False),
        ("cqmu", date(2026, 2, 24), True),
        ("cqmu", date(2026, 2, 28), True),  # Saturday made up
        ("cqmu", date(2026, 3, 7), False),
        ("cqmu", date(2026, 10, 7), False),
        ("cqmu", date(2026, 10, 10), True),  # Saturday made up for National Day
        ("dartmouth", date(2026, 11, 26), False),  # Thanksgiving
        ("dartmouth", date(2026, 10, 1), True),
        ("dartmouth", date(2027, 12, 31), False),  # New Year 2028 observed in the year before
    ],
)
def test_knows_who_works_when(calendars: Calendars, where: str, day: date, works: bool) -> None:
    assert calendars.is_working_day(where, day) is works


@pytest.mark.parametrize(
    ("opened", "count", "due"),
    [
        (cn(2026, 2, 13, 10), 1, cn(2026, 2, 14, 17)),
        (cn(2026, 2, 13, 10), 2, cn(2026, 2, 24, 17)),  # over the whole Spring Festival
        (cn(2026, 2, 27, 10), 1, cn(2026, 2, 28, 17)),
        (cn(2026, 2, 27, 10), 2, cn(2026, 3, 2, 17)),
        (cn(2026, 9, 30, 10), 1, cn(2026, 10, 8, 17)),  # over National Day
        (cn(2026, 9, 30, 10), 3, cn(2026, 10, 10, 17)),
    ],
)
def test_counts_chinese_working_days(calendars: Calendars, opened: datetime, count: int, due: datetime) -> None:
    plan = calendars.plan("s", working(count), QUIET, "cqmu", opened)
    assert plan.due_at == due
    assert plan.unknown_years == ()


def test_counts_over_thanksgiving(calendars: Calendars) -> None:
    plan = calendars.plan("s", working(1), QUIET, "dartmouth", us(2026, 11, 25, 10))
    assert plan.due_at == us(2026, 11, 30, 17)


@pytest.mark.parametrize(
    ("opened", "due", "utc_hour"),
    [(us(2026, 3, 6, 10), us(2026, 3, 9, 17), 21), (us(2026, 10, 30, 10), us(2026, 11, 2, 17), 22)],
)
def test_due_times_keep_the_local_clock_over_clock_changes(
    calendars: Calendars, opened: datetime, due: datetime, utc_hour: int
) -> None:
    plan = calendars.plan("s", working(1), QUIET, "dartmouth", opened)
    assert plan.due_at == due
    assert plan.due_at.astimezone(UTC).hour == utc_hour
    assert plan.zone == "America/New_York"


def test_month_ends_count_days_not_months(calendars: Calendars) -> None:
    rule = DueRule(anchor=Anchor.START, offset=-4, unit=Unit.WEEKS)
    plan = calendars.plan("s", rule, QUIET, "cqmu", cn(2026, 12, 1, 8), anchor_on=date(2027, 3, 1))
    assert plan.due_at == cn(2027, 2, 1, 23, 59, 59)
    plan = calendars.plan("s", rule, QUIET, "cqmu", cn(2027, 12, 1, 8), anchor_on=date(2028, 3, 28))
    assert plan.due_at == cn(2028, 2, 29, 23, 59, 59)


def test_the_programme_works_at_home(calendars: Calendars) -> None:
    plan = calendars.plan("s", working(1), QUIET, "", cn(2026, 9, 30, 10))
    assert (plan.zone, plan.due_at) == ("Asia/Shanghai", cn(2026, 10, 8, 17))


def test_an_extended_deadline_stands_and_its_rungs_are_new(calendars: Calendars) -> None:
    extended = cn(2026, 9, 30, 12)
    plan = calendars.plan("s", working(1), ESCALATING, "cqmu", cn(2026, 9, 20, 10), due_at=extended)
    assert plan.due_at == extended
    assert [r.at for r in plan.rungs] == [cn(2026, 9, 29, 9), cn(2026, 10, 9, 9)]


def test_names_the_chinese_years_whose_make_up_days_are_not_announced(calendars: Calendars) -> None:
    plan = calendars.plan("s", working(5), ESCALATING, "cqmu", cn(2030, 12, 30, 10))
    assert plan.unknown_years == (2030, 2031)
    plan = calendars.plan("s", working(5), ESCALATING, "cqmu", cn(2026, 9, 30, 10))
    assert plan.unknown_years == ()


def test_names_no_year_where_the_law_alone_decides_or_no_working_day_counts(calendars: Calendars) -> None:
    assert calendars.plan("s", working(5), QUIET, "dartmouth", us(2030, 12, 30, 10)).unknown_years == ()
    days = DueRule(anchor=Anchor.OPENED, offset=5, unit=Unit.DAYS)
    assert calendars.plan("s", days, QUIET, "cqmu", cn(2030, 12, 30, 10)).unknown_years == ()


def test_names_years_beyond_the_source(calendars: Calendars) -> None:
    assert calendars.plan("s", working(1), QUIET, "dartmouth", us(2101, 1, 3, 10)).unknown_years == (2101,)


def test_a_day_of_an_institution_is_a_moment(calendars: Calendars) -> None:
    assert calendars.moment("", date(2026, 3, 8), time(0, 0)) == cn(2026, 3, 8)
    assert calendars.moment("dartmouth", date(2026, 3, 8), time(9, 0)) == us(2026, 3, 8, 9)


@pytest.mark.parametrize(
    ("where", "told"),
    [("atlantis", "calendar.no_institution institution=atlantis"), ("nowhere", "calendar.no_holidays country=ZZ")],
)
def test_what_the_catalogue_or_the_source_does_not_know_is_an_operators_task(
    calendars: Calendars, where: str, told: str
) -> None:
    with pytest.raises(Broken, match=told):
        calendars.plan("s", working(1), QUIET, where, cn(2026, 3, 2, 10))


def test_every_step_of_the_catalogue_can_be_planned_at_every_university() -> None:
    programme = load_programme()
    calendars = Calendars(programme)
    opened = datetime(2026, 9, 30, 8, tzinfo=UTC)
    for step in programme.policy.steps.values():
        for where in ("", *programme.institutions):
            ladder = programme.policy.ladders[step.ladder]
            plan = calendars.plan("s", step.due, ladder, where, opened, anchor_on=date(2027, 3, 1))
            assert plan.due_at >= opened
            assert all(plan.ends_at is None or r.at <= plan.ends_at for r in plan.rungs)
