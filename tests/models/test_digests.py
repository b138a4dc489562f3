"""Digests without a database: where a step is listed, what is worth a mail, and which morning it is."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from models.rules.digests import DigestSpan, Group, Owed, digest_day, group_of, is_worth_a_mail, morning_of, summary_of
from models.vocabulary import HoldCause

SHANGHAI, NEW_YORK = "Asia/Shanghai", "America/New_York"
NOW = datetime(2026, 12, 1, 8, 0, tzinfo=ZoneInfo(SHANGHAI))
"""A Tuesday."""
SPAN = DigestSpan(since=NOW - timedelta(days=1), until=NOW, zone=SHANGHAI)
LONG_AGO = NOW - timedelta(days=30)


def days(count: float) -> datetime:
    """So many days from now."""
    return NOW + timedelta(days=count)


@pytest.mark.parametrize(
    ("owed", "group", "worth"),
    [
        (Owed(days(-8), LONG_AGO), Group.OVERDUE, False),
        (Owed(days(-7), LONG_AGO), Group.OVERDUE, True),
        (Owed(days(-0.01), LONG_AGO), Group.OVERDUE, True),
        (Owed(days(0), LONG_AGO), Group.TODAY, True),
        (Owed(days(0.66), LONG_AGO), Group.TODAY, True),
        (Owed(days(0.67), LONG_AGO), Group.SOON, True),
        (Owed(days(3), LONG_AGO), Group.SOON, True),
        (Owed(days(4), LONG_AGO), Group.SOON, False),
        (Owed(days(7), LONG_AGO), Group.SOON, False),
        (Owed(days(8), LONG_AGO), None, False),
        # What began since the last digest, and who heard of it already.
        (Owed(days(8), days(-0.5)), Group.NEW, True),
        (Owed(days(5), days(-0.5)), Group.SOON, True),
        (Owed(days(8), days(-0.5), told=True), Group.NEW, False),
        (Owed(days(8), days(-1)), None, False),
        (Owed(days(8), days(0)), Group.NEW, True),
        # Reminders that were no mail of their own.
        (Owed(days(10), LONG_AGO, reminders=(days(-0.3),)), Group.NEW, True),
        (Owed(days(7), LONG_AGO, reminders=(days(-0.3),)), Group.SOON, True),
        (Owed(days(10), LONG_AGO, reminders=(days(-1.3),)), None, False),
        # Clocks that stand still, and what somebody put off.
        (Owed(days(-2), LONG_AGO, held=HoldCause.OTHER_SIDE), Group.HELD, False),
        (Owed(days(8), days(-0.5), held=HoldCause.OTHER_SIDE), Group.HELD, False),
        (Owed(days(-2), LONG_AGO, held=HoldCause.SUSPENSION), None, False),
        (Owed(days(2), LONG_AGO, snoozed_until=days(1)), None, False),
        (Owed(days(2), LONG_AGO, snoozed_until=days(0)), Group.SOON, True),
    ],
)
def test_where_a_step_is_listed_and_whether_it_is_worth_a_mail(owed: Owed, group: Group | None, worth: bool) -> None:
    assert group_of(owed, SPAN) is group
    assert is_worth_a_mail(owed, SPAN) is worth


def test_what_is_overdue_for_long_is_told_once_a_week() -> None:
    owed = Owed(days(-40), LONG_AGO)
    assert not is_worth_a_mail(owed, DigestSpan(since=days(-6), until=NOW, zone=SHANGHAI))
    assert is_worth_a_mail(owed, DigestSpan(since=days(-7), until=NOW, zone=SHANGHAI))


def test_today_is_the_readers_day() -> None:
    """When it is Tuesday morning in Chongqing, it is Monday evening in Hanover."""
    due = Owed(datetime(2026, 12, 1, 15, 59, 59, tzinfo=UTC), LONG_AGO)
    assert group_of(due, SPAN) is Group.TODAY
    evening_before = DigestSpan(since=SPAN.since, until=SPAN.until, zone=NEW_YORK)
    assert group_of(due, evening_before) is Group.SOON


@pytest.mark.parametrize(
    ("day", "utc_hour"),
    [
        (date(2027, 3, 13), 13),
        (date(2027, 3, 14), 12),  # clocks go forward at two
        (date(2026, 10, 31), 12),
        (date(2026, 11, 1), 13),  # clocks go back at two
    ],
)
def test_eight_stays_eight_when_clocks_change(day: date, utc_hour: int) -> None:
    assert morning_of(day, NEW_YORK) == datetime(day.year, day.month, day.day, utc_hour, tzinfo=UTC)
    assert digest_day(morning_of(day, NEW_YORK), NEW_YORK) == day


def test_before_eight_the_digest_of_the_day_is_still_to_come() -> None:
    """After an outage that ends at night, nobody gets two digests within hours."""
    assert digest_day(NOW - timedelta(hours=1), SHANGHAI) is None
    assert digest_day(NOW - timedelta(hours=8), SHANGHAI) is None
    assert digest_day(NOW - timedelta(seconds=5), SHANGHAI) == date(2026, 12, 1), "clocks differ a little"
    assert digest_day(NOW + timedelta(hours=15, minutes=59), SHANGHAI) == date(2026, 12, 1)
    assert digest_day(NOW + timedelta(hours=16), SHANGHAI) is None


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (datetime(2026, 11, 30, 0, 0, tzinfo=UTC), "2026-W49"),
        (datetime(2026, 11, 29, 23, 0, tzinfo=UTC), None),
        (datetime(2026, 12, 1, 0, 0, tzinfo=UTC), "2026-W49"),
        (datetime(2026, 12, 6, 12, 0, tzinfo=UTC), "2026-W49"),
        (datetime(2027, 1, 1, 0, 0, tzinfo=UTC), "2026-W53"),
    ],
)
def test_a_week_has_one_summary_from_monday_morning_on(at: datetime, expected: str | None) -> None:
    found = summary_of(at, SHANGHAI)
    assert (found[0] if found else None) == expected
    if found:
        monday = found[1].astimezone(ZoneInfo(SHANGHAI))
        assert (monday.weekday(), monday.hour) == (0, 8)
        assert monday <= at
