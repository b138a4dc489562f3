"""What a period holds, what was planned of a block, and by when a student must arrive: exactly at the boundaries."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalogue.loading import load_programme
from models.rules.certificate import StayFacts, unmet_conditions
from models.rules.hours import Period, most_hours, planned_hours, share_of_hours
from models.rules.stay import forgiven_days, is_far_from_start, latest_arrival, limit
from models.vocabulary import Content

START = date(2027, 3, 1)
POLICY = load_programme().policy
DAYS = st.integers(0, 200)


def days(first: int, last: int) -> Period:
    return Period(START + timedelta(days=first), START + timedelta(days=last))


@pytest.mark.parametrize(("last", "most"), [(0, 12), (1, 24), (27, 336)])
def test_a_period_holds_so_many_hours_a_day(last: int, most: int) -> None:
    assert most_hours(days(0, last), 12) == most


@pytest.mark.parametrize(
    ("other", "overlaps"), [(days(0, 9), False), (days(0, 10), True), (days(20, 30), True), (days(21, 30), False)]
)
def test_periods_that_meet_share_a_day(other: Period, overlaps: bool) -> None:
    assert days(10, 20).overlaps(other) is overlaps
    assert other.overlaps(days(10, 20)) is overlaps


@pytest.mark.parametrize(
    ("last", "still", "hours"),
    [
        (26, [], 60),
        (27, [], 80),
        (28, [], 80),
        (27, [days(0, 0)], 60),
        (27, [days(7, 13)], 60),
        (27, [days(7, 13), days(10, 13)], 60),
        (27, [days(-20, -1), days(28, 40)], 80),
        (27, [days(0, 27)], 0),
        (-1, [], 0),
    ],
)
def test_a_block_is_planned_with_its_whole_weeks_that_were_not_suspended(
    last: int, still: list[Period], hours: int
) -> None:
    assert planned_hours(days(0, last), still, 20) == hours


@given(DAYS, DAYS, DAYS)
def test_a_suspension_never_adds_hours(length: int, first: int, more: int) -> None:
    block, still = days(0, length), days(first, first + more)
    assert 0 <= planned_hours(block, [still], 20) <= planned_hours(block, [], 20)


@pytest.mark.parametrize(("late", "forgiven"), [(-1, 0), (0, 0), (1, 1), (2, 2), (3, 0), (40, 0)])
def test_two_days_of_a_late_arrival_are_forgiven_and_none_of_three(late: int, forgiven: int) -> None:
    assert limit(POLICY, "D1", "late_arrival_days") == 2
    assert forgiven_days(START, START + timedelta(days=late), 2) == forgiven


@given(st.integers(28, 184), st.integers(-10, 60), st.integers(0, 5))
def test_who_arrives_by_the_day_that_was_told_stays_long_enough_and_later_not(
    length: int, late: int, most: int
) -> None:
    end, arrived = START + timedelta(days=length - 1), START + timedelta(days=late)
    facts = StayFacts(
        contents=(), arrived_on=arrived, departed_on=end, forgiven_days=forgiven_days(START, arrived, most)
    )
    enough = arrived <= end and "D1.duration" not in unmet_conditions(facts)
    assert enough is (arrived <= latest_arrival(START, end, 28, most))


@pytest.mark.parametrize(
    ("length", "latest"), [(28, 2), (29, 2), (30, 2), (31, 3), (56, 28)]
)  # days after the first one
def test_the_latest_arrival(length: int, latest: int) -> None:
    end = START + timedelta(days=length - 1)
    assert latest_arrival(START, end, 28, 2) == START + timedelta(days=latest)


@pytest.mark.parametrize(("off", "far"), [(-8, True), (-7, False), (0, False), (7, False), (8, True), (200, True)])
def test_an_arrival_more_than_a_week_off_is_asked_about(off: int, far: bool) -> None:
    assert is_far_from_start(START, START + timedelta(days=off), POLICY) is far


def test_a_policy_of_before_keeps_what_it_said() -> None:
    before = POLICY.model_copy(update={"rules": {}})
    assert limit(before, "D1", "late_arrival_days") == 0
    assert limit(before, "D42", "least_hours_a_week") == 0
    assert limit(before, "D42", "most_hours_a_day") == 24


@pytest.mark.parametrize(("attended", "earned"), [(64.0, False), (64.1, True)])
def test_what_was_planned_and_not_reported_was_missed(attended: float, earned: bool) -> None:
    """Four weeks are planned with 80 hours: whatever was reported of them, more than 64 must have been attended."""
    facts = StayFacts.model_validate(
        {
            "contents": [Content.LABORATORY],
            "hours": [{"content": Content.LABORATORY, "planned": 65, "attended": attended}],
            "rotations": [{"placement_id": "one", "content": Content.LABORATORY, "planned": 80}],
        }
    )
    assert ("D42.attendance.laboratory" not in unmet_conditions(facts)) is earned


@pytest.mark.parametrize(
    ("worked", "still", "hours"),
    [
        (days(0, 20), [], 100),
        (days(7, 20), [], 66),
        (days(0, 20), [days(0, 6)], 66),
        (days(0, 6), [days(0, 6)], 0),
        (days(20, 20), [], 4),
    ],
)
def test_of_hours_planned_for_a_block_those_of_the_days_left_count(
    worked: Period, still: list[Period], hours: int
) -> None:
    assert share_of_hours(100, days(0, 20), worked, still) == hours
