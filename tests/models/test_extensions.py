"""A due time moves later and never nearer, whatever the clocks of those who ask and of those who owe."""

from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalogue.policy import DueRule
from models.errors import BadInput
from models.rules.extensions import LONGEST, check_extension, standing
from models.vocabulary import Anchor, Unit

ZONES = st.sampled_from(("Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Pacific/Kiritimati", "UTC"))
IN_ZONES = ZONES.map(ZoneInfo)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31), timezones=IN_ZONES)  # noqa: DTZ001
SPANS = st.timedeltas(timedelta(), timedelta(days=400))
NOW = datetime(2026, 11, 26, 1, tzinfo=UTC)
DUE = NOW + timedelta(days=5)
"""As of an offer that was just made."""


@given(MOMENTS, SPANS, SPANS, MOMENTS, st.none() | SPANS, st.none() | st.integers(0, 60), IN_ZONES)
def test_whatever_is_taken_is_later_than_what_stands(
    now: datetime,
    left: timedelta,
    moved: timedelta,
    asked: datetime,
    paused: timedelta | None,
    most: int | None,
    zone: ZoneInfo,
) -> None:
    first = (now.astimezone(UTC) + left).astimezone(zone)
    due = (first.astimezone(UTC) + moved).astimezone(zone)
    held_since = None if paused is None else now.astimezone(UTC) - paused
    stands = standing(due, now, held_since).timestamp()
    latest = first.timestamp() + 86400 * (LONGEST if most is None else most)
    try:
        check_extension(asked, now=now, due_at=due, first_due_at=first, held_since=held_since, most_days=most)
    except BadInput:
        assert asked.timestamp() <= max(now.timestamp(), stands) or asked.timestamp() > latest
    else:
        assert max(now.timestamp(), stands) < asked.timestamp() <= latest
    assert stands >= due.timestamp()


@pytest.mark.parametrize(
    "asked",
    [
        NOW + timedelta(seconds=10),
        NOW + timedelta(days=4, hours=23),
        DUE,
        DUE.astimezone(ZoneInfo("Pacific/Kiritimati")),
        (DUE - timedelta(microseconds=1)).astimezone(ZoneInfo("America/New_York")),
        datetime.fromisoformat("2026-12-01T13:59:59+14:00"),
    ],
)
def test_an_offer_is_not_ended_by_extending_it(asked: datetime) -> None:
    with pytest.raises(BadInput, match=r"due_time.nearer field=due_at"):
        check_extension(asked, now=NOW, due_at=DUE, first_due_at=DUE, most_days=14)


def test_while_a_step_is_paused_its_due_time_moves_on() -> None:
    ask = partial(check_extension, now=NOW, due_at=NOW - timedelta(days=1), first_due_at=NOW)
    since = NOW - timedelta(days=3)
    with pytest.raises(BadInput, match=r"due_time.nearer"):
        ask(NOW + timedelta(days=1), held_since=since)
    ask(NOW + timedelta(days=2, seconds=1), held_since=since)


@pytest.mark.parametrize("asked", [datetime.max.replace(tzinfo=UTC), DUE + timedelta(days=LONGEST, seconds=1)])
def test_nothing_is_put_off_without_end(asked: datetime) -> None:
    with pytest.raises(BadInput, match=rf"due_time.after_limit .*days={LONGEST}"):
        check_extension(asked, now=NOW, due_at=DUE, first_due_at=DUE)


FRIDAY = datetime(2026, 11, 27, 8, tzinfo=UTC)
"""Four in the afternoon in Chongqing."""


@pytest.mark.parametrize(
    ("unit", "paused", "days"),
    [
        (Unit.HOURS, timedelta(hours=7, minutes=59), timedelta(hours=7, minutes=59)),
        (Unit.DAYS, timedelta(hours=7, minutes=59), timedelta()),
        (Unit.DAYS, timedelta(hours=8), timedelta(days=1)),
        (Unit.WEEKS, timedelta(days=1, hours=8), timedelta(days=2)),
        (Unit.WORKING_DAYS, timedelta(days=2, hours=7), timedelta()),
        (Unit.WORKING_DAYS, timedelta(days=2, hours=8), timedelta(days=1)),
    ],
)
def test_a_paused_due_time_moves_on_the_calendar_of_its_owner(unit: Unit, paused: timedelta, days: timedelta) -> None:
    due = datetime(2026, 12, 1, 15, 59, 59, tzinfo=UTC)
    rule = DueRule(anchor=Anchor.OPENED, offset=3, unit=unit)
    found = standing(due, FRIDAY + paused, FRIDAY, rule=rule, zone="Asia/Shanghai")
    assert found == due + days


def test_what_stands_while_a_step_is_paused_is_not_undercut() -> None:
    due, now = datetime(2026, 12, 1, 15, 59, 59, tzinfo=UTC), FRIDAY + timedelta(hours=8)
    rule = DueRule(anchor=Anchor.OPENED, offset=3, unit=Unit.DAYS)
    check = partial(check_extension, now=now, due_at=due, first_due_at=due, held_since=FRIDAY, zone="Asia/Shanghai")
    check(due + timedelta(days=1, seconds=1), rule=rule)
    with pytest.raises(BadInput, match=r"due_time.nearer field=due_at"):
        check(due + timedelta(days=1), rule=rule)
