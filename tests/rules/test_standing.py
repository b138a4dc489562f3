"""The week of a rotation, at each end; what the calendar asks next is played in `tests/workflows/test_forecast.py`."""

from datetime import UTC, date, datetime, timedelta

import pytest

from models.people.authorization import Owner
from models.rules.standing import week_of
from models.views import ComingMove, NextMove, Standing
from models.vocabulary import HoldCause, Role, Side, StepKind

FIRST = date(2027, 3, 1)
OWNER = Owner(side=Side.HOST, role=Role.COORDINATOR, institution="cqmu")
COMING = ComingMove(kind=StepKind.DEPART, title="", title_zh="", owner=OWNER, opens_on=date(2027, 5, 27))


@pytest.mark.parametrize(
    ("day", "last", "week"),
    [
        (FIRST, FIRST, (1, 1)),
        (FIRST + timedelta(days=6), FIRST + timedelta(days=6), (1, 1)),
        (FIRST + timedelta(days=6), FIRST + timedelta(days=7), (1, 2)),
        (FIRST + timedelta(days=7), FIRST + timedelta(days=7), (2, 2)),
        (FIRST + timedelta(days=55), FIRST + timedelta(days=55), (8, 8)),
    ],
)
def test_a_week_begins_with_the_weekday_of_the_first_day(day: date, last: date, week: tuple[int, int]) -> None:
    assert week_of(FIRST, last, day) == week


def move(due: datetime, *, held: bool = False) -> NextMove:
    since = datetime(2027, 3, 1, tzinfo=UTC) if held else None
    return NextMove(
        step_id="EX-2027-DAR-001.depart.1", kind=StepKind.DEPART, title="", title_zh="", owner=OWNER, due_at=due,
        zone="UTC", overdue=False, held_since=since, held_because=HoldCause.SUSPENSION if held else None,
    )  # fmt: skip


def test_what_comes_is_first_where_nothing_that_runs_is_due_before() -> None:
    before, after = datetime(2027, 5, 26, tzinfo=UTC), datetime(2027, 8, 1, tzinfo=UTC)
    standing = Standing(coming=COMING)
    assert standing.is_first([])
    assert standing.is_first([move(after)])
    assert standing.is_first([move(before, held=True), move(after)])
    assert not standing.is_first([move(after), move(before)])
    assert not Standing().is_first([])
