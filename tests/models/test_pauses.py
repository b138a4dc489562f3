"""What a step's pauses come to: what was left when they began is left when they end, however they lie."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalogue.policy import DueRule
from models.rules.deadlines import Hold, OfficeTime, due_moment, shifted_due
from models.rules.pauses import StepPauses, merged
from models.vocabulary import Anchor, HoldCause, Unit
from tests.models.test_deadline_properties import COUNTED, MOMENTS, offices

SUSPENSION, OTHER_SIDE = HoldCause.SUSPENSION, HoldCause.OTHER_SIDE
OPENED = datetime(2027, 3, 1, 3, tzinfo=UTC)
SUSPENDED = st.lists(
    st.tuples(st.integers(-20, 120), st.integers(0, 90)).map(
        lambda at: (OPENED + timedelta(days=at[0], hours=7), OPENED + timedelta(days=sum(at), hours=9))
    ),
    max_size=4,
)


def day(number: float) -> datetime:
    return OPENED + timedelta(days=number)


def counted(office: OfficeTime, unit: Unit, after: date, until: date) -> int:
    """The days after one and up to another that a rule counts; negative where the second comes first."""
    if until < after:
        return -counted(office, unit, until, after)
    days = (after + timedelta(days=n) for n in range(1, (until - after).days + 1))
    return sum(unit is not Unit.WORKING_DAYS or office.is_working_day(one) for one in days)


def told(spans: list[tuple[datetime, datetime]]) -> StepPauses:
    """Every suspension told of when it begins and when it ends; one known of late is told of late."""
    pauses = StepPauses()
    for number, (since, until) in enumerate(spans):
        pauses.begin(str(number), SUSPENSION, max(since, OPENED))
        pauses.end(str(number), until)
    return pauses


@given(offices(), SUSPENDED, COUNTED, st.integers(0, 60))
def test_what_was_left_before_each_suspension_is_left_after_it(
    office: OfficeTime, spans: list[tuple[datetime, datetime]], unit: Unit, offset: int
) -> None:
    due = due_moment(DueRule(anchor=Anchor.OPENED, offset=offset, unit=unit), office, OPENED)
    for hold in told(spans).held:
        moved = shifted_due(DueRule(anchor=Anchor.OPENED, offset=offset, unit=unit), office, due, hold)
        first, last = office.day_of(hold.since), office.day_of(hold.until)
        left = counted(office, unit, first, office.day_of(due))
        if counted(office, unit, first, last):
            assert counted(office, unit, last, office.day_of(moved)) == left
        else:
            assert moved == due
        due = moved


@given(SUSPENDED, st.randoms(use_true_random=False))
def test_a_suspended_time_counts_once_in_whatever_order_it_is_told(
    spans: list[tuple[datetime, datetime]], chance: Random
) -> None:
    shuffled = chance.sample(spans, len(spans))
    held = told(shuffled).held
    assert held == told(spans).held
    for earlier, later in pairwise(held):
        assert earlier.until < later.since
    for hour in range(-21 * 24, 215 * 24, 5):
        moment = OPENED + timedelta(hours=hour)
        suspended = any(max(since, OPENED) <= moment < until for since, until in spans)
        assert suspended == any(hold.since <= moment < hold.until for hold in held)


@given(
    st.lists(st.tuples(MOMENTS, st.integers(0, 60)).map(lambda at: Hold(since=at[0], until=at[0] + timedelta(at[1]))))
)
def test_merged_times_are_apart_and_cover_the_same(holds: list[Hold]) -> None:
    apart = merged(tuple(holds))
    for hold in holds:
        assert any(one.since <= hold.since and hold.until <= one.until for one in apart)
    for one in apart:
        assert {one.since, one.until} <= {moment for hold in holds for moment in (hold.since, hold.until)}


@pytest.mark.parametrize(
    ("acts", "since", "held", "begins"),
    [
        # The wait is over inside the suspension: what was suspended before is none of the step's time.
        (
            [("+", 0, OTHER_SIDE), ("+", 38, SUSPENSION), ("-", 50, OTHER_SIDE), ("-", 98, SUSPENSION)],
            None,
            [(50, 98)],
            1,
        ),
        # The suspension is over first: the step has not begun yet.
        ([("+", 0, OTHER_SIDE), ("+", 11, SUSPENSION), ("-", 25, SUSPENSION), ("-", 40, OTHER_SIDE)], None, [], 1),
        # Suspended before it has to wait: the wait begins it anew.
        ([("+", 0, SUSPENSION), ("+", 5, OTHER_SIDE), ("-", 9, OTHER_SIDE)], 9, [], 1),
        # Two waits at once: the last one begins it.
        ([("+", 0, OTHER_SIDE), ("+", 1, OTHER_SIDE), ("-", 3, OTHER_SIDE)], 1, [], 0),
    ],
)
def test_waits_and_suspensions_side_by_side(
    acts: list[tuple[str, int, HoldCause]], since: int | None, held: list[tuple[int, int]], begins: int
) -> None:
    pauses, begun = StepPauses(), 0
    for act, at, because in acts:
        if act == "+":
            pauses.begin(f"{because}-{at}", because, day(at))
            continue
        cause = next(cause for cause, pause in pauses.running.items() if pause.because is because)
        if pauses.end(cause, day(at)):
            begun += 1
            pauses.count_anew(day(at))
    assert pauses.since == (None if since is None else day(since))
    assert pauses.held == tuple(Hold(since=day(first), until=day(last)) for first, last in held)
    assert begun == begins


def test_a_suspension_that_is_told_late_counts_what_no_other_counted() -> None:
    """Sixty suspended days, 38 of them under two suspensions, are sixty."""
    pauses = told([(day(1), day(40)), (day(2), day(61))])
    assert pauses.held == (Hold(since=day(1), until=day(61)),)
